"""Each kind of finding, once, and the place that it names."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from wagtail.models import Locale

from example_site import content
from tests import factories
from tests.verification import forging
from tests.verification.forging import codes, findings, forged, newest
from wagtail_senoffer import publishing, removal
from wagtail_senoffer.models import (
    DocumentHead,
    DocumentText,
    Redaction,
    SchoolPage,
    SENInformationReportPage,
    Version,
    triggers,
)
from wagtail_senoffer.verification.findings import Finding
from wagtail_senoffer.verification.pages import check_pages
from wagtail_senoffer.verification.rows import Reader

pytestmark = [pytest.mark.databases, forged]
only_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="the others refuse it")

REWORD = "UPDATE wagtail_senoffer_documenttext SET text = REPLACE(text, 'SEN', 'SEM')"


def found(code: str, page: Any, number: int | None) -> Finding:
    """Return the only finding of a code, which must name a page's Version."""
    (finding,) = [each for each in findings() if each.code == code]
    assert (finding.document_key, finding.locale) == (str(page.document_key), page.language)
    assert (finding.number, finding.title) == (number, page.title)
    return finding


def version(page: Any, number: int) -> Version:
    return Version.objects.get(document_key=page.document_key, number=number)


def test_what_was_published_in_order_is_in_order(versioned: Any) -> None:
    publishing.assure(versioned)
    versioned.unpublish()
    assert findings() == []


def test_changed_words_name_the_version(versioned: Any) -> None:
    forging.execute(f"{REWORD} WHERE sha256 = %s", version(versioned, 2).text_id)
    assert found("words-changed", versioned, 2).is_error


def test_changed_words_name_every_version_that_has_them(versioned: Any) -> None:
    versioned.approved_by = version(versioned, 1).document().approval.by
    content.publish(versioned)
    forging.execute(f"{REWORD} WHERE sha256 = %s", version(versioned, 1).text_id)
    assert [each.number for each in findings() if each.code == "words-changed"] == [1, 4]


def test_missing_words(versioned: Any) -> None:
    DocumentText.objects.filter(pk=version(versioned, 2).text_id).delete()
    assert found("words-missing", versioned, 2).is_error


def test_words_of_no_version_are_a_warning(report: Any) -> None:
    forging.execute(
        "INSERT INTO wagtail_senoffer_documenttext (sha256, text) VALUES (%s, %s)",
        "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881",
        "x",
    )
    (finding,) = findings()
    assert (finding.code, finding.is_error) == ("words-unused", False)


def test_redacted_versions_are_in_order(versioned: Any, admin: User) -> None:
    forging.redact(versioned, admin)
    assert findings() == []


def test_a_changed_byte_in_what_a_redaction_left_is_found(versioned: Any, admin: User) -> None:
    forging.execute(f"{REWORD} WHERE sha256 = %s", forging.redact(versioned, admin).text_id)
    assert found("words-changed", versioned, 1).is_error


def test_redacted_words_that_came_back_are_found(versioned: Any, admin: User) -> None:
    text = version(versioned, 1).text.text
    digest = forging.redact(versioned, admin).text_id
    sql = "UPDATE wagtail_senoffer_documenttext SET text = %s WHERE sha256 = %s"
    forging.execute(sql, text, digest)
    assert found("words-changed", versioned, 1).is_error


def test_of_two_redactions_the_last_one_tells_what_is_left(versioned: Any, admin: User) -> None:
    first = forging.redact(versioned, admin)
    removal.redact(first, ["school/headteacher"], "asked to", user=admin)
    assert Redaction.objects.count() == 2
    assert findings() == []


@pytest.mark.parametrize("name", ["withdrawal", "assurance", "redaction"])
def test_a_changed_event_names_its_version(versioned: Any, admin: User, name: str) -> None:
    publishing.assure(versioned)
    versioned.unpublish()
    forging.redact(versioned, admin)
    forging.execute(f"UPDATE wagtail_senoffer_{name} SET user_pk = '99'")  # noqa: S608
    finding = found("record-changed", versioned, 1 if name == "redaction" else 3)
    assert name in finding.message


def test_a_redaction_of_words_that_never_were(report: Any) -> None:
    left = {"text_sha256": "0" * 64, "remaining_sha256": "1" * 64, "removed": ["x"]}
    Redaction(**left, reason="none").save()
    assert codes() == ["redaction-of-nothing"]


BROKEN = {
    "missing": b'["senco"',
    "not_reread": b"{}",
    "document_key": b"\xff" * 32,
    "created_at": b"soon",
    "locale": b"e\x80",
    "number": b"x",
    "user_pk": b"\xc3",
}


@only_sqlite
@pytest.mark.parametrize("column", BROKEN)
def test_a_row_that_can_not_be_read_is_a_finding(versioned: Any, column: str) -> None:
    broken = f"UPDATE wagtail_senoffer_version SET {column} = CAST(%s AS TEXT) WHERE id = %s"  # noqa: S608
    with triggers.removed(connection), connection.cursor() as cursor:
        cursor.execute("PRAGMA ignore_check_constraints = on")
        cursor.execute(broken, [BROKEN[column], version(versioned, 2).pk])
        cursor.execute("PRAGMA ignore_check_constraints = off")
    assert {"record-unreadable", "record-changed"} & set(codes())
    assert forging.verify()[1] is False


