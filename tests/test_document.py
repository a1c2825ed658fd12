"""The Document: one canonical text, clean HTML, plain words (P1, P4, P10, G13)."""

import json
import time
import unicodedata
from datetime import date
from html.parser import HTMLParser
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from wagtail_senoffer.document import (
    ATTRIBUTES,
    MAX_HTML_BYTES,
    MAX_HTML_TAGS,
    TAGS,
    URL_SCHEMES,
    AccessibilityPlan,
    Address,
    Approval,
    Contact,
    Document,
    DocumentError,
    File,
    Link,
    Provision,
    School,
    Section,
    Senco,
    Source,
    TooMuchHtml,
    TransitionStage,
    Unreadable,
    Words,
    clean_html,
    clean_line,
    clean_url,
    plain_text,
    sha256,
    words_outside_links,
)
from wagtail_senoffer.rulesets import Kind
from wagtail_senoffer.schemas import EXAMPLE
from wagtail_senoffer.vocabularies import (
    NEEDS,
    Duty,
    Mode,
    Phase,
    ProvisionLevel,
    ResourcedProvision,
    Stage,
)

BASE = "https://school.example/"
KEY = UUID("6f0d2c1e-5b0a-4c1f-9f35-0a4f3f6f7b02")
SCHOOL_KEY = UUID("6f0d2c1e-5b0a-4c1f-9f35-0a4f3f6f7b01")
SOURCE = Source(key=KEY, number=3, sha256="0" * 64)


def words(text):
    """Return a one-paragraph rich text."""
    return Words(html=f"<p>{text}</p>", text=text)


def section(code="teaching", number=1, **fields):
    """Return a Section; its id comes from code and number."""
    identity = UUID(int=sum(code.encode()) * 1000 + number)
    return Section(id=identity, code=code, title=code.capitalize(), **fields)


def document(*sections, **fields):
    """Return a Document of a mainstream school's report."""
    school = School(key=SCHOOL_KEY, name="Larkfield", mode=Mode.MAINSTREAM, duty=Duty.REQUIRED)
    values = {"kind": Kind.REPORT, "locale": "en-gb", "title": "Report", "school": school}
    return Document(schema_version=1, key=KEY, sections=sections, **{**values, **fields})


# --- any Document at all, for the properties ---------------------------------------------

# A Document is large: a few dozen of them are as good as a hundred, and faster.
few = settings(max_examples=30)

lines = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
ages = st.none() | st.integers(-1, 130)
days = st.none() | st.dates()
rich = st.builds(Words, html=lines, text=lines)
needs = st.lists(st.sampled_from(list(NEEDS)), max_size=3).map(tuple)
codes = st.sampled_from(
    [
        *("kinds", "teaching", "senco", "extra_support", "accessibility_plan", "la_local_offer"),
        *("parents", "transition", "staff_training", "inclusion_costs", "additional", ""),
    ]
)


def rows(row):
    """Return tuples of few rows."""
    return st.lists(row, max_size=2).map(tuple)


def any_section(drawn):
    """Return sections of every shape."""
    return st.builds(
        Section,
        id=st.uuids(),
        code=codes,
        title=lines,
        question=lines,
        body=rich,
        links=rows(st.builds(Link, text=lines, url=lines)),
        documents=rows(st.builds(File, title=lines, url=lines, format=lines)),
        needs=needs,
        senco=st.none() | st.builds(Senco, name=lines, email=lines, phone=lines),
        contacts=rows(st.builds(Contact, name=lines, email=lines, url=lines)),
        provisions=rows(
            st.builds(
                Provision,
                name=lines,
                level=st.sampled_from(ProvisionLevel),
                minimum_age=ages,
                body=rich,
            )
        ),
        local_offer_url=lines,
        answered_in=codes,
        accessibility_plan=st.none()
        | st.builds(AccessibilityPlan, url=lines, start_date=days, curriculum=rich),
        stages=rows(st.builds(TransitionStage, stage=st.sampled_from(Stage), body=rich)),
        drawn=drawn,
    )


