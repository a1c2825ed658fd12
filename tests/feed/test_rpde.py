"""Realtime Paged Data Exchange: a reader that follows the numbers misses nothing."""

from urllib.parse import urlsplit

import pytest

from example_site import content
from tests import factories
from tests.feed.client import BASE, ask, read, refusal
from wagtail_senoffer.feed import rpde

PATH = f"{BASE}/rpde/services"
END = 2**53 - 1


def follow(path=PATH):
    """Return every item from a page on, and the address of the end."""
    items = []
    while True:
        page = read(path)
        items += page["items"]
        # Absolute, and on the site that was asked.
        assert page["next"].startswith("http://school.example/")
        following = urlsplit(page["next"])
        following = f"{following.path}?{following.query}" if following.query else following.path
        if not page["items"] and following == path:
            return items, path
        path = following


def fresh(page):
    return type(page).objects.get(pk=page.pk)


def make_report(home, slug, urn):
    report = factories.make_report(factories.make_school(home, slug, urn=urn))
    content.publish(report)
    return fresh(report)


def test_an_empty_feed_ends_where_it_begins(home):
    page = read(PATH)
    assert page == {
        "next": f"http://school.example{PATH}",
        "license": "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
        "items": [],
    }


def test_a_reader_gets_each_service_once_at_its_newest_change(home, monkeypatch):
    monkeypatch.setattr(rpde, "PER_PAGE", 2)
    reports = [make_report(home, f"school-{n}", f"19000{n}") for n in range(5)]
    follow()
    changed = reports[0]
    changed.approved_by = "The new board"
    content.publish(changed)
    items, _end = follow()
    assert [each["state"] for each in items] == ["updated"] * 5
    assert [each["data"]["url"] for each in items] == [
        fresh(page).full_url for page in [*reports[1:], reports[0]]
    ]
    numbers = [each["modified"] for each in items]
    assert numbers == sorted(set(numbers))
    assert {each["id"] for each in items} == {each["data"]["id"] for each in items}


def test_a_withdrawal_comes_after_all_that_the_reader_has(home):
    report = make_report(home, "larkfield", "190001")
    items, end = follow()
    report.unpublish()
    later, _end = follow(end)
    assert later == [
        {
            "state": "deleted",
            "kind": "service",
            "id": items[0]["id"],
            "modified": later[0]["modified"],
        }
    ]
    assert later[0]["modified"] > items[0]["modified"]


def test_the_last_page_and_any_number_beyond_it_name_themselves(home):
    make_report(home, "larkfield", "190001")
    address = f"http://school.example{PATH}?afterChangeNumber={END}"
    assert read(f"{PATH}?afterChangeNumber={END}") == {
        "next": address,
        "license": read(PATH)["license"],
        "items": [],
    }


def test_a_full_page_may_be_kept_for_an_hour_and_the_last_one_for_seconds(home, monkeypatch):
    make_report(home, "larkfield", "190001")
    assert ask(PATH)["Cache-Control"] == "public, max-age=8"
    monkeypatch.setattr(rpde, "PER_PAGE", 1)
    assert ask(f"{PATH}?afterChangeNumber=0")["Cache-Control"] == "public, max-age=3600"


@pytest.mark.parametrize("number", ["-1", "x", "", str(END + 1), "1e3", "1&afterChangeNumber=2"])
def test_a_wrong_number_is_refused(number, home):
    wrong = f"{PATH}?afterChangeNumber={number}"
    assert refusal(wrong) == (400, "afterChangeNumber")
