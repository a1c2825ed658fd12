"""The table in Wagtail's reports: schools and sections, with filters, sorting and spreadsheets."""

from collections import OrderedDict
from collections.abc import Callable
from datetime import date
from functools import cached_property
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from wagtail.admin.menu import MenuItem

from ... import conf
from .. import scope
from ..spreadsheets import SafeReportView
from .cells import LABELS, SYMBOLS, Heading
from .columns import EXPORTED, OverviewTable, columns
from .filters import OverviewFilterSet
from .rows import FLAGS, Row, rows

# Orders that only the documents themselves tell: all schools are judged for them. What is None
# stands last, in either direction.
_JUDGED: dict[str, Callable[[Row], Any]] = {
    "state": lambda row: row.worst_first,
    "version": lambda row: row.standing.published_on or date.min,
    "review": lambda row: row.standing.review_date,
}
_NEEDED = (
    *("title", "draft_title", "path", "depth", "url_path", "document_key", "urn"),
    *("la_name", "phase", "school_type", "in_hospital", "locale__language_code"),
)


class OverviewView(SafeReportView):
    """How the schools that the user may read stand, section by section (P9)."""

    page_title = gettext_lazy("How schools stand")
    header_icon = "table"
    template_name = "wagtail_senoffer/admin/overview.html"
    results_template_name = "wagtail_senoffer/admin/overview_results.html"
    index_url_name = "senoffer_schools"
    index_results_url_name = "senoffer_schools_results"
    export_filename = "how-schools-stand"
    filterset_class = OverviewFilterSet
    default_ordering = "title"
    is_searchable = True
    search_backend_name = None
    search_fields = ("title", "urn")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Refuse who may read no school."""
        if not scope.places(request.user):
            raise PermissionDenied
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        return response

    @cached_property
    def headings(self) -> list[Heading]:
        """The sections that are asked for on the day."""
        return self.filters.held_against.headings(conf.rulesets(), self.filters.day)

    @cached_property
    def columns(self) -> list[Any]:
        """The columns: their number depends on the rulesets."""
        return columns(self.headings)

    def get_base_queryset(self) -> Any:
        """Return the schools that the user may read."""
        schools = scope.readable(self.request.user).filter(alias_of=None)
        return schools.select_related("locale").only(*_NEEDED)

    def order_queryset(self, queryset: Any) -> Any:
        """Return schools by name, whatever the rows are ordered by later."""
        return queryset.order_by("-title" if self.ordering == "-title" else "title", "pk")

    def get_filtered_queryset(self) -> Any:
        """Return schools; rows, where only the documents tell which or in what order."""
        schools = self.get_queryset()
        order = _JUDGED.get(self.ordering.removeprefix("-"))
        if not (order or self.filters.flag):
            return schools
        found = self._rows(schools)
        if self.filters.flag:
            _label, holds = FLAGS[self.filters.flag]
            found = [row for row in found if holds(row)]
        if order:
            known = [row for row in found if order(row) is not None]
            known.sort(key=order, reverse=self.ordering.startswith("-"))
            found = known + [row for row in found if order(row) is None]
        return found

    def _rows(self, schools: Any) -> list[Row]:
        if isinstance(schools, list) and all(isinstance(each, Row) for each in schools):
            return schools
        return rows(schools, self.filters.held_against, self.filters.day)

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add what the symbols mean, and of which day the table tells."""
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        day = self.filters.day
        context["is_no_day"] = "on" in self.filters.form.errors
        context["legend"] = [(state, SYMBOLS[state], LABELS[state]) for state in LABELS]
        context["day"], context["today"] = day, timezone.localdate()
        # One is that of the rest.
        context["is_nothing_asked"] = len(self.headings) == 1
        return context

    def get_table(self, object_list: Any) -> OverviewTable:
        """Return the table, which says of what it is."""
        table = OverviewTable(
            self.columns,
            object_list,
            base_url=self.index_url,
            ordering=self.ordering,
            caption=self.page_title,
        )
        table.query = self.filters.query
        return table

    def paginate_queryset(self, queryset: Any, page_size: int) -> Any:
        """Return a page of rows: its schools are judged, and no others."""
        paginator, page, found, is_paginated = super().paginate_queryset(queryset, page_size)
        page.object_list = self._rows(found)
        return paginator, page, page.object_list, is_paginated

    # --- spreadsheets: the whole table

    def decorate_paginated_queryset(self, object_list: Any) -> Any:
        """Return rows where nothing was paginated: for a spreadsheet."""
        return self._rows(object_list)

    @property
    def list_export(self) -> list[str]:
        """The names of the columns."""
        return [*EXPORTED, *(f"section-{each.code}" for each in self.headings)]

    @property
    def export_headings(self) -> dict[str, Any]:
        """Return what the columns are called."""
        sections = {f"section-{each.code}": each.title for each in self.headings}
        return {name: heading for name, (heading, _value) in EXPORTED.items()} | sections

    def to_row_dict(self, item: Row) -> Any:
        """Return a row for a spreadsheet: words, no symbols."""
        facts = ((name, value(item)) for name, (_heading, value) in EXPORTED.items())
        sections = ((f"section-{code}", cell.label) for code, cell in item.cells.items())
        return OrderedDict([*facts, *sections])


class OverviewMenuItem(MenuItem):
    """The table, for who may read of some school."""

    def __init__(self) -> None:
        super().__init__(
            gettext_lazy("How schools stand"),
            reverse("senoffer_schools"),
            name="senoffer-schools",
            icon_name="table",
            order=100,
        )

    def is_shown(self, request: HttpRequest) -> bool:
        """Show it to who may."""
        return scope.reads_any(request.user)
