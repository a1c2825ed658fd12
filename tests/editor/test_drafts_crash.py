"""A crash at any step of a restore or a new year leaves the old draft or the new one, whole."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from wagtail.models import PageLogEntry, Revision

from example_site import content
from tests import crash, factories, load
from tests.records import assert_agrees
from tests.verification.forging import verify
from wagtail_senoffer.editor import drafts
from wagtail_senoffer.models import SENInformationReportPage, Version

pytestmark = [
    pytest.mark.databases,
    pytest.mark.no_cover,
    pytest.mark.django_db(transaction=True),
    crash.needs_fork,
]


def restore(page: Any, user: User) -> None:
    first = Version.objects.get(document_key=page.document_key, number=1)
    drafts.restore_into_draft(page, first, user)


def start_new_year(page: Any, user: User) -> None:
    newest = Version.objects.filter(document_key=page.document_key).latest("number")
    drafts.start_new_year(page, newest, user)


@pytest.mark.parametrize(
    ("work", "action"), [(restore, drafts.RESTORED), (start_new_year, drafts.NEW_YEAR)]
)
def test_sigkill_before_every_statement(report: Any, admin: User, work: Any, action: str) -> None:
    factories.say(report, "teaching", "<p>All new.</p>")
    content.publish(report)
    revisions = Revision.objects.count()

    def do() -> None:
        work(SENInformationReportPage.objects.get(pk=report.pk), admin)

    status, step, done = crash.KILLED, 1 - load.STRIDE, 0
    while status == crash.KILLED:
        step += load.STRIDE
        status = crash.in_child(do, step)
        # The draft, its place as the newest and its line in the log: all or none.
        done = Revision.objects.count() - revisions
        page = SENInformationReportPage.objects.get(pk=report.pk)
        assert page.has_unpublished_changes is bool(done)
        assert page.latest_revision == Revision.objects.order_by("pk").last()
        assert PageLogEntry.objects.filter(action=action).count() == done
        assert_agrees(report)
        assert verify(repair=True)[1]
    assert (status, step > 5, done > 0) == (0, True, True)
    assert Version.objects.filter(document_key=report.document_key).count() == 2
