"""A school with a new URN: whoever harvests, in whichever way, ends with the right schools."""

import json
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid5

import pytest
from django.db import transaction
from wagtail.models import Page

from example_site import content
from tests import factories
from tests.feed.client import BASE, ask, read
from tests.feed.expected import assert_feed_is_right, school_id, snapshot
from wagtail_senoffer import changes, publishing
from wagtail_senoffer.editor.drafts import restore_into_draft
from wagtail_senoffer.feed import rpde
from wagtail_senoffer.models import SchoolPage, SENInformationReportPage, Version
from wagtail_senoffer.models.feed import Change

pytestmark = pytest.mark.django_db(transaction=True)

OLD, NEW, THIRD = "190001", "190777", "190888"
NAME = "Larkfield Primary Academy (demo)"
SERVICES = f"{BASE}/services"


class ByNumber:
    """Follows RPDE: stores what is updated, deletes what is deleted."""

    def __init__(self) -> None:
        self.held: dict[str, Any] = {}
        self.at = rpde.PATH

    def harvest(self) -> None:
        while True:
            page = read(self.at)
            for item in page["items"]:
                self.held.pop(item["id"], None)
                if item["state"] == "updated":
                    self.held[item["id"]] = item["data"]["organization"]["name"]
            parts = urlsplit(page["next"])
            before, self.at = self.at, f"{parts.path}?{parts.query}"
            if not page["items"]:
                assert self.at == before
                return


class ByTime:
    """Knows times alone: asks for what changed at or after the newest that it has."""

    def __init__(self) -> None:
        self.held: dict[str, Any] = {}
        self.since = "2020-01-01T00:00:00Z"

    def harvest(self) -> None:
        newest = self.since
        for number in range(1, 100):
            page = read(f"{SERVICES}?modified_after={self.since}&per_page=2&page={number}")
            for item in reversed(page["contents"]):
                newest = max(newest, item["last_modified"])
                self.held.pop(item["id"], None)
                if item["status"] == "active":
                    self.held[item["id"]] = item["organization"]["name"]
            if page["last_page"]:
                break
        self.since = newest


class ByPage:
    """Reads the list, clears what it had, and stores that."""

    def __init__(self) -> None:
        self.held: dict[str, Any] = {}

    def harvest(self) -> None:
        found = read(f"{SERVICES}?per_page=500")["contents"]
        self.held = {each["id"]: each["organization"]["name"] for each in found}


def take(urn: str, **fields: Any) -> None:
    """Give the first school another URN, and publish it."""
    page = SchoolPage.objects.get(slug="larkfield")
    page.urn = urn
    for name, value in fields.items():
        setattr(page, name, value)
    content.publish(page)


def row(kind: str, urn: str, part: str = "") -> Change:
    key = school_id(urn)
    return Change.objects.get(kind=kind, item_id=uuid5(key, part) if part else key)


def stub(kind: str, urn: str, part: str = "") -> Any:
    found = row(kind, urn, part)
    assert found.state == "succeeded"
    return json.loads(found.summary)


@pytest.fixture
def schools(report: Any) -> Page:
    """Return a second school beside the one with a report."""
    other = factories.make_school(Page.objects.get(slug="trust"), "heron", urn=THIRD, title="Heron")
    content.publish(factories.make_report(other))
    return other


@pytest.mark.parametrize("consumer", [ByNumber, ByTime, ByPage])
def test_a_consumer_ends_with_the_academy_and_without_the_school_before_it(
    schools: Page, consumer: Callable[[], Any]
) -> None:
    here = consumer()
    here.harvest()
    assert sorted(here.held.values()) == ["Heron", NAME]
    take(NEW, title="Larkfield Academy (demo)")
    here.harvest()
    late = consumer()
    late.harvest()
    expected = {
        str(uuid5(school_id(NEW), "service")): "Larkfield Academy (demo)",
        str(uuid5(school_id(THIRD), "service")): "Heron",
    }
    assert (here.held, late.held) == (expected, expected)
    assert_feed_is_right()


