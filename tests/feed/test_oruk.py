"""The mapping to Open Referral UK: pure, exact, and without anything empty."""

import json
import re
from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID, uuid5

import pytest
from django.utils import translation
from hypothesis import given

from tests.feed.expected import school_id
from tests.test_document import document, documents, few, section, words
from wagtail_senoffer import conf
from wagtail_senoffer.document import Address, Document, Provision, School, Senco
from wagtail_senoffer.feed import oruk
from wagtail_senoffer.feed.items import Item, Published
from wagtail_senoffer.feed.taxonomies import terms
from wagtail_senoffer.redaction import blank, fields
from wagtail_senoffer.rulesets import Kind
from wagtail_senoffer.vocabularies import Day, ProvisionLevel

KEY = UUID("6f0d2c1e-5b0a-4c1f-9f35-0a4f3f6f7b01")
LARKFIELD = school_id("136001")
SCHOOL = School(
    key=KEY,
    name="Larkfield",
    urn="136001",
    laestab="3302123",
    la_name="Birmingham",
    trust_name="Lark Trust",
    minimum_age=4,
    maximum_age=11,
    email="office@larkfield.example",
    telephone="0121 496 0000",
    address=Address(street="1 Lark Lane", town="Birmingham", postcode="b1 1aa"),
)
BASE = Provision(
    name="The Nest",
    level=ProvisionLevel.SPECIALIST,
    needs=("ASD",),
    when="On school days",
    body=words("A base for ten children."),
    listed=True,
    days=(Day("MO"), Day("TU")),
    opens_at=time(9),
    closes_at=time(15, 30),
)
SECTIONS = (
    section("kinds", needs=("ASD", "SPLD")),
    section("extra_support", provisions=(BASE, BASE.model_copy(update={"listed": False}))),
    section("senco", senco=Senco(name="Ms Senco", email="senco@larkfield.example")),
    section("parents", body=words("We meet.")),
    section("pupils", answered_in="parents"),
)


def published(found: Document, path: str = "") -> Published:
    """Return a Document as Version 2, published on 22 September 2026."""
    return Published(
        document=found,
        url=f"https://school.example/larkfield/{path}",
        number=2,
        sha256="a" * 64,
        record_hash="b" * 64,
        published=datetime(2026, 9, 22, 12, tzinfo=UTC),
        assured=datetime(2026, 11, 1, 12, tzinfo=UTC),
    )


def school_page(school: School = SCHOOL) -> Published:
    """Return the school's own Document."""
    return published(document(school=school, kind=Kind.SCHOOL, introduction=words("Hi.")))


def mapped(*others: Document, school: School = SCHOOL, **more: Any) -> list[Item]:
    """Return the items of a school with other Documents."""
    offering = {Kind.SCHOOL: school_page(school)}
    offering |= {each.kind: published(each, f"{each.kind.value}/") for each in others}
    return oruk.items(offering, conf.rulesets(), **more)


def report(*sections: Any, school: School = SCHOOL, **more: Any) -> Document:
    """Return a report of the school."""
    return document(*(sections or SECTIONS), school=school, **more)


def only(items: list[Item], kind: str, name: str = "") -> Item:
    """Return the one item of a kind, whose name has some words in it."""
    (item,) = (each for each in items if each.kind == kind and name in each.name)
    return item


def empties(value: Any, path: str = "") -> list[str]:
    """Return where something is null or empty."""
    if value is None or value in ("", [], {}):
        return [path]
    pairs: Any = value.items() if isinstance(value, dict) else ()
    pairs = enumerate(value) if isinstance(value, list) else pairs
    return [found for name, each in pairs for found in empties(each, f"{path}/{name}")]


def all_empties(items: list[Item]) -> list[str]:
    return [each for item in items for each in empties(item.body) + empties(item.summary)]


ORGANIZATION = {
    "id": str(LARKFIELD),
    "name": "Larkfield",
    "description": "Hi.",
    "email": "office@larkfield.example",
    "website": "https://school.example/larkfield/",
    "url": "https://school.example/larkfield/",
    "uri": "https://www.get-information-schools.service.gov.uk/Establishments/Establishment/"
    "Details/136001",
    "parent_organization_id": str(oruk.trust_id("Lark Trust")),
    "send_trust": "Lark Trust",
}
ADDRESS = {
    "id": str(uuid5(LARKFIELD, "address")),
    "location_id": str(uuid5(LARKFIELD, "location")),
    "address_1": "1 Lark Lane",
    "city": "Birmingham",
    "state_province": "Birmingham",
    "postal_code": "b1 1aa",
    "country": "GB",
    "address_type": "physical",
}
LOCATION = {
    "id": str(uuid5(LARKFIELD, "location")),
    "location_type": "physical",
    "name": "Larkfield",
    "addresses": [ADDRESS],
}


