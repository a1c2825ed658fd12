"""A published Document comes back into a page word for word, or the editor is told (P10)."""

from datetime import date
from types import SimpleNamespace
from uuid import UUID

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from taggit.models import Tag
from wagtail import blocks as wagtail_blocks
from wagtail.documents import get_document_model
from wagtail.models import Revision

from example_site import content
from tests import factories
from tests.test_blocks import MINE
from tests.test_document import document, lines, odd_html, section, words
from wagtail_senoffer import conf
from wagtail_senoffer.blocks import AdditionalBlock, ReportSectionBlock
from wagtail_senoffer.document import (
    AccessibilityPlan,
    Contact,
    Document,
    DocumentError,
    File,
    Link,
    Provision,
    School,
    Senco,
    TransitionStage,
    Words,
)
from wagtail_senoffer.models import (
    InclusionStrategyPage,
    SchoolOfferPage,
    SchoolPage,
    Version,
)
from wagtail_senoffer.publishing import Shelf
from wagtail_senoffer.restoring import restore
from wagtail_senoffer.rulesets import Kind
from wagtail_senoffer.vocabularies import (
    NEEDS,
    Duty,
    Mode,
    ProvisionLevel,
    Stage,
    duty_of,
    is_role_mailbox,
)

pytestmark = pytest.mark.django_db

BASE = "http://school.example/"
GONE = File(title="Old policy", url="http://school.example/documents/999/old.pdf", format="PDF")


def build(page):
    """Return the Document of a page as it is in memory."""
    return page.build_document(Shelf(page.school_key, page.language))


def blank(page):
    """Return another draft of a page, in memory, that says nothing."""
    draft = type(page).objects.get(pk=page.pk)
    kept = {"id", "page_ptr", "document_key", "question_set", "resourced_provision"}
    for field in type(page)._meta.local_concrete_fields:
        if field.name not in kept:
            setattr(draft, field.name, field.get_default())
    draft.title = "Blank"
    if hasattr(draft, "body"):
        draft.body = draft._meta.get_field("body").stream_block.to_python([])
        draft.tags.clear()
    return draft


def fill(page, *raw):
    """Put raw blocks in a page in memory; return it."""
    page.body = page._meta.get_field("body").stream_block.to_python(list(raw))
    return page


def raw_of(page):
    return [dict(each) for each in page.body.get_prep_value()]


def say_and_restore(page, *sections, **fields):
    """Restore a Document with these sections into a page; return messages and raw blocks."""
    messages = restore(page, document(*sections, kind=page.kind, **fields))
    return messages, raw_of(page)


def add_file(title, name):
    return get_document_model().objects.create(title=title, file=ContentFile(b"x", name=name))


def file_of(found, title=None):
    url = f"http://school.example{found.url}"
    return File(title=title or found.title, url=url, format=found.file_extension.upper())


def assert_comes_back(page, expected, messages=()):
    """Assert that a Document gives the same one again: from memory, evaluated, and stored."""
    draft = blank(page)
    assert restore(draft, expected) == list(messages)
    text = expected.canonical_text()
    assert build(draft).canonical_text() == text
    if hasattr(draft, "body"):
        # As a form does: every value goes through its block, and none is refused.
        block = draft._meta.get_field("body").stream_block
        draft.body = block.clean(draft.body)
        assert build(draft).canonical_text() == text
    stored = draft.save_revision().as_object()
    assert build(stored).canonical_text() == text


@pytest.fixture
def strategy(school):
    page = content.add(
        school, InclusionStrategyPage, "Strategy", factories.larkfield()["strategy"], None
    )
    content.publish(page)
    return InclusionStrategyPage.objects.get()


@pytest.fixture
def hub(settings, tmp_path):
    """Let a ruleset of the project's own ask for a section."""
    path = tmp_path / "mine.toml"
    path.write_text(MINE)
    settings.WAGTAIL_SENOFFER = {"RULESETS": [path]}


# --- word for word -----------------------------------------------------------------------


