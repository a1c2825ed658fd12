"""What an editor is shown of a page: each section that is asked for, and what is to be done."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from . import conf, publishing
from .blocks import THEMES
from .completeness import (
    Asked,
    Problem,
    Tally,
    asked_sections,
    spared_at_first,
    spared_sections,
)
from .document import Document
from .rereading import not_reread
from .rulesets import SectionRule
from .suggestions import STRONG
from .vocabularies import MODE_LABELS, Mode, duty_of


@dataclass(frozen=True)
class Line:
    """One section, or the page as a whole, with what is wrong there. `url` leads to its field."""

    title: str
    url: str
    is_answered: bool
    problems: tuple[Problem, ...] = ()
    # Of a new year's draft: last year's words, which nobody has read again.
    is_unread: bool = False

    @property
    def stops(self) -> bool:
        """Whether the page can't be published because of it."""
        return any(problem.is_error for problem in self.problems)

    @property
    def is_grave(self) -> bool:
        """Whether it may say something about a person that nobody must publish."""
        return any(problem.code in STRONG for problem in self.problems)

    @property
    def is_done(self) -> bool:
        """Whether there is nothing left to do about it."""
        return self.is_answered and not self.problems and not self.is_unread

    @property
    def state(self) -> str:
        """In a word, for who can't see colours."""
        if self.stops:
            return _("To fix")
        if self.is_done:
            return _("Done")
        if self.is_grave:
            return _("Look at this")
        return _("Suggestion") if self.problems else _("Read again")


@dataclass(frozen=True)
class Step:
    """The lines of one theme."""

    title: str
    lines: tuple[Line, ...]

    @property
    def done(self) -> int:
        """How many of the lines need nothing more."""
        return sum(line.is_done for line in self.lines)


@dataclass(frozen=True)
class Spared:
    """What schools of a type need not answer, though others do; `schools` names the type."""

    rules: tuple[SectionRule, ...] = ()
    schools: Any = ""

    @property
    def codes(self) -> list[str]:
        """The codes of the sections."""
        return [rule.code for rule in self.rules]


@dataclass(frozen=True)
class Checklist(Tally):
    """A page's sections by theme, and how far they are."""

    steps: tuple[Step, ...]
    asked: tuple[Asked, ...]
    problems: tuple[Problem, ...]
    spared: Spared = Spared()

    @property
    def suggestions(self) -> int:
        """How many things could be better."""
        return len(self.problems) - self.to_fix

    @property
    def summary(self) -> str:
        """The state of the page in a line."""
        parts = [self.score] if self.score else []
        parts.append(
            ngettext("%(count)d to fix", "%(count)d to fix", self.to_fix) % {"count": self.to_fix}
            if self.to_fix
            else _("nothing to fix")
        )
        if count := self.suggestions:
            words = ngettext("%(count)d suggestion", "%(count)d suggestions", count)
            parts.append(words % {"count": count})
        return " · ".join(parts)


def checklist(page: publishing.Page, advice: Iterable[Problem] = ()) -> Checklist:
    """Return what is asked of a page, as it is in memory, and what is wrong with it.

    It goes by `publishing.examine`, as the gate does. `advice` has what else could be better.
    """
    document, problems = publishing.examine(page)
    problems = [*problems, *advice]
    if document is None:
        line = Line(_("The page as a whole"), "", True, tuple(problems))
        return Checklist((Step(_("Everything else"), (line,)),), (), tuple(problems))
    rulesets, today = conf.rulesets(), timezone.localdate()
    asked = asked_sections(document, rulesets, today)
    spared = _spared(document.school.mode, spared_sections(document, rulesets, today))
    return Checklist(_steps(page, document, asked, problems), tuple(asked), tuple(problems), spared)


def spared_of_new(page: Any, school: Any) -> Spared:
    """Return what a page that is being made below a school's page need not answer."""
    found = school and duty_of(school.school_type, in_hospital=school.in_hospital)
    mode = found[0] if found else None
    rules = spared_at_first(page.kind, mode, conf.rulesets(), timezone.localdate())
    return _spared(mode, rules)


def _spared(mode: Mode | None, rules: Iterable[SectionRule]) -> Spared:
    return Spared(tuple(rules), MODE_LABELS[mode] if mode else "")


def places_of(page: Any) -> dict[str, str]:
    """Return the addresses of a page's sections in its form, by the anchors that Wagtail gives."""
    body = getattr(page, "body", None)
    form = reverse("wagtailadmin_pages:edit", args=[page.pk]) if page.pk else ""
    return {
        block["value"].get("question") or block["type"]: f"{form}#block-{block['id']}-section"
        for block in (body.get_prep_value() if body else ())
    }


def _steps(
    page: Any, document: Document, asked: list[Asked], problems: Iterable[Problem]
) -> tuple[Step, ...]:
    by_section: dict[str, list[Problem]] = defaultdict(list)
    for problem in problems:
        by_section[problem.section].append(problem)
    places, themes = places_of(page), defaultdict(list)
    unread = set(not_reread(page, document))
    for each in asked:
        code = each.rule.code
        found = tuple(by_section.pop(code, ()))
        line = Line(each.rule.title, places.get(code, ""), each.is_answered, found, code in unread)
        themes[each.rule.theme].append(line)
    whole = tuple(by_section.pop("", ()))
    rest = [
        Line(_title(document, code), places.get(code, ""), True, tuple(found))
        for code, found in by_section.items()
    ]
    if whole or not asked:
        rest.append(Line(_("The page as a whole"), "", True, whole))
    steps = [Step(_theme(theme), tuple(themes[theme])) for theme in sorted(themes, key=_place)]
    return (*steps, Step(_("Everything else"), tuple(rest))) if rest else tuple(steps)


def _place(theme: str) -> int:
    return [*THEMES, theme].index(theme)


def _theme(theme: str) -> str:
    return str(THEMES.get(theme, _("Questions")))


def _title(document: Document, code: str) -> str:
    section = document.section(code)
    return section.title if section and section.title else _("Something else")
