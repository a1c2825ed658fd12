"""P1, P7, P11, G10: what the public sees, and from where."""

import hashlib
import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import PageViewRestriction

from example_site import content
from tests import factories
from wagtail_senoffer.document import Document
from wagtail_senoffer.models import (
    SchoolOfferPage,
    SchoolPage,
    SENInformationReportPage,
    Version,
)

pytestmark = pytest.mark.django_db

REPORT = "/larkfield/sen-information-report/"


@pytest.fixture
def visitor(client: Client) -> Client:
    """Return a client that asks for the school's own host."""
    client.defaults["HTTP_HOST"] = "school.example"
    return client


def test_p1_the_public_page_shows_the_version_not_the_live_row(
    visitor: Client, report: Any
) -> None:
    SENInformationReportPage.objects.update(introduction="<p>Rewritten behind its back</p>")
    html = visitor.get(REPORT).content.decode()
    assert "Rewritten behind its back" not in html
    assert "This is our SEN information report" in html


def test_p1_the_title_of_every_face_is_the_versions(visitor: Client, report: Any) -> None:
    SENInformationReportPage.objects.update(title="Row title")
    SchoolPage.objects.update(title="Row title")
    for path in ("", "versions/", "versions/1/", "document.json"):
        assert "Row title" not in visitor.get(REPORT + path).content.decode()
    assert "Row title" not in visitor.get("/larkfield/").content.decode()


def test_p1_a_draft_is_not_public(visitor: Client, report: Any) -> None:
    report.approved_by = "Secret board"
    report.save_revision()
    assert "Secret board" not in visitor.get(REPORT).content.decode()


def test_every_section_of_the_document_is_on_the_page(visitor: Client, report: Any) -> None:
    html = visitor.get(REPORT).content.decode()
    document = Version.objects.get(kind="sen-information-report").document()
    shown = [section.code for section in document.sections if f'id="h-{section.id}"' in html]
    assert shown == [section.code for section in document.sections]
    assert len(shown) == 25


def test_versions_lists_them_newest_first(visitor: Client, report: Any) -> None:
    for board in ("A", "B"):
        report.approved_by = board
        content.publish(report)
    response = visitor.get(REPORT + "versions/")
    assert list(response.context["listing"]) == [3, 2, 1]


def test_an_old_version_stays_readable_as_it_was(visitor: Client, report: Any) -> None:
    before = visitor.get(REPORT).context["document"]
    factories.say(report, "teaching", "<p>All new.</p>")
    content.publish(report)
    response = visitor.get(REPORT + "versions/1/")
    assert response.context["document"] == before
    html = response.content.decode()
    assert "It is no longer current" in html
    assert '<meta name="robots" content="noindex">' in html
    assert "It is no longer current" not in visitor.get(REPORT).content.decode()


@pytest.mark.parametrize("path", ["versions/0/", "versions/2/", "versions/x/", "nothing/"])
def test_what_is_not_there_is_404(visitor: Client, report: Any, path: str) -> None:
    assert visitor.get(REPORT + path).status_code == 404


