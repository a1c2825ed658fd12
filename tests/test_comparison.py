"""What changed between two Documents: found whole, shown exactly, never slowly."""

import time
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.test_document import (
    SCHOOL_KEY,
    SOURCE,
    document,
    documents,
    few,
    section,
    words,
)
from wagtail_senoffer.comparison import Change, FieldChange, Run, compare, summary
from wagtail_senoffer.document import (
    AccessibilityPlan,
    Address,
    Approval,
    Contact,
    Document,
    File,
    Link,
    Provision,
    School,
    Senco,
    TransitionStage,
    Words,
    clean_html,
)
from wagtail_senoffer.schemas import EXAMPLE
from wagtail_senoffer.vocabularies import Duty

SWAPPED = {Change.ADDED: Change.REMOVED, Change.REMOVED: Change.ADDED}


@pytest.fixture
def larkfield():
    """Return the example Document of the package."""
    return Document.from_text(EXAMPLE.read_text(encoding="utf-8"))


def states(comparison):
    """Return (code, what became of it) of all that changed."""
    return [(each.code, each.change.value) for each in comparison.changed]


def fields(before, after):
    """Return {name: (label, before, after)} of all that differs, sections aside."""
    changed = compare(before, after).changed
    return {
        field.name: (field.label, field.before, field.after)
        for each in changed
        for field in each.fields
    }


def of_section(before, after):
    """Return the fields that differ between two sections, given by their fields."""
    return fields(document(section(**before)), document(section(**after)))


def lines(before, after):
    """Return the lines of a field as text: [removed] and {added}."""
    marks = {"same": "%s", "removed": "[%s]", "added": "{%s}"}
    found = FieldChange("body", "Text", before, after).lines()
    return ["".join(marks[run.kind] % run.text for run in line) for line in found]


def side(found, kind):
    """Return the lines of one side, as the runs tell them."""
    kept = ([run for run in line if run.kind in ("same", kind)] for line in found)
    return ["".join(run.text for run in line) for line in kept if line]


def split(text):
    """Return a text's lines; an empty text has none."""
    return text.split("\n") if text else []


# --- sections ----------------------------------------------------------------------------


def test_sections_stand_in_the_later_order_and_removed_ones_where_they_were():
    before = document(section("kinds"), section("gone"), section("senco"), section("last"))
    after = document(section("new"), section("kinds"), section("senco", body=words("Ring.")))
    assert [(each.code, each.change.value) for each in compare(before, after).sections] == [
        ("", "unchanged"),
        ("school", "unchanged"),
        ("new", "added"),
        ("kinds", "unchanged"),
        ("gone", "removed"),
        ("senco", "changed"),
        ("last", "removed"),
    ]


def test_a_section_is_named_by_what_a_reader_sees():
    after = document(
        section("kinds", question="What kinds?"),
        section("teaching"),
        section("additional").model_copy(update={"title": ""}),
    )
    named = [(each.title, each.short_title) for each in compare(document(), after).sections]
    assert named == [
        ("The whole document", "The whole document"),
        ("The school’s details", "The school’s details"),
        ("What kinds?", "Kinds"),
        ("Teaching", "Teaching"),
        ("More information", "More information"),
    ]


def test_of_an_added_or_removed_section_the_fields_with_words_are_shown():
    full = document(section(body=words("We plan."), links=(Link(text="Policy", url="/p"),)))
    assert fields(document(), full) == {
        "body": ("Text", "", "We plan."),
        "links": ("Links", "", "Policy – /p"),
    }
    assert fields(full, document()) == {
        "body": ("Text", "We plan.", ""),
        "links": ("Links", "Policy – /p", ""),
    }


def test_another_id_is_no_change():
    before = document(section(body=words("We plan.")), drawn_from=SOURCE)
    after = document(section(number=2, body=words("We plan.")))
    assert (states(compare(before, after)), before == after) == ([], False)


