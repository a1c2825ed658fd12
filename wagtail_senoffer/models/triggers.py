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
    "wagtail_senoffer_documenttext": ("UPDATE",),
}
_FUNCTION = "wagtail_senoffer_refuse"
_CREATE = {
    "sqlite": "CREATE TRIGGER {name} BEFORE {event} ON {table} "
    "BEGIN SELECT RAISE(ABORT, '{message}'); END",
    "mysql": "CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW "
    "SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '{message}'",
    "postgresql": "CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW "
    f"EXECUTE FUNCTION {_FUNCTION}()",
}
_POSTGRESQL_FUNCTION = (
    f"CREATE OR REPLACE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{MESSAGE}'; END $$"
)


def _each() -> Iterator[tuple[str, str, str]]:
    for table, events in REFUSED.items():
        for event in events:
            yield f"{table}_no_{event.lower()}", table, event


def install(connection: BaseDatabaseWrapper) -> None:
    """Create the triggers. Raises DatabaseError where the account may not create any."""
    template = _CREATE.get(connection.vendor)
    if template is None:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_POSTGRESQL_FUNCTION)
        for name, table, event in _each():
            cursor.execute(template.format(name=name, table=table, event=event, message=MESSAGE))


def remove(connection: BaseDatabaseWrapper) -> None:
    """Drop the triggers, if they are there."""
    if connection.vendor not in _CREATE:
        return
    with connection.cursor() as cursor:
        for name, table, _event in _each():
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
