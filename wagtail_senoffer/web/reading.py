"""How a Document is laid out for a reader: themes, anchors, labels."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from .. import conf
from ..blocks import THEMES
from ..document import Document, Section, Senco, TransitionStage
from ..rulesets import Kind
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


def without_blanks(document: Document) -> Document:
    """Return a Document without the rows of lists that a redaction left without words."""
    tags = tuple(tag for tag in document.tags if tag)
    sections = tuple(_without_blanks(section) for section in document.sections)
    return document.model_copy(update={"tags": tags, "sections": sections})


def _without_blanks(section: Section) -> Section:
    rows = {name: tuple(filter(says, getattr(section, name))) for name, says in _ROWS.items()}
    senco = section.senco if section.senco != Senco() else None
    drawn = tuple(_without_blanks(each) for each in section.drawn)
    return section.model_copy(update={**rows, "senco": senco, "drawn": drawn})


# What makes a row worth showing.
_ROWS: dict[str, Callable[[Any], Any]] = {
    "contacts": lambda row: row.name or row.about or row.phone or row.email or row.url,
    "links": lambda row: row.text or row.url,
    "documents": lambda row: row.title or row.url,
    "provisions": lambda row: row.name or row.who or row.when or row.body.text,
    "stages": lambda row: row.body.html,
}


def outline(document: Document) -> list[Part]:
    """Return the sections that have something to show, grouped by theme where they have one.

    Sections of no theme come last, under a heading of their own.
    """
    parts: dict[str, Part] = {}
    rest = Part("")
    for section in document.sections:
        if not _is_answered(document, section):
            continue
        theme = _theme(document, section)
        title = THEMES.get(theme, theme.replace("-", " ").capitalize())
        part = parts.setdefault(theme, Part(title)) if theme else rest
        part.sections.append(section)
    if parts:
        rest.title = _("More")
    return [*parts.values(), *([rest] if rest.sections else ())]


def _is_answered(document: Document, section: Section) -> bool:
    # Not Document.is_answered, which goes by the code: several may have one.
    target = document.section(section.answered_in) if section.answered_in else None
    return section.has_content() or bool(target and target.has_content())


def _theme(document: Document, section: Section) -> str:
    if document.kind is not Kind.REPORT:
        return ""
    rule = conf.rulesets().section(document.kind, section.code)
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


def stages_in_order(section: Section) -> list[TransitionStage]:
    """Return the moves of a section in the order in which a child meets them."""
    return sorted(section.stages, key=lambda each: list(Stage).index(each.stage))