schools = st.builds(
    School,
    key=st.uuids(),
    name=lines,
    urn=st.none() | st.from_regex(r"[0-9]{6}", fullmatch=True),
    ukprn=st.none() | st.from_regex(r"[0-9]{8}", fullmatch=True),
    laestab=st.none() | st.from_regex(r"[0-9]{6}[1-9]", fullmatch=True),
    uprn=st.none() | st.from_regex(r"[0-9]{1,12}", fullmatch=True),
    school_type=lines,
    mode=st.none() | st.sampled_from(Mode),
    duty=st.none() | st.sampled_from(Duty),
    phase=st.none() | st.sampled_from(Phase),
    minimum_age=ages,
    resourced_provision=st.sampled_from(ResourcedProvision),
    address=st.builds(Address, street=lines, postcode=lines),
)
documents = st.builds(
    Document,
    schema_version=st.just(1),
    kind=st.sampled_from(Kind),
    key=st.uuids(),
    locale=st.sampled_from(["en-gb", "pl"]),
    title=lines,
    school=schools,
    introduction=rich,
    academic_year=lines | st.sampled_from(["2026-27", "0000-01", "9999-00", "26-27", "20261"]),
    approval=st.builds(Approval, by=lines, on=days),
    review_date=days,
    tags=rows(lines),
    question_set=st.sampled_from(["", "se7-14", "outpost-7", "england-sir-2014", "none"]),
    drawn_from=st.none() | st.just(SOURCE),
    sections=rows(any_section(rows(any_section(st.just(()))))),
)

PIECES = [
    *(f"<{tag}>" for tag in sorted(TAGS)),
    *(f"</{tag}>" for tag in sorted(TAGS)),
    *("<object>", "</object>", "<div>", "</div>", "<svg>", "</svg>", "<math>", "<mtext>"),
    *("<foreignObject>", "<template>", "<select>", "<option>", "<form>", "<button>", "<h1>"),
    *("<script>", "</script>", "<style>", "</style>", "<iframe>", "<textarea>", "<title>"),
    *("<noscript>", "<plaintext>", "<!--", "-->", "--!>", "<![CDATA[", "]]>", "<?x", "<!x>"),
    *('<a href="', '<abbr title="', '<p onclick="', '">', "'", '"', "<", ">", "&", "=", "</"),
    *("javascript:alert(1)", "data:text/html,x", "//evil.example/", "https://[", "../x?a&b#c"),
    *("mailto:a@b.example", "tel:01632960101", "http:", "/"),
    *("&amp;lt;b&amp;gt;", "&lt;", "&#1;", "&#0;", "&#xD800;", "&#xFFFE;", "&nbsp;", "&#13;"),
    *("\u0338", "\u0301", "\x00", "\x0b", "\x85", "\x9f", "\r", "\t", "\n", "\xa0", "\u2028"),
    *("\u200b", "\ufffe", "\ud800", "\ufeff", "\u202e", "e", " ", "é", "word "),
]
odd_html = st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=25).map("".join)


