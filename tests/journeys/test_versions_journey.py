"""A report's life: two versions with a note, compared, the first one restored, the new year."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.test_publish_journey import (
    OLD_WORDS,
    PARENTS,
    REPORT,
    answer,
    open_report,
    publish,
    say_what_changed,
    write,
)
from wagtail_senoffer.models import SchoolPage, Version

pytestmark = pytest.mark.browser

BREAKFAST = "On the first Friday of each month we share breakfast."
EVENINGS = "Twice a term we hold an open evening."


def picture(tab: Page, name: str) -> None:
    """Keep a picture of the tab where SENOFFER_PICTURES says, for eyes to look at."""
    folder = os.environ.get("SENOFFER_PICTURES")
    if folder:
        tab.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def open_versions(desk: Page, school: SchoolPage) -> None:
    """Open the list of versions from the page's menu."""
    open_report(desk, school)
    desk.get_by_role("button", name="Actions", exact=True).first.click()
    picture(desk, "menu")
    desk.get_by_role("link", name="Versions", exact=True).first.click()
    expect(desk.get_by_role("heading", name="Versions")).to_be_visible()


def test_publish_twice_compare_restore_and_publish_again(
    school: SchoolPage,
    sign_in: Callable[..., Page],
    open_tab: Callable[..., Page],
    axe: Callable[..., list[Any]],
) -> None:
    desk, parent = sign_in(school), open_tab()
    for words, note in ((BREAKFAST, "Breakfasts for parents."), (EVENINGS, "Open evenings.")):
        open_report(desk, school)
        write(desk, PARENTS, words)
        publish(desk)
        expect(desk.get_by_role("heading", name="What is different")).to_be_visible()
        picture(desk, "publish")
        assert axe(desk, "main .senoffer-desk") == []
        say_what_changed(desk, note)
        expect(desk.locator(".messages .success")).to_contain_text("was published")

    # A parent sees what changed, and in which words.
    parent.goto(f"{REPORT}versions/")
    picture(parent, "history")
    main = parent.get_by_role("main")
    expect(main.get_by_role("heading", level=2)).to_contain_text(
        ["Version 3", "Version 2", "Version 1"]
    )
    expect(main).to_contain_text("Breakfasts for parents.")
    assert axe(parent) == []
    parent.get_by_role("link", name="Compare Version 2 with the one before").click()
    picture(parent, "comparison")
    expect(main.locator("ins")).to_contain_text([BREAKFAST])
    expect(main.locator("del").first).to_contain_text(OLD_WORDS)
    assert axe(parent) == []

    # The office restores Version 1 and publishes it.
    open_versions(desk, school)
    picture(desk, "versions")
    assert axe(desk, "main .senoffer-desk") == []
    desk.get_by_role("link", name="Restore as a draft").last.click()
    desk.get_by_role("button", name="Restore as a draft").click()
    expect(answer(desk, PARENTS)).to_contain_text(OLD_WORDS)
    parent.goto(REPORT)
    expect(main).to_contain_text(EVENINGS)
    publish(desk)
    expect(desk.locator(".messages .success")).to_contain_text("published")
    parent.goto(REPORT)
    expect(main).to_contain_text(OLD_WORDS)
    parent.goto(f"{REPORT}versions/")
    expect(main).to_contain_text("The same words as Version 1.")
    expect(main).to_contain_text("Version 1 was restored.")
    texts = Version.objects.filter(kind="sen-information-report").order_by("number")
    first, _second, _third, fourth = texts.values_list("text_id", flat=True)
    assert fourth == first


def test_a_new_year_is_read_again_section_by_section(
    school: SchoolPage,
    sign_in: Callable[..., Page],
    axe: Callable[..., list[Any]],
) -> None:
    desk = sign_in(school)
    open_versions(desk, school)
    desk.get_by_role("button", name="Still correct today").click()
    expect(desk.locator(".messages .success")).to_contain_text("still correct today")
    desk.get_by_role("link", name="Start the new year").click()
    expect(desk.get_by_role("button", name="Make the draft")).to_be_visible()
    picture(desk, "new_year")
    desk.get_by_role("button", name="Make the draft").click()
    ticks = desk.locator("input[name=reread]")
    expect(ticks.first).to_be_visible()
    picture(desk, "reread")
    ticks.first.check()
    publish(desk)
    expect(desk.get_by_text("sections have not been read again")).to_be_visible()
    picture(desk, "unread")
    assert axe(desk, "main .senoffer-desk") == []
    desk.get_by_role("button", name="Publish").click()
    expect(desk.locator(".messages .success")).to_contain_text("was published")
    version = Version.objects.filter(kind="sen-information-report").latest("number")
    assert len(version.not_reread) == len(version.document().sections) - 1


def test_a_page_is_taken_down_with_a_reason(
    school: SchoolPage,
    sign_in: Callable[..., Page],
    open_tab: Callable[..., Page],
    axe: Callable[..., list[Any]],
) -> None:
    desk, parent = sign_in(school), open_tab()
    open_versions(desk, school)
    desk.get_by_role("link", name="Take it down").click()
    expect(desk.get_by_label("Why do you take it down?")).to_be_visible()
    picture(desk, "withdraw")
    assert axe(desk, "main .senoffer-desk") == []
    desk.get_by_label("Why do you take it down?").fill("We merged with Heronsgate.")
    desk.get_by_label("What takes its place").fill("https://heronsgate.example/")
    desk.get_by_role("button", name="Take it down").click()
    expect(desk.locator(".messages .success")).to_contain_text("was taken down")
    assert parent.goto(REPORT).status == 410
    picture(parent, "gone")
    expect(parent.get_by_role("main")).to_contain_text("We merged with Heronsgate.")
    assert axe(parent) == []
    parent.get_by_role("link", name="Earlier versions").click()
    parent.get_by_role("link", name="Version 1", exact=True).click()
    expect(parent.get_by_role("main")).to_contain_text(OLD_WORDS)
