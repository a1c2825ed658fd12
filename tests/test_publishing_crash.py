"""P2: a crash at any step of a publish leaves page and Version both old or both new."""

from typing import Any

import pytest

from example_site import content
from tests import crash, factories, load
from tests.records import assert_agrees
from wagtail_senoffer.models import SchoolOfferPage, SENInformationReportPage, Version

pytestmark = [
    pytest.mark.databases,
    pytest.mark.no_cover,
    pytest.mark.django_db(transaction=True),
    crash.needs_fork,
]


def test_p2_sigkill_before_every_statement(report: Any) -> None:
    offer = factories.make_offer(report.get_parent().specific)
    content.publish(offer)

    def publish() -> None:
        SENInformationReportPage.objects.get(pk=report.pk).get_latest_revision().publish()

    status, step = crash.KILLED, 1 - load.STRIDE
    while status == crash.KILLED:
        step += load.STRIDE
        report.approved_by = f"Board {step}"
        report.save_revision()
        status = crash.in_child(publish, step)
        assert_agrees(report)
        assert_agrees(SchoolOfferPage.objects.get(pk=offer.pk))
    assert status == 0
    # It did die on the way, often, and it did publish in the end.
    assert step > 30
    newest = Version.objects.filter(document_key=report.document_key).latest("number")
    assert newest.document().approval.by == f"Board {step}"
