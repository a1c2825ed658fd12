"""From what an editor filled in to Sections (P10, P11, P12)."""

from datetime import date
from uuid import UUID, uuid5

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override
from wagtail.documents import get_document_model
from wagtail.models import Locale, Page
from wagtail.rich_text import LinkHandler, features

from example_site.models import TrustHomePage
from wagtail_senoffer.building import SectionBuilder, rich_text
from wagtail_senoffer.document import (
    MAX_HTML_BYTES,
    AccessibilityPlan,
    Contact,
    DocumentError,
    File,
    Link,
    Provision,
    Section,
    Senco,
    TransitionStage,
    Words,
)
from wagtail_senoffer.rulesets import Kind, load

pytestmark = pytest.mark.django_db

KEY = UUID("6f0d2c1e-5b0a-4c1f-9f35-0a4f3f6f7b02")
BASE = "http://school.example/"
BLOCK = "6f0d2c1e-5b0a-4c1f-9f35-0a4f3f6f7c01"


def build(*stream, kind=Kind.REPORT):
    """Return the Sections of raw stream data."""
    return SectionBuilder(
        list(stream), kind=kind, key=KEY, base_url=BASE, rulesets=load()
    ).sections()


def block(block_type, block_id=BLOCK, /, **value):
    """Return a raw block."""
    return {"type": block_type, "id": block_id, "value": value}


def item(value):
    """Return a list item in the form that Wagtail writes today."""
    return {"type": "item", "id": "6f0d2c1e-5b0a-4c1f-9f35-0a4f3f6f7d01", "value": value}


def only(*stream, **kwargs):
    """Return the only Section, without what it has from its ruleset."""
    (section,) = build(*stream, **kwargs)
    return section


def words(text):
    return Words(html=f"<p>{text}</p>", text=text)


@pytest.fixture
def policy(db):
    """Return a document of Wagtail's."""
    return add_file("Policy", "policy.pdf")


def add_file(title, name):
    return get_document_model().objects.create(title=title, file=ContentFile(b"words", name=name))


@pytest.fixture
def about(home):
    """Return a live page at http://school.example/about/."""
    return home.add_child(instance=TrustHomePage(title="About us", slug="about"))


# --- each block type ---------------------------------------------------------------------


def test_a_plain_section():
    assert build(block("teaching", body="<p>In class.</p>")) == [
        Section(
            id=BLOCK,
            code="teaching",
            title="How we teach pupils with SEN",
            question="What will lessons be like for my child?",
            body=words("In class."),
        )
    ]


def test_a_section_that_is_answered_in_another():
    section = only(block("pupils", body="", links=[], documents=[], answered_in="parents"))
    assert (section.code, section.answered_in, section.has_content()) == (
        "pupils",
        "parents",
        False,
    )


@pytest.mark.parametrize("value", [{}, None])
def test_an_empty_block_is_a_section_that_says_nothing(value):
    section = only({"type": "teaching", "value": value})
    assert (section.code, section.has_content(), section.body) == ("teaching", False, Words())


def test_no_blocks_no_sections():
    assert build() == []


def test_kinds_have_needs_in_the_order_of_the_census_and_never_nsa():
    section = only(block("kinds", needs=["OTH", "NSA", "ASD", "ASD", "XYZ"]))
    assert section.needs == ("ASD", "OTH")


@pytest.mark.parametrize("needs", [None, [], ["NSA"]])
def test_kinds_without_needs(needs):
    assert only(block("kinds", needs=needs)).needs == ()


def test_the_provision_map():
    full = {
        "name": " Early  language group ",
        "level": "targeted",
        "needs": ["NSA", "SLCN"],
        "minimum_age": 4,
        "maximum_age": 6,
        "who": "assistant",
        "when": "daily",
        "body": "<p>Up to five.</p>",
    }
    bare = {"name": "Club", "level": "", "needs": None, "minimum_age": None, "body": ""}
    section = only(block("extra_support", provisions=[item(full), item(bare)]))
    assert section.provisions == (
        Provision(
            name="Early language group",
            level="targeted",
            needs=("SLCN",),
            minimum_age=4,
            maximum_age=6,
            who="assistant",
            when="daily",
            body=words("Up to five."),
        ),
        Provision(name="Club", level="universal"),
    )


