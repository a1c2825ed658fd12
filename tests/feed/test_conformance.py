"""What the feed stores, against the official schemas of Open Referral UK 3.0.

They are not ours to copy: HSDS_UK_SCHEMAS names the folder that holds `compiled/` and `schema/`.
"""

import json
import os
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from example_site import content
from tests import factories
from wagtail_senoffer.feed.taxonomies import TAXONOMIES, terms
from wagtail_senoffer.models import SchoolPage
from wagtail_senoffer.models.feed import Change

FOLDER = os.environ.get("HSDS_UK_SCHEMAS", "")

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        not FOLDER, reason="HSDS_UK_SCHEMAS does not name a folder with the HSDS-UK 3.0 schemas"
    ),
]

# Kind, column of the row, and schema.
SCHEMAS = [
    ("service", "body", "compiled/service.json"),
    ("service", "summary", "compiled/service_list.json"),
    ("organization", "body", "compiled/organization.json"),
    ("organization", "summary", "compiled/organization_list.json"),
    ("service_at_location", "body", "compiled/service_at_location.json"),
    ("service_at_location", "summary", "schema/service_at_location_list.json"),
]


def validator(path: str) -> jsonschema.Draft202012Validator:
    """Return a validator that looks at formats too."""
    schema = json.loads((Path(FOLDER) / path).read_text(encoding="utf-8"))
    formats = jsonschema.Draft202012Validator.FORMAT_CHECKER
    assert {"uuid", "date", "date-time", "email"} <= set(formats.checkers)
    return jsonschema.Draft202012Validator(schema, format_checker=formats)


def complaints(path: str, data: Any) -> list[str]:
    """Return all that a schema has against some data."""
    return [f"{error.json_path}: {error.message}" for error in validator(path).iter_errors(data)]


def all_complaints(state: str, columns: set[str]) -> list[str]:
    """Return all that the schemas have against the rows of a state, of which there are some."""
    found = []
    for kind, column, path in SCHEMAS:
        rows = Change.objects.filter(kind=kind, state=state) if column in columns else ()
        texts = [getattr(row, column) for row in rows]
        assert bool(texts) == (column in columns)
        found += [each for text in texts for each in complaints(path, json.loads(text))]
    return found


def test_every_row_is_as_the_standard_has_it(home: Any) -> None:
    """With the demo's schools, which between them use every field, and one that says little."""
    for name in content.SCHOOLS:
        content.add_school(home, content.read(name))
    nothing = dict.fromkeys(("urn", "street", "town", "telephone", "trust_name", "email"), "")
    bare = factories.make_school(home, "bare", title="Bare", **nothing)
    content.publish(factories.make_report(bare))
    assert all_complaints("active", {"body", "summary"}) == []
    for school in SchoolPage.objects.all():
        school.delete()
    assert all_complaints("defunct", {"summary"}) == []


def test_what_leads_to_a_school_with_a_new_urn_is_as_the_standard_has_it(report: Any) -> None:
    page = SchoolPage.objects.get()
    page.urn = "190777"
    content.publish(page)
    assert all_complaints("active", {"body", "summary"}) == []
    assert all_complaints("succeeded", {"summary"}) == []


def test_taxonomies_and_terms_are_as_the_standard_has_them() -> None:
    found = [("schema/taxonomy_list.json", each.as_json()) for each in TAXONOMIES.values()]
    found += [("schema/taxonomy_term_list.json", each.as_json()) for each in terms().values()]
    assert [each for path, data in found for each in complaints(path, data)] == []