def test_sections_of_one_code_are_matched_by_id_then_by_order():
    one, two = (section("additional", number, body=words(f"No {number}.")) for number in (1, 2))
    three = section("additional", 3, body=words("No 1, changed."))
    assert states(compare(document(one, two), document(two))) == [("additional", "removed")]
    assert fields(document(one, two), document(three, two)) == {
        "body": ("Text", "No 1.", "No 1, changed.")
    }


def test_sections_that_changed_places_change_the_order_alone():
    one, two = section("kinds"), section("senco")
    assert states(compare(document(one, two), document(two, one))) == [("", "changed")]
    assert fields(document(one, two), document(two, one)) == {
        "order": ("Order", "Kinds\nSenco", "Senco\nKinds")
    }


def test_a_section_that_answers_another_is_named():
    teaching = section("teaching", body=words("We plan."), question="How?")
    before = document(teaching, section("adapt", body=words("We adapt.")))
    after = document(teaching, section("adapt", answered_in="teaching"))
    assert fields(before, after) == {
        "body": ("Text", "We adapt.", ""),
        "answered_in": ("We answer this under", "", "How?"),
    }


# --- what belongs to the whole Document, and the school -----------------------------------


def test_what_belongs_to_the_whole_document_is_compared():
    before = document(approval=Approval(by="Governors"), tags=("autism",))
    after = document(
        title="Our report",
        introduction=words("Welcome."),
        academic_year="2026-27",
        approval=Approval(by="Board", on=date(2026, 9, 2)),
        review_date=date(2027, 12, 31),
        tags=("autism", "dyslexia"),
        question_set="se7-14",
    )
    assert fields(before, after) == {
        "title": ("Title", "Report", "Our report"),
        "introduction": ("Introduction", "", "Welcome."),
        "academic_year": ("Academic year", "", "2026-27"),
        "approval.by": ("Approved by", "Governors", "Board"),
        "approval.on": ("Approved on", "", "2 September 2026"),
        "review_date": ("Next review", "", "31 December 2027"),
        "tags": ("Topics", "autism", "autism\ndyslexia"),
        "question_set": ("Set of questions", "", "se7-14"),
    }


def test_the_schools_particulars_are_compared_in_plain_words():
    before = document()
    after = before.with_school(
        School(
            key=SCHOOL_KEY,
            name="Larkfield Primary",
            urn="190001",
            former_urns=("190002", "190003"),
            school_type="15",
            duty=Duty.VOLUNTARY,
            phase="primary",
            minimum_age=4,
            maximum_age=11,
            resourced_provision="SEN unit",
            address=Address(street="12 Larkfield Lane", postcode="ZZ99 1AA"),
            headteacher="Ms Pemberley",
        )
    )
    assert states(compare(before, after)) == [("school", "changed")]
    assert {name: told[1:] for name, told in fields(before, after).items()} == {
        "name": ("Larkfield", "Larkfield Primary"),
        "school_type": ("", "Maintained nursery school"),
        "duty": ("by law", "the school’s choice"),
        "phase": ("", "Primary"),
        "ages": ("", "ages 4 to 11"),
        "resourced_provision": ("", "SEN unit"),
        "address": ("", "12 Larkfield Lane\nZZ99 1AA"),
        "headteacher": ("", "Ms Pemberley"),
        "urn": ("", "190001"),
        "former_urns": ("", "190002, 190003"),
    }


# --- the fields of a section --------------------------------------------------------------