class Reader(HTMLParser):
    """Reads clean HTML with another parser than the one that cleaned it."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.tags, self.attributes, self.text = [], [], []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]

    def handle_data(self, data):
        self.text.append(data)


def letters(text):
    """Return a text without white space, decomposed: what two spellings have in common."""
    return unicodedata.normalize("NFD", "".join(text.split()))


# --- P4: one text, one hash --------------------------------------------------------------


@pytest.fixture
def larkfield():
    """Return the example Document of the package."""
    return Document.from_text(EXAMPLE.read_text(encoding="utf-8"))


def test_p4_the_canonical_text_of_a_small_document_is_this():
    """Changed only with schema_version: every stored hash depends on it."""
    text = document(
        section("kinds", body=words("Für € alle"), needs=("ASD",)),
        approval=Approval(on=date(2026, 9, 22)),
    ).canonical_text()
    assert text == (
        '{"approval":{"on":"2026-09-22"},"key":"6f0d2c1e-5b0a-4c1f-9f35-0a4f3f6f7b02",'
        '"kind":"sen-information-report","locale":"en-gb","schema_version":1,'
        '"school":{"duty":"required","key":"6f0d2c1e-5b0a-4c1f-9f35-0a4f3f6f7b01","mode":"M",'
        '"name":"Larkfield"},"sections":[{"body":{"html":"<p>Für € alle</p>",'
        '"text":"Für € alle"},"code":"kinds","id":"00000000-0000-0000-0000-0000000831a9",'
        '"needs":["ASD"],"title":"Kinds"}],"title":"Report"}'
    )
    assert sha256(text) == sha256(Document.from_text(text).canonical_text())


def test_the_hash_is_the_sha256_of_the_utf8_bytes():
    assert sha256("é") == "4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c"


def test_p4_fields_in_another_order_give_the_same_text(larkfield):
    data = json.loads(larkfield.canonical_text())
    backwards = json.loads(json.dumps(data), object_pairs_hook=lambda pairs: dict(pairs[::-1]))
    assert list(backwards) == list(data)[::-1]
    assert Document.model_validate(backwards).canonical_text() == larkfield.canonical_text()


def test_p4_what_is_at_its_default_leaves_no_trace(larkfield):
    said = larkfield.model_dump(mode="json")
    assert Document.model_validate(said).canonical_text() == larkfield.canonical_text()


def leaves(value):
    """Yield every value in JSON data that is no container with something in it."""
    inner = list(value.values()) if isinstance(value, dict) else value
    if isinstance(inner, list) and inner:
        for each in inner:
            yield from leaves(each)
    else:
        yield value


@few
@given(documents)
def test_p4_every_document_round_trips_through_its_canonical_text(given_document):
    text = given_document.canonical_text()
    again = Document.from_text(text)
    assert again == given_document
    assert again.canonical_text() == text
    assert sha256(again.canonical_text()) == sha256(text)


@few
@given(documents)
def test_p4_the_canonical_text_is_sorted_and_holds_no_null(given_document):
    text = given_document.canonical_text()
    data = json.loads(text)
    assert text == json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert [leaf for leaf in leaves(data) if leaf is None] == []


def test_p4_another_word_another_hash(larkfield):
    texts = {
        each.canonical_text()
        for each in (
            larkfield,
            larkfield.model_copy(update={"title": "SEN information report."}),
            larkfield.model_copy(update={"sections": larkfield.sections[::-1]}),
            larkfield.with_school(larkfield.school.model_copy(update={"name": "Larkfield"})),
        )
    }
    assert len({sha256(text) for text in texts}) == 4


def test_p4_what_a_document_says_nothing_about_is_empty():
    """A default is left out of the text: were it a word, that would be published unsaid."""
    school = School(key=SCHOOL_KEY, name="Larkfield")
    smallest = [
        Document(
            schema_version=1, kind=Kind.REPORT, key=KEY, locale="en", title="Report", school=school
        ),
        school,
        section(),
        Senco(),
        Address(),
        Approval(),
        AccessibilityPlan(),
        Words(),
        Contact(name="SENDIASS"),
        File(title="Plan", url="https://a.example/"),
        Provision(name="Club", level="universal"),
        TransitionStage(stage="starting"),
    ]
    empty = ["", None, False, (), Words(), Address(), Approval(), ResourcedProvision.NONE]
    said = {
        (type(model).__name__, name)
        for model in smallest
        for name in type(model).model_fields
        if name not in model.model_fields_set and getattr(model, name) not in empty
    }
    assert said == set()
    assert DocumentError("Shorten it.", code="text-too-long").section == ""


def test_a_document_is_frozen(larkfield):
    for target, name in (
        (larkfield, "title"),
        (larkfield.school, "name"),
        (larkfield.sections[0], "code"),
        (larkfield.sections[0].body, "html"),
    ):
        with pytest.raises(ValidationError, match="Instance is frozen"):
            setattr(target, name, "other")


@pytest.mark.parametrize(
    "place",
    [
        (),
        ("school",),
        ("school", "address"),
        ("introduction",),
        ("approval",),
        ("sections", 0),
        ("sections", 0, "body"),
        ("sections", 0, "links", 0),
        ("sections", 1, "provisions", 0),
        ("sections", 2, "senco"),
        ("sections", 9, "accessibility_plan"),
    ],
    ids=str,
)
def test_an_unknown_key_is_refused_wherever_it_stands(larkfield, place):
    data = json.loads(larkfield.canonical_text())
    target = data
    for step in place:
        target = target[step]
    target["colour"] = "red"
    with pytest.raises(Unreadable, match="does not know its field") as refusal:
        Document.from_text(json.dumps(data))
    assert "/".join(map(str, (*place, "colour"))) in refusal.value.message
    assert [(each["type"], each["loc"]) for each in refusal.value.__cause__.errors()] == [
        ("extra_forbidden", (*place, "colour"))
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("schema_version", 2),
        ("kind", "policy"),
        ("key", "1"),
        ("sections", [{"id": str(KEY), "code": "kinds"}]),
        ("review_date", "soon"),
        ("title", None),
    ],
)
def test_a_text_of_another_shape_is_no_document(larkfield, field, value):
    data = json.loads(larkfield.canonical_text())
    with pytest.raises(Unreadable):
        Document.from_text(json.dumps({**data, field: value}))


@pytest.mark.parametrize(
    "text",
    [
        *("", "{}", "[]", "null", "7", "NaN", '{"title":"\\ud800"}', "\ud800", None, b"\xff"),
        *("[" * 100_000, '{"a":' * 100_000, "9" * 5_000),
        *(f'{{"schema_version":{each}}}' for each in ("1", "0", "-1", "NaN", "9" * 5_000)),
        '{"schema_version":0,"a":' + "[" * 100_000,
    ],
    ids=lambda text: str(text)[:24],
)
def test_what_is_no_document_is_refused(text):
    with pytest.raises(Unreadable) as refusal:
        Document.from_text(text)
    assert type(refusal.value) is Unreadable
    assert (refusal.value.code, refusal.value.section) == ("unreadable", "")
    assert refusal.value.message.startswith("This text can't be read") is True


def test_a_document_error_tells_what_and_where():
    error = DocumentError("Shorten it.", code="text-too-long", section="kinds")
    assert (str(error), error.message, error.code, error.section) == (
        "Shorten it.",
        "Shorten it.",
        "text-too-long",
        "kinds",
    )


# --- answers -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fields",
    [
        {"body": words("We do.")},
        {"body": words("Ż")},
        {"body": words("7")},
        {"links": (Link(text="Policy", url="https://a.example/"),)},
        {"documents": (File(title="Policy", url="https://a.example/p.pdf"),)},
        {"needs": ("ASD",)},
        {"senco": Senco(name="Mrs Corrigan")},
        {"senco": Senco(email="senco@larkfield.example")},
        {"senco": Senco(phone="01632 960101")},
        {"contacts": (Contact(name="SENDIASS"),)},
        {"contacts": (Contact(name="", phone="01632 960400"),)},
        {"contacts": (Contact(name="", email="hello@sendiass.example"),)},
        {"contacts": (Contact(name="", url="https://sendiass.example/"),)},
        {"provisions": (Provision(name="Club", level="universal"),)},
        {"provisions": (Provision(name="", level="universal", body=words("A club.")),)},
        {"local_offer_url": "https://westmarch.example/"},
        {"accessibility_plan": AccessibilityPlan(url="https://a.example/plan")},
        {"accessibility_plan": AccessibilityPlan(information=words("Large print."))},
        {"stages": (TransitionStage(stage="starting", body=words("Visits.")),)},
        {"drawn": (section(body=words("From the report.")),)},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_each_field_can_be_the_answer(fields):
    assert section(**fields).has_content() is True


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"body": words("")},
        {"body": words("...")},
        {"body": words("\u200b \u2060 \ufeff")},
        {"body": words("– 👍 –")},
        {"question": "What do you do?"},
        {"answered_in": "parents"},
        {"senco": Senco()},
        {"senco": Senco(days="Monday", qualification="NPQ")},
        {"senco": Senco(name="-", phone=".")},
        {"contacts": (Contact(name=""), Contact(name="-", about="?"))},
        {"provisions": (Provision(name="", level="universal", who="us", when="daily"),)},
        {"provisions": (Provision(name="…", level="targeted"),)},
        {"local_offer_url": "-"},
        {"accessibility_plan": AccessibilityPlan(start_date=date(2026, 9, 1))},
        {"stages": (TransitionStage(stage="starting"),)},
        {"drawn": (section(), section(number=2))},
    ],
    ids=str,
)
def test_what_says_nothing_is_no_answer(fields):
    """An empty row, a dash or a blank that can't be seen must not pass the gate (P3)."""
    assert section(**fields).has_content() is False


