"""P4: the public record is added to and never changed, and outlives what it tells of."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone
from wagtail.models import Locale, Page

from example_site import content
from tests.records import assert_agrees
from wagtail_senoffer import publishing, removal
from wagtail_senoffer.document import Unreadable, Words, sha256
from wagtail_senoffer.models import (
    DocumentText,
    Redaction,
    SchoolPage,
    SENInformationReportPage,
    Version,
    Withdrawal,
    triggers,
)
from wagtail_senoffer.models.versions import RecordIsFinal, newest

pytestmark = [pytest.mark.databases, pytest.mark.django_db]


@pytest.fixture
def version(report: Any) -> Version:
    """Return Version 1 of a report."""
    return Version.objects.get(document_key=report.document_key)


def test_p4_a_version_can_not_be_saved_again(version: Version) -> None:
    version.user_pk = "1"
    with pytest.raises(RecordIsFinal):
        version.save()


def test_p4_a_version_can_not_be_deleted(version: Version) -> None:
    with pytest.raises(RecordIsFinal):
        version.delete()


@pytest.mark.parametrize("name", ["update", "delete", "bulk_update", "update_or_create"])
def test_p4_a_queryset_of_versions_can_only_be_read(version: Version, name: str) -> None:
    with pytest.raises(RecordIsFinal):
        getattr(Version.objects.all(), name)()


STATEMENTS = [
    "UPDATE wagtail_senoffer_version SET user_pk = 'x'",
    "DELETE FROM wagtail_senoffer_version",
    "UPDATE wagtail_senoffer_documenttext SET text = 'x'",
    "UPDATE wagtail_senoffer_withdrawal SET reason = 'x'",
    "DELETE FROM wagtail_senoffer_withdrawal",
    "UPDATE wagtail_senoffer_assurance SET user_pk = 'x'",
    "DELETE FROM wagtail_senoffer_assurance",
    "UPDATE wagtail_senoffer_redaction SET reason = 'x'",
    "DELETE FROM wagtail_senoffer_redaction",
]


@pytest.mark.parametrize("statement", STATEMENTS)
def test_p4_the_database_refuses_sql_that_changes_the_record(
    report: Any, admin: User, statement: str
) -> None:
    publishing.assure(report)
    report.unpublish()
    version = Version.objects.get(document_key=report.document_key)
    removal.redact(version, ["introduction"], "Asked for it.", user=admin)
    with (
        pytest.raises(DatabaseError, match="never changed or deleted"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_p4_words_can_be_removed_by_a_redaction_and_the_record_stays(
    report: Any, version: Version, admin: User
) -> None:
    report.unpublish()
    removal.redact(version, ["introduction"], "Asked for it.", user=admin)
    kept = Version.objects.get(pk=version.pk)
    assert (kept.number, kept.text_id) == (1, version.text_id)
    assert kept.computed_hash() == kept.record_hash == version.record_hash
    assert kept.document() == version.document().model_copy(update={"introduction": Words()})
    (redaction,) = Redaction.objects.all()
    assert redaction.computed_hash() == redaction.record_hash
    assert redaction.remaining_sha256 == sha256(kept.text.text)
    assert not DocumentText.objects.filter(text__contains="This is our SEN information").exists()


@pytest.mark.django_db(transaction=connection.vendor != "sqlite")
def test_p4_a_version_whose_record_was_changed_is_never_shown(
    version: Version, client: Client
) -> None:
    forged = version.document().model_copy(update={"title": "Forged"}).canonical_text()
    with triggers.removed(connection), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO wagtail_senoffer_documenttext (sha256, text) VALUES (%s, %s)",
            [sha256(forged), forged],
        )
        cursor.execute("UPDATE wagtail_senoffer_version SET text_sha256 = %s", [sha256(forged)])
    with pytest.raises(Unreadable) as unreadable:
        Version.objects.get(pk=version.pk).document()
    assert unreadable.value.code == "record-changed"
    client.defaults["HTTP_HOST"] = "school.example"
    for path in ("", "document.json", "versions/1/", "versions/1/document.json"):
        response = client.get(f"/larkfield/sen-information-report/{path}")
        assert (response.status_code, b"Forged" in response.content) == (503, False)


def test_p4_numbers_go_on_without_a_gap_and_hashes_chain(report: Any) -> None:
    for board in ("A", "B", "C"):
        report.approved_by = board
        content.publish(report)
    found = Version.objects.filter(document_key=report.document_key)
    assert list(found.values_list("number", flat=True)) == [1, 2, 3, 4]
    assert_agrees(report)


def test_p4_equal_text_makes_no_new_version(report: Any) -> None:
    content.publish(report)
    content.publish(report)
    assert Version.objects.filter(document_key=report.document_key).count() == 1


def test_p4_words_that_return_are_a_new_version_of_the_same_text(report: Any) -> None:
    first = report.approved_by
    for board in ("Other", first):
        report.approved_by = board
        content.publish(report)
    one, _two, three = Version.objects.filter(document_key=report.document_key)
    assert (one.text_id, three.number) == (three.text_id, 3)


def test_p4_the_record_outlives_the_revisions(report: Any) -> None:
    report.save_revision()
    call_command("purge_revisions", verbosity=0)
    assert_agrees(report)


def test_p4_the_record_outlives_the_user(report: Any, admin: User) -> None:
    report.approved_by = "Trust board"
    report.save_revision(user=admin).publish(user=admin)
    latest = newest(report.document_key, report.language)
    assert (latest.user_pk, latest.user_name()) == (str(admin.pk), "admin")
    pk = admin.pk
    admin.delete()
    kept = Version.objects.get(pk=latest.pk)
    assert (kept.user_pk, kept.user_name()) == (str(pk), f"#{pk}")
    assert_agrees(report)


@pytest.mark.parametrize("how", ["page", "school", "queryset"])
def test_g9_deleting_leaves_a_withdrawal_and_the_versions(report: Any, how: str) -> None:
    key = report.document_key
    if how == "page":
        report.delete()
    elif how == "school":
        SchoolPage.objects.get().delete()
    else:
        SENInformationReportPage.objects.all().delete()
    assert SENInformationReportPage.objects.count() == 0
    assert Version.objects.filter(document_key=key).count() == 1
    assert Withdrawal.objects.get(version__document_key=key).reason == "deleted"
    assert newest(key, "en") is None


def test_unpublishing_leaves_a_withdrawal_and_publishing_again_a_new_version(report: Any) -> None:
    report.unpublish()
    assert newest(report.document_key, "en") is None
    assert Withdrawal.objects.get().reason == "unpublished"
    report = SENInformationReportPage.objects.get(pk=report.pk)
    content.publish(report)
    assert newest(report.document_key, "en").number == 2
    assert_agrees(report)


def test_unpublishing_twice_is_one_withdrawal(report: Any) -> None:
    report.unpublish()
    page = SENInformationReportPage.objects.get(pk=report.pk)
    page.live = False
    page.save()
    assert Withdrawal.objects.count() == 1


def test_an_expired_page_is_withdrawn_as_expired(report: Any) -> None:
    past = timezone.now() - timedelta(minutes=1)
    SENInformationReportPage.objects.update(expire_at=past)
    call_command("publish_scheduled")
    assert SENInformationReportPage.objects.get().live is False
    assert Withdrawal.objects.get().reason == "expired"
    assert newest(report.document_key, "en") is None


def test_g9_a_plain_page_that_is_unpublished_is_withdrawn(report: Any) -> None:
    Page.objects.get(pk=report.pk).unpublish()
    assert Withdrawal.objects.get().reason == "unpublished"


def test_p2_a_plain_page_that_is_renamed_gets_a_version(report: Any) -> None:
    page = Page.objects.get(pk=report.pk)
    page.title = "Renamed"
    page.save()
    assert newest(report.document_key, "en").document().title == "Renamed"
    assert_agrees(report)


def test_the_record_holds_no_name_of_a_user(report: Any, admin: User) -> None:
    """P12: who published is a number in the record, a name only while the account exists."""
    report.approved_by = "Board"
    report.save_revision(user=admin).publish(user=admin)
    row = Version.objects.filter(document_key=report.document_key).values().latest("number")
    assert row["user_pk"] == str(admin.pk)
    assert not any("admin" in str(value) for value in row.values())


@pytest.mark.skipif(connection.vendor != "sqlite", reason="REPLACE of SQLite")
def test_p4_replace_is_refused_too(version: Version) -> None:
    columns = ", ".join(field.column for field in Version._meta.concrete_fields)
    forged = columns.replace("user_pk", "'forged'")
    table = Version._meta.db_table
    sql = f"REPLACE INTO {table} ({columns}) SELECT {forged} FROM {table}"  # noqa: S608
    with (
        pytest.raises(DatabaseError, match="never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)
    text = version.text.text
    with connection.cursor() as cursor:
        table = DocumentText._meta.db_table
        cursor.execute(f"REPLACE INTO {table} SELECT sha256, 'x' FROM {table}")  # noqa: S608
    assert DocumentText.objects.get(pk=version.text_id).text == text


@pytest.mark.skipif(connection.vendor != "postgresql", reason="TRUNCATE of PostgreSQL")
def test_p4_truncate_is_refused_too(version: Version) -> None:
    with (
        pytest.raises(DatabaseError, match="never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("TRUNCATE wagtail_senoffer_withdrawal")


@pytest.mark.django_db(transaction=True)
def test_the_triggers_can_be_taken_out_for_a_tests_flush(report: Any) -> None:
    with triggers.removed(connection), connection.cursor() as cursor:
        cursor.execute("UPDATE wagtail_senoffer_version SET user_pk = 'x'")
    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute("UPDATE wagtail_senoffer_version SET user_pk = 'y'")


def test_p4_the_record_outlives_its_language(report: Any) -> None:
    polish = Locale.objects.create(language_code="pl")
    for page in (report.get_parent().get_parent(), report.get_parent(), report):
        copy = page.specific.copy_for_translation(polish)
        copy.save_revision().publish()
    key = report.document_key
    assert newest(key, "pl").number == 1
    SchoolPage.objects.get(locale=polish).get_parent().delete()
    polish.delete()
    (kept,) = Version.objects.filter(document_key=key, locale="pl")
    assert (kept.number, kept.withdrawal.reason) == (1, "deleted")
    assert newest(key, "en").number == 1