def test_each_field_of_a_section_has_a_name_and_a_label():
    after = {
        "question": "How?",
        "senco": Senco(name="A", phone="1", email="a@b.example", days="Monday", qualification="Q"),
        "needs": ("ASD", "XX"),
        "local_offer_url": "https://westmarch.example/",
        "accessibility_plan": AccessibilityPlan(
            url="/plan",
            start_date=date(2025, 9, 1),
            curriculum=words("Lessons."),
            buildings=words("Ramps."),
            information=words("Large print."),
        ),
        "stages": (TransitionStage(stage="starting", body=words("Visit us.")),),
        "documents": (File(title="Policy", url="/p.pdf", format="PDF"), File(title="B", url="/b")),
    }
    assert of_section({}, after) == {
        "question": ("Question", "", "How?"),
        "senco.name": ("SENCO", "", "A"),
        "senco.phone": ("Phone", "", "1"),
        "senco.email": ("E-mail", "", "a@b.example"),
        "senco.days": ("Works", "", "Monday"),
        "senco.qualification": ("Qualification", "", "Q"),
        "needs": ("Kinds of need", "", "Autistic spectrum disorder\nXX"),
        "local_offer_url": ("The council's local offer", "", "https://westmarch.example/"),
        "stages.starting": ("Starting with us", "", "Visit us."),
        "accessibility_plan.url": ("The whole accessibility plan", "", "/plan"),
        "accessibility_plan.start_date": ("The plan started on", "", "1 September 2025"),
        "accessibility_plan.curriculum": (
            "Taking part in lessons and school life",
            "",
            "Lessons.",
        ),
        "accessibility_plan.buildings": ("Buildings and grounds", "", "Ramps."),
        "accessibility_plan.information": ("Written information", "", "Large print."),
        "documents": ("Documents", "", "Policy (PDF) – /p.pdf\nB – /b"),
    }


@pytest.mark.parametrize(
    ("ages", "told"),
    [
        ({}, "A club – For every child"),
        ({"minimum_age": 0}, "A club – For every child – from age 0"),
        ({"maximum_age": 7}, "A club – For every child – up to age 7"),
        ({"minimum_age": 5, "maximum_age": 7}, "A club – For every child – ages 5 to 7"),
        (
            {"needs": ("HI", "VI"), "who": "a teacher", "when": "daily", "body": words("x\ny")},
            "A club – For every child – Hearing impairment; Vision impairment – a teacher – daily "
            "– x y",
        ),
    ],
)
def test_a_line_of_the_provision_map_is_one_line(ages, told):
    provision = Provision(name="A club", level="universal", **ages)
    assert of_section({}, {"provisions": (provision,)})["provisions"][2] == told


def test_a_contact_inserted_at_the_top_is_one_added_line():
    old = [Contact(name=f"Person {number}", phone=f"0163{number}") for number in (1, 2)]
    new = Contact(name="SENDIASS", about="advice", email="a@b.example", url="https://b.example/")
    told = of_section({"contacts": tuple(old)}, {"contacts": (new, *old)})["contacts"]
    assert lines(*told[1:]) == [
        "{SENDIASS – advice – a@b.example – https://b.example/}",
        "Person 1 – 01631",
        "Person 2 – 01632",
    ]


def test_an_empty_senco_is_as_good_as_none():
    assert of_section({}, {"senco": Senco(), "accessibility_plan": AccessibilityPlan()}) == {}


# --- what plain text doesn't show ---------------------------------------------------------


def rich(html):
    """Return a rich text as a page's body would have it."""
    return {"body": clean_html(html, "https://school.example/")}


def test_another_address_behind_the_same_words_is_found():
    before = rich('<p>See <a href="/old?a&amp;b">the <b>policy</b></a>.</p>')
    after = rich('<p>See <a href="/new">the <b>policy</b></a>.</p>')
    assert of_section(before, after) == {
        "body.links": (
            "Links in the text",
            "the policy (https://school.example/old?a&b)",
            "the policy (https://school.example/new)",
        )
    }


def test_what_an_abbreviation_stands_for_is_found():
    before = rich('<p>Ask the <abbr title="a > b">SENCO</abbr>.</p>')
    after = rich('<p>Ask the <abbr title="co-ordinator">SENCO</abbr>.</p>')
    assert of_section(before, after) == {
        "body.abbreviations": ("Abbreviations", "SENCO (a > b)", "SENCO (co-ordinator)")
    }


