"""Redaction: the chosen words go, everything else stays."""

import json
import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.test_document import SOURCE, document, documents, few, section, words
from wagtail_senoffer.document import (
    AccessibilityPlan,
    Approval,
    Contact,
    Document,
    File,
    Link,
    Provision,
    Senco,
    TransitionStage,
    Words,
    clean_html,
)
from wagtail_senoffer.redaction import (
    Field,
    NothingToRedact,
    blank,
    fields,
    mentions,
    said,
    same_words,
    saying,
)
from wagtail_senoffer.rulesets import Kind
from wagtail_senoffer.schemas import EXAMPLE

ID = "00000000-0000-0000-0000-{:012x}"


@pytest.fixture
def larkfield():
    """Return the example Document of the package."""
    return Document.from_text(EXAMPLE.read_text(encoding="utf-8"))


def at(a_section, *steps):
    """Return the path of a field of a section."""
    return "/".join(["sections", str(a_section.id), *steps])


def paths(of):
    """Return the paths of the fields that hold words."""
    return [field.path for field in fields(of)]


def full_section(code="additional", number=1):
    """Return a section with words in every field that may be blanked."""
    return section(
        code,
        number,
        body=words("We plan."),
        senco=Senco(
            name="Mrs Hall", email="h@b.example", phone="1", days="Monday", qualification="Q"
        ),
        contacts=(Contact(name="Ann", about="mentor", phone="2", email="a@b.example", url="/ann"),),
        provisions=(
            Provision(
                name="Club", level="universal", who="Ann", when="daily", body=words("A club.")
            ),
        ),
        links=(Link(text="Policy", url="/p"),),
        documents=(File(title="Plan", url="/p.pdf", format="PDF"),),
        needs=("ASD",),
        accessibility_plan=AccessibilityPlan(
            url="/plan",
            start_date=date(2025, 9, 1),
            curriculum=words("Lessons."),
            buildings=words("Ramps."),
            information=words("Large print."),
        ),
        stages=(TransitionStage(stage="starting", body=words("Visit.")),),
        local_offer_url="/offer",
    )


OF_A_SECTION = [
    *("title", "senco/name", "senco/phone", "senco/email", "senco/days", "senco/qualification"),
    *("local_offer_url", "body", "provisions/0/name", "provisions/0/who", "provisions/0/when"),
    *("provisions/0/body", "stages/0/body", "accessibility_plan/url"),
    *("accessibility_plan/curriculum", "accessibility_plan/buildings"),
    *("accessibility_plan/information", "contacts/0/name", "contacts/0/about"),
    *("contacts/0/phone", "contacts/0/email", "contacts/0/url", "links/0", "documents/0"),
]


# --- what can be blanked ------------------------------------------------------------------


def test_every_field_with_words_of_the_school_has_a_path():
    full = full_section()
    assert paths(document(full)) == ["title", *(at(full, step) for step in OF_A_SECTION)]


def test_drawn_sections_have_the_same_fields_below_their_question():
    drawn = full_section()
    question = section("q1", drawn=(drawn,))
    assert paths(document(question))[1:] == [
        at(question, "drawn", str(drawn.id), step) for step in OF_A_SECTION
    ]


def test_what_belongs_to_the_whole_document_stands_around_the_sections():
    before = document(
        section(body=words("We plan.")),
        introduction=words("Welcome."),
        approval=Approval(by="Mr Grey", on=date(2026, 9, 22)),
        tags=("autism", "Ann"),
        academic_year="2026-27",
        question_set="se7-14",
        drawn_from=SOURCE,
    )
    school = {"headteacher": "Ms Dale", "telephone": "1", "email": "o@b.example", "urn": "190001"}
    before = before.with_school(before.school.model_copy(update=school))
    told = [(each.path, each.section, each.section_title, each.label) for each in fields(before)]
    assert told == [
        ("title", "", "The whole document", "Title"),
        ("introduction", "", "The whole document", "Introduction"),
        (at(before.sections[0], "body"), "teaching", "Teaching", "Text"),
        ("approval/by", "", "The whole document", "Approved by"),
        ("tags/0", "", "The whole document", "Topic"),
        ("tags/1", "", "The whole document", "Topic"),
        ("school/headteacher", "school", "The school’s details", "Headteacher"),
        ("school/telephone", "school", "The school’s details", "Phone"),
        ("school/email", "school", "The school’s details", "E-mail"),
    ]


