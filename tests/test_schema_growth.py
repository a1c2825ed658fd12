"""Texts of every released schema stay readable; later ones are refused with advice (P4)."""

import json
import re
from html import escape
from pathlib import Path
from typing import Literal

import pytest
from django.test import Client
from jsonschema import Draft202012Validator, FormatChecker

from tests import factories
from wagtail_senoffer import document as document_module
from wagtail_senoffer import schemas
from wagtail_senoffer.document import (
    SCHEMA_VERSION,
    UPGRADES,
    Document,
    DocumentError,
    NewerSchema,
    Section,
    Unreadable,
    sha256,
)
from wagtail_senoffer.models import (
    DocumentHead,
    DocumentText,
    InclusionStrategyPage,
    SchoolOfferPage,
    SchoolPage,
    SENInformationReportPage,
    Version,
)
from wagtail_senoffer.publishing import examine
from wagtail_senoffer.rulesets import Kind

GOLDEN = Path(__file__).parent / "golden"
FILES = sorted(GOLDEN.glob("*.json"))
HASHES = {
    name: digest
    for digest, name in map(str.split, (GOLDEN / "SHA256SUMS").read_text().splitlines())
}
PAGES = {
    Kind.SCHOOL: SchoolPage,
    Kind.REPORT: SENInformationReportPage,
    Kind.OFFER: SchoolOfferPage,
    Kind.STRATEGY: InclusionStrategyPage,
}


def version_and_kind(path):
    number, kind = re.fullmatch(r"document-v(\d+)-([a-z-]+)\.json", path.name).groups()
    return int(number), Kind(kind)


def text_of(path):
    return path.read_bytes().decode("utf-8")


def golden(kind=Kind.REPORT, number=SCHEMA_VERSION):
    """Return the text of the golden file of a kind."""
    return text_of(GOLDEN / f"document-v{number}-{kind}.json")


def with_version(value):
    """Return the golden report under another number of the schema."""
    return json.dumps({**json.loads(golden()), "schema_version": value})


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def path(request):
    return request.param


# --- every released schema ---------------------------------------------------------------


def test_there_is_a_golden_file_of_each_kind_for_each_version():
    wanted = {(number, kind) for number in range(1, SCHEMA_VERSION + 1) for kind in Kind}
    assert {version_and_kind(path) for path in FILES} == wanted
    assert set(HASHES) == {path.name for path in FILES}


def test_a_golden_file_is_the_text_that_was_hashed(path):
    """Never make it again: it stands for what schools have published."""
    assert sha256(text_of(path)) == HASHES[path.name]


def test_a_golden_file_is_read(path):
    number, kind = version_and_kind(path)
    document = Document.from_text(text_of(path))
    assert (document.kind, document.schema_version) == (kind, SCHEMA_VERSION)
    assert json.loads(text_of(path))["schema_version"] == number


def test_a_golden_file_of_this_version_gives_the_same_text_again(path):
    if version_and_kind(path)[0] == SCHEMA_VERSION:
        assert Document.from_text(text_of(path)).canonical_text() == text_of(path)


def test_a_golden_file_meets_the_schema_of_its_version(path):
    schema = schemas.FOLDER / f"document-{version_and_kind(path)[0]}.schema.json"
    validator = Draft202012Validator(
        json.loads(schema.read_text(encoding="utf-8")), format_checker=FormatChecker()
    )
    assert list(validator.iter_errors(json.loads(text_of(path)))) == []


def test_the_golden_files_of_this_version_hold_every_field():
    texts = [json.loads(golden(kind)) for kind in Kind]
    assert {name for each in texts for name in each} == set(Document.model_fields)
    sections = [section for each in texts for section in each.get("sections", ())]
    # Whose words they are came after these were published; they stay as they were hashed.
    later = {"source", "kept_by"}
    assert {name for each in sections for name in each} == set(Section.model_fields) - later


# --- they are shown ----------------------------------------------------------------------


