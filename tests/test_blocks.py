"""What an editor fills in: a block for each section, and no word of it lost (G2, G3, G15)."""

from uuid import UUID

import nh3
import pytest
from django.core.files.base import ContentFile
from django.utils.html import escape
from wagtail import blocks as wagtail_blocks
from wagtail.blocks import StreamBlockValidationError
from wagtail.documents import get_document_model
from wagtail.documents.blocks import DocumentChooserBlock

from tests.factories import larkfield
from wagtail_senoffer import blocks
from wagtail_senoffer.building import SectionBuilder
from wagtail_senoffer.document import TAGS
from wagtail_senoffer.rulesets import Kind, load, model_answer
from wagtail_senoffer.vocabularies import (
    NEEDS,
    PROVISION_LEVEL_LABELS,
    STAGE_LABELS,
)

STREAMS = {
    Kind.REPORT: blocks.ReportBlock(),
    Kind.OFFER: blocks.OfferBlock(),
    Kind.STRATEGY: blocks.StrategyBlock(),
}
KEY = UUID("6f0d2c1e-5b0a-4c1f-9f35-0a4f3f6f7b02")
MINE = """\
id = "westmarch-2026"
title = "Westmarch"
basis = "local"
kind = "sen-information-report"
source = "Westmarch Council"
effective_from = 2026-01-01

[[sections]]
code = "hub"
title = "The hub"
question = "How do you work with the hub?"
guidance = "Say how."
reference = "Westmarch 1"
theme = "support"
levels = { M = "required" }
"""


def rules(kind):
    """Return the shipped sections of a kind by code."""
    return {rule.code: rule for each in load() if each.kind is kind for rule in each.sections}


def sections(kind):
    """Return the blocks of a stream that are a shipped section."""
    return {
        name: block for name, block in STREAMS[kind].child_blocks.items() if name in rules(kind)
    }


def walk(block, path):
    """Yield every block with its path."""
    yield path, block
    for name, child in getattr(block, "child_blocks", {}).items():
        yield from walk(child, f"{path}.{name}")
    if hasattr(block, "child_block"):
        yield from walk(block.child_block, f"{path}[]")


EVERY = {
    path: block for kind, stream in STREAMS.items() for path, block in walk(stream, kind.value)
}
STRUCTS = {
    path: block for path, block in EVERY.items() if isinstance(block, blocks.WordedStructBlock)
}


# --- a block for each section ------------------------------------------------------------


@pytest.mark.parametrize("kind", [Kind.REPORT, Kind.STRATEGY])
def test_every_shipped_section_has_a_block_of_its_name_in_the_order_of_the_rulesets(kind):
    assert list(sections(kind)) == list(rules(kind))


def test_what_no_shipped_section_asks_for_has_blocks_of_its_own():
    others = {
        kind: [name for name in stream.child_blocks if name not in rules(kind)]
        for kind, stream in STREAMS.items()
    }
    assert others == {
        Kind.REPORT: ["local", "additional"],
        Kind.OFFER: ["answer", "additional"],
        Kind.STRATEGY: ["additional"],
    }


@pytest.mark.parametrize("kind", [Kind.REPORT, Kind.STRATEGY])
def test_a_block_is_called_as_its_section_and_grouped_by_its_theme(kind):
    shown = {name: (block.label, block.meta.group) for name, block in sections(kind).items()}
    assert shown == {
        code: (rule.title, blocks.THEMES[rule.theme]) for code, rule in rules(kind).items()
    }


@pytest.mark.parametrize("kind", [Kind.REPORT, Kind.STRATEGY])
def test_a_block_tells_the_question_what_to_write_and_the_law(kind):
    for name, block in sections(kind).items():
        rule = rules(kind)[name]
        said = str(block.meta.help_text)
        model = model_answer(kind, name)
        parts = [rule.question, rule.guidance, *rule.examples, rule.reference, *model]
        assert [part for part in parts if escape(part) not in said] == []
        tags = {"strong", "br", "small", "ul", "li", "details", "summary"}
        tags |= {"blockquote", "p"}
        assert nh3.clean(said, tags=tags) == nh3.clean(said)


def test_the_other_blocks_have_labels_of_their_own():
    report, offer = STREAMS[Kind.REPORT].child_blocks, STREAMS[Kind.OFFER].child_blocks
    assert [str(report[name].label) for name in ("local", "additional")] == [
        "Section asked for locally",
        "Something else",
    ]
    assert [str(offer[name].label) for name in ("answer", "additional")] == [
        "Question",
        "Something else",
    ]


def test_a_section_of_the_law_stands_at_most_once():
    assert STREAMS[Kind.REPORT].meta.block_counts == {
        code: {"max_num": 1} for code in rules(Kind.REPORT)
    }


# --- G15: words in Meta, not in constructors ---------------------------------------------


