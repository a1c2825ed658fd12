"""The e-mail: one for each person, with all that they are to be reminded of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import ngettext

from ...document import sha256
from .items import Item

_TEMPLATES = "wagtail_senoffer/mail/reminders"


@dataclass(frozen=True)
class Letter:
    """What one person is to be reminded of, in one e-mail."""

    user: Any
    items: Sequence[Item]
    # The day on which somebody had it sent again, which makes it another e-mail.
    asked_on: date | None = None

    @property
    def to(self) -> str:
        """The person's e-mail address."""
        return str(self.user.email)

    @property
    def language(self) -> str:
        """The language that the person uses Wagtail's admin in."""
        profile = getattr(self.user, "wagtail_userprofile", None)
        return str(getattr(profile, "preferred_language", "") or settings.LANGUAGE_CODE)

    @property
    def message_id(self) -> str:
        """The e-mail's Message-ID: the same whenever the same reminders go to the same person.

        Mail servers and clients can tell by it that they have an e-mail already.
        """
        told = sorted(map(str, (each.identity for each in self.items)))
        told += [str(self.asked_on)] if self.asked_on else []
        domain = parseaddr(sender())[1].rpartition("@")[2] or "localhost"
        return f"<senoffer.{sha256(repr([str(self.user.pk), told]))[:40]}@{domain}>"

    def subject(self) -> str:
        """Return how many things there are, and the first; in the language that is active."""
        first = self.items[0]
        words = {"what": first.due.title, "school": first.school, "count": len(self.items)}
        text = ngettext(
            "%(what)s – %(school)s", "%(count)d things to do: %(what)s – %(school)s", words["count"]
        )
        return " ".join((text % words).split())

    def message(self, today: date) -> EmailMultiAlternatives:
        """Return the e-mail in the person's language, not sent."""
        with translation.override(self.language):
            rows = [(each, each.due.when(today)) for each in self.items]
            context = {"user": self.user, "rows": rows, "language": self.language}
            message = EmailMultiAlternatives(
                self.subject(),
                render_to_string(f"{_TEMPLATES}.txt", context),
                sender(),
                [self.to],
                headers={"Message-ID": self.message_id, "Auto-Submitted": "auto-generated"},
            )
            message.attach_alternative(render_to_string(f"{_TEMPLATES}.html", context), "text/html")
        return message


def sender() -> str:
    """Return the address that Wagtail's own notifications come from."""
    named = getattr(settings, "WAGTAILADMIN_NOTIFICATION_FROM_EMAIL", "")
    return str(named or settings.DEFAULT_FROM_EMAIL)