def test_a_full_report_comes_back(report):
    policy, plan = add_file("Policy", "policy.pdf"), add_file("Plan", "plan.docx")
    for block in (raw := raw_of(report)):
        if block["type"] == "complaints":
            block["value"]["documents"] = [policy.pk]
        if block["type"] == "accessibility_plan":
            block["value"]["document"] = plan.pk
        if block["type"] == "pupils":
            block["value"]["answered_in"] = "parents"
    raw.append({"type": "additional", "value": {"heading": "Words", "body": "<p>EHC: a plan</p>"}})
    fill(report, *raw)
    report.tags.add("autism", "speech  and language")
    content.publish(report)
    published = Version.objects.filter(kind=report.kind).latest("number").document()
    assert len(published.sections) == 26
    assert_comes_back(report, published)


def test_an_offer_comes_back_with_own_and_drawn_answers(report):
    answers = factories.larkfield()["offer"]["answers"]
    page = factories.make_offer(report.school, answers=answers)
    content.publish(page)
    page = SchoolOfferPage.objects.get()
    published = Version.objects.get(kind=Kind.OFFER).document()
    own = [each for each in published.sections if each.body.text]
    drawn = [each for each in published.sections if each.drawn]
    assert (len(own), len(drawn)) == (2, 12)
    assert_comes_back(page, published)
    draft = blank(page)
    restore(draft, published)
    assert [each["value"] for each in raw_of(draft) if "body" not in each["value"]] == [
        {"question": each.code} for each in drawn
    ]


def test_a_strategy_comes_back(strategy):
    assert_comes_back(strategy, Version.objects.get(kind=Kind.STRATEGY).document())


def test_a_school_comes_back(school):
    published = Version.objects.get(kind=Kind.SCHOOL).document()
    assert published.school.urn == "190001"
    assert published.school.address.postcode == "ZZ99 1AA"
    assert_comes_back(school, published)


def test_a_school_of_which_little_is_known_comes_back(home):
    school = SchoolPage(title="New school", slug="new", minimum_age=0, live=False)
    home.add_child(instance=school)
    assert_comes_back(school, build(school))


def test_nothing_is_saved(report):
    before = build(report)
    draft = blank(report)
    revisions = Revision.objects.count()
    with CaptureQueriesContext(connection) as queries:
        restore(draft, before)
    assert [each for each in queries if not each["sql"].startswith("SELECT")] == []
    assert Revision.objects.count() == revisions
    assert build(type(report).objects.get()) == before


def test_a_document_of_another_kind_is_refused(report):
    with pytest.raises(ValueError, match="expected a Document of kind sen-information-report"):
        restore(report, build(report.school))


def test_the_same_document_gives_the_same_blocks(report):
    one, other = blank(report), blank(report)
    for page in (one, other):
        restore(page, build(report))
    assert raw_of(one) == raw_of(other)


# --- whatever was published --------------------------------------------------------------

html = odd_html | st.sampled_from(
    ["", "<p>In class.</p>", '<p><a href="/x?a&amp;b">linktype</a></p>']
)
urls = st.sampled_from(["", "https://x.example/a b?c#d", "/here", "mailto:a@b.example", "no good"])
mails = st.sampled_from(["", "senco@x.example", "a.b@x.example", "office@x.example", "A.Head@x"])
ages = st.none() | st.integers(0, 25)
need_lists = st.lists(st.sampled_from([*NEEDS, "NSA"]), max_size=3)


def fields(**strategies):
    """Return dicts of some of the fields."""
    return st.fixed_dictionaries({}, optional=strategies)


def rows(**strategies):
    return st.lists(fields(**strategies), max_size=2)


COMMON = {"body": html, "links": rows(text=lines, url=urls)}
PEOPLE = rows(name=lines, about=lines, phone=lines, email=mails, url=urls)
OWN = {
    "kinds": {"needs": need_lists},
    "senco": {
        **dict.fromkeys(("name", "phone", "days", "qualification"), lines),
        **{"email": mails, "consent": st.booleans(), "contacts": PEOPLE},
    },
    "support_contacts": {"contacts": PEOPLE},
    "extra_support": {
        "provisions": rows(
            **dict.fromkeys(("name", "who", "when"), lines),
            **{"needs": need_lists, "minimum_age": ages, "maximum_age": ages, "body": html},
            level=st.sampled_from(ProvisionLevel).map(str),
        )
    },
    "la_local_offer": {"url": urls},
    "accessibility_plan": {
        **{"url": urls, "start_date": st.none() | st.dates().map(date.isoformat)},
        **dict.fromkeys(("curriculum", "buildings", "information"), html),
    },
    "transition": {
        "stages": rows(stage=st.sampled_from(Stage).map(str), body=html),
        "answered_in": st.sampled_from(["", "parents"]),
    },
    "pupils": {"answered_in": st.sampled_from(["", "parents", "kinds"])},
    "additional": {"heading": lines},
}