def test_g15_no_word_for_people_gets_into_a_migration():
    """Wagtail writes constructor arguments into migrations: a new label would make one."""
    allowed = {"required", "max_length", "min_value", "max_value", "choices", "default"}
    for path, block in EVERY.items():
        arguments = block.deconstruct()[2]
        assert (path, set(arguments) - allowed) == (path, set())
        choices = arguments.get("choices")
        assert (path, choices is None or callable(choices)) == (path, True)


@pytest.mark.parametrize("path", STRUCTS)
def test_every_field_has_a_label_and_its_help(path):
    struct = STRUCTS[path]
    words = {}
    for ancestor in reversed(type(struct).__mro__):
        words |= vars(ancestor).get("words", {})
    for name, child in struct.child_blocks.items():
        label, help_text = words[name]
        assert (name, child.label, child.meta.label) == (name, label, label)
        shown = child.field.help_text if hasattr(child, "field") else child.meta.help_text
        assert (name, str(shown or "")) == (name, str(help_text))
        assert str(label) != ""


def test_the_words_of_a_block_do_not_leak_into_its_relatives():
    """Blocks of one class share their fields."""
    report, offer = STREAMS[Kind.REPORT].child_blocks, STREAMS[Kind.OFFER].child_blocks
    labels = {
        "teaching": str(report["teaching"].child_blocks["body"].label),
        "la_local_offer": str(report["la_local_offer"].child_blocks["body"].label),
        "answer": str(offer["answer"].child_blocks["body"].label),
        "additional": str(offer["additional"].child_blocks["body"].label),
    }
    assert labels == {
        "teaching": "Your answer",
        "la_local_offer": "What the school adds to it",
        "answer": "Your own answer",
        "additional": "Your answer",
    }


def test_a_field_without_words_is_a_mistake_of_ours():
    class Wordless(blocks.WordedStructBlock):
        name = wagtail_blocks.CharBlock()

    with pytest.raises(KeyError):
        Wordless()


def test_the_editor_offers_only_mark_up_that_a_report_may_hold():
    assert [
        *("h3", "h4", "bold", "italic", "ol", "ul", "link", "document-link"),
    ] == blocks.FEATURES
    texts = [block for path, block in EVERY.items() if path.endswith(".body")]
    assert [block for block in texts if block.features != blocks.FEATURES] == []
    written = {"h3", "h4", "b", "i", "ol", "ul", "li", "a"}
    assert written - TAGS == set()


# --- drafts ------------------------------------------------------------------------------


def test_only_what_makes_a_row_a_row_must_be_filled_in():
    """The gate reads the Document; a form that refuses loses words (G3)."""
    required = {
        path.rpartition(".")[2]
        for path, block in EVERY.items()
        if isinstance(block, wagtail_blocks.FieldBlock) and block.required
    }
    # "documents[]" is a chosen document in a list of documents.
    assert required == {"text", "name", "level", "stage", "question", "documents[]"}
    of_sections = [
        path
        for path, block in EVERY.items()
        if path.count(".") == 2
        and "[]" not in path
        and isinstance(block, wagtail_blocks.FieldBlock)
        and block.required
    ]
    assert of_sections == ["school-offer.answer.question"]


@pytest.mark.parametrize("kind", [Kind.REPORT, Kind.STRATEGY])
def test_a_stream_of_empty_sections_is_a_valid_form(kind):
    stream = STREAMS[kind]
    raw = [{"type": name, "value": {}} for name in stream.child_blocks]
    assert len(stream.clean(stream.to_python(raw))) == len(raw)


def test_the_demo_report_is_a_valid_form(db):
    stream = STREAMS[Kind.REPORT]
    raw = [
        {"type": code, "value": {**value, "start_date": str(value["start_date"])}}
        if "start_date" in value
        else {"type": code, "value": value}
        for code, value in larkfield()["report"]["sections"].items()
    ]
    cleaned = stream.clean(stream.to_python(raw))
    assert [block.block_type for block in cleaned] == [each["type"] for each in raw]


def test_a_section_of_the_law_twice_is_no_valid_form():
    stream = STREAMS[Kind.REPORT]
    twice = stream.to_python([{"type": "teaching", "value": {}}] * 2)
    with pytest.raises(StreamBlockValidationError):
        stream.clean(twice)


# --- choices -----------------------------------------------------------------------------


def test_the_needs_to_choose_from_are_those_of_the_census_without_nsa():
    assert blocks.need_choices() == [(code, need.label) for code, need in NEEDS.items()]


def test_the_levels_and_the_moves_to_choose_from():
    assert dict(blocks.level_choices()) == {
        level.value: label for level, label in PROVISION_LEVEL_LABELS.items()
    }
    assert dict(blocks.stage_choices()) == {
        stage.value: label for stage, label in STAGE_LABELS.items()
    }


def test_the_questions_of_every_set_can_be_answered():
    assert blocks.question_choices() == [
        (rule.code, rule.question)
        for each in ("outpost-7", "se7-14")
        for rule in load().get(each).sections
    ]


def test_an_answer_can_point_at_every_shipped_section():
    assert blocks.report_section_choices() == [
        (rule.code, rule.title) for rule in rules(Kind.REPORT).values()
    ]


