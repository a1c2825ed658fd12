"""The e-mail: one for each person, with all that they are to be reminded of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from django.utils.translation import ngettext

from ... import letters
from .items import Item


@dataclass(frozen=True)
class Letter(letters.Letter):
    """What one person is to be reminded of, in one e-mail."""

    items: Sequence[Item]

    template: ClassVar[str] = "wagtail_senoffer/mail/reminders"

    def subject(self, context: dict[str, Any]) -> str:
        """Return how many things there are, and the first; in the language that is active."""
        first = self.items[0]
        words = {"what": first.due.title, "school": first.school, "count": len(self.items)}
        text = ngettext(
            "%(what)s – %(school)s", "%(count)d things to do: %(what)s – %(school)s", words["count"]
        )
        return text % words

    def context(self, today: date) -> dict[str, Any]:
        """Return each thing, with how long there is."""
        return {"rows": [(each, each.due.when(today)) for each in self.items]}

    def lines(self) -> list[str]:
        """Return each thing in short."""
        return [
            f"{item.school}, {item.document.title}: {item.due.title}, due {item.due.on}"
            for item in self.items
        ]

    def records(self) -> list[dict[str, Any]]:
        """Return each thing as plain data."""
        return [
            {
                "school": item.school,
                "title": item.document.title,
                "document": str(item.document.key),
                "locale": item.document.locale,
                "matter": item.due.matter,
                "due": item.due.on.isoformat(),
                "stage": item.stage,
                "url": item.url,
            }
            for item in self.items
        ]
