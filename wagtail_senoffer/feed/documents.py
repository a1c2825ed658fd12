"""A published Document as an item of the feed: the words as they were hashed, and their proof."""

from collections.abc import Iterable
from typing import Any

from .items import Item, Json, Published, moment, without_empty


def document_item(published: Published, text: str, more: Json) -> Item:
    """Return a document's current Version as an item.

    `text` is the canonical text, `more` what was said of the Version (its change note, what
    was removed from earlier ones). The Document itself keeps what is empty in it: it is what
    the hash was made of.
    """
    document = published.document
    envelope = without_empty(
        {
            "key": str(document.key),
            "locale": document.locale,
            "kind": document.kind.value,
            "title": document.title,
            "school_key": str(document.school.key),
            "school_name": document.school.name,
            "urn": document.school.urn,
            "former_urns": list(document.school.former_urns),
            "url": published.url,
            "document_url": f"{published.url}document.json",
            "permalink": f"{published.url}versions/{published.number}/",
            "state": "current",
            "version": published.number,
            "published": moment(published.published),
            "assured": moment(published.assured),
            "academic_year": document.academic_year,
            "review_date": document.review_date and document.review_date.isoformat(),
            "sha256": published.sha256,
            "chain": {"version": published.number, "record_hash": published.record_hash},
            **more,
        }
    )
    return Item(
        kind="document",
        id=document.key,
        name=document.title,
        body=envelope,
        summary=envelope,
        document=text,
    )


def redacted(rows: Iterable[Any], numbers: dict[str, list[int]] | None = None) -> list[Json]:
    """Return what was removed from Versions of a document: who keeps a copy must follow.

    `rows` are Redactions, `numbers` the Versions that had each text, if that is to be said.
    """
    return [
        without_empty(
            {
                "versions": numbers and numbers[row.text_sha256],
                "on": moment(row.created_at),
                "reason": row.reason,
                "removed": list(row.removed),
                "sha256": row.text_sha256,
                "remaining_sha256": row.remaining_sha256,
            }
        )
        for row in rows
    ]
