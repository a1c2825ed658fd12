"""Our OpenAPI description is valid, its examples are, and what it describes is there."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from wagtail.models import Page

from tests.feed.client import BASE, ask, read
from wagtail_senoffer.feed.api import api

pytestmark = pytest.mark.conformance

OPENAPI = f"{BASE}/openapi.json"
LISTS = ("organizations", "service_at_locations", "services", "taxonomies", "taxonomy_terms")


def examples(found: Any, where: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Yield each example below a part of the description: where it is, its schema, its value."""
    if isinstance(found, list):
        for number, each in enumerate(found):
            yield from examples(each, f"{where}/{number}")
    if not isinstance(found, dict):
        return
    schema = found.get("schema", found)
    single = [found["example"]] if "example" in found else []
    for value in [*found.get("examples", ()), *single]:
        yield where, schema, value
    for name, each in found.items():
        if name not in ("example", "examples"):
            yield from examples(each, f"{where}/{name}")


def addresses() -> dict[str, str]:
    """Return what stands for the parameters in each path, from the feed itself."""
    document = read("/senoffer/documents")["documents"][0]
    known = {"key": document["key"], "locale": document["locale"], "number": "1"}
    ids = {name: read(f"{BASE}/{name}?per_page=1")["contents"][0]["id"] for name in LISTS}

    def filled(path: str) -> str:
        own = {"item_id": next((ids[x] for x in LISTS if x in path), "")} | known
        return re.sub(r"{(\w+)}", lambda match: own[match[1]], path)

    return {path: filled(path) for path in read(OPENAPI)["paths"]}


def test_the_description_is_valid(home: Page) -> None:
    validate(read(OPENAPI))


def test_each_example_fits_its_own_schema(home: Page) -> None:
    description = read(OPENAPI)
    found = list(examples(description))
    assert len(found) > 20
    for where, schema, value in found:
        whole = {**schema, "components": description["components"]}
        validator = Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER)
        assert [(where, each.message) for each in validator.iter_errors(value)] == []


def test_each_path_answers(demo: Page) -> None:
    found = {path: ask(address).status_code for path, address in addresses().items()}
    assert found == dict.fromkeys(found, 200)
    assert len(found) == 16


def test_each_answer_fits_its_schema(demo: Page) -> None:
    description = read(OPENAPI)
    for path, address in addresses().items():
        answers = description["paths"][path]["get"]["responses"]
        schema = answers["200"]["content"]["application/json"]["schema"]
        validator = Draft202012Validator({**schema, "components": description["components"]})
        assert [(path, each.message) for each in validator.iter_errors(read(address))] == []


def test_nothing_is_left_out_of_the_description(home: Page) -> None:
    described = read(OPENAPI)["paths"]
    assert set(described) == {
        f"{prefix}{path}" for prefix, router in api._routers for path in router.path_operations
    }


def test_the_server_is_the_site(home: Page) -> None:
    assert read(OPENAPI)["servers"] == [{"url": "http://school.example"}]
