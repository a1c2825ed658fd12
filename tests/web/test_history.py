"""What the public reads of a document's past: the list, each Version, each day."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.http import http_date
from wagtail.models import Locale

from tests import factories
from tests.web.shelves import BASE, REPORT, links, put, put_document, versions
from wagtail_senoffer import publishing
from wagtail_senoffer.models import SchoolPage, SENInformationReportPage

pytestmark = pytest.mark.django_db

LIST = f"{REPORT}versions/"


def entries(visitor: Client, path: str = LIST) -> list[Any]:
    return visitor.get(path).context["entries"]


# --- the list ----------------------------------------------------------------------------


def test_the_list_says_of_each_version_what_it_was_newest_first(
    visitor: Client, thrice: Any
) -> None:
    told = [
        (e.version.number, e.state, e.document.approval.by, e.version.change_note, e.changed)
        for e in entries(visitor)
    ]
    first = versions(thrice)[0].document().approval.by
    assert told == [
        (3, "current", "B", "The governors changed.", "Changed: the year and dates."),
        (2, "superseded", "A", "", "Changed: the year and dates."),
        (1, "superseded", first, "", "First version."),
    ]


def test_the_list_shows_number_state_date_year_approver_note_and_change(
    visitor: Client, report: Any, clock: Callable[[str], datetime]
) -> None:
    clock("2027-01-05T10:30")
    put(report, approved_by="Board", change_note="Phone number")
    html = " ".join(visitor.get(LIST).content.decode().split())
    first = html[html.index("<ol") : html.index("</li>")]
    for words in (
        f'<a href="{REPORT}versions/2/">Version 2</a>',
        ">Current</span>",
        ">5 January 2027, 10:30</time>",
        "Academic year 2026-27",
        "Approved by Board",
        ">Phone number</p>",
        f'Changed: the year and dates. <a href="{REPORT}versions/1..2/">',
    ):
        assert words in first


def test_words_that_return_are_said_to_be_those_of_the_first_such_version(
    visitor: Client, thrice: Any
) -> None:
    first = versions(thrice)[0].document()
    put(thrice, approval=first.approval)
    assert [each.same_as for each in entries(visitor)] == [1, None, None, None]
    assert "The same words as Version 1." in visitor.get(LIST).content.decode()


def test_a_withdrawn_version_says_so_in_the_list(visitor: Client, thrice: Any) -> None:
    with publishing.withdrawing("Closed", "https://new.example/"):
        thrice.unpublish()
    assert [each.state for each in entries(visitor)] == ["withdrawn", "superseded", "superseded"]
    html = visitor.get(LIST).content.decode()
    assert "Closed" in html
    assert '<a href="https://new.example/">https://new.example/</a>' in html


def test_an_assurance_stands_with_its_version(visitor: Client, thrice: Any) -> None:
    page = SENInformationReportPage.objects.get()
    publishing.assure(page)
    assert [len(each.assurances) for each in entries(visitor)] == [1, 0, 0]
    assert "Still correct, checked by the school on" in visitor.get(LIST).content.decode()


@pytest.mark.parametrize(
    ("page", "first", "count"),
    [
        *[(page, 45, 20) for page in ("", "1", "x", "9" * 5000)],
        *[(page, 5, 5) for page in ("3", "0", "-1", "999")],
        ("1&page=2", 25, 20),
    ],
)
def test_the_list_has_twenty_to_a_page_and_answers_to_any_page(
    visitor: Client, report: Any, page: str, first: int, count: int
) -> None:
    for number in range(44):
        put(report, approved_by=str(number))
    for path in (LIST, f"{LIST}document.json"):
        response = visitor.get(f"{path}?page={page}")
        assert response.status_code == 200
        listed = response.json()["versions"] if path != LIST else response.context["entries"]
        assert len(listed) == count
    assert listed[0]["version"] == first


def test_p11_the_list_asks_as_many_queries_of_sixty_versions_as_of_three(
    visitor: Client, thrice: Any
) -> None:
    def queries(path: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert visitor.get(path).status_code == 200
        return len(captured)

    paths = (LIST, f"{LIST}document.json", f"{LIST}1/", f"{LIST}1..3/", f"{LIST}?page=2")
    queries(LIST)
    found = []
    for count in (3, 30, 60):
        while versions(thrice).count() < count:
            put(thrice, approved_by=f"Board {versions(thrice).count()}")
        found.append([queries(path) for path in paths])
    assert found[0] == found[1] == found[2]


def test_the_list_as_data_leads_from_page_to_page(visitor: Client, report: Any) -> None:
    for number in range(20):
        put(report, approved_by=str(number))
    data = visitor.get(f"{LIST}document.json").json()
    assert (data["count"], data["next"]) == (21, f"{BASE}versions/document.json?page=2")
    last = visitor.get(data["next"]).json()
    assert (last["next"], [each["version"] for each in last["versions"]]) == (None, [1])
    assert data["chain"] == last["chain"]
    listed = [*data["versions"], *last["versions"]]
    hashes = [each["record_hash"] for each in listed]
    assert [each["previous_hash"] for each in listed] == [*hashes[1:], ""]


# --- one Version -------------------------------------------------------------------------


def test_an_old_version_leads_to_the_current_one_and_to_what_changed_since(
    visitor: Client, thrice: Any
) -> None:
    html = visitor.get(f"{LIST}1/").content.decode()
    assert '<meta name="robots" content="noindex">' in html
    assert "It is no longer current." in html
    assert f'<a href="{REPORT}">See the current version</a>' in html
    assert f'<a href="{REPORT}versions/1..3/">What has changed since</a>' in html


def test_the_newest_version_at_its_own_address_says_that_it_is_current(
    visitor: Client, thrice: Any
) -> None:
    html = visitor.get(f"{LIST}3/").content.decode()
    assert "It is the current one." in html
    assert "What has changed since" not in html


@pytest.mark.parametrize("host", ["school.example", "127.0.0.1"])
def test_p7_a_versions_links_are_absolute_from_the_site(
    client: Client, thrice: Any, host: str
) -> None:
    response = client.get(f"{LIST}2/", headers={"host": host})
    assert links(response) == {
        "version-history": f"{BASE}versions/",
        "latest-version": BASE,
        "timegate": f"{BASE}versions/at/",
        "original": BASE,
        "predecessor-version": f"{BASE}versions/1/",
        "successor-version": f"{BASE}versions/3/",
    }
    assert response["Memento-Datetime"] == http_date(versions(thrice)[1].created_at.timestamp())


def test_p7_the_first_version_has_no_predecessor_and_the_last_no_successor(
    visitor: Client, thrice: Any
) -> None:
    assert "predecessor-version" not in links(visitor.get(f"{LIST}1/"))
    assert "successor-version" not in links(visitor.get(f"{LIST}3/"))
    # The page itself is the newest one, and no memento: it changes.
    page = visitor.get(REPORT)
    assert links(page)["predecessor-version"] == f"{BASE}versions/2/"
    assert ("original" in links(page), "Memento-Datetime" in page) == (False, False)


@pytest.mark.parametrize(
    "path", ["", "versions/", "versions/2/", "versions/1..3/", "versions/{today}/"]
)
@pytest.mark.parametrize("down", [False, True])
def test_p7_the_data_of_a_face_has_the_links_of_the_face(
    visitor: Client, thrice: Any, path: str, down: bool
) -> None:
    if down:
        SENInformationReportPage.objects.get().unpublish()
    path = REPORT + path.format(today=timezone.localdate())
    page, data = visitor.get(path), visitor.get(f"{path}document.json")
    assert data["Content-Type"].startswith("application/json")
    for name in ("Link", "Memento-Datetime"):
        assert (name, data.get(name)) == (name, page.get(name))
    assert data.get("Content-Location") == (
        page["Content-Location"] + "document.json" if "Content-Location" in page else None
    )


@pytest.mark.parametrize(
    ("codes", "words"),
    [
        ([], ""),
        (["teaching"], "1 section was not read again for this version."),
        (["teaching", "senco"], "2 sections were not read again for this version."),
    ],
)
def test_the_public_reads_what_nobody_read_again(
    visitor: Client, report: Any, codes: list[str], words: str
) -> None:
    document = versions(report)[0].document().model_copy(update={"title": "New year"})
    put_document(report, document, not_reread=codes)
    listed = visitor.get(f"{LIST}document.json").json()["versions"]
    assert [each["not_reread"] for each in listed] == [codes, []]
    for path in ("document.json", "versions/2/document.json"):
        assert visitor.get(REPORT + path).json()["not_reread"] == codes
    html = visitor.get(LIST).content.decode()
    assert words in html
    assert html.count("read again") == bool(codes)


@pytest.mark.parametrize("number", ["0", "4", "9" * 30, "00000000000000000000"])
def test_a_number_that_no_version_has_is_404_on_a_page_that_leads_on(
    visitor: Client, thrice: Any, number: str
) -> None:
    response = visitor.get(f"{LIST}{number}/")
    assert response.status_code == 404
    assert f"There is no Version {int(number)} of this page." in response.content.decode()
    assert f'<a href="{LIST}">All versions</a>' in response.content.decode()
    problem = visitor.get(f"{LIST}{number}/document.json")
    assert (problem.status_code, problem["Content-Type"]) == (404, "application/problem+json")


def test_only_reading_is_allowed(visitor: Client, thrice: Any) -> None:
    for path in ("", "versions/", "versions/1/", "versions/1..2/", "document.json"):
        assert visitor.head(REPORT + path).status_code == 200
        assert visitor.post(REPORT + path).status_code == 405


def test_p4_versions_outlive_the_user_the_revisions_and_the_language(
    visitor: Client, report: Any, admin: User
) -> None:
    report.approved_by = "Board"
    report.save_revision(user=admin).publish(user=admin)
    polish = Locale.objects.create(language_code="pl")
    for page in (report.get_parent().get_parent(), report.get_parent(), report):
        page.specific.copy_for_translation(polish).save_revision().publish()
    paths = ("", "versions/", "versions/1/", "versions/2/", "versions/1..2/", "document.json")
    before = [visitor.get(REPORT + path).content for path in paths]
    admin.delete()
    SchoolPage.objects.get(locale=polish).get_parent().delete()
    polish.delete()
    call_command("purge_revisions", days=0, verbosity=0)
    assert [visitor.get(REPORT + path).content for path in paths] == before


# --- drafts ------------------------------------------------------------------------------

FACES = (
    *("", "document.json", "versions/", "versions/document.json", "versions/1/"),
    *("versions/1/document.json", "versions/1..2/", "versions/1..2/document.json"),
)


@pytest.mark.parametrize("signed_in", [False, True])
def test_p1_no_draft_shows_on_any_face_to_anyone(
    visitor: Client, report: Any, admin: User, signed_in: bool
) -> None:
    put(report, approved_by="A")
    page = SENInformationReportPage.objects.get()
    page.title = page.approved_by = page.change_note = "Secret draft"
    page.slug = "secret-draft"
    factories.say(page, "teaching", "<p>Secret draft</p>").save_revision()
    if signed_in:
        visitor.force_login(admin)
    today = versions(report)[0].created_at.date().isoformat()
    for path in (*FACES, f"versions/{today}/", f"versions/{today}/document.json"):
        response = visitor.get(REPORT + path)
        assert response.status_code == 200
        assert "secret" not in response.content.decode().lower()
    assert "secret" not in visitor.get("/larkfield/").content.decode().lower()


@pytest.mark.parametrize("signed_in", [False, True])
def test_p1_a_page_that_is_only_a_draft_has_no_face(
    visitor: Client, school: SchoolPage, admin: User, signed_in: bool
) -> None:
    factories.make_report(school).save_revision()
    if signed_in:
        visitor.force_login(admin)
    today = datetime.now(tz=UTC).date().isoformat()
    for path in (*FACES, "versions/at/", f"versions/{today}/", f"versions/{today}/document.json"):
        assert visitor.get(REPORT + path).status_code == 404