def test_p3_a_row_of_the_provision_map_that_says_nothing_is_dropped():
    rows = [{}, {"level": "universal"}, {"name": " ", "body": "<p>&nbsp;</p>", "who": "us"}]
    section = only(block("extra_support", provisions=[item(row) for row in rows]))
    assert (section.provisions, section.has_content()) == ((), False)
    kept = only(block("extra_support", provisions=[item({"body": "<p>A club.</p>"})]))
    assert kept.provisions == (Provision(name="", level="universal", body=words("A club.")),)


def test_contacts():
    full = {
        "name": "SENDIASS",
        "about": "advice\x00",
        "phone": " 01632 960400",
        "email": "anna.b@sendiass.example",
        "url": "https://sendiass.example/",
    }
    section = only(block("support_contacts", contacts=[item(full), item({}), item({"name": "-"})]))
    assert section.contacts == (
        Contact(
            name="SENDIASS",
            about="advice",
            phone="01632 960400",
            email="anna.b@sendiass.example",
            url="https://sendiass.example/",
        ),
        Contact(name="-"),
    )


def test_the_senco():
    section = only(
        block(
            "senco",
            name=" Mrs Corrigan",
            email="senco@larkfield.example",
            phone="01632 960102",
            days="Monday",
            qualification="NPQ",
            body="<p>Ring her.</p>",
        )
    )
    assert section.senco == Senco(
        name="Mrs Corrigan",
        email="senco@larkfield.example",
        phone="01632 960102",
        days="Monday",
        qualification="NPQ",
    )
    assert section.body == words("Ring her.")


@pytest.mark.parametrize(
    ("email", "consent", "published"),
    [
        ("senco@larkfield.example", False, "senco@larkfield.example"),
        ("a.corrigan@larkfield.example", False, ""),
        ("a.corrigan@larkfield.example", None, ""),
        ("a.corrigan@larkfield.example", True, "a.corrigan@larkfield.example"),
        ("a.sen@larkfield.example", False, ""),
        ("", True, ""),
        (None, False, ""),
    ],
)
def test_p12_a_private_address_of_the_senco_needs_consent(email, consent, published):
    section = only(block("senco", name="Mrs Corrigan", email=email, consent=consent))
    assert section.senco == Senco(name="Mrs Corrigan", email=published)


def test_p12_private_addresses_of_others_in_the_team_are_withheld():
    """Nobody can tick their consent; services outside the school are another matter."""
    people = [
        item({"name": "Mr Okafor", "email": "k.okafor@larkfield.example"}),
        item({"name": "Inclusion team", "email": "inclusion@larkfield.example"}),
        item({"email": "b.person@larkfield.example"}),
    ]
    assert only(block("senco", contacts=people, consent=True)).contacts == (
        Contact(name="Mr Okafor"),
        Contact(name="Inclusion team", email="inclusion@larkfield.example"),
    )


def test_the_senco_block_of_a_section_of_another_name_is_none():
    assert only(block("teaching", name="Mrs Corrigan", email="a@b.example")).senco is None


def test_the_councils_offer():
    section = only(block("la_local_offer", url=" https://westmarch.example/offer "))
    assert section.local_offer_url == "https://westmarch.example/offer"
    assert only(block("teaching", url="https://westmarch.example/")).local_offer_url == ""


def test_the_accessibility_plan():
    section = only(
        block(
            "accessibility_plan",
            url="https://larkfield.example/plan",
            start_date="2025-09-01",
            curriculum="<p>one</p>",
            buildings="<p>two</p>",
            information="<p>three</p>",
        )
    )
    assert section.accessibility_plan == AccessibilityPlan(
        url="https://larkfield.example/plan",
        start_date=date(2025, 9, 1),
        curriculum=words("one"),
        buildings=words("two"),
        information=words("three"),
    )


@pytest.mark.parametrize("start", [None, "", date(2025, 9, 1)])
def test_the_accessibility_plan_may_lack_a_day(start):
    section = only(block("accessibility_plan", start_date=start))
    assert section.accessibility_plan == AccessibilityPlan(start_date=start or None)


def test_the_accessibility_plan_as_a_document_comes_before_an_address(policy):
    section = only(
        block("accessibility_plan", document=policy.pk, url="https://larkfield.example/old")
    )
    assert section.accessibility_plan.url == f"http://school.example{policy.url}"
    gone = only(
        block("accessibility_plan", document=policy.pk + 1, url="https://larkfield.example/old")
    )
    assert gone.accessibility_plan.url == "https://larkfield.example/old"


