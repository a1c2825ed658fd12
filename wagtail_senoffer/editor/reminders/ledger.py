"""The rows that say who was reminded of what, and their one way: waiting, handed, sent.

Exactly once, as far as that can be had. A row is written before anything is sent, and is
`handed`, in a transaction of its own, just before the mail server gets the e-mail:

- the mail server refused it, or can't be reached: the row waits again, for the next run;
- the process died, or the line broke, after the server may have taken it: nobody can
  tell. It is not sent again by itself; the run says so, with the Message-ID to look up in
  the mail server's log, and sends it again when told to.

Of two runs at once, one gets the rows and the other leaves them alone.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import OperationalError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from ...models.reminders import Reminder, Sending
from .items import Identity, Item
from .letters import Letter

# A run hands over one e-mail at a time: one that takes so long has died.
_DEAD_AFTER = timedelta(hours=1)
_ATTEMPTS = 4

Wanted = dict[tuple[Any, Identity], Item]


def write_down(people: Sequence[tuple[Any, Sequence[Item]]]) -> dict[Any, list[Reminder]]:
    """Make the rows that are not there yet; return all that are meant, by the person's key."""
    wanted = {(user.pk, item.identity) for user, items in people for item in items}
    missing = wanted - {_meaning(row) for row in _rows(wanted)}
    new = [_row(user, identity) for user, identity in sorted(missing, key=str)]
    # Another run may have made them meanwhile.
    _again(lambda: Reminder.objects.bulk_create(new, batch_size=500, ignore_conflicts=True))
    found: dict[Any, list[Reminder]] = {user.pk: [] for user, _items in people}
    for row in _rows(wanted):
        found[row.user_id].append(row)
    return found


def known(people: Sequence[tuple[Any, Sequence[Item]]]) -> dict[Any, list[Reminder]]:
    """Return the rows that `write_down` would, with those that are missing not saved."""
    wanted = {(user.pk, item.identity) for user, items in people for item in items}
    rows = _rows(wanted)
    missing = wanted - {_meaning(row) for row in rows}
    found: dict[Any, list[Reminder]] = {user.pk: [] for user, _items in people}
    for row in [*rows, *(_row(user, identity) for user, identity in missing)]:
        found[row.user_id].append(row)
    return found


def identity(row: Reminder) -> Identity:
    """Return what a row's reminder is told apart by."""
    return row.document_key, row.locale, row.matter, row.due, row.stage


def hand_over(rows: Sequence[Reminder], letter: Letter, now: datetime) -> bool:
    """Mark a letter's rows as handed to the mail server; False if another run has some.

    Must not run within a transaction: what it wrote has to outlive a crash.
    """

    def take() -> bool:
        with transaction.atomic(durable=True):
            taken = _these(rows, Sending.WAITING).update(
                state=Sending.HANDED,
                message_id=letter.message_id,
                handed_at=now,
                attempts=F("attempts") + 1,
            )
            transaction.set_rollback(taken != len(rows))
        return taken == len(rows)

    return bool(_again(take))


def tell_sent(rows: Sequence[Reminder], now: datetime) -> None:
    """Mark rows as sent, for good."""
    _again(lambda: _these(rows, Sending.HANDED).update(state=Sending.SENT, sent_at=now))


def tell_not_sent(rows: Sequence[Reminder]) -> None:
    """Let rows wait for the next run: the mail server has not taken them."""
    _again(lambda: _these(rows, Sending.HANDED).update(state=Sending.WAITING))


def tell_unsure(rows: Sequence[Reminder]) -> None:
    """Mark rows whose e-mail the mail server may have taken."""
    _again(lambda: _these(rows, Sending.HANDED).update(state=Sending.UNSURE))


def is_unsure(row: Reminder, now: datetime) -> bool:
    """Say whether nobody knows if a row's e-mail was sent."""
    died = row.state == Sending.HANDED and row.handed_at and row.handed_at <= now - _DEAD_AFTER
    return bool(row.state == Sending.UNSURE or died)


def send_again(rows: Iterable[Reminder]) -> None:
    """Let rows wait again that are unsure: somebody says that they were not sent."""
    _these(rows, Sending.UNSURE, Sending.HANDED).update(state=Sending.WAITING)


def is_told_on(row: Reminder, day: date) -> bool:
    """Say whether a row's e-mail went out on a day, or may have."""
    when = row.sent_at or row.handed_at
    return row.state != Sending.WAITING and when is not None and timezone.localdate(when) == day


def tell_again(rows: Iterable[Reminder], day: date) -> None:
    """Let rows wait again that were sent before a day: somebody wants them sent anew."""
    midnight = timezone.make_aware(datetime.combine(day, time()))
    sent = _these(rows, Sending.SENT).filter(sent_at__lt=midnight)
    sent.update(state=Sending.WAITING, sent_at=None)


def _these(rows: Iterable[Reminder], *states: Sending) -> QuerySet[Reminder]:
    return Reminder.objects.filter(pk__in=[row.pk for row in rows], state__in=states)


def _row(user: Any, identity: Identity) -> Reminder:
    key, locale, matter, due, stage = identity
    return Reminder(
        user_id=user, document_key=key, locale=locale, matter=matter, due=due, stage=stage
    )


def _meaning(row: Reminder) -> tuple[Any, Identity]:
    return row.user_id, identity(row)


def _rows(wanted: Iterable[tuple[Any, Identity]]) -> list[Reminder]:
    """Return the rows of reminders, in one query."""
    wanted = set(wanted)
    days = {(due, stage) for _user, (_key, _locale, _matter, due, stage) in wanted}
    if not wanted:
        return []
    where = Q(
        due__in={due for due, _stage in days},
        stage__in={stage for _due, stage in days},
        user__in={user for user, _identity in wanted},
    )
    rows = Reminder.objects.filter(where).order_by("pk")
    return [row for row in rows if _meaning(row) in wanted]


def _again(work: Any) -> Any:
    """Do what a database may refuse once while another run is at it (deadlock, locked)."""
    for attempt in range(_ATTEMPTS):
        try:
            return work()
        except OperationalError:
            if attempt == _ATTEMPTS - 1 or transaction.get_connection().in_atomic_block:
                raise
    return None
