"""The school office's desk in a browser: guided by nothing but the screen, by keyboard alone."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from wagtail.models import Page as WagtailPage

from tests import factories
from tests.journeys.test_publish_journey import (
    PARENTS,
    answer,
    open_report,
    section,
    write,
)
from tests.journeys.test_versions_journey import picture
from wagtail_senoffer.models import SchoolPage, SENInformationReportPage, Version

pytestmark = pytest.mark.browser

PANEL = "[data-senoffer-checklist]"
FOCUSED = """
() => {
  const { top, left } = document.activeElement.getBoundingClientRect();
  return [document.activeElement.innerText.trim(), top, left];
}
"""
TO_THE_TOP = """
for (let e = document.activeElement; e; e = e.parentElement) {
  e.scrollTo({ top: 0, behavior: "instant" });
}
"""
LATE = """
document.addEventListener("w-unsaved:watch-edits", () => {
  if (window.timesFormTookStock !== 2) return;
  const written = document.querySelector("input[name='body-0-value-body']");
  written.value = JSON.stringify(JSON.parse(written.value), null, 1);
});
"""
FURTHEST = 200  # presses of the Tab key


def summary(tab: Page) -> Locator:
    return tab.locator(f"{PANEL} .senoffer-summary")


def tab_to(tab: Page, selector: str, key: str = "Tab") -> None:
    """Press a key until what the selector names has the focus."""
    script = "selector => Boolean(document.activeElement?.matches(selector))"
    for _press in range(FURTHEST):
        tab.keyboard.press(key)
        if tab.evaluate(script, selector):
            return
    pytest.fail(f"{FURTHEST} presses of {key} do not lead to {selector}")


@pytest.fixture
def autosave(settings: Any) -> Callable[[], None]:
    """Return a function that lets the form save by itself, as it does for people."""

    def switch_on() -> None:
        settings.WAGTAIL_AUTOSAVE_INTERVAL = 500

    return switch_on


def test_p6_by_keyboard_alone_from_an_empty_school_to_a_published_report(
    home: WagtailPage,
    sign_in: Callable[..., Page],
    autosave: Callable[[], None],
    axe: Callable[..., list[Any]],
) -> None:
    school = factories.make_school(home)
    desk = sign_in(school)
    autosave()
    desk.goto(f"/admin/pages/add/wagtail_senoffer/seninformationreportpage/{school.pk}/")
    desk.wait_for_function("() => window.timesFormTookStock >= 2")
    assert axe(desk, PANEL) == []
    picture(desk, "desk-empty")

    # The first answer makes the page, and the list appears.
    tab_to(desk, "section[id^=block-] [contenteditable=true]")
    desk.keyboard.type("We provide for these needs.")
    expect(summary(desk)).to_have_text("1 of 23 sections · 22 to fix · 6 suggestions")

    # The list says what is to be fixed, and leads to one after the other; each answer is
    # ticked off as it is saved.
    for done in range(1, 23):
        if done == 1:
            tab_to(desk, f"{PANEL} summary", "Shift+Tab")
            desk.keyboard.press("Enter")
            expect(desk.locator(f"{PANEL} details[open]")).to_be_attached()
            picture(desk, "desk-list")
            # All in view, in its own place: of what is scrolled away or lies above something
            # else, axe can't tell the colours.
            desk.set_viewport_size({"width": 1280, "height": 5000})
            desk.evaluate(TO_THE_TOP)
            assert axe(desk, PANEL) == []
            desk.set_viewport_size({"width": 1280, "height": 900})
            tab_to(desk, f"{PANEL} .senoffer-stops > a")
            desk.keyboard.press("Enter")
        else:
            desk.keyboard.press("Alt+Shift+N")
        if not desk.evaluate("document.activeElement.isContentEditable"):
            tab_to(desk, "section[id^=block-] [contenteditable=true]")
        desk.keyboard.type("We plan it with you, do it, and look at it again each term.")
        expect(summary(desk)).to_contain_text(f"{done + 1} of 23 sections")
    expect(summary(desk)).to_contain_text("23 of 23 sections · nothing to fix")
    desk.evaluate(TO_THE_TOP)
    assert axe(desk, PANEL) == []
    picture(desk, "desk-full")

    tab_to(desk, "footer button[data-w-dropdown-target=toggle]")
    desk.keyboard.press("Enter")
    tab_to(desk, "button[name=action-publish]")
    desk.keyboard.press("Enter")
    expect(desk.locator(".messages .success")).to_contain_text("published")
    version = Version.objects.get(kind="sen-information-report")
    assert (version.number, len(version.document().sections)) == (1, 23)


def test_the_list_follows_what_is_written_and_leads_to_it(
    school: SchoolPage,
    sign_in: Callable[..., Page],
    autosave: Callable[[], None],
) -> None:
    desk = sign_in(school)
    autosave()
    open_report(desk, school)
    expect(summary(desk)).to_contain_text("23 of 23 sections · nothing to fix")
    # What is done is folded up.
    expect(answer(desk, PARENTS)).to_be_hidden()
    write(desk, PARENTS, "")
    expect(summary(desk)).to_contain_text("22 of 23 sections · 1 to fix")
    desk.locator("#id_approved_by").scroll_into_view_if_needed()
    expect(summary(desk)).to_be_in_viewport()
    summary(desk).click()
    desk.locator(f"{PANEL} .senoffer-stops > a").click()
    expect(answer(desk, PARENTS)).to_be_focused()
    expect(section(desk, PARENTS).locator(".c-sf-block__type")).to_be_in_viewport()
    write(desk, PARENTS, "Come and talk to us.")
    expect(summary(desk)).to_contain_text("23 of 23 sections · nothing to fix")


def test_the_list_begins_with_what_is_to_fix_and_folds_up_what_is_done(
    school: SchoolPage, sign_in: Callable[..., Page], axe: Callable[..., list[Any]]
) -> None:
    report = school.get_children().get(slug="sen-information-report").specific
    factories.say(report, "kinds", "<p>To be confirmed.</p>")
    factories.empty(report, "dis_access").save_revision()
    desk = sign_in(school)
    open_report(desk, school)
    desk.wait_for_function("() => window.timesFormTookStock >= 2")
    summary(desk).click()
    # The Tab key goes down the list as the eye does, from the most urgent to the rest.
    seen = []
    for _press in range(6):
        desk.keyboard.press("Tab")
        seen.append(desk.evaluate(FOCUSED))
    assert [name.split(" Alt+")[0] for name, _top, _left in seen] == [
        "Getting in and around",
        "Kinds of need we provide for",
        "Checking and reviewing progress",
        "Done",
        "How this works",
        "Next one",
    ]
    places = [(top, left) for _name, top, left in seen[:5]]
    assert places == sorted(set(places))
    assert seen[4][2] < seen[5][2]
    done = desk.locator(PANEL).get_by_role("link", name="How we spot needs early")
    expect(done).to_be_hidden()
    folded = desk.locator(f"{PANEL} .senoffer-folded > summary")
    folded.press("Enter")
    expect(done).to_be_visible()
    expect(desk.locator(PANEL)).to_contain_text("The 2 marked “extra” are not")
    desk.set_viewport_size({"width": 1280, "height": 5000})
    desk.evaluate(TO_THE_TOP)
    assert axe(desk, PANEL) == []


def test_a_date_that_is_none_is_kept_and_told_and_the_list_says_that_nothing_is_saved(
    school: SchoolPage, sign_in: Callable[..., Page], axe: Callable[..., list[Any]]
) -> None:
    report = school.get_children().get(slug="sen-information-report").specific
    report.approved_by = ""
    report.save_revision(clean=False)
    desk = sign_in(school)
    open_report(desk, school)
    expect(desk.locator("[data-senoffer-checklist][data-folded]")).to_be_attached()

    # What is of no section leads to its field.
    desk.locator(f"{PANEL} summary").first.click()
    desk.get_by_role("link", name="Say who approved this").click()
    expect(desk.get_by_label("Approved by")).to_be_focused()
    desk.keyboard.insert_text("Governing body")

    desk.get_by_label("Approved on").fill("31/02/2027")
    desk.keyboard.press("Tab")
    expect(desk.get_by_label("Approved on")).to_have_value("31/02/2027")
    desk.get_by_role("button", name="Save draft").click()
    expect(desk.get_by_label("Approved on")).to_have_value("31/02/2027")
    expect(desk.locator(PANEL)).to_contain_text("Not saved yet")
    assert axe(desk, PANEL) == []
    desk.get_by_label("Approved on").fill("24 November 2026")
    desk.get_by_role("button", name="Save draft").click()
    expect(desk.get_by_label("Approved on")).to_have_value("24/11/2026")
    expect(desk.locator(PANEL)).not_to_contain_text("Not saved yet")


def test_a_form_that_nobody_touches_saves_nothing(
    school: SchoolPage,
    sign_in: Callable[..., Page],
    autosave: Callable[[], None],
) -> None:
    report = school.get_children().get(slug="sen-information-report")
    before = report.revisions.count()
    desk = sign_in(school)
    autosave()
    # An editor that is ready only after Wagtail has taken stock writes its text in a new form.
    desk.add_init_script(LATE)
    open_report(desk, school)
    desk.wait_for_function("() => window.timesFormTookStock >= 3")
    assert report.revisions.count() == before
    # What a person writes is saved as ever.
    write(desk, PARENTS, "Come and talk to us.")
    expect(desk.get_by_text("Saved", exact=True).first).to_be_visible()
    assert report.revisions.count() == before + 1


def test_a_session_that_ends_in_mid_sentence_loses_no_word(
    school: SchoolPage,
    sign_in: Callable[..., Page],
    autosave: Callable[[], None],
) -> None:
    desk = sign_in(school)
    autosave()
    open_report(desk, school)
    write(desk, PARENTS, "Come and")
    expect(summary(desk)).to_contain_text("23 of 23 sections")
    cookies = desk.context.cookies()
    desk.context.clear_cookies()
    answer(desk, PARENTS).press_sequentially(" talk to us.")
    # She is told that it is not saved, her words are still there, and so is the list.
    expect(desk.get_by_text("Autosave is paused").first).to_be_visible()
    expect(answer(desk, PARENTS)).to_have_text("Come and talk to us.")
    expect(summary(desk)).to_contain_text("23 of 23 sections")
    # Signed in again, in another tab, the next key saves them.
    desk.context.add_cookies(cookies)
    answer(desk, PARENTS).press_sequentially(" Soon.")
    expect(desk.get_by_text("Saved", exact=True).first).to_be_visible()
    page = SENInformationReportPage.objects.get().get_latest_revision_as_object()
    (parents,) = [each for each in page.body if each.block_type == "parents"]
    assert "Come and talk to us. Soon." in str(parents.value["body"])