@pytest.mark.parametrize("within", [nullcontext, transaction.atomic], ids=["alone", "of many"])
def test_p5_who_follows_the_numbers_is_never_without_the_school(
    schools: Page, within: Callable[[], Any]
) -> None:
    with within():
        take(NEW)
    for part in ("service", "service:at-location"):
        kind = part.replace(":at-", "_at_")
        assert row(kind, NEW, part).number < row(kind, OLD, part).number
    assert row("organization", NEW).number < row("organization", OLD).number


def test_each_tombstone_names_what_followed_it(schools: Page) -> None:
    take(NEW)
    school = {"organization_id": str(school_id(NEW)), "urn": NEW}
    old = uuid5(school_id(OLD), "service")
    assert stub("service", OLD, "service") == {
        "id": str(old),
        "name": "No longer offered",
        "status": "defunct",
        "send_successor": {**school, "id": str(uuid5(school_id(NEW), "service"))},
    }
    assert stub("organization", OLD)["send_successor"] == {**school, "id": str(school_id(NEW))}
    (listed,) = [
        each
        for each in read(f"{SERVICES}?modified_after=2020-01-01T00:00:00Z")["contents"]
        if each["id"] == str(old)
    ]
    assert {name: listed[name] for name in listed if name != "last_modified"} == stub(
        "service", OLD, "service"
    )


def test_the_old_address_says_410_and_leads_to_the_new_one(schools: Page) -> None:
    take(NEW)
    for kind, part in (("service", "service"), ("organization", "")):
        gone, new = row(kind, OLD, part), row(kind, NEW, part)
        answer = ask(f"{BASE}/{kind}s/{gone.item_id}")
        said = json.loads(answer.content)
        assert (answer.status_code, said["send_successor"]["urn"]) == (410, NEW)
        assert said["successor"] == f"http://school.example{BASE}/{kind}s/{new.item_id}"
        assert ask(urlsplit(said["successor"]).path).status_code == 200


def test_the_new_school_names_the_one_before_and_is_found_by_its_urn(schools: Page) -> None:
    take(NEW)
    before = [{"id": str(school_id(OLD)), "urn": OLD}]
    found = read(f"{SERVICES}/{uuid5(school_id(NEW), 'service')}")
    assert found["organization"]["send_predecessors"] == before
    numbers = {
        each["identifier_scheme"]: each["identifier"]
        for each in found["organization"]["organization_identifiers"]
    }
    assert numbers["GB-EDU"] == NEW
    assert OLD not in numbers.values()
    assert [each["id"] for each in read(f"{SERVICES}?search={OLD}")["contents"]] == [found["id"]]


def test_after_a_second_succession_all_tombstones_lead_to_the_last_school(schools: Page) -> None:
    take(NEW)
    take("190999")
    last = str(school_id("190999"))
    for urn in (OLD, NEW):
        assert stub("service", urn, "service")["send_successor"]["organization_id"] == last
    organization = read(f"{BASE}/organizations/{last}")
    assert [each["urn"] for each in organization["send_predecessors"]] == [OLD, NEW]
    assert_feed_is_right()


def test_what_the_school_no_longer_lists_leads_to_the_school_alone(schools: Page) -> None:
    page = SENInformationReportPage.objects.child_of(SchoolPage.objects.get(slug="larkfield")).get()
    raw = page.body.get_prep_value()
    lines = next(block["value"]["provisions"] for block in raw if block["type"] == "extra_support")
    club = {"name": "Chess club", "level": "targeted", "listed": True}
    lines.append({"type": "item", "value": club})
    page.body = page._meta.get_field("body").stream_block.to_python(raw)
    content.publish(page)
    part = "provision:chess club:1"
    assert row("service", OLD, part).state == "active"
    take(NEW)
    assert stub("service", OLD, part)["send_successor"]["id"] == str(uuid5(school_id(NEW), part))
    number = row("service", OLD, part).number
    lines.pop()
    page = SENInformationReportPage.objects.get(pk=page.pk)
    page.body = page._meta.get_field("body").stream_block.to_python(raw)
    content.publish(page)
    assert row("service", NEW, part).state == "inactive"
    assert row("service", OLD, part).number == number


