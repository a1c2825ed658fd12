"""P5: whoever follows the feed by number misses nothing, however many write at once."""

import random
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from wagtail.models import Page

from example_site import content
from tests import factories
from tests.feed.expected import assert_feed_is_right, key_of
from tests.load import portion
from wagtail_senoffer import changes
from wagtail_senoffer.models import SchoolPage
from wagtail_senoffer.models.feed import Change

pytestmark = [pytest.mark.databases, pytest.mark.no_cover, pytest.mark.django_db(transaction=True)]

WRITERS, READERS, SCHOOLS_EACH = 8, 4, 2
ROUNDS, SECONDS = 4, portion(30)
# What Wagtail itself meets here where transactions wait for each other in opposite orders:
# the schools' locks are taken one by one as the pages come. The whole is then done again.
TRIES = 40


class Reader:
    """Follows the feed by number, as a harvester does, and keeps what it was told."""

    def __init__(self) -> None:
        self.last, self.state, self.numbers = 0, {}, []

    def read(self) -> None:
        """Take all that is new."""
        changes.settle()
        rows = Change.objects.filter(number__gt=self.last).order_by("number")
        for row in rows:
            self.numbers.append(row.number)
            self.state[key_of(row)] = said(row)
            self.last = row.number


def said(row: Change) -> tuple[Any, ...]:
    return row.number, row.modified, row.state, row.body, row.summary


def publish(page: SchoolPage, words: str) -> None:
    page = SchoolPage.objects.get(pk=page.pk)
    page.introduction = f"<p>{words}</p>"
    content.publish(page)


def change(page: SchoolPage, number: int, turn: int) -> None:
    """Publish a school, or every third time take it down."""
    if turn % 3 == 2:
        SchoolPage.objects.get(pk=page.pk).unpublish()
    else:
        publish(page, f"Words {number}/{turn}")


def again(work: Callable[[], None]) -> None:
    """Do something, and again if the database was asked for too much at once."""
    for attempt in range(TRIES):
        try:
            return work()
        except OperationalError:
            if attempt == TRIES - 1:
                raise
            time.sleep(random.uniform(0, 0.05))


def several(pages: list[SchoolPage], number: int, turn: int) -> None:
    """Change several schools in one transaction, as Wagtail's bulk actions do."""
    with transaction.atomic():
        for page in pages:
            change(page, number, turn)


def write(own: list[SchoolPage], common: list[SchoolPage], number: int, turn: int) -> None:
    """Change schools of one's own, one by one or together, and some that others write too."""
    if number % 4 == 0:
        # In opposite orders.
        pages = common if number % 8 else common[::-1]
        again(lambda: several(pages, number, turn))
    elif number % 2:
        for page in own:
            change(page, number, turn)
    else:
        several(own, number, turn)


def run_all(workers: list[Callable[[], None]]) -> None:
    """Run workers in threads that start together; raise what any of them raised."""
    together, errors = threading.Barrier(len(workers)), []

    def run(work: Callable[[], None]) -> None:
        try:
            together.wait()
            work()
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def make_schools(home: Page) -> list[list[SchoolPage]]:
    """Make schools for each writer, and two that several of them write."""
    numbers = iter(range(136001, 137000))

    def make(count: int) -> list[SchoolPage]:
        urns = [str(next(numbers)) for _ in range(count)]
        return [factories.make_school(home, f"s{urn}", urn=urn) for urn in urns]

    return [make(SCHOOLS_EACH) for _ in range(WRITERS + 1)]


def follow_while_writing(home: Page, may_go_on: Callable[[int], bool]) -> None:
    """Let all write and read; assert that the readers know all, and each change once."""
    *own, common = make_schools(home)
    writing, readers = threading.Semaphore(0), [Reader() for _ in range(READERS)]
    done = threading.Event()

    def writer(number: int) -> None:
        turn = 0
        try:
            while may_go_on(turn):
                write(own[number], common, number, turn)
                turn += 1
        finally:
            writing.release()

    def reader(one: Reader) -> None:
        while not done.is_set():
            one.read()

    def wait() -> None:
        for _ in range(WRITERS):
            writing.acquire()
        done.set()

    work = [lambda number=number: writer(number) for number in range(WRITERS)]
    run_all([*work, *(lambda one=one: reader(one) for one in readers), wait])
    changes.settle()
    table = {key_of(row): said(row) for row in Change.objects.all()}
    for one in readers:
        one.read()
        assert one.state == table
        assert one.numbers == sorted(set(one.numbers))
    assert_feed_is_right()
    assert changes.astray() == []
    assert changes.is_arranged()


def test_p5_readers_miss_nothing_while_eight_write(home: Page) -> None:
    follow_while_writing(home, lambda turn: turn < ROUNDS)


@pytest.mark.load
def test_p5_readers_miss_nothing_for_half_a_minute(home: Page) -> None:
    end = time.monotonic() + SECONDS
    follow_while_writing(home, lambda turn: time.monotonic() < end)


def test_p5_a_change_in_a_longer_transaction_is_numbered_after_what_was_committed_meanwhile(
    home: Page,
) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer at a time: nothing can be committed meanwhile")
    *_own, (first, second) = make_schools(home)
    begun, may_end, one = threading.Event(), threading.Event(), Reader()
    one.read()

    def slow() -> None:
        with transaction.atomic():
            publish(first, "Slow")
            begun.set()
            assert may_end.wait(60)

    def quick() -> None:
        assert begun.wait(60)
        publish(second, "Quick")
        one.read()
        may_end.set()

    run_all([slow, quick])
    before = one.last
    one.read()
    mine = Change.objects.get(kind="document", item_id=first.document_key)
    assert mine.number > before
    assert one.state[key_of(mine)] == said(mine)
