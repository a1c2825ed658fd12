"""Fills the feed's rows: from an item that is on offer, or as the tombstone of one that is gone."""

import json
from typing import NamedTuple, Self
from uuid import UUID

from ..document import sha256
from ..models.feed import Change, ItemKind, State
from .items import Item, Json
from .succession import Successor

# All that `fill` and `bury` set; numbers are given by changes.py alone.
FIELDS = [
    *("pending", "school_key", "state", "name", "organization_id", "minimum_age"),
    *("maximum_age", "postcode", "days", "opens_at", "closes_at", "terms", "words"),
    *("digest", "summary", "body"),
]
# What is not needed to tell whether a row changed.
HEAVY = ("summary", "body", "words", "terms")
_EMPTY = {
    **dict.fromkeys(("organization_id", "minimum_age", "maximum_age")),
    **dict.fromkeys(("postcode", "days", "opens_at", "closes_at"), ""),
}
# Of a service that is gone, whose name may be among the words that a redaction removes.
_NO_NAME = "No longer offered"


class Key(NamedTuple):
    """What makes a row the only one of its kind."""

    site_pk: int
    kind: str
    item_id: UUID
    locale: str

    @classmethod
    def of(cls, row: Change) -> Self:
        """Return the key of a row."""
        return cls(row.site_pk, row.kind, row.item_id, row.locale)

    @property
    def item(self) -> tuple[str, UUID, str]:
        """What it is a row of, on whichever Site."""
        return self[1:]


def fill(row: Change, item: Item, school_key: UUID) -> bool:
    """Make a row say what an item says; False if it says so already."""
    summary, body = as_text(item.summary), as_text(item.body)
    if item.document:
        body = f'{body[:-1]},"document":{item.document}}}'
    facets = {name: getattr(item, name) for name in _EMPTY}
    terms = " ".join(str(term) for term in item.terms)
    digest = sha256("\n".join((summary, body, terms, item.words, repr(facets))))
    if row.is_live and row.digest == digest:
        return False
    row.has_turned = row.pk is None or not row.is_live
    row.school_key, row.state, row.pending = school_key, State.ACTIVE, True
    row.name, row.digest = item.name[:255], digest
    row.terms, row.words = terms, item.words
    row.summary, row.body = summary.encode(), body.encode()
    row.organization_was = row.organization_id
    for name, value in facets.items():
        setattr(row, name, value)
    return True


def bury(
    row: Change, state: State, redactions: list[Json], successor: Successor | None = None
) -> bool:
    """Make a row the tombstone of its item; False if it is that already.

    It keeps no words but a school's name, which no redaction removes; of a document it goes
    on to tell what was removed from the record. `successor` is what took the item's place.
    """
    if row.kind != ItemKind.ORGANIZATION:
        row.name = _NO_NAME if row.kind == ItemKind.SERVICE else ""
    stub = _stub(row, state, redactions)
    summary = as_text(stub | ({"send_successor": successor.as_json()} if successor else {}))
    digest = sha256(summary)
    if row.state == state and row.digest == digest:
        return False
    row.has_turned = row.is_live
    row.state, row.pending, row.digest = state, True, digest
    row.summary, row.body, row.words, row.terms = summary.encode(), b"", "", ""
    row.organization_was = row.organization_id
    for name, value in _EMPTY.items():
        setattr(row, name, value)
    return True


def _stub(row: Change, state: State, redactions: list[Json]) -> Json:
    """Return all that is left of an item that is gone."""
    if row.kind == ItemKind.DOCUMENT:
        stub = {"key": str(row.item_id), "locale": row.locale, "state": state.value}
        return stub | ({"redactions": redactions} if redactions else {})
    stub = {"id": str(row.item_id)}
    if row.kind == ItemKind.SERVICE:
        return stub | {"name": _NO_NAME, "status": state.status}
    if row.kind == ItemKind.ORGANIZATION:
        # The standard has no status for it, and wants a description.
        stub |= {"name": row.name, "description": _NO_NAME}
    return stub


def as_text(data: Json) -> str:
    """Return JSON as it is stored, before it is encoded."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))
