"""Checks the published words against the hashes that they stand under."""

import hashlib
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from ..models.versions import DocumentText, Redaction, Version
from .chain import NAMES, named
from .findings import Finding, error, warning
from .rows import RESTORE, Only, Reader, Row, lossy

_TEXTS = DocumentText._meta.db_table
_VERSIONS = Version._meta.db_table
_REDACTIONS = Redaction._meta.db_table
# Few enough that some pages of the longest reports fit into memory anywhere.
_PAGE = 64
# SQLite keeps the rows in the order of this, not in that of their key.
_PLACE = {"sqlite": "rowid"}


def check_texts(reader: Reader, only: Only = None) -> Iterator[Finding]:
    """Yield which words are not those that were published, or not referred to.

    Each text is read once, however many Versions have it. A page is hashed on another
    thread while the next one is read: hashlib and the drivers let go of the interpreter.
    """
    sql, params, start = _sql(reader, only)
    count = "" if only else "texts"
    hashed: Future[list[Row]] | None = None
    with ThreadPoolExecutor(1) as thread:
        for page in reader.pages(sql, params, start=start, size=_PAGE, count=count):
            ready, hashed = hashed, thread.submit(_suspects, page)
            if ready:
                yield from _findings(reader, ready.result())
        if hashed:
            yield from _findings(reader, hashed.result())


def _place(reader: Reader) -> str:
    return _PLACE.get(reader.connection.vendor, "sha256")


def _sql(reader: Reader, only: Only) -> tuple[str, tuple[Any, ...], Any]:
    """Return the query for the texts, its parameters, and where it starts."""
    place = _place(reader)
    that, params = reader.narrow(only, Version, "v")
    if that:
        that = f" AND t.sha256 IN (SELECT v.text_sha256 FROM {_VERSIONS} v WHERE TRUE{that})"  # noqa: S608
    remaining = reader.column(Redaction, "remaining_sha256", "r")
    # One statement, so that a redaction that is made meanwhile is seen whole or not at all.
    sql = (
        f"SELECT t.{place}, {reader.column(DocumentText, 'sha256', 't')}, "  # noqa: S608
        f"{reader.words('t.text')}, "
        f"(SELECT {remaining} FROM {_REDACTIONS} r WHERE r.text_sha256 = t.sha256 "
        "ORDER BY r.created_at DESC, r.id DESC LIMIT 1), "
        f"(SELECT 1 FROM {_VERSIONS} u WHERE u.text_sha256 = t.sha256 LIMIT 1) "
        f"FROM {_TEXTS} t WHERE t.{place} > %s{that} ORDER BY t.{place} LIMIT %s"
    )
    return sql, params, -(2**63) if place == "rowid" else ""


def _suspects(page: list[Row]) -> list[Row]:
    """Return what is not as it should be: place, hash, whether it is sound, whether it is used."""
    found = []
    for place, digest, words, remaining, used in page:
        stored = words.encode() if isinstance(words, str) else words or b""
        expected = lossy(digest if remaining is None else remaining)
        sound = hashlib.sha256(stored).hexdigest() == expected
        if not (sound and used):
            found.append((place, lossy(digest), sound, used))
    return found


def _findings(reader: Reader, suspects: list[Row]) -> Iterator[Finding]:
    for place, digest, sound, used in suspects:
        if not used:
            message = f"No version has the published words {digest}: nobody can see them."
            yield warning("words-unused", message)
        if not sound:
            message = (
                f"The words stored under {digest} are not those that were published. {RESTORE}"
            )
            yield from _of_each_version(reader, place, message)


def _of_each_version(reader: Reader, place: Any, message: str) -> Iterator[Finding]:
    """Yield a finding for each Version that has the text in some place; one if none has."""
    sql = (
        f"SELECT v.id, {reader.columns(Version, NAMES, 'v')} FROM {_VERSIONS} v "  # noqa: S608
        f"JOIN {_TEXTS} t ON t.sha256 = v.text_sha256 "
        f"WHERE v.id > %s AND t.{_place(reader)} = %s ORDER BY v.id LIMIT %s"
    )
    alone = True
    for _pk, *values in reader.rows(sql, (place,)):
        alone = False
        yield error("words-changed", message, named(tuple(values)))
    if alone:
        yield error("words-changed", message)
