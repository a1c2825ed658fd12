"""Versions that can't be read, and words that were removed: said plainly, and nothing else lost."""

import json
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth.models import User
from django.test import Client

from example_site import content
from tests import factories
from tests.web.shelves import REPORT, put, put_data, put_text, versions
from wagtail_senoffer import publishing, removal
from wagtail_senoffer.document import SCHEMA_VERSION
from wagtail_senoffer.models import DocumentText, Redaction, SchoolPage, SENInformationReportPage
from wagtail_senoffer.redaction import fields

pytestmark = pytest.mark.django_db

LIST = f"{REPORT}versions/"
GONE, NEWER, NOISE = "words are gone", "a newer release's words", "no JSON"
MESSAGES = {
    GONE: "The words of this version are missing from the database.",
    NEWER: "A newer release of wagtail-senoffer wrote this text",
    NOISE: "This text can’t be read".replace("’", "&#x27;"),
}


@pytest.fixture(params=[GONE, NEWER, NOISE])
def broken(report: Any, request: Any) -> Any:
    """Return a report whose newest Version, the second, can't be read; with which of the ways."""
    if request.param == GONE:
        put(report, approved_by="A")
        DocumentText.objects.filter(pk=versions(report)[1].text_id).delete()
    elif request.param == NEWER:
        put_data(report, schema_version=SCHEMA_VERSION + 98, news={"a": 1})
    else:
        put_text(report, "no JSON")
    report.broken = request.param
    return report


@pytest.mark.parametrize("path", ["", "versions/2/", "versions/1..2/"])
def test_a_version_that_cant_be_read_says_so(visitor: Client, broken: Any, path: str) -> None:
    response = visitor.get(REPORT + path)
    assert response.status_code == 503
    assert MESSAGES[broken.broken] in response.content.decode()
    assert f'<a href="{LIST}">All versions</a>' in response.content.decode()


@pytest.mark.parametrize("path", ["", "versions/2/", "versions/1..2/"])
def test_a_version_that_cant_be_read_says_so_as_data(
    visitor: Client, broken: Any, path: str
) -> None:
    response = visitor.get(f"{REPORT}{path}document.json")
    if broken.broken == NEWER and path != "versions/1..2/":
        # Whoever knows the newer schema can use it, and check its hash.
        assert response.status_code == 200
        assert response.json()["document"] == json.loads(versions(broken)[1].words)
    else:
        assert (response.status_code, response["Content-Type"]) == (503, "application/problem+json")


def test_a_version_that_cant_be_read_stops_nothing_else(visitor: Client, broken: Any) -> None:
    listed = visitor.get(LIST)
    assert [(e.version.number, e.changed) for e in listed.context["entries"]] == [
        (2, "This version can't be shown."),
        (1, "First version."),
    ]
    assert visitor.get(f"{LIST}document.json").status_code == 200
    assert visitor.get(f"{LIST}1/").status_code == 200
    offer = factories.make_offer(SchoolPage.objects.get())
    offer.question_set = "outpost-7"
    school = visitor.get("/larkfield/")
    assert (school.status_code, school.context["siblings"]) == (200, [])


def test_the_schools_page_still_leads_to_its_other_documents(visitor: Client, report: Any) -> None:
    content.publish(factories.make_offer(SchoolPage.objects.get()))
    put_text(report, "no JSON")
    found = visitor.get("/larkfield/").context["siblings"]
    assert [each["document"].title for each in found] == ["School Offer"]


def test_the_version_after_one_that_cant_be_read_offers_no_comparison(
    visitor: Client, report: Any
) -> None:
    put_text(report, "no JSON")
    shown = versions(report)[0].document()
    report.approved_by = "After"
    content.publish(report)
    html = visitor.get(LIST).content.decode()
    assert (f"{LIST}2..3/" in html, f"{LIST}1..2/" in html) == (False, False)
    assert visitor.get(LIST).context["document"].title == shown.title
    assert visitor.get(f"{LIST}1..3/").status_code == 200


def test_a_list_of_nothing_readable_has_a_heading_all_the_same(
    visitor: Client, report: Any
) -> None:
    for number in range(20):
        put_text(report, f"no JSON {number}")
    html = visitor.get(LIST).content.decode()
    assert "<h1>All versions</h1>" in html


@pytest.mark.parametrize("text", ["", "[]", "5", "null", '{"schema_version": true}', "[" * 9000])
def test_odd_words_are_answered_in_words(visitor: Client, report: Any, text: str) -> None:
    put_text(report, text)
    assert visitor.get(REPORT).status_code == 503
    assert visitor.get(LIST).status_code == 200
    assert visitor.get(f"{LIST}2/document.json").status_code in (200, 503)


# --- words that were removed -------------------------------------------------------------

NAME = "Ms Unmistakable"


@pytest.fixture
def redacted(report: Any, admin: User) -> Any:
    """Return a report of three Versions; the name in the first and its return was removed."""
    named = factories.say(report, "teaching", f"<p>{NAME}</p>")
    content.publish(named)
    put(report, approved_by="A")
    factories.say(report, "teaching", "<p>Nobody by name.</p>")
    content.publish(report)
    old = versions(report)[1]
    (path,) = [each.path for each in fields(old.document()) if each.value == NAME]
    removal.redact(old, [path], "She asked for it.", user=admin, everywhere=True)
    return report


def faces(count: int) -> list[str]:
    """Return the paths of all faces of so many Versions."""
    numbers = range(1, count + 1)
    pairs = [f"{first}..{second}/" for first in numbers for second in numbers if first < second]
    html = ["", *(f"versions/{each}" for each in ("", *(f"{n}/" for n in numbers), *pairs))]
    return [*html, *(f"{path}document.json" for path in html)]