def test_a_gap(versioned: Any) -> None:
    forging.execute("DELETE FROM wagtail_senoffer_version WHERE id = %s", version(versioned, 2).pk)
    assert found("version-missing", versioned, 2).is_error


@only_sqlite
def test_a_gap_at_the_end_and_what_was_said_of_it(versioned: Any) -> None:
    publishing.assure(versioned)
    with transaction.atomic():
        forging.execute(
            "DELETE FROM wagtail_senoffer_version WHERE id = %s", version(versioned, 3).pk
        )
        assert found("version-missing", versioned, 3).mendable is False
        assert "version-gone" in codes()
        transaction.set_rollback(True)


def test_a_forger_who_fits_the_hash_breaks_the_chain(versioned: Any) -> None:
    forging.reseal(version(versioned, 2), user_pk="99")
    assert found("chain-broken", versioned, 3).is_error


def test_a_first_version_that_names_one_before_it(report: Any) -> None:
    forging.reseal(version(report, 1), previous_hash="0" * 64)
    assert found("chain-broken", report, 1).is_error


def test_time_does_not_run_backwards(versioned: Any) -> None:
    last = version(versioned, 3)
    forging.reseal(last, created_at=last.created_at - timedelta(days=1))
    assert found("time-backwards", versioned, 3).is_error


def head(page: Any) -> Any:
    return DocumentHead.objects.filter(document_key=page.document_key)


def test_a_document_without_a_head(versioned: Any) -> None:
    head(versioned).delete()
    assert found("head-missing", versioned, 1).mendable


@pytest.mark.parametrize("latest", [None, 1])
def test_a_head_that_tells_of_another_version(versioned: Any, latest: int | None) -> None:
    head(versioned).update(latest=latest and version(versioned, latest).pk)
    assert found("head-astray", versioned, 3).mendable


def test_a_head_that_tells_of_another_documents_version(versioned: Any) -> None:
    school = SchoolPage.objects.get()
    theirs = newest(school)
    head(school).update(latest=None)
    head(versioned).update(latest=theirs)
    assert [each for each in codes() if each.startswith("head")] == ["head-astray"] * 2


def test_a_head_of_a_school_that_is_none(versioned: Any) -> None:
    head(versioned).update(school_key=uuid4())
    assert found("head-school", versioned, 3).mendable


def test_a_schools_head_that_names_another_school(versioned: Any) -> None:
    school = SchoolPage.objects.get()
    head(school).update(school_key=versioned.document_key)
    assert found("head-school", school, 1).mendable


def test_the_lock_of_a_school_that_published_nothing_is_in_order(report: Any) -> None:
    key = uuid4()
    DocumentHead.objects.create(document_key=key, locale="en", school_key=key)
    assert findings() == []


def test_missing_triggers_are_named(report: Any) -> None:
    triggers.remove(connection)
    (finding,) = findings()
    triggers.install(connection)
    assert finding.code == "triggers-missing"
    assert "wagtail_senoffer_version_no_update" in finding.message


def test_a_live_page_without_a_version(school: SchoolPage) -> None:
    page = factories.make_report(school)
    SENInformationReportPage.objects.update(live=True)
    assert found("page-without-version", page, None).mendable


def test_a_live_page_that_was_withdrawn(report: Any) -> None:
    report.unpublish()
    SENInformationReportPage.objects.update(live=True)
    assert "unpublished" in found("page-withdrawn", report, 1).message


def test_an_offered_version_whose_page_is_not_live(report: Any) -> None:
    SENInformationReportPage.objects.update(live=False)
    assert "is not live" in found("version-without-page", report, 1).message


def test_an_offered_version_whose_page_is_gone(report: Any) -> None:
    forging.delete_unheard(report)
    (finding,) = findings()
    assert (finding.code, finding.title) == ("version-without-page", "")
    assert "no longer there" in finding.message


def test_a_page_that_was_changed_outside_a_publish_is_a_warning(report: Any) -> None:
    SENInformationReportPage.objects.update(approved_by="Somebody else")
    assert not found("page-differs", report, 1).is_error


def test_a_page_that_can_not_be_built_is_a_warning(school: SchoolPage) -> None:
    SchoolPage.objects.update(urn="none")
    assert not found("page-unreadable", school, 1).is_error


@only_sqlite
def test_a_page_with_a_broken_row_does_not_hide_the_next_one(report: Any) -> None:
    SchoolPage.objects.update(telephone="0123")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE wagtail_senoffer_seninformationreportpage SET approved_by = CAST(x'ff' AS TEXT)"
        )
    assert sorted(codes()) == ["page-differs", "page-unreadable"]


def test_an_alias_is_no_publication(report: Any) -> None:
    polish = Locale.objects.create(language_code="pl")
    report.copy_for_translation(polish, copy_parents=True, alias=True)
    assert findings() == []


def test_each_page_costs_the_same_number_of_queries(school: SchoolPage) -> None:
    counts = []
    for number in range(3):
        content.publish(factories.make_report(school, slug=f"report-{number}"))
        # What is asked once for a process is no part of it.
        assert list(check_pages(Reader(connection))) == []
        with CaptureQueriesContext(connection) as captured:
            assert list(check_pages(Reader(connection))) == []
        counts.append(len(captured))
    assert counts[2] - counts[1] == counts[1] - counts[0]
    assert counts[1] - counts[0] <= 10
