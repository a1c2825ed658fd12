"""A roll-out that is killed at 50 random points ends, run again, as one that was not killed."""

import random
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from wagtail.models import Page

from tests import crash, factories
from tests.trust.tables import OAK, plan, school, table
from wagtail_senoffer.trust import reading, rollout

pytestmark = [pytest.mark.databases, pytest.mark.django_db(transaction=True), crash.needs_fork]

KILLS = 50
# What is made anew each time: moments, keys and the hash of a password that nobody knows.
_OWN = re.compile(
    r"datetime\.datetime\([^)]*\)|\d{4}-\d\d-\d\d[ T][\d:.]+(?:[+-][\d:]+|Z)?"
    r"|UUID\('[^']*'\)|[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}|pbkdf2_sha256\$[^']*"
)
# Wagtail writes it after the commit; `rebuild_references_index` is its own remedy.
_NOT_OURS = ("wagtailcore.referenceindex", "wagtailcore.modellogentry", "contenttypes.contenttype")


def schools() -> list[Any]:
    """Return two schools with all that a plan can have."""
    rows = [
        {"URN": "190101", "Slug": "oak", "Hostname": "oak.example", "Editors": "a@oak.example"},
        {"URN": "190102", "Slug": "two", "Moderators": "b@two.example;a@oak.example"},
    ]
    return reading.with_register(plan(*rows), table(OAK, school(2))).schools


def state() -> dict[str, list[str]]:
    """Return all rows of all tables, but for what no two runs have in common."""
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models():
            if str(model._meta) in _NOT_OURS:
                continue
            name = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(f"SELECT * FROM {name}")
            found[str(model._meta)] = sorted(_OWN.sub("*", repr(row)) for row in cursor.fetchall())
    return found


def _fresh() -> Page:
    Page.objects.filter(depth__gt=1).delete()
    return factories.make_home()


def _roll(home: Page) -> None:
    outcomes = rollout.run(schools(), home)
    assert [each.notes for each in outcomes] == [[], []]


def _points(steps: int) -> Iterator[int]:
    yield from sorted(random.Random(6).sample(range(1, steps), KILLS))


def test_killed_at_50_random_points_and_run_again(transactional_db: None) -> None:
    home = _fresh()
    steps = _count(home)
    _roll(home)
    uninterrupted = _by_size(state())
    assert steps > KILLS * 2
    for point in _points(steps):
        _undo()
        home = Page.objects.get(slug="trust")
        assert crash.in_child(lambda at=home: _roll(at), point) == crash.KILLED
        _roll(home)
        assert _by_size(state()) == uninterrupted
