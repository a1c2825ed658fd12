"""Where documents are in Wagtail's tree: asked of many schools at once."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from tests import factories
from wagtail_senoffer import tree
from wagtail_senoffer.editor.reminders.items import find_items

pytestmark = pytest.mark.django_db

# SQLite takes a thousand conditions.
MANY = 1200


def test_documents_of_pages_are_those_at_and_below_them(home: Any, report: Any) -> None:
    larkfield, other = report.get_parent(), factories.make_school(home, "other", live=False)
    found = tree.documents_of([home, larkfield, report, other])
    names = {pk: sorted(each.slug for each in documents) for pk, documents in found.items()}
    assert names == {
        home.pk: [larkfield.slug, "other", report.slug],
        larkfield.pk: [larkfield.slug, report.slug],
        report.pk: [report.slug],
        other.pk: ["other"],
    }


def test_p11_as_many_schools_as_are_chosen_are_asked_for_in_the_same_queries(
    report: Any, django_assert_num_queries: Any
) -> None:
    others = [SimpleNamespace(pk=-at, path=f"{at:012d}") for at in range(1, MANY)]
    with django_assert_num_queries(len(tree.document_types())):
        found = tree.documents_of([report, *others])
    assert {pk: len(documents) for pk, documents in found.items()} == {report.pk: 1}


def test_p11_what_is_due_is_found_at_as_many_places_as_are_asked(report: Any) -> None:
    below = [report.path, *(f"{at:012d}" for at in range(1, MANY))]
    today = timezone.localdate()
    assert find_items(today, below) == find_items(today, [report.path])
