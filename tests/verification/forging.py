"""Changes the public record behind its own back, as only a database's owner can."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models.signals import pre_delete

from wagtail_senoffer import receivers, removal
from wagtail_senoffer.models import Version, triggers
from wagtail_senoffer.verification.everything import check_everything
from wagtail_senoffer.verification.findings import Finding
from wagtail_senoffer.verification.rows import Reader

# Triggers can't come and go within a test's transaction but on SQLite: MySQL commits it, and
# PostgreSQL waits for the constraints that are looked at in the end.
forged = pytest.mark.django_db(transaction=connection.vendor != "sqlite")


def execute(sql: str, *params: Any) -> None:
    """Run a statement with the triggers taken out."""
    with triggers.removed(connection), connection.cursor() as cursor:
        cursor.execute(sql, params)


def findings() -> list[Finding]:
    """Return all that is found now."""
    return list(check_everything(Reader(connection)))


def codes() -> list[str]:
    """Return the codes of all that is found now."""
    return [each.code for each in findings()]


def verify(**options: Any) -> tuple[str, bool]:
    """Run the command; return what it printed, and whether it ended well."""
    out = StringIO()
    try:
        call_command("senoffer_verify", stdout=out, **options)
    except CommandError:
        return out.getvalue(), False
    return out.getvalue(), True


def newest(page: Any) -> Version:
    """Return the newest Version of a page's document."""
    found = Version.objects.filter(document_key=page.document_key, locale=page.language)
    return found.latest("number")


def reseal(version: Version, **fields: Any) -> Version:
    """Rewrite a stored Version, with a record hash that fits: what a forger would do."""
    for name, value in fields.items():
        setattr(version, name, value)
    version.record_hash = version.computed_hash()
    changed = {**fields, "record_hash": version.record_hash}
    places = ", ".join(f"{name} = %s" for name in changed)
    sql = f"UPDATE wagtail_senoffer_version SET {places} WHERE id = %s"  # noqa: S608
    execute(sql, *changed.values(), version.pk)
    return version


def redact(page: Any, user: Any) -> Version:
    """Take the name of who approved it out of a page's first Version."""
    first = Version.objects.get(document_key=page.document_key, number=1)
    assert removal.redact(first, ["approval/by"], "asked to", user=user).versions
    return first


def delete_unheard(page: Any) -> None:
    """Delete a page while the app doesn't listen."""
    pre_delete.disconnect(dispatch_uid="senoffer_delete")
    try:
        page.delete()
    finally:
        receivers.connect()
