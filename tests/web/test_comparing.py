"""What changed from one Version to another; and hostile words, which stay words everywhere."""

import json
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client

from example_site import content
from tests import factories
from tests.web.shelves import BASE, REPORT, forge, newest, put, put_document, put_text, versions
from wagtail_senoffer import publishing
from wagtail_senoffer.document import (
    TAGS,
    AccessibilityPlan,
    Approval,
    Contact,
    Document,
    File,
    Link,
    Provision,
    Section,
    Senco,
    TransitionStage,
    Words,
)
from wagtail_senoffer.models import Redaction, SENInformationReportPage

pytestmark = pytest.mark.django_db

LIST = f"{REPORT}versions/"


def test_a_comparison_shows_what_changed_between_any_two_versions(
    visitor: Client, thrice: Any
) -> None:
    for first, second, old in ((1, 2, None), (2, 3, "A"), (1, 3, None)):
        response = visitor.get(f"{LIST}{first}..{second}/")
        assert response.status_code == 200
        assert f"What changed from Version {first} to Version {second}" in response.content.decode()
        (section,) = response.context["comparison"].changed
        old = old or versions(thrice)[0].document().approval.by
        assert [each.name for each in section.fields][:1] == ["approval.by"]
        assert section.fields[0].before == old
    assert "The governors changed." in visitor.get(f"{LIST}2..3/").content.decode()


def test_words_are_marked_as_added_and_removed_also_for_who_only_hears_them(
    visitor: Client, report: Any
) -> None:
    for words in ("We meet on Mondays.", "We meet on Tuesdays."):
        factories.say(report, "teaching", f"<p>{words}</p>")
        content.publish(report)
    html = visitor.get(f"{LIST}2..3/").content.decode()
    hidden = '<span class="senoffer-hidden">'
    assert (
        f"We meet on <del>{hidden}[removed: </span>Mondays.{hidden}]</span></del>"
        f"<ins>{hidden}[added: </span>Tuesdays.{hidden}]</span></ins>"
    ) in html


def test_sections_that_did_not_change_are_folded_away(visitor: Client, thrice: Any) -> None:
    response = visitor.get(f"{LIST}1..2/")
    html = response.content.decode()
    folded = html[html.index("<details") : html.index("</details>")]
    assert "26 parts are unchanged" in folded
    unchanged = response.context["comparison"].unchanged
    assert (folded.count("<li>"), len(unchanged)) == (26, 26)


def test_versions_of_the_same_words_have_no_change_to_show(visitor: Client, thrice: Any) -> None:
    put(thrice)
    html = visitor.get(f"{LIST}3..4/").content.decode()
    assert "No words have changed." in html


@pytest.mark.parametrize(
    ("asked", "leads"),
    [("2..1", "1..2"), ("2..2", "2"), ("3..1", "1..3"), ("9..1", "1..9"), ("0..0", "0")],
)
def test_a_comparison_the_wrong_way_round_leads_to_the_right_one(
    visitor: Client, thrice: Any, asked: str, leads: str
) -> None:
    response = visitor.get(f"{LIST}{asked}/")
    assert (response.status_code, response["Location"]) == (301, f"{LIST}{leads}/")
    assert visitor.get(f"{LIST}{asked}/document.json").status_code == 404


@pytest.mark.parametrize(
    ("asked", "number"), [("0..1", 0), ("1..999", 999), (f"1..{'9' * 40}", int("9" * 40))]
)
def test_a_comparison_with_no_such_version_is_404_on_a_page_that_leads_on(
    visitor: Client, thrice: Any, asked: str, number: int
) -> None:
    response = visitor.get(f"{LIST}{asked}/")
    assert response.status_code == 404
    assert f"There is no Version {number} of this page." in response.content.decode()
    assert f'<a href="{LIST}">All versions</a>' in response.content.decode()
    problem = visitor.get(f"{LIST}{asked}/document.json")
    assert (problem.status_code, problem["Content-Type"]) == (404, "application/problem+json")
    assert problem.json()["title"] == f"There is no Version {number} of this page."