@given(rich)
def test_a_text_is_an_answer_if_it_has_a_letter_or_a_digit(body):
    says = any(character.isalnum() for character in body.text)
    assert section(body=body).has_content() is says


def test_the_texts_of_an_answer_come_from_every_field():
    full = section(
        body=words("body"),
        provisions=(
            Provision(name="Club", level="universal", who="staff", body=words("provision")),
        ),
        stages=(TransitionStage(stage="starting", body=words("stage")),),
        accessibility_plan=AccessibilityPlan(
            curriculum=words("one"), buildings=words("two"), information=words("three")
        ),
        links=(Link(text="link", url="https://a.example/"),),
        senco=Senco(name="Mrs Corrigan", days="Monday", qualification="NPQ"),
        contacts=(Contact(name="SENDIASS", about="advice"),),
    )
    assert full.texts() == ["body", "provision", "stage", "one", "two", "three"]
    assert full.short_texts() == [
        *("link", "Mrs Corrigan", "Monday", "NPQ", "SENDIASS", "advice", "Club", "staff"),
    ]
    assert (section().texts(), section().short_texts()) == ([], [])


def test_a_section_may_be_answered_in_another():
    report = document(
        section("parents", body=words("Together.")),
        section("pupils", answered_in="parents"),
        section("teaching", answered_in="adapt"),
        section("adapt", answered_in="teaching"),
        section("wellbeing", answered_in="nowhere"),
        section("activities", answered_in="activities"),
        section("progress", body=words("Our own."), answered_in="parents"),
        section("equipment"),
    )
    codes = [each.code for each in report.sections]
    assert [code for code in codes if report.is_answered(code)] == ["parents", "pupils", "progress"]
    assert report.is_answered("nowhere") is False
    answers = {code: report.answer(code) and report.answer(code).code for code in codes}
    assert answers == {
        "parents": "parents",
        "pupils": "parents",
        "teaching": "adapt",
        "adapt": "teaching",
        "wellbeing": None,
        "activities": "activities",
        "progress": "progress",
        "equipment": "equipment",
    }
    assert report.answer("nowhere") is None


