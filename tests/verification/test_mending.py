"""Each thing that --repair mends, once: then it is in order, and the log says what was done."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from wagtail.models import ModelLogEntry, Page, PageLogEntry

from tests import factories
from tests.verification import forging
from tests.verification.forging import findings, forged, newest, verify
from wagtail_senoffer.models import (
    DocumentHead,
    SchoolPage,
    SENInformationReportPage,
    Version,
    triggers,
)
from wagtail_senoffer.verification.mending import MENDED, mend
from wagtail_senoffer.verification.rows import Reader

pytestmark = [pytest.mark.databases, forged]


def logged() -> list[tuple[str, str]]:
    """Return code and words of each mend in Wagtail's log, in pages' and others' order."""
    return [
        (entry.data["code"], entry.data["done"])
        for model in (PageLogEntry, ModelLogEntry)
        for entry in model.objects.filter(action=MENDED).order_by("pk")
    ]


def head(page: Any) -> Any:
    return DocumentHead.objects.filter(document_key=page.document_key)


def page_row(**fields: Any) -> Callable[[Any], object]:
    return lambda page: SENInformationReportPage.objects.filter(pk=page.pk).update(**fields)


def withdrawn_but_live(page: Any) -> None:
    page.unpublish()
    page_row(live=True)(page)


def points_at_first(page: Any) -> None:
    first = Version.objects.get(document_key=page.document_key, number=1)
    head(page).update(latest=first)


BROKEN: dict[str, tuple[Callable[[Any], object], str]] = {
    "triggers-missing": (lambda page: triggers.remove(connection), "Made the triggers again"),
    "head-missing": (lambda page: head(page).delete(), "tells of version 3 again"),
    "head-astray": (points_at_first, "tells of version 3 again"),
    "head-school": (lambda page: head(page).update(school_key=uuid4()), "version 3 again"),
    "page-withdrawn": (withdrawn_but_live, "Unpublished the page"),
    "version-without-page": (page_row(live=False), "Withdrew version 3: The page was unpublished."),
}


@pytest.mark.parametrize("code", BROKEN)
def test_what_can_be_mended_is_and_a_second_run_finds_nothing(versioned: Any, code: str) -> None:
    break_it, words = BROKEN[code]
    break_it(versioned)
    assert code in [each.code for each in findings() if each.mendable]
    assert verify()[1] is False
    out, ended_well = verify(repair=True)
    assert ended_well, out
    ((found, done),) = logged()
    assert found == code
    assert words in done
    assert f"Mended: {done}" in out
    assert findings() == []
    assert verify(repair=True)[0].count("Mended") == 0


def test_a_live_page_without_a_version_is_published(school: SchoolPage) -> None:
    page = factories.make_report(school)
    page_row(live=True)(page)
    assert verify(repair=True)[1]
    assert newest(page).number == 1
    assert logged() == [("page-without-version", "Published the live page as version 1.")]
    assert findings() == []


def test_a_page_that_is_gone_leaves_a_withdrawal(report: Any) -> None:
    forging.delete_unheard(report)
    assert verify(repair=True)[1]
    assert newest(report).withdrawal.reason == "vanished"
    assert logged() == [
        ("version-without-page", "Withdrew version 1: The page was no longer there.")
    ]
    assert findings() == []


def test_a_page_that_came_back_after_it_was_withdrawn_can_be_published_again(report: Any) -> None:
    withdrawn_but_live(report)
    verify(repair=True)
    page = SENInformationReportPage.objects.get(pk=report.pk)
    assert page.live is False
    page.save_revision().publish()
    assert newest(report).number == 2
    assert findings() == []


def test_all_heads_of_a_school_can_be_made_again(versioned: Any) -> None:
    DocumentHead.objects.all().delete()
    out, ended_well = verify(repair=True)
    assert ended_well, out
    assert findings() == []
    assert {each.school_key for each in DocumentHead.objects.all()} == {versioned.school_key}


def test_an_incomplete_page_stays_an_error_and_says_why(school: SchoolPage) -> None:
    page_row(live=True)(factories.make_report(school, without="parents"))
    out, ended_well = verify(repair=True)
    assert not ended_well
    assert "Not mended: SEN information report: “How parents are involved” is empty." in out
    assert logged() == []


def test_a_page_outside_of_a_school_stays_an_error(school: SchoolPage, home: Page) -> None:
    page = factories.make_report(school)
    page.move(factories.make_folder(home), pos="last-child")
    page_row(live=True)(page)
    out, ended_well = verify(repair=True)
    assert not ended_well
    assert "Not mended: Put the page below a school's page" in out


@pytest.mark.parametrize("code", sorted(set(BROKEN) - {"triggers-missing"}))
def test_nothing_is_built_on_a_damaged_record(versioned: Any, code: str) -> None:
    BROKEN[code][0](versioned)
    forging.execute("UPDATE wagtail_senoffer_version SET user_pk = '99' WHERE number = 2")
    count = Version.objects.count()
    out, ended_well = verify(repair=True)
    assert not ended_well
    assert "record-changed" in out
    assert "Nothing but a backup or a person can mend this." in out
    assert logged() == []
    assert Version.objects.count() == count
    assert code in [each.code for each in findings()]


def test_what_is_in_order_when_looked_at_again_is_left_alone(versioned: Any) -> None:
    """Somebody else may publish, or mend, between the finding and the lock."""
    points_at_first(versioned)
    (finding,) = [each for each in findings() if each.code == "head-astray"]
    assert mend(Reader(connection), finding)
    assert mend(Reader(connection), finding) == ""
    assert len(logged()) == 1
