"""The text that somebody typed is never lost: two people at one section, and very much text."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from wagtail.models import Revision

from tests import factories
from tests.forms import PUBLISH, form_data
from tests.office import person
from wagtail_senoffer.models import Version

JSON = {"accept": "application/json"}
MANY = " ".join(f"word{number}" for number in range(5_000))


@pytest.fixture
def ada(report: Any) -> Client:
    return signed_in(person("ada", report.get_parent()))


@pytest.fixture
def ben(report: Any) -> Client:
    return signed_in(person("ben", report.get_parent()))


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def opened(report: Any) -> dict[str, str]:
    """Return what a form says of the draft that it was opened with."""
    revision = latest(report)
    return {
        "loaded_revision_id": str(revision.pk),
        "loaded_revision_created_at": revision.created_at.isoformat(),
    }


def latest(report: Any) -> Revision:
    return Revision.objects.for_instance(report).latest("pk")


def send(client: Client, report: Any, words: str, seen: dict[str, str], **how: Any) -> Any:
    """Send the form with other words in one section, as it was opened."""
    page = type(report).objects.get(pk=report.pk)
    data = form_data(factories.say(page, "parents", f"<p>{words}</p>")) | seen
    return client.post(reverse("wagtailadmin_pages:edit", args=[report.pk]), data, **how)


def said(revision: Revision) -> str:
    body = revision.as_object().body
    return str(next(each.value["body"] for each in body if each.block_type == "parents"))


def test_of_two_people_at_one_section_neither_loses_a_word(
    ada: Client, ben: Client, report: Any
) -> None:
    seen = opened(report)
    assert send(ada, report, "Ada wrote this.", seen, headers=JSON).status_code == 200
    # What saves itself stops, and Ben is told; his words are still in his form.
    refused = send(ben, report, "Ben wrote that.", seen, headers=JSON)
    assert (refused.status_code, refused.json()["error_code"]) == (400, "invalid_revision")
    hers = latest(report)
    assert "Ada wrote this." in said(hers)
    # He saves all the same: his are the draft, and hers are in the page's history.
    assert send(ben, report, "Ben wrote that.", seen, follow=True).status_code == 200
    assert "Ben wrote that." in said(latest(report))
    assert "Ada wrote this." in said(Revision.objects.get(pk=hers.pk))


def test_five_thousand_words_in_one_field_are_saved_listed_and_published(
    client: Client, admin: User, report: Any
) -> None:
    client.force_login(admin)
    assert send(client, report, MANY, opened(report), headers=JSON).status_code == 200
    assert MANY in said(latest(report))
    listed = client.get(reverse("senoffer_checklist", args=[report.pk]))
    assert "23 of 23 sections · nothing to fix" in listed.content.decode()
    send(client, report, MANY, opened(report) | PUBLISH)
    document = Version.objects.latest("number").document()
    assert document.section("parents").body.text.split() == MANY.split()
