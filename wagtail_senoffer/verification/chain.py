"""Checks the rows of the record: hashes, chain, numbering, and what is said of Versions."""

from collections.abc import Iterator
from typing import Any

from ..models.versions import Assurance, DocumentText, Redaction, Version, Withdrawal
from .findings import Finding, Where, error
from .rows import RESTORE, Only, Reader, Row, Sealed, key, lossy, number

_VERSIONS = Version._meta.db_table
_TEXTS = DocumentText._meta.db_table
NAMES = ("document_key", "locale", "number")
# MySQL can't take 1 from an unsigned 0.
_NUMBER_BEFORE = {"mysql": "CAST(v.number AS SIGNED) - 1"}


def named(values: Row) -> Where:
    """Return the place that raw values of NAMES name, however broken they are."""
    return key(values[0]), lossy(values[1]), number(values[2])


def check_versions(reader: Reader, only: Only = None) -> Iterator[Finding]:
    """Yield what is wrong with the Versions, of all documents or of one."""
    sealed = Sealed(reader, Version, own="v")
    that, params = reader.narrow(only, Version, "v")
    sql = _versions_sql(reader, sealed, that)
    for row in reader.rows(sql, params, count="" if only else "versions"):
        pk, no_words, before, before_hash, before_at = row[:5]
        facts, complaint = sealed.open(row[5:])
        if complaint:
            yield error(*complaint, named(sealed.pick(NAMES, row[5:])))
        if no_words:
            message = f"Its words are not in the database. {RESTORE}"
            yield error("words-missing", message, named(sealed.pick(NAMES, row[5:])))
        if not facts:
            continue
        if before is None:
            yield from _check_first(reader, pk, facts)
        else:
            yield from _check_next(facts, lossy(before_hash), sealed.moment(before_at))


def _versions_sql(reader: Reader, sealed: Sealed, that: str) -> str:
    previous = reader.columns(Version, ("record_hash", "created_at"), "p")
    before = _NUMBER_BEFORE.get(reader.connection.vendor, "v.number - 1")
    return (
        f"SELECT v.id, t.sha256 IS NULL, p.id, {previous}, {sealed.columns} "  # noqa: S608
        f"FROM {_VERSIONS} v "
        f"LEFT JOIN {_VERSIONS} p ON p.document_key = v.document_key AND p.locale = v.locale "
        f"AND p.number = {before} LEFT JOIN {_TEXTS} t ON t.sha256 = v.text_sha256 "
        f"WHERE v.id > %s{that} ORDER BY v.id LIMIT %s"
    )


def _check_first(reader: Reader, pk: int, facts: dict[str, Any]) -> Iterator[Finding]:
    """Yield what is wrong with a Version that has none just before it."""
    where = _where(facts)
    if facts["number"] > 1:
        first, last = _last_before(reader, pk) + 1, facts["number"] - 1
        which = f"Version {first} is" if first == last else f"Versions {first} to {last} are"
        message = f"{which} not in the record. {RESTORE}"
        yield error("version-missing", message, (*where[:2], first))
    elif facts["previous"]:
        yield error("chain-broken", f"It is the first, and names one before it. {RESTORE}", where)


def _last_before(reader: Reader, pk: int) -> int:
    """Return the highest number below that of a Version of the same document, or 0."""
    sql = (
        f"SELECT MAX(p.number) FROM {_VERSIONS} v JOIN {_VERSIONS} p "  # noqa: S608
        "ON p.document_key = v.document_key AND p.locale = v.locale AND p.number < v.number "
        "WHERE v.id = %s"
    )
    with reader.connection.cursor() as cursor:
        cursor.execute(sql, [pk])
        return int(cursor.fetchone()[0] or 0)


def _check_next(facts: dict[str, Any], before_hash: str, before_at: str) -> Iterator[Finding]:
    """Yield how a Version and the one before it don't fit together."""
    if facts["previous"] != before_hash:
        message = f"It does not name the version before it by that one's hash. {RESTORE}"
        yield error("chain-broken", message, _where(facts))
    if facts["created_at"] < before_at:
        message = f"It is older than the version before it. {RESTORE}"
        yield error("time-backwards", message, _where(facts))


def _where(facts: dict[str, Any]) -> Where:
    return facts["document_key"], facts["locale"], facts["number"]


def check_events(reader: Reader) -> Iterator[Finding]:
    """Yield what is wrong with the Withdrawals and Assurances."""
    for model, count in ((Withdrawal, "withdrawals"), (Assurance, "assurances")):
        sealed = Sealed(reader, model, own="e", version="v")
        sql = (
            f"SELECT e.id, {sealed.columns}, v.id, {reader.columns(Version, NAMES, 'v')} "  # noqa: S608
            f"FROM {model._meta.db_table} e LEFT JOIN {_VERSIONS} v ON v.id = e.version_id "
            "WHERE e.id > %s ORDER BY e.id LIMIT %s"
        )
        for row in reader.rows(sql, count=count):
            yield from _check_event(sealed, row, model._meta.verbose_name)


def _check_event(sealed: Sealed, row: Row, name: Any) -> Iterator[Finding]:
    pk, values, (version, *place) = row[0], row[1 : 1 + sealed.width], row[1 + sealed.width :]
    if version is None:
        yield error("version-gone", f"The version of {name} {pk} is not in the record. {RESTORE}")
        return
    _facts, complaint = sealed.open(values)
    if complaint:
        code, message = complaint
        yield error(code, f"Its {name} ({pk}): {message}", named(place))


def check_redactions(reader: Reader) -> Iterator[Finding]:
    """Yield what is wrong with the Redactions; what is left of the words, texts.py compares."""
    sealed = Sealed(reader, Redaction, own="e")
    sql = (
        f"SELECT e.id, {sealed.columns}, "  # noqa: S608
        f"(SELECT MIN(v.id) FROM {_VERSIONS} v WHERE v.text_sha256 = e.text_sha256) "
        "FROM {table} e WHERE e.id > %s ORDER BY e.id LIMIT %s"
    ).format(table=Redaction._meta.db_table)
    for pk, *values, version in reader.rows(sql, count="redactions"):
        _facts, complaint = sealed.open(tuple(values))
        where = place_of(reader, version) if version else ()
        if complaint:
            code, message = complaint
            yield error(code, f"Its redaction ({pk}): {message}", where)
        if not version:
            message = f"Redaction {pk} is of words that no version ever had. {RESTORE}"
            yield error("redaction-of-nothing", message)


def place_of(reader: Reader, version: int) -> Where:
    """Return the place of a Version by its primary key."""
    sql = f"SELECT {reader.columns(Version, NAMES, 'v')} FROM {_VERSIONS} v WHERE v.id = %s"  # noqa: S608
    with reader.connection.cursor() as cursor:
        cursor.execute(sql, [version])
        return named(cursor.fetchone())
