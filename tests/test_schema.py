"""The JSON Schema of a Document, and its example: each holds the other to its word."""

import json
import os
import re
import subprocess
import sys

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator, FormatChecker

from tests.test_document import documents, few
from wagtail_senoffer import schemas
from wagtail_senoffer.completeness import find_problems
from wagtail_senoffer.document import Document, clean_html
from wagtail_senoffer.rulesets import load

SCHEMA = json.loads(schemas.SCHEMA.read_text(encoding="utf-8"))
EXAMPLE = json.loads(schemas.EXAMPLE.read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=FormatChecker())


def refusals(data):
    """Return where the schema finds fault."""
    return sorted(
        {"/".join(map(str, error.absolute_path)) for error in VALIDATOR.iter_errors(data)}
    )


def changed(path, value):
    """Return the example with one value changed; None takes it away."""
    data = json.loads(json.dumps(EXAMPLE))
    *way, last = path
    target = data
    for step in way:
        target = target[step]
    if value is None:
        del target[last]
    else:
        target[last] = value
    return data


def test_the_file_is_what_the_models_give():
    """If not: python -m wagtail_senoffer.schemas."""
    text = schemas.SCHEMA.read_text(encoding="utf-8")
    assert text == schemas.as_text(schemas.document_schema())


def test_the_schema_has_its_name_and_is_a_schema():
    assert (SCHEMA["$id"], SCHEMA["$schema"]) == (
        "urn:wagtail-senoffer:document:1",
        "https://json-schema.org/draft/2020-12/schema",
    )
    Draft202012Validator.check_schema(SCHEMA)


def test_the_files_have_sorted_keys_and_are_easy_to_read():
    for path, data in ((schemas.SCHEMA, SCHEMA), (schemas.EXAMPLE, EXAMPLE)):
        assert path.read_text(encoding="utf-8") == schemas.as_text(data)


def test_the_example_is_valid():
    assert refusals(EXAMPLE) == []


def test_the_example_comes_back_from_a_document_as_it_was():
    document = Document.model_validate(EXAMPLE)
    assert json.loads(document.canonical_text()) == EXAMPLE


def test_the_example_has_each_structured_field_at_least_once():
    fields = {name for section in EXAMPLE["sections"] for name in section}
    every = set(SCHEMA["$defs"]["Section"]["properties"])
    # Only an offer draws on a report.
    assert every - fields == {"drawn"}


def test_the_example_holds_clean_html_and_its_plain_text():
    words = [
        *re.findall(r'"html": (".*?[^\\]")', schemas.EXAMPLE.read_text(encoding="utf-8")),
    ]
    document = Document.model_validate(EXAMPLE)
    said = [document.introduction]
    for section in document.sections:
        plan = section.accessibility_plan
        said += [section.body, *(each.body for each in (*section.provisions, *section.stages))]
        said += [plan.curriculum, plan.buildings, plan.information] if plan else []
    said = [each for each in said if each.html]
    assert len(said) == len(words)
    assert [clean_html(each.html, "") for each in said] == said


def test_the_example_lacks_nothing_but_the_sections_that_it_leaves_out():
    document = Document.model_validate(EXAMPLE)
    found = find_problems(document, load(), document.approval.on)
    assert {each.code for each in found} == {"section-missing", "section-expected"}


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        (("schema_version",), 2, "schema_version"),
        (("schema_version",), True, "schema_version"),
        (("schema_version",), "1", "schema_version"),
        (("schema_version",), None, ""),
        (("kind",), "policy", "kind"),
        (("key",), "larkfield", "key"),
        (("review_date",), "next year", "review_date"),
        (("colour",), "red", ""),
        (("school", "colour"), "red", "school"),
        (("school", "name"), None, "school"),
        (("school", "urn"), "19001", "school/urn"),
        (("school", "urn"), "19000a", "school/urn"),
        (("school", "ukprn"), "1", "school/ukprn"),
        (("school", "laestab"), "9900000", "school/laestab"),
        (("school", "uprn"), "1234567890123", "school/uprn"),
        (("school", "mode"), "X", "school/mode"),
        (("school", "duty"), "maybe", "school/duty"),
        (("school", "address", "postcode"), 7, "school/address/postcode"),
        (("sections", 0, "needs"), "ASD", "sections/0/needs"),
        (("sections", 0, "title"), None, "sections/0"),
        (("sections", 1, "provisions", 0, "level"), "all", "sections/1/provisions/0/level"),
        (("sections", 0, "drawn"), [{"code": "x"}], "sections/0/drawn/0"),
    ],
)
def test_schema_and_model_refuse_the_same(path, value, place):
    data = changed(path, value)
    assert refusals(data) == [place]
    with pytest.raises(ValueError, match="validation error"):
        Document.model_validate(data)


@few
@given(documents)
def test_whatever_is_published_meets_the_schema(document):
    assert refusals(json.loads(document.canonical_text())) == []


def test_the_command_writes_the_file_and_needs_no_settings(tmp_path):
    copy = tmp_path / "wagtail_senoffer"
    package = schemas.FOLDER.parent
    for path in (
        *package.glob("*.py"),
        *(package / "rulesets").iterdir(),
        *(package / "schemas").glob("*.py"),
    ):
        if path.is_file():
            target = copy / path.relative_to(package)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    environment = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"}
    done = subprocess.run(
        [sys.executable, "-m", "wagtail_senoffer.schemas"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    written = copy / "schemas" / schemas.SCHEMA.name
    assert done.stdout == f"{written}\n"
    assert written.read_text(encoding="utf-8") == schemas.SCHEMA.read_text(encoding="utf-8")