def test_where_only_the_layout_changed_it_is_said_so():
    said = "The words are the same; only their layout changed."
    assert of_section(rich("<p>We plan.</p>"), rich("<p><b>We</b> plan.</p>")) == {
        "body.layout": ("Layout only", said, said)
    }
    heading, line = words("Visit us."), Words(html="<h3>Visit us.</h3>", text="Visit us.")
    stages = [{"stages": (TransitionStage(stage="starting", body=x),)} for x in (heading, line)]
    assert of_section(*stages) == {
        "stages.starting.layout": ("Starting with us: Layout only", said, said)
    }


def test_a_link_in_the_provision_map_is_found():
    rows = [
        {"provisions": (Provision(name="Club", level="universal", **rich(f"<a href={x}>x</a>")),)}
        for x in ("/old", "/new")
    ]
    assert of_section(*rows) == {
        "provisions.links": (
            "Extra help: Links in the text",
            "x (https://school.example/old)",
            "x (https://school.example/new)",
        )
    }


def test_a_new_section_has_no_line_about_its_layout():
    odd = document(section(body=Words(html="<p></p>")))
    assert [each.fields for each in compare(document(), odd).changed] == [()]


# --- offers ------------------------------------------------------------------------------


def test_drawn_sections_are_compared_as_part_of_their_question():
    before, after = (
        document(
            section("q1", question="How?", drawn=(section("teaching", number, body=words(text)),)),
            drawn_from=source,
        )
        for number, text, source in ((1, "We plan.", SOURCE), (2, "We act.", None))
    )
    assert [each.title for each in compare(before, after).changed] == ["How?"]
    assert states(compare(before, after)) == [("q1", "changed")]
    assert fields(before, after) == {
        "drawn.teaching.body": ("Teaching: Text", "We plan.", "We act.")
    }


def test_a_section_drawn_anew_or_no_more_is_told_with_its_words():
    bare = document(section("q1", body=words("Ours.")))
    quoting = document(section("q1", drawn=(section("teaching", body=words("We plan.")),)))
    assert fields(bare, quoting) == {
        "body": ("Text", "Ours.", ""),
        "drawn.teaching.body": ("Teaching: Text", "", "We plan."),
    }
    assert fields(quoting, bare) == {
        "body": ("Text", "", "Ours."),
        "drawn.teaching.body": ("Teaching: Text", "We plan.", ""),
    }


# --- lines and words ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("", "", []),
        ("", "One", ["{One}"]),
        ("One", "", ["[One]"]),
        ("One\ntwo", "One\ntwo", ["One", "two"]),
        ("Mrs Anne Hall", "Mrs Beth Hall", ["Mrs [Anne ]{Beth }Hall"]),
        ("Ring the office.", "Ring the office. Or write.", ["Ring the office.{ Or write.}"]),
        ("two words here", "two  words here", ["two[ ]{  }words here"]),
        (" a b c", "a b c", ["[ ]a b c"]),
        ("a b c ", "a b c", ["a b c[ ]"]),
        ("Mrs Hall", "Mr Smith", ["[Mrs Hall]", "{Mr Smith}"]),
        ("A.\nC.", "A.\nB.\nC.", ["A.", "{B.}", "C."]),
        ("A.\nB.\nC.", "A.\nC.", ["A.", "[B.]", "C."]),
        (
            "We meet you in May.",
            "New words.\nWe meet you in June.",
            ["{New words.}", "We meet you in [May.]{June.}"],
        ),
        ("a\n\nb", "a\n \nb", ["a", "[]", "{ }", "b"]),
        ("", "\n", ["{}", "{}"]),
        ("one two three", "three one two", ["{three }one two[ three]"]),
        ("a\nb", "b\na", ["{b}", "a", "[b]"]),
        ("x <b>y</b> z", "x <i>y</i> z", ["x [<b>y</b> ]{<i>y</i> }z"]),
    ],
)
def test_a_field_is_told_line_by_line_and_word_by_word(before, after, told):
    assert lines(before, after) == told


def test_a_long_passage_is_still_told_word_by_word():
    before, after = (
        "\n".join(f"Point {number} is {word} to us." for number in range(100))
        for word in ("dear", "plain")
    )
    told = [f"Point {number} is [dear ]{{plain }}to us." for number in range(100)]
    assert lines(before, after) == told


