"""OpenActive's own validator and harvester find nothing wrong with our RPDE, and miss nothing."""

import json
import random
from collections.abc import Callable
from typing import Any
from urllib.request import urlopen

import pytest
from wagtail.models import Page, PageViewRestriction

from example_site import content
from tests import factories
from tests.conformance.conftest import answer_of
from tests.feed.client import BASE
from wagtail_senoffer.feed import rpde
from wagtail_senoffer.models import SchoolPage, SENInformationReportPage

pytestmark = pytest.mark.conformance

PATH = f"{BASE}/rpde/services"
SCHOOLS, STEPS = 8, 60


def read(url: str) -> Any:
    with urlopen(url, timeout=60) as response:  # noqa: S310 - it is the live server's
        return json.load(response)


@pytest.mark.parametrize(("per_page", "pages"), [(500, 1), (2, 2), (1, 4)])
def test_the_validator_finds_no_failure(
    per_page: int, pages: int, node: Any, live_server: Any, served: Page, monkeypatch: Any
) -> None:
    monkeypatch.setattr(rpde, "PER_PAGE", per_page)
    for name in content.SCHOOLS:
        content.add_school(served, content.read(name))
    SchoolPage.objects.last().unpublish()
    found = answer_of(node("validate.cjs", live_server.url + PATH))
    assert [each for each in found["found"] if each["severity"] == "failure"] == []
    # And the empty page at the end, and the one that the largest number asks for.
    assert len(found["walked"]) == pages + 2


class Schools:
    """Eight schools, and what their offices do to them at random."""

    def __init__(self, home: Page, seed: int) -> None:
        self.home, self.random = home, random.Random(seed)
        self.steps = 0
        for number in range(SCHOOLS):
            self.make(number)

    def make(self, number: int) -> None:
        school = factories.make_school(self.home, f"school-{number}", urn=f"1901{number:02}")
        content.publish(factories.make_report(school))

    def step(self) -> None:
        """Do one thing to one school; what can't be done there makes the school anew."""
        self.steps += 1
        number = self.random.randrange(SCHOOLS)
        school = SchoolPage.objects.filter(slug=f"school-{number}").first()
        report = school and SENInformationReportPage.objects.child_of(school).first()
        if not school:
            self.make(number)
        elif not report:
            content.publish(factories.make_report(school))
        else:
            self.random.choice(self.deeds)(self, school, report)

    def say_something_new(self, school: Page, report: Page) -> None:
        report.approved_by = f"The board, meeting {self.steps}"
        content.publish(report)

    def rename(self, school: Page, report: Page) -> None:
        school.name = f"School after {self.steps} steps"
        content.publish(school)
        content.publish(report)

    def withdraw_report(self, school: Page, report: Page) -> None:
        report.unpublish()

    def withdraw_school(self, school: Page, report: Page) -> None:
        school.unpublish()

    def delete_report(self, school: Page, report: Page) -> None:
        report.delete()

    def delete_school(self, school: Page, report: Page) -> None:
        school.delete()

    def hide_or_show(self, school: Page, report: Page) -> None:
        hidden = PageViewRestriction.objects.filter(page=school).first()
        if hidden:
            hidden.delete()
        else:
            PageViewRestriction.objects.create(page=school, restriction_type="login")

    deeds: tuple[Callable[..., None], ...] = (
        *(say_something_new, say_something_new, rename, withdraw_report, withdraw_school),
        *(delete_report, delete_school, hide_or_show, hide_or_show),
    )


@pytest.mark.parametrize("seed", [2026, 2027])
def test_a_harvester_that_follows_the_changes_ends_with_what_is_on_offer(
    seed: int, node: Any, live_server: Any, served: Page, monkeypatch: Any
) -> None:
    monkeypatch.setattr(rpde, "PER_PAGE", 3)
    schools = Schools(served, seed)
    harvester = node("harvest.cjs", live_server.url + PATH)
    for _step in range(STEPS):
        schools.step()
    harvested = answer_of(harvester, "stop")
    offered = read(f"{live_server.url}{BASE}/services?full=true")["contents"]
    assert harvested["held"] == {each["id"]: each for each in offered}
    ids = {
        each["id"] for each in read(f"{live_server.url}{BASE}/services?minimal=true")["contents"]
    }
    assert set(harvested["held"]) == ids
    # It was there while things happened, and was told of what went.
    assert harvested["told"]["updated"] > SCHOOLS
    assert harvested["told"]["deleted"] > 0
