"""One page of a site is enough to find its feeds; and what all small faces have in common."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import Page, Site

from example_site import content
from tests import factories
from tests.feed.client import ask
from wagtail_senoffer.changes import settle
from wagtail_senoffer.feed import discovery

pytestmark = pytest.mark.django_db

ROOT = "http://school.example"
FACES = [
    "/senoffer/changes.atom",
    "/senoffer/offers.csv",
    "/senoffer/catalog.jsonld",
    "/.well-known/api-catalog",
]
every_face = pytest.mark.parametrize("path", FACES)
_LINK = re.compile(r'<link rel="(alternate|api-catalog)"(?: type="([^"]*)")?.*? href="([^"]*)">')


def links(html: str) -> list[tuple[str, str, str]]:
    """Return relation, type and address of the links to feeds in a page."""
    return _LINK.findall(html)


def links_of(root: str) -> list[tuple[str, str, str]]:
    return [
        ("alternate", "application/json", f"{root}/open-referral/v3/services"),
        ("alternate", "application/atom+xml", f"{root}/senoffer/changes.atom"),
        ("alternate", "text/csv", f"{root}/senoffer/offers.csv"),
        ("api-catalog", "", f"{root}/.well-known/api-catalog"),
    ]


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


@pytest.mark.parametrize(
    "path",
    ["/", "/larkfield/", "/larkfield/sen-information-report/", "/larkfield/versions/", "/no/"],
)
def test_each_page_leads_to_the_feeds(report: Any, path: str) -> None:
    assert links(ask(path).content.decode()) == links_of(ROOT)


def test_what_a_page_leads_to_is_there(report: Any) -> None:
    found = links(ask("/").content.decode())
    answers = [ask(url.removeprefix(ROOT)) for _rel, _type, url in found]
    assert [response.status_code for response in answers] == [200] * 4
    types = [response["Content-Type"].split(";")[0] for response in answers]
    assert types == [*(type_ for _rel, type_, _url in found[:3]), "application/linkset+json"]


def test_what_the_catalogues_lead_to_is_there(report: Any) -> None:
    linkset = ask(discovery.API_CATALOG).json()["linkset"]
    urls = {
        link["href"] for each in linkset for key in each if key != "anchor" for link in each[key]
    }
    dataset = ask("/senoffer/catalog.jsonld").json()
    urls |= {each["@id"] for each in dataset["dcat:distribution"]}
    ours = sorted(url for url in urls if url.startswith(ROOT))
    found = {url: ask(url.removeprefix(ROOT)).status_code for url in ours}
    assert found == dict.fromkeys(ours, 200)


def test_p7_the_links_are_the_sites_at_whatever_host(client: Client, report: Any) -> None:
    html = ask("/larkfield/", "localhost").content.decode()
    assert links(html) == links_of(ROOT)


def test_a_page_leads_to_the_feeds_of_its_own_site(report: Any) -> None:
    Site.objects.create(hostname="own.example", port=443, root_page=report.get_parent())
    Site.clear_site_root_paths_cache()
    request = RequestFactory().get("/", headers={"host": "school.example"})
    assert discovery.root_url(report, request) == "https://own.example"
    assert discovery.root_url(None, request) == ROOT


def test_where_no_site_is_known_there_are_no_links(home: Page) -> None:
    request = RequestFactory().get("/", headers={"host": "localhost"})
    assert discovery.root_url(None, request) == discovery.root_url(Page(), None) == ""
    assert Template("{% load senoffer %}{% senoffer_feeds %}").render(Context()) == ""


def test_a_preview_of_a_new_page_is_shown(client: Client, school: Page, admin: User) -> None:
    draft = factories.make_report(school)
    draft.save_revision()
    client.force_login(admin)
    response = client.get(reverse("wagtailadmin_pages:view_draft", args=[draft.pk]))
    assert links(response.content.decode()) == links_of(ROOT)


def test_the_links_cost_no_query(report: Any, django_assert_num_queries: Any) -> None:
    request = RequestFactory().get("/", headers={"host": "school.example"})
    template = Template("{% load senoffer %}{% senoffer_feeds %}")
    template.render(Context({"request": request}))
    with django_assert_num_queries(0):
        template.render(Context({"request": request}))
        template.render(Context({"request": request, "page": report}))


@every_face
def test_an_answer_that_was_kept_is_the_same(report: Any, path: str) -> None:
    first, second = ask(path), ask(path)
    assert (first["Content-Type"], body(first)) == (second["Content-Type"], body(second))


@every_face
@pytest.mark.parametrize("query", ["colour=1", "colour=1&colour=2", "colour=", "colour=%00", "="])
def test_unknown_parameters_are_refused(report: Any, path: str, query: str) -> None:
    response = ask(f"{path}?{query}")
    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")


@pytest.mark.parametrize("query", ["before=1&before=1", "before=", "before=%00", "before=%20"])
def test_known_parameters_are_given_once_and_say_something(report: Any, query: str) -> None:
    response = ask(f"/senoffer/changes.atom?{query}")
    assert (response.status_code, response.json()["parameter"]) == (400, "before")


def make_schools(home: Page, numbers: range) -> None:
    for number in numbers:
        school = factories.make_school(home, f"school-{number}", urn=str(190100 + number))
        content.publish(factories.make_report(school))


def test_p11_queries_do_not_grow_with_the_number_of_schools(home: Page) -> None:
    def queries(path: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            body(ask(path))
        return len(captured)

    make_schools(home, range(3))
    settle()
    before = [queries(path) for path in FACES]
    make_schools(home, range(3, 30))
    settle()
    assert body(ask("/senoffer/offers.csv")).count(b"\r\n1901") == 30
    assert [queries(path) for path in FACES] == before
