"""A school's office meets a text of its trust in the form of its report."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from wagtail.models import Page as WagtailPage

from tests.journeys.test_publish_journey import PARENTS, answer, open_report, section, unfold
from tests.trust.test_trust_text import trust_text
from wagtail_senoffer.models import SchoolPage

pytestmark = pytest.mark.browser

COMPLAINTS = "If you are not happy"
SENCO = "Our SENCO"


def test_a_locked_text_stands_where_there_is_nothing_to_write(
    home: WagtailPage, school: SchoolPage, sign_in: Callable[..., Page]
) -> None:
    for code in ("complaints", "senco"):
        trust_text(home, section=code, body="<p>Talk to the school first.</p>")
    trust_text(home, rule="addition", section="parents")
    desk = sign_in(school)
    open_report(desk, school)

    unfold(desk, COMPLAINTS)
    locked = section(desk, COMPLAINTS)
    expect(locked).to_contain_text("Talk to the school first.")
    expect(locked.locator(".c-sf-help").first).to_be_hidden()
    expect(answer(desk, COMPLAINTS)).to_be_hidden()
    expect(locked.get_by_text("Or: already answered in")).to_be_hidden()

    # Whom to ask is still the school's to say, and so is what it adds.
    unfold(desk, SENCO)
    expect(section(desk, SENCO).get_by_label("SENCO's name")).to_be_visible()
    expect(section(desk, SENCO).locator(".c-sf-help").first).to_be_visible()
    unfold(desk, PARENTS)
    expect(answer(desk, PARENTS)).to_be_visible()
