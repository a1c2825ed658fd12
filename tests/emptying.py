"""Empties the database after a test that committed, as Django's flush does, but quicker.

Django deletes from each of a hundred tables, and then makes the content types and permissions
anew. Here only what has rows is emptied, and those two stay as the migrations left them.
"""

from typing import Any

from django.db import connections, transaction

from wagtail_senoffer.models import triggers

_KEPT = {"django_content_type", "auth_permission", "django_migrations"}


def empty(alias: str) -> None:
    """Delete all rows of a database but content types and permissions.

    Nothing else may delete the public record: its triggers are left out meanwhile.
    """
    connection = connections[alias]
    tables = set(connection.introspection.django_table_names(only_existing=True)) - _KEPT
    with (
        triggers.removed(connection),
        connection.constraint_checks_disabled(),
        transaction.atomic(using=alias),
        connection.cursor() as cursor,
    ):
        for table in _with_rows(cursor, sorted(tables)):
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names


def _with_rows(cursor: Any, tables: list[str]) -> list[str]:
    each = (f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {table})" for table in tables)  # noqa: S608
    cursor.execute(" UNION ALL ".join(each))
    return [table for (table,) in cursor.fetchall()]
