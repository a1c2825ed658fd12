"""P3, P4 and G2 with many hands at once."""

import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection

from tests import factories
from tests.forms import form_data
from tests.load import portion
from tests.records import assert_agrees
from wagtail_senoffer.models import SENInformationReportPage, Version
from wagtail_senoffer.publishing import Refused

pytestmark = [pytest.mark.no_cover, pytest.mark.django_db(transaction=True)]

PUBLISHERS, ROUNDS = 32, portion(20)
TRIES = portion(2_000)


def _in_threads(count: int, work: Callable[[int], None]) -> None:
    """Run `work(n)` in threads that start together; raise what any of them raised."""
    together, errors = threading.Barrier(count), []

    def run(number: int) -> None:
        try:
            together.wait()
            work(number)
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


@pytest.mark.databases
@pytest.mark.load
def test_p4_thirty_two_publishers_number_without_a_gap_and_lose_nothing(report: Any) -> None:
    def publish(number: int) -> None:
        for turn in range(ROUNDS):
            page = SENInformationReportPage.objects.get(pk=report.pk)
            page.approved_by = f"Board {number}/{turn}"
            page.save_revision().publish()

    _in_threads(PUBLISHERS, publish)
    found = Version.objects.filter(document_key=report.document_key).select_related("text")
    said = [version.document().approval.by for version in found.order_by("number")]
    expected = {f"Board {number}/{turn}" for number in range(PUBLISHERS) for turn in range(ROUNDS)}
    assert (len(said), set(said[1:])) == (PUBLISHERS * ROUNDS + 1, expected)
    assert_agrees(report)


@pytest.fixture
def quick_switching() -> Iterator[None]:
    """Let threads take turns every ten microseconds."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(interval)


def test_g2_no_incomplete_publish_gets_through_beside_draft_saves(
    report: Any, quick_switching: None
) -> None:
    factories.empty(report, "parents")
    revision = report.save_revision()
    data = form_data(report)
    form_class = report.get_edit_handler().bind_to_model(type(report)).get_form_class()
    refused, done = [], threading.Event()

    page = revision.as_object()

    def publish() -> None:
        try:
            for turn in range(TRIES):
                # What every way to publish ends in; the ways are tested one by one elsewhere.
                page.live = True
                with pytest.raises(Refused):
                    page.save()
                refused.append(turn)
        finally:
            done.set()

    def save_drafts() -> None:
        while not done.is_set():
            # What the editor does for "save draft": required fields are put off, on block
            # objects that all threads share.
            form = form_class(data, instance=report, parent_page=report.get_parent())
            form.defer_required_fields()
            form.is_valid()
            form.restore_required_fields()

    _in_threads(2, lambda number: save_drafts() if number else publish())
    assert len(refused) == TRIES
    assert Version.objects.filter(document_key=report.document_key).count() == 1