def test_hostile_markup_stays_plain_text():
    after = words("<script>alert(1)</script> & more")
    told = compare(document(), document(section(body=after))).changed[0].fields[0]
    assert told.lines() == [[Run("added", "<script>alert(1)</script> & more")]]
    assert type(told.lines()[0][0].text) is str


texts = st.text(st.sampled_from("ab \n\t\x85\u2028<&é"), max_size=40) | st.text(max_size=20)


@given(texts, texts)
def test_the_runs_make_both_texts_exactly(before, after):
    found = FieldChange("body", "Text", before, after).lines()
    assert side(found, "added") == split(after)
    assert side(found, "removed") == split(before)
    assert [line for line in found if not line] == []


@given(texts, texts)
def test_between_two_same_runs_stand_one_removed_and_one_added_at_most(before, after):
    for line in FieldChange("body", "Text", before, after).lines():
        kinds = "".join(run.kind[0] for run in line)
        assert [pair for pair in ("ss", "rr", "aa", "ar") if pair in kinds] == []


HOSTILE = {
    "other words": (" ".join(f"a{n}" for n in range(5000)), " ".join(map(str, range(5000)))),
    "the same words in reverse": (
        " ".join(map(str, range(5000))),
        " ".join(map(str, range(5000, 0, -1))),
    ),
    "two words again and again": ("a b " * 20_000, "b a " * 19_999),
    "two words in another rhythm": ("a a b " * 20_000, "a b " * 20_000),
    "a word here and there": ("x u " * 200, " ".join(f"x v{n}" for n in range(200))),
    "lines of one word": ("a\n" * 20_000, "b\na\n" * 10_000),
    "lines that are all alike": ("a b c\n" * 5_000, "a b d\n" * 5_000),
    "lines of their own": (
        "\n".join(f"old line {n}" for n in range(5_000)),
        "\n".join(f"new line {n}" for n in range(5_000)),
    ),
    "many middling paragraphs": (
        "\n".join(f"{n} " + "a a b c " * 50 for n in range(200)),
        "\n".join(f"-{n} " + "a b c c " * 50 for n in range(200)),
    ),
    "as much work as is allowed": (
        " ".join(["x"] * 165 + [f"u{n}" for n in range(165, 0, -1)]),
        " ".join(f"x u{n}" for n in range(165)),
    ),
    "no blank at all": ("x" * 500_000, "x" * 499_999 + "y"),
    "blanks alone": (" " * 100_000, "\t" * 100_000),
}


@pytest.mark.parametrize(("before", "after"), HOSTILE.values(), ids=HOSTILE)
def test_the_worst_texts_are_compared_in_a_second(before, after):
    start = time.process_time()
    found = FieldChange("body", "Text", before, after).lines()
    assert time.process_time() - start < 1
    assert (side(found, "removed"), side(found, "added")) == (split(before), split(after))


HOSTILE_HTML = {
    "links never closed": '<a href="x">' * 5_000,
    "quotes never closed": '<a href="' * 7_000,
    "quotes in a row": '"' * 64_000,
    "closed links": '<a href="x">y</a>' * 4_000,
}


@pytest.mark.parametrize("html", HOSTILE_HTML.values(), ids=HOSTILE_HTML)
def test_the_worst_markup_is_compared_in_a_second(html):
    start = time.process_time()
    of_section({"body": Words(html=html, text="x")}, {"body": Words(html=html + "y", text="x")})
    assert time.process_time() - start < 1


# --- any Document ------------------------------------------------------------------------


@few
@given(documents)
def test_a_document_has_not_changed_from_itself(given_document):
    again = Document.from_text(given_document.canonical_text())
    assert compare(given_document, again).changed == ()
    assert summary(given_document, again) == "No change in the words."


@few
@given(documents, documents)
def test_the_same_sections_differ_in_both_directions(before, after):
    there, back = compare(before, after), compare(after, before)
    swapped = [(each.code, SWAPPED.get(each.change, each.change)) for each in back.sections]
    assert sorted((each.code, each.change) for each in there.sections) == sorted(swapped)


