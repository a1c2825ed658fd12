"""What an installation that has published already brings along."""

from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from wagtail_senoffer.models import Withdrawal, triggers

pytestmark = [pytest.mark.databases, pytest.mark.django_db(transaction=True)]


def migrate(name: str = "") -> None:
    """Migrate the app to a migration, or to its newest one."""
    executor = MigrationExecutor(connection)
    newest = executor.loader.graph.leaf_nodes("wagtail_senoffer")
    executor.migrate([("wagtail_senoffer", name)] if name else newest)


def test_p4_withdrawals_of_before_are_sealed_and_guarded(report: Any) -> None:
    report.unpublish()
    sealed = Withdrawal.objects.get().record_hash
    try:
        migrate("0002_triggers")
    finally:
        migrate()
    after = Withdrawal.objects.get()
    assert after.record_hash == after.computed_hash() == sealed
    assert triggers.missing(connection) == []
    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute("UPDATE wagtail_senoffer_withdrawal SET reason = 'x'")