def test_p2_a_publish_that_fails_leaves_the_old_school_as_it_was(
    schools: Page, monkeypatch: Any
) -> None:
    before = snapshot()

    def fail(rows: Any) -> None:
        raise LookupError

    with monkeypatch.context() as patch:
        patch.setattr(changes, "_take_numbers", fail)
        with pytest.raises(LookupError):
            take(NEW)
    assert snapshot() == before
    assert publishing.is_offered(SchoolPage.objects.get(slug="larkfield"))
    assert SchoolPage.objects.get(slug="larkfield").urn == OLD
    take(NEW)
    assert_feed_is_right()


def test_p4_the_documents_keep_their_keys_and_go_on_with_the_next_version(schools: Page) -> None:
    keys = {"school", "sen-information-report"}
    before = {
        each.kind: each.document_key
        for each in Version.objects.filter(document_key__in=_documents())
    }
    take(NEW)
    after = Version.objects.filter(document_key__in=_documents()).order_by("number")
    assert {(each.kind, each.document_key) for each in after} == set(before.items())
    assert {each.kind: each.number for each in after} == dict.fromkeys(keys, 2)
    assert [each.document().school.urn for each in after] == [OLD, OLD, NEW, NEW]


def _documents() -> list[Any]:
    school = SchoolPage.objects.get(slug="larkfield")
    report = SENInformationReportPage.objects.child_of(school).get()
    return [school.document_key, report.document_key]


def test_a_school_that_is_taken_down_names_the_page_that_takes_its_place(schools: Page) -> None:
    heron = {"url": "http://school.example/heron/"}
    with publishing.withdrawing("It became a part of Heron.", heron["url"]):
        SchoolPage.objects.get(slug="larkfield").unpublish()
    for kind, part in (("service", "service"), ("organization", "")):
        gone = row(kind, OLD, part)
        assert (gone.state, json.loads(gone.summary)["send_successor"]) == ("inactive", heron)
        answer = ask(f"{BASE}/{kind}s/{gone.item_id}")
        assert (answer.status_code, json.loads(answer.content)["send_successor"]) == (410, heron)
    assert changes.astray() == []


def test_an_editor_sees_the_former_urn_and_can_take_it_out(schools: Page) -> None:
    page = SchoolPage.objects.get(slug="larkfield")
    page.urn = NEW
    # A form that knows nothing of it, as one that saves by itself while it is open.
    for _save in range(2):
        page.former_urns = ""
        page.save_revision()
        assert page.get_latest_revision_as_object().former_urns == OLD
    page.get_latest_revision().publish()
    assert SchoolPage.objects.get(slug="larkfield").former_urns == OLD
    page = SchoolPage.objects.get(slug="larkfield").get_latest_revision_as_object()
    page.former_urns = ""
    content.publish(page)
    newest = Version.objects.filter(document_key=page.document_key).latest("number")
    assert newest.document().school.former_urns == ()
    # It was harvested under that number, so whoever did is still led on.
    assert row("service", OLD, "service").state == "succeeded"


def test_a_version_of_the_old_school_that_is_restored_keeps_the_new_urn(
    schools: Page, admin: Any
) -> None:
    take(NEW, title="Larkfield Academy (demo)")
    page = SchoolPage.objects.get(slug="larkfield")
    first = Version.objects.get(document_key=page.document_key, number=1)
    told = restore_into_draft(page, first, admin)
    draft = SchoolPage.objects.get(pk=page.pk).get_latest_revision_as_object()
    assert (draft.title, draft.urn, draft.former_urns) == (NAME, NEW, OLD)
    assert told == [f"The URN stays {NEW}; then it was {OLD}."]