def test_the_first_section_of_a_code_counts():
    first, second = section(body=words("One.")), section(number=2, body=words("Two."))
    assert document(first, second).section("teaching") == first
    assert document(first, second).section("kinds") is None


def test_with_school_changes_the_particulars_and_no_word():
    before = document(section(body=words("Same.")))
    school = School(key=SCHOOL_KEY, name="Larkfield and Rookery")
    after = before.with_school(school)
    assert after.school == school
    assert after.with_school(before.school) == before


# --- an offer draws on the report --------------------------------------------------------


def offer(*sections):
    """Return an offer."""
    return document(*sections, kind=Kind.OFFER, question_set="se7-14")


def test_a_question_without_words_of_its_own_shows_the_reports_sections():
    teaching = section("teaching", body=words("In class."))
    adapt = section("adapt", links=(Link(text="How", url="https://a.example/"),))
    report = document(adapt, teaching, section("progress"))
    own = section("own", body=words("Our own."))
    drawn = offer(section("lessons"), own, section("empty"), section("none")).drawing_on(
        report,
        SOURCE,
        {"lessons": ("teaching", "adapt"), "own": ("teaching",), "empty": ("progress", "kinds")},
    )
    assert {each.code: each.drawn for each in drawn.sections} == {
        "lessons": (teaching, adapt),
        "own": (),
        "empty": (),
        "none": (),
    }
    assert drawn.drawn_from == SOURCE
    answered = [each.code for each in drawn.sections if drawn.is_answered(each.code)]
    assert answered == ["lessons", "own"]


def test_two_codes_that_one_section_answers_are_drawn_once():
    parents = section("parents", body=words("Together."))
    report = document(parents, section("progress", answered_in="parents"))
    drawn = offer(section("q")).drawing_on(report, SOURCE, {"q": ("progress", "parents")})
    assert drawn.sections[0].drawn == (parents,)


def test_drawing_again_forgets_what_was_drawn_before():
    report = document(section("teaching", body=words("In class.")))
    answers = {"q": ("teaching",)}
    once = offer(section("q")).drawing_on(report, SOURCE, answers)
    assert once.drawing_on(report, SOURCE, answers) == once
    emptied = once.drawing_on(document(), SOURCE, answers)
    assert emptied == offer(section("q"))
    written = once.model_copy(
        update={"sections": (once.sections[0].model_copy(update={"body": words("Own.")}),)}
    )
    assert written.drawing_on(report, SOURCE, answers) == offer(section("q", body=words("Own.")))


def test_an_offer_that_draws_nothing_names_no_source():
    own = offer(section("q", body=words("Own.")))
    assert own.drawing_on(document(), SOURCE, {}) == own


# --- P10: clean lines and addresses ------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "line"),
    [
        (None, ""),
        ("", ""),
        ("  a \t b\r\n c\u2028d\xa0e ", "a b c d e"),
        ("a\x00b\x07c\x1bd\x7fe\x9ff\ufffe", "abcdef"),
        ("\ufeffa", "a"),
        ("a\ud800b", "ab"),
        ("e\u0301", "é"),
        ("e\x00\u0301", "é"),
        ("a\x85b", "a b"),
        (7, "7"),
    ],
)
def test_p10_a_line_has_no_control_characters_and_is_composed(written, line):
    assert clean_line(written) == line


