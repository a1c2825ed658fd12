"""A year of two schools: each person gets each reminder exactly once.

Whatever happens: a mail server that is down, says no or drops the line; runs that are
killed at any statement or commit, and started again.
"""

import json
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from wagtail.models import Page

from tests.office import MailServer, morning, person, republish, school, text, with_section
from wagtail_senoffer import publishing

pytestmark = [pytest.mark.databases, pytest.mark.no_cover, pytest.mark.django_db(transaction=True)]

START, END = date(2026, 9, 22), date(2027, 9, 21)
NEVER = date.max
LARK, HERON = "Larkfield", "Heronsgate"
REVIEW, PLAN, STRATEGY = "Review", "New accessibility plan", "Inclusion strategy"
SENCO, CORRECT = "New SENCO: look at what names the last one", "Is it still correct?"

# What was due in that year, worked out by hand: the school, the matter, its day, and the first
# and the last day on which it stood open.
OPEN = [
    (LARK, STRATEGY, date(2026, 12, 31), START, NEVER),
    (LARK, CORRECT, date(2027, 1, 20), START, date(2027, 1, 9)),
    # A new SENCO on 10 January; “Still correct today” on 25 January; so until 25 May.
    (LARK, CORRECT, date(2027, 5, 10), date(2027, 1, 10), date(2027, 1, 24)),
    (LARK, SENCO, date(2027, 2, 9), date(2027, 1, 10), date(2027, 1, 24)),
    (LARK, CORRECT, date(2027, 5, 25), date(2027, 1, 25), date(2027, 3, 19)),
    # A new plan on 20 March, of 1 March; then the review on 10 June.
    (LARK, PLAN, date(2027, 3, 10), START, date(2027, 3, 19)),
    (LARK, CORRECT, date(2027, 7, 18), date(2027, 3, 20), date(2027, 6, 9)),
    (LARK, REVIEW, date(2027, 6, 1), START, date(2027, 6, 9)),
    (LARK, CORRECT, date(2027, 10, 8), date(2027, 6, 10), NEVER),
    # Nobody does anything at the other school, and it is taken down on 1 August.
    (HERON, STRATEGY, date(2026, 12, 31), START, NEVER),
    (HERON, CORRECT, date(2027, 1, 20), START, date(2027, 7, 31)),
    (HERON, REVIEW, date(2027, 4, 15), START, date(2027, 7, 31)),
]
READERS = {"lark": {LARK}, "heron": {HERON}, "trust": {LARK, HERON}}


def expected() -> Counter[tuple[str, str, str, date, date]]:
    """Return who is to be told of what at which milestone: each once."""
    return Counter(
        (f"{name}@trust.example", of, matter, due, milestone)
        for name, schools in READERS.items()
        for of, matter, due, first, last in OPEN
        if of in schools
        for milestone in _reached(due, first, min(last, END))
    )


def _milestones(due: date) -> list[date]:
    ahead = [due - timedelta(days) for days in (60, 30, 7)]
    return [*ahead, *(due + timedelta(weeks=week) for week in range(60))]


def _reached(due: date, first: date, last: date) -> set[date]:
    """Return the milestones that are the newest one on some day of a time."""
    days = [first + timedelta(number) for number in range((last - first).days + 1)]
    past = [[each for each in _milestones(due) if each <= day] for day in days]
    return {max(each) for each in past if each}


def delivered(taken: list[EmailMessage]) -> Counter[tuple[str, str, str, date, date]]:
    """Return the same, read from what arrived in people's mailboxes."""
    found: Counter[tuple[str, str, str, date, date]] = Counter()
    for message in taken:
        sent_on = parsedate_to_datetime(message["Date"]).date()
        for matter, of, when in re.findall(r"^(.+) – (.+)\n.*?: (.*)\.$", text(message), re.M):
            due = _read_day(when)
            milestone = max(each for each in _milestones(due) if each <= sent_on)
            found[str(message["To"]), of, matter, due, milestone] += 1
    return found


def _read_day(when: str) -> date:
    day, month, year = when.split()[-3:]
    months = "January February March April May June July August September October November"
    return date(int(year), [*months.split(), "December"].index(month) + 1, int(day))


class Killed(BaseException):
    """The process is gone."""


@contextmanager
def killed_after(steps: int) -> Iterator[None]:
    """Kill what runs within before its n-th statement or commit, or just after a commit.

    As a kill does: what was committed stays, the rest is gone.
    """
    left = steps

    def step() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            raise Killed

    def before(execute: Callable[..., Any], *args: Any) -> Any:
        if left > 0:
            step()
        return execute(*args)

    commit = connection._commit

    def with_commit() -> None:
        try:
            step()
        except Killed:
            # What the database does itself once nobody is there.
            connection._rollback()
            raise
        commit()
        step()

    connection._commit = with_commit
    try:
        with connection.execute_wrapper(before):
            yield
    finally:
        connection._commit = commit


