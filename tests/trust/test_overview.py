"""The table: how each school's documents stand, section by section."""

import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from wagtail.models import Site

from example_site import content
from tests import factories, office
from tests.trust.test_trust_text import trust_text
from wagtail_senoffer import publishing
from wagtail_senoffer.editor import drafts
from wagtail_senoffer.models import SchoolPage, SchoolReader, Version
from wagtail_senoffer.rulesets import Kind
from wagtail_senoffer.trust.overview.cells import State, What
from wagtail_senoffer.trust.overview.rows import Row, rows
from wagtail_senoffer.trust.overview.views import OverviewView

pytestmark = pytest.mark.django_db

TABLE = "senoffer_schools"
REPORT = What(Kind.REPORT)


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def desk(admin: User) -> Client:
    return signed_in(admin)


def shown(client: Client, **asked: str) -> dict[str, Row]:
    """Return the rows of the table, by the names of schools, in their order."""
    response = client.get(reverse(TABLE), asked)
    assert response.status_code == 200
    return {row.school.title: row for row in response.context["object_list"]}


def page_of(client: Client, **asked: str) -> str:
    return client.get(reverse(TABLE), asked).content.decode()


def publish_incomplete(report: Any, code: str, user: Any, settings: Any) -> None:
    settings.WAGTAIL_SENOFFER = {**settings.WAGTAIL_SENOFFER, "ALLOW_INCOMPLETE": True}
    fresh = factories.empty(type(report).objects.get(pk=report.pk), code)
    with publishing.override(user, "The head is ill."):
        fresh.save()


# --- what a cell says


def test_each_section_has_its_state(home: Any, admin: User, desk: Client, settings: Any) -> None:
    _ash, report = office.school(home, "Ash")
    publish_incomplete(factories.say(report, "pupils", "<p>To be confirmed.</p>"), "x", admin, settings)
    publish_incomplete(report, "parents", admin, settings)
    content.publish(factories.make_report(factories.make_school(home, "beech", title="Beech", school_type="7")))
    factories.make_report(factories.make_school(home, "cedar", title="Cedar"))
    found = shown(desk)
    ash, beech, cedar = found.values()
    assert [ash.label, beech.label, cedar.label] == ["1 thing missing", "Complete", "Not published"]
    assert (ash.cells["parents"].state, ash.cells["kinds"].state) == (State.MISSING, State.THERE)
    assert beech.cells["senco"].state == State.NOT_ASKED
    assert {cell.state for cell in cedar.cells.values()} == {State.NOT_PUBLISHED}
    assert [ash.standing.score, beech.standing.score] == ["22 of 23 sections", "21 of 21 sections"]
