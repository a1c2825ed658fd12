"""A roll-out that is killed at random points ends, run again, as one that was not killed."""

import random
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import GroupPagePermission, Page, Revision, Site, WorkflowPage

from tests import crash
from tests.load import portion
from tests.trust.tables import OAK, plan, school, table
from wagtail_senoffer.models import RegisterEntry, RolledOutGroup, RolledOutSchool, SchoolPage
from wagtail_senoffer.trust import reading, rollout
from wagtail_senoffer.trust.rollout import State

pytestmark = [
    pytest.mark.databases,
    pytest.mark.no_cover,
    pytest.mark.django_db(transaction=True),
    crash.needs_fork,
]

KILLS = portion(50)
# Wagtail writes it after the commit; `rebuild_references_index` is its own remedy.
_NOT_OURS = ("wagtailcore.referenceindex",)
# What Django logs, but does not send through `execute`.
_BRACKETS = ("BEGIN", "COMMIT", "ROLLBACK")


class Round:
    """A trust of its own with two schools that have all that a plan can have."""

    def __init__(self, home: Page, number: int) -> None:
        self.tag, self.urns = f"q{number:02}", [f"17{number:02}01", f"17{number:02}02"]
        self.trust = Page(title=f"Trust {self.tag}", slug=self.tag)
        Page.objects.get(pk=home.pk).add_child(instance=self.trust)

    def schools(self) -> list[Any]:
        tag, (first, second) = self.tag, self.urns
        rows = [
            {"URN": first, "Slug": f"oak-{tag}", "Hostname": f"{tag}.example.org"},
            {"URN": second, "Slug": f"elm-{tag}", "Moderators": f"b@{tag}.example"},
        ]
        rows[0]["Editors"] = rows[1]["Editors"] = f"a@{tag}.example"
        ours = [
            {**OAK, "URN": first, "EstablishmentName": f"Oak {tag}"},
            school(2, URN=second, EstablishmentName=f"Elm {tag}"),
        ]
        return reading.with_register(plan(*rows), table(*ours)).schools

    def roll(self) -> list[State]:
        trust = Page.objects.get(pk=self.trust.pk)
        outcomes = rollout.run(self.schools(), trust)
        assert [each.notes for each in outcomes] == [[], []]
        return [each.state for each in outcomes]

    def state(self) -> str:
        """Return all that was set up, in words in which every trust is the same."""
        found = repr([list(part) for part in self._parts()])
        for number, urn in enumerate(self.urns):
            found = found.replace(urn, f"URN {number}")
        return found.replace(self.tag, "TAG")

    def _parts(self) -> Iterator[Any]:
        pages = Page.objects.descendant_of(self.trust).order_by("path")
        for page in pages:
            revisions = Revision.objects.for_instance(page).values_list("object_str")
            yield page.url_path, page.title, page.live, page.numchild, list(revisions)
        schools = SchoolPage.objects.descendant_of(self.trust).order_by("slug")
        yield schools.values_list("urn", "slug", "capacity", "sen_types", "street")
        yield Site.objects.filter(root_page__in=pages).values_list("hostname", "port")
        groups = Group.objects.filter(name__contains=self.tag).order_by("name")
        yield groups.values_list("name", "user__username", "permissions__codename")
        may = GroupPagePermission.objects.filter(group__in=groups).order_by("group__name", "pk")
        yield may.values_list("group__name", "page__slug", "permission__codename")
        ours = RolledOutGroup.objects.filter(group__in=groups).order_by("group__name")
        yield ours.values_list("group__name", "role", "la_name")
        yield User.objects.filter(username__contains=self.tag).values_list("username", "email")
        yield WorkflowPage.objects.filter(page__in=pages).values_list("workflow__name")
        memories = RolledOutSchool.objects.filter(page__in=pages).order_by("page__slug")
        yield memories.values_list("written", "done")
        yield RegisterEntry.objects.filter(urn__in=self.urns).order_by("urn").values_list("values")


def counts() -> dict[str, int]:
    """Return how many rows each table has."""
    models = [model for model in apps.get_models() if str(model._meta) not in _NOT_OURS]
    return {str(model._meta): model._base_manager.count() for model in models}


def grown(before: dict[str, int]) -> dict[str, int]:
    return {name: count - before[name] for name, count in counts().items()}


def test_killed_at_random_points_and_run_again(home: Page) -> None:
    steps = _steps(Round(home, 99))
    assert steps > 2 * KILLS
    whole = Round(home, 98)
    before = counts()
    assert whole.roll() == [State.NEW, State.NEW]
    growth = grown(before)
    finished = set()
    for number, point in enumerate(random.Random(6).sample(range(1, steps), KILLS)):
        each = Round(home, number)
        before = counts()
        assert crash.in_child(each.roll, point) == crash.KILLED
        finished.add(tuple(each.roll()))
        assert each.state() == whole.state()
        assert grown(before) == growth
    # Some were killed before the first school was there, some between the two.
    assert {(State.NEW, State.NEW), (State.SAME, State.NEW)} <= finished
    assert Page.find_problems() == ([], [], [], [], [])


def _steps(trial: Round) -> int:
    """Return how many statements a whole run takes at least: points to be killed at."""
    with CaptureQueriesContext(connection) as queries:
        trial.roll()
    return sum(not each["sql"].startswith(_BRACKETS) for each in queries.captured_queries)