@given(st.text(st.characters()))
def test_p10_a_clean_line_stays_as_it_is(text):
    line = clean_line(text)
    assert (clean_line(line), unicodedata.normalize("NFC", line)) == (line, line)
    assert [character for character in line if unicodedata.category(character) in "CcCs"] == []


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("https://larkfield.example/a b?x=1&y=2#z", "https://larkfield.example/a b?x=1&y=2#z"),
        ("HTTPS://larkfield.example", "https://larkfield.example"),
        (" https://larkfield.example/ ", "https://larkfield.example/"),
        ("/policies/", "https://school.example/policies/"),
        ("policies", "https://school.example/policies"),
        ("//westmarch.example/offer", "https://westmarch.example/offer"),
        ("?page=2", "https://school.example/?page=2"),
        ("#teaching", "#teaching"),
        ("#a", "#a"),
        ("#", ""),
        ("mailto:senco@larkfield.example", "mailto:senco@larkfield.example"),
        ("tel:+441632960101", "tel:+441632960101"),
        (None, ""),
        ("", ""),
        (" ", ""),
        ("javascript:alert(1)", ""),
        ("JavaScript:alert(1)", ""),
        ("\x01javascript:alert(1)", ""),
        ("java\x01script:alert(1)", ""),
        (" \tjavascript:alert(1)", ""),
        ("data:text/html,<script>alert(1)</script>", ""),
        ("vbscript:x", ""),
        ("file:///etc/passwd", ""),
        ("ftp://larkfield.example/", ""),
        ("http:", ""),
        ("http:///path", ""),
        ("https://[larkfield", ""),
        ("//[", ""),
        ("//ex\u2100mple/", ""),
    ],
)
def test_p10_an_address_is_absolute_and_of_a_safe_kind(written, url):
    assert clean_url(written, BASE) == url


def test_p10_without_a_site_an_address_of_the_site_stays_relative():
    assert clean_url("/policies/", "") == "/policies/"
    assert clean_url("javascript:alert(1)", "") == ""
    assert clean_url("", "") == ""


# --- P10: clean HTML ---------------------------------------------------------------------


