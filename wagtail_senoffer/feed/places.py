"""Keeps the lists: each live item has a place in those that it belongs to, without a gap.

Only under the lock of the feed's head.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db.models import Count, Max, Min

from ..models.feed import Change, Listing, State
from .trusts import sites_of_trusts


def put(rows: Iterable[Change]) -> None:
    """Give rows their places, and take from them those that they have no longer."""
    rows = list(rows)
    if not rows:
        return
    wanted, keys = _places(rows), [row.pk for row in rows]
    found = {_place(each): each for each in Listing.objects.filter(change__in=keys)}
    for place, listing in found.items():
        if place not in wanted:
            _close(listing)
    _open({place: kind for place, kind in wanted.items() if place not in found})


def is_in_order() -> bool:
    """Say whether the lists hold exactly what is on offer and has a number, without a gap."""
    rows = Change.objects.filter(pending=False).only("kind", "site_pk", "school_key", "state")
    listed = Listing.objects.filter(change__pending=False)
    has_all = {_place(each) for each in listed} == set(_places(rows))
    lists = Listing.objects.order_by().values("scope", "kind")
    ends = lists.annotate(first=Min("position"), last=Max("position"), count=Count("pk"))
    # Places differ by a rule of the database.
    return has_all and all((x["first"], x["last"]) == (1, x["count"]) for x in ends)


def arrange() -> None:
    """Make the lists anew, in the order in which the items were first on offer."""
    rows = Change.objects.order_by("pk").filter(state=State.ACTIVE).exclude(number=None)
    last: Counter[tuple[int, str]] = Counter()
    places = []
    for (change, scope), kind in _places(
        rows.only("kind", "site_pk", "school_key", "state")
    ).items():
        last[scope, kind] += 1
        position = last[scope, kind]
        places.append(Listing(scope=scope, kind=kind, position=position, change_id=change))
    Listing.objects.all().delete()
    Listing.objects.bulk_create(places, batch_size=500)


def _places(rows: Iterable[Change]) -> dict[tuple[int, int], str]:
    """Return row, scope and kind of all places that rows should have."""
    rows = list(rows)
    trusts = sites_of_trusts({row.item_id for row in rows if row.is_shared})
    return {(row.pk, scope): row.kind for row in rows for scope in _scopes(row, trusts)}


def _scopes(row: Change, trusts: dict[UUID, set[int]]) -> set[int]:
    if not row.is_live:
        return set()
    sites = trusts.get(row.item_id, set()) if row.is_shared else {row.site_pk}
    return {Listing.EVERYWHERE, *sites}


def _place(listing: Listing) -> tuple[int, int]:
    return listing.change_id, listing.scope


def _open(places: Mapping[tuple[int, int], str]) -> None:
    """Put rows at the end of lists; `places` has row and scope, and their kinds."""
    last: dict[tuple[int, str], int] = {}
    opened = []
    for (change, scope), kind in places.items():
        if (scope, kind) not in last:
            end = _last(scope, kind)
            last[scope, kind] = end.position if end else 0
        last[scope, kind] += 1
        position = last[scope, kind]
        opened.append(Listing(scope=scope, kind=kind, position=position, change_id=change))
    Listing.objects.bulk_create(opened, batch_size=500)


def _close(place: Listing) -> None:
    """Take a place out of a list; the last one moves into the gap."""
    # As it is now: the one before may have moved it.
    place.refresh_from_db()
    last = _last(place.scope, place.kind)
    place.delete()
    if last and last.position != place.position:
        Listing.objects.filter(pk=last.pk).update(position=place.position)


def _last(scope: int, kind: str) -> Listing | None:
    return Listing.objects.filter(scope=scope, kind=kind).order_by("-position").first()