@pytest.mark.parametrize("asked", ["1..", "..2", "1..2..3", "a..b", "1...2", f"1..{'9' * 5000}"])
def test_what_is_no_comparison_is_404(visitor: Client, thrice: Any, asked: str) -> None:
    assert visitor.get(f"{LIST}{asked}/").status_code == 404


def test_a_comparison_as_data_names_both_versions_and_every_field(
    visitor: Client, thrice: Any
) -> None:
    data = visitor.get(f"{LIST}2..3/document.json").json()
    two, three = versions(thrice)[1:]
    assert [data[side]["record_hash"] for side in ("from", "to")] == [
        *(two.record_hash, three.record_hash)
    ]
    assert data["to"]["permalink"] == f"{BASE}versions/3/"
    assert data["changed"] == [
        {
            "code": "",
            "title": "The whole document",
            "change": "changed",
            "fields": [{"name": "approval.by", "before": "A", "after": "B"}],
        }
    ]


# --- hostile words -----------------------------------------------------------------------

HOSTILE = "</ins></p><script>alert(1)</script>\"'><img src=x onerror=alert(1)><b onclick=x>{{ 7 }}"
# What our templates are made of, and what rich text may hold.
OURS = {
    *TAGS,
    *(
        "html",
        "head",
        "meta",
        "title",
        "link",
        "body",
        "header",
        "main",
        "nav",
        "footer",
        "h1",
        "h2",
    ),
    *("article", "section", "div", "span", "dl", "dt", "dd", "ins", "del", "time", "details"),
    *("summary", "h1", "h2"),
}
ATTRIBUTES = (
    "aria-label aria-labelledby charset class content datetime href id lang name rel title type"
)


