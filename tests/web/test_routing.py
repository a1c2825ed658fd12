"""G9, G10: where a page is gone, its record answers; where another stands, that one does."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from wagtail.models import Locale, Page, PageViewRestriction, Site

from example_site import content
from tests import factories
from tests.forms import form_data
from tests.web.shelves import BASE, REPORT, links, put, put_text, versions
from wagtail_senoffer import publishing
from wagtail_senoffer.models import (
    DocumentHead,
    InclusionStrategyPage,
    SchoolPage,
    SENInformationReportPage,
)

pytestmark = pytest.mark.django_db

OLD = ("versions/1/", "versions/2/", "versions/3/", "versions/1..3/", "versions/")
OLD_DATA = tuple(f"{path}document.json" for path in OLD)


def read(visitor: Client, paths: tuple[str, ...]) -> list[tuple[int, str]]:
    """Return status and heading, or the data, of each face of the report."""
    found = []
    for path in paths:
        response = visitor.get(REPORT + path)
        html = response.content.decode()
        heading = html[html.index("<h1>") : html.index("</h1>")] if "<h1>" in html else html
        found.append((response.status_code, heading))
    return found


@pytest.fixture
def gone(thrice: Any) -> Any:
    """Delete the report that had three Versions; return what it was."""
    SENInformationReportPage.objects.get().delete()
    return thrice


# --- taken down --------------------------------------------------------------------------


def test_a_page_that_was_taken_down_says_when_why_and_what_takes_its_place(
    visitor: Client, thrice: Any
) -> None:
    with publishing.withdrawing("Closed", "https://new.example/"):
        SENInformationReportPage.objects.get().unpublish()
    response = visitor.get(REPORT)
    html = " ".join(response.content.decode().split())
    day = versions(thrice).last().withdrawal.created_at
    assert response.status_code == 410
    assert f"The school took it down on {day.day} {day:%B %Y}. Closed</p>" in html
    assert 'In its place: <a href="https://new.example/">https://new.example/</a>' in html
    assert f'<a href="{REPORT}versions/">Earlier versions</a>' in html
    assert '<meta name="robots" content="noindex">' in html
    data = visitor.get(f"{REPORT}document.json")
    assert (data.status_code, data.json()["withdrawn"]["reason"]) == (410, "Closed")
    assert data.json()["withdrawn"]["successor"] == "https://new.example/"


def test_a_version_of_a_page_that_was_taken_down_says_so(visitor: Client, thrice: Any) -> None:
    SENInformationReportPage.objects.get().unpublish()
    html = visitor.get(f"{REPORT}versions/3/").content.decode()
    assert "The school took the page down on" in html
    assert "See the current version" not in html


def test_only_an_address_of_the_web_becomes_a_link_to_what_takes_a_pages_place(
    visitor: Client, thrice: Any
) -> None:
    with publishing.withdrawing("Closed", "javascript:alert(1)"):
        SENInformationReportPage.objects.get().unpublish()
    for path in ("", "versions/"):
        html = visitor.get(REPORT + path).content.decode()
        assert ("javascript:alert(1)" in html, 'href="javascript' in html) == (True, False)


def test_p4_what_was_taken_down_with_its_school_says_so_and_keeps_its_history(
    visitor: Client, thrice: Any
) -> None:
    with publishing.withdrawing("The school closed."):
        SchoolPage.objects.get().unpublish()
        SENInformationReportPage.objects.get().unpublish()
    assert visitor.get("/larkfield/").status_code == 410
    for path in ("", "document.json"):
        assert visitor.get(REPORT + path).status_code == 410
    for path in (*OLD, *OLD_DATA):
        assert visitor.get(REPORT + path).status_code == 200
    assert "The school closed." in visitor.get(REPORT).content.decode()


# --- children ----------------------------------------------------------------------------


@pytest.mark.parametrize("slug", ["versions", "document-json"])
def test_a_documents_faces_win_over_a_draft_below_it(
    visitor: Client, school: SchoolPage, slug: str
) -> None:
    school.add_child(instance=InclusionStrategyPage(title="Draft", slug=slug, live=False))
    for path in ("versions/", "versions/1/", "document.json"):
        assert visitor.get(f"/larkfield/{path}").status_code == 200


@pytest.mark.parametrize("slug", ["versions", "document-json"])
def test_a_page_below_a_school_can_not_take_the_place_of_its_faces(
    visitor: Client, report: Any, slug: str
) -> None:
    page = SENInformationReportPage.objects.get()
    page.slug = slug
    with pytest.raises(ValidationError) as refused:
        page.save()
    assert list(refused.value.message_dict) == ["slug"]
    assert visitor.get(REPORT).status_code == 200


def test_a_form_says_that_a_slug_belongs_to_a_face(
    client: Client, admin: User, report: Any
) -> None:
    client.force_login(admin)
    edit = reverse("wagtailadmin_pages:edit", args=[report.pk])
    response = client.post(edit, form_data(report, slug="versions"))
    assert list(response.context["form"].errors) == ["slug"]


# --- deleted -----------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["page", "school", "queryset"])
def test_p4_every_version_stays_where_it_was_when_all_around_it_is_deleted(
    visitor: Client, report: Any, admin: User, what: str
) -> None:
    report.approved_by = "Board"
    report.save_revision(user=admin).publish(user=admin)
    put(report, approved_by="B")
    before = read(visitor, OLD)
    data = [visitor.get(REPORT + path).json() for path in OLD_DATA]
    if what == "page":
        SENInformationReportPage.objects.get().delete()
    elif what == "school":
        SchoolPage.objects.get().delete()
    else:
        SENInformationReportPage.objects.all().delete()
    admin.delete()
    call_command("purge_revisions", days=0, verbosity=0)
    assert read(visitor, OLD) == before
    for path, kept in zip(OLD_DATA, data, strict=True):
        found = visitor.get(REPORT + path).json()
        for said in (kept, found):
            # That it was withdrawn is news, and right.
            for each in (said, *said.get("versions", ())):
                each.pop("state", None), each.pop("withdrawn", None)
        assert found == kept
    assert read(visitor, ("", "document.json"))[0] == (410, "<h1>This page is no longer published")
    assert visitor.get(f"{REPORT}document.json").json()["withdrawn"]["reason"] == (
        "The page was deleted."
    )


def test_p4_every_version_stays_when_its_language_is_deleted(visitor: Client, report: Any) -> None:
    polish = Locale.objects.create(language_code="pl")
    for page in (report.get_parent().get_parent(), report.get_parent(), report):
        page.specific.copy_for_translation(polish).save_revision().publish()
    report.delete()
    SchoolPage.objects.get(locale=polish).get_parent().delete()
    polish.delete()
    # This site gives both languages one address, and the Polish page went last.
    assert [status for status, _ in read(visitor, ("", "versions/", "versions/1/"))] == [
        *(410, 200, 200),
    ]
    assert 'lang="pl"' in visitor.get(REPORT).content.decode()


def test_a_deleted_page_is_found_by_its_address_alone(visitor: Client, gone: Any) -> None:
    found = read(visitor, ("versions/4/", "versions/x/", "nothing/", "x/versions/1/"))
    assert [status for status, _ in found] == [404] * 4
    assert "There is no Version 4 of this page." in found[0][1]
    response = visitor.get(f"{REPORT}versions/at/")
    assert (response.status_code, response["Location"]) == (302, f"{BASE}versions/3/")
    response = visitor.get(f"{REPORT}versions/3..1/")
    assert (response.status_code, response["Location"]) == (301, f"{BASE}versions/1..3/")
    assert visitor.get("/" + "x" * 5000 + "/").status_code == 404
    assert visitor.post(f"{REPORT}versions/").status_code in (404, 405)


def test_a_deleted_pages_slug_may_be_of_any_letters(visitor: Client, school: SchoolPage) -> None:
    page = factories.make_report(school)
    page.slug = "zażółć-gęślą"
    content.publish(page)
    SENInformationReportPage.objects.get().delete()
    assert visitor.get("/larkfield/zażółć-gęślą/").status_code == 410
    assert visitor.get("/larkfield/zażółć-gęślą/versions/1/").status_code == 200


def test_a_new_page_takes_over_the_address_and_shows_nothing_of_the_old_one(
    visitor: Client, gone: Any
) -> None:
    page = factories.make_report(SchoolPage.objects.get())
    page.title = "New report"
    # A draft is nothing to read yet.
    assert visitor.get(REPORT).status_code == 410
    content.publish(page)
    assert read(visitor, ("", "versions/1/", "versions/2/", "versions/1..3/")) == [
        (200, "<h1>New report"),
        (200, "<h1>New report"),
        (404, "<h1>There is no Version 2 of this page."),
        (404, "<h1>There is no Version 3 of this page."),
    ]
    assert visitor.get(f"{REPORT}versions/2/document.json").status_code == 404


def test_of_two_pages_that_stood_at_an_address_the_last_one_answers(
    visitor: Client, gone: Any
) -> None:
    page = factories.make_report(SchoolPage.objects.get())
    content.publish(page)
    page.delete()
    never = factories.make_report(SchoolPage.objects.get())
    never.delete()
    assert visitor.get(REPORT).status_code == 410
    assert visitor.get(f"{REPORT}versions/").context["head"].document_key == page.document_key


@pytest.mark.parametrize("hidden", ["password", "unpublished"])
def test_g10_a_page_that_was_not_for_everyone_leaves_no_address(
    visitor: Client, thrice: Any, hidden: str
) -> None:
    school = SchoolPage.objects.get()
    if hidden == "password":
        PageViewRestriction.objects.create(
            page=school, restriction_type=PageViewRestriction.PASSWORD, password="open sesame"
        )
    else:
        school.unpublish()
    SENInformationReportPage.objects.get().delete()
    PageViewRestriction.objects.all().delete()
    for path in ("", *OLD, *OLD_DATA):
        assert visitor.get(REPORT + path).status_code == 404
    assert DocumentHead.objects.get(document_key=thrice.document_key).former_url == ""


@pytest.mark.parametrize(("before", "after"), [(80, 443), (443, 80), (80, 8000), (8000, 8000)])
def test_p4_every_version_stays_where_it_was_when_the_site_gets_another_scheme_or_port(
    visitor: Client, thrice: Any, before: int, after: int
) -> None:
    _move(before)
    SENInformationReportPage.objects.get().delete()
    _move(after)
    paths = ("", "versions/", "versions/1/", "versions/1..3/", "versions/1/document.json")
    found = [visitor.get(REPORT + path) for path in paths]
    assert [each.status_code for each in found] == [410, 200, 200, 200, 200]
    # P7: its addresses are those of today.
    assert links(found[0])["latest-version"] == Site.objects.get().root_url + REPORT


@pytest.mark.parametrize("renamed", ["report", "school"])
def test_p4_every_version_of_a_renamed_page_is_found_from_where_it_was(
    visitor: Client, thrice: Any, renamed: str, django_capture_on_commit_callbacks: Any
) -> None:
    page = thrice if renamed == "report" else thrice.get_parent().specific
    page.slug = "another-name"
    with django_capture_on_commit_callbacks(execute=True):
        content.publish(page)
    now = SENInformationReportPage.objects.get().url
    assert now != REPORT
    for path in (*OLD, *OLD_DATA):
        response = visitor.get(REPORT + path)
        assert (response.status_code, response["Location"]) == (301, now + path)
        assert visitor.get(now + path).status_code == 200


def test_below_another_page_that_was_renamed_there_are_no_versions(
    visitor: Client, thrice: Any, django_capture_on_commit_callbacks: Any
) -> None:
    folder = factories.make_folder(thrice.get_parent().get_parent())
    folder.slug = "renamed"
    with django_capture_on_commit_callbacks(execute=True):
        content.publish(folder)
    assert visitor.get("/folder/").status_code == 301
    assert visitor.get("/folder/versions/1/").status_code == 404


def _move(port: int) -> None:
    site = Site.objects.get()
    site.port = port
    site.save()


def test_another_sites_deleted_pages_are_not_found_by_their_path(
    visitor: Client, gone: Any
) -> None:
    old = Site.objects.get()
    Site.objects.create(hostname=old.hostname, port=8000, root_page=old.root_page)
    # One host, two Sites: each answers for its own addresses.
    assert visitor.get(REPORT, SERVER_PORT="80").status_code == 410
    assert visitor.get(REPORT, SERVER_PORT="8000").status_code == 404
    Site.objects.filter(pk=old.pk).delete()
    Site.objects.update(hostname="other.example", is_default_site=True)
    Site.clear_site_root_paths_cache()
    assert visitor.get(REPORT).status_code == 404


@pytest.mark.parametrize("slug", ["larkfield", "trust", "root"])
def test_g10_a_deleted_page_is_as_private_as_what_it_stood_below_is_today(
    visitor: Client, gone: Any, slug: str
) -> None:
    page = Page.objects.get(slug=slug)
    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)
    for path in ("", *OLD, *OLD_DATA):
        assert visitor.get(REPORT + path).status_code == 404


@pytest.mark.urls("tests.web.mounted")
def test_g10_privacy_is_followed_where_wagtail_is_not_at_the_root(
    visitor: Client, thrice: Any
) -> None:
    SENInformationReportPage.objects.get().delete()
    assert visitor.get(f"/pages{REPORT}").status_code == 410
    page = Page.objects.get(slug="larkfield")
    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)
    assert visitor.get(f"/pages{REPORT}").status_code == 404


def test_g10_a_private_page_beside_it_hides_no_deleted_page(
    visitor: Client, home: Any, gone: Any
) -> None:
    page = factories.make_school(home, "sen-information-report")
    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)
    assert visitor.get(REPORT).status_code == 410


def test_p7_an_unknown_host_gets_the_default_site_and_its_addresses(
    client: Client, gone: Any, settings: Any
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    response = client.get(REPORT, headers={"host": "evil.example"})
    assert response.status_code == 410
    assert "evil.example" not in response.content.decode() + response["Link"]
    settings.ALLOWED_HOSTS = ["school.example"]
    Site.objects.all().delete()
    Site.clear_site_root_paths_cache()
    assert client.get(REPORT, headers={"host": "school.example"}).status_code == 404


def test_a_deleted_pages_unreadable_version_says_so(visitor: Client, thrice: Any) -> None:
    put_text(thrice, "no JSON")
    SENInformationReportPage.objects.get().delete()
    assert [status for status, _ in read(visitor, ("versions/4/", "versions/1/"))] == [503, 200]
