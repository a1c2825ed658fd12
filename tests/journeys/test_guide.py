"""The guide against the screens that it tells of: its pictures, and the names of its buttons.

With SENOFFER_GUIDE=write (`make docs`) the pictures are made anew; otherwise each is compared
with the screen of today.
"""

import io
import os
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core import mail
from django.core.management import call_command
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Locator, Page, expect
from wagtail.models import Page as WagtailPage
from wagtail.models import WorkflowPage

from example_site import content
from tests import factories, guide
from tests.journeys.test_publish_journey import (
    PARENTS,
    open_report,
    publish,
    refusal,
    say_what_changed,
    write,
)
from tests.word.documents import make
from wagtail_senoffer.editor.approval import arrange
from wagtail_senoffer.editor.guide import TASKS
from wagtail_senoffer.models import SchoolPage

pytestmark = pytest.mark.browser

WRITE = os.environ.get("SENOFFER_GUIDE") == "write"
PANEL = ".senoffer-checklist"
DESK = "main .senoffer-desk"
COLOURS = 64
MARGIN = 8
# What is another tomorrow, or on another machine.
MASK = r"""
() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const text = node.data
      .replace(/\b\d{1,2} [A-Z][a-z]+ 20\d\d(, \d\d:\d\d)?/g, "1 September 2026")
      .replace(/\bin \d+ days\b/g, "in 30 days")
      .replace(/(127\.0\.0\.1|localhost):\d+/g, "school.example");
    if (text !== node.data) node.data = text;
  }
}
"""
# The labels that can be seen: what buttons, links, fields and headings are called.
LABELS = """
() => [...document.querySelectorAll(
  "button, a, label, summary, legend, th, h1, h2, h3, h4, .senoffer-state, .senoffer-hint"
)].filter(each => each.checkVisibility({ visibilityProperty: true })).flatMap(each => [
  each.getAttribute("aria-label"),
  ...[each, ...each.querySelectorAll("*")].flatMap(
    part => [...part.childNodes].filter(node => node.nodeType === 3).map(node => node.data)),
  each.innerText,
]).map(text => (text || "").replace(/\\s+/g, " ").trim()).filter(Boolean)
"""
BROKEN = """
() => [...document.querySelectorAll("main img")].filter(e => !e.naturalWidth).map(e => e.src)
"""


class Chapter:
    """A page of the guide, walked through step by step in the browser."""

    def __init__(self, slug: str) -> None:
        self.left = guide.steps(slug)

    def stand(self, tab: Page, name: str, *parts: Locator) -> None:
        """Hold a step against the screen: its labels, and its picture of some parts of it."""
        step = self.left.pop(name)
        seen = tab.evaluate(LABELS)
        assert [label for label in step.labels if not is_seen(label, seen)] == []
        assert step.is_shown == bool(parts)
        if parts:
            compare(name, picture(tab, *parts))

    def end(self) -> None:
        """Hold that no step was left out."""
        assert list(self.left) == []


def is_seen(label: str, seen: list[str]) -> bool:
    start = label.removesuffix("…")
    return label in seen if start == label else any(each.startswith(start) for each in seen)


def picture(tab: Page, *parts: Locator) -> Image.Image:
    """Return a picture of what holds all of the parts, without what changes by itself."""
    for part in parts:
        part.scroll_into_view_if_needed()
    tab.evaluate(MASK)
    boxes = [part.bounding_box() for part in parts]
    left, top = (min(box[side] for box in boxes) for side in ("x", "y"))
    right = max(box["x"] + box["width"] for box in boxes)
    bottom = max(box["y"] + box["height"] for box in boxes)
    left, top = max(0, left - MARGIN), max(0, top - MARGIN)
    clip = {"x": left, "y": top, "width": right + MARGIN - left, "height": bottom + MARGIN - top}
    shot = tab.screenshot(clip=clip, animations="disabled", caret="hide")
    return Image.open(io.BytesIO(shot)).convert("RGB")


def compare(name: str, new: Image.Image) -> None:
    path = guide.FOLDER / f"{name}.png"
    if WRITE:
        new.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
        return
    with Image.open(path) as stored:
        difference = guide.difference(stored.convert("RGB"), new)
    assert (name, difference) == (name, ""), "Run `make docs`, and read the page again."


def open_menu(desk: Page) -> Locator:
    """Open the menu of a page at the top of its form; return it."""
    desk.get_by_role("button", name="Actions", exact=True).first.click()
    return desk.locator(".w-dropdown__content:visible").first


def open_footer(desk: Page) -> tuple[Locator, Locator]:
    """Open the menu at the end of the form; return its button and what it opens."""
    desk.wait_for_function("() => window.timesFormTookStock >= 2")
    toggle = desk.locator("footer button[data-w-dropdown-target=toggle]")
    toggle.click()
    opened = desk.locator(".w-dropdown__content:visible").last
    expect(opened).to_be_visible()
    return desk.locator("footer .actions, footer nav").first, opened