def test_the_moves_in_a_school_life():
    stages = [
        item({"stage": "starting", "body": "<p>Visits.</p>"}),
        item({"stage": "adulthood", "body": "<p> </p>"}),
        item({"stage": "", "body": "<p>Lost.</p>"}),
        item({}),
    ]
    assert only(block("transition", stages=stages)).stages == (
        TransitionStage(stage="starting", body=words("Visits.")),
    )


def test_a_section_of_the_projects_own_and_anything_else():
    local, unknown, additional, unnamed = build(
        block("local", section="cla", body="<p>One</p>"),
        block("local", section="gone"),
        block("additional", heading=" Glossary "),
        block("additional"),
    )
    assert [(each.code, each.title, each.question) for each in (local, unknown)] == [
        (
            "cla",
            "Looked-after children with SEN",
            "What help is there for a child with SEN who is in care?",
        ),
        ("gone", "", ""),
    ]
    assert [(each.code, each.title) for each in (additional, unnamed)] == [
        ("additional", "Glossary"),
        ("additional", ""),
    ]


def test_an_answer_of_an_offer_goes_by_its_question():
    section = only(block("answer", question="staff_training", body="<p>A</p>"), kind=Kind.OFFER)
    assert (section.code, section.title, section.body) == (
        "staff_training",
        "Staff training",
        words("A"),
    )


def test_a_section_of_the_strategy():
    section = only(block("inclusion_costs", body="<p>£2</p>"), kind=Kind.STRATEGY)
    assert (section.code, section.title) == ("inclusion_costs", "What it costs")


# --- links and documents -----------------------------------------------------------------


def test_links_to_pages_and_elsewhere(about):
    links = [
        item({"text": "About", "page": about.pk, "url": "https://other.example/"}),
        item({"text": "", "page": None, "url": "https://other.example/"}),
        item({"text": "Relative", "url": "/policies/"}),
    ]
    assert only(block("teaching", links=links)).links == (
        Link(text="About", url="http://school.example/about/"),
        Link(text="https://other.example/", url="https://other.example/"),
        Link(text="Relative", url="http://school.example/policies/"),
    )


def test_a_page_that_is_gone_is_dropped(about):
    gone = about.pk
    about.delete()
    links = [
        item({"text": "Gone", "page": gone}),
        item({"text": "Gone, but", "page": gone, "url": "https://other.example/"}),
        item({"text": "Nothing"}),
    ]
    assert only(block("teaching", links=links)).links == (
        Link(text="Gone, but", url="https://other.example/"),
    )


def test_a_page_outside_every_site_is_dropped(home):
    orphan = Page.get_first_root_node().add_child(instance=Page(title="Orphan", slug="orphan"))
    assert only(block("teaching", links=[item({"text": "x", "page": orphan.pk})])).links == ()


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "https:", "https://[x"])
def test_p10_unsafe_addresses_never_get_into_a_section(url):
    """A form would refuse them; imports and APIs write past forms (G1)."""
    sections = build(
        block("teaching", links=[item({"text": "x", "url": url})]),
        block("la_local_offer", url=url),
        block("accessibility_plan", url=url),
        block("support_contacts", contacts=[item({"name": "x", "url": url})]),
    )
    assert sections[0].links == ()
    assert sections[1].local_offer_url == ""
    assert sections[2].accessibility_plan.url == ""
    assert sections[3].contacts == (Contact(name="x"),)


def test_documents_with_absolute_addresses(policy):
    odt = add_file(" Plan\n2026 ", "plan.odt")
    section = only(block("teaching", documents=[item(odt.pk), item(policy.pk), item(None)]))
    assert section.documents == (
        File(title="Plan 2026", url=f"http://school.example{odt.url}", format="ODT"),
        File(title="Policy", url=f"http://school.example{policy.url}", format="PDF"),
    )


def test_a_document_that_is_gone_is_dropped(policy):
    gone = policy.pk
    policy.delete()
    section = only(block("teaching", documents=[item(gone)]))
    assert (section.documents, section.has_content()) == ((), False)