def test_document_json_is_the_text_that_was_hashed(visitor: Client, report: Any) -> None:
    data = visitor.get(REPORT + "document.json").json()
    text = json.dumps(data["document"], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert hashlib.sha256(text.encode()).hexdigest() == data["sha256"]
    assert data["version"] == 1
    assert data["url"] == "http://school.example" + REPORT
    assert Document.model_validate(data["document"]).kind == "sen-information-report"
    assert visitor.get(REPORT + "versions/1/document.json").json() == data


def test_p7_addresses_come_from_the_site_not_from_the_host(client: Client, report: Any) -> None:
    data = client.get(REPORT + "document.json", headers={"host": "127.0.0.1"}).json()
    assert data["url"] == "http://school.example" + REPORT


def test_p7_links_to_own_pages_are_absolute_from_the_site(report: Any) -> None:
    school = SchoolPage.objects.get()
    factories.say(report, "teaching", f'<p><a linktype="page" id="{school.pk}">us</a></p>')
    content.publish(report)
    version = Version.objects.filter(document_key=report.document_key).latest("number")
    body = version.document().section("teaching").body
    assert body.html == '<p><a href="http://school.example/larkfield/">us</a></p>'


def test_a_withdrawn_page_is_gone_and_its_history_told(visitor: Client, report: Any) -> None:
    report.unpublish()
    assert visitor.get(REPORT).status_code == 410
    assert visitor.get(REPORT + "document.json").status_code == 410
    assert (
        visitor.get(REPORT + "document.json").json()["withdrawn"]["reason"]
        == "The page was unpublished."
    )
    assert visitor.get(REPORT + "versions/").status_code == 200
    assert visitor.get(REPORT + "versions/1/").status_code == 200


def test_a_page_that_was_never_published_is_404(visitor: Client, school: SchoolPage) -> None:
    factories.make_report(school).save_revision()
    assert visitor.get(REPORT).status_code == 404
    assert visitor.get(REPORT + "versions/").status_code == 404


def test_g10_a_child_of_an_unpublished_school_is_not_public(visitor: Client, report: Any) -> None:
    SchoolPage.objects.get().unpublish()
    for path in ("", "versions/", "versions/1/", "document.json", "versions/1/document.json"):
        assert visitor.get(REPORT + path).status_code == 404


@pytest.mark.parametrize("path", ["", "versions/", "versions/1/", "document.json"])
def test_g10_a_private_page_asks_for_its_password_on_every_face(
    visitor: Client, report: Any, path: str
) -> None:
    PageViewRestriction.objects.create(
        page=SchoolPage.objects.get(),
        restriction_type=PageViewRestriction.PASSWORD,
        password="open sesame",
    )
    html = visitor.get(REPORT + path).content.decode()
    assert "teaching" not in html
    assert 'name="password"' in html


def test_the_schools_page_leads_to_what_it_publishes(visitor: Client, report: Any) -> None:
    offer = factories.make_offer(SchoolPage.objects.get())
    content.publish(offer)
    found = visitor.get("/larkfield/").context["siblings"]
    assert [each["document"].title for each in found] == ["SEN information report", "School Offer"]


def test_the_schools_page_leaves_out_what_is_withdrawn(visitor: Client, report: Any) -> None:
    report.unpublish()
    assert visitor.get("/larkfield/").context["siblings"] == []


def test_p11_queries_do_not_grow_with_versions_or_sections(visitor: Client, report: Any) -> None:
    def queries(path: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert visitor.get(REPORT + path).status_code == 200
        return len(captured)

    paths = ("", "versions/", "document.json")
    for path in paths:
        queries(path)
    before = [queries(path) for path in paths]
    for board in range(12):
        report.approved_by = str(board)
        content.publish(report)
    assert [queries(path) for path in paths] == before


def test_a_preview_shows_the_draft_and_what_is_missing(
    client: Client, report: Any, admin: User
) -> None:
    factories.empty(report, "parents")
    report.approved_by = "Draft board"
    report.save_revision()
    client.force_login(admin)
    response = client.get(reverse("wagtailadmin_pages:view_draft", args=[report.pk]))
    assert [each.section for each in response.context["problems"] if each.is_error] == ["parents"]
    assert response.context["document"].approval.by == "Draft board"
    assert Version.objects.filter(document_key=report.document_key).count() == 1


def test_an_offer_shows_the_reports_words_below_its_questions(visitor: Client, report: Any) -> None:
    content.publish(factories.make_offer(SchoolPage.objects.get()))
    html = visitor.get("/larkfield/school-offer/").content.decode()
    assert SchoolOfferPage.objects.get().live
    document = Version.objects.get(kind="school-offer").document()
    drawn = [each for section in document.sections for each in section.drawn]
    assert html.count('class="senoffer-drawn"') == len(drawn) == 24


def test_an_answer_given_elsewhere_points_there(visitor: Client, report: Any) -> None:
    raw = report.body.get_prep_value()
    for block in raw:
        if block["type"] == "pupils":
            block["value"] = {"answered_in": "parents"}
    report.body = report._meta.get_field("body").stream_block.to_python(raw)
    content.publish(report)
    html = visitor.get(REPORT).content.decode()
    parents = visitor.get(REPORT).context["document"].section("parents")
    assert f'We answer this under <a href="#parents-{parents.id}">' in html


def test_wagtails_checks_find_their_script_in_a_preview_and_the_public_never_sees_it(
    report: Any, admin: Any, client: Any
) -> None:
    client.force_login(admin)
    url = reverse("wagtailadmin_pages:view_draft", args=[report.pk])
    assert "wagtail-userbar-template" in client.get(url).content.decode()
    public = client.get(report.get_url(), headers={"host": "school.example"})
    assert "wagtail-userbar" not in public.content.decode()
    assert "Cookie" not in public.get("Vary", "")