def put_on_the_web(home, text):
    """Store a text as the only Version of a live page; return the page."""
    document = Document.from_text(text)
    home = SchoolPage.objects.first() or factories.make_school(home, live=False)
    SchoolPage.objects.update(live=True, document_key=document.school.key)
    page = home
    if document.kind is not Kind.SCHOOL:
        page = PAGES[document.kind](title="Row", slug="golden", live=False)
        home.add_child(instance=page)
        type(page).objects.filter(pk=page.pk).update(live=True, document_key=document.key)
    store(document, text)
    return type(page).objects.get(pk=page.pk)


def store(document, text):
    """Store a text as the first Version of its document, as an earlier release did."""
    DocumentText.objects.create(sha256=sha256(text), text=text)
    version = Version(
        document_key=document.key,
        locale=document.locale,
        kind=document.kind,
        number=1,
        text_id=sha256(text),
    )
    version.record_hash = version.computed_hash()
    version.save()
    DocumentHead.objects.create(
        document_key=document.key,
        locale=document.locale,
        school_key=document.school.key,
        latest=version,
    )


@pytest.fixture
def visitor():
    return Client(headers={"host": "school.example"}, raise_request_exception=True)


def of_one_level(html):
    """Return HTML with all headings of answers alike: below a drawn title they are deeper."""
    return re.sub(r"(?<=[</])h[3-6](?=>)", "h3", html)


def test_a_golden_file_is_shown_to_the_public(home, visitor, path):
    document = Document.from_text(text_of(path))
    page = put_on_the_web(home, text_of(path))
    for face in ("", "versions/1/"):
        html = of_one_level(visitor.get(page.get_url() + face).content.decode())
        assert f"<h1>{escape(document.title)}</h1>" in html
        assert document.introduction.html in html
        for section in document.sections:
            question = escape(section.question or section.title)
            assert f'<h2 id="h-{section.id}">{question}</h2>' in html
            for each in (section, *section.drawn):
                assert of_one_level(each.body.html) in html


def test_a_golden_school_shows_who_it_is(home, visitor):
    text = golden(Kind.SCHOOL)
    html = visitor.get(put_on_the_web(home, text).get_url()).content.decode()
    school = Document.from_text(text).school
    for fact in (school.urn, school.headteacher, school.telephone, school.address.postcode):
        assert fact in html


def test_a_golden_file_is_given_as_it_was_hashed(home, visitor, path):
    page = put_on_the_web(home, text_of(path))
    data = visitor.get(f"{page.get_url()}document.json").json()
    assert data["sha256"] == HASHES[path.name]
    assert data["document"] == json.loads(text_of(path))


# --- from an earlier schema --------------------------------------------------------------


def older(number=0):
    """Return the golden report as a made-up earlier schema had it: titles were headings."""
    data = json.loads(golden())
    data["heading"] = data.pop("title")
    return json.dumps({**data, "schema_version": number})


def rename(data):
    """Bring a text of the made-up schema up to date, as a step of UPGRADES does."""
    return {**{k: v for k, v in data.items() if k != "heading"}, "title": data["heading"]}


def test_nothing_needs_an_upgrade_yet():
    assert {*UPGRADES} == {*range(1, SCHEMA_VERSION)}


def test_a_text_of_an_earlier_schema_is_brought_up_to_date(monkeypatch):
    monkeypatch.setitem(UPGRADES, 0, rename)
    assert Document.from_text(older()) == Document.from_text(golden())


def test_the_steps_follow_each_other(monkeypatch):
    seen = []

    def step(data):
        seen.append(data["schema_version"])
        return rename(data) if data["schema_version"] == 0 else data

    for number in (-2, -1, 0):
        monkeypatch.setitem(UPGRADES, number, step)
    assert Document.from_text(older(-2)) == Document.from_text(golden())
    assert seen == [-2, -1, 0]


def test_a_text_of_this_schema_takes_no_step(monkeypatch):
    def fail(data):
        raise AssertionError(data)

    monkeypatch.setitem(UPGRADES, 0, fail)
    monkeypatch.setitem(UPGRADES, SCHEMA_VERSION, fail)
    assert Document.from_text(golden()).kind == Kind.REPORT
    with pytest.raises(Unreadable):
        Document.from_text(with_version(SCHEMA_VERSION).replace('"title"', '"heading"'))