def test_p10_what_a_report_may_hold():
    assert sorted(TAGS) == [
        *("a", "abbr", "b", "blockquote", "br", "caption", "em", "h3", "h4", "i", "li", "ol"),
        *("p", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul"),
    ]
    assert {
        "a": {"href"},
        "abbr": {"title"},
        "th": {"scope", "colspan", "rowspan"},
    } == ATTRIBUTES
    assert sorted(URL_SCHEMES) == ["http", "https", "mailto", "tel"]
    assert (MAX_HTML_BYTES, MAX_HTML_TAGS) == (65_536, 2_000)


@pytest.mark.parametrize(
    ("written", "clean"),
    [
        ("<p>Hi<script>alert(1)</script></p>", "<p>Hi</p>"),
        ("<p>Hi<scr\x00ipt>alert(1)</script></p>", "<p>Hi</p>"),
        ("<style>p{color:red}</style><p>Hi</p>", "<p>Hi</p>"),
        ('<p style="color:red" class="x" id="y">Hi</p>', "<p>Hi</p>"),
        ('<p onclick="alert(1)" onmouseover=alert(1)>Hi</p>', "<p>Hi</p>"),
        ('<p>Hi<iframe src="https://evil.example"></iframe></p>', "<p>Hi</p>"),
        ("<p>Hi<img src=x onerror=alert(1)></p>", "<p>Hi</p>"),
        ("<svg><script>alert(1)</script></svg><p>Hi</p>", "<p>Hi</p>"),
        ("<form action=/x><input name=a><button>Hi</button></form>", "Hi"),
        ("<object data=x>Hi</object><embed src=x>", "Hi"),
        ("<p>Hi<!-- secret --></p>", "<p>Hi</p>"),
        ("<h1>Hi</h1>", "Hi"),
        ("<h3>Hi</h3><p>there</p>", "<h3>Hi</h3><p>there</p>"),
        ("<div><p>Hi</p></div>", "<p>Hi</p>"),
        ('<a href="javascript:alert(1)">x</a>', "<a>x</a>"),
        ('<a href="JAVA\nSCRIPT:alert(1)">x</a>', "<a>x</a>"),
        ('<a href="java&#9;script:alert(1)">x</a>', "<a>x</a>"),
        ('<a href="java&#1;script:alert(1)">x</a>', "<a>x</a>"),
        ('<a href="&#1;javascript:alert(1)">x</a>', "<a>x</a>"),
        ('<a href="data:text/html;base64,PHNjcmlwdD4=">x</a>', "<a>x</a>"),
        ('<a href="https://[x">x</a>', "<a>x</a>"),
        ('<a href="//[x">x</a>', "<a>x</a>"),
        ('<a href="">x</a>', "<a>x</a>"),
        ('<a href="#">x</a>', "<a>x</a>"),
        ('<a href="#teaching">x</a>', '<a href="#teaching">x</a>'),
        ('<a name="top" target="_blank" rel="x">x</a>', "<a>x</a>"),
        ('<a href="/policy">x</a>', '<a href="https://school.example/policy">x</a>'),
        ('<a href="../policy">x</a>', '<a href="https://school.example/policy">x</a>'),
        (
            '<a href="//westmarch.example/offer">x</a>',
            '<a href="https://westmarch.example/offer">x</a>',
        ),
        ('<a href="http://a.example/?x&amp;y">x</a>', '<a href="http://a.example/?x&amp;y">x</a>'),
        ('<a href="https://a.example/">x</a>', '<a href="https://a.example/">x</a>'),
        ('<a href="mailto:a@b.example">x</a>', '<a href="mailto:a@b.example">x</a>'),
        ('<a href="tel:01632960101">x</a>', '<a href="tel:01632960101">x</a>'),
        ('<abbr title="a &quot;b&quot;">x</abbr>', '<abbr title="a &quot;b&quot;">x</abbr>'),
        (
            '<table><tr><th scope="col" colspan="2" bgcolor="red">x</th></tr></table>',
            '<table><tbody><tr><th scope="col" colspan="2">x</th></tr></tbody></table>',
        ),
        ("a\x00b\x08c\x7fd\x80e\x9ff", "abcdef"),
        ("a&#1;b&#x1f;c&#xFFFE;d", "abcd"),
        ("\ufeff<p>Hi&#xFEFF;</p>", "<p>Hi</p>"),
        ("a\ud800b&#xD800;", "ab\ufffd"),
        ("a&#0;b", "a\ufffdb"),
        ("a&#13;b\rc\r\nd&#13;&#10;e", "a\nb\nc\nd\ne"),
        ("<p>e\u0301 e&#769; e\x00\u0301</p>", "<p>é é é</p>"),
        ("<p>\u0338abc</p>", "<p>\u0338abc</p>"),
        ("<p>1 < 2 & 3 > 2</p>", "<p>1 &lt; 2 &amp; 3 &gt; 2</p>"),
        ("<p>open <b>bold", "<p>open <b>bold</b></p>"),
        ("  <p>Hi</p>\n", "<p>Hi</p>"),
        ("<p><object><p>Hi</p></object></p>", "<p></p><p>Hi</p><p></p>"),
        ("<p>&nbsp;</p>", ""),
        ("<p><br></p>", ""),
        ("<p></p><ul><li></li></ul>", ""),
        ("<img alt='Hi' src=x>", ""),
        ("", ""),
    ],
)
def test_p10_html_is_cleaned(written, clean):
    assert clean_html(written, BASE).html == clean


def test_p10_without_a_site_relative_links_stay_relative():
    html = '<a href="/policy">x</a><a href="java&#1;script:alert(1)">y</a>'
    assert clean_html(html, "").html == '<a href="/policy">x</a><a>y</a>'


@given(odd_html, st.sampled_from([BASE, "http://school.example/"]))
@example("<p><object><p>x</p></object></p>", BASE)
@example("<p>\u0338", BASE)
@example("a&#13;b", BASE)
@example("\ufeff" * 9 + "a", BASE)
@example('<a href="HTTPS://westmarch.example/?">x</a>', "http://school.example/")
def test_p10_cleaning_what_is_clean_changes_nothing(html, base):
    """The authority cleans again what the school has cleaned: the hash must stay."""
    once = clean_html(html, base)
    assert clean_html(once.html, base) == once
    assert clean_html(once.html, "https://authority.example/") == once


@given(odd_html)
def test_p10_only_what_a_report_may_hold_comes_out(html):
    read = Reader(clean_html(html, BASE).html)
    assert set(read.tags) - TAGS == set()
    assert [
        (tag, name) for tag, name, _ in read.attributes if name not in ATTRIBUTES.get(tag, ())
    ] == []
    hrefs = [urlsplit(value) for _, name, value in read.attributes if name == "href"]
    here = [url for url in hrefs if url.geturl().startswith("#")]
    assert [url for url in hrefs if url.scheme not in URL_SCHEMES and url not in here] == []
    assert [url for url in hrefs if url.scheme in ("http", "https") and not url.netloc] == []


@given(odd_html)
def test_p10_html_and_text_are_composed_and_hold_no_control_characters(html):
    clean = clean_html(html, BASE)
    assert clean.text == unicodedata.normalize("NFC", clean.text)
    for text in (clean.html, clean.text):
        controls = {each for each in text if unicodedata.category(each) in ("Cc", "Cs")}
        assert controls - {"\n", "\t", "\r", "\x85"} == set()
        text.encode()


@given(odd_html)
@example("<p>&amp;lt;b&amp;gt;</p>")
def test_the_plain_text_is_what_another_parser_reads_unescaped_once(html):
    clean = clean_html(html, BASE)
    assert letters(clean.text) == letters("".join(Reader(clean.html).text))


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One.</p><p>Two.</p>", "One.\nTwo."),
        ("<p>One<br>two</p>", "One\ntwo"),
        ("<p>One</p>\n\n<p> </p><p>two  three</p>", "One\ntwo three"),
        ("<ul><li>One</li><li>two</li></ul>", "One\ntwo"),
        ("<ul><li>One<ul><li>inner</li></ul></li><li>two</li></ul>", "One\ninner\ntwo"),
        ("Loose<p>One</p>loose", "Loose\nOne\nloose"),
        ("<h3>Title</h3><p>One</p>", "Title\nOne"),
        ("<blockquote>Said<p>One</p></blockquote>", "Said\nOne"),
        (
            "<table><caption>C</caption><thead><tr><th>a</th><th>b</th></tr></thead>"
            "<tbody><tr><td>1</td><td>2</td></tr></tbody></table>",
            "C\na b\n1 2",
        ),
        ("<p><b>bo</b>ld <i>and</i></p>", "bold and"),
        ("<p>a &amp; b &lt; c</p>", "a & b < c"),
        ("<p>&amp;lt;script&amp;gt; &amp;amp;</p>", "&lt;script&gt; &amp;"),
        ("<p>a&nbsp;b</p>", "a b"),
        ('<p><abbr title="a &gt; b">AB</abbr></p>', "AB"),
        ('<p><abbr title="a > b < c">AB</abbr> x</p>', "AB x"),
        ('<p><a href="https://a.example/?a>b">link</a> x</p>', "link x"),
        ('<p>"quoted" <b>"words"</b> 5" nail</p>', '"quoted" "words" 5" nail'),
        ("e<b>\u0301</b>", "é"),
    ],
)
def test_the_plain_text_has_a_line_for_each_paragraph_and_item(html, text):
    assert plain_text(html) == text


