"""Writes the feed: the rows that follow from what is published, and their change numbers.

Rows are written in the transaction of what they follow from. Numbers are taken as its last
act, under a lock that lasts until the commit, so they become visible in their order and a
reader that follows them misses nothing. Where that transaction is only a part of a longer
one (Wagtail's bulk actions, a moved folder), the lock would be held while other schools'
locks are waited for: two such transactions could stop each other. There the rows stay
`pending`, and are numbered on their own just after the commit, at the latest by the next
reader.
"""

import logging
import time
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import OperationalError, connections, router, transaction
from django.db.models import Case, F, Value, When
from django.db.models.functions import Greatest

from .feed import places
from .feed.items import read
from .feed.oruk import id_of_uri
from .feed.rows import FIELDS, HEAVY
from .feed.school_rows import changed_rows, feed_language
from .feed.trusts import changed_trusts
from .models.feed import Change, FeedHead, ItemKind, State
from .models.versions import DocumentHead

__all__ = [
    "arrange",
    "astray",
    "feed_language",
    "follow",
    "is_arranged",
    "newest",
    "settle",
    "turns",
]

Turn = tuple[UUID, str]

logger = logging.getLogger(__name__)

# Rows that get their numbers in one transaction: all who want a number wait meanwhile.
_AT_ONCE = 500

_NUMBERED = ["number", "modified", "pending"]
_WRITTEN = [*FIELDS, "number", "modified"]

# What every reader asks first, of the feed's head as `head`; its parameter is True. Compared:
# of a bare "WHERE pending", SQLite makes a walk through all rows.
LOOK = (
    "head.number, head.modified, "  # noqa: S608
    f"EXISTS (SELECT 1 FROM {Change._meta.db_table} WHERE pending = %s)"
)
_LOOK = f"SELECT {LOOK} FROM {FeedHead._meta.db_table} head WHERE head.id = %s"  # noqa: S608

# What LOOK gives; the numbers are None where there is no head yet.
Look = tuple[int | None, int | None, bool]


def follow(turns: Iterable[Turn], *, last: bool) -> None:
    """Bring the feed's rows of schools, each in a language, up to date.

    The caller holds their locks. `last` says that the transaction ends with this: then
    numbers are taken at once.
    """
    # One after the other: a document can go from one school to another.
    changed = [row for turn in sorted(turns) for row in _brought_up_to_date(turn, last)]
    if not changed:
        return
    if last:
        _put(changed)
    else:
        transaction.on_commit(settle, using=_database(), robust=True)
    for heir in _heirs(changed):

        def inherit(heir: Turn = heir) -> None:
            _follow_alone(*heir)

        transaction.on_commit(inherit, using=_database(), robust=True)


def _brought_up_to_date(turn: Turn, last: bool) -> list[Change]:
    rows = changed_rows(*turn)
    if rows and last:
        _take_numbers(rows)
    _store(rows)
    return rows


def settle(*, wait: bool = True) -> None:
    """Number the changes that were committed without a number, some at a time.

    A row that somebody is writing at this moment is left to them. Without `wait`, so is all
    of it while somebody else is giving numbers. Not being able to is no error for whoever
    asks, and is logged: who reads next tries again.
    """
    connection = connections[_database()]
    try:
        while Change.objects.filter(pending=True).exists():
            with transaction.atomic(using=_database()):
                if not _settle(wait=wait):
                    return
    except OperationalError:
        logger.warning("Changes of the feed could not be numbered", exc_info=True)
        if connection.in_atomic_block and connection.needs_rollback:
            raise


def newest(look: Look | None = None) -> tuple[int, int]:
    """Return the number of the newest change and its time in milliseconds; zeros for none.

    What waits for a number gets it first. `look` is what LOOK has just given, for readers that
    ask it together with something else.
    """
    number, modified, pending = look or _look()
    if pending or number is None:
        settle(wait=False)
        number, modified, _ = _look()
    return number or 0, modified or 0


def _look() -> Look:
    with connections[router.db_for_read(FeedHead)].cursor() as cursor:
        cursor.execute(_LOOK, [True, FeedHead.ONLY])
        return cursor.fetchone() or (None, None, True)


def turns() -> list[Turn]:
    """Return every school, by its key, and language that the feed can have rows of."""
    found = DocumentHead.objects.order_by("school_key", "locale")
    return list(found.values_list("school_key", "locale").distinct())


def astray() -> list[Turn]:
    """Return the schools, each in a language, whose rows don't say what is published."""
    rows = Change.objects.exclude(school_key=Change.NO_SCHOOL).order_by()
    named = rows.values_list("school_key", "locale").distinct()
    known = {*turns(), *((key, locale or feed_language()) for key, locale in named)}
    # What can't be read is reported elsewhere, and can't be mended from here.
    return [turn for turn in sorted(known) if changed_rows(*turn, if_readable=True)]


def is_arranged() -> bool:
    """Say whether the lists, and the rows of trusts, are as the other rows have it."""
    return not changed_trusts() and places.is_in_order()