def test_a_projects_own_sections_can_be_chosen_and_nothing_else(settings, tmp_path):
    assert blocks.local_section_choices() == []
    path = tmp_path / "mine.toml"
    again = MINE[MINE.index("[[sections]]") :].replace('"hub"', '"teaching"')
    path.write_text(MINE + again)
    settings.WAGTAIL_SENOFFER = {"RULESETS": [path]}
    assert blocks.local_section_choices() == [("hub", "The hub")]
    assert [code for code, _ in blocks.report_section_choices()] == list(rules(Kind.REPORT))


def test_a_projects_own_question_set_can_be_answered(settings, tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(
        MINE.replace('"local"', '"question-set"').replace("sen-information-report", "school-offer")
    )
    settings.WAGTAIL_SENOFFER = {"RULESETS": [path]}
    assert blocks.question_choices()[-1] == ("hub", "How do you work with the hub?")


# --- every field reaches the Document ----------------------------------------------------

SAMPLES = {
    wagtail_blocks.CharBlock: "Word",
    wagtail_blocks.EmailBlock: "office@larkfield.example",
    wagtail_blocks.URLBlock: "https://larkfield.example/",
    wagtail_blocks.IntegerBlock: 7,
    wagtail_blocks.DateBlock: "2026-09-01",
    wagtail_blocks.TimeBlock: "09:30",
    wagtail_blocks.BooleanBlock: True,
    blocks.AnswerBlock: "<p>Word</p>",
    DocumentChooserBlock: 1,
}
# A row that is published, with another value in every field than SAMPLES has.
ROWS = {
    "links": {"text": "Row", "url": "https://row.example/"},
    "contacts": {"name": "Row", "email": "row@larkfield.example", "url": "https://row.example/"},
    "provisions": {"name": "Row", "level": "universal", "body": "<p>Row</p>"},
    "stages": {"stage": "starting", "body": "<p>Row</p>"},
}


def sample(block, page):
    """Return raw data for a field; of choices, the last."""
    if isinstance(block, wagtail_blocks.PageChooserBlock):
        return page.pk
    if isinstance(block, wagtail_blocks.MultipleChoiceBlock):
        return [code for code, _ in block.field.choices][-1:]
    if isinstance(block, wagtail_blocks.ChoiceBlock):
        return ["", *(code for code, _ in block.field.choices if code)][-1] or "hub"
    return SAMPLES[type(block)]


def cases(page):
    """Yield (kind, block, value, the value with one field more) for all that is published."""
    for kind, stream in STREAMS.items():
        for name, struct in stream.child_blocks.items():
            for field, child in struct.child_blocks.items():
                inner = getattr(child, "child_block", None)
                if isinstance(inner, wagtail_blocks.StructBlock):
                    row = ROWS[field]
                    for each, block in inner.child_blocks.items():
                        fuller = {**row, each: sample(block, page)}
                        yield kind, name, each, {field: [row]}, {field: [fuller]}
                elif inner is not None:
                    yield kind, name, field, {}, {field: [sample(inner, page)]}
                # Consent is not published: it decides whether the e-mail is.
                elif field != "consent":
                    yield kind, name, field, {}, {field: sample(child, page)}


def build(kind, block_type, value):
    """Return the Section of one block."""
    stream = [{"type": block_type, "id": str(KEY), "value": value}]
    (section,) = SectionBuilder(
        stream, kind=kind, key=KEY, base_url="https://larkfield.example/", rulesets=load()
    ).sections()
    return section


def test_no_field_that_an_editor_fills_in_is_lost(home):
    """Each changes the Section: a field that the builder forgets would be a lost answer."""
    get_document_model().objects.create(pk=1, title="x", file=ContentFile(b"x", name="x.pdf"))
    every = list(cases(home))
    lost = [
        (kind.value, name, field)
        for kind, name, field, before, after in every
        if build(kind, name, before) == build(kind, name, after)
    ]
    assert lost == []
    assert len({(name, field) for _, name, field, _, _ in every}) > 150


@pytest.mark.parametrize("kind", STREAMS)
def test_p3_a_block_as_the_editor_first_sees_it_says_nothing(kind, db):
    """Or a section that was added and forgotten would count as answered."""
    fresh = {
        name: block.get_prep_value(block.get_default())
        for name, block in STREAMS[kind].child_blocks.items()
    }
    assert [name for name, raw in fresh.items() if build(kind, name, raw).has_content()] == []


@pytest.mark.parametrize("kind", STREAMS)
def test_p3_a_row_as_the_editor_first_sees_it_says_nothing(kind, db):
    said = [
        (name, field)
        for name, block in STREAMS[kind].child_blocks.items()
        for field, child in block.child_blocks.items()
        if isinstance(child, wagtail_blocks.ListBlock)
        for row in [child.child_block.get_prep_value(child.child_block.get_default())]
        if build(kind, name, {field: [{"type": "item", "value": row}]}).has_content()
    ]
    assert said == []
