"""A school office's day: refused, put right, published, and kept out of other schools."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from wagtail.models import Page as WagtailPage

from tests import factories
from wagtail_senoffer.models import SchoolPage

pytestmark = pytest.mark.browser

REPORT = "/larkfield/sen-information-report/"
PARENTS = "How parents are involved"
OLD_WORDS = "You know your child best."
NEW_WORDS = "On the first Friday of each month we share breakfast and talk about reading."


def section(tab: Page, name: str) -> Locator:
    """Return a section of the form. (Roles would do, but take a second in a form so long.)"""
    title = tab.locator(".c-sf-block__type", has_text=name)
    return tab.locator("section[id^=block-]").filter(has=title)


def answer(tab: Page, name: str) -> Locator:
    """Return the field with a section's running text."""
    return section(tab, name).locator("[contenteditable=true]").first


def unfold(tab: Page, name: str) -> None:
    """Open a section that is folded up because it is done."""
    toggle = section(tab, name).locator("[data-panel-toggle]").first
    tab.wait_for_function("() => window.timesFormTookStock >= 2")
    expect(tab.locator("[data-senoffer-checklist][data-folded]")).to_be_attached()
    if toggle.get_attribute("aria-expanded") == "false":
        toggle.click()


def write(tab: Page, name: str, words: str) -> None:
    """Replace the running text of a section; wait until the form has taken it."""
    unfold(tab, name)
    answer(tab, name).click()
    tab.keyboard.press("Control+A")
    tab.keyboard.press("Delete")
    tab.keyboard.insert_text(words)
    taken = section(tab, name).locator("input[name$='-value-body']").first
    expect(taken).to_have_value(re.compile(f'"text":"{words}"' if words else "^null$"))


def publish(tab: Page) -> None:
    """Press “Publish”, which stands behind the arrow beside “Save draft”."""
    tab.locator("footer button[data-w-dropdown-target=toggle]").click()
    tab.locator("button[name=action-publish]").click()


def say_what_changed(tab: Page, note: str) -> None:
    """Answer the question that a second Version asks, and publish."""
    tab.get_by_label("What did you change?").fill(note)
    tab.get_by_role("button", name="Publish").click()


def refusal(tab: Page) -> Locator:
    """Return the message that says why the page was not published."""
    return tab.locator(".messages .error")


def open_report(desk: Page, school: SchoolPage) -> None:
    """Open the report's form by way of the explorer."""
    desk.goto(f"/admin/pages/{school.pk}/")
    desk.get_by_role("link", name="SEN information report", exact=True).click()
    expect(section(desk, PARENTS)).to_be_visible()


def test_p3_a_secretary_is_refused_with_the_sections_name_and_then_publishes_version_2(
    school: SchoolPage,
    sign_in: Callable[..., Page],
    open_tab: Callable[..., Page],
    axe: Callable[..., list[Any]],
) -> None:
    desk, parent = sign_in(school), open_tab()

    # She empties a section that the law asks for.
    open_report(desk, school)
    expect(answer(desk, PARENTS)).to_contain_text(OLD_WORDS)
    write(desk, PARENTS, "")
    publish(desk)

    # She is told which, in words that can be read, and a click takes her there.
    expect(refusal(desk)).to_contain_text("was saved as a draft but not published")
    problems = refusal(desk).locator("li")
    expect(problems).to_have_text(
        [f"“{PARENTS}” is empty. It must be answered before you can publish."]
    )
    assert axe(desk, ".messages") == []
    expect(answer(desk, PARENTS)).not_to_be_in_viewport()
    problems.locator("a").click()
    expect(answer(desk, PARENTS)).to_be_in_viewport()

    # Her draft is kept, and parents still read Version 1.
    desk.reload()
    expect(answer(desk, PARENTS)).to_have_text("")
    parent.goto(REPORT)
    expect(parent.get_by_role("main")).to_contain_text(OLD_WORDS)
    parent.goto(f"{REPORT}versions/")
    versions = parent.get_by_role("main").get_by_role("listitem")
    expect(versions).to_contain_text(["Version 1"])

    # She answers it in new words and publishes.
    write(desk, PARENTS, NEW_WORDS)
    publish(desk)
    say_what_changed(desk, "How parents are involved.")
    expect(desk.locator(".messages .success")).to_contain_text("published")
    parent.goto(REPORT)
    expect(parent.get_by_role("main")).to_contain_text(NEW_WORDS)
    expect(parent.get_by_role("main")).not_to_contain_text(OLD_WORDS)

    # Both versions stay, each in its own words.
    parent.get_by_role("link", name="all versions").click()
    expect(versions).to_contain_text(["Version 2", "Version 1"])
    parent.get_by_role("link", name="Version 1", exact=True).click()
    expect(parent.get_by_role("main")).to_contain_text("It is no longer current.")
    expect(parent.get_by_role("main")).to_contain_text(OLD_WORDS)
    expect(parent.get_by_role("main")).not_to_contain_text(NEW_WORDS)