def arrange() -> None:
    """Make the lists, and the rows of trusts, anew."""
    with transaction.atomic(using=_database()):
        while _settle():
            pass
        _follow_trusts()
        places.arrange()


def _follow_alone(school_key: UUID, locale: str) -> None:
    """Bring the rows of a school up to date in a transaction of their own."""
    with transaction.atomic(using=_database()):
        head = DocumentHead.objects.filter(document_key=school_key, locale=locale)
        head.update(turn=F("turn") + 1)
        follow([(school_key, locale)], last=True)


def _heirs(changed: list[Change]) -> list[Turn]:
    """Return the schools that have ids of their own because one that is gone had their URN."""
    gone = {
        row.item_id
        for row in changed
        if row.kind == ItemKind.ORGANIZATION and row.state not in (State.ACTIVE, State.MOVED)
    }
    if not gone:
        return []
    schools = Change.objects.filter(kind=ItemKind.ORGANIZATION, item_id=F("school_key"))
    rows = schools.filter(state=State.ACTIVE).order_by("pk").values_list("school_key", "summary")
    uris = ((key, read(summary).get("uri")) for key, summary in rows)
    return [(key, feed_language()) for key, uri in uris if uri and id_of_uri(uri) in gone]


def _settle(*, wait: bool = True) -> bool:
    """Number some of what is pending, and keep the lists, under the lock of the feed's head.

    Says whether there was something to number, and the lock could be had.
    """
    if not _lock(wait=wait):
        return False
    # What only went to another Site comes last: whoever has seen it there, on a list over all
    # Sites, has not passed the tombstone yet that its old Site's list has. So does what another
    # URN follows: nobody is without the school meanwhile.
    goes_on = When(state__in=(State.MOVED, State.SUCCEEDED), then=Value(1))
    last = Case(goes_on, default=Value(0))
    pending = Change.objects.filter(pending=True).order_by(last, "pk").defer(*HEAVY)
    rows = list(_unless_locked(pending)[:_AT_ONCE])
    if rows:
        _take_numbers(rows)
        Change.objects.bulk_update(rows, _NUMBERED, batch_size=100)
        places.put(rows)
    if any(row.kind == ItemKind.ORGANIZATION for row in rows):
        _follow_trusts()
    return bool(rows)


def _put(rows: list[Change]) -> None:
    """Give rows their places that have just been on offer, or ceased to be."""
    places.put(row for row in rows if row.has_turned)
    schools = [row for row in rows if row.kind == ItemKind.ORGANIZATION]
    if schools:
        both = {trust for row in schools for trust in (row.organization_id, row.organization_was)}
        _follow_trusts(both - {None})


def _follow_trusts(trusts: set[UUID] | None = None) -> None:
    """Bring the rows of trusts up to date: of some, by their ids, or of all."""
    if rows := changed_trusts(trusts):
        _take_numbers(rows)
        _store(rows)
    shared = Change.objects.filter(school_key=Change.NO_SCHOOL).defer(*HEAVY)
    places.put(shared if trusts is None else shared.filter(item_id__in=trusts))


def _store(rows: list[Change]) -> None:
    old = [row for row in rows if row.pk is not None]
    Change.objects.bulk_create(row for row in rows if row.pk is None)
    for row in old:
        # One by one: for whole services a query for all of them takes longer.
        Change.objects.filter(pk=row.pk).update(**{name: getattr(row, name) for name in _WRITTEN})


def _database() -> str:
    return router.db_for_write(FeedHead)


def _lock(*, wait: bool = True) -> bool:
    """Take the lock under which numbers and places are given, until the transaction ends.

    Without `wait`, says False if somebody else has it (not on SQLite, where one writes at a
    time anyway).
    """
    head = FeedHead.objects.filter(pk=FeedHead.ONLY)
    features = connections[_database()].features
    if not wait and features.has_select_for_update_skip_locked:
        locked = bool(head.select_for_update(skip_locked=True))
        if locked or head.exists():
            return locked
    if not head.update(number=F("number")):
        FeedHead.objects.bulk_create([FeedHead(pk=FeedHead.ONLY)], ignore_conflicts=True)
        head.update(number=F("number"))
    return True


def _take_numbers(rows: list[Change]) -> None:
    """Give rows the next numbers and times, in memory, and lock the feed's head by it."""
    head = FeedHead.objects.filter(pk=FeedHead.ONLY)
    now, count = time.time_ns() // 1_000_000, len(rows)
    # Clocks of several machines differ: a later change never has an earlier time.
    later = Greatest(F("modified") + count, now)
    taken = {"number": F("number") + count, "modified": later}
    if not head.update(**taken):
        _lock()
        head.update(**taken)
    number, modified = head.values_list("number", "modified").get()
    for back, row in enumerate(reversed(rows)):
        row.number, row.modified, row.pending = number - back, modified - back, False


def _unless_locked(rows: Any) -> Any:
    features = connections[_database()].features
    if features.has_select_for_update_skip_locked:
        return rows.select_for_update(skip_locked=True)
    return rows
