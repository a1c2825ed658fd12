"""The CSV face: a line a school, harmless in a spreadsheet, in Outpost's columns."""

import csv
import io
from typing import Any
from uuid import UUID

import pytest

from example_site import content
from tests import factories
from tests.feed.client import ask
from wagtail_senoffer import conf
from wagtail_senoffer.changes import settle
from wagtail_senoffer.feed import offers_csv, outpost
from wagtail_senoffer.models import SchoolPage, Version
from wagtail_senoffer.models.feed import Change

pytestmark = pytest.mark.django_db

FEED = "/senoffer/offers.csv"
OUTPOST = [
    *("is_local_offer", "send_needs_support", "support_description", "recent_send_report"),
    *("outcomes", "recent_send_training", "parental_involvement", "information_sharing"),
    *("environment_accessibility", "how_to_start", "future_plans"),
]


def fetch() -> bytes:
    response = ask(FEED)
    assert response.status_code == 200
    return b"".join(response.streaming_content)


def rows() -> list[dict[str, str]]:
    text = fetch().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def offer_of(page: Any, **fields: Any) -> Any:
    """Publish an offer beside a report."""
    offer = factories.make_offer(page.get_parent().specific, **fields)
    content.publish(offer)
    return offer


def test_it_is_made_for_spreadsheets(report: Any) -> None:
    response = ask(FEED)
    assert response["Content-Type"] == "text/csv; charset=utf-8; header=present"
    assert response["Content-Disposition"] == 'attachment; filename="offers.csv"'
    raw = b"".join(response.streaming_content)
    assert raw[:7] == b"\xef\xbb\xbfURN,"
    assert raw[-2:] == b"\r\n"
    header = raw.decode("utf-8-sig").split("\r\n")[0]
    assert header.split(",") == [*offers_csv.COLUMNS, *OUTPOST]


def test_a_school_is_one_line(report: Any) -> None:
    published = Version.objects.get(kind="sen-information-report").created_at
    report_url = "http://school.example/larkfield/sen-information-report/"
    [found] = rows()
    assert {name: found[name] for name in offers_csv.COLUMNS} == {
        "URN": "190001",
        "School": "Larkfield Primary Academy (demo)",
        "LA": "Westmarch",
        "Phase": "Primary",
        "Type": "Academy converter",
        "Town": "Westmarch",
        "Postcode": "ZZ99 1AA",
        "Phone": "01632 960101",
        "E-mail": "senco@larkfield.example",
        "Website": "https://larkfield.example/",
        "SENCO": "Mrs Anjali Corrigan",
        "Needs": (
            "Speech, language and communication needs; Autistic spectrum disorder; "
            "Specific learning difficulty; Moderate learning difficulty; "
            "Social, emotional and mental health; Hearing impairment; Vision impairment; "
            "Physical disability"
        ),
        "Report address": report_url,
        "Academic year": "2026-27",
        "Review date": "2027-09-10",
        "Version": "1",
        "Published": f"{published:%Y-%m-%d}",
        "Assured": f"{published:%Y-%m-%d}",
    }
    assert [found[name] for name in OUTPOST[:2]] == [
        "TRUE",
        "Autism;Cognitive;Hearing impairment;Visual impairment;Mobility",
    ]
    assert found["recent_send_report"] == report_url


def test_what_a_school_lists_apart_has_no_line_of_its_own(report: Any) -> None:
    raw = report.body.get_prep_value()
    for block in raw:
        for provision in block["value"].get("provisions", ()):
            provision.get("value", provision)["listed"] = True
    report.body = report._meta.get_field("body").stream_block.to_python(raw)
    content.publish(report)
    body = ask("/open-referral/v3/services").json()
    assert body["total_items"] > 1
    assert [row["School"] for row in rows()] == ["Larkfield Primary Academy (demo)"]


def test_a_school_that_has_no_address_or_type_still_has_its_line(home: Any) -> None:
    blank = dict.fromkeys(("street", "town", "telephone", "website", "phase", "la_name"), "")
    school = factories.make_school(home, **blank)
    content.publish(factories.make_report(school))
    [found] = rows()
    names = ("Town", "Postcode", "Phone", "Website", "Phase", "LA")
    assert [found[name] for name in names] == [
        "",
        "",
        "",
        "http://school.example/larkfield/",
        "",
        "",
    ]


