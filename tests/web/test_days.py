"""P8: what stood there on a day or at a moment, for people and for Memento's TimeGate."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from example_site import content
from tests import factories
from tests.web.shelves import BASE, REPORT, links, put, versions
from wagtail_senoffer.models import Withdrawal

pytestmark = pytest.mark.django_db

LIST = f"{REPORT}versions/"


@pytest.fixture
def dated(home: Any, clock: Callable[[str], datetime]) -> Any:
    """Return a report of 3 March 2027, changed on the 5th, down from the 10th to the 20th."""
    clock("2027-03-03T09:00")
    page = factories.make_report(factories.make_school(home))
    content.publish(page)
    clock("2027-03-05T23:30")
    put(page, approved_by="A")
    moment = clock("2027-03-10T12:00")
    Withdrawal(version=versions(page).last(), reason="unpublished", created_at=moment).save()
    clock("2027-03-20T09:00")
    put(page, approved_by="B")
    clock("2027-04-01T12:00")
    return page


DAYS = [
    ("2027-03-02", 404, None),
    ("2027-03-03", 200, 1),
    ("2027-03-04", 200, 1),
    ("2027-03-05", 200, 2),
    ("2027-03-09", 200, 2),
    ("2027-03-10", 410, None),
    ("2027-03-19", 410, None),
    ("2027-03-20", 200, 3),
    ("2027-04-01", 200, 3),
    ("2027-04-02", 404, None),
    ("2026-13-45", 404, None),
    ("0001-01-01", 404, None),
    ("9999-12-31", 404, None),
]


@pytest.mark.parametrize(("day", "status", "number"), DAYS)
def test_p8_a_day_shows_what_was_in_force_at_its_end(
    visitor: Client, dated: Any, day: str, status: int, number: int | None
) -> None:
    page, data = visitor.get(f"{LIST}{day}/"), visitor.get(f"{LIST}{day}/document.json")
    assert (page.status_code, data.status_code) == (status, status)
    if number:
        assert page.context["version"].number == data.json()["version"] == number
        assert page["Content-Location"] == f"{BASE}versions/{number}/"
        assert links(page)["original"] == BASE
    else:
        assert ("version" in data.json(), "Memento-Datetime" in page) == (False, False)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2027-03-02", "Nothing had been published on this page by that day."),
        ("2027-04-02", "That day is still to come."),
        ("2026-13-45", "There is no such day: 2026-13-45."),
        ("2027-03-12", "The school took it down on 10 March 2027."),
        ("2027-03-04", "This is what stood here on 4 March 2027: Version 1 of 3 March 2027."),
    ],
)
def test_a_day_is_answered_in_words(visitor: Client, dated: Any, day: str, words: str) -> None:
    html = visitor.get(f"{LIST}{day}/").content.decode()
    assert words in " ".join(html.split())


ASKED = [
    (None, 3),
    ("Wed, 03 Mar 2027 08:59:59 GMT", 1),
    ("Wed, 03 Mar 2027 09:00:00 GMT", 1),
    ("Fri, 05 Mar 2027 23:29:59 GMT", 1),
    ("Fri, 05 Mar 2027 23:30:00 GMT", 2),
    ("Sun, 14 Mar 2027 00:00:00 GMT", 2),
    ("Mon, 01 Jan 1900 00:00:00 GMT", 1),
    ("Thu, 01 Jan 2099 00:00:00 GMT", 3),
]


@pytest.mark.parametrize(("asked", "number"), ASKED)
def test_the_timegate_leads_to_the_version_of_a_moment(
    visitor: Client, dated: Any, asked: str | None, number: int
) -> None:
    headers = {"accept-datetime": asked} if asked else {}
    for face in ("", "document.json"):
        response = visitor.get(f"{LIST}at/{face}", headers=headers)
        leads_to = f"{BASE}versions/{number}/{face}"
        assert (response.status_code, response["Location"]) == (302, leads_to)
        assert response["Vary"] == "accept-datetime"
        assert links(response)["original"] == BASE


@pytest.mark.parametrize(
    "asked", ["yesterday", "2027-03-05", "0", "Fri, 31 Dec 9999 23:59:59 GMT", "x" * 9000]
)
def test_the_timegate_refuses_what_is_no_date(visitor: Client, dated: Any, asked: str) -> None:
    response = visitor.get(f"{LIST}at/", headers={"accept-datetime": asked})
    assert response.status_code == 400
    assert "Accept-Datetime must be a date as HTTP writes it." in response.content.decode()


def test_the_day_is_that_of_the_sites_time_zone(visitor: Client, report: Any, clock: Any) -> None:
    clock("2027-06-30T23:30")
    put(report, approved_by="In July, in London")
    clock("2027-07-02T12:00")
    found = [
        visitor.get(f"{LIST}2027-{day}/").context["version"].number for day in ("06-30", "07-01")
    ]
    assert found == [1, 2]
    assert versions(report)[1].created_at == datetime(2027, 6, 30, 23, 30, tzinfo=UTC)