@few
@given(documents, documents)
def test_every_field_shows_both_sides_exactly(before, after):
    for each in compare(before, after).changed:
        for field in each.fields:
            assert side(field.lines(), "added") == split(field.after)
            assert side(field.lines(), "removed") == split(field.before)


@few
@given(documents)
def test_every_section_is_told_once(given_document):
    comparison = compare(document(), given_document)
    assert [each.code for each in comparison.sections[2:]] == [
        each.code for each in given_document.sections
    ]
    assert set(comparison.changed) | set(comparison.unchanged) == set(comparison.sections)


def test_each_text_of_a_report_that_changes_is_found(larkfield):
    """Leaf by leaf: whatever a school can write, a change of it is told."""
    data = larkfield.model_dump(mode="json")
    missed = []
    for place, told in leaves(data):
        changed = with_leaf(data, place, told)
        if changed and compare(larkfield, changed).changed == ():
            missed.append(place)
    assert missed == []


_NOT_WORDS = {"key", "id", "code", "kind", "locale", "schema_version", "mode", "level", "stage"}


def leaves(value, place=()):
    """Yield (path, value) of each text in JSON data."""
    if isinstance(value, dict | list):
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for name, inner in pairs:
            yield from leaves(inner, (*place, name))
    elif isinstance(value, str) and value and place[-1] not in _NOT_WORDS:
        yield place, value


def with_leaf(data, place, told):
    """Return the Document with another text at a place; None for what must be of a list."""
    if place[-1] in ("duty", "phase", "resourced_provision", "rule"):
        return None
    dates_and_numbers = ("on", "review_date", "start_date", "urn", "ukprn", "laestab", "uprn")
    other = told[:-1] + str(9 - int(told[-1])) if place[-1] in dates_and_numbers else told + " x"
    if place[-1] in ("on", "review_date", "start_date"):
        other = "2001-02-03"

    def put(value, path):
        if not path:
            return other
        name, *rest = path
        if isinstance(value, dict):
            return {**value, name: put(value[name], rest)}
        return [put(x, rest) if at == name else x for at, x in enumerate(value)]

    return Document.model_validate(put(data, place))


# --- in one line -------------------------------------------------------------------------


def test_the_first_version_is_called_so():
    assert summary(None, document()) == "First version."


def test_a_summary_names_what_changed():
    before = document(section("teaching"), section("senco"), section("equipment"))
    after = document(
        section("teaching", body=words("We plan.")),
        section("senco", senco=Senco(name="Mrs Hall")),
        section("wellbeing", body=words("Yes.")),
    )
    told = "Changed: Teaching, Senco. Added: Wellbeing. Removed: Equipment."
    assert summary(before, after) == told


def test_a_summary_names_what_belongs_to_the_whole_document():
    after = document(
        introduction=words("Welcome."),
        academic_year="2026-27",
        review_date=date(2027, 1, 1),
    )
    after = after.with_school(after.school.model_copy(update={"headteacher": "Ms Pemberley"}))
    told = "Changed: the introduction, the year and dates, the school’s details."
    assert summary(document(), after) == told


@pytest.mark.parametrize(
    ("count", "told"),
    [
        (4, "Added: A1, A2, A3, A4."),
        (5, "Added: A1, A2, A3, A4 and 1 more."),
        (7, "Added: A1, A2, A3, A4 and 3 more."),
    ],
)
def test_a_summary_has_four_names_a_group(count, told):
    after = document(*(section(f"a{number}") for number in range(1, count + 1)))
    assert summary(document(), after) == told


def test_a_summary_of_other_ids_says_that_no_word_changed():
    before = document(section(body=words("We plan.")), drawn_from=SOURCE)
    after = document(section(number=2, body=words("We plan."))).model_copy(
        update={"key": UUID(int=7)}
    )
    assert summary(before, after) == "No change in the words."
