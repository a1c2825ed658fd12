"""Wagtail's listings say how the documents stand, of no school but the user's own."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page

from tests import factories, office
from wagtail_senoffer import publishing

pytestmark = pytest.mark.django_db


@pytest.fixture
def home() -> Page:
    return factories.make_home()


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def titles(client: Client, **asked: str) -> list[str]:
    """Return the schools of the pages that “SEND pages” lists."""
    response = client.get(reverse("senoffer_documents:index"), asked)
    assert response.status_code == 200
    pages = response.context["object_list"]
    return sorted(f"{page.get_parent().title}/{page.title}" for page in pages)


@pytest.fixture
def admin() -> Client:
    return signed_in(User.objects.create_superuser("admin"))


def test_a_schools_listing_says_how_its_documents_stand(home: Page, admin: Client) -> None:
    school, _report = office.school(home, "Ash", review_date=timezone.localdate())
    factories.make_offer(school)
    response = admin.get(reverse("wagtailadmin_explore", args=[school.pk]))
    rows = {page.title: page.compliance for page in response.context["object_list"]}
    report, offer = rows["SEN information report"], rows["School Offer"]
    assert (report.label, report.score) == ("Complete", "23 of 23 sections")
    assert (report.version.number, report.published_on) == (1, timezone.localdate())
    assert (report.is_overdue, offer.label, offer.version) == (False, "Not published", None)
    page = response.content.decode()
    for words in ("Complete · 23 of 23 sections", "Version 1, ", "Not published"):
        assert words in page


def test_send_pages_are_found_by_what_is_to_be_done(home: Page, admin: Client) -> None:
    today = timezone.localdate()
    _ash, _report = office.school(home, "Ash", review_date=today - timedelta(days=1))
    beech, _report = office.school(home, "Beech", review_date=today + timedelta(days=30))
    office.school(home, "Cedar", review_date=None)
    factories.make_offer(beech)
    report = "SEN information report"
    assert titles(admin, review="overdue") == [f"Ash/{report}"]
    assert titles(admin, review="soon") == [f"Beech/{report}"]
    assert titles(admin, review="unset") == [f"Cedar/{report}"]
    assert titles(admin, completeness="unpublished") == ["Beech/School Offer"]
    assert titles(admin, completeness="incomplete") == []
    assert titles(admin, published="old") == []
    assert len(titles(admin, published="recent")) == len(titles(admin)) - 1 == 6


def test_what_was_published_incomplete_is_found(home: Page, admin: Client, settings: Any) -> None:
    _school, report = office.school(home, "Ash")
    settings.WAGTAIL_SENOFFER = {"ALLOW_INCOMPLETE": True}
    fresh = factories.empty(type(report).objects.get(pk=report.pk), "parents")
    with publishing.override(User.objects.get(username="admin"), "The head is ill."):
        fresh.save()
    assert titles(admin, completeness="incomplete") == ["Ash/SEN information report"]


def test_p9_an_office_sees_its_own_pages_alone(home: Page) -> None:
    ash, _report = office.school(home, "Ash")
    office.school(home, "Beech")
    client = signed_in(office.person("ash", ash))
    assert titles(client) == ["Ash/SEN information report", "Trust/Ash"]
    assert "Beech" not in client.get(reverse("senoffer_documents:index")).content.decode()


def test_p9_who_may_do_nothing_to_pages_is_not_offered_them(home: Page) -> None:
    user = office.person("nobody")
    response = signed_in(user).get(reverse("senoffer_documents:index"))
    assert response.status_code == 302
    menu = signed_in(user).get(reverse("wagtailadmin_home")).content.decode()
    assert reverse("senoffer_documents:index") not in menu


def test_p11_the_listing_asks_the_same_however_many_schools(home: Page, admin: Client) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            titles_url = reverse("senoffer_documents:index")
            admin.get(titles_url, {"review": "overdue"})
        return len(queries)

    office.school(home, "Ash")
    asked()
    few = asked()
    for name in ("Beech", "Cedar", "Dogwood"):
        office.school(home, name)
    assert asked() == few


def dashboard(client: Client) -> str:
    return " ".join(client.get(reverse("wagtailadmin_home")).content.decode().split())


def test_p9_the_dashboard_tells_an_office_how_its_own_school_stands(home: Page) -> None:
    ash, report = office.school(home, "Ash", review_date=timezone.localdate() - timedelta(days=1))
    office.school(home, "Beech")
    page = dashboard(signed_in(office.person("ash", ash)))
    form = reverse("wagtailadmin_pages:edit", args=[report.pk])
    assert f'<a href="{form}">SEN information report</a>: Complete, 23 of 23 sections' in page
    assert "Review overdue since" in page
    assert "Beech" not in page


def test_the_dashboard_says_where_there_is_no_report_yet(home: Page) -> None:
    school = factories.make_school(home, "ash")
    page = dashboard(signed_in(office.person("ash", school)))
    add = reverse("wagtailadmin_pages:add_subpage", args=[school.pk])
    assert f'No report yet. <a href="{add}">Start one</a>' in page


def test_the_dashboard_shows_nobody_elses_schools(home: Page) -> None:
    factories.make_school(home, "ash")
    assert "My schools" not in dashboard(signed_in(office.person("nobody")))


def test_p11_the_dashboard_asks_the_same_however_many_schools(home: Page, admin: Client) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            dashboard(admin)
        return len(queries)

    office.school(home, "Ash")
    asked()
    few = asked()
    for name in ("Beech", "Cedar"):
        office.school(home, name)
    assert asked() == few
