"""The table as Wagtail draws it, and as a spreadsheet has it."""

from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import BaseColumn, Column, Table

from ...vocabularies import SCHOOL_TYPES
from .cells import SYMBOLS, Cell, Heading
from .rows import Row


class _RowColumn(Column):
    """A column whose template asks the row itself."""

    def get_value(self, instance: Row) -> str:
        """Return nothing: Wagtail's way is to look for an attribute of the column's name."""
        return ""


class SchoolColumn(_RowColumn):
    """The school, with what is to be known of it beside its sections: the row's heading."""

    cell_template_name = "wagtail_senoffer/admin/overview_school.html"

    def get_cell_context_data(self, instance: Row, parent_context: Any) -> dict[str, Any]:
        """Add the address of what is known of the school."""
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        query = parent_context["table"].query
        context["url"] = reverse("senoffer_school", args=[instance.school.pk]) + query
        return context


class StateColumn(_RowColumn):
    """Whether the document is complete, in words and as a score."""

    cell_template_name = "wagtail_senoffer/admin/overview_state.html"


class VersionColumn(_RowColumn):
    """The number of the Version, and its day."""

    cell_template_name = "wagtail_senoffer/admin/overview_version.html"


class ReviewColumn(_RowColumn):
    """When it is to be reviewed, and whether that day is over."""

    cell_template_name = "wagtail_senoffer/admin/overview_review.html"


class SectionColumn(BaseColumn):
    """One section: a symbol for the eye, its meaning in words for everybody else.

    Without templates: there are a thousand such cells on a page.
    """

    def __init__(self, heading: Heading) -> None:
        super().__init__(f"section-{heading.code}", label=heading.title)
        self.code = heading.code

    def render_header_html(self, parent_context: Any) -> SafeString:
        """Return the heading: the whole title, turned by the style sheet."""
        return format_html(
            '<th scope="col" class="senoffer-section" title="{0}"><span>{0}</span></th>', self.label
        )

    def render_cell_html(self, instance: Row, parent_context: Any) -> SafeString:
        """Return a cell."""
        return drawn(instance.cells[self.code])


def drawn(cell: Cell) -> SafeString:
    """Return a cell's HTML, with what is wrong for who points at it."""
    return format_html(
        '<td class="senoffer-cell senoffer-cell--{}" title="{}" data-sign="{}">'
        '<span class="w-sr-only">{}</span></td>',
        cell.state,
        " ".join([cell.label, *(problem.message for problem in cell.problems)]),
        SYMBOLS[cell.state],
        cell.label,
    )


class OverviewTable(Table):
    """A table whose first column and headings stay in view.

    `query` leads to the schools on the same day.
    """

    classname = "senoffer-overview"
    query = ""


def columns(headings: list[Heading]) -> list[Any]:
    """Return the columns for some sections."""
    return [
        SchoolColumn("school", label=_("School"), sort_key="title"),
        StateColumn("state", label=_("State"), sort_key="state"),
        *(SectionColumn(each) for each in headings),
        VersionColumn("version", label=_("Version"), sort_key="version"),
        ReviewColumn("review", label=_("Review due"), sort_key="review"),
    ]


def _type(code: str) -> Any:
    """Return a type's name; the field's choices are made anew each time that one asks."""
    return SCHOOL_TYPES[code].label if code in SCHOOL_TYPES else code


# What a spreadsheet says of a row before its sections: (heading, value).
EXPORTED: dict[str, tuple[Any, Any]] = {
    "school": (_("School"), lambda row: row.school.title),
    "urn": ("URN", lambda row: row.school.urn),
    "language": (_("Language"), lambda row: row.language),
    "council": (_("Council"), lambda row: row.school.la_name),
    "phase": (_("Phase"), lambda row: row.school.get_phase_display()),
    "type": (_("Type of school"), lambda row: _type(row.school.school_type)),
    "as-at": (_("As at"), lambda row: row.standing.on),
    "state": (_("State"), lambda row: row.label),
    "answered": (_("Sections answered"), lambda row: row.standing.answered),
    "asked": (_("Of"), lambda row: len(row.standing.counted)),
    "missing": (_("Missing"), lambda row: row.standing.to_fix),
    "version": (_("Version"), lambda row: getattr(row.standing.version, "number", "")),
    "published": (_("Published"), lambda row: row.standing.published_on or ""),
    "review": (_("Review due"), lambda row: row.standing.review_date or ""),
    "overdue": (_("Overdue"), lambda row: _("Yes") if row.standing.is_overdue else ""),
    "looked-at": (_("Last looked at"), lambda row: row.standing.looked_at_on or ""),
    "rereading": (_("To be read again"), lambda row: row.rereading),
    "override": (_("Published incomplete because"), lambda row: row.override_reason),
    "drift": (_("Sections with the trust’s old words"), lambda row: "; ".join(row.drifts)),
}
