"""Form fields as people in a school office write in them."""

from contextlib import suppress
from datetime import date, datetime
from typing import Any

from django.conf import settings
from wagtail.admin.widgets import AdminDateInput

# Day first, whatever the language of the site: this is for schools in England.
_FORMATS = (
    *("%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%d/%m/%y", "%d.%m.%y", "%d-%m-%y"),
    *("%d %B %Y", "%d %b %Y"),
)


class DayInput(AdminDateInput):
    """Wagtail's date field, with the day first: 24/11/2026, 24.11.2026, 24 November 2026.

    What is no date stays as it was typed, and the form says so. (Wagtail's own puts today in
    its place.) A project's WAGTAIL_DATE_FORMAT goes before; ISO dates are always taken.
    """

    def __init__(self, attrs: dict[str, Any] | None = None, format: str | None = None) -> None:
        default = getattr(settings, "WAGTAIL_DATE_FORMAT", _FORMATS[0])
        super().__init__(attrs, format or default)

    def get_config(self) -> dict[str, Any]:
        """Return what the calendar is told."""
        return {**super().get_config(), "validateOnBlur": False}

    def format_value(self, value: Any) -> Any:
        """Return a date as people write it, also where a form that was refused has it in ISO."""
        with suppress(TypeError, ValueError):
            value = date.fromisoformat(value)
        return super().format_value(value)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Return the date as ISO says it, or what was typed."""
        value = super().value_from_datadict(data, files, name)
        return _iso(value) if isinstance(value, str) else value


def _iso(text: str) -> str:
    for each in (getattr(settings, "WAGTAIL_DATE_FORMAT", _FORMATS[0]), *_FORMATS):
        try:
            return datetime.strptime(text.strip(), each).date().isoformat()
        except ValueError:
            continue
    return text