def changed_blocks(raw):
    """Return some of the blocks in some order, some of their fields changed."""
    blocks = [
        fields(**COMMON, **OWN.get(each["type"], {})).map(
            lambda value, each=each: {**each, "value": {**each["value"], **value}}
        )
        for each in raw
    ]
    return st.lists(st.sampled_from(blocks), max_size=6, unique_by=id).flatmap(
        lambda chosen: st.tuples(*chosen)
    )


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_p10_any_report_comes_back(report, data):
    extra = {"type": "additional", "value": {"heading": "Words", "body": "<p>x</p>"}}
    page = type(report).objects.get(pk=report.pk)
    fill(page, *data.draw(changed_blocks([*raw_of(page), extra])))
    page.title, page.introduction = data.draw(lines), data.draw(html)
    page.approved_by, page.review_date = data.draw(lines), data.draw(st.none() | st.dates())
    try:
        published = build(page)
    except DocumentError:
        assume(False)
    draft = blank(page)
    assert restore(draft, Document.from_text(published.canonical_text())) == []
    assert build(draft).canonical_text() == published.canonical_text()


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_p10_any_offer_comes_back(report, data):
    page = SchoolOfferPage.objects.first()
    page = page or factories.make_offer(report.school)
    fill(page, *data.draw(changed_blocks(raw_of(page))))
    try:
        published = build(page)
    except DocumentError:
        assume(False)
    draft = blank(page)
    assert restore(draft, published) == []
    assert build(draft).canonical_text() == published.canonical_text()


# --- what can't be as it was -------------------------------------------------------------


def test_a_section_that_no_ruleset_knows_becomes_a_free_one(report):
    old = section("therapies", body=words("Speech on Mondays."), links=(Link(text="a", url=BASE),))
    messages, (raw,) = say_and_restore(report, old)
    assert messages == ["“Therapies” is no longer asked for. It stands under its own heading now."]
    assert (raw["type"], raw["id"]) == ("additional", str(old.id))
    assert (raw["value"]["heading"], raw["value"]["body"]) == ("Therapies", old.body.html)
    (built,) = build(report).sections
    assert (built.id, built.title, built.body, built.links) == (
        old.id,
        old.title,
        old.body,
        old.links,
    )


def test_what_a_free_section_has_no_field_for_is_named(report):
    old = section(
        "therapies",
        body=words("x"),
        needs=("ASD",),
        contacts=(Contact(name="Ms X"),),
        senco=Senco(name="Ms Y"),
        provisions=(Provision(name="Club", level="universal"),),
        stages=(TransitionStage(stage="starting", body=words("x")),),
        accessibility_plan=AccessibilityPlan(url=BASE),
        local_offer_url=BASE,
        answered_in="parents",
    )
    messages, (raw,) = say_and_restore(report, old)
    assert set(raw["value"]) == {"heading", "body"}
    assert messages[1:] == [
        "“Therapies” came back without the needs, the SENCO's details, the contacts, the kinds of "
        "help, the address of the local offer, the section that answers it, the plan's address, "
        "dates and aims, the moves. Copy that from the old version."
    ]


def test_a_part_goes_only_into_the_block_that_it_is_read_from(report):
    """The plan's block has an address too, and so has the local offer's."""
    odd = section("accessibility_plan", local_offer_url=BASE, senco=Senco(email="senco@x.example"))
    messages, (raw,) = say_and_restore(report, odd)
    assert raw["value"] == {}
    assert "the SENCO's details, the address of the local offer" in messages[-1]


def test_a_section_of_the_projects_own_rulesets(report, hub):
    rule = conf.rulesets().section(Kind.REPORT, "hub")
    old = section("hub", body=words("Weekly.")).model_copy(
        update={"title": rule.title, "question": rule.question}
    )
    messages, (raw,) = say_and_restore(report, old)
    assert messages == []
    assert (raw["type"], raw["value"]) == ("local", {"section": "hub", "body": old.body.html})
    assert build(report).sections == (old,)


