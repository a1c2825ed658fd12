"""Every answer of our Open Referral UK keeps to the schemas of the standard (HSDS-UK 3.0).

The schemas are not ours to ship: HSDS_UK_SCHEMAS names the folder that has them.
"""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012
from wagtail.models import Page

from tests.feed.client import BASE, lines, read

pytestmark = pytest.mark.conformance

VARIABLE = "HSDS_UK_SCHEMAS"
FORMATS = {"date", "date-time", "email", "time", "uri", "uuid"}
# Kind, and the schema of one.
KINDS = {
    "services": "service",
    "organizations": "organization",
    "service_at_locations": "service_at_location",
    "taxonomies": "taxonomy",
    "taxonomy_terms": "taxonomy_term",
}
# A query for a list, and whether what is in it is whole.
LISTS = {
    "services": {"": False, "full=true": True, "full=false": False, "per_page=1": False},
    "organizations": {"": False, "full=true": True, "full_service=true": True},
    "service_at_locations": {"": False, "full=true": True},
    "taxonomies": {"": False},
    "taxonomy_terms": {"": False, "top_only=true": False},
}
QUERIES = [(kind, query) for kind, queries in LISTS.items() for query in queries]
MEMBERS = {
    *("total_items", "total_pages", "page_number", "size"),
    *("first_page", "last_page", "empty", "contents"),
}
Validate = Callable[[str, Any], list[str]]


@pytest.fixture(scope="session")
def folder() -> Path:
    """Return the folder of the standard's schemas."""
    named = os.environ.get(VARIABLE)
    if not named:
        pytest.skip(f"Set {VARIABLE} to the folder that has HSDS-UK's schemas (schema/*.json).")
    assert (Path(named) / "schema").is_dir(), f"{VARIABLE} names no folder with schema/ in it."
    return Path(named) / "schema"


@pytest.fixture(scope="session")
def wrong(folder: Path) -> Validate:
    """Return a function that says what is wrong with data by one of the schemas."""
    # A format that nothing checks is passed in silence.
    assert set(FormatChecker.checkers) >= FORMATS

    def retrieve(uri: str) -> Resource:
        text = (folder / uri.rsplit("/", 1)[-1]).read_text(encoding="utf-8")
        return DRAFT202012.create_resource(json.loads(text))

    registry: Registry = Registry(retrieve=retrieve)

    def wrong(name: str, data: Any) -> list[str]:
        schema = registry.get_or_retrieve(f"{name}.json").value.contents
        validator = Draft202012Validator(
            schema, registry=registry, format_checker=Draft202012Validator.FORMAT_CHECKER
        )
        return [f"{each.json_path}: {each.message}" for each in validator.iter_errors(data)]

    return wrong


def empties(data: Any, where: str = "$") -> Iterator[str]:
    """Yield where data has a null or an empty value."""
    if data is None or data in ("", [], {}):
        yield where
    elif isinstance(data, dict):
        for name, value in data.items():
            yield from empties(value, f"{where}.{name}")
    elif isinstance(data, list):
        for number, value in enumerate(data):
            yield from empties(value, f"{where}[{number}]")


def ids(kind: str) -> list[str]:
    return [each["id"] for each in read(f"{BASE}/{kind}")["contents"]]


def test_the_base(demo: Page, wrong: Validate) -> None:
    found = read(f"{BASE}/")
    assert (wrong("api_details", found), list(empties(found))) == ([], [])


@pytest.mark.parametrize(("kind", "query"), QUERIES)
def test_each_list(kind: str, query: str, demo: Page, wrong: Validate) -> None:
    page = read(f"{BASE}/{kind}?{query}".rstrip("?"))
    assert wrong(f"{KINDS[kind]}_list", page) == []
    assert set(page) == MEMBERS
    assert list(empties(page)) == []
    for each in page["contents"] if LISTS[kind][query] else ():
        assert wrong(KINDS[kind], each) == []


@pytest.mark.parametrize("kind", KINDS)
def test_each_item(kind: str, demo: Page, wrong: Validate) -> None:
    for key in ids(kind):
        found = read(f"{BASE}/{kind}/{key}")
        assert (key, wrong(KINDS[kind], found), list(empties(found))) == (key, [], [])


def test_each_school_with_its_services(demo: Page, wrong: Validate) -> None:
    for key in ids("organizations"):
        found = read(f"{BASE}/organizations/{key}?full_service=true")
        assert (wrong("organization", found), list(empties(found))) == ([], [])
        for service in found.get("services", ()):
            assert wrong("service", service) == []


def test_minimal_and_what_is_gone(demo: Page, wrong: Validate) -> None:
    demo.get_children().last().specific.unpublish()
    for query in (
        "minimal=true",
        "minimal=true&modified_after=2026-01-01",
        "modified_after=2026-01-01",
    ):
        page = read(f"{BASE}/services?{query}")
        assert (query, wrong("service_list", page), list(empties(page))) == (query, [], [])
    states = {each["status"] for each in page["contents"]}
    assert states == {"active", "inactive"}


@pytest.mark.parametrize("kind", ["services", "organizations", "service_at_locations"])
def test_each_line_of_the_dumps(kind: str, demo: Page, wrong: Validate) -> None:
    found = lines(f"{BASE}/{kind}?format=ndjson&full=true")
    assert [each["id"] for each in found] == ids(kind)
    for each in found:
        assert (wrong(KINDS[kind], each), list(empties(each))) == ([], [])


def test_an_empty_list(home: Page, wrong: Validate) -> None:
    for kind in KINDS:
        page = read(f"{BASE}/{kind}?search=nosuchword")
        assert (wrong(f"{KINDS[kind]}_list", page), page["contents"]) == ([], [])


def test_the_schemas_do_find_what_is_wrong(demo: Page, wrong: Validate) -> None:
    whole = read(f"{BASE}/services/{ids('services')[0]}")
    for name, value in {"id": "1", "email": "x", "url": "not one", "status": "shut"}.items():
        assert [each.split(":")[0] for each in wrong("service", whole | {name: value})] == [
            f"$.{name}"
        ]
    whole["locations"][0]["addresses"] = 1
    del whole["name"]
    assert wrong("service", whole) != []