@pytest.fixture(autouse=True)
def no_workflow_of_wagtails_own(transactional_db: None) -> None:
    """Take Wagtail's own approval off the pages: it is there before the first test alone."""
    WorkflowPage.objects.all().delete()


def report_of(school: SchoolPage) -> Any:
    return school.get_children().get(slug="sen-information-report").specific


def test_first_report(home: WagtailPage, sign_in: Callable[..., Page]) -> None:
    chapter, school = Chapter("first-report"), factories.make_school(home)
    desk = sign_in(school)
    desk.goto(f"/admin/pages/{school.pk}/")
    # What the step names is on two screens, one after the other.
    expect(desk.get_by_role("link", name="Add child page").first).to_be_attached()
    desk.goto(f"/admin/pages/{school.pk}/add_subpage/")
    chapter.left["first-add"] = without(chapter.left["first-add"], "Add child page")
    chapter.stand(desk, "first-add", desk.locator("main .listing"))
    desk.get_by_role("link", name="SEN information report").first.click()
    first = desk.locator("section[id^=block-]").first
    expect(first.locator("[contenteditable=true]").first).to_be_visible()
    chapter.stand(desk, "first-answer", first)
    chapter.stand(desk, "first-publish", *open_footer(desk))
    chapter.end()


def without(step: guide.Step, label: str) -> guide.Step:
    assert label in step.labels
    labels = tuple(each for each in step.labels if each != label)
    return guide.Step(step.name, labels, step.is_shown)


def test_checklist(school: SchoolPage, sign_in: Callable[..., Page]) -> None:
    chapter = Chapter("checklist")
    report = factories.empty(report_of(school), "parents")
    report.review_date = None
    report.save_revision()
    desk = sign_in(school)
    open_report(desk, school)
    desk.wait_for_function("() => window.timesFormTookStock >= 2")
    expect(desk.locator(f"{PANEL} .senoffer-summary")).to_contain_text("suggestion")
    panel = desk.locator(PANEL)
    chapter.stand(desk, "list-summary", panel)
    # Once it is open, nothing asks for it to be opened.
    chapter.left["list-open"] = without(chapter.left["list-open"], "Show the list")
    expect(panel.get_by_text("Show the list")).to_be_visible()
    panel.locator(".senoffer-summary").click()
    chapter.stand(desk, "list-open", panel)
    publish(desk)
    expect(refusal(desk)).to_be_visible()
    chapter.stand(desk, "list-refused", desk.locator(".messages"))
    chapter.end()


def test_word(home: WagtailPage, sign_in: Callable[..., Page]) -> None:
    chapter, school = Chapter("word"), factories.make_school(home)
    report = factories.make_report(school, without="transition")
    desk = sign_in(school)
    desk.goto(f"/admin/pages/{report.pk}/edit/")
    desk.wait_for_function("() => window.timesFormTookStock >= 2")
    chapter.stand(desk, "word-menu", open_menu(desk))
    desk.goto(f"/admin/senoffer/word/{report.pk}/")
    chapter.stand(desk, "word-choose", desk.locator(DESK))
    lines = ("# Moving on", "Visits in June.", "# Lunch menu", "Pasta on Mondays.")
    file = {"name": "last-year.docx", "mimeType": "application/zip", "buffer": make(*lines)}
    desk.get_by_label("Word document").set_input_files(file)
    desk.get_by_role("button", name="Read the document").click()
    expect(desk.get_by_role("heading", name="What goes where")).to_be_visible()
    chapter.stand(desk, "word-places", desk.locator(f"{DESK} table").first)
    chapter.end()


def test_change(school: SchoolPage, sign_in: Callable[..., Page]) -> None:
    chapter, report = Chapter("change"), report_of(school)
    desk = sign_in(school)
    open_report(desk, school)
    write(desk, PARENTS, "Come and talk to us.")
    publish(desk)
    desk.get_by_label("What did you change?").fill("How parents are involved.")
    chapter.stand(desk, "change-publish", desk.locator(f"{DESK} form").first)
    say_what_changed(desk, "How parents are involved.")
    desk.goto(f"/admin/senoffer/versions/{report.pk}/")
    chapter.stand(desk, "change-correct", desk.locator(DESK))
    chapter.stand(desk, "change-back")
    chapter.end()


def test_new_year(school: SchoolPage, sign_in: Callable[..., Page]) -> None:
    chapter, report = Chapter("new-year"), report_of(school)
    desk = sign_in(school)
    desk.goto(f"/admin/senoffer/versions/{report.pk}/")
    expect(desk.get_by_role("link", name="Start the new year")).to_be_visible()
    desk.get_by_role("link", name="Start the new year").click()
    expect(desk.get_by_role("button", name="Make the draft")).to_be_visible()
    chapter.stand(desk, "year-start", desk.locator("main .w-header"), desk.locator(DESK))
    desk.get_by_role("button", name="Make the draft").click()
    ticks = desk.locator("input[name=reread]")
    ticks.first.check()
    labels = desk.locator("label:has(input[name=reread])")
    chapter.stand(desk, "year-read", labels.first, labels.nth(5))
    publish(desk)
    expect(desk.get_by_text("sections have not been read again")).to_be_visible()
    chapter.stand(desk, "year-publish", desk.locator(f"{DESK} .help-warning"))
    chapter.end()