class Office:
    """Whoever looks after the site: runs cron, and looks into the mail server's log."""

    def __init__(self, server: MailServer, chance: random.Random) -> None:
        self.server, self.chance = server, chance
        self.kills = self.failures = self.resent = 0

    def day(self, day: date) -> None:
        """Do a day: a run in the morning, that may be killed; in the evening, once more."""
        self.server.mood = self.chance.choices(
            ["well", "busy", "drops", "vanishes", "down"], [10, 2, 2, 1, 2]
        )[0]
        is_down = self.server.mood == "down"
        if is_down:
            self.server.stop()
        if self.chance.random() < 0.8:
            self.run(day, 6, kill=self.chance.randint(1, 24))
        self.run(day, 8)
        if is_down:
            self.server.start()
        self.look_after_what_is_unsure(day)

    def run(self, day: date, hour: int, *, kill: int = 0, resend: Any = ()) -> list[dict[str, Any]]:
        """Run the command; return what it said of each e-mail."""
        out = StringIO()
        arguments = ["--resend", *resend] if resend else []
        try:
            with time_machine.travel(morning(day, hour), tick=False), killed_after(kill):
                call_command("senoffer_remind", "--json", *arguments, stdout=out)
        except Killed:
            self.kills += 1
            connection.close()
            return []
        except CommandError:
            self.failures += 1
        return [json.loads(line) for line in out.getvalue().splitlines()]

    def look_after_what_is_unsure(self, day: date) -> None:
        """Send again what is not in the mail server's log; leave what is."""
        self.server.mood = "well" if self.chance.random() < 0.5 else self.server.mood
        told = [each for each in self.run(day, 20) if each.get("state") == "perhaps sent to"]
        ids = {re.search(r"<.*?>", each["more"])[0] for each in told}
        if missing := sorted(ids - set(self.server.log)):
            self.server.mood = "well"
            self.resent += len(missing)
            self.run(day, 21, resend=missing)


@pytest.fixture
def schools(home: Page) -> tuple[Any, Any]:
    """Return the reports of the two schools, published on START."""
    with time_machine.travel(morning(START, 0), tick=False):
        lark = school(home, LARK, review_date=date(2027, 6, 1))[1]
        body = with_section(lark, "accessibility_plan", start_date="2024-03-10")
        republish(lark, body=body)
        heron = school(home, HERON, review_date=date(2027, 4, 15))[1]
    person("lark", lark.get_parent())
    person("heron", heron.get_parent())
    person("trust", home)
    person("former", home, is_active=False)
    person("mute", home, email="")
    User.objects.create_superuser("root", "root@trust.example", "secret")
    return lark, heron


def happenings(lark: Any, heron: Any) -> dict[date, Callable[[], object]]:
    """Return what people do in that year, by the day, before the first run."""

    def new_plan() -> None:
        body = with_section(lark, "accessibility_plan", start_date="2027-03-01")
        republish(lark, body=body)

    def new_senco() -> None:
        republish(lark, body=with_section(lark, "senco", name="Mr Adeyemi"))

    return {
        date(2027, 1, 10): new_senco,
        date(2027, 1, 25): lambda: publishing.assure(type(lark).objects.get(pk=lark.pk)),
        date(2027, 3, 20): new_plan,
        date(2027, 6, 10): lambda: republish(lark, review_date=date(2028, 6, 1)),
        date(2027, 8, 1): lambda: type(heron).objects.get(pk=heron.pk).unpublish(),
    }


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.load)])
def test_in_a_year_each_person_gets_each_reminder_exactly_once(
    schools: tuple[Any, Any], mail_server: MailServer, seed: int
) -> None:
    office, happens = Office(mail_server, random.Random(seed)), happenings(*schools)
    for number in range((END - START).days + 1):
        day = START + timedelta(number)
        if day in happens:
            with time_machine.travel(morning(day, 0), tick=False):
                happens[day]()
        office.day(day)
    found = delivered(mail_server.taken)
    assert (found - expected(), expected() - found) == (Counter(), Counter())
    assert set(found.values()) == {1}
    # One e-mail a person and run, though one person is told of two schools.
    assert len(mail_server.taken) < sum(found.values())
    # It was a bad year: else nothing would be shown.
    assert (office.kills > 100, office.failures > 20, office.resent > 0) == (True, True, True)
