"""Reads the record as the database holds it: raw columns, by pages, never as instances.

A value that is broken must become a finding and not an error of the driver, and a record
of any length must fit into the same memory: MySQL's client fetches whole results.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

from ..models.versions import FinalModel, seal, told, utc_text

PAGE = 500
_BEFORE_ALL = -(2**63)
# How a column is read, by database and type of field. Text comes from SQLite as bytes: its
# driver fails on what is not UTF-8. Moments come as text that goes into the hash as it is.
_READ = {
    "sqlite": {"": "CAST({} AS BLOB)"},
    "postgresql": {
        "": "{}",
        "UUIDField": "{}::text",
        "JSONField": "{}::text",
        "DateTimeField": "to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')",
    },
    "mysql": {
        "": "{}",
        "UUIDField": "CAST({} AS CHAR)",
        "JSONField": "CAST({} AS CHAR)",
        "DateTimeField": "DATE_FORMAT({}, '%%Y-%%m-%%d %%H:%%i:%%s.%%f')",
    },
}
# The words, as bytes where that saves the driver from decoding what we would encode again.
_READ_WORDS = {"mysql": "CAST({} AS BINARY)", "postgresql": "{}"}

Only = tuple[str, str] | None
Row = tuple[Any, ...]


class Reader:
    """Reads pages of rows from one database, and counts what it has read in `checked`.

    `tick` is called with the number of rows of each page that is counted.
    """

    def __init__(
        self, connection: BaseDatabaseWrapper, tick: Callable[[int], object] = lambda n: None
    ) -> None:
        self.connection, self.tick = connection, tick
        self.checked: Counter[str] = Counter()

    def column(self, model: Any, name: str, alias: str) -> str:
        """Return the SQL that reads a field's column without a conversion that could fail."""
        read = _READ[self.connection.vendor]
        field = model._meta.get_field(name)
        kind = (field.target_field if field.is_relation else field).get_internal_type()
        return read.get(kind, read[""]).format(f"{alias}.{field.column}")

    def columns(self, model: Any, names: tuple[str, ...], alias: str) -> str:
        """Return the SQL that reads several columns."""
        return ", ".join(self.column(model, name, alias) for name in names)

    def words(self, column: str) -> str:
        """Return the SQL that reads a published text."""
        return _READ_WORDS.get(self.connection.vendor, "CAST({} AS BLOB)").format(column)

    def pages(
        self, sql: str, params: tuple[Any, ...] = (), *, count: str = "", **more: Any
    ) -> Iterator[list[Row]]:
        """Yield the rows of a query page by page.

        Its first column is a key, its first placeholder asks for keys after a value, its
        last one for a number of rows, and it is ordered by the key. `start` and `size` are
        the first value and the rows of a page. Rows are counted under `count`, if given.
        """
        last, size = more.get("start", _BEFORE_ALL), more.get("size", PAGE)
        rows: list[Row] = []
        while last is not None:
            with self.connection.cursor() as cursor:
                cursor.execute(sql, [last, *params, size])
                rows = list(cursor.fetchall())
            yield rows
            if count:
                self.checked[count] += len(rows)
                self.tick(len(rows))
            last = rows[-1][0] if len(rows) == size else None

    def rows(self, sql: str, params: tuple[Any, ...] = (), **more: Any) -> Iterator[Row]:
        """Yield the rows of a query, read by pages."""
        for page in self.pages(sql, params, **more):
            yield from page

    def narrow(self, only: Only, model: Any, alias: str) -> tuple[str, tuple[Any, ...]]:
        """Return the SQL, and its parameters, that keep a query to one document."""
        if only is None:
            return "", ()
        key = model._meta.get_field("document_key").get_db_prep_value(
            UUID(only[0]), self.connection
        )
        return f" AND {alias}.document_key = %s AND {alias}.locale = %s", (key, only[1])