def test_approval(school: SchoolPage, sign_in: Callable[..., Page]) -> None:
    chapter, report = Chapter("approval"), report_of(school)
    desk = sign_in(school)
    office = User.objects.get(username=f"{school.slug}-office")
    office.groups.get().permissions.add(Permission.objects.get(codename="change_workflow"))
    desk.goto(f"/admin/senoffer/approval/{school.pk}/")
    chapter.stand(desk, "approval-who", desk.locator(f"{DESK} form"))
    arrange(school, {"headteacher": [office]})
    report.save_revision()
    desk.goto(f"/admin/pages/{report.pk}/edit/")
    chapter.stand(desk, "approval-submit", *open_footer(desk))
    desk.get_by_role("button", name="Submit to").click()
    expect(desk.locator(".messages .success")).to_be_visible()
    desk.goto(f"/admin/pages/{report.pk}/edit/")
    chapter.stand(desk, "approval-approve", *open_footer(desk))
    chapter.end()


def test_take_down(school: SchoolPage, sign_in: Callable[..., Page]) -> None:
    chapter, report = Chapter("take-down"), report_of(school)
    desk = sign_in(school)
    office = User.objects.get(username=f"{school.slug}-office")
    office.user_permissions.add(Permission.objects.get(codename="redact_version"))
    desk.goto(f"/admin/senoffer/versions/{report.pk}/")
    expect(desk.get_by_role("link", name="Take it down")).to_be_visible()
    desk.get_by_role("link", name="Take it down").click()
    expect(desk.get_by_label("Why do you take it down?")).to_be_visible()
    chapter.stand(desk, "down-reason", desk.locator(f"{DESK} form"))
    content.publish(factories.say(report_of(school), "parents", "<p>Come and talk to us.</p>"))
    desk.goto(f"/admin/senoffer/versions/{report.pk}/")
    chapter.stand(desk, "down-words", desk.locator(f"{DESK} table"))
    desk.get_by_role("link", name="Remove words").last.click()
    expect(desk.get_by_role("button", name="Remove for good")).to_be_visible()
    chapter.stand(desk, "down-for-good")
    chapter.end()


def test_e_mails(home: WagtailPage, sign_in: Callable[..., Page]) -> None:
    # Of pupils so young no inclusion strategy is asked: what is due is the same on every day.
    chapter, school = Chapter("e-mails"), factories.make_school(home, maximum_age=5)
    due = timezone.localdate() + timedelta(days=30)
    content.publish(factories.make_report(school, review_date=due))
    desk = sign_in(school)
    call_command("senoffer_remind", verbosity=0)
    (letter,) = mail.outbox
    desk.goto("/admin/")
    panel = desk.locator("#senoffer-due-soon-section, #senoffer-due-soon").first
    chapter.stand(desk, "mail-panel", panel)
    desk.goto("about:blank")
    desk.set_content(letter.alternatives[0][0])
    desk.add_style_tag(content="body { font: 16px system-ui; max-width: 40rem; }")
    chapter.stand(desk, "mail-letter", desk.locator("body"))
    chapter.end()


def test_all_schools(home: WagtailPage, sign_in: Callable[..., Page]) -> None:
    chapter, school = Chapter("all-schools"), factories.make_school(home)
    yesterday = timezone.localdate() - timedelta(days=1)
    content.publish(factories.make_report(school, review_date=yesterday))
    desk = sign_in(school)
    desk.get_by_role("button", name="Reports").click()
    desk.get_by_role("link", name="How schools stand").click()
    expect(desk.get_by_role("region", name="Schools and sections")).to_be_visible()
    chapter.stand(desk, "all-table")
    desk.get_by_role("button", name="Show filters").click()
    expect(desk.get_by_role("button", name="As at")).to_be_visible()
    chapter.stand(desk, "all-filters")
    desk.keyboard.press("Escape")
    desk.get_by_role("rowheader", name=school.title).get_by_role("link").click()
    expect(desk.get_by_role("link", name="All schools")).to_be_visible()
    chapter.stand(desk, "all-school")
    chapter.end()


def test_nothing_on_the_guides_pages_is_hard_to_use(
    home: WagtailPage, sign_in: Callable[..., Page], axe: Callable[..., list[Any]]
) -> None:
    desk = sign_in(factories.make_school(home))
    shown = [step.name for task in TASKS for step in guide.steps(task.slug).values()]
    if WRITE:
        for path in guide.FOLDER.glob("*.png"):
            if path.stem not in shown:
                path.unlink()
    for path in ("", *(f"{task.slug}/" for task in TASKS)):
        desk.goto(f"/admin/senoffer/guide/{path}")
        assert axe(desk, "main .senoffer-guide") == []
        assert desk.evaluate(BROKEN) == []
