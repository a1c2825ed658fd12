"""What happens in other connections at the same moment: G10 and P5 where transactions cross."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from wagtail.models import Page, PageViewRestriction, Site

from example_site import content
from tests import factories
from tests.feed.expected import assert_feed_is_right
from wagtail_senoffer import changes
from wagtail_senoffer.models import DocumentHead
from wagtail_senoffer.models.feed import Change, FeedHead, State

pytestmark = [pytest.mark.databases, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _several_writers() -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer at a time: the transactions can't cross.")


def elsewhere(work: Callable[[], Any]) -> Any:
    """Do something in another connection, and wait for its end."""
    found: list[Any] = []

    def run() -> None:
        try:
            found.append(work())
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(30)
    assert not thread.is_alive(), "It waits for the transaction around it."
    (result,) = found
    return result


def hide(page: Page) -> None:
    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)


def draft_school(above: Page) -> Page:
    return factories.make_school(above, "new", live=False, urn="190077")


def assert_nothing_is_public() -> None:
    assert set(DocumentHead.objects.values_list("public_url", flat=True)) <= {""}
    assert not Change.objects.filter(state=State.ACTIVE).exists()
    assert_feed_is_right()


def test_g10_a_school_that_publishes_while_its_folder_becomes_private_is_in_no_feed(
    home: Page,
) -> None:
    folder = factories.make_folder(home)
    school = draft_school(folder)
    with transaction.atomic():
        hide(folder)
        elsewhere(lambda: content.publish(school))
    assert_nothing_is_public()


def test_g10_a_folder_that_becomes_private_while_a_school_publishes_is_in_no_feed(
    home: Page,
) -> None:
    folder = factories.make_folder(home)
    school = draft_school(folder)
    with transaction.atomic():
        content.publish(school)
        elsewhere(lambda: hide(folder))
    assert_nothing_is_public()


def test_p7_a_school_that_publishes_while_its_site_gets_another_name_has_that(home: Page) -> None:
    school = draft_school(home)
    with transaction.atomic():
        site = Site.objects.get()
        site.hostname = "another.example"
        site.save()
        elsewhere(lambda: content.publish(school))
    urls = DocumentHead.objects.exclude(latest=None).values_list("public_url", flat=True)
    assert [url.partition("/new/")[0] for url in urls] == ["http://another.example"]
    assert_feed_is_right()


def test_a_reader_waits_for_nobody_who_gives_numbers(home: Page) -> None:
    factories.make_school(home)
    newest = changes.newest()
    Change.objects.update(pending=True)
    with transaction.atomic():
        FeedHead.objects.select_for_update().get()
        assert elsewhere(changes.newest) == newest
    assert changes.newest()[0] > newest[0]
