"""Sends what is due: a person at a time, each reminder once (see ledger.py)."""

import smtplib
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from traceback import walk_tb
from typing import Any

from django.core.mail import get_connection
from django.utils import timezone

from ... import letters
from ...models.reminders import Reminder, Sending
from . import ledger
from .items import Identity, Item, find_items
from .letters import Letter
from .people import recipients

# So many e-mails that fail one after the other: the mail server is down.
_ENOUGH = 3
# So many seconds a mail server may be silent.
_PATIENCE = 60
# What a mail server says of one e-mail while it is well.
_OF_ONE_LETTER = (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError, ValueError)


@dataclass(frozen=True)
class Occasion:
    """Why people get an e-mail: who gets one on a day, of what, and how it is written.

    What each is told of has an `identity`, and is sent once.
    """

    people: Callable[[date], Sequence[tuple[Any, Sequence[Any]]]]
    letter: type[letters.Letter]


DUE = Occasion(lambda on: recipients(find_items(on)), Letter)


class UnknownMessage(ValueError):
    """Somebody asked to send an e-mail again of which nothing is unsure."""


@dataclass(frozen=True)
class Unsure:
    """An e-mail of which nobody knows whether it was sent."""

    message_id: str
    letter: letters.Letter
    rows: Sequence[Reminder]


@dataclass
class Outcome:
    """What a run did. `failed` has the reasons; those and `untried` wait for the next run."""

    sent: list[letters.Letter] = field(default_factory=list)
    failed: list[tuple[letters.Letter, str]] = field(default_factory=list)
    untried: list[letters.Letter] = field(default_factory=list)
    unsure: list[Unsure] = field(default_factory=list)
    # Whether the line broke in this run after an e-mail may have gone through.
    broke: bool = False

    @property
    def is_well(self) -> bool:
        """Whether all that was to be sent was sent."""
        return not (self.failed or self.untried or self.broke)


def plan(now: datetime, occasion: Occasion = DUE) -> Outcome:
    """Return what a run at a moment would do, `untried`. Writes nothing."""
    people = occasion.people(timezone.localdate(now))
    outcome = Outcome()
    for letter, _rows in _letters(_write(occasion, people), ledger.known(people), now, outcome):
        outcome.untried.append(letter)
    return outcome


