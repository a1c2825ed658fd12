"""Where the register and a school's page disagree."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ..models.rollout import RegisterEntry, RolledOutSchool
from .drafts import draft_values, label_of, shown, write
from .register import Establishment

# Of what the page and the register both tell, what a school is to agree with or to report.
FIELDS = (
    *("title", "school_type", "phase", "minimum_age", "maximum_age", "sen_types"),
    *("resourced_provision", "resourced_places", "capacity", "street", "locality", "town"),
    *("county", "postcode", "website", "telephone", "ukprn", "laestab", "uprn"),
)


@dataclass
class Difference:
    """A field in which a page's newest draft and the register differ."""

    page: Any
    field: str
    mine: Any
    theirs: Any
    # Whether whoever asks may edit the page; a report says so.
    editable: bool = False

    @property
    def school(self) -> str:
        """The school's name, as its page has it."""
        return str(self.page.title)

    @property
    def urn(self) -> str:
        """The number that both know it by."""
        return str(self.page.urn)

    @property
    def label(self) -> str:
        """The field's name for people."""
        return label_of(self.field)

    @property
    def on_page(self) -> str:
        """What the page says, for people."""
        return shown(self.field, self.mine) or _("nothing")

    @property
    def in_register(self) -> str:
        """What the register says, for people."""
        return shown(self.field, self.theirs) or _("nothing")


def differences(schools: Any) -> Iterator[Difference]:
    """Yield where pages, a queryset of them, and the register's last rows differ.

    In two queries. An address with and one without a slash at its end are the same.
    """
    pages = list(schools.select_related("latest_revision", "locale").order_by("title", "pk"))
    urns = {page.pk: draft_values(page, ["urn"])["urn"] for page in pages}
    entries = RegisterEntry.objects.in_bulk(set(urns.values()), field_name="urn")
    for page in pages:
        if entry := entries.get(urns[page.pk]):
            yield from _between(page, entry.values)


def _between(page: Any, values: dict[str, Any]) -> Iterator[Difference]:
    draft = draft_values(page, FIELDS)
    for name in FIELDS:
        if name in values and _plain(draft[name]) != _plain(values[name]):
            yield Difference(page, name, draft[name], values[name])


def _plain(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return value.casefold().rstrip("/").removeprefix("https://").removeprefix("http://").strip()


def refresh(found: Iterable[Establishment]) -> int:
    """Keep the register's newest rows of some schools; return how many were news."""
    news = 0
    for each in found:
        entry = RegisterEntry.objects.filter(urn=each.urn).first() or RegisterEntry(urn=each.urn)
        if entry.pk is None or entry.values != each.values:
            entry.values, entry.read_at = each.values, timezone.now()
            entry.save()
            news += 1
    return news


@transaction.atomic
def take(difference: Difference, user: Any, *, publish: bool = False) -> None:
    """Write the register's value into the page's draft, and publish that only if it is asked.

    Raises publishing.Refused for a page that can't be published; then nothing is written.
    """
    value = {difference.field: difference.theirs}
    write(difference.page, value, user, publish=publish)
    memory = RolledOutSchool.objects.filter(pk=difference.page.pk).first()
    if memory:
        memory.written |= value
        memory.save()
