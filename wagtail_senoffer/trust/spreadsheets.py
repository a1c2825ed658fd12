"""Wagtail's spreadsheets of reports, safe to open: no cell is a formula (G14)."""

from collections.abc import Iterator
from typing import Any

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from wagtail.admin.views.reports import ReportView

from ..feed.offers_csv import harmless


class SafeReportView(ReportView):
    """A report whose exports a spreadsheet opens as the words that they are.

    Wagtail's own CSV leaves formulas as they are, has no byte order mark, without which Excel
    takes UTF-8 for something else, and its XLSX fails on control characters.
    """

    def preprocess_field_value(self, field: str, value: Any, export_format: str) -> Any:
        """Return what goes into a cell."""
        return _safe(super().preprocess_field_value(field, value, export_format))

    def get_heading(self, queryset: Any, field: str) -> str:
        """Return a column's heading."""
        return _safe(super().get_heading(queryset, field))

    def stream_csv(self, queryset: Any) -> Iterator[bytes]:
        """Yield the bytes of a CSV file, line by line."""
        yield "\ufeff".encode()
        yield from super().stream_csv(queryset)


def _safe(value: Any) -> Any:
    return harmless(ILLEGAL_CHARACTERS_RE.sub("", value)) if isinstance(value, str) else value