def test_list_items_in_the_old_form_are_read(about, policy):
    old = build(
        block(
            "teaching",
            links=[{"text": "About", "page": about.pk, "url": ""}],
            documents=[policy.pk],
        ),
        block("support_contacts", contacts=[{"name": "SENDIASS"}]),
        block("extra_support", provisions=[{"name": "Club", "level": "universal"}]),
        block("transition", stages=[{"stage": "starting", "body": "<p>Visits.</p>"}]),
    )
    new = build(
        block(
            "teaching",
            links=[item({"text": "About", "page": about.pk, "url": ""})],
            documents=[item(policy.pk)],
        ),
        block("support_contacts", contacts=[item({"name": "SENDIASS"})]),
        block("extra_support", provisions=[item({"name": "Club", "level": "universal"})]),
        block("transition", stages=[item({"stage": "starting", "body": "<p>Visits.</p>"})]),
    )
    assert old == new
    assert [each.has_content() for each in old] == [True] * 4


# --- rich text ---------------------------------------------------------------------------


def test_links_in_the_text_are_resolved_and_absolute(about, policy):
    body = (
        f'<p><a linktype="page" id="{about.pk}">us</a> '
        f'<a linktype="document" id="{policy.pk}">policy</a> '
        '<a href="/x">x</a> <a linktype="page" id="999999">gone</a></p>'
    )
    section = only(block("teaching", body=body))
    assert section.body == Words(
        html='<p><a href="http://school.example/about/">us</a> '
        f'<a href="http://school.example{policy.url}">policy</a> '
        '<a href="http://school.example/x">x</a> <a>gone</a></p>',
        text="us policy x gone",
    )


def test_p10_the_text_is_cleaned_whichever_way_it_came_in(about):
    body = (
        f'<p onclick="x">Hi<script>alert(1)</script><a linktype="page" id="{about.pk}">us</a></p>'
    )
    assert only(block("teaching", body=body)).body.html == (
        '<p>Hi<a href="http://school.example/about/">us</a></p>'
    )


def test_texts_that_are_resolved_together_stay_apart(about):
    link = f'<a linktype="page" id="{about.pk}">us</a>'
    bodies = [f"<p>{number} {link}</p>" for number in range(30)]
    sections = build(*(block("additional", body=body) for body in bodies))
    assert [each.body.text for each in sections] == [f"{number} us" for number in range(30)]


@pytest.mark.parametrize(
    "odd",
    [
        "<p>{link}</p><!--senoffer--><p>more</p>",
        "<p>{link} more <a linktype='page' id='1'",
        "<p>{link} more <!-- ",
    ],
    ids=["a comment", "a tag without an end", "a comment without an end"],
)
def test_a_text_that_is_broken_does_not_disturb_the_others(odd, about):
    """Broken HTML in one section must neither crash nor leak into another."""
    link = f'<a linktype="page" id="{about.pk}">us</a>'
    sections = build(
        block("teaching", body=f"<p>before {link}</p>"),
        block("adapt", body=odd.format(link=link)),
        block("parents", body=f"<p>after {link}</p>"),
    )
    assert [each.body.text.split()[:2] for each in sections] == [
        ["before", "us"],
        ["us", "more"],
        ["after", "us"],
    ]
    assert sections[1].body.html.count("http://school.example/about/") == 1


@pytest.mark.parametrize("key", ["", "abc", "-1", "1.5", "9" * 18, "9" * 30, "²"])
def test_a_link_to_what_can_not_be_a_key_leads_nowhere(key, home):
    body = f'<a linktype="page" id="{key}">x</a><a linktype="document" id="{key}">y</a>'
    links = [item({"text": "x", "page": key})]
    section = only(block("teaching", body=body, links=links, documents=[item(key)]))
    assert (section.body.html, section.links, section.documents) == ("<a>x</a><a>y</a>", (), ())


def test_a_link_of_a_kind_that_nobody_knows_leads_nowhere():
    body = (
        '<a linktype="magic" id="1">x</a><a linktype="page">y</a>'
        '<a linktype="email" href="mailto:a@b.example">z</a>'
    )
    assert only(block("teaching", body=body)).body.html == (
        '<a>x</a><a>y</a><a href="mailto:a@b.example">z</a>'
    )


def test_a_projects_own_kind_of_link_is_resolved_by_its_own_handler():
    class MapLink(LinkHandler):
        identifier = "map"

        @classmethod
        def expand_db_attributes(cls, attrs):
            return f'<a href="https://maps.example/{attrs["id"]}">'

    features.get_link_types()["map"] = MapLink
    try:
        section = only(block("teaching", body='<a linktype="map" id="7">x</a>'))
    finally:
        del features.get_link_types()["map"]
    assert section.body.html == '<a href="https://maps.example/7">x</a>'