def test_p3_a_new_report_starts_with_every_section_and_is_kept_as_a_draft_when_refused(
    home: WagtailPage, sign_in: Callable[..., Page], open_tab: Callable[..., Page]
) -> None:
    school = factories.make_school(home)
    desk, parent = sign_in(school), open_tab()

    # The form starts with the 23 sections that the law asks of a mainstream school, in
    # the order of the law, and the two that the Code of Practice expects.
    desk.goto(f"/admin/pages/{school.pk}/")
    desk.get_by_role("link", name="Add child page").first.click()
    desk.get_by_role("link", name="SEN information report").first.click()
    names = desk.locator("#panel-child-content-body-section .c-sf-block__type")
    expect(names).to_have_count(25)
    assert [names.nth(index).inner_text() for index in (0, 1, 22, 23, 24)] == [
        "Kinds of need we provide for",
        "How we spot needs early",
        "Our accessibility plan",
        "Looked-after children with SEN",
        "SEN policy and contacts",
    ]

    # She publishes it as it is, and is told all that is missing.
    desk.locator("#id_title").fill("")
    desk.locator("#id_title").press_sequentially("SEN information report")
    expect(desk.locator("#id_slug")).to_have_value("sen-information-report")
    publish(desk)
    expect(refusal(desk)).to_contain_text("was saved as a draft but not published")
    missing = refusal(desk).locator("li").filter(has_text="It must be answered")
    expect(missing).to_have_count(23)
    missing.filter(has_text=PARENTS).locator("a").click()
    expect(answer(desk, PARENTS)).to_be_in_viewport()

    # Her draft is there, and nobody else sees it.
    open_report(desk, school)
    expect(names).to_have_count(25)
    assert parent.goto(REPORT).status == 404
    assert parent.goto(f"{REPORT}versions/").status == 404
    parent.goto("/larkfield/")
    expect(parent.get_by_role("heading", level=1)).to_have_text(school.title)
    expect(parent.get_by_role("link", name="SEN information report")).to_have_count(0)


def test_the_form_names_every_section_in_its_map_and_gives_each_an_anchor(
    home: WagtailPage, sign_in: Callable[..., Page]
) -> None:
    school = factories.make_school(home)
    desk = sign_in(school)
    desk.goto(f"/admin/pages/add/wagtail_senoffer/seninformationreportpage/{school.pk}/")
    blocks = desk.locator("#panel-child-content-body-section section[id^=block-]")
    expect(blocks).to_have_count(25)
    anchors: list[str] = blocks.evaluate_all("found => found.map(each => each.id)")
    names = desk.get_by_role("complementary", name="Minimap").locator("a[href^='#block-']")
    expect(names).to_have_count(25)
    assert (len(set(anchors)), names.nth(9).inner_text()) == (25, "Our SENCO")


VIEWS = ("edit", "history", "copy", "delete", "unpublish", "move", "usage", "view_draft")


def test_p9_a_secretary_neither_opens_nor_sees_another_school(
    school: SchoolPage, other_school: SchoolPage, sign_in: Callable[..., Page]
) -> None:
    desk = sign_in(school)
    report = other_school.get_children().get(slug="sen-information-report")
    closed = [
        *(f"/admin/pages/{report.pk}/{view}/" for view in VIEWS),
        f"/admin/pages/{other_school.pk}/edit/",
        f"/admin/pages/{other_school.pk}/",
        f"/admin/pages/add/wagtail_senoffer/schoolofferpage/{other_school.pk}/",
    ]
    lists = [
        "/admin/",
        "/admin/pages/",
        "/admin/pages/search/?q=Heronsgate",
        "/admin/reports/site-history/",
    ]
    answers = {path: desk.request.get(path) for path in (*closed, *lists)}
    opened = [path for path, each in answers.items() if each.ok and each.url.endswith(path)]
    assert [path for path in opened if path in closed] == []
    assert [path for path in lists if other_school.title in answers[path].text()] == []
    # The explorer begins at the only school that is hers.
    desk.goto("/admin/pages/")
    expect(desk.get_by_role("heading", level=1)).to_contain_text(school.title)
    expect(desk.get_by_role("link", name=re.compile(other_school.title))).to_have_count(0)
