"""How a Document is laid out for a reader: themes, anchors, labels."""

from dataclasses import dataclass, field
from typing import Any

from ..blocks import THEMES
from ..document import Document, Section
from ..rulesets import Kind, load
from ..vocabularies import (
    AREA_LABELS,
    NEEDS,
    PROVISION_LEVEL_LABELS,
    STAGE_LABELS,
    Need,
    ProvisionLevel,
    Stage,
)


@dataclass
class Part:
    """A group of sections under a theme; `title` is "" where there is only one group."""

    title: Any
    sections: list[Section] = field(default_factory=list)


def outline(document: Document) -> list[Part]:
    """Return the sections that have something to show, grouped by theme where they have one."""
    parts: dict[str, Part] = {}
    for section in document.sections:
        if not (section.has_content() or document.is_answered(section.code)):
            continue
        theme = _theme(document, section)
        parts.setdefault(theme, Part(THEMES.get(theme, ""))).sections.append(section)
    return list(parts.values())


def _theme(document: Document, section: Section) -> str:
    rule = load().section(Kind.REPORT, section.code) if document.kind is Kind.REPORT else None
    return rule.theme if rule else ""


def needs_by_area(codes: tuple[str, ...]) -> list[tuple[Any, list[Need]]]:
    """Return the needs of a section under the four broad areas, those without one last."""
    found: dict[Any, list[Need]] = {}
    for need in NEEDS.values():
        if need.code in codes:
            found.setdefault(need.area, []).append(need)
    return [(AREA_LABELS.get(area, ""), needs) for area, needs in found.items()]


def provisions_by_level(section: Section) -> list[tuple[Any, list[Any]]]:
    """Return the provision map, level by level, empty levels left out."""
    return [
        (PROVISION_LEVEL_LABELS[level], found)
        for level in ProvisionLevel
        if (found := [each for each in section.provisions if each.level is level])
    ]


def stage_label(stage: Stage) -> Any:
    """Return the heading of a move in school life."""
    return STAGE_LABELS[stage]