def test_outposts_own_questions_go_into_its_columns(report: Any) -> None:
    answers = {code: f"<p>Ours: {code}</p>" for code in outpost.QUESTIONS}
    offer_of(report, question_set="outpost-7", answers=answers)
    [found] = rows()
    assert [found[code] for code in OUTPOST[4:]] == [f"Ours: {code}" for code in OUTPOST[4:]]
    introduction = Version.objects.get(kind="school-offer").document().introduction.text
    assert found["support_description"] == introduction


@pytest.mark.parametrize("with_offer", [True, False])
def test_other_offers_answer_outposts_questions_from_the_report(
    report: Any, with_offer: bool
) -> None:
    if with_offer:
        offer_of(report, answers={"who_to_contact": "<p>Not Outpost's</p>"})
    document = Version.objects.get(kind="sen-information-report").document()
    [found] = rows()
    assert found["parental_involvement"] == document.section("parents").body.text
    plan = document.section("accessibility_plan")
    wanted = [document.section("adapt").body.text, document.section("dis_access").body.text]
    assert found["environment_accessibility"] == "\n".join([*wanted, *plan.texts()])


def test_a_section_that_points_at_another_is_answered_by_it_once(report: Any) -> None:
    raw = report.body.get_prep_value()
    for block in raw:
        if block["type"] == "progress":
            block["value"] = {"answered_in": "parents"}
    report.body = report._meta.get_field("body").stream_block.to_python(raw)
    content.publish(report)
    [found] = rows()
    assert found["information_sharing"] == found["parental_involvement"]


def test_an_offer_without_a_report_has_its_line(report: Any) -> None:
    answers = {code: f"<p>Ours: {code}</p>" for code in outpost.QUESTIONS}
    offer_of(report, question_set="outpost-7", answers=answers)
    report.unpublish()
    [found] = rows()
    names = ("Report address", "Version", "recent_send_report", "outcomes")
    assert [found[name] for name in names] == ["", "1", "", "Ours: outcomes"]


def test_a_question_that_nothing_answers_stays_empty() -> None:
    assert outpost.local_offer({}, conf.rulesets()) == ["TRUE", *[""] * 10]


def test_words_keep_their_letters(home: Any) -> None:
    school = factories.make_school(home, title='Szkoła „Żółw”, "O\'Brien" 学校')
    content.publish(factories.make_report(school))
    assert [row["School"] for row in rows()] == ['Szkoła „Żółw”, "O\'Brien" 学校']


def test_no_cell_is_a_formula(home: Any) -> None:
    hostile = {
        "title": "=cmd()|' /C calc'!A0",
        "la_name": '@SUM(1+1)*cmd|"',
        "town": "-2+3",
        "telephone": "+44 1632 960101",
    }
    school = factories.make_school(home, **hostile)
    content.publish(factories.make_report(school))
    [found] = rows()
    cells = [found[name] for name in ("School", "LA", "Town", "Phone")]
    assert cells == [f"'{value}" for value in hostile.values()]


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r"])
def test_each_start_of_a_formula_is_guarded(first: str) -> None:
    assert offers_csv.harmless(f"{first}1") == f"'{first}1"


@pytest.mark.parametrize("cell", ["", "a=1", " x", "'", "1-2"])
def test_any_other_cell_stays_as_it_is(cell: str) -> None:
    assert offers_csv.harmless(cell) == cell


def test_a_withdrawn_school_has_no_line(report: Any) -> None:
    report.unpublish()
    assert rows() == []
    SchoolPage.objects.get().unpublish()
    assert rows() == []


def test_lines_come_in_pieces(report: Any) -> None:
    home = report.get_parent().get_parent().specific
    content.publish(factories.make_report(factories.make_school(home, "other", urn="190002")))
    pieces = list(ask(FEED).streaming_content)
    assert [piece.count(b"\r\n190") for piece in [b"\r\n" + each for each in pieces]] == [0, 2]


def test_each_of_many_schools_has_its_line_once(report: Any) -> None:
    settle()
    row = Change.objects.get(kind="service")
    fields = {x.name: getattr(row, x.name) for x in Change._meta.concrete_fields if x.name != "id"}
    Change.objects.bulk_create(
        Change(**fields | {"item_id": UUID(int=step), "number": row.number + 100 + step})
        for step in range(250)
    )
    assert len(rows()) == 251
    assert [piece.count(b"\r\n190001,") for piece in ask(FEED).streaming_content] == [0, 99, 99, 50]
