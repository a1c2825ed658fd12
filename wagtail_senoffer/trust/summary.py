"""The summary: how a Site's schools stand, once a week or a month, for those who look after them.

What is sent, and that nothing is sent twice, is the reminders' own way (the command brings both
together): a row for each person, Site and period.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar
from urllib.parse import urlencode
from uuid import NAMESPACE_URL, UUID, uuid5

from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin.utils import get_admin_base_url

from .. import letters
from ..models.settings import Period, SiteSettings
from ..models.trust import KIND_LABELS
from ..rulesets import Kind
from . import scope
from .overview.cells import What
from .overview.rows import FLAGS, Row, rows

_MATTER = "summary"
# What a lead wants to know first; the rest is a click away.
_COUNTED = ("complete", "missing", "unpublished", "overdue", "reread", "override", "drift")
_LISTED = ("missing", "unpublished", "overdue", "override")
# As many as can be read; the table has all.
_SHOWN = 25


@dataclass(frozen=True)
class Summary:
    """The schools of a Site in the period that starts on a day."""

    site: Any
    start: date

    @property
    def identity(self) -> tuple[UUID, str, str, date, int]:
        """What it is told apart by, as reminders are: in place of a document, the Site."""
        return uuid5(NAMESPACE_URL, f"senoffer:site:{self.site.pk}"), "", _MATTER, self.start, 0

    @property
    def name(self) -> str:
        """The Site's name."""
        return str(self.site.site_name or self.site.hostname)

    def schools(self, user: Any) -> Any:
        """Return the schools of the Site that a user may read (P9)."""
        found = scope.readable(user).filter(
            alias_of=None, path__startswith=self.site.root_page.path
        )
        return found.select_related("locale").order_by("title", "pk")


def people(on: date) -> list[tuple[Any, list[Summary]]]:
    """Return who gets a summary on a day, and of which Sites.

    That is who is in the group of a Site's settings, is active, has an e-mail address, and
    may read some school there.
    """
    found: dict[Any, list[Summary]] = defaultdict(list)
    settings = SiteSettings.objects.exclude(summary_every=Period.NEVER)
    for each in settings.select_related("site__root_page").order_by("site"):
        summary = Summary(each.site, Period(each.summary_every).start(on))
        for user in _members(each.summary_group_id):
            if summary.schools(user).exists():
                found[user.pk].append((user, summary))
    return [(pairs[0][0], [summary for _user, summary in pairs]) for pairs in found.values()]


def _members(group: Any) -> Any:
    users = get_user_model()._default_manager.filter(groups=group, is_active=True)
    return users.exclude(email="").select_related("wagtail_userprofile").order_by("pk")


@dataclass(frozen=True)
class SummaryLetter(letters.Letter):
    """The summaries of one person, in one e-mail."""

    items: Sequence[Summary]

    template: ClassVar[str] = "wagtail_senoffer/mail/summary"

    def subject(self, context: dict[str, Any]) -> str:
        """Return which Sites it is about."""
        return _("How schools stand: %(sites)s") % {
            "sites": ", ".join(each.name for each in self.items)
        }

    def context(self, today: date) -> dict[str, Any]:
        """Return each Site with its kinds of document, their counts, and what to look at."""
        sites = [(each, list(_kinds(list(each.schools(self.user)), today))) for each in self.items]
        return {"sites": sites, "url": _url({}), "today": today}

    def lines(self) -> list[str]:
        """Return each Site and period."""
        return [f"{each.name}: summary since {each.start}" for each in self.items]

    def records(self) -> list[dict[str, Any]]:
        """Return each Site and period as plain data."""
        return [
            {"site": each.site.pk, "name": each.name, "since": each.start.isoformat()}
            for each in self.items
        ]


@dataclass(frozen=True)
class Part:
    """One kind of document: how many schools are in which state, and which need somebody."""

    title: str
    counts: list[tuple[str, int, str]]
    listed: list[tuple[Row, str]]
    more: int


def _kinds(schools: list[Any], today: date) -> Iterator[Part]:
    for kind, title in KIND_LABELS.items():
        found = [row for row in rows(schools, What(kind), today) if row.is_asked]
        # Nobody has to publish an offer or a strategy here, as long as nobody does.
        if kind is Kind.REPORT or any(row.standing.version for row in found):
            yield _part(kind, str(title), found)


def _part(kind: Kind, title: str, found: list[Row]) -> Part:
    counts = [
        (str(FLAGS[name][0]), number, _url({"what": kind.value, "state": name}))
        for name in _COUNTED
        if (number := sum(FLAGS[name][1](row) for row in found))
    ]
    listed = [
        (row, "; ".join(words))
        for row in sorted(found, key=lambda row: row.worst_first)
        if (words := [str(FLAGS[name][0]) for name in _LISTED if FLAGS[name][1](row)])
    ]
    return Part(title, counts, listed[:_SHOWN], max(0, len(listed) - _SHOWN))


def _url(query: dict[str, str]) -> str:
    """Return the table's whole address; "" on a site that has no WAGTAILADMIN_BASE_URL."""
    base = get_admin_base_url()
    if not base:
        return ""
    asked = {**query} if query.get("what") != Kind.REPORT.value else {"state": query["state"]}
    return f"{base.rstrip('/')}{reverse('senoffer_schools')}" + (
        f"?{urlencode(asked)}" if asked else ""
    )
