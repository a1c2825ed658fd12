"""Removing words from old Versions: all of them go, and what stays is told."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from example_site import content
from tests.web.shelves import REPORT, forge, newest, put, put_data, put_document, versions
from wagtail_senoffer import publishing, record, removal
from wagtail_senoffer.document import Approval, File, Link
from wagtail_senoffer.models import DocumentHead, Redaction, SchoolPage, Version
from wagtail_senoffer.redaction import fields

pytestmark = pytest.mark.django_db


def path_to(version: Version, name: str) -> str:
    """Return the path of the first field whose own ends with a name."""
    return next(each.path for each in fields(version.document()) if each.path.endswith(name))


@pytest.fixture
def twice(report: Any) -> Any:
    """Return a report of two Versions, the first of them old."""
    put(report, approved_by="B")
    return report


# What goes.


@pytest.mark.parametrize("name", ["links", "documents"])
def test_everywhere_finds_links_and_documents(report: Any, admin: User, name: str) -> None:
    first, *rest = newest(report).sections
    if name == "links":
        row: Any = Link(text="Jane Doe's page", url="https://jane.example/")
    else:
        row = File(title="Jane Doe's page", url="https://jane.example/")
    named = (first.model_copy(update={name: (row,)}), *rest)
    put(report, sections=named)
    put(report, sections=named, approved_by="B")
    put(report, sections=(first, *rest))
    two, three = versions(report)[1:3]
    outcome = removal.redact(
        two, [path_to(two, f"{name}/0")], "Asked for it.", user=admin, everywhere=True
    )
    assert [each.number for each in outcome.versions] == [2, 3]
    assert "jane.example" not in Version.objects.get(pk=three.pk).words


def test_a_title_can_be_removed_and_the_pages_stand_it(
    twice: Any, admin: User, client: Client
) -> None:
    removal.redact(versions(twice)[0], ["title"], "It named a pupil.", user=admin)
    assert versions(twice)[0].document().title == ""
    client.defaults["HTTP_HOST"] = "school.example"
    for path in ("versions/", "versions/1/", "versions/1..2/", "versions/1/document.json"):
        assert client.get(REPORT + path).status_code == 200


# What is not touched, and what is told of it.


def test_a_version_that_is_offered_meanwhile_keeps_its_words(
    twice: Any, admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, in_turns = versions(twice)[0], record.in_turns

    def late(turns: Any, work: Any) -> Any:
        put_document(twice, first.document())
        return in_turns(turns, work)

    monkeypatch.setattr(record, "in_turns", late)
    with pytest.raises(ValidationError, match="on offer now"):
        removal.redact(first, ["introduction"], "Asked for it.", user=admin)
    assert Redaction.objects.count() == 0


def test_the_same_words_in_a_version_that_is_offered_meanwhile_stay_and_are_told(
    report: Any, admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for board in "ABC":
        put(report, approved_by=board)
    first, second = versions(report)[:2]
    in_turns = record.in_turns

    def late(turns: Any, work: Any) -> Any:
        put_document(report, second.document())
        return in_turns(turns, work)

    monkeypatch.setattr(record, "in_turns", late)
    path = path_to(first, "senco/name")
    outcome = removal.redact(first, [path], "Asked for it.", user=admin, everywhere=True)
    assert [each.number for each in outcome.versions] == [1, 3, 4]
    assert second in [version for version, _found in outcome.left]
    assert Version.objects.get(pk=second.pk).document() == second.document()


def test_p9_everywhere_leaves_what_the_user_may_not_change(report: Any, admin: User) -> None:
    school = report.get_parent().specific
    for page in (school, report):
        particulars = newest(page).school.model_copy(update={"headteacher": "New"})
        put(page, school=particulars)
    own = versions(report)[0]
    outcome = removal.redact(
        own,
        ["school/headteacher"],
        "Asked for it.",
        user=admin,
        everywhere=True,
        may=lambda version: version.document_key == own.document_key,
    )
    assert outcome.versions == [own]
    kept = versions(school)[0]
    assert kept.document().school.headteacher != ""
    assert kept in [version for version, _found in outcome.left]


def test_a_version_that_can_not_be_read_is_told(report: Any, admin: User) -> None:
    before = newest(report)
    put_data(report, schema_version=99)
    put_document(report, before.model_copy(update={"title": "New"}))
    first = versions(report)[0]
    path = path_to(first, "senco/name")
    outcome = removal.redact(first, [path], "Asked for it.", user=admin, everywhere=True)
    told = {version.number: found for version, found in outcome.left}
    assert "newer release" in told[2][0].label


def test_words_that_are_gone_are_not_removed_twice(twice: Any, admin: User) -> None:
    first = versions(twice)[0]
    assert removal.redact(first, ["introduction"], "One.", user=admin).versions == [first]
    assert removal.redact(first, ["introduction"], "Two.", user=admin).versions == []
    assert Redaction.objects.count() == 1


def test_who_starts_from_a_version_is_told_which_words_are_gone(twice: Any, admin: User) -> None:
    first = versions(twice)[0]
    assert removal.told(first) == []
    removal.redact(first, ["introduction"], "Asked for it.", user=admin)
    (message,) = removal.told(first)
    assert "Version 1: Introduction" in message


def test_a_document_that_removed_words_keep_from_following_is_told(
    report: Any, admin: User
) -> None:
    before = SchoolPage.objects.get().headteacher
    content.publish(_led_by("Ms New"))
    removal.redact(versions(report)[0], ["school/headteacher"], "Asked for it.", user=admin)
    school = _led_by(before)
    content.publish(school)
    assert versions(report).count() == 2
    ((document, errors),) = publishing.held_back(school)
    assert (document.key, [each.code for each in errors]) == (report.document_key, ["redacted"])


def _led_by(name: str) -> SchoolPage:
    school = SchoolPage.objects.get()
    school.headteacher = name
    return school


# The record of it.


def test_a_clock_that_is_behind_leaves_the_version_readable(
    twice: Any, admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, now = versions(twice)[0], timezone.now
    removal.redact(first, ["introduction"], "One.", user=admin)
    monkeypatch.setattr(timezone, "now", lambda: now() - timedelta(minutes=5))
    removal.redact(first, ["school/headteacher"], "Two.", user=admin)
    assert versions(twice)[0].document().school.headteacher == ""
    one, two = Redaction.objects.all()
    assert (one.reason, two.reason, one.created_at) == ("One.", "Two.", two.created_at)


def test_the_historys_queries_do_not_grow_with_what_was_removed(
    report: Any, admin: User, client: Client
) -> None:
    client.defaults["HTTP_HOST"] = "school.example"
    for number in range(8):
        put(report, approved_by=f"Board {number}")
    put(report, approved_by="Last")
    counts = []
    for version in versions(report)[1:8]:
        removal.redact(version, ["approval/by"], "Asked for it.", user=admin)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f"{REPORT}versions/").status_code == 200
        counts.append(len(captured))
    assert len(set(counts[1:])) == 1


def test_the_history_tells_of_changed_words_after_a_removal(
    twice: Any, admin: User, client: Client
) -> None:
    first = versions(twice)[0]
    removal.redact(first, ["introduction"], "Asked for it.", user=admin)
    forge(first, "other words")
    client.defaults["HTTP_HOST"] = "school.example"
    html = client.get(f"{REPORT}versions/").content.decode()
    assert "This version can’t be shown." in html.replace("&#x27;", "’")


# Two at once.


@pytest.mark.databases
@pytest.mark.django_db(transaction=True)
def test_two_removals_in_two_languages_follow_each_other(
    twice: Any, admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    polish = newest(twice).model_copy(update={"locale": "pl"})
    for board in "AB":
        document = polish.model_copy(update={"approval": Approval(by=board)})
        shelf = publishing.Shelf(twice.school_key, "pl")
        record.append(shelf, document, document.canonical_text(), "")
    turn = {"document_key": twice.school_key, "school_key": twice.school_key, "locale": "pl"}
    DocumentHead.objects.get_or_create(**turn)
    reports = Version.objects.filter(document_key=twice.document_key, number=1)
    olds = [reports.get(locale=locale) for locale in ("en", "pl")]
    ready, failures, removed = threading.Barrier(2, timeout=30), [], []

    def remove(version: Version) -> None:
        try:
            path = path_to(version, "senco/name")
            ready.wait()
            outcome = removal.redact(version, [path], "It.", user=admin, everywhere=True)
            removed.append(len(outcome.versions))
        except Exception as error:
            failures.append(repr(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=remove, args=(version,)) for version in olds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    # The second finds that the first has done it all.
    assert sorted(removed) == [0, 2]


def test_a_removal_holds_all_its_locks_in_order_before_it_reads(
    twice: Any, admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for locale in ("pl", "cy"):
        document = newest(twice).model_copy(update={"locale": locale})
        shelf = publishing.Shelf(twice.school_key, locale)
        record.append(shelf, document, document.canonical_text(), "")
    taken: list[str] = []
    take = record._take_turn
    monkeypatch.setattr(
        record, "_take_turn", lambda key, locale: (taken.append(locale), take(key, locale))
    )
    first = Version.objects.get(document_key=twice.document_key, locale="en", number=1)
    path = path_to(first, "senco/name")
    with CaptureQueriesContext(connection) as captured:
        removal.redact(first, [path], "Asked for it.", user=admin, everywhere=True)
    assert taken == ["cy", "en", "pl"]
    sql = [query["sql"] for query in captured]
    first_text = next(at for at, each in enumerate(sql) if "documenttext" in each)
    last_lock = max(at for at, each in enumerate(sql) if '"turn" = ' in each or "`turn` = " in each)
    assert last_lock < first_text
