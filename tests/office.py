"""Two schools of a trust, the people in their offices, and a mail server that has bad days."""

import socket
from datetime import date, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfo

from aiosmtpd.controller import Controller
from django.contrib.auth.models import Group, Permission, User
from wagtail.models import GroupPagePermission, Page

from example_site import content
from tests import factories

LONDON = ZoneInfo("Europe/London")


def morning(day: date, hour: int = 6) -> datetime:
    """Return a time of a day at which cron runs."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=LONDON)


def person(name: str, *pages: Page, may: str = "change_page", **fields: Any) -> User:
    """Return a user whose group may edit some pages."""
    group = Group.objects.create(name=name)
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    permission = Permission.objects.get(codename=may, content_type__app_label="wagtailcore")
    for page in pages:
        GroupPagePermission.objects.create(group=group, page=page, permission=permission)
    values = {"email": f"{name}@trust.example", "password": "secret", **fields}
    user = User.objects.create_user(name, **values)
    user.groups.add(group)
    return user


def school(home: Page, name: str, **report: Any) -> tuple[Any, Any]:
    """Return a school and its report, both published."""
    page = factories.make_school(home, name.lower(), title=name)
    document = factories.make_report(page, **report)
    content.publish(document)
    document.refresh_from_db()
    return page, document


def republish(page: Any, **fields: Any) -> Any:
    """Publish a page with other values; return it as it is then."""
    fresh = type(page).objects.get(pk=page.pk)
    for name, value in fields.items():
        setattr(fresh, name, value)
    content.publish(fresh)
    return type(page).objects.get(pk=page.pk)


def with_section(page: Any, code: str, **values: Any) -> Any:
    """Return the body of a page with other values in one of its sections."""
    fresh = type(page).objects.get(pk=page.pk)
    raw = fresh.body.get_prep_value()
    for block in raw:
        if block["type"] == code:
            block["value"].update(values)
    return fresh._meta.get_field("body").stream_block.to_python(raw)


class MailServer:
    """A mail server on this machine that speaks SMTP, and has bad days.

    `mood` is one of "well", "busy" (says no to every e-mail), "drops" (ends the line as an
    e-mail begins) and "vanishes" (takes an e-mail, then ends the line without a word).
    """

    def __init__(self) -> None:
        self.mood = "well"
        self.refused: set[str] = set()
        self.taken: list[EmailMessage] = []
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._controller: Controller | None = None

    def start(self) -> None:
        """Listen."""
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def stop(self) -> None:
        """Stop listening, if it does."""
        if self._controller:
            self._controller.stop()
        self._controller = None

    @property
    def log(self) -> list[str]:
        """The Message-IDs that it has taken."""
        return [str(message["Message-ID"]) for message in self.taken]

    async def handle_MAIL(
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        """Let an e-mail begin, or not."""
        if self.mood == "drops":
            server.transport.abort()
        envelope.mail_from = address
        return "451 Try again later" if self.mood == "busy" else "250 OK"

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        """Know an address, or not."""
        if address in self.refused:
            return "550 No such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Take an e-mail."""
        self.taken.append(message_from_bytes(envelope.content, policy=policy.default))
        if self.mood == "vanishes":
            server.transport.abort()
        return "250 OK"


def text(message: EmailMessage) -> str:
    """Return an e-mail's plain text."""
    return "\n".join(message.get_body(("plain",)).get_content().splitlines())
