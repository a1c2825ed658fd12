"""P5: a crash at any step of a publish or a withdrawal leaves a feed that tells of the record."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from example_site import content
from tests import crash, factories, load
from tests.feed.expected import assert_feed_is_right, snapshot
from wagtail_senoffer import changes
from wagtail_senoffer.models import SENInformationReportPage
from wagtail_senoffer.models.feed import Change

pytestmark = [
    pytest.mark.databases,
    pytest.mark.no_cover,
    pytest.mark.django_db(transaction=True),
    crash.needs_fork,
]


def publish(page: Any) -> None:
    page.approved_by = "Board B"
    content.publish(page)


def withdraw(page: Any) -> None:
    if page.live:
        page.unpublish()


def in_a_longer_transaction(page: Any) -> None:
    """Publish and take down the school's page, as a part of something else."""
    with transaction.atomic():
        publish(page)
        school = page.get_parent().specific
        school.unpublish()
        content.publish(school)


@pytest.mark.parametrize("work", [publish, withdraw, in_a_longer_transaction])
def test_p5_sigkill_before_every_statement(report: Any, work: Callable[[Any], None]) -> None:
    status, step, before = crash.KILLED, 1 - load.STRIDE, snapshot()
    while status == crash.KILLED:
        step += load.STRIDE
        status = crash.in_child(
            lambda: work(SENInformationReportPage.objects.get(pk=report.pk)), step
        )
        # What a reader does first.
        changes.settle()
        assert_feed_is_right()
        assert (changes.astray(), changes.is_arranged()) == ([], True)
    assert status == 0
    assert step > 20
    assert snapshot() != before


def test_p5_sigkill_while_the_pending_are_numbered(report: Any) -> None:
    Change.objects.update(pending=True)
    status, step = crash.KILLED, 1 - load.STRIDE
    while status == crash.KILLED:
        step += load.STRIDE
        status = crash.in_child(changes.settle, step)
    assert (status, Change.objects.filter(pending=True).count()) == (0, 0)
    assert_feed_is_right()


def test_p5_sigkill_while_a_first_publish_is_numbered(report: Any) -> None:
    offer = factories.make_offer(report.get_parent().specific)
    status, step = crash.KILLED, 1 - load.STRIDE
    while status == crash.KILLED:
        step += load.STRIDE
        status = crash.in_child(lambda: content.publish(type(offer).objects.get(pk=offer.pk)), step)
        changes.settle()
        assert_feed_is_right()
    assert status == 0
