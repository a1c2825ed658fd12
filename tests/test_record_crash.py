"""P4: a crash at any step of what is said of a Version leaves a record that is in order."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from wagtail.models import ModelLogEntry, PageLogEntry

from example_site import content
from tests import crash, load
from tests.verification.forging import verify
from wagtail_senoffer import publishing, removal
from wagtail_senoffer.models import (
    Assurance,
    Redaction,
    SENInformationReportPage,
    Version,
    Withdrawal,
)
from wagtail_senoffer.verification.mending import MENDED

pytestmark = [
    pytest.mark.databases,
    pytest.mark.no_cover,
    pytest.mark.django_db(transaction=True),
    crash.needs_fork,
]

# Each may be done again after a crash: what was recorded then is not recorded twice.
Work = Callable[[Any, User], object]


def withdraw(page: Any, user: User) -> None:
    if page.live:
        with publishing.withdrawing("It moved.", "https://school.example/new/"):
            page.unpublish(user=user)


def redact(page: Any, user: User) -> None:
    first = Version.objects.get(document_key=page.document_key, number=1)
    removal.redact(first, ["approval/by"], "It was asked for.", user=user)


def assure(page: Any, user: User) -> None:
    publishing.assure(page)


# What is done, what it adds to the record, and how many statements it takes at least.
WORK: list[tuple[Work, type, int]] = [
    (withdraw, Withdrawal, 10),
    (redact, Redaction, 10),
    (assure, Assurance, 5),
]


@pytest.mark.parametrize(("work", "model", "least"), WORK, ids=[each[0].__name__ for each in WORK])
def test_p4_sigkill_before_every_statement(
    report: Any, admin: User, work: Work, model: type, least: int
) -> None:
    report.approved_by = "Board B"
    content.publish(report)

    def do() -> None:
        work(SENInformationReportPage.objects.get(pk=report.pk), admin)

    status, step = crash.KILLED, 1 - load.STRIDE
    while status == crash.KILLED:
        step += load.STRIDE
        status = crash.in_child(do, step)
        done = model._default_manager.exists()
        _repair_and_verify()
        # Whole or not at all, and the repair took nothing away.
        assert model._default_manager.exists() == done
    assert status == 0
    assert step > least
    assert model._default_manager.count() == 1


def _repair_and_verify() -> None:
    """Mend what there is to mend; then all is in order, and the log says what was done."""
    before = _logged()
    out, _ended_well = verify(repair=True)
    assert _logged() - before == out.count("  Mended: ")
    out, ended_well = verify()
    assert ended_well, out


def _logged() -> int:
    return sum(
        model.objects.filter(action=MENDED).count() for model in (PageLogEntry, ModelLogEntry)
    )