class Sealed:
    """How rows of a model of the record are read and their seals broken.

    `columns` is SQL for what the hash covers and the hash; `sources` names the table's
    alias and, for what is said of a Version, that of the Version's.
    """

    def __init__(self, reader: Reader, model: type[FinalModel], **sources: str) -> None:
        found = [_follow(model, path) for path in (*model.FACTS.values(), "record_hash")]
        own, version = sources["own"], sources.get("version", "")
        self.columns = ", ".join(
            reader.column(each, name, own if each is model else version) for each, name in found
        )
        self.width = len(found)
        self._names = tuple(model.FACTS)
        self._parsers = [
            _parser(each._meta.get_field(name), reader.connection) for each, name in found
        ]
        self._parse_moment = self._parsers[self._names.index("created_at")]

    def pick(self, names: tuple[str, ...], values: Row) -> Row:
        """Return the raw values of some facts of a row."""
        return tuple(values[self._names.index(name)] for name in names)

    def moment(self, raw: Any) -> str:
        """Return a moment of another row as `open` would; "" for none that can be read."""
        try:
            return self._parse_moment(raw)
        except (ValueError, TypeError):
            return ""

    def open(self, values: Any) -> tuple[dict[str, Any], tuple[str, str] | None]:
        """Return the facts of a row, {} if it has none, and what is wrong with it by itself.

        That is a code and a message, or None.
        """
        try:
            *parsed, bears = [parse(raw) for parse, raw in zip(self._parsers, values, strict=True)]
            facts = dict(zip(self._names, parsed, strict=True))
            sound = seal(told(facts)) == bears
        except (ValueError, TypeError, RecursionError) as error:
            return {}, ("record-unreadable", f"The record's row can't be read: {error}. {RESTORE}")
        if sound:
            return facts, None
        return facts, ("record-changed", f"The record's row was changed since. {RESTORE}")


RESTORE = "Restore it from a backup; a copy of the chain that somebody harvested tells what it was."


def text(raw: Any) -> str:
    """Return a column of text. Raises ValueError if it is not UTF-8, TypeError for NULL."""
    if isinstance(raw, bytes):
        return raw.decode()
    if isinstance(raw, str):
        return raw
    raise TypeError("there is no value")


def lossy(raw: Any) -> str:
    """Return whatever a column holds, as something that can be shown."""
    return raw.decode(errors="backslashreplace") if isinstance(raw, bytes) else str(raw or "")


def key(raw: Any) -> str:
    """Return a document key as it is written in a hash; nonsense as it is."""
    found = lossy(raw)
    if len(found) != 32:
        return found
    return f"{found[:8]}-{found[8:12]}-{found[12:16]}-{found[16:20]}-{found[20:]}"


def number(raw: Any) -> int | None:
    """Return a Version's number, or None for what is none."""
    try:
        return int(raw)
    except (TypeError, ValueError):
        return None


def _key(raw: Any) -> str:
    return key(text(raw))


def _list(raw: Any) -> list[Any]:
    """Return a column of JSON. Raises ValueError unless it is as Django would have written it."""
    if raw in (b"[]", "[]"):
        return []
    written = text(raw)
    found = json.loads(written)
    if not isinstance(found, list):
        raise ValueError("there is no list")
    if written not in (json.dumps(found), json.dumps(found, ensure_ascii=False)):
        raise ValueError("there is a list that was written by something else")
    return found


def _moment(raw: Any) -> str:
    """Return a moment in UTC as it is written in a hash; nonsense as it is."""
    found = text(raw)
    if found[10:11] != " ":
        return found
    fraction = "" if len(found) > 19 else ".000000"
    return f"{found[:10]}T{found[11:]}{fraction}+00:00"


def _moment_elsewhere(zone: Any) -> Callable[[Any], str]:
    """Return what reads a moment from a database that keeps the time of another zone."""

    def parse(raw: Any) -> str:
        found = text(raw)
        moment = datetime.fromisoformat(found)
        if str(moment) not in (found, f"{found}.000000"):
            raise ValueError("there is a moment that was written by something else")
        return utc_text(timezone.make_aware(moment, zone))

    return parse


def _parser(field: Any, connection: BaseDatabaseWrapper) -> Callable[[Any], Any]:
    """Return what makes a fact of a column, or raises ValueError or TypeError."""
    kind = (field.target_field if field.is_relation else field).get_internal_type()
    if kind == "DateTimeField" and connection.vendor != "postgresql" and connection.timezone != UTC:
        return _moment_elsewhere(connection.timezone)
    kinds: dict[str, Callable[[Any], Any]] = {
        "UUIDField": _key,
        "DateTimeField": _moment,
        "JSONField": _list,
        "PositiveIntegerField": int,
    }
    # The same as `text`, but quicker: most columns come this way.
    return kinds.get(kind, bytes.decode if connection.vendor == "sqlite" else text)


def _follow(model: Any, path: str) -> tuple[Any, str]:
    """Return the model and the field at the end of a dotted path."""
    first, _dot, rest = path.partition(".")
    return (model._meta.get_field(first).related_model, rest) if rest else (model, path)
