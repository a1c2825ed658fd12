"""What data there is, for data catalogues and for whoever looks for APIs."""

from typing import Any

import pytest
from django.test import Client
from wagtail.models import Page, Site

from tests.feed.client import ask
from wagtail_senoffer.feed import discovery

pytestmark = pytest.mark.django_db

CATALOG = "/senoffer/catalog.jsonld"
ROOT = "http://school.example"
LICENCE = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"


def test_the_dataset_is_described_with_its_publisher_and_licence(home: Page) -> None:
    Site.objects.update(site_name='Trust "ż" </script>')
    response = ask(CATALOG)
    found = response.json()
    assert response["Content-Type"] == "application/ld+json"
    assert {name: found[name] for name in ("@id", "@type", "dct:title", "dct:license")} == {
        "@id": f"{ROOT}{CATALOG}#dataset",
        "@type": "dcat:Dataset",
        "dct:title": 'Trust "ż" </script>: special educational needs and disabilities',
        "dct:license": {"@id": LICENCE},
    }
    assert found["dct:publisher"] == {
        "@type": "foaf:Agent",
        "foaf:name": 'Trust "ż" </script>',
        "foaf:homepage": {"@id": f"{ROOT}/"},
    }


def test_each_face_is_a_distribution(home: Page) -> None:
    found = ask(CATALOG).json()["dcat:distribution"]
    types = "https://www.iana.org/assignments/media-types/"
    assert {each["@id"]: each["dcat:mediaType"]["@id"] for each in found} == {
        f"{ROOT}/open-referral/v3/services": f"{types}application/json",
        f"{ROOT}/open-referral/v3/services?format=ndjson": f"{types}application/x-ndjson",
        f"{ROOT}/open-referral/v3/rpde/services": f"{types}application/json",
        f"{ROOT}/senoffer/changes.atom": f"{types}application/atom+xml",
        f"{ROOT}/senoffer/offers.csv": f"{types}text/csv",
        f"{ROOT}/senoffer/documents": f"{types}application/json",
    }
    assert [each["dct:license"] for each in found] == [{"@id": LICENCE}] * 6


def test_the_licence_is_a_setting_and_may_be_none(home: Page, settings: Any) -> None:
    settings.WAGTAIL_SENOFFER = {"FEED_LICENCE": ""}
    found = ask(CATALOG).json()
    assert [each for each in (found, *found["dcat:distribution"]) if "dct:license" in each] == []


def test_what_a_harvester_takes_whole_can_be_downloaded(home: Page) -> None:
    found = ask(CATALOG).json()["dcat:distribution"]
    whole = [each["dcat:downloadURL"]["@id"] for each in found if "dcat:downloadURL" in each]
    assert whole == [
        f"{ROOT}/open-referral/v3/services?format=ndjson",
        f"{ROOT}/senoffer/offers.csv",
    ]


def test_the_api_catalog_is_a_linkset_of_the_apis(home: Page) -> None:
    response = ask("/.well-known/api-catalog")
    profile = "https://www.rfc-editor.org/info/rfc9727"
    assert response["Content-Type"] == f'application/linkset+json; profile="{profile}"'
    assert response["Link"] == f'<{ROOT}/.well-known/api-catalog>; rel="api-catalog"'
    openapi = {"href": f"{ROOT}/open-referral/v3/openapi.json", "type": "application/json"}
    dataset = {"href": f"{ROOT}{CATALOG}", "type": "application/ld+json"}
    assert response.json() == {
        "linkset": [
            {
                "anchor": f"{ROOT}/.well-known/api-catalog",
                "item": [
                    {"href": f"{ROOT}/open-referral/v3"},
                    {"href": f"{ROOT}/senoffer/documents"},
                    *(
                        {"href": f"{ROOT}{face.path}", "type": face.media_type, "title": face.title}
                        for face in discovery.DISTRIBUTIONS
                        if face != discovery.DOCUMENTS
                    ),
                ],
            },
            {
                "anchor": f"{ROOT}/open-referral/v3",
                "service-desc": [openapi],
                "service-doc": [{"href": "https://openreferraluk.org/", "type": "text/html"}],
                "service-meta": [dataset],
            },
            {
                "anchor": f"{ROOT}/senoffer/documents",
                "service-desc": [openapi],
                "service-meta": [dataset],
            },
        ]
    }


def test_a_head_request_finds_the_api_catalog_too(home: Page) -> None:
    response = Client().head("/.well-known/api-catalog", HTTP_HOST="school.example")
    assert response["Link"] == f'<{ROOT}/.well-known/api-catalog>; rel="api-catalog"'


def test_p7_the_addresses_are_the_sites_not_the_requests(home: Page) -> None:
    Site.objects.update(port=443)
    Site.clear_site_root_paths_cache()
    for path in (CATALOG, "/.well-known/api-catalog"):
        answer = ask(path).content.decode()
        assert ("https://school.example/" in answer, "http://school.example" in answer) == (
            True,
            False,
        )
