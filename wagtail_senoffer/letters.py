"""E-mails to one person at a time: the language, the sender, and an identity that stays."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from email.utils import parseaddr
from typing import Any, ClassVar

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from .document import sha256


@dataclass(frozen=True)
class Letter:
    """What one person is told in one e-mail. Each item has an `identity`."""

    user: Any
    items: Sequence[Any]
    # The day on which somebody had it sent again, which makes it another e-mail.
    asked_on: date | None = None

    # The templates, without .txt and .html.
    template: ClassVar[str]

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
        """The e-mail's Message-ID: the same whenever the same items go to the same person.

        Mail servers and clients can tell by it that they have an e-mail already.
        """
        told = sorted(map(str, (each.identity for each in self.items)))
        told += [str(self.asked_on)] if self.asked_on else []
        domain = parseaddr(sender())[1].rpartition("@")[2] or "localhost"
        return f"<senoffer.{sha256(repr([str(self.user.pk), told]))[:40]}@{domain}>"

    def subject(self, context: dict[str, Any]) -> str:
        """Return the subject, in the language that is active."""
        raise NotImplementedError

    def context(self, today: date) -> dict[str, Any]:
        """Return what the templates need."""
        raise NotImplementedError

    def lines(self) -> list[str]:
        """Return what a command prints of it, a line an item."""
        raise NotImplementedError

    def records(self) -> list[dict[str, Any]]:
        """Return the items as plain data."""
        raise NotImplementedError

    def message(self, today: date) -> EmailMultiAlternatives:
        """Return the e-mail in the person's language, not sent."""
        with translation.override(self.language):
            context = {"user": self.user, "language": self.language, **self.context(today)}
            message = EmailMultiAlternatives(
                " ".join(self.subject(context).split()),
                render_to_string(f"{self.template}.txt", context),
                sender(),
                [self.to],
                headers={"Message-ID": self.message_id, "Auto-Submitted": "auto-generated"},
            )
            html = render_to_string(f"{self.template}.html", context)
            message.attach_alternative(html, "text/html")
        return message


def sender() -> str:
    """Return the address that Wagtail's own notifications come from."""
    named = getattr(settings, "WAGTAILADMIN_NOTIFICATION_FROM_EMAIL", "")
    return str(named or settings.DEFAULT_FROM_EMAIL)