def test_a_local_block_that_never_said_which_section(report):
    old = section("local", body=words("x")).model_copy(update={"title": ""})
    messages, (raw,) = say_and_restore(report, old)
    assert (messages, raw["type"]) == ([], "local")
    assert build(report).sections == (old,)


def test_a_section_that_is_asked_for_in_other_words(report):
    rule = conf.rulesets().section(Kind.REPORT, "teaching")
    same = section("teaching", body=words("x")).model_copy(
        update={"title": rule.title, "question": rule.question}
    )
    assert say_and_restore(report, same)[0] == []
    for change in ({"title": "Teaching"}, {"question": "How?"}):
        old = same.model_copy(update=change)
        assert say_and_restore(report, old)[0] == [
            f"“{old.title}” is asked for in other words now. Read it again."
        ]


def test_a_file_that_is_gone_becomes_a_link(report):
    kept = add_file("Policy", "policy.pdf")
    old = section("complaints", documents=(GONE, file_of(kept)), links=(Link(text="a", url=BASE),))
    messages, (raw,) = say_and_restore(report, old)
    assert (
        "“Complaints”: the document “Old policy” is no longer in the library. Its address "
        in (messages[-1])
    )
    assert [each["value"] for each in raw["value"]["links"]] == [
        {"text": "a", "url": BASE, "page": None},
        {"text": GONE.title, "url": GONE.url, "page": None},
    ]
    assert [each["value"] for each in raw["value"]["documents"]] == [kept.pk]
    assert [each["type"] for each in raw["value"]["links"]] == ["item", "item"]
    assert all(UUID(each["id"]) for each in raw["value"]["links"])
    (built,) = build(report).sections
    assert built.documents == (file_of(kept),)
    assert [link.url for link in built.links] == [BASE, GONE.url]


@pytest.mark.parametrize(
    "address",
    [
        "http://other.example/documents/{pk}/policy.pdf",
        "http://school.example/documents/{pk}/other.pdf",
        "http://school.example/documents/{pk}",
        "http://school.example/documents/%00/{pk}/policy.pdf",
        "http://[/documents/{pk}/policy.pdf",
        "http://school.example/documents/٣/policy.pdf",
        "http://school.example/documents/99999999999999999999/policy.pdf",
        "",
    ],
)
def test_a_file_at_another_address_is_another_file(report, address):
    found = add_file("Policy", "policy.pdf")
    old = File(title="", url=address.format(pk=found.pk))
    messages, (raw,) = say_and_restore(report, section("complaints", documents=(old,)))
    assert "documents" not in raw["value"]
    assert "is no longer in the library" in messages[-1]


def test_files_that_are_served_directly(report, settings):
    settings.WAGTAILDOCS_SERVE_METHOD = "direct"
    found = add_file("Policy", "a policy é.pdf")
    assert found.url.startswith("/documents/") is False
    old = section("complaints", documents=(file_of(found),))
    messages, (raw,) = say_and_restore(report, old)
    assert [each["value"] for each in raw["value"]["documents"]] == [found.pk]
    assert len(messages) == 1


def test_a_file_that_has_another_title_now(report):
    found = add_file("Policy 2027", "policy.pdf")
    old = section("complaints", documents=(file_of(found, "Policy"),))
    messages, _raw = say_and_restore(report, old)
    assert messages[-1] == "“Complaints”: the document “Policy” is called “Policy 2027” now."


def test_the_accessibility_plan_is_a_file_or_an_address(report):
    found = add_file("Plan", "plan.pdf")
    for url, value in (
        (file_of(found).url, {"document": found.pk}),
        (GONE.url, {"url": GONE.url}),
    ):
        plan = AccessibilityPlan(url=url, start_date=date(2025, 9, 1), buildings=words("b"))
        old = section("accessibility_plan", accessibility_plan=plan)
        _messages, (raw,) = say_and_restore(report, old)
        assert raw["value"] == {**value, "start_date": "2025-09-01", "buildings": "<p>b</p>"}
        assert build(report).sections[0].accessibility_plan == plan


