"""The texts of a Document, section by section, as suggestions look at them."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from ..completeness import Problem, Severity
from ..document import Document, Section, Words


@dataclass(frozen=True)
class Part:
    """The introduction (with no code) or a section: its rich texts, and its one-line fields."""

    code: str
    title: str
    rich: tuple[Words, ...]
    lines: tuple[str, ...] = ()
    section: Section | None = None

    @property
    def running(self) -> str:
        """The running text, one paragraph or list item a line."""
        return "\n".join(words.text for words in self.rich)

    @property
    def text(self) -> str:
        """All that the part says."""
        return "\n".join((self.running, *self.lines))


def parts_of(document: Document) -> Iterator[Part]:
    """Yield the introduction and each section that is the Document's own."""
    yield Part("", _("Introduction"), (document.introduction,))
    for section in document.sections:
        title = section.title or _("Something else")
        yield Part(section.code, title, tuple(_rich(section)), tuple(_lines(section)), section)


def _lines(section: Section) -> Iterator[str]:
    yield from section.short_texts()
    # On one line: what a service helps with explains its name.
    yield from (f"{each.name}: {each.about}" for each in section.contacts if each.about)
    yield from (file.title for file in section.documents)


def _rich(section: Section) -> Iterator[Words]:
    plan = section.accessibility_plan
    yield section.body
    yield from (provision.body for provision in section.provisions)
    yield from (stage.body for stage in section.stages)
    yield from (plan.curriculum, plan.buildings, plan.information) if plan else ()


def suggestion(code: str, message: str, section: str = "") -> Problem:
    """Return a suggestion: a Problem that stops nothing."""
    return Problem(code, Severity.WARNING, message, section)
