"""The rows of the table: how each school's document stands, in a fixed number of queries."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils import dateformat, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ... import compliance, conf
from ...completeness import spared_at_first
from ...compliance import Compliance, Key
from ...document import Document
from ...models.versions import DocumentHead
from ...rulesets import Kind
from ...tree import document_types
from ...vocabularies import duty_of
from .. import drift
from ..drift import Drift
from .cells import REST, Cell, State, What, cells, with_old_words

Published = Iterator[tuple[DocumentHead, Document | None]]


@dataclass(frozen=True, repr=False)
class Row:
    """A school, and how one kind of its documents stands.

    `drifts` are the titles of the sections that publish other words than the trust has now;
    `is_new_year` says that a new year's draft waits to be read again and published.
    """

    school: Any
    language: str
    standing: Compliance
    cells: dict[str, Cell]
    drifts: tuple[str, ...] = ()
    is_new_year: bool = False

    @property
    def is_asked(self) -> bool:
        """Whether schools of its type are asked for such a document at all."""
        found = (cell.state for code, cell in self.cells.items() if code != REST)
        return any(state is not State.NOT_ASKED for state in found)

    @property
    def label(self) -> str:
        """How it stands, in words."""
        if self.standing.version or self.is_asked:
            return self.standing.label
        return _("Not asked")

    @property
    def tone(self) -> str:
        """The colour that goes with these words."""
        if self.standing.is_in_order:
            return State.THERE
        if self.standing.version:
            return State.MISSING
        return State.NOT_PUBLISHED if self.is_asked else State.NOT_ASKED

    @property
    def override_reason(self) -> str:
        """Why it was published incomplete, if it was."""
        version = self.standing.version
        return str(version.override_reason) if version else ""

    @property
    def not_reread(self) -> int:
        """How many sections were published without being read again in a new year."""
        version = self.standing.version
        return len(version.not_reread) if version else 0

    @property
    def is_not_reread(self) -> bool:
        """Whether it is time for somebody to read it again."""
        return self.standing.is_stale or bool(self.not_reread) or self.is_new_year

    @property
    def published(self) -> str:
        """The day of the Version, "" without one."""
        return day(self.standing.published_on)

    @property
    def review(self) -> str:
        """The day on which it is to be reviewed, "" without one."""
        return day(self.standing.review_date)

    @property
    def rereading(self) -> str:
        """What is to be read again, and why, in words."""
        found, parts = self.standing, []
        if found.is_stale:
            words = _("Nobody has looked at it since %(date)s")
            parts.append(words % {"date": day(found.looked_at_on)})
        if self.not_reread:
            words = ngettext(
                "%(count)d section not re-read", "%(count)d sections not re-read", self.not_reread
            )
            parts.append(words % {"count": self.not_reread})
        if self.is_new_year:
            parts.append(_("A new year’s draft waits to be read again"))
        return "; ".join(parts)

    @property
    def worst_first(self) -> tuple[Any, ...]:
        """Its place in an order that starts with what is furthest from complete."""
        found = self.standing
        if found.document is None:
            return (found.version is not None or not self.is_asked), 0.0, 0
        counted = len(found.counted)
        return True, found.answered / counted if counted else 1.0, -len(found.problems)


# By which a trust looks for schools: (what it is called, which rows it holds for).
FLAGS: dict[str, tuple[Any, Callable[[Row], bool]]] = {
    "complete": (gettext_lazy("Complete"), lambda row: row.standing.is_in_order),
    "missing": (
        gettext_lazy("Published with something missing"),
        lambda row: row.standing.version is not None and not row.standing.is_in_order,
    ),
    "unpublished": (
        gettext_lazy("Not published"),
        lambda row: row.standing.version is None and row.is_asked,
    ),
    "overdue": (gettext_lazy("Review overdue"), lambda row: row.standing.is_overdue),
    "reread": (gettext_lazy("To be read again"), lambda row: row.is_not_reread),
    "override": (
        gettext_lazy("Published incomplete with a reason"),
        lambda row: bool(row.override_reason),
    ),
    "drift": (gettext_lazy("With the trust’s old words"), lambda row: bool(row.drifts)),
}


def rows(schools: Iterable[Any], what: What, on: date) -> list[Row]:
    """Return how the documents of schools (with their locales) stood on a day, in their order.

    Five queries, however many schools, and a few more of a day that is over. What only today
    can be known, old words of the trust and drafts, is told of today and later days.
    """
    pages = list(schools)
    headings = what.headings(conf.rulesets(), on)
    titles = {each.code: each.title for each in headings}
    found: dict[Key, tuple[Key, Compliance, dict[str, Cell]]] = {}

    def published() -> Iterator[tuple[DocumentHead, Document | None]]:
        keys = {page.document_key for page in pages}
        for head, standing in compliance.of_schools(keys, on, what.kind):
            mine = what.narrow(standing)
            key = head.document_key, head.locale
            found[head.school_key, head.locale] = key, _light(mine), cells(mine, headings)
            yield head, standing.document

    is_over = on < timezone.localdate()
    drifts = _drifts(what.kind, published(), is_over=is_over)
    drafts = set() if is_over else _new_years(what.kind, {key for key, *_rest in found.values()})
    made = []
    for page in pages:
        language = page.locale.language_code
        key, standing, its_cells = found.get(
            (page.document_key, language), (None, Compliance(on), None)
        )
        its_cells = its_cells or cells(standing, headings, _spared(page, what.kind, on))
        old = {each.code: titles.get(each.code, each.title) for each in drifts.get(key, ())}
        its_cells = with_old_words(its_cells, old)
        made.append(Row(page, language, standing, its_cells, tuple(old.values()), key in drafts))
    return made


def _light(standing: Compliance) -> Compliance:
    """Return how a document stands, without its words: those of a thousand are many."""
    document = standing.document
    return replace(standing, document=document and document.model_copy(update={"sections": ()}))


def _spared(page: Any, kind: Kind, on: date) -> set[str]:
    """Return the codes of the sections that a school of the page's type need not answer."""
    found = duty_of(page.school_type, in_hospital=page.in_hospital)
    rules = spared_at_first(kind, found[0] if found else None, conf.rulesets(), on)
    return {rule.code for rule in rules}


def _new_years(kind: Kind, keys: set[Key]) -> set[Key]:
    """Return the documents that have a new year's draft: a query for each page type."""
    drafts = "latest_revision__content__rereading_from"
    return {
        (key, language)
        for model in document_types()
        if model.kind is kind
        for key, language, year in model._default_manager.filter(
            document_key__in={key for key, _language in keys},
            alias_of=None,
            has_unpublished_changes=True,
        ).values_list("document_key", "locale__language_code", drafts)
        if year is not None
    }


def _drifts(kind: Kind, published: Published, *, is_over: bool) -> dict[Key | None, list[Drift]]:
    """Read all that is published; return what drifted, by document. On a day that is over, none."""
    if is_over:
        deque(published, maxlen=0)
        return {}
    drifts: dict[Key | None, list[Drift]] = {}
    for each in drift.among(published, kind):
        drifts.setdefault((each.page.document_key, each.page.language), []).append(each)
    return drifts


def day(value: date | None) -> str:
    """Write a date as short as a table needs it: 1 Sep 2026."""
    return dateformat.format(value, "j M Y") if value else ""
