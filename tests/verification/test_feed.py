"""How a feed that does not agree with the record is found and mended."""

from collections.abc import Callable
from typing import Any

import pytest
from wagtail.models import ModelLogEntry, PageLogEntry

from tests.feed.expected import assert_feed_is_right, snapshot
from tests.verification.forging import codes, execute, findings, forged, verify
from wagtail_senoffer import changes, publishing
from wagtail_senoffer.models import DocumentHead, SENInformationReportPage
from wagtail_senoffer.models.feed import Change, Listing
from wagtail_senoffer.verification.mending import MENDED

pytestmark = [pytest.mark.databases, forged]


@pytest.fixture(autouse=True)
def settled(report: Any) -> None:
    """Number what is pending, as the next reader would."""
    changes.settle()


def logged() -> list[str]:
    """Return the codes of all that was mended, as the logs of pages and of others have them."""
    entries = [
        entry
        for model in (PageLogEntry, ModelLogEntry)
        for entry in model.objects.filter(action=MENDED)
    ]
    return sorted(entry.data["code"] for entry in entries)


def rows(**which: Any) -> Any:
    return Change.objects.filter(**which)


def heads(page: Any) -> Any:
    return DocumentHead.objects.filter(document_key=page.document_key)


def withdrawn_but_listed(page: Any) -> None:
    """Take the page down, and leave its row as it was."""
    row = rows(item_id=page.document_key).values().get()
    SENInformationReportPage.objects.get(pk=page.pk).unpublish()
    rows(pk=row["id"]).update(**{name: row[name] for name in ("state", "body", "summary")})


def without_the_first_place(page: Any) -> None:
    Listing.objects.filter(position=1).delete()


def in_another_list(page: Any) -> None:
    Listing.objects.filter(scope=0, kind="document").update(scope=999)


BROKEN: dict[str, tuple[Callable[[Any], object], list[str]]] = {
    "no rows": (lambda page: rows(kind="document").delete(), ["feed-differs"]),
    "a row without its words": (
        lambda page: rows(kind="service").update(digest="0" * 64),
        ["feed-differs"],
    ),
    "a row of what is not public": (withdrawn_but_listed, ["feed-differs"]),
    "a live row that is buried": (
        lambda page: rows(kind="organization", site_pk__gt=0).update(state="inactive", digest=""),
        ["feed-differs"],
    ),
    "a gap in a list": (without_the_first_place, ["feed-lists"]),
    "a list of nothing": (in_another_list, ["feed-lists"]),
    "no trust": (lambda page: rows(school_key=Change.NO_SCHOOL).delete(), ["feed-lists"]),
    "an old address": (
        lambda page: heads(page).update(public_url="https://old.example/"),
        ["feed-address"],
    ),
    "no address": (lambda page: heads(page).update(public_url="", site_pk=None), ["feed-address"]),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_feed_that_is_wrong_is_found_and_mended(report: Any, name: str) -> None:
    break_it, expected = BROKEN[name]
    break_it(report)
    assert set(expected) <= set(codes())
    assert verify()[1] is False
    out, ended_well = verify(repair=True)
    assert ended_well, out
    # What is wrong with the address is in the rows, too, until that is mended.
    assert set(expected) <= set(logged())
    assert findings() == []
    assert_feed_is_right()
    before = snapshot()
    assert verify(repair=True)[1]
    assert snapshot() == before


def test_a_feed_in_order_is_no_finding_and_stays_untouched(report: Any) -> None:
    before = snapshot()
    assert findings() == []
    assert verify(repair=True)[1]
    assert (snapshot(), logged()) == (before, [])


def test_what_waits_for_its_number_is_no_finding(report: Any) -> None:
    rows().update(pending=True)
    assert findings() == []
    assert rows(pending=True).count() == 0


def test_a_head_that_is_made_again_has_its_address_and_when_it_was_assured(report: Any) -> None:
    publishing.assure(report)
    before, body = heads(report).get(), rows(item_id=report.document_key).get().body
    heads(report).delete()
    assert verify(repair=True)[1]
    after = heads(report).get()
    assert (after.public_url, after.site_pk) == (before.public_url, before.site_pk)
    assert after.assured_at == before.assured_at
    assert rows(item_id=report.document_key).get().body == body
    assert logged() == ["head-missing"]


def test_nothing_of_a_school_with_a_damaged_record_is_mended(report: Any) -> None:
    rows(kind="document").delete()
    execute("UPDATE wagtail_senoffer_version SET user_pk = '99' WHERE number = 1")
    assert verify(repair=True)[1] is False
    assert (logged(), rows(kind="document").count()) == ([], 0)
