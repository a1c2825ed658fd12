"""What parents get: plain pages that work on a phone, on paper, and for everyone."""

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from wagtail.models import Page as WagtailPage

from example_site import content
from tests import factories

pytestmark = pytest.mark.browser

SCHOOL = "/larkfield/"
REPORT = "/larkfield/sen-information-report/"
OFFER = "/larkfield/school-offer/"
STRATEGY = "/larkfield/inclusion-strategy/"
VERSIONS = f"{STRATEGY}versions/"
ARCHIVED = f"{STRATEGY}versions/1/"
GONE = "/closed/"
ALL = (SCHOOL, REPORT, OFFER, STRATEGY, VERSIONS, ARCHIVED, GONE)

# As long as real ones: nothing in it lets a browser break the line.
EMAIL = "office@stmarysandstjosephsprimary.westmarch.sch.uk"
SCHEMES = ["light", "dark"]


@pytest.fixture(autouse=True)
def _site(home: WagtailPage) -> None:
    """Publish Larkfield, its strategy in two Versions; a school that closed stands beside it."""
    words = content.read("larkfield-primary")
    words["school"]["email"] = words["report"]["sections"]["senco"]["email"] = EMAIL
    school = content.add_school(home, words)
    strategy = school.get_children().get(slug="inclusion-strategy").specific
    content.publish(factories.say(strategy, "inclusion_period", "<p>It runs for three years.</p>"))
    factories.make_school(home, slug=GONE.strip("/")).unpublish()


def visit(tab: Page, paths: tuple[str, ...] = ALL) -> Iterator[str]:
    """Open public pages in turn and yield their addresses."""
    for path in paths:
        response = tab.goto(path)
        assert (path, response.status) == (path, 410 if path == GONE else 200)
        yield path


def test_every_page_can_be_read_without_javascript_and_asks_no_other_site(
    open_tab: Callable[..., Page], elsewhere: list[str]
) -> None:
    tab = open_tab(java_script_enabled=False)
    for _path in visit(tab):
        expect(tab.locator("html")).to_have_attribute("lang", "en")
        expect(tab.get_by_role("heading", level=1)).to_have_count(1)
        expect(tab.get_by_role("main")).to_be_visible()
        # What is left are facts for search engines, which no browser runs.
        expect(tab.locator('script:not([type="application/ld+json"])')).to_have_count(0)
    tab.goto(REPORT)
    expect(tab.get_by_role("main")).to_contain_text("You know your child best.")
    assert elsewhere == []


def test_no_page_scrolls_sideways(open_tab: Callable[..., Page]) -> None:
    tab = open_tab()
    wider = {}
    for path in visit(tab):
        for width in (320, 390, 1280):
            tab.set_viewport_size({"width": width, "height": 800})
            page, window = tab.evaluate(
                "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
            )
            if page > window:
                wider[path, width] = page
    assert wider == {}


def test_headings_never_skip_a_level(open_tab: Callable[..., Page]) -> None:
    tab = open_tab()
    skipped = []
    for path in visit(tab):
        headings = tab.locator("h1, h2, h3, h4, h5, h6").evaluate_all(
            "found => found.map(each => [Number(each.tagName[1]), each.textContent])"
        )
        assert headings[0][0] == 1
        skipped += [(path, low) for high, low in pairwise(headings) if low[0] > high[0] + 1]
    assert skipped == []


def test_every_link_within_a_page_has_a_target(open_tab: Callable[..., Page]) -> None:
    tab = open_tab()
    for path in visit(tab):
        ids = tab.locator("[id]").evaluate_all("found => found.map(each => each.id)")
        assert (path, sorted(ids)) == (path, sorted(set(ids)))
        links = tab.locator("a[href^='#']")
        targets = links.evaluate_all("found => found.map(each => each.hash.slice(1))")
        assert (path, [each for each in targets if each not in ids]) == (path, [])
    tab.goto(REPORT)
    contents = tab.get_by_role("navigation", name="On this page").get_by_role("link")
    expect(contents).to_have_count(25)
    contents.last.click()
    expect(tab.get_by_role("heading", level=2).last).to_be_in_viewport()


def test_the_skip_link_works_by_keyboard(open_tab: Callable[..., Page]) -> None:
    tab = open_tab()
    for _path in visit(tab):
        skip = tab.get_by_role("link", name="Skip to the content")
        expect(skip).not_to_be_in_viewport()
        tab.keyboard.press("Tab")
        expect(skip).to_be_focused()
        expect(skip).to_be_in_viewport()
        tab.keyboard.press("Enter")
        tab.keyboard.press("Tab")
        expect(tab.locator("main :focus")).to_have_count(1)


def test_the_ring_around_a_focused_link_stands_out(open_tab: Callable[..., Page]) -> None:
    tab = open_tab()
    tab.goto(VERSIONS)
    link = tab.get_by_role("link", name="See the current version")
    tab.get_by_role("main").get_by_role("link").first.focus()
    tab.keyboard.press("Tab")
    expect(link).to_be_focused()
    for scheme in SCHEMES:
        tab.emulate_media(color_scheme=scheme)
        ring, paper = link.evaluate(
            "link => [getComputedStyle(link).outlineColor, "
            "getComputedStyle(document.body).backgroundColor]"
        )
        # WCAG 2.2, 1.4.11. axe does not look at this.
        assert contrast(ring, paper) >= 3, (ring, paper)


def contrast(one: str, other: str) -> float:
    """Return WCAG's contrast ratio of two colours like “rgb(0, 0, 0)”."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """Return WCAG's relative luminance of a colour."""
    parts = [int(each) / 255 for each in re.findall(r"\d+", colour)[:3]]
    linear = [
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts
    ]
    return sum(weight * each for weight, each in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_paper_shows_dark_words_and_no_navigation(open_tab: Callable[..., Page]) -> None:
    tab = open_tab(color_scheme="dark")
    for path in (REPORT, OFFER, STRATEGY):
        tab.emulate_media(media="screen")
        tab.goto(path)
        contents = tab.get_by_role("navigation", name="On this page")
        expect(contents).to_be_visible()
        tab.emulate_media(media="print")
        expect(contents).to_have_count(0)
        expect(tab.get_by_role("link", name="Skip to the content")).to_have_count(0)
        expect(tab.get_by_role("heading", level=2).first).to_be_visible()
        expect(tab.locator("body")).to_have_css("color", "rgb(26, 36, 48)")


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", [390, 1280], ids=["phone", "desktop"])
def test_axe_finds_nothing_against_wcag_2_2_aa(
    open_tab: Callable[..., Page], axe: Callable[..., list[Any]], scheme: str, width: int
) -> None:
    tab = open_tab(color_scheme=scheme, viewport={"width": width, "height": 900})
    assert [(path, *broken) for path in visit(tab) for broken in axe(tab)] == []


def test_axe_finds_nothing_in_the_packages_own_frame(
    open_tab: Callable[..., Page], axe: Callable[..., list[Any]], settings: Any
) -> None:
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": []}]
    for scheme in SCHEMES:
        tab = open_tab(color_scheme=scheme)
        paths = (SCHOOL, VERSIONS, ARCHIVED)
        assert [(path, *broken) for path in visit(tab, paths) for broken in axe(tab)] == []
        expect(tab.locator("body")).to_have_class("senoffer")
