"""Checks the heads, that is which Version is the newest, and the triggers."""

from collections.abc import Iterator
from uuid import UUID

from ..models import triggers
from ..models.versions import DocumentHead, Version
from ..rulesets import Kind
from .chain import NAMES, check_versions, named
from .findings import Finding, Where, error
from .rows import RESTORE, Only, Reader, Row, Sealed, key, lossy

_HEADS = DocumentHead._meta.db_table
_VERSIONS = Version._meta.db_table


def check_triggers(reader: Reader) -> Iterator[Finding]:
    """Yield the triggers that should refuse changes and are not there."""
    missing = triggers.missing(reader.connection)
    if missing:
        message = (
            "The database would let the record be changed: it has lost triggers. --repair makes "
            f"them again, or migrate {triggers.__name__.split('.')[0]} back and forth. "
            f"Missing: {', '.join(missing)}."
        )
        yield error("triggers-missing", message, mendable=True)


def check_heads(reader: Reader, only: Only = None) -> Iterator[Finding]:
    """Yield what is wrong with the heads, of all documents or of one.

    A head can be mended where the Versions of its document are sound.
    """
    # In this order: to mend a missing head may take a school's lock, which is a head, too.
    yield from _check_headless(reader, only)
    yield from _check_pointing(reader, only)


def is_sound(reader: Reader, document_key: str, locale: str) -> bool:
    """Say whether a document's record may be added to: nothing is wrong that can't be mended."""
    try:
        UUID(document_key)
    except ValueError:
        return False
    only = (document_key, locale)
    return _is_chained(reader, only) and all(each.mendable for each in check_heads(reader, only))


def _is_chained(reader: Reader, only: tuple[str, str]) -> bool:
    return not any(each.is_error for each in check_versions(reader, only))


def _check_pointing(reader: Reader, only: Only) -> Iterator[Finding]:
    sealed = Sealed(reader, Version, own="v")
    that, params = reader.narrow(only, DocumentHead, "h")
    sql = (
        f"SELECT h.id, {reader.columns(DocumentHead, ('document_key', 'locale'), 'h')}, "  # noqa: S608
        f"{reader.column(DocumentHead, 'school_key', 'h')}, h.latest_id, "
        f"(SELECT MAX(m.number) FROM {_VERSIONS} m "
        "WHERE m.document_key = h.document_key AND m.locale = h.locale), "
        f"(SELECT 1 FROM {_HEADS} s WHERE s.document_key = h.school_key AND s.locale = h.locale), "
        f"{sealed.columns}, v.id, {reader.columns(Version, NAMES, 'v')} "
        f"FROM {_HEADS} h LEFT JOIN {_VERSIONS} v ON v.id = h.latest_id "
        f"WHERE h.id > %s{that} ORDER BY h.id LIMIT %s"
    )
    for _pk, head_key, locale, *values in reader.rows(sql, params, count="" if only else "heads"):
        yield from _check_head(reader, sealed, (key(head_key), lossy(locale)), values)


def _check_head(
    reader: Reader, sealed: Sealed, document: tuple[str, str], values: Row
) -> Iterator[Finding]:
    school, points, highest, has_school, *rest = values
    version, pointed = rest[sealed.width], named(tuple(rest[sealed.width + 1 :]))
    if points is None and highest is None:
        # The lock of a school that has not published.
        return
    newest: Where = (*document, highest)
    if points is not None and version is None:
        message = f"The version that its head tells of is not in the record. {RESTORE}"
        yield error("version-missing", message, (*document, (highest or 0) + 1))
    elif points is not None and pointed[:2] != document and sealed.open(rest[: sealed.width])[1]:
        message = (
            "The version that its head tells of says that it belongs to another document, and "
            f"was changed. {RESTORE}"
        )
        yield error("version-missing", message, (*document, (highest or 0) + 1))
    elif points is None or pointed != newest:
        message = "Its head tells of another version than the newest one. Run --repair."
        mendable = highest is not None and _is_mendable(reader, document)
        yield error("head-astray", message, newest, mendable=mendable)
    kind = sealed.open(rest[: sealed.width])[0].get("kind") if pointed[:2] == document else None
    if kind and (not has_school or (kind == Kind.SCHOOL and key(school) != document[0])):
        message = f"Its head names a school that it can't belong to: {key(school)}. Run --repair."
        yield error("head-school", message, newest, mendable=_is_mendable(reader, document))


def _is_mendable(reader: Reader, document: tuple[str, str]) -> bool:
    try:
        UUID(document[0])
    except ValueError:
        return False
    return _is_chained(reader, document)


def _check_headless(reader: Reader, only: Only) -> Iterator[Finding]:
    that, params = reader.narrow(only, Version, "v")
    sql = (
        f"SELECT v.id, {reader.columns(Version, NAMES, 'v')}, "  # noqa: S608
        f"(SELECT 1 FROM {_HEADS} o JOIN {_VERSIONS} n ON n.id = o.latest_id "
        "WHERE n.document_key = v.document_key AND n.locale = v.locale LIMIT 1) "
        f"FROM {_VERSIONS} v LEFT JOIN {_HEADS} h ON h.document_key = v.document_key "
        "AND h.locale = v.locale "
        f"WHERE v.id > %s{that} AND h.id IS NULL AND NOT EXISTS (SELECT 1 FROM {_VERSIONS} e "
        "WHERE e.document_key = v.document_key AND e.locale = v.locale AND e.number < v.number) "
        "ORDER BY v.id LIMIT %s"
    )
    for _pk, *values, taken in reader.rows(sql, params):
        where = named(tuple(values))
        # Another head may have this one's versions: then that one has to be looked at first.
        mendable = not taken and _is_mendable(reader, where[:2])
        message = "It has versions and no head: nobody can read it. Run --repair."
        yield error("head-missing", message, where, mendable=mendable)