def test_a_field_says_where_it_is_and_what_it_holds():
    contacts = (Contact(name="Ann"), Contact(name="Ben"))
    one = section("parents", question="How?", contacts=contacts, links=(Link(text="P", url="/p"),))
    two = section("q1", drawn=(section(provisions=(Provision(name="Club", level="universal"),)),))
    found = fields(document(one, two))
    assert found[3].value == "P – /p"
    assert found == [
        Field("title", "", "The whole document", "Title", ("Report",)),
        Field(at(one, "contacts/0/name"), "parents", "How?", "Contact 1: Name", ("Ann",)),
        Field(at(one, "contacts/1/name"), "parents", "How?", "Contact 2: Name", ("Ben",)),
        Field(at(one, "links/0"), "parents", "How?", "Link", ("P", "/p")),
        Field(
            at(two, "drawn", str(two.drawn[0].id), "provisions/0/name"),
            "q1",
            "Q1",
            "Teaching: Extra help 1: Name",
            ("Club",),
        ),
    ]


def test_the_title_of_a_section_that_the_law_asks_for_stays():
    assert paths(document(section("teaching"))) == ["title"]


def test_a_documents_title_may_go_and_a_schools_name_stays():
    before = document(section())
    assert blank(before, ["title"]) == before.model_copy(update={"title": ""})
    assert paths(document(kind=Kind.SCHOOL)) == []


def test_a_rich_text_shows_its_text():
    found = fields(document(introduction=Words(html="<p>Hi <b>Ann</b></p>", text="Hi Ann")))
    assert [each.value for each in found] == ["Report", "Hi Ann"]


# --- blanking ----------------------------------------------------------------------------


@pytest.mark.parametrize("step", OF_A_SECTION)
def test_a_blanked_field_is_gone_and_all_others_stay(step):
    before = document(full_section(), section("q1", drawn=(full_section(number=2),)))
    chosen = at(before.sections[0], step)
    after = blank(before, [chosen])
    gone = {field.path: field.value for field in fields(before)}
    assert gone.pop(chosen) != ""
    assert {field.path: field.value for field in fields(after)} == gone
    assert skeleton(after) == skeleton(before)


def skeleton(of):
    """Return a Document as data in which all that may be blanked is blank."""
    return json.loads(blank(of, paths(of)).canonical_text())


def test_a_rich_text_goes_with_its_html():
    before = document(introduction=words("Ann"), tags=("Ann", "autism"))
    after = blank(before, ["introduction", "tags/0"])
    assert (after.introduction, after.tags) == (Words(), ("", "autism"))


def test_a_row_of_a_list_stays_without_its_words():
    full = full_section()
    steps = [step for step in OF_A_SECTION if step.startswith(("contacts", "links", "documents"))]
    after = blank(document(full), [at(full, step) for step in steps]).sections[0]
    assert after.contacts == (Contact(name=""),)
    assert after.links == (Link(text="", url=""),)
    assert after.documents == (File(title="", url="", format="PDF"),)
    assert (after.senco, after.provisions, after.id) == (full.senco, full.provisions, full.id)


def test_nothing_chosen_nothing_changed(larkfield):
    assert blank(larkfield, []) == larkfield


@pytest.mark.parametrize(
    "path",
    [
        *("", "locale", "key", "school/urn", "school/name", "sections", "tags/0", "tags"),
        *("introduction", "approval/by", "approval/on", "drawn_from/sha256", "__class__"),
        *(f"sections/{ID.format(1)}/body", "sections/0/body", "../school/email"),
    ],
)
def test_a_path_without_words_is_refused(path):
    before = document(section(body=words("We plan.")))
    with pytest.raises(NothingToRedact) as refusal:
        blank(before, [path, at(before.sections[0], "body")])
    assert (refusal.value.paths, isinstance(refusal.value, ValueError)) == ([path], True)


def test_what_is_blank_can_not_be_blanked_again(larkfield):
    chosen = paths(larkfield)[:2]
    with pytest.raises(NothingToRedact) as refusal:
        blank(blank(larkfield, chosen), chosen)
    assert refusal.value.paths == sorted(chosen)


def test_two_sections_of_one_id_are_blanked_together():
    twins = document(section(body=words("Ann.")), section(body=words("Ben.")))
    assert paths(blank(twins, paths(twins)[1:2])) == ["title"]


# --- the same words elsewhere -------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("Mrs Anjali Corrigan", "mrs  anjali\tCORRIGAN "),
        ("STRASSE", "straße"),
        ("Zoë", "Zoe\u0308"),
        ("Mrs\xa0Hall", "Mrs Hall"),
    ],
)
def test_case_and_white_space_make_no_difference(said, value):
    before = document(section("senco", senco=Senco(name=said)))
    assert same_words(before, [value]) == paths(before)[1:]


