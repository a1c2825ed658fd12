"""The feed's rows of trusts: one each, as long as a school that is on offer names it.

A trust is of no school and of no Site, so its row stands under the list over all Sites. It
is written under the lock of the feed's head, since its schools have no lock in common.
"""

from uuid import UUID

from django.db.models import Min, QuerySet

from ..models.feed import Change, ItemKind, Listing, State
from .items import read
from .oruk import trust_item
from .rows import Key, bury, fill


def changed_trusts(which: set[UUID] | None = None) -> list[Change]:
    """Return the rows of trusts that are new or say something else now; nothing is stored.

    Of the trusts with some ids, or of all.
    """
    rows = Change.objects.filter(school_key=Change.NO_SCHOOL)
    rows = rows if which is None else rows.filter(item_id__in=which)
    found, names = {row.item_id: row for row in rows}, _names(which)
    filled = [_filled(found.get(key), key, name) for key, name in names.items()]
    buried = [
        row
        for key, row in found.items()
        if key not in names and bury(row, State.INACTIVE, redactions=[])
    ]
    return [row for row in filled if row] + buried


def sites_of_trusts(which: set[UUID]) -> dict[UUID, set[int]]:
    """Return the keys of the Sites on which each of some trusts has a school."""
    found: dict[UUID, set[int]] = {}
    if not which:
        return found
    schools = _schools().filter(organization_id__in=which)
    for trust, site_pk in schools.values_list("organization_id", "site_pk").distinct():
        found.setdefault(trust, set()).add(site_pk)
    return found


def _schools() -> QuerySet[Change]:
    """Return the schools that have a trust: of an organization that is its parent."""
    schools = Change.objects.filter(kind=ItemKind.ORGANIZATION, state=State.ACTIVE)
    return schools.exclude(organization_id=None)


def _names(which: set[UUID] | None) -> dict[UUID, str]:
    """Return the trusts by id, each as its first school writes it."""
    schools = _schools() if which is None else _schools().filter(organization_id__in=which)
    first = dict(schools.values_list("organization_id").annotate(Min("pk")))
    rows = Change.objects.filter(pk__in=first.values())
    found = rows.order_by("pk").values_list("organization_id", "summary")
    return {key: read(summary)["send_trust"] for key, summary in found}


def _filled(row: Change | None, key: UUID, name: str) -> Change | None:
    item = trust_item(name)
    row = row or Change(**Key(Listing.EVERYWHERE, item.kind, key, "")._asdict())
    return row if fill(row, item, Change.NO_SCHOOL) else None
