"""schema.org data on the public pages: what the page shows, and nothing that breaks out of it."""

import json
import re
from typing import Any

import pytest

from example_site import content
from tests import factories
from tests.feed.client import ask
from wagtail_senoffer.document import Address, School
from wagtail_senoffer.feed import jsonld
from wagtail_senoffer.models import SchoolPage, Version
from wagtail_senoffer.vocabularies import Phase

pytestmark = pytest.mark.django_db

SCHOOL = "http://school.example/larkfield/"
REPORT = "/larkfield/sen-information-report/"
_SCRIPT = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


def found_on(path: str) -> list[Any]:
    """Return the data of a page, as a search engine reads it."""
    return [json.loads(each) for each in _SCRIPT.findall(ask(path).content.decode())]


def the_school() -> dict[str, Any]:
    return {
        "@id": f"{SCHOOL}#school",
        "@type": "School",
        "name": "Larkfield Primary Academy (demo)",
        "url": "https://larkfield.example/",
        "mainEntityOfPage": SCHOOL,
        "identifier": [
            {"@type": "PropertyValue", "propertyID": "URN", "value": "190001"},
            {"@type": "PropertyValue", "propertyID": "UKPRN", "value": "19000001"},
            {"@type": "PropertyValue", "propertyID": "LAESTAB", "value": "9902001"},
        ],
        "address": {
            "@type": "PostalAddress",
            "streetAddress": "12 Larkfield Lane",
            "addressLocality": "Westmarch",
            "postalCode": "ZZ99 1AA",
            "addressCountry": "GB",
        },
        "telephone": "01632 960101",
        "email": "office@larkfield.example",
        "parentOrganization": {"@type": "Organization", "name": "Kestrel Bridge Learning Trust"},
    }


def test_the_schools_page_says_who_the_school_is(school: SchoolPage) -> None:
    introduction = Version.objects.get().document().introduction.text
    assert found_on("/larkfield/") == [
        {"@context": "https://schema.org", **the_school(), "description": introduction}
    ]


def test_a_report_says_when_it_was_published_and_whom_it_is_about(report: Any) -> None:
    version = Version.objects.get(kind="sen-information-report")
    url = f"http://school.example{REPORT}"
    page = {
        "@id": url,
        "@type": ["WebPage", "Report"],
        "url": url,
        "name": "SEN information report",
        "inLanguage": "en",
        "version": "1",
        "datePublished": f"{version.created_at:%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z",
        "lastReviewed": "2026-09-22",
        "encoding": {
            "@type": "MediaObject",
            "contentUrl": f"{url}document.json",
            "encodingFormat": "application/json",
        },
        "about": {"@id": f"{SCHOOL}#school"},
        "publisher": {"@id": f"{SCHOOL}#school"},
    }
    assert found_on(REPORT) == [{"@context": "https://schema.org", "@graph": [page, the_school()]}]


def test_an_offer_is_a_page_but_no_report(report: Any) -> None:
    content.publish(factories.make_offer(SchoolPage.objects.get()))
    [found] = found_on("/larkfield/school-offer/")
    assert found["@graph"][0]["@type"] == "WebPage"


@pytest.mark.parametrize("path", ["versions/", "versions/1/"])
def test_the_archive_is_not_what_the_school_says_now(report: Any, path: str) -> None:
    assert found_on(REPORT + path) == []


def test_what_was_withdrawn_says_nothing(report: Any) -> None:
    report.unpublish()
    assert found_on(REPORT) == []


@pytest.mark.parametrize(
    "hostile", ["</script><script>alert(1)</script>", "<!-- <script>", "& ż 学校 \" ' \\"]
)
def test_hostile_words_stay_words(report: Any, hostile: str) -> None:
    report.title = hostile
    content.publish(report)
    html = ask(REPORT).content.decode()
    [script] = _SCRIPT.findall(html)
    assert [sign for sign in "<>&" if sign in script] == []
    assert json.loads(script)["@graph"][0]["name"] == hostile


def test_it_is_drawn_from_the_version_not_from_the_live_row(report: Any) -> None:
    before = found_on(REPORT)
    SchoolPage.objects.update(title="Row title", email="row@school.example")
    type(report).objects.update(title="Row title")
    assert found_on(REPORT) == before


def a_document(report: Any, **changes: Any) -> Any:
    document = Version.objects.get(kind="sen-information-report").document()
    return document.model_copy(update=changes)


def described(document: Any, school_url: str = SCHOOL) -> list[Any]:
    published = Version.objects.latest("created_at").created_at
    found = jsonld.described(document, f"{SCHOOL}r/", school_url, number=1, published=published)
    return found["@graph"]


def test_what_is_not_known_is_left_out(report: Any) -> None:
    school = School(key=report.school_key, name="Nameless")
    _page, found = described(a_document(report, school=school))
    assert found == {
        "@id": f"{SCHOOL}#school",
        "@type": "School",
        "name": "Nameless",
        "url": SCHOOL,
        "mainEntityOfPage": SCHOOL,
    }


def test_a_page_without_a_school_above_it_refers_to_none(report: Any) -> None:
    page, found = described(a_document(report), school_url="")
    assert [name for name in ("about", "publisher") if name in page] == []
    assert "@id" not in found


def test_a_college_is_no_school_and_half_an_address_is_one(report: Any) -> None:
    address = Address(locality="Old Town", postcode="ZZ99 1AA")
    school = School(
        key=report.school_key, name="College", phase=Phase.SIXTEEN_PLUS, address=address
    )
    _page, found = described(a_document(report, school=school))
    assert found["@type"] == "EducationalOrganization"
    assert found["address"] == {
        "@type": "PostalAddress",
        "streetAddress": "Old Town",
        "postalCode": "ZZ99 1AA",
        "addressCountry": "GB",
    }


def test_nobody_is_named(report: Any) -> None:
    text = json.dumps([*found_on(REPORT)])
    assert [name for name in ("Pemberley", "Corrigan", "senco@") if name in text] == []