def identifier(scheme: str, kind: str, value: str) -> dict[str, str]:
    return {
        "id": str(uuid5(LARKFIELD, scheme)),
        "organization_id": str(LARKFIELD),
        "identifier_scheme": scheme,
        "identifier_type": kind,
        "identifier": value,
    }


def attribute(what: str, code: str) -> dict[str, Any]:
    term = next(each for each in terms().values() if each.code == code)
    return {
        "id": str(uuid5(LARKFIELD, f"{what}:attribute:{term.id}")),
        "link_type": "service",
        "taxonomy_term_id": str(term.id),
        "taxonomy_term": term.as_json(),
    }


def test_a_school_is_an_organization_with_its_identifiers() -> None:
    item = only(mapped(), "organization", "Larkfield")
    assert item == Item(
        kind="organization",
        id=LARKFIELD,
        name="Larkfield",
        body=ORGANIZATION
        | {
            "organization_identifiers": [
                identifier("GB-EDU", "URN", "136001"),
                identifier("GB-LAESTAB", "LAESTAB", "3302123"),
                identifier("GB-LAE", "Local authority code", "330"),
            ]
        },
        summary=ORGANIZATION,
        organization_id=oruk.trust_id("Lark Trust"),
        postcode="B11AA",
        words="larkfield hi. larkfield birmingham lark trust birmingham b1 1aa 136001",
    )


def test_a_trust_is_an_organization_that_schools_share() -> None:
    key = oruk.trust_id(" LARK  trust")
    body = {"id": str(key), "name": "Lark Trust", "description": "A school trust."}
    assert only(mapped(), "organization", "Lark Trust") == Item(
        "organization", key, "Lark Trust", body, body, words="lark trust", shared=True
    )


def test_a_listed_provision_is_a_service_of_its_own_with_its_hours() -> None:
    what = "provision:the nest:1"
    key = str(uuid5(LARKFIELD, what))
    summary = {
        "id": key,
        "organization_id": str(LARKFIELD),
        "name": "The Nest at Larkfield",
        "description": "A base for ten children.",
        "url": "https://school.example/larkfield/sen-information-report/",
        "email": "senco@larkfield.example",
        "status": "active",
        "minimum_age": 4,
        "maximum_age": 11,
        "assured_date": "2026-11-01",
    }
    place = str(uuid5(LARKFIELD, f"{what}:at-location"))
    contact = {"id": str(uuid5(LARKFIELD, "contact:SENCO")), "title": "SENCO"}
    item = only(mapped(report()), "service", "The Nest")
    assert item.summary == summary | {"organization": ORGANIZATION}
    assert item.body == summary | {
        "phones": [{"id": str(uuid5(LARKFIELD, "phone")), "number": "0121 496 0000"}],
        "schedules": [
            {
                "id": str(uuid5(LARKFIELD, f"{what}:schedule")),
                "service_id": key,
                "freq": "WEEKLY",
                "interval": 1,
                "byday": "MO,TU",
                "opens_at": "09:00:00",
                "closes_at": "15:30:00",
                "description": "On school days",
            }
        ],
        "service_areas": [
            {
                "id": str(uuid5(LARKFIELD, "area")),
                "name": "Birmingham",
                "extent_type": "name",
                "uri": "GB-LAE-330",
            }
        ],
        "service_at_locations": [
            {
                "id": place,
                "service_id": key,
                "location_id": LOCATION["id"],
                "location": LOCATION,
            }
        ],
        "locations": [LOCATION],
        "organization": ORGANIZATION,
        "contacts": [contact | {"name": "Ms Senco", "email": "senco@larkfield.example"}],
        "attributes": [attribute(what, "ASD"), attribute(what, "specialist")],
        "send_part_of": str(uuid5(LARKFIELD, "service")),
        "send_provision": {
            "level": "specialist",
            "needs": ["ASD"],
            "when": "On school days",
            "html": "<p>A base for ten children.</p>",
            "text": "A base for ten children.",
        },
    }
    assert (item.days, item.opens_at, item.closes_at) == ("MO,TU", "09:00", "15:30")
    assert (item.minimum_age, item.maximum_age, item.postcode) == (4, 11, "B11AA")


def test_a_report_is_a_service_that_names_its_sections() -> None:
    item = only(mapped(report()), "service", "SEN support")
    found = item.body["send_information_report"]["sections"]
    assert [each["code"] for each in found] == [each.code for each in SECTIONS]
    assert found[-1] == {
        "id": str(SECTIONS[-1].id),
        "code": "pupils",
        "title": "Pupils",
        **{name: list(value) for name, value in _keys("pupils").items() if value},
        "legal_basis": conf.rulesets().section(Kind.REPORT, "pupils").reference,
        "answered_in": "parents",
    }
    assert item.id == uuid5(LARKFIELD, "service")