def test_removed_words_are_nowhere_any_more(visitor: Client, redacted: Any) -> None:
    for path in faces(4):
        response = visitor.get(REPORT + path)
        assert response.status_code == 200
        assert "Unmistakable" not in response.content.decode()


@pytest.mark.parametrize(
    ("path", "which"),
    [
        ("versions/", "Version 3"),
        ("versions/2/", "this version"),
        ("versions/1..2/", "Version 2"),
        ("versions/2..4/", "Version 2"),
    ],
)
def test_a_removal_is_told_with_its_date_and_reason(
    visitor: Client, redacted: Any, path: str, which: str
) -> None:
    html = visitor.get(REPORT + path).content.decode()
    day = Redaction.objects.first().created_at
    assert f"On {day.day} {day:%B %Y} words were removed from {which}: " in html
    assert "Reason: She asked for it." in html


@pytest.mark.parametrize("path", ["", "versions/1/", "versions/4/"])
def test_a_version_that_lost_nothing_says_nothing_of_it(
    visitor: Client, redacted: Any, path: str
) -> None:
    assert "words were removed" not in visitor.get(REPORT + path).content.decode()


def test_a_removal_leaves_numbers_hashes_and_the_chain(
    visitor: Client, report: Any, admin: User
) -> None:
    factories.say(report, "teaching", f"<p>{NAME}</p>")
    content.publish(report)
    put(report, approved_by="A")
    kept = visitor.get(f"{LIST}document.json").json()
    old = versions(report)[1]
    (path,) = [each.path for each in fields(old.document()) if each.value == NAME]
    removal.redact(old, [path], "She asked for it.", user=admin)
    found = visitor.get(f"{LIST}document.json").json()
    same = ("version", "sha256", "record_hash", "previous_hash", "published", "permalink")
    assert [[each[name] for name in same] for each in found["versions"]] == [
        [each[name] for name in same] for each in kept["versions"]
    ]
    assert found["chain"] == kept["chain"]
    data = visitor.get(f"{LIST}2/document.json").json()
    assert [(each["reason"], len(each["removed"])) for each in data["redacted"]] == [
        ("She asked for it.", 1)
    ]
    assert (data["sha256"], data["redacted"][0]["remaining_sha256"]) != (old.text_id, old.text_id)


def test_removed_words_cant_be_published_again(visitor: Client, report: Any, admin: User) -> None:
    factories.say(report, "teaching", f"<p>{NAME}</p>")
    content.publish(report)
    old = versions(report)[1]
    (path,) = [each.path for each in fields(old.document()) if each.value == NAME]
    factories.say(report, "teaching", "<p>Nobody by name.</p>")
    content.publish(report)
    removal.redact(old, [path], "She asked for it.", user=admin)
    page = SENInformationReportPage.objects.get()
    factories.say(page, "teaching", f"<p>{NAME}</p>")
    with pytest.raises(publishing.Refused) as refused:
        content.publish(page)
    (message,) = refused.value.messages
    assert "Words in it were removed from an earlier version" in message
    assert versions(report).count() == 3


def test_rows_that_lost_their_words_leave_no_empty_bullets(
    visitor: Client, report: Any, admin: User
) -> None:
    report.tags.add("Autism", "Speech")
    content.publish(report)
    put(report, approved_by="Z")
    old = versions(report)[1]
    rows = ("/contacts/", "/links/", "/documents/", "/provisions/", "tags/", "/senco/", "/stages/")
    chosen = [each.path for each in fields(old.document()) if any(x in each.path for x in rows)]
    removal.redact(old, chosen, "All of it.", user=admin)
    html = visitor.get(f"{LIST}2/").content.decode()
    squeezed = "".join(html.split())
    for empty in ("<strong></strong>", "<li></li>", "></a>", "<ul></ul>", "<dd></dd>", "<dd>,"):
        assert empty not in squeezed
    assert squeezed.count('class="senoffer-contacts"') == 0
    assert squeezed.count('class="senoffer-provisions"') == 0
    assert 'class="senoffer-facts"></dl>' not in squeezed
    for path in ("versions/1..2/", "versions/2..3/"):
        squeezed = "".join(visitor.get(REPORT + path).content.decode().split())
        hidden = '<spanclass="senoffer-hidden">'
        assert f"[added:</span>{hidden}]" not in squeezed


def add_free_sections(report: Any, *titles: str) -> None:
    """Publish the report with sections of the school's own; each says its title."""
    raw = report.body.get_prep_value()
    for number, title in enumerate(titles):
        value = {"heading": title, "body": f"<p>{title}</p>"}
        raw.append({"type": "additional", "value": value, "id": str(UUID(int=number + 1))})
    report.body = report._meta.get_field("body").stream_block.to_python(raw)
    content.publish(report)


def test_free_sections_stay_when_the_first_of_them_lost_its_words(
    visitor: Client, report: Any, admin: User
) -> None:
    add_free_sections(report, "Trips", "Swimming")
    put(report, approved_by="A")
    old = versions(report)[1]
    chosen = [each.path for each in fields(old.document()) if each.value == "Trips"]
    removal.redact(old, chosen, "All of it.", user=admin)
    html = visitor.get(f"{LIST}2/").content.decode()
    assert html.count("Swimming") == 3


def test_a_removed_title_is_not_told_as_the_name_of_what_was_removed(
    visitor: Client, report: Any, admin: User
) -> None:
    add_free_sections(report, f"Help from {NAME}")
    put(report, approved_by="A")
    old = versions(report)[1]
    chosen = [each.path for each in fields(old.document()) if NAME in each.value]
    removal.redact(old, chosen, "She asked for it.", user=admin, everywhere=True)
    put(report, approved_by="B", sections=old.document().sections[:-1])
    assert "Unmistakable" not in visitor.get(f"{LIST}2/").content.decode()