@pytest.mark.parametrize("number", [0, -1, -(10**30)])
def test_without_a_step_an_earlier_text_is_unreadable(number):
    with pytest.raises(Unreadable) as refusal:
        Document.from_text(older(number))
    assert type(refusal.value) is Unreadable


@pytest.mark.parametrize(
    "step",
    [
        lambda data: {**data, "title": data["colour"]},
        lambda data: data,
        lambda data: None,
        lambda data: [data],
        lambda data: {**rename(data), "key": object()},
        lambda data: {**rename(data), "title": data["sections"][10_000]},
        lambda data: {**rename(data), "title": data.missing},
        lambda data: {**rename(data), "title": int(data["kind"])},
    ],
)
def test_a_step_that_can_do_nothing_with_a_text_makes_it_unreadable(monkeypatch, step):
    monkeypatch.setitem(UPGRADES, 0, step)
    with pytest.raises(Unreadable) as refusal:
        Document.from_text(older())
    assert (refusal.value.code, refusal.value.section) == ("unreadable", "")


def test_the_next_schema_is_one_line_and_one_step(monkeypatch):
    """A rehearsal of version 2: what is published today stays readable."""

    class Next(Document):
        schema_version: Literal[2]
        heading: str

    def step(data):
        return {**data, "heading": data["title"]}

    monkeypatch.setattr(document_module, "SCHEMA_VERSION", 2)
    monkeypatch.setitem(UPGRADES, 1, step)
    for kind in Kind:
        read = Next.from_text(golden(kind, 1))
        assert (read.schema_version, read.heading) == (2, read.title)
        assert Next.from_text(read.canonical_text()) == read
    with pytest.raises(NewerSchema):
        Next.from_text(with_version(3))


# --- from a later one --------------------------------------------------------------------


@pytest.mark.parametrize("number", [2, 99, 10**30])
def test_a_text_of_a_later_schema_says_what_to_do(number):
    with pytest.raises(NewerSchema) as refusal:
        Document.from_text(with_version(number))
    error = refusal.value
    assert isinstance(error, Unreadable)
    assert isinstance(error, DocumentError)
    assert (error.code, error.section) == ("schema-newer", "")
    assert error.message == (
        f"A newer release of wagtail-senoffer wrote this text (version {number} of the schema; "
        "this release reads up to 1). Nothing is lost: update wagtail-senoffer on this site, "
        "and it can be read again."
    )


def test_a_later_schema_may_have_any_shape():
    with pytest.raises(NewerSchema):
        Document.from_text('{"schema_version":2,"words":[1,2,3]}')


@pytest.mark.parametrize("value", ["1", "2", None, True, False, 1.5, 2.0, [1], {"a": 1}])
def test_what_is_no_number_of_a_schema_is_unreadable(value):
    with pytest.raises(Unreadable) as refusal:
        Document.from_text(with_version(value))
    assert type(refusal.value) is Unreadable
    assert "schema_version" in refusal.value.message


def test_a_text_without_a_number_is_unreadable():
    data = json.loads(golden())
    del data["schema_version"]
    with pytest.raises(Unreadable, match="schema_version: Field required"):
        Document.from_text(json.dumps(data))


def test_a_field_of_a_later_release_is_told_as_one():
    """Fields may be added without a new version; then an older release can't read them."""
    data = json.loads(golden())
    data["school"]["colour"] = "red"
    with pytest.raises(Unreadable) as refusal:
        Document.from_text(json.dumps(data))
    assert "does not know its field “school/colour”" in refusal.value.message
    assert "update wagtail-senoffer" in refusal.value.message


def test_an_editor_is_told_that_the_record_is_newer_than_the_site(home):
    """After a roll-back: a message on the page, where there was a server error."""
    school = factories.make_school(home, live=False)
    stored = Document.from_text(golden(Kind.SCHOOL))
    SchoolPage.objects.update(live=True, document_key=stored.key)
    text = json.dumps({**json.loads(golden(Kind.SCHOOL)), "schema_version": 2})
    store(stored, text)
    report = factories.make_report(SchoolPage.objects.get(pk=school.pk))
    found, (problem,) = examine(report)
    assert (found, problem.code) == (None, "schema-newer")