def _keys(code: str) -> dict[str, Any]:
    rule = conf.rulesets().section(Kind.REPORT, code)
    return {name: getattr(rule, name) for name in ("schedule_1", "section_69", "schedule_2")}


def test_every_section_that_the_law_asks_for_says_which_paragraph_it_answers() -> None:
    rules = [
        rule
        for ruleset in conf.rulesets()
        for rule in ruleset.sections
        if ruleset.kind is Kind.REPORT and (rule.schedule_1 or rule.section_69)
    ]
    codes = list(dict.fromkeys(rule.code for rule in rules))
    sections = [section(code, number) for number, code in enumerate(codes, 1)]
    item = only(mapped(report(*sections)), "service")
    found = {each["code"]: each for each in item.body["send_information_report"]["sections"]}
    expected = {
        code: {name: list(value) for name, value in _keys(code).items() if value} for code in codes
    }
    names = ("schedule_1", "section_69", "schedule_2")
    assert {
        code: {name: each[name] for name in names if name in each} for code, each in found.items()
    } == expected
    assert len(codes) == 23


def test_each_service_stands_at_the_schools_site() -> None:
    items = mapped(report())
    service = only(items, "service", "The Nest")
    item = only(items, "service_at_location", "The Nest")
    place = service.body["service_at_locations"][0]
    assert item.body == place | {"service": service.summary}
    assert item.summary == {name: place[name] for name in ("id", "service_id", "location_id")}
    assert str(item.id) == place["id"]


@pytest.mark.parametrize("missing", ["street", "town", "postcode"])
def test_an_incomplete_address_is_left_out_and_so_is_the_place(missing: str) -> None:
    address = SCHOOL.address.model_copy(update={missing: ""})
    school = SCHOOL.model_copy(update={"address": address})
    items = mapped(report(school=school), school=school)
    assert [item for item in items if item.kind == "service_at_location"] == []
    assert "locations" not in only(items, "service", "The Nest").body


def test_ids_come_from_the_urn_whatever_the_key_unless_another_has_it() -> None:
    other = SCHOOL.model_copy(update={"key": UUID(int=7)})
    assert [x.id for x in mapped(report(school=other), school=other)] == [
        x.id for x in mapped(report())
    ]
    own = mapped(report(), own_id=KEY)
    assert only(own, "organization", "Larkfield").id == KEY
    assert only(own, "service", "SEN support").id == uuid5(KEY, "service")
    without = SCHOOL.model_copy(update={"urn": None})
    assert only(mapped(school=without), "organization", "Larkfield").id == KEY


def test_without_the_schools_own_page_there_is_nothing() -> None:
    assert oruk.items({Kind.REPORT: published(report())}, conf.rulesets()) == []


def test_without_a_report_or_an_offer_there_is_no_service() -> None:
    assert {item.kind for item in mapped()} == {"organization"}


@pytest.mark.parametrize("language", ["en", "pl", "cy"])
def test_the_same_whatever_language_is_active(language: str) -> None:
    offer = document(
        section("q", needs=("ASD",), body=words("Yes")), kind=Kind.OFFER, school=SCHOOL
    )
    expected = mapped(report(), offer)
    with translation.override(language):
        assert mapped(report(), offer) == expected


E_MAIL = re.compile(r"[\w.+-]+@[\w.-]+\w")


def said_by(offering: dict[Kind, Published]) -> str:
    return "".join(each.document.canonical_text() for each in offering.values())


@few
@given(documents)
def test_nothing_is_empty_and_no_address_is_made_up(given_document: Document) -> None:
    offering = {Kind.SCHOOL: school_page(given_document.school)}
    offering[given_document.kind] = published(given_document, "x/")
    items = oruk.items(offering, conf.rulesets())
    assert all_empties(items) == []
    mails = {mail for item in items for mail in E_MAIL.findall(json.dumps(item.body))}
    assert mails <= set(E_MAIL.findall(json.dumps(said_by(offering))))
    for item in items:
        assert {"id", "name"} <= set(item.body) or item.kind == "service_at_location"
        assert item.body["id"] == item.summary["id"] == str(item.id)


@few
@given(documents)
def test_redacted_documents_leave_nothing_empty(given_document: Document) -> None:
    left = blank(given_document, {each.path for each in fields(given_document)})
    offering = {Kind.SCHOOL: school_page(left.school), left.kind: published(left, "x/")}
    assert all_empties(oruk.items(offering, conf.rulesets())) == []