def test_the_same_words_are_found_in_every_field():
    full = full_section()
    before = document(
        full,
        section("q1", drawn=(section(senco=Senco(name="Ann")),)),
        approval=Approval(by="ann"),
        introduction=words("Ann"),
        tags=("autism", "Ann"),
    )
    assert same_words(before, ["Ann", "/p"]) == [
        "introduction",
        at(full, "provisions/0/who"),
        at(full, "contacts/0/name"),
        at(full, "links/0"),
        at(before.sections[1], "drawn", str(before.sections[1].drawn[0].id), "senco/name"),
        "approval/by",
        "tags/1",
    ]


@pytest.mark.parametrize("values", [[], [""], [" \n"]])
def test_no_words_are_found_nowhere(larkfield, values):
    assert (same_words(larkfield, values), mentions(larkfield, values)) == ([], [])


@pytest.mark.parametrize(
    ("text", "value", "found"),
    [
        ("Ask Mrs Hall.", "mrs hall", 1),
        ("Ask Mrs\nHall!", "Mrs Hall", 1),
        ("Mrs Hallam is here.", "Mrs Hall", 0),
        ("write to ann@b.example", "ann@b.example", 1),
        ("write to joann@b.example", "ann@b.example", 0),
        ("Ring (01632) 960102 now", "(01632) 960102", 1),
        ("Mrs Hall", "Mrs Hall", 0),
        ("a.b", "a", 1),
        ("axb", "a.b", 0),
        ("Hall", "Mrs Hall", 0),
    ],
)
def test_words_within_a_longer_text_are_mentions(text, value, found):
    assert len(mentions(document(introduction=words(text)), [value])) == found


def test_a_link_in_the_text_mentions_where_it_leads():
    html = '<p>Write to <a href="mailto:ann@b.example">me</a>, <abbr title="Ann">A.</abbr></p>'
    before = document(introduction=clean_html(html, "https://school.example/"))
    assert [each.path for each in mentions(before, ["ann@b.example"])] == ["introduction"]
    assert [each.path for each in mentions(before, ["Ann"])] == ["introduction"]
    assert mentions(before, ["href", "abbr", "p"]) == []


def test_a_mention_in_a_title_or_address_is_found():
    one = section(documents=(File(title="Letter from Ann", url="/x"), File(title="B", url="/ann")))
    assert [each.path for each in mentions(document(one), ["Ann"])] == [
        at(one, "documents/0"),
        at(one, "documents/1"),
    ]


def test_many_and_hostile_values_are_searched_in_a_second():
    before = document(introduction=words("a (b " * 10_000))
    values = ["(a+)+$", "b" * 5_000, *(f"a (b a{number}" for number in range(500))]
    start = time.process_time()
    assert (same_words(before, values), mentions(before, values)) == ([], [])
    assert time.process_time() - start < 1


# --- any Document ------------------------------------------------------------------------


@few
@given(documents, st.data())
def test_after_blanking_no_field_says_the_words_and_the_rest_is_as_it_was(before, data):
    found = [value for field in fields(before) for value in field.values]
    values = data.draw(st.lists(st.sampled_from(found), max_size=3)) if found else []
    chosen = same_words(before, values)
    after = blank(before, chosen)
    assert same_words(after, values) == []
    assert Document.model_validate(json.loads(after.model_dump_json())) == after
    assert Document.from_text(after.canonical_text()) == after
    left = [field for field in fields(before) if field.path not in chosen]
    assert fields(after) == left
    assert skeleton(after) == skeleton(before)


@few
@given(documents)
def test_all_words_can_be_blanked_at_once(before):
    after = blank(before, paths(before))
    assert fields(after) == []
    assert [each.id for each in after.sections] == [each.id for each in before.sections]
    assert (after.school.name, after.key, after.school.urn, after.review_date) == (
        before.school.name,
        before.key,
        before.school.urn,
        before.review_date,
    )


@few
@given(documents)
def test_no_field_both_says_and_mentions_the_same_words(before):
    values = [field.value for field in fields(before)]
    mentioned = {field.path for field in mentions(before, values)}
    same = set(same_words(before, values))
    assert mentioned & same == set()
    assert {each.path for each in saying(before, values)} == mentioned | same


def test_of_many_values_those_are_said_that_stand_alone_or_among_others():
    before = document(introduction=words("Ask Mrs Hall."), tags=("Ann",))
    assert said(before, ["mrs hall", "ANN", "Hal", "", "Ben"]) == {"mrs hall", "ANN"}
