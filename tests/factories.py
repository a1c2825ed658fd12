"""Makes pages for the tests from the demo content."""

from functools import cache
from typing import Any

from django.conf import settings
from wagtail.models import Locale, Page, Site

from example_site import content
from example_site.models import TrustHomePage
from wagtail_senoffer.models import SchoolOfferPage, SchoolPage, SENInformationReportPage


@cache
def larkfield() -> dict[str, Any]:
    """Return the content of a mainstream school that answers everything."""
    return content.read("larkfield-primary")


def make_home() -> Page:
    """Make the only Site, http://school.example, with a new root page."""
    Locale.objects.get_or_create(language_code=settings.LANGUAGE_CODE)
    root = Page.get_first_root_node() or Page.add_root(title="Root", slug="root")
    home = TrustHomePage(title="Trust", slug="trust")
    root.add_child(instance=home)
    Site.objects.all().delete()
    Site.objects.create(hostname="school.example", root_page=home, is_default_site=True)
    Site.clear_site_root_paths_cache()
    return home


def make_school(
    home: Page, slug: str = "larkfield", *, live: bool = True, **fields: Any
) -> SchoolPage:
    """Make a school, by default published."""
    values = {**larkfield()["school"], "slug": slug, **fields}
    school = SchoolPage(**values, live=False)
    home.add_child(instance=school)
    if live:
        content.publish(school)
        school = SchoolPage.objects.get(pk=school.pk)
    return school


def make_report(
    school: SchoolPage, *, without: str = "", **fields: Any
) -> SENInformationReportPage:
    """Make a draft report; `without` names a section that is left empty."""
    values = larkfield()["report"] | fields
    sections = {code: value for code, value in values["sections"].items() if code != without}
    return content.add(
        school,
        SENInformationReportPage,
        "SEN information report",
        {**values, "sections": sections},
        None,
    )


def make_published_report(school: SchoolPage) -> SENInformationReportPage:
    """Make a complete, live report with Version 1."""
    page = make_report(school)
    content.publish(page)
    page.refresh_from_db()
    return page


def make_offer(school: SchoolPage, **fields: Any) -> SchoolOfferPage:
    """Make a draft offer with no answers of its own."""
    values = {**larkfield()["offer"], "answers": {}, **fields}
    return content.add(school, SchoolOfferPage, "School Offer", values, None)


def empty(page: Any, code: str) -> Any:
    """Empty one section of a page in memory; return the page."""
    raw = page.body.get_prep_value()
    for block in raw:
        if block["type"] == code:
            block["value"] = {}
    page.body = page._meta.get_field("body").stream_block.to_python(raw)
    return page


def say(page: Any, code: str, html: str) -> Any:
    """Write words into one section of a page in memory; return the page."""
    raw = page.body.get_prep_value()
    for block in raw:
        if block["type"] == code:
            block["value"]["body"] = html
    page.body = page._meta.get_field("body").stream_block.to_python(raw)
    return page


def make_folder(home: Page, slug: str = "folder") -> Page:
    """Make a page that is none of ours."""
    folder = Page(title=slug.title(), slug=slug)
    home.add_child(instance=folder)
    return folder