def test_an_embed_in_a_text_is_not_fetched_from_its_site(about):
    """It would be dropped anyway; Wagtail's own way stores what it fetched."""
    body = (
        f'<a linktype="page" id="{about.pk}">us</a>'
        '<embed embedtype="media" url="https://video.example/1"/>'
    )
    with CaptureQueriesContext(connection) as queries:
        section = only(block("teaching", body=body))
    assert section.body.html == '<a href="http://school.example/about/">us</a>'
    assert [each["sql"] for each in queries if "wagtailembeds" in each["sql"]] == []


@pytest.mark.parametrize(
    ("language", "live", "slug"),
    [("en", True, "about"), ("pl", True, "o-nas"), ("pl", False, "about"), ("de", True, "about")],
)
def test_a_link_leads_to_the_translation_of_a_page_if_it_is_live(about, language, live, slug):
    polish = Locale.objects.create(language_code="pl")
    translation = about.copy_for_translation(polish, copy_parents=True)
    translation.slug, translation.live = "o-nas", live
    translation.save()
    root = Page.objects.get(pk=translation.get_parent().pk)
    root.live = True
    root.save()
    body = f'<a linktype="page" id="{about.pk}">us</a>'
    with override(language):
        section = only(block("teaching", body=body, links=[item({"text": "x", "page": about.pk})]))
    url = f"http://school.example/{slug}/"
    assert section.body.html == f'<a href="{url}">us</a>'
    assert section.links == (Link(text="x", url=url),)


def test_without_translations_a_link_leads_to_the_page_itself(about, settings):
    settings.WAGTAIL_I18N_ENABLED = False
    body = f'<a linktype="page" id="{about.pk}">us</a>'
    with override("pl"):
        section = only(block("teaching", body=body))
    assert section.body.html == '<a href="http://school.example/about/">us</a>'


@pytest.mark.parametrize(
    ("code", "field"),
    [("teaching", "body"), ("accessibility_plan", "buildings")],
)
def test_g13_an_oversize_text_is_an_error_that_names_the_section(code, field):
    with pytest.raises(DocumentError) as refusal:
        build(block("kinds", body="<p>Fine.</p>"), block(code, **{field: "<div>" * 100_000}))
    rule = load().section(Kind.REPORT, code)
    assert (refusal.value.code, refusal.value.section) == ("text-too-long", code)
    assert refusal.value.message == (
        f"“{rule.title}” holds a text that is too long or has too much mark-up (over 64 KB). "
        "Paste it again as plain text, or attach it as a document."
    )


def test_g13_an_oversize_text_under_a_heading_of_its_own_is_named_by_it():
    with pytest.raises(DocumentError) as refusal:
        build(block("additional", heading="Glossary", body="x" * (MAX_HTML_BYTES + 1)))
    assert refusal.value.message.startswith("“Glossary” holds a text that is too long") is True


def test_g13_an_oversize_text_with_a_link_is_not_even_resolved(about, django_assert_num_queries):
    body = f'<a linktype="page" id="{about.pk}">us</a>' + "x" * MAX_HTML_BYTES
    with django_assert_num_queries(0), pytest.raises(DocumentError):
        build(block("teaching", body=body))


@pytest.mark.parametrize(
    ("written", "title", "field"),
    [
        (
            block("extra_support", provisions=[item({"name": "Club", "level": "all"})]),
            "Extra help with learning",
            "level",
        ),
        (
            block("extra_support", provisions=[item({"name": "Club", "minimum_age": "four"})]),
            "Extra help with learning",
            "minimum_age",
        ),
        (
            block("accessibility_plan", start_date="soon"),
            "Our accessibility plan",
            "start_date",
        ),
        (
            block("transition", stages=[item({"stage": "leaving", "body": "<p>x</p>"})]),
            "Starting, moving on, adult life",
            "stage",
        ),
    ],
)
def test_a_value_that_no_form_has_seen_is_an_error_that_names_the_section(written, title, field):
    """Imports and APIs write past the form (G1): a message, not a server error."""
    with pytest.raises(DocumentError) as refusal:
        build(written)
    assert (refusal.value.code, refusal.value.section) == ("value-invalid", written["type"])
    assert (
        refusal.value.message
        == f"“{title}” holds a value that can't be used ({field}). Correct it."
    )


