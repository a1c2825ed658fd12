"""What an editor is shown of a page: each section that is asked for, and what is to be done."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
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
from .rulesets import Kind, SectionRule
from .suggestions import STRONG
from .vocabularies import MODE_LABELS, Mode, duty_of

# The fields of a form, and of the school's, that problems of no section are about.
_FIELDS = {
    "unsigned": "approved_by",
    "undated": "approved_on",
    "year-missing": "academic_year",
    "year-over": "academic_year",
    "review-date-missing": "review_date",
    "review-overdue": "review_date",
    "question-set-unknown": "question_set",
}
_SCHOOL_FIELDS = {
    "school-type-missing": "school_type",
    "urn-missing": "urn",
    "urn-unusual": "urn",
    "ukprn-unusual": "ukprn",
}


@dataclass(frozen=True)
class Line:
    """One section, or the page as a whole, with what is wrong there. `url` leads to its field.

    Of the page as a whole, `urls` lead to the field that a problem is about, by its code.
    """

    title: str
    url: str
    is_answered: bool
    problems: tuple[Problem, ...] = ()
    urls: Mapping[str, str] = field(default_factory=dict)
    # Of a new year's draft: last year's words, which nobody has read again.
    is_unread: bool = False
    # Expected, but not among what "17 of 23 sections" counts.
    is_extra: bool = False

    @property
    def told(self) -> list[tuple[str, str]]:
        """What is wrong, each with where to mend it, "" if the line itself leads there."""
        return [(each.message, self.urls.get(each.code, "")) for each in self.problems]

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

    @property
    def urgency(self) -> str:
        """Which group of the list it stands in."""
        if self.stops:
            return "stops"
        if self.is_grave:
            return "grave"
        return "done" if self.is_done else "advice"


@dataclass(frozen=True)
class Step:
    """The lines of one theme."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Group:
    """The lines that are as urgent as each other, by theme."""

    title: str
    steps: tuple[Step, ...]


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

    @cached_property
    def to_do(self) -> list[Group]:
        """What is left to do, the most urgent first."""
        titles = {
            "stops": _("To fix before you can publish"),
            "grave": _("To look at before you publish"),
            "advice": _("What could be better"),
        }
        groups = [Group(title, self._steps_of(urgency)) for urgency, title in titles.items()]
        return [group for group in groups if group.steps]

    @cached_property
    def done(self) -> tuple[Step, ...]:
        """What needs nothing more, by theme."""
        return self._steps_of("done")

    def _steps_of(self, urgency: str) -> tuple[Step, ...]:
        steps = [
            Step(step.title, tuple(line for line in step.lines if line.urgency == urgency))
            for step in self.steps
        ]
        return tuple(step for step in steps if step.lines)

    @property
    def extras(self) -> str:
        """Why the list has more sections than "17 of 23" counts; "" where it has not."""
        if not self.extra:
            return ""
        words = ngettext(
            "%(all)d sections are counted. The one marked “extra” is not: you can publish"
            " without it. It is from: %(rulesets)s.",
            "%(all)d sections are counted. The %(count)d marked “extra” are not: you can publish"
            " without them. They are from: %(rulesets)s.",
            len(self.extra),
        )
        rulesets = ", ".join(dict.fromkeys(str(each.ruleset.title) for each in self.extra))
        return words % {"all": len(self.counted), "count": len(self.extra), "rulesets": rulesets}

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
    found = Checklist((), tuple(asked), tuple(problems), spared)
    return replace(found, steps=_steps(page, document, found))


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


def _steps(page: Any, document: Document, tally: Tally) -> tuple[Step, ...]:
    by_section: dict[str, list[Problem]] = defaultdict(list)
    for problem in tally.problems:
        by_section[problem.section].append(problem)
    places, unread = places_of(page), set(not_reread(page, document))
    extra = {each.rule.code for each in tally.extra}
    themes: dict[str, list[Line]] = defaultdict(list)
    for each in tally.asked:
        code = each.rule.code
        line = Line(
            each.rule.title,
            places.get(code, ""),
            each.is_answered,
            tuple(by_section.pop(code, ())),
            is_unread=code in unread,
            is_extra=code in extra,
        )
        themes[each.rule.theme].append(line)
    steps = [Step(_theme(theme), tuple(themes[theme])) for theme in sorted(themes, key=_place)]
    rest = tuple(_rest(page, document, by_section, places))
    if not (tally.asked or "" in by_section):
        rest = (*rest, Line(_("The page as a whole"), "", True))
    return (*steps, Step(_("Everything else"), rest)) if rest else tuple(steps)


def _rest(
    page: Any, document: Document, by_section: dict[str, list[Problem]], places: dict[str, str]
) -> Iterator[Line]:
    """Return what is wrong with sections that nobody asks for, and with the page as a whole."""
    for code in sorted(by_section, key=lambda code: not code):
        problems = tuple(by_section[code])
        if code:
            yield Line(_title(document, code), places.get(code, ""), True, problems)
        else:
            yield Line(_("The page as a whole"), "", True, problems, _fields_of(page, problems))


def _fields_of(page: Any, problems: Iterable[Problem]) -> dict[str, str]:
    """Return the addresses of the fields that problems of no section are about, by their codes."""
    codes = {each.code for each in problems}
    school = page if page.kind is Kind.SCHOOL else None
    if school is None and codes & set(_SCHOOL_FIELDS):
        school = page.school
    found = {code: (page, name) for code, name in _FIELDS.items() if code in codes}
    if school:
        found |= {code: (school, name) for code, name in _SCHOOL_FIELDS.items() if code in codes}
    return {code: _field_url(of, name) for code, (of, name) in found.items() if of.pk}


def _field_url(page: Any, name: str) -> str:
    return f"{reverse('wagtailadmin_pages:edit', args=[page.pk])}#id_{name}"


def _place(theme: str) -> int:
    return [*THEMES, theme].index(theme)


def _theme(theme: str) -> str:
    return str(THEMES.get(theme, _("Questions")))


def _title(document: Document, code: str) -> str:
    section = document.section(code)
    return section.title if section and section.title else _("Something else")
