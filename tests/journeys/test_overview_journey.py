"""A trust's lead looks through the table of schools and sections."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group
from playwright.sync_api import Page, expect
from wagtail.models import Page as WagtailPage

from tests import factories
from tests.journeys.test_versions_journey import picture
from wagtail_senoffer.models import SchoolPage, SchoolReader

pytestmark = pytest.mark.browser


def test_a_lead_finds_what_is_missing_and_goes_to_the_school(
    home: WagtailPage,
    school: SchoolPage,
    sign_in: Callable[..., Page],
    axe: Callable[..., list[Any]],
) -> None:
    factories.make_report(factories.make_school(home, "ash", title="Ash School"))
    desk = sign_in(school)
    group = Group.objects.get(user__username=f"{school.slug}-office")
    SchoolReader.objects.create(group=group, page=home, la_name="")
    desk.get_by_role("button", name="Reports").click()
    desk.get_by_role("link", name="How schools stand").click()
    table = desk.get_by_role("region", name="Schools and sections")
    expect(table.get_by_role("row")).to_have_count(3)
    expect(table.get_by_role("columnheader", name="How parents are involved")).to_be_attached()
    picture(desk, "overview")
    assert axe(desk, ".senoffer-overview-frame") == axe(desk, ".senoffer-legend") == []
    # The school's name and the headings stay where they are while the table scrolls.
    name = table.get_by_role("rowheader").last
    before = name.bounding_box()
    table.evaluate("frame => frame.scrollBy(300, 0)")
    assert (before or {})["x"] == (name.bounding_box() or {})["x"]
    table.get_by_role("link", name="Ash School").click()
    expect(desk.get_by_role("heading", name="Ash School")).to_be_visible()
    picture(desk, "overview-school")
    assert axe(desk, ".senoffer-desk") == []
