"""A thousand single bytes are changed in stored Versions, and each is found in its place."""

import random
from collections import Counter
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from example_site import content
from tests.verification.forging import findings, forged, verify
from wagtail_senoffer import record
from wagtail_senoffer.models import DocumentText, Version, triggers
from wagtail_senoffer.verification.chain import check_versions
from wagtail_senoffer.verification.heads import check_heads
from wagtail_senoffer.verification.rows import Reader
from wagtail_senoffer.verification.texts import check_texts

pytestmark = [pytest.mark.databases, pytest.mark.no_cover, forged]

CHANGES, WHOLE_COMMAND_EVERY = 1000, 50
# Not the row's own number: no hash covers it, and nobody is shown it.
COLUMNS = [(Version, field) for field in Version._meta.concrete_fields if field.name != "id"]
COLUMNS += [(DocumentText, field) for field in DocumentText._meta.concrete_fields]


@pytest.fixture
def versions(report: Any) -> list[Version]:
    """Return Versions of a school and its report, with something in every column."""
    notes = {
        "change_note": "Nouvelle équipe, und mehr",
        "not_reread": ["kinds", "parents"],
        "override_reason": "The council asked for it today.",
        "missing": ["senco", "cla"],
    }

    def append() -> None:
        shelf = record.Shelf(report.school_key, report.language)
        document = report.build_document(shelf).model_copy(update={"academic_year": "2020-21"})
        record.append(shelf, document, document.canonical_text(), "17", **notes)

    record.in_turn(report.school_key, report.language, append)
    for board in ("A", "B", "A"):
        report.approved_by = board
        content.publish(report)
    assert findings() == []
    return list(Version.objects.all())


class Change:
    """One byte of one column, at random; `apply` says whether the database took it."""

    def __init__(self, version: Version, dice: random.Random) -> None:
        model, self.field = dice.choice(COLUMNS)
        self.table = model._meta.db_table
        self.where = ("id", version.pk) if model is Version else ("sha256", version.text_id)
        self.dice = dice

    def apply(self) -> bool:
        before = self._read()
        if not before:
            return False
        try:
            with transaction.atomic():
                self._write(self._changed(before))
                # A database may read another spelling of the same value.
                return self._read(self._where_now) != before
        except (DatabaseError, ValueError):
            return False

    def _changed(self, before: bytes) -> Any:
        if self.field.get_internal_type() == "PositiveIntegerField":
            other = int(before) ^ (self.dice.randrange(1, 256) << 8 * self.dice.randrange(4))
            return self._note(other)
        at = self.dice.randrange(len(before))
        byte = self.dice.choice([each for each in range(256) if each != before[at]])
        after = before[:at] + bytes([byte]) + before[at + 1 :]
        return self._note(after if connection.vendor == "sqlite" else after.decode())

    def _note(self, value: Any) -> Any:
        """Remember where the row stands afterwards: its key may be what changes."""
        own = self.field.column == self.where[0]
        self._where_now = (self.where[0], value) if own else self.where
        return value

    def _write(self, value: Any) -> None:
        place = "CAST(%s AS TEXT)" if isinstance(value, bytes) else "%s"
        sql = f"UPDATE {self.table} SET {self.field.column} = {place} WHERE {self.where[0]} = %s"  # noqa: S608
        with connection.cursor() as cursor:
            cursor.execute(sql, [value, self.where[1]])

    def _read(self, where: Any = None) -> bytes:
        name, key = where or self.where
        column = self.field.column
        read = f"CAST({column} AS BLOB)" if connection.vendor == "sqlite" else column
        place = "CAST(%s AS TEXT)" if isinstance(key, bytes) else "%s"
        sql = f"SELECT {read} FROM {self.table} WHERE {name} = {place}"  # noqa: S608
        with connection.cursor() as cursor:
            cursor.execute(sql, [key])
            (value,) = cursor.fetchone()
        return value if isinstance(value, bytes) else str(value).encode()


def _found() -> list[Any]:
    """Return what the checks of the record find, without building the pages."""
    reader = Reader(connection)
    return [*check_texts(reader), *check_versions(reader), *check_heads(reader)]


def _names(found: list[Any], version: Version) -> bool:
    """Say whether an error names a Version; its language perhaps in the letters that changed.

    MariaDB takes "eN" for "en", so there is no gap that would name what it was.
    """
    place = (str(version.document_key), version.locale, version.number)
    return any(
        each.is_error and (each.document_key, each.locale.lower(), each.number) == place
        for each in found
    )


def _place(version: Version) -> str:
    return f"({version.document_key}, {version.locale}) version {version.number}: "


def test_p4_a_thousand_changed_bytes_are_found_and_each_is_named(versions: list[Version]) -> None:
    dice, applied, columns = random.Random(2014), 0, Counter[str]()
    with triggers.removed(connection):
        while applied < CHANGES:
            version = dice.choice(versions)
            change = Change(version, dice)
            with transaction.atomic():
                if change.apply():
                    applied += 1
                    columns[change.field.column] += 1
                    assert _names(_found(), version), (version, change.field.column)
                    if applied % WHOLE_COMMAND_EVERY == 0:
                        out, ended_well = verify()
                        assert not ended_well
                        assert _place(version) in out.lower()
                transaction.set_rollback(True)
    assert findings() == []
    # Every column had its share, the words too.
    assert len(columns) == len(COLUMNS), columns