class Markup(HTMLParser):
    """Collects the elements and attributes of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: dict[str, set[str]] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            self.attributes.setdefault(name, set()).add(value or "")


def foreign(html: str) -> tuple[set[str], set[str], set[str]]:
    """Return the elements, attributes and schemes of links that no template of ours has."""
    found = Markup(html)
    schemes = {each.partition(":")[0] for each in found.attributes["href"] if ":" in each}
    return (
        found.tags - OURS,
        set(found.attributes) - set(ATTRIBUTES.split()),
        schemes - {"http", "https", "mailto", "tel"},
    )


def hostile_section(code: str = "additional") -> Section:
    """Return a section that is hostile in every field that is text."""
    words = Words(html=f"<p>{HOSTILE.replace('<', '&lt;')}</p>", text=HOSTILE)
    kept = newest(SENInformationReportPage.objects.get()).sections[0]
    return Section(
        id=kept.id,
        code=code,
        title=HOSTILE,
        question=HOSTILE,
        body=words,
        links=(Link(text=HOSTILE, url=f"http://x.example/{HOSTILE}"),),
        documents=(File(title=HOSTILE, url=f"http://x.example/{HOSTILE}", format=HOSTILE),),
        needs=(HOSTILE,),
        senco=Senco(**dict.fromkeys(Senco.model_fields, HOSTILE)),
        contacts=(
            Contact(
                name=HOSTILE,
                about=HOSTILE,
                phone=HOSTILE,
                email=HOSTILE,
                url=f"http://x.example/{HOSTILE}",
            ),
        ),
        provisions=(
            Provision(name=HOSTILE, level="universal", who=HOSTILE, when=HOSTILE, body=words),
        ),
        local_offer_url=f"http://x.example/{HOSTILE}",
        accessibility_plan=AccessibilityPlan(
            url=f"http://x.example/{HOSTILE}", curriculum=words, buildings=words, information=words
        ),
        stages=(TransitionStage(stage="starting", body=words),),
    )


def hostile_document(document: Document) -> Document:
    """Return a Document that is hostile in every field that is text."""
    school = document.school
    lines = dict.fromkeys(("name", "la_name", "trust_name", "headteacher", "email"), HOSTILE)
    return document.model_copy(
        update={
            "title": HOSTILE,
            "introduction": Words(html="<p>Hello</p>", text=HOSTILE),
            "academic_year": HOSTILE,
            "approval": Approval(by=HOSTILE),
            "tags": (HOSTILE,),
            "school": school.model_copy(update={**lines, "telephone": HOSTILE}),
            "sections": (hostile_section(), *document.sections[1:]),
        }
    )


@pytest.fixture
def hostile(report: Any) -> Any:
    """Return a report with a hostile Version between two harmless ones, and all withdrawn."""
    harmless = newest(report)
    put_document(report, hostile_document(harmless), change_note=HOSTILE)
    put_document(report, harmless)
    for version in versions(report):
        Redaction(
            text_sha256=version.text_id, remaining_sha256="", removed=[HOSTILE], reason=HOSTILE
        ).save()
    return report


FACES = ("versions/", "versions/1/", "versions/2/", "versions/1..2/", "versions/2..3/")


@pytest.mark.parametrize("path", FACES)
def test_hostile_words_are_only_words_on_every_page(
    visitor: Client, hostile: Any, path: str
) -> None:
    html = visitor.get(REPORT + path).content.decode()
    assert "&lt;script&gt;" in html
    assert foreign(html) == (set(), set(), set())
    assert "{{ 7 }}" in html or path == "versions/1/"


def test_hostile_reasons_are_only_words_where_a_page_is_gone(visitor: Client, hostile: Any) -> None:
    with publishing.withdrawing(HOSTILE, f"https://x.example/{HOSTILE}"):
        SENInformationReportPage.objects.get().unpublish()
    for path in ("", "versions/", "versions/3/"):
        html = visitor.get(REPORT + path).content.decode()
        assert foreign(html) == (set(), set(), set())
    assert "&lt;script&gt;" in visitor.get(REPORT).content.decode()


def test_hostile_words_come_out_of_the_data_as_they_went_in(visitor: Client, hostile: Any) -> None:
    response = visitor.get(f"{LIST}2/document.json")
    assert response["Content-Type"] == "application/json"
    assert response.json()["document"]["title"] == HOSTILE
    assert visitor.get(f"{LIST}1..2/document.json").json()["changed"][0]["fields"][0]["after"] == (
        HOSTILE
    )


@pytest.mark.parametrize("path", ["versions/", "versions/3..4/"])
def test_markup_that_was_written_past_the_gate_is_not_in_lists_and_comparisons(
    visitor: Client, thrice: Any, path: str
) -> None:
    data = json.loads(versions(thrice)[1].words)
    data["sections"][0]["body"] = {
        "html": f'<p>{HOSTILE}<a href="javascript:alert(1)">x</a><abbr title="{HOSTILE}">y</abbr>',
        "text": HOSTILE,
    }
    data["title"] = data["sections"][0]["title"] = HOSTILE
    put_text(thrice, json.dumps(data))
    response = visitor.get(REPORT + path)
    assert response.status_code == 200
    assert foreign(response.content.decode()) == (set(), set(), set())


@pytest.mark.parametrize("path", ["", "document.json"])
def test_words_that_were_changed_in_the_database_are_not_shown(
    visitor: Client, thrice: Any, path: str
) -> None:
    data = json.loads(versions(thrice)[1].words)
    data["sections"][0]["body"] = {"html": f"<p>{HOSTILE}", "text": HOSTILE}
    forge(versions(thrice)[1], json.dumps(data))
    response = visitor.get(f"{LIST}2/{path}")
    assert response.status_code == 503
    assert "not those that were published" in response.content.decode()
    assert HOSTILE not in response.content.decode()
    assert visitor.get(LIST).status_code == 200