# --- G13: too much HTML ------------------------------------------------------------------

TOO_MUCH = {
    "500 KB of nested div": "<div>" * 100_000,
    "500 KB of nested b": "<b>" * 166_000,
    "a byte too many": "x" * (MAX_HTML_BYTES + 1),
    "bytes, not characters": "é" * (MAX_HTML_BYTES // 2 + 1),
    "a tag too many": "<br>" * (MAX_HTML_TAGS + 1),
    "angles that are no tags": "< " * (MAX_HTML_TAGS + 1),
    "escapes that make it grow": "&" * 60_000,
    "end tags that make it grow": "<p>a" * 1_500,
    "formatting that multiplies": "".join(f"<b id={n}>" for n in range(100)) + "<p>x" * 1_000,
    "links that grow": '<a href="x">y</a>' * 900 + "x" * 45_000,
}


@pytest.mark.parametrize("html", TOO_MUCH.values(), ids=TOO_MUCH)
def test_g13_too_much_html_is_refused_fast(html):
    """Nested tags of that size take nh3 half a minute."""
    start = time.process_time()
    with pytest.raises(TooMuchHtml, match=r"^.{1,40}$"):
        clean_html(html, "https://a-long-name-of-a-school.westmarch.example/")
    assert time.process_time() - start < 1


@pytest.mark.parametrize(
    "html",
    [
        "x" * MAX_HTML_BYTES,
        "é" * (MAX_HTML_BYTES // 2),
        "x" + "<br>" * MAX_HTML_TAGS,
        "<p>a</p>" * (MAX_HTML_TAGS // 2),
    ],
    ids=["bytes", "bytes of é", "tags", "pairs of tags"],
)
def test_g13_what_just_fits_is_kept_whole(html):
    assert clean_html(html, BASE).html == html


# --- words outside links -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("html", "count"),
    [
        ("", 0),
        ("<p>One two three</p>", 3),
        ('<p>Please see <a href="https://a.example/x">our policy here</a>.</p>', 2),
        ('<a href="https://a.example/x?a>b">all <b>of</b> it</a>', 0),
        ('<a href="https://a.example/">one</a> and <a href="https://a.example/">two</a>', 1),
        ("<p>one<b>word</b></p><p>two – 3 !</p>", 3),
        ('<abbr title="SEN support">SENS</abbr> works', 2),
        ('un<a href="https://a.example/">link</a>ed', 2),
    ],
)
def test_words_outside_links(html, count):
    assert words_outside_links(Words(html=html, text="not read")) == count
