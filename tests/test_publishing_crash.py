"""P2: a crash at any step of a publish leaves page and Version both old or both new."""

import os
import signal
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections

from example_site import content
from tests import factories
from tests.records import assert_agrees
from wagtail_senoffer.models import SchoolOfferPage, SENInformationReportPage, Version

pytestmark = [
    pytest.mark.databases,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork"),
]


def _publish_in_child(page: Any, die_at: int) -> int:
    """Publish the newest draft in a child that kills itself before its n-th statement.

    Returns the child's wait status. Statements are counted where they leave Django, and
    COMMIT counts as one: nothing in the product knows of this.
    """
    connections.close_all()
    pid = os.fork()
    if pid:
        return os.waitpid(pid, 0)[1]
    steps = 0

    def step() -> None:
        nonlocal steps
        steps += 1
        if steps == die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def before(execute: Callable[..., Any], *args: Any) -> Any:
        step()
        return execute(*args)

    commit = connection._commit

    def before_commit() -> None:
        step()
        commit()
        step()

    try:
        connection._commit = before_commit
        with connection.execute_wrapper(before):
            SENInformationReportPage.objects.get(pk=page.pk).get_latest_revision().publish()
            step()
    except BaseException:
        os._exit(70)
    os._exit(0)


def test_p2_sigkill_before_every_statement(report: Any) -> None:
    offer = factories.make_offer(report.get_parent().specific)
    content.publish(offer)
    status, step = signal.SIGKILL, 0
    while status == signal.SIGKILL:
        step += 1
        report.approved_by = f"Board {step}"
        report.save_revision()
        status = _publish_in_child(report, step)
        assert_agrees(report)
        assert_agrees(SchoolOfferPage.objects.get(pk=offer.pk))
    assert status == 0
    # It did die on the way, often, and it did publish in the end.
    assert step > 30
    newest = Version.objects.filter(document_key=report.document_key).latest("number")
    assert newest.document().approval.by == f"Board {step}"
