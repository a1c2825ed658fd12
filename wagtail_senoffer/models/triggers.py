"""Database triggers that refuse to change the public record, on the three databases.

The models refuse already; these stop everything that does not pass through them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

MESSAGE = "wagtail_senoffer: rows of the public record are never changed or deleted"
# Words may be deleted (a redaction) but never rewritten.
REFUSED = {
    "wagtail_senoffer_version": ("UPDATE", "DELETE"),
    "wagtail_senoffer_withdrawal": ("UPDATE", "DELETE"),
    "wagtail_senoffer_assurance": ("UPDATE", "DELETE"),
    "wagtail_senoffer_redaction": ("UPDATE", "DELETE"),
    "wagtail_senoffer_documenttext": ("UPDATE",),
}
_FUNCTION = "wagtail_senoffer_refuse"
_POSTGRESQL_FUNCTION = (
    f"CREATE OR REPLACE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{MESSAGE}'; END $$"
)
_CREATE = {
    "sqlite": f"BEFORE {{event}} ON {{table}} BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END",
    "mysql": "BEFORE {event} ON {table} FOR EACH ROW "
    f"SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '{MESSAGE}'",
    "postgresql": f"BEFORE {{event}} ON {{table}} FOR EACH ROW EXECUTE FUNCTION {_FUNCTION}()",
}
_NAMES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "mysql": "SELECT trigger_name FROM information_schema.triggers "
    "WHERE trigger_schema = DATABASE()",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'",
}
# REPLACE and TRUNCATE go past those. PostgreSQL can refuse a TRUNCATE, and SQLite a new row
# with the keys of one that is there; MySQL and MariaDB can refuse neither.
_TRUNCATE = f"BEFORE TRUNCATE ON {{table}} FOR EACH STATEMENT EXECUTE FUNCTION {_FUNCTION}()"
_SAME = {
    "wagtail_senoffer_version": "id = NEW.id OR record_hash = NEW.record_hash OR (document_key = "
    "NEW.document_key AND locale = NEW.locale AND number = NEW.number)",
    "wagtail_senoffer_withdrawal": "id = NEW.id OR version_id = NEW.version_id",
    "wagtail_senoffer_assurance": "id = NEW.id OR record_hash = NEW.record_hash",
    "wagtail_senoffer_redaction": "id = NEW.id OR record_hash = NEW.record_hash",
    "wagtail_senoffer_documenttext": "sha256 = NEW.sha256",
}


def _each(connection: BaseDatabaseWrapper) -> Iterator[tuple[str, str, str]]:
    """Yield (name, table, body) of each trigger on the tables that there are.

    A migration meets only those that the migrations before it made.
    """
    vendor = connection.vendor
    if vendor not in _CREATE:
        return
    there = set(connection.introspection.table_names())
    for table, events in REFUSED.items():
        if table not in there:
            continue
        for event in events:
            body = _CREATE[vendor].format(table=table, event=event)
            yield f"{table}_no_{event.lower()}", table, body
        if vendor == "postgresql":
            yield f"{table}_no_truncate", table, _TRUNCATE.format(table=table)
        elif vendor == "sqlite":
            yield f"{table}_no_replace", table, _no_replace(table)


def _no_replace(table: str) -> str:
    # The same words once more are no news, and no error.
    answer = "IGNORE" if table.endswith("text") else f"ABORT, '{MESSAGE}'"
    there = f"SELECT 1 FROM {table} WHERE {_SAME[table]}"  # noqa: S608 - our own names
    return f"BEFORE INSERT ON {table} WHEN EXISTS ({there}) BEGIN SELECT RAISE({answer}); END"


def install(connection: BaseDatabaseWrapper) -> None:
    """Create the triggers. Raises DatabaseError where the account may not create any."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_POSTGRESQL_FUNCTION)
        for name, _table, body in _each(connection):
            cursor.execute(f"CREATE TRIGGER {name} {body}")


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Return the names of the triggers that should be there and are not."""
    with connection.cursor() as cursor:
        found = set()
        if connection.vendor in _NAMES:
            cursor.execute(_NAMES[connection.vendor])
            found = {row[0] for row in cursor.fetchall()}
        return [name for name, _table, _body in _each(connection) if name not in found]


def remove(connection: BaseDatabaseWrapper) -> None:
    """Drop the triggers, if they are there."""
    with connection.cursor() as cursor:
        for name, table, _body in _each(connection):
            on = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")


@contextmanager
def removed(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Leave the triggers out for a while: for a test's flush, never for a site's own work."""
    remove(connection)
    try:
        yield
    finally:
        install(connection)


def install_in_migration(apps: Any, schema_editor: Any) -> None:
    """Create the triggers from a migration."""
    install(schema_editor.connection)


def remove_in_migration(apps: Any, schema_editor: Any) -> None:
    """Drop the triggers from a migration that is undone."""
    remove(schema_editor.connection)
