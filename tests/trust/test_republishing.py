"""Drift of the trust's texts, and publishing again: what is public, and never a draft (P8)."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import Page

from tests import factories
from tests.office import person, school
from tests.trust.test_trust_text import TRUST, trust_text
from wagtail_senoffer.models import (
    RepublishedDocument,
    Republishing,
    SchoolPage,
    SENInformationReportPage,
    Version,
)
from wagtail_senoffer.trust import republishing
from wagtail_senoffer.trust.drift import by_page, drifting

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(home: Any) -> list[Any]:
    """Return the published reports of two schools."""
    return [school(home, name)[1] for name in ("Ash", "Beech")]


def drift() -> dict[Any, Any]:
    return by_page(drifting(SchoolPage.objects.all()))


def run(user: User, capture: Any) -> dict[str, str]:
    with capture(execute=True):
        republishing.start(user, drift())
    return outcomes()


def outcomes() -> dict[str, str]:
    found = RepublishedDocument.objects.filter(run=Republishing.objects.first())
    return {each.title.partition(":")[0]: each.outcome for each in found}


def newest(page: Any) -> Version:
    return Version.objects.filter(document_key=page.document_key).latest("number")


def test_p8_a_changed_text_drifts_until_it_is_published_again(
    home: Any, two: list[Any], admin: User, django_capture_on_commit_callbacks: Any
) -> None:
    assert drift() == {}
    trust_text(home)
    assert {pk: [each.code for each in found] for pk, found in drift().items()} == {
        page.pk: ["complaints"] for page in two
    }
    assert [newest(page).number for page in two] == [1, 1]
    done = run(admin, django_capture_on_commit_callbacks)
    assert (done, drift()) == ({"Ash": "published", "Beech": "published"}, {})
    for page in two:
        version = newest(page)
        assert (version.number, version.document().section("complaints").body.html) == (2, TRUST)
        assert version.change_note.startswith("The trust's text was updated: ")
        assert version.user_pk == str(admin.pk)


def test_p8_a_draft_stays_a_draft_byte_for_byte(
    home: Any, two: list[Any], admin: User, django_capture_on_commit_callbacks: Any
) -> None:
    page = SENInformationReportPage.objects.get(pk=two[0].pk)
    factories.say(page, "teaching", "<p>Not yet for everyone.</p>").save_revision(user=admin)
    before = SENInformationReportPage.objects.get(pk=page.pk)
    trust_text(home)
    run(admin, django_capture_on_commit_callbacks)
    after = SENInformationReportPage.objects.get(pk=page.pk)
    assert after.latest_revision_id == before.latest_revision_id
    assert after.latest_revision.content == before.latest_revision.content
    assert after.has_unpublished_changes is True
    assert after.body.get_prep_value() == before.body.get_prep_value()
    assert "Not yet for everyone" not in newest(page).text.text
    draft = after.get_latest_revision_as_object()
    assert "complaints" in draft.trust_texts()


def test_p3_one_refused_school_stops_nobody(
    home: Any, two: list[Any], admin: User, django_capture_on_commit_callbacks: Any
) -> None:
    text = trust_text(home)
    run(admin, django_capture_on_commit_callbacks)
    # Without the school's own words, nothing is left once the trust takes its text away.
    page = SENInformationReportPage.objects.get(pk=two[0].pk)
    factories.empty(page, "complaints").save()
    text.delete()
    assert run(admin, django_capture_on_commit_callbacks) == {
        "Ash": "refused",
        "Beech": "published",
    }
    row = RepublishedDocument.objects.get(run=Republishing.objects.first(), page=page.pk)
    assert row.message != ""
    assert newest(page).document().section("complaints").body.html == TRUST


def test_p9_a_school_that_the_user_may_not_publish_is_left_out(
    home: Any, two: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    trust_text(home)
    user = person("ash", Page.objects.get(pk=two[0].get_parent().pk), may="publish_page")
    assert run(user, django_capture_on_commit_callbacks) == {
        "Ash": "published",
        "Beech": "skipped",
    }
    assert newest(two[1]).number == 1


def test_a_locked_page_is_told(
    home: Any, two: list[Any], admin: User, django_capture_on_commit_callbacks: Any
) -> None:
    other = User.objects.create_superuser("other")
    type(two[0]).objects.filter(pk=two[0].pk).update(locked=True, locked_by=other)
    trust_text(home)
    done = run(admin, django_capture_on_commit_callbacks)
    assert done == {"Ash": "locked", "Beech": "published"}


def test_a_run_that_was_cut_off_goes_on_and_does_nothing_twice(
    home: Any, two: list[Any], admin: User
) -> None:
    trust_text(home)
    started = republishing.start(admin, drift())
    first = started.documents.first()
    republishing.publish_one(started, first.pk)
    republishing.republish.call(started.pk)
    republishing.republish.call(started.pk)
    assert outcomes() == {"Ash": "published", "Beech": "published"}
    assert [newest(page).number for page in two] == [2, 2]


def test_p11_the_queries_do_not_grow_with_the_schools(home: Any, two: list[Any]) -> None:
    trust_text(home)

    def count(schools: Any) -> int:
        drifting(schools)
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert len(drifting(schools)) == schools.count()
        return len(found) - 1

    assert count(SchoolPage.objects.filter(slug="ash")) == count(SchoolPage.objects.all())


def test_p9_the_report_shows_nobody_elses_school(home: Any, two: list[Any]) -> None:
    trust_text(home)
    client = Client()
    client.force_login(person("ash", Page.objects.get(pk=two[0].get_parent().pk)))
    html = client.get(reverse("senoffer_drift")).content.decode()
    assert (f'id="drift-{two[0].pk}"' in html, "Beech" in html) == (True, False)
    confirm = client.post(reverse("senoffer_republish"), {"page": [two[1].pk]})
    assert (confirm.status_code, Republishing.objects.count()) == (302, 0)


def test_one_confirmation_lists_what_is_ticked_then_tells_what_came_of_it(
    home: Any, two: list[Any], admin: User, django_capture_on_commit_callbacks: Any
) -> None:
    trust_text(home)
    client = Client()
    client.force_login(admin)
    ticked = {"page": [two[0].pk]}
    html = client.post(reverse("senoffer_republish"), ticked).content.decode()
    assert ("Ash: " in html, "Beech: " in html) == (True, False)
    with django_capture_on_commit_callbacks(execute=True):
        found = client.post(reverse("senoffer_republish"), {**ticked, "confirmed": "1"})
    html = client.get(found.url).content.decode()
    assert "Version 2 is published." in html
    client.force_login(User.objects.create_superuser("boss"))
    assert client.get(found.url).status_code == 200
    client.force_login(person("else", Page.objects.get(pk=two[1].get_parent().pk)))
    assert client.get(found.url).status_code == 404
