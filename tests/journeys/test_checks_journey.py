"""Wagtail's own checks of a page, in the side panel of the form."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from wagtail.models import Page as WagtailPage

from tests import factories
from tests.journeys.test_versions_journey import picture

pytestmark = pytest.mark.browser

WORDS = "[data-content-word-count]"


def words_of(desk: Page, page: Any) -> int:
    """Open a page's form with its checks; return how many words they count."""
    desk.goto(f"/admin/pages/{page.pk}/edit/")
    desk.get_by_label("Toggle checks").click()
    # Read as it is seen: the panel may be drawn anew just afterwards.
    counted = desk.wait_for_function(
        "each => document.querySelector(each)?.textContent.match(/^\\s*(\\d+)\\s*$/)?.[1]",
        arg=WORDS,
    )
    return int(counted.json_value())


def test_wagtails_checks_count_the_words_of_the_draft_and_find_what_is_amiss(
    home: WagtailPage, sign_in: Callable[..., Page]
) -> None:
    school = factories.make_school(home, introduction="<p>We are here for you.</p>")
    desk = sign_in(school)
    before = words_of(desk, school)
    expect(desk.locator("[data-content-checker-count]")).to_have_text("0")

    school.introduction = "<p>We are here for you.</p><h4>Come and see us</h4>"
    school.save_revision()
    assert words_of(desk, school) == before + 4
    # A heading of the fourth level below one of the first.
    expect(desk.locator("[data-content-checker-count]")).to_have_text("1")
    expect(desk.locator("[data-checks-panel] [data-content-checker-name]")).to_have_text(
        "Incorrect heading hierarchy"
    )
    picture(desk, "checks")