@pytest.mark.parametrize(
    ("email", "consent"),
    [
        ("a.corrigan@larkfield.example", True),
        ("senco@larkfield.example", False),
        ("", False),
    ],
)
def test_p12_only_a_private_address_was_published_with_consent(report, email, consent):
    assert is_role_mailbox("senco@larkfield.example") is True
    senco = Senco(name="Mrs Corrigan", email=email)
    _messages, (raw,) = say_and_restore(report, section("senco", senco=senco))
    assert raw["value"].get("consent", False) is consent
    assert build(report).sections[0].senco == senco


def test_needs_that_are_no_longer_known(report):
    row = Provision(name="Club", level="targeted", needs=("OLD", "ASD"), minimum_age=0)
    messages, raw = say_and_restore(
        report,
        section("kinds", needs=("OLD", "OLDER", "ASD")),
        section("extra_support", provisions=(row,)),
    )
    assert raw[0]["value"]["needs"] == ["ASD"]
    assert raw[1]["value"]["provisions"][0]["value"] == {
        "name": "Club",
        "level": "targeted",
        "needs": ["ASD"],
        "minimum_age": 0,
    }
    assert "“Kinds”: these needs are no longer known: OLD, OLDER." in messages
    assert "“Extra_support”: these needs are no longer known: OLD." in messages


def test_an_answer_elsewhere_that_is_no_longer_known(report):
    messages, raw = say_and_restore(
        report,
        section("pupils", answered_in="therapies"),
        section("parents", answered_in="pupils"),
    )
    assert [each["value"] for each in raw] == [{}, {"answered_in": "pupils"}]
    assert "“Pupils” was answered in “therapies”, which is no longer known." in messages


def test_hostile_html_is_cleaned_when_it_is_built(report):
    bad = Words(html='<p onclick="x()">Hi<script>alert(1)</script></p>', text="Hi")
    plan = AccessibilityPlan(curriculum=bad)
    messages = restore(
        report,
        document(
            section("teaching", body=bad),
            section("accessibility_plan", accessibility_plan=plan),
            introduction=bad,
        ),
    )
    built = build(report)
    assert built.introduction == built.sections[0].body == words("Hi")
    assert built.sections[1].accessibility_plan.curriculum == words("Hi")
    assert "script" not in built.canonical_text()
    assert [each for each in messages if "other words" not in each] == []


# --- offers ------------------------------------------------------------------------------


@pytest.fixture
def offer(report):
    return factories.make_offer(report.school)


def test_an_answer_to_a_question_that_is_no_longer_asked(offer):
    gone = section("old_question", body=words("Our answer."))
    empty = section("empty_question")
    drawn = section("drawn_question", drawn=(section("teaching", body=words("x")),))
    messages, (raw,) = say_and_restore(offer, gone, empty, drawn, question_set="se7-14")
    assert messages == [
        "“Old_question” is no longer asked for. It stands under its own heading now.",
        "“Drawn_question” is no longer asked. It is left out.",
    ]
    assert (raw["type"], raw["value"]["heading"]) == ("additional", "Old_question")
    assert build(offer).sections[-1].body == gone.body


def test_a_question_of_another_set_is_not_asked_either(offer, settings, tmp_path):
    """Known to the rulesets, but the page would drop an answer to it without a word."""
    path = tmp_path / "mine.toml"
    path.write_text(
        MINE.replace('"local"', '"question-set"').replace("sen-information-report", "school-offer")
    )
    settings.WAGTAIL_SENOFFER = {"RULESETS": [path]}
    messages, (raw,) = say_and_restore(
        offer, section("hub", body=words("x")), question_set="se7-14"
    )
    assert (len(messages), raw["type"]) == (1, "additional")
    assert build(offer).sections[-1].body == words("x")


@pytest.mark.parametrize("name", ["lost-7", "england-sir-2014", ""])
def test_a_question_set_that_is_no_longer_known(offer, name):
    messages, raw = say_and_restore(offer, question_set=name)
    assert messages == [
        f"The question set “{name}” is no longer known. The page keeps the one that it has."
    ]
    assert (offer.question_set, raw) == ("se7-14", [])


# --- tags, schools -----------------------------------------------------------------------


