"""Builds what most tests begin with once, and from then on writes the same rows again.

A school and its report take a third of a second to make and to publish, and over a thousand
tests begin with them. What is written again is what was written then, byte for byte, and only
where all of the database stands as it stood then. Wherever anything else is unusual (a
setting, the clock, another database than SQLite), they are built.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import time_machine
from django.conf import UserSettingsHolder, settings
from django.core.cache import cache as answers
from django.db import connection
from wagtail.models import Page, Site

# Who is there changes nothing of what is built; a password never has the same hash twice.
_PEOPLE = ("auth_user", "auth_user_groups", "django_session", "wagtailusers_userprofile")
# Of how many states a process remembers what was built upon it.
_STATES = 8
_SEQUENCES = "sqlite_sequence"

# A table's rows by what names each: its rowid, or of a sequence the table.
Rows = dict[int | str, tuple[Any, ...]]
State = dict[str, Rows]
_Statement = tuple[str, list[tuple[Any, ...]]]


@dataclass(frozen=True)
class _Built:
    """What a build found, what it changed, and which page it returned."""

    before: State
    statements: list[_Statement]
    page_type: type[Page]
    pk: int


_built: dict[str, list[_Built]] = {}


def prepared(name: str, build: Callable[[], Any], *, above: Page | None = None) -> Any:
    """Return the page that `build` makes, fresh from the database.

    `name` stands for all that `build` depends on but the database, the settings and the clock.
    `above` is the page below which it is made: its count of children is read again.
    """
    if not _is_usual():
        return build()
    before, known = _state(), _built.setdefault(name, [])
    built = next((each for each in known if each.before == before), None)
    if built is None:
        page = build()
        built = _Built(before, _difference(before, _state()), type(page), page.pk)
        known[_STATES - 1 :] = []
        known.insert(0, built)
    else:
        _write(built)
    if above:
        above.refresh_from_db(fields=["numchild"])
    return built.page_type._default_manager.get(pk=built.pk)


def _is_usual() -> bool:
    """Return whether rows can be written again, and nothing but the database may differ."""
    return (
        connection.vendor == "sqlite"
        and connection.in_atomic_block
        and not isinstance(settings._wrapped, UserSettingsHolder)
        and not time_machine.escape_hatch.is_travelling()
    )


def _write(built: _Built) -> None:
    with connection.cursor() as cursor:
        for statement, rows in built.statements:
            cursor.executemany(statement, rows)
    # What the process knows then: of this database, and nothing of a test before.
    answers.clear()
    Site.clear_site_root_paths_cache()
    Site.get_site_root_paths()


@cache
def _tables() -> dict[str, str]:
    """Return the columns of each table, but of those that full-text search fills itself."""
    names = [name for name in connection.introspection.table_names() if "_fts" not in name]
    return {
        **{name: _columns(name) for name in names if name not in _PEOPLE},
        _SEQUENCES: "name, seq",
    }


def _columns(table: str) -> str:
    with connection.cursor() as cursor:
        found = connection.introspection.get_table_description(cursor, table)
    return ", ".join(connection.ops.quote_name(each.name) for each in found)


def _state() -> State:
    with connection.cursor() as cursor:
        return {table: _rows(cursor, table, columns) for table, columns in _tables().items()}


def _rows(cursor: Any, table: str, columns: str) -> Rows:
    # A plus takes the column's type away: values come as they are stored.
    values = "+" + columns.replace(", ", ", +")
    cursor.execute(f"SELECT {_key(table)}, {values} FROM {table}")  # noqa: S608 - our own names
    return {row[0]: row[1:] for row in cursor.fetchall() if row[0] not in _PEOPLE}


def _key(table: str) -> str:
    return "name" if table == _SEQUENCES else "rowid"


def _difference(before: State, after: State) -> list[_Statement]:
    """Return what makes one state of another."""
    statements = []
    # The sequences last: each row that is written moves one.
    for table in sorted(after, key=lambda name: name == _SEQUENCES):
        old, new = before[table], after[table]
        gone = {key for key in old if old[key] != new.get(key)}
        come = {key: row for key, row in new.items() if row != old.get(key)}
        if table == _SEQUENCES:
            gone |= come.keys()
        if gone:
            delete = f"DELETE FROM {table} WHERE {_key(table)} = %s"  # noqa: S608 - our own names
            statements.append((delete, [(key,) for key in gone]))
        if come:
            statements.append((_insert(table), list(come.values())))
    return statements


def _insert(table: str) -> str:
    columns = _tables()[table]
    values = ", ".join(["%s"] * len(columns.split(", ")))
    return f"INSERT INTO {table} ({columns}) VALUES ({values})"  # noqa: S608 - our own names
