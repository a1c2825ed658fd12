"""Links to the website itself are looked up, not dialled."""

from typing import Any

import pytest
from django.utils import translation
from wagtail.contrib.redirects.models import Redirect
from wagtail.documents.models import Document
from wagtail.models import Locale, Page, Site

from example_site import content
from tests import factories
from wagtail_senoffer.editor.local_links import own_faults, own_places
from wagtail_senoffer.suggestions import Fault, LinkFault

BASE = "http://school.example"
GONE, UNPUBLISHED = LinkFault(Fault.GONE), LinkFault(Fault.UNPUBLISHED)


@pytest.fixture
def folder(home: Page) -> Page:
    """Return a live page that is none of ours."""
    return factories.make_folder(home)


def faults(*paths: str, school: str = "") -> dict[str, Any]:
    found = own_faults([f"{BASE}{path}" for path in paths], school)
    return {url.removeprefix(BASE): fault for url, fault in found.items()}


def test_pages_that_are_there_are_fine(folder: Page) -> None:
    paths = ("", "/", "/folder", "/folder/", "/folder/?a=b", "/folder/#part", "//folder/")
    assert faults(*paths) == {}


def test_a_page_of_the_school_that_is_not_published_is_told(folder: Page) -> None:
    folder.unpublish()
    assert faults("/folder/", "/folder/?a", school=folder.url_path) == {
        "/folder/": UNPUBLISHED,
        "/folder/?a": UNPUBLISHED,
    }


def test_p9_a_draft_of_another_school_is_as_if_it_were_not_there(folder: Page, school: Any) -> None:
    draft = factories.make_school(folder.get_parent(), slug="oak", live=False)
    report = factories.make_report(draft)
    ours = {"school": school.url_path}
    assert faults("/oak/", "/none/", **ours) == {"/oak/": GONE, "/none/": GONE}
    content.publish(draft)
    assert faults(f"/oak/{report.slug}/", "/oak/none/", **ours) == {}


def test_a_page_that_is_not_there_is_gone(folder: Page) -> None:
    assert faults("/foldre/", "/folder/none/", "/folder/") == {
        "/foldre/": GONE,
        "/folder/none/": GONE,
    }


def test_a_redirect_answers_for_a_page_that_is_gone(folder: Page) -> None:
    Redirect.add_redirect("/old", redirect_to=folder)
    assert faults("/old/", "/older/") == {"/older/": GONE}


@pytest.mark.urls("tests.editor.languages")
def test_where_each_language_has_its_own_addresses_they_are_looked_up_in_it(
    folder: Page, settings: Any
) -> None:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "django.middleware.locale.LocaleMiddleware"]
    polish = Locale.objects.create(language_code="pl")
    root = folder.get_parent().copy_for_translation(polish)
    folder.copy_for_translation(polish)
    root.get_latest_revision().publish()
    Page.objects.get(locale=polish, slug__startswith="folder").get_latest_revision().publish()
    there = Page.objects.get(locale=polish, slug__startswith="folder").slug
    for language in ("en", "pl"):
        with translation.override(language):
            assert faults("/folder/", f"/pl/{there}/", "/pl/none/", "/none/") == {
                "/pl/none/": GONE,
                "/none/": GONE,
            }


def test_below_a_page_with_addresses_of_its_own_nothing_is_said(report: Any) -> None:
    path = report.url.removeprefix(BASE)
    assert faults(path, f"{path}versions/", f"{path}whatever/") == {}


def test_what_no_page_serves_is_not_judged(folder: Page) -> None:
    assert faults("/admin/", "/static/x.css", "/senoffer/documents") == {}


def test_documents_are_looked_up_by_their_number(home: Page) -> None:
    document = Document.objects.create(title="Plan", file="plan.pdf")
    huge = "/documents/99999999999999999999999999/plan.pdf"
    there, gone = document.url, f"/documents/{document.pk + 1}/plan.pdf"
    assert faults(there, gone, huge) == {gone: GONE}


def test_only_addresses_of_a_site_are_ours(folder: Page) -> None:
    Site.objects.create(hostname="other.example", port=8000, root_page=folder)
    ours = [f"{BASE}/x", "https://school.example/x", "http://other.example:8000/", BASE + ":80/"]
    others = ["http://school.example.org/", "http://council.example/", f"{BASE}:81/", "http://[x/"]
    assert sorted(own_places([*ours, *others])) == sorted(ours)
    assert own_faults(["http://other.example:8000/", "http://other.example:8000/a/"]) == {
        "http://other.example:8000/a/": GONE
    }


def test_many_links_take_as_many_queries_as_one(
    folder: Page, django_assert_num_queries: Any
) -> None:
    Document.objects.create(title="Plan", file="plan.pdf")
    with django_assert_num_queries(4):
        faults("/a/", "/documents/1/plan.pdf")
    with django_assert_num_queries(4):
        faults(*(f"/{n}/" for n in range(50)), *(f"/documents/{n}/x.pdf" for n in range(50)))