def remind(
    now: datetime | None = None,
    occasion: Occasion = DUE,
    *,
    resend: Collection[str] | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Outcome:
    """Send each person one e-mail with all that there is to tell them, nothing twice.

    `resend` names, by their Message-IDs, e-mails that are unsure and are to be sent again;
    empty for all of them. Raises UnknownMessage for one that is not unsure, and
    RuntimeError within a transaction.
    """
    now = now or timezone.now()
    people = occasion.people(timezone.localdate(now))
    written = _write(occasion, people)
    if resend is not None:
        _allow(written, ledger.known(people), resend, now)
    outcome = Outcome()
    waiting = _letters(written, ledger.write_down(people), now, outcome)
    _send(waiting, now, outcome, progress)
    return outcome


def send_now(items: Sequence[Item], now: datetime | None = None) -> Outcome:
    """Send each person concerned one e-mail with some items, at once.

    Also what they were told of on an earlier day; nothing twice on the same day. Not within a
    transaction.
    """
    now = now or timezone.now()
    today = timezone.localdate(now)
    people, outcome = recipients(items), Outcome()
    rows = ledger.write_down(people)
    ledger.tell_again([row for mine in rows.values() for row in mine], today)
    waiting = _letters(_write(DUE, people), ledger.known(people), now, outcome)
    asked = [(replace(letter, asked_on=today), mine) for letter, mine in waiting]
    _send(asked, now, outcome)
    return outcome


def told_today(items: Sequence[Item], today: date) -> set[Identity]:
    """Return of which of some items everybody concerned was told today already."""
    rows = [row for mine in ledger.known(recipients(items)).values() for row in mine]
    waiting = {ledger.identity(row) for row in rows if not ledger.is_told_on(row, today)}
    return {ledger.identity(row) for row in rows} - waiting


def _send(
    waiting: list[tuple[letters.Letter, list[Reminder]]],
    now: datetime,
    outcome: Outcome,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> None:
    # Those that failed before come last, so that they can't keep others from theirs.
    waiting.sort(key=lambda each: max(row.attempts for row in each[1]))
    post = _Post(now, outcome)
    try:
        for done, (letter, rows) in enumerate(waiting, 1):
            post.send(letter, rows)
            progress(done, len(waiting))
    finally:
        post.close()


def _write(occasion: Occasion, people: Sequence[tuple[Any, Any]]) -> list[letters.Letter]:
    return [occasion.letter(user, items) for user, items in people]


def _letters(
    written: Sequence[letters.Letter],
    rows: dict[Any, list[Reminder]],
    now: datetime,
    outcome: Outcome,
) -> list[tuple[letters.Letter, list[Reminder]]]:
    """Return the letters that are to be sent, with their rows; put the unsure ones apart."""
    found = []
    for letter in written:
        mine = rows[letter.user.pk]
        outcome.unsure += _unsure(letter, mine, now)
        if waiting := [row for row in mine if row.state == Sending.WAITING]:
            found.append((_part(letter, waiting), waiting))
    return found


def _part(letter: letters.Letter, rows: Sequence[Reminder]) -> letters.Letter:
    """Return what of a letter some rows are of."""
    meant = {ledger.identity(row) for row in rows}
    return replace(letter, items=[item for item in letter.items if item.identity in meant])


def _unsure(letter: letters.Letter, rows: Sequence[Reminder], now: datetime) -> list[Unsure]:
    by_message: dict[str, list[Reminder]] = {}
    for row in rows:
        if ledger.is_unsure(row, now):
            by_message.setdefault(row.message_id, []).append(row)
    return [Unsure(key, _part(letter, mine), mine) for key, mine in by_message.items()]


def _allow(
    written: Sequence[letters.Letter],
    rows: dict[Any, list[Reminder]],
    asked: Collection[str],
    now: datetime,
) -> None:
    outcome = Outcome()
    _letters(written, rows, now, outcome)
    found = {each.message_id: each for each in outcome.unsure}
    if unknown := sorted(set(asked) - set(found)):
        raise UnknownMessage(", ".join(unknown))
    ledger.send_again(row for key in asked or found for row in found[key].rows)


class _Post:
    """The mail server, and what became of each e-mail."""

    def __init__(self, now: datetime, outcome: Outcome) -> None:
        self.now, self.outcome = now, outcome
        self.connection = get_connection()
        self.failures = 0
        # As Django's own backend has it where EMAIL_TIMEOUT says nothing: for ever.
        if getattr(self.connection, "timeout", 0) is None:
            self.connection.timeout = _PATIENCE

    def send(self, letter: letters.Letter, rows: Sequence[Reminder]) -> None:
        """Send one letter, unless the server is down or another run has it already."""
        if self.failures >= _ENOUGH:
            self.outcome.untried.append(letter)
            return
        try:
            message = letter.message(timezone.localdate(self.now))
            message.connection = self.connection
            # Before the rows are handed over: most of what fails, fails here.
            self.connection.open()
        except Exception as error:
            self._failed(letter, error)
            return
        if ledger.hand_over(rows, letter, self.now):
            self._deliver(message, letter, rows)

    def _deliver(self, message: Any, letter: letters.Letter, rows: Sequence[Reminder]) -> None:
        try:
            if message.send() == 0:
                raise smtplib.SMTPException("The mail server did not take it.")
        except Exception as error:
            if _may_have_arrived(error):
                ledger.tell_unsure(rows)
                self.outcome.broke = True
                self.outcome.unsure.append(Unsure(letter.message_id, letter, rows))
                self.close()
                self.failures += 1
            else:
                ledger.tell_not_sent(rows)
                self._failed(letter, error)
            return
        ledger.tell_sent(rows, self.now)
        self.failures = 0
        self.outcome.sent.append(letter)

    def _failed(self, letter: letters.Letter, error: Exception) -> None:
        reason = " ".join(str(error).split()) or type(error).__name__
        self.outcome.failed.append((letter, reason))
        self.failures = 0 if isinstance(error, _OF_ONE_LETTER) else self.failures + 1
        self.close()

    def close(self) -> None:
        """Close the connection, as far as that can be done; the next letter opens it."""
        with suppress(Exception):
            self.connection.close()


def _may_have_arrived(error: Exception) -> bool:
    """Say whether the line broke after an e-mail was on its way, before the server's answer.

    Python's SMTP client is in its `data` then. What any other error says is that the
    server has not taken it.
    """
    answered = isinstance(error, smtplib.SMTPResponseException)
    frames = walk_tb(error.__traceback__)
    return not answered and any(
        frame.f_code is smtplib.SMTP.data.__code__ for frame, _line in frames
    )