@pytest.mark.parametrize(
    ("written", "title", "field"),
    [
        ({"type": "teaching", "value": "words"}, "teaching", "value"),
        ({"type": "teaching", "value": ["words"]}, "teaching", "value"),
        (block("teaching", body=7), "How we teach pupils with SEN", "body"),
        (block("additional", body={"html": "x"}), "additional", "body"),
        (block("teaching", links=["x"]), "How we teach pupils with SEN", "body"),
    ],
)
def test_data_of_another_shape_is_an_error_that_names_the_section(written, title, field):
    with pytest.raises(DocumentError) as refusal:
        build(written)
    error = refusal.value
    assert (error.code, error.section) == ("value-invalid", written["type"])
    assert error.message == f"“{title}” holds a value that can't be used ({field}). Correct it."


def test_the_introduction_is_cleaned_and_resolved(about):
    source = f'<p><a linktype="page" id="{about.pk}">Us</a><script>x</script></p>'
    assert rich_text(source, title="Introduction", base_url=BASE) == Words(
        html='<p><a href="http://school.example/about/">Us</a></p>', text="Us"
    )
    assert rich_text("", title="Introduction", base_url=BASE) == Words()


@pytest.mark.parametrize("source", ["x" * (MAX_HTML_BYTES + 1), "<div>" * 3_000])
def test_g13_an_oversize_introduction_is_an_error(source):
    with pytest.raises(DocumentError) as refusal:
        rich_text(source, title="Introduction", base_url=BASE)
    error = refusal.value
    assert (error.code, error.section, error.message) == (
        "text-too-long",
        "",
        "“Introduction” is too long. Shorten it, or paste it again as plain text.",
    )


# --- ids ---------------------------------------------------------------------------------


def test_an_id_that_is_a_uuid_is_kept():
    assert only(block("teaching")).id == UUID(BLOCK)


@pytest.mark.parametrize("bad", [None, "", "7", "not-a-uuid"])
def test_an_id_that_is_none_is_made_and_lasts(bad):
    first = only(block("teaching", bad)).id
    assert first == only(block("teaching", bad, body="<p>Other words.</p>")).id
    assert first == uuid5(KEY, "teaching/1")


def test_a_section_put_before_it_does_not_change_a_made_id():
    alone = build(block("teaching", None))
    after = build(block("kinds", None), block("teaching", None))
    assert after[1] == alone[0]


def test_two_sections_of_one_kind_have_two_ids():
    sections = build(block("additional", None), block("teaching", None), block("additional", None))
    assert [each.id for each in sections] == [
        uuid5(KEY, "additional/1"),
        uuid5(KEY, "teaching/1"),
        uuid5(KEY, "additional/2"),
    ]


def test_another_document_makes_other_ids():
    other = SectionBuilder(
        [block("teaching", None)], kind=Kind.REPORT, key=UUID(BLOCK), base_url="", rulesets=load()
    )
    assert other.sections()[0].id == uuid5(UUID(BLOCK), "teaching/1")


# --- P11: queries ------------------------------------------------------------------------


def busy_section(home, number):
    """Return a section with two documents and two pages, in lists and in the text."""
    page, other = (
        home.add_child(instance=TrustHomePage(title="x", slug=f"p{number}-{each}"))
        for each in range(2)
    )
    file, listed = (add_file("x", f"{number}-{each}.pdf") for each in range(2))
    body = (
        f'<p><a linktype="page" id="{page.pk}">x</a><a linktype="document" id="{file.pk}">x</a></p>'
    )
    links = [item({"text": "x", "page": other.pk})]
    return block("additional", body=body, links=links, documents=[item(listed.pk)])


@pytest.mark.parametrize("count", [1, 20])
def test_p11_the_number_of_queries_does_not_grow(home, count, django_assert_num_queries):
    """One for documents, two for pages (what they are, and as what they are), one for languages."""
    stream = [busy_section(home, number) for number in range(count)]
    build(*stream)
    with django_assert_num_queries(4):
        sections = build(*stream)
    assert [len(each.links) + len(each.documents) for each in sections] == [2] * count
    assert [each.body.html.count("http://school.example/") for each in sections] == [2] * count


def test_p11_a_report_without_links_asks_nothing(home):
    with CaptureQueriesContext(connection) as queries:
        build(block("teaching", body="<p>In class.</p>"), block("senco", name="Mrs Corrigan"))
    assert [query["sql"] for query in queries] == []
