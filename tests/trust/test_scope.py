"""Of which schools somebody may read how they stand (P9)."""

import pytest
from django.contrib.auth.models import Group, User
from wagtail.models import Page

from tests import factories
from tests.office import person
from wagtail_senoffer.models import SchoolPage, SchoolReader
from wagtail_senoffer.trust import scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def home() -> Page:
    home = factories.make_home()
    for slug, council in (("ash", "Brackenshire"), ("beech", "Brackenshire"), ("cedar", "Elmbury")):
        factories.make_school(home, slug, live=False, la_name=council)
    return Page.objects.get(pk=home.pk)


def slugs(schools: object) -> list[str]:
    return sorted(schools.values_list("slug", flat=True))


def reader(home: Page, council: str = "") -> User:
    user = User.objects.create_user(f"reader-{council}")
    group = Group.objects.create(name=f"readers {council}")
    user.groups.add(group)
    SchoolReader.objects.create(group=group, page=home, la_name=council)
    return user


def test_p9_an_editor_reads_and_edits_the_own_school(home: Page) -> None:
    user = person("ash", SchoolPage.objects.get(slug="ash"))
    assert slugs(scope.readable(user)) == slugs(scope.editable(user)) == ["ash"]


def test_p9_who_may_only_publish_counts_as_well(home: Page) -> None:
    user = person("ash", SchoolPage.objects.get(slug="ash"), may="publish_page")
    assert slugs(scope.editable(user)) == ["ash"]


def test_a_trusts_reader_reads_all_and_edits_none(home: Page) -> None:
    user = reader(home)
    assert slugs(scope.readable(user)) == ["ash", "beech", "cedar"]
    assert slugs(scope.editable(user)) == []


def test_a_councils_reader_reads_that_councils_schools(home: Page) -> None:
    assert slugs(scope.readable(reader(home, "Elmbury"))) == ["cedar"]


def test_p9_nobody_else_reads_any(home: Page) -> None:
    assert slugs(scope.readable(User.objects.create_user("guest"))) == []


def test_p9_who_has_left_reads_nothing(home: Page) -> None:
    user = reader(home)
    user.is_active = False
    assert slugs(scope.readable(user)) == []


def test_an_administrator_reads_and_edits_all(home: Page) -> None:
    admin = User.objects.create_superuser("admin")
    everything = ["ash", "beech", "cedar"]
    assert slugs(scope.readable(admin)) == slugs(scope.editable(admin)) == everything


def test_the_schools_are_found_in_the_same_queries_however_many(
    home: Page, django_assert_num_queries: object
) -> None:
    user = reader(home)
    with django_assert_num_queries(2):
        slugs(scope.readable(user))
