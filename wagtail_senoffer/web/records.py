"""What `document.json` says: a Version with its Document, exactly as it was hashed."""

import json
from typing import Any

from django.core.paginator import Page
from django.utils.translation import gettext as _

from .. import comparison as comparing
from ..document import Unreadable
from ..history import Entry
from ..models.versions import DocumentHead, Version, Withdrawal, utc_text
from ..removal import redactions_of
from .place import Place


def record(place: Place, head: DocumentHead, found: Version) -> dict[str, Any]:
    """Return a Version, what was said of it later, and its Document.

    `chain` is the head of the document's hash chain: who kept an older one can tell a
    record that was rewritten, because the hashes no longer lead back to it.
    """
    withdrawal = getattr(found, "withdrawal", None)
    return {
        **_identity(place, found),
        "state": _state(head, found, withdrawal),
        "change_note": found.change_note,
        "not_reread": found.not_reread,
        "assured": [utc_text(each.created_at) for each in found.assurances.all()],
        "withdrawn": _withdrawn(withdrawal),
        "redacted": _redacted(found),
        "chain": _chain(head),
        "document": _stored(found),
    }


def listing(place: Place, head: DocumentHead, page: Page, entries: list[Entry]) -> dict[str, Any]:
    """Return a page of the list of Versions, newest first, with their hashes."""
    following = page.next_page_number() if page.has_next() else None
    return {
        "url": f"{place.full_url}versions/",
        "count": page.paginator.count,
        "next": f"{place.full_url}versions/document.json?page={following}" if following else None,
        "chain": _chain(head),
        "versions": [
            {
                **_identity(place, each.version),
                "state": each.state,
                "change_note": each.version.change_note,
                "not_reread": each.version.not_reread,
                "changed": each.changed,
                "withdrawn": _withdrawn(each.withdrawal),
            }
            for each in entries
        ],
    }


def comparison(place: Place, before: Version, after: Version) -> dict[str, Any]:
    """Return what changed between two Versions, section by section."""
    found = comparing.compare(before.document(), after.document())
    return {
        "from": _identity(place, before),
        "to": _identity(place, after),
        "changed": [
            {
                "code": section.code,
                "title": section.title,
                "change": section.change.value,
                "fields": [
                    {"name": each.name, "before": each.before, "after": each.after}
                    for each in section.fields
                ],
            }
            for section in found.changed
        ],
    }


def gone(place: Place, head: DocumentHead, withdrawal: Withdrawal) -> dict[str, Any]:
    """Return what there is to say of a document that is no longer offered."""
    return {
        "url": place.full_url,
        "versions": f"{place.full_url}versions/",
        "withdrawn": _withdrawn(withdrawal),
        "chain": _chain(head),
    }


def _identity(place: Place, found: Version) -> dict[str, Any]:
    return {
        "url": place.full_url,
        "permalink": f"{place.full_url}versions/{found.number}/",
        "version": found.number,
        "published": utc_text(found.created_at),
        "sha256": found.text_id,
        "record_hash": found.record_hash,
        "previous_hash": found.previous_hash,
    }


def _stored(found: Version) -> dict[str, Any]:
    """Return the words as they were hashed, even if only a newer release knows what they say.

    Raises Unreadable if they are no JSON.
    """
    try:
        document = json.loads(found.words)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise Unreadable(_("This text can't be read: it is no Document."))
    return document


def _state(head: DocumentHead, found: Version, withdrawal: Withdrawal | None) -> str:
    if withdrawal:
        return "withdrawn"
    return "current" if found.pk == head.latest_id else "superseded"


def _withdrawn(withdrawal: Withdrawal | None) -> dict[str, Any] | None:
    if withdrawal is None:
        return None
    return {
        "on": utc_text(withdrawal.created_at),
        "reason": str(withdrawal.reason_text),
        "successor": withdrawal.successor or None,
    }


def _redacted(found: Version) -> list[dict[str, Any]]:
    return [
        {
            "on": utc_text(each.created_at),
            "reason": each.reason,
            "removed": each.removed,
            "remaining_sha256": each.remaining_sha256,
        }
        for each in redactions_of([found.text_id]).get(found.text_id, ())
    ]


def _chain(head: DocumentHead) -> dict[str, Any]:
    return {"version": head.latest.number, "record_hash": head.latest.record_hash}
