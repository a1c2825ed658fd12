"""Adding a section with the “+” between two of them."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from wagtail.models import Page as WagtailPage

from tests import factories
from tests.journeys.test_publish_journey import PARENTS, open_report, section
from tests.journeys.test_versions_journey import picture

pytestmark = pytest.mark.browser


def offered(desk: Page) -> list[str]:
    """Open the first menu; return what it offers."""
    desk.locator("[data-streamfield-stream-container] .c-sf-add-button").first.click()
    choices = desk.locator(".w-combobox__option-text")
    expect(choices.first).to_be_visible()
    found = choices.all_inner_texts()
    picture(desk, f"plus-{len(found)}")
    desk.keyboard.press("Escape")
    expect(choices).to_have_count(0)
    return found


def test_the_menu_offers_what_this_school_is_asked_and_the_page_lacks(
    home: WagtailPage, sign_in: Callable[..., Page], axe: Callable[..., list[Any]]
) -> None:
    school = factories.make_school(home, school_type="7")
    factories.make_report(school)
    desk = sign_in(school)
    open_report(desk, school)
    # All that is asked is there already, once each.
    assert offered(desk) == ["Something else"]
    section(desk, PARENTS).locator("button[title=Delete]").first.click()
    assert offered(desk) == [PARENTS, "Something else"]

    desk.locator("[data-senoffer-checklist] .senoffer-summary").click()
    expect(desk.locator(".senoffer-spared")).to_contain_text(
        "Not asked of special schools: “How we spot needs early”, “Our SENCO”."
    )
    desk.locator(".senoffer-spared").scroll_into_view_if_needed()
    picture(desk, "spared")
    assert axe(desk, ".senoffer-spared") == []
    desk.get_by_role("button", name="Offer them with the plus sign all the same").click()
    desk.keyboard.press("Escape")
    not_asked = ["How we spot needs early", "Our SENCO"]
    assert offered(desk) == [*not_asked, PARENTS, "Something else"]
