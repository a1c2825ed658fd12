"""One school of the table: what each of its documents lacks, and where to mend it."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET

from ... import conf, publishing
from ...checklist import places_of
from ...models.reports import SchoolDocumentMixin
from ...models.trust import KIND_LABELS
from ...models.versions import Version, user_names
from ...rereading import not_reread
from .. import scope
from .cells import REST, SYMBOLS, Cell, What
from .rows import Row, rows


@dataclass(frozen=True)
class Line:
    """A section: how it stands, and the address of its field for who may edit it."""

    title: str
    cell: Cell
    url: str

    @property
    def symbol(self) -> str:
        """The state for the eye."""
        return SYMBOLS[self.cell.state]


@dataclass(frozen=True)
class Account:
    """What is known of one document of a school.

    `unread` are the sections of a new year's draft that wait to be read again; `overrides`
    are all Versions that were published incomplete, each with who did it.
    """

    title: str
    row: Row
    page: Any
    may_edit: bool
    lines: list[Line]
    unread: list[str]
    overrides: list[tuple[Version, str]]

    @property
    def to_do(self) -> list[Line]:
        """The sections that are not as they should be."""
        return [line for line in self.lines if line.cell.problems]

    @property
    def well(self) -> list[Line]:
        """The others, of a document that can be read."""
        return [
            line for line in self.lines if self.row.standing.document and not line.cell.problems
        ]

    @property
    def version_url(self) -> str:
        """Where everybody can read the Version; "" if nobody can."""
        version, url = self.row.standing.version, self.page and self.page.full_url
        return f"{url}versions/{version.number}/" if version and url and self.page.live else ""

    @property
    def edit_url(self) -> str:
        """The address of the page's form, for who may edit it."""
        return reverse("wagtailadmin_pages:edit", args=[self.page.pk]) if self.may_edit else ""


@require_GET
def school(request: HttpRequest, school_id: int) -> HttpResponse:
    """Show a school that the user may read. Raises Http404 for any other (P9)."""
    schools = scope.readable(request.user).filter(alias_of=None).select_related("locale")
    page = get_object_or_404(schools, pk=school_id)
    today = timezone.localdate()
    on = _day(request.GET.get("on", "")) or today
    context = {
        "school": page,
        "day": on,
        "today": today,
        "accounts": list(_accounts(request.user, page, on)),
        "may_edit": page.permissions_for_user(request.user).can_edit(),
    }
    return render(request, "wagtail_senoffer/admin/overview_one.html", context)


def _day(text: str) -> date | None:
    with suppress(ValueError):
        return parse_date(text)
    return None


def _accounts(user: Any, page: Any, on: date) -> Iterator[Account]:
    """Yield an account of each document that has a page or a Version."""
    pages = {
        each.kind: each
        for each in page.get_children().specific()
        if isinstance(each, SchoolDocumentMixin)
    }
    for kind, title in KIND_LABELS.items():
        (row,) = rows([page], What(kind), on)
        if kind in pages or row.standing.version:
            yield _account(user, str(title), row, pages.get(kind), What(kind))


def _account(user: Any, title: str, row: Row, page: Any, what: What) -> Account:
    may_edit = bool(page and page.permissions_for_user(user).can_edit())
    draft = page.get_latest_revision_as_object() if page and (may_edit or row.is_new_year) else None
    places = places_of(draft) if may_edit else {}
    form = reverse("wagtailadmin_pages:edit", args=[page.pk]) if may_edit else ""
    headings = what.headings(conf.rulesets(), row.standing.on)
    lines = [
        Line(each.title, row.cells[each.code], places.get(each.code, form))
        for each in headings
        if each.code != REST or row.cells[REST].problems
    ]
    titles = {each.code: each.title for each in headings}
    unread = not_reread(draft, publishing.examine(draft)[0]) if row.is_new_year else []
    return Account(
        title,
        row,
        page,
        may_edit,
        lines,
        [titles.get(code, code) for code in unread],
        _overrides(page) if page else [],
    )


def _overrides(page: Any) -> list[tuple[Version, str]]:
    found = list(
        Version.objects.filter(document_key=page.document_key, locale=page.language)
        .exclude(override_reason="")
        .order_by("-number")
    )
    names = user_names(each.user_pk for each in found)
    return [(each, names[each.user_pk]) for each in found]