def test_tags_are_set_in_memory(report):
    report.tags.set(["old", "autism"])
    report.save()
    Tag.objects.filter(name="dyslexia").delete()
    assert restore(report, document(tags=("autism", "dyslexia"))) == []
    assert build(report).tags == ("autism", "dyslexia")
    assert build(type(report).objects.get()).tags == ("autism", "old")


def test_tags_that_are_spelt_in_another_way_now(report, settings):
    settings.TAGGIT_CASE_INSENSITIVE = True
    Tag.objects.create(name="Autism")
    messages = restore(report, document(tags=("autism",)))
    assert messages == ["The tag “autism” is spelt in another way now."]


def test_a_tag_with_odd_blanks_stays_the_pages_own(report):
    report.tags.set(["speech  and language"])
    count = Tag.objects.count()
    assert restore(report, document(tags=("speech and language",))) == []
    assert Tag.objects.count() == count
    assert build(report).tags == ("speech and language",)


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize(
    ("school_type", "published", "after"),
    [("7", True, True), ("7", False, False), ("34", False, None), ("", False, None)],
)
def test_the_hospital_flag_is_what_gives_the_published_duty(
    school, before, school_type, published, after
):
    mode, duty = duty_of(school_type, in_hospital=published) or (None, None)
    identity = School(
        key=school.document_key, name="X", school_type=school_type, mode=mode, duty=duty
    )
    school.in_hospital = before
    messages = restore(school, document(kind=Kind.SCHOOL, school=identity))
    assert messages == []
    assert school.in_hospital is (before if after is None else after)
    assert (school.identity().mode, school.identity().duty) == (mode, duty)


def test_a_duty_that_is_another_now_is_told(school):
    identity = School(
        key=school.document_key,
        name="X",
        school_type="34",
        mode=Mode.OTHER,
        duty=Duty.VOLUNTARY,
    )
    (message,) = restore(school, document(kind=Kind.SCHOOL, school=identity))
    assert message.endswith("Check the type of school.") is True
    assert school.in_hospital is False


# --- a project's own pages ---------------------------------------------------------------


class OwnPage:
    """What the function needs of a page: the mixins' fields, and a stream of its own."""

    kind, base_url = Kind.REPORT, BASE

    def __init__(self, **blocks):
        stream = wagtail_blocks.StreamBlock(list(blocks.items()))
        field = SimpleNamespace(stream_block=stream)
        self._meta = SimpleNamespace(get_field={"body": field}.__getitem__)
        self.tags = SimpleNamespace(all=lambda: [], set=lambda tags: None)


def test_a_stream_of_a_projects_own():
    # Blocks of their own: a stream gives its name to each of them.
    page = OwnPage(teaching=ReportSectionBlock(), glossary=AdditionalBlock())
    messages, raw = say_and_restore(
        page,
        section("teaching", body=words("x")),
        section("glossary", body=words("y")),
        section("kinds", needs=("ASD",)),
    )
    assert [(each["type"], each["value"]) for each in raw] == [
        ("teaching", {"body": "<p>x</p>"}),
        ("glossary", {"heading": "Glossary", "body": "<p>y</p>"}),
    ]
    assert messages[1:] == ["“Kinds” has no place in this page. It is left out."]


# --- P11: queries ------------------------------------------------------------------------


def busy(number):
    """Return a section with two links, a document that is there and one that is not."""
    files = (file_of(add_file("x", f"{number}.pdf")), GONE)
    links = (Link(text="a", url=BASE), Link(text="b", url=f"{BASE}about/"))
    return section("additional", number, documents=files, links=links)


def queries_of(report, count):
    full = document(*(busy(number) for number in range(count)), tags=("autism",))
    draft = blank(report)
    with CaptureQueriesContext(connection) as queries:
        restore(draft, full)
    assert len(raw_of(draft)) == count
    return [query["sql"] for query in queries]


def test_p11_the_number_of_queries_does_not_grow(report):
    Tag.objects.get_or_create(name="autism")
    report.get_parent()
    few, many = queries_of(report, 1), queries_of(report, 20)
    assert len(few) == len(many)
    assert sum("wagtaildocs_document" in query for query in many) == 1


def test_p11_without_files_the_library_is_not_asked(report):
    with CaptureQueriesContext(connection) as queries:
        restore(report, document(section("teaching", body=words("x"))))
    assert [each for each in queries if "wagtaildocs" in each["sql"]] == []
