"""Chooses rows of the feed: all of a kind by their places in a list, or those that fit."""

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from django.db import connections, router
from django.db.models import Q, QuerySet

from ..models.feed import Change, ItemKind, Listing, State
from .oruk import folded
from .parameters import Listed, ServiceFilter
from .scope import Scope
from .wire import Pieces, with_time

_GONE = tuple(state for state in State if state != State.ACTIVE)
_AT_ONCE = 200

# Every harvester's question, as it stands: to have it written anew takes longer than to answer it.
_CHANGES, _LISTINGS = Change._meta.db_table, Listing._meta.db_table
_TOTAL = f"SELECT MAX(position) FROM {_LISTINGS} WHERE scope = %s AND kind = %s"  # noqa: S608
_PAGE = (
    f"SELECT item.{{column}}, item.modified, ({_TOTAL}) FROM {_LISTINGS} place "  # noqa: S608
    f"JOIN {_CHANGES} item ON item.id = place.change_id "
    "WHERE place.scope = %s AND place.kind = %s AND place.position BETWEEN %s AND %s "
    f"AND item.state = '{State.ACTIVE.value}' ORDER BY place.position"
)


def all_of(scope: Scope, kind: str, start: int, size: int, column: str) -> tuple[int, list[Pieces]]:
    """Return how many live items of a kind there are, and `size` of them from place `start`.

    Each as JSON text with its time; `column` is "summary" or "body". It costs the same
    wherever the page stands in the list.
    """
    with connections[router.db_for_read(Change)].cursor() as cursor:
        place = [scope.key, kind]
        cursor.execute(_PAGE.format(column=column), [*place, *place, start + 1, start + size])
        if rows := cursor.fetchall():
            return rows[0][2], [with_time(*row) for *row, _total in rows]
        cursor.execute(_TOTAL, place)
        return cursor.fetchone()[0] or 0, []


def fitting(scope: Scope, kind: str, asked: Listed) -> QuerySet[Change]:
    """Return the live rows of a kind that fit what is asked, in the order of their making."""
    rows = scope.changes(kind).filter(state=State.ACTIVE).filter(_conditions(asked))
    return rows.order_by("pk")


def since(scope: Scope, kind: str, asked: ServiceFilter) -> QuerySet[Change]:
    """Return what changed since a moment, newest first: live rows that fit, and all that is gone.

    What no longer fits can't be told from what never did, so a stub of everything that is
    gone goes to everyone who asks.
    """
    start = int(asked.modified_after.timestamp() * 1000)
    fits = Q(state=State.ACTIVE) & _conditions(asked)
    rows = scope.changes(kind).filter(fits | Q(state__in=_GONE), modified__gte=start)
    # The newest first: what changes while somebody turns the pages moves to the first one, and
    # is still newer than all that they have. The other way round, it would pull another item
    # over to a page that was read before.
    return rows.order_by("-number")


def texts(rows: QuerySet[Change], column: str) -> Iterator[Pieces]:
    """Yield rows as JSON texts with their times; of one that is gone, the stub."""
    for text, stub, modified in rows.values_list(column, "summary", "modified"):
        yield with_time(text or stub, modified)


def streamed(rows: QuerySet[Change], column: str) -> Iterator[Pieces]:
    """Yield as `texts` does, however many there are: some at a time, by their keys.

    A query each, since one that is open while a slow reader takes the answer would keep
    SQLite's writers waiting.
    """
    last = 0
    while some := list(
        rows.order_by("pk").filter(pk__gt=last).values_list("pk", flat=True)[:_AT_ONCE]
    ):
        yield from texts(rows.order_by("pk").filter(pk__in=some), column)
        last = some[-1]


def services_of(scope: Scope, organizations: Iterable[UUID]) -> dict[UUID, list[Pieces]]:
    """Return the whole services of organizations, as JSON texts."""
    rows = scope.changes(ItemKind.SERVICE).filter(
        organization_id__in=list(organizations), state=State.ACTIVE
    )
    found: dict[UUID, list[Pieces]] = {}
    for owner, text, modified in rows.order_by("pk").values_list(
        "organization_id", "body", "modified"
    ):
        found.setdefault(owner, []).append(with_time(text, modified))
    return found


def _conditions(asked: Any) -> Q:
    fits = Q()
    for word in folded(asked.search or "").split():
        fits &= Q(words__contains=word)
    if not isinstance(asked, ServiceFilter):
        return fits
    for term in (asked.taxonomy_term_id, asked.taxonomy_id):
        fits &= Q(terms__contains=str(term)) if term else Q()
    if asked.organization_id:
        fits &= _of(asked.organization_id)
    if asked.postcode:
        fits &= _at("".join(asked.postcode.split()).upper())
    return fits & _ages(asked) & _hours(asked)


def _of(organization_id: UUID) -> Q:
    """Those of a school; or of a trust, which the schools' own rows name."""
    schools = Change.objects.filter(kind=ItemKind.ORGANIZATION, organization_id=organization_id)
    return Q(organization_id=organization_id) | Q(organization_id__in=schools.values("item_id"))


def _at(postcode: str) -> Q:
    """Those at a whole postcode, or in its first half: of "M1", not what is in "M11"."""
    # The second half has three characters.
    return Q(postcode=postcode) | Q(postcode__regex=rf"^{postcode}[0-9][A-Z][A-Z]$")


def _ages(asked: ServiceFilter) -> Q:
    """A service for ages 4 to 11 fits who asks for 9 or older: it has somebody of 9."""
    fits = Q()
    if asked.minimum_age is not None:
        fits &= Q(maximum_age__gte=asked.minimum_age) | Q(maximum_age=None)
    if asked.maximum_age is not None:
        fits &= Q(minimum_age__lte=asked.maximum_age) | Q(minimum_age=None)
    return fits


def _hours(asked: ServiceFilter) -> Q:
    """Who says no hours doesn't fit: nobody can tell whether they are open."""
    fits = Q(days__contains=asked.day) if asked.day else Q()
    if asked.start_time:
        fits &= Q(opens_at__lte=asked.start_time) & ~Q(opens_at="")
    if asked.end_time:
        fits &= Q(closes_at__gte=asked.end_time)
    return fits
