"""The suggestions for a page: from its text, the glossary, its links, and what was deleted."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.documents.models import Document as WagtailDocument
from wagtail.models import Page

from example_site import content
from tests import factories
from wagtail_senoffer import publishing
from wagtail_senoffer.editor import links
from wagtail_senoffer.editor.suggesting import suggestions_of
from wagtail_senoffer.models import GlossaryTerm, LinkCheck
from wagtail_senoffer.models.desk import LinkState
from wagtail_senoffer.suggestions import STRONG

pytestmark = pytest.mark.django_db

URL = "https://council.example/policy"


def codes(page: Any) -> list[tuple[str, str]]:
    return [(each.section, each.code) for each in suggestions_of(page)]


def saying(page: Any, html: str) -> Any:
    return factories.say(page, "teaching", html)


def with_links(page: Any, *values: dict[str, Any], documents: tuple[int, ...] = ()) -> Any:
    """Give one section links and documents, as a form would; return the page."""
    raw = page.body.get_prep_value()
    (block,) = [each for each in raw if each["type"] == "teaching"]
    block["value"]["links"] = [{"type": "item", "value": value} for value in values]
    block["value"]["documents"] = [{"type": "item", "value": key} for key in documents]
    page.body = page._meta.get_field("body").stream_block.to_python(raw)
    return page


def test_a_well_written_report_has_no_suggestions(report: Any) -> None:
    assert suggestions_of(report) == []


def test_a_document_has_the_same_suggestions_as_its_page(report: Any) -> None:
    page = saying(report, f'<p>Ask <a href="{URL}">here</a>. Jack in Year 4 met our ELSA.</p>')
    document, _problems = publishing.examine(page)
    assert suggestions_of(document) == suggestions_of(page)
    assert codes(page) == [
        ("teaching", "pupil-name"),
        ("teaching", "jargon"),
        ("teaching", "link-text-vague"),
    ]


def test_nothing_that_is_suggested_stops_a_publish(report: Any) -> None:
    page = saying(report, "<p>Jack in Year 4 has the UPN H801200001001 and met our ELSA.</p>")
    found = suggestions_of(page)
    assert [problem.is_error for problem in found] == [False, False, False]
    content.publish(page)
    page.refresh_from_db()
    assert "H801200001001" in str(page.body)


def test_strong_ones_come_first(report: Any) -> None:
    report = saying(report, "<p>Our ELSA.</p>")
    report = factories.say(report, "wellbeing", "<p>Jack in Year 4.</p>")
    found = [problem.code in STRONG for problem in suggestions_of(report)]
    assert found == [True, False]


def test_the_schools_glossary_counts(report: Any) -> None:
    page = saying(report, "<p>Our ELSA sits in the Hub today.</p>")
    GlossaryTerm.objects.create(term="Hub", meaning="our quiet room")
    GlossaryTerm.objects.create(term="ELSA", known=True)
    (problem,) = suggestions_of(page)
    assert problem.message.endswith(": “Hub” (our quiet room).")


def test_what_is_known_of_links_counts(report: Any, settings: Any) -> None:
    page = saying(report, f'<p>Read <a href="{URL}">our policy</a> on it.</p>')
    links.note(links.addresses_of(page))
    assert codes(page) == []
    LinkCheck.objects.filter(url=URL).update(state=LinkState.DEAD, status=404)
    assert codes(page) == [("teaching", "link-dead")]
    settings.WAGTAIL_SENOFFER = {"CHECK_LINKS": False}
    assert codes(page) == []


def test_a_link_to_a_draft_of_the_same_school_says_that_it_is_not_published(report: Any) -> None:
    offer = factories.make_offer(report.get_parent())
    page = with_links(report, {"text": "Our offer", "page": offer.pk, "url": ""})
    assert codes(page) == [("teaching", "link-unpublished")]


def test_a_link_to_a_page_that_was_taken_down_is_told(report: Any, home: Page) -> None:
    folder = factories.make_folder(home)
    page = with_links(report, {"text": "Our clubs", "page": folder.pk, "url": ""})
    assert codes(page) == []
    folder.unpublish()
    # That it still is there as a draft is for its own editors to know.
    assert codes(page) == [("teaching", "link-dead")]
    folder.delete()
    (problem,) = suggestions_of(page)
    assert (problem.section, problem.code) == ("teaching", "link-lost")
    assert problem.message.startswith("“Our clubs” in ")


def test_a_link_inside_a_text_to_a_page_that_was_deleted_is_told(report: Any, home: Page) -> None:
    folder = factories.make_folder(home)
    page = saying(report, f'<p>See <a linktype="page" id="{folder.pk}">our clubs</a> now.</p>')
    assert codes(page) == []
    folder.delete()
    assert codes(page) == [("teaching", "link-lost")]


def test_a_document_that_was_deleted_is_told(report: Any) -> None:
    plan = WagtailDocument.objects.create(title="Plan", file="plan.pdf")
    page = with_links(report, documents=(plan.pk,))
    assert codes(page) == []
    plan.delete()
    assert codes(page) == [("teaching", "link-lost")]


def test_a_link_with_an_address_of_its_own_is_not_lost(report: Any) -> None:
    page = with_links(report, {"text": "Policy", "page": None, "url": URL})
    assert codes(page) == []


def test_a_page_that_can_not_be_a_document_has_no_suggestions(report: Any) -> None:
    report.introduction = "<div>" * 30_000
    assert suggestions_of(report) == []


def test_a_schools_own_page_has_suggestions_too(school: Any) -> None:
    school.introduction = "<p>Our ELSA and Jack in Year 4.</p>"
    assert codes(school) == [("", "pupil-name"), ("", "jargon")]


def test_an_offer_is_not_told_what_the_report_says(report: Any, school: Any) -> None:
    content.publish(saying(report, "<p>Our ELSA met Jack in Year 4 there.</p>"))
    offer = factories.make_offer(school)
    # The offer's own introduction, and no words of the report.
    assert [code for _section, code in codes(offer) if code in STRONG | {"jargon"}] == []


def test_as_many_queries_for_many_links_and_sections_as_for_few(
    report: Any, home: Page, django_assert_max_num_queries: Any
) -> None:
    pages = [factories.make_folder(home)]
    one = saying(report, f'<p>See <a href="{URL}">this policy of ours</a>, our ELSA says.</p>')
    one = with_links(one, {"text": "Clubs", "page": pages[0].pk})
    suggestions_of(one)
    with CaptureQueriesContext(connection) as few:
        suggestions_of(one)
    many = " ".join(
        f'<a href="https://{n}.example/{n}">Policy {n}</a> '
        f'<a href="http://school.example/folder/{n}/">Page {n}</a>'
        for n in range(30)
    )
    for code in ("teaching", "wellbeing", "pupils", "adapt"):
        report = factories.say(report, code, f"<p>{many} and our ELSA</p>")
    report = with_links(report, *({"text": f"C {n}", "page": pages[0].pk} for n in range(20)))
    with django_assert_max_num_queries(len(few) + 1):
        assert len(suggestions_of(report)) > 100


def test_links_that_nobody_has_tried_are_not_judged(report: Any) -> None:
    page = saying(report, f'<p>Read <a href="{URL}">our policy</a> on it.</p>')
    links.note([URL])
    row = LinkCheck.objects.get()
    links.record(row, links.Answer(None), timezone.now())
    assert codes(page) == []
