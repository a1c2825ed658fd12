"""What the faces for machines are made of: published Documents in, feed items out. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from ..document import Document
from ..rulesets import Kind

Json = dict[str, Any]


@dataclass(frozen=True)
class Published:
    """A Version that everyone can read: its Document, and what proves it.

    `url` is the public page, absolute, with a slash at its end. `assured` is when somebody
    last said that it is still correct.
    """

    document: Document
    url: str
    number: int
    sha256: str
    record_hash: str
    published: datetime
    assured: datetime | None = None


Offering = Mapping[Kind, Published]


@dataclass(frozen=True)
class Item:
    """An item of the feed, whole (`body`) and in short (`summary`), with what it is found by.

    `shared` marks one that several schools have in common: a trust. `part` is what it is of
    its school, the word that its id is made of; "" is the school itself.
    """

    kind: str
    id: UUID
    name: str
    body: Json
    summary: Json
    organization_id: UUID | None = None
    minimum_age: int | None = None
    maximum_age: int | None = None
    postcode: str = ""
    days: str = ""
    opens_at: str = ""
    closes_at: str = ""
    terms: tuple[UUID, ...] = ()
    words: str = ""
    document: str = ""
    shared: bool = field(default=False, kw_only=True)
    part: str = field(default="", kw_only=True)


def read(stored: bytes | memoryview) -> Json:
    """Return the object of a stored row: a driver may hand out its bytes as a view of them."""
    found: Json = json.loads(bytes(stored))
    return found


def moment(value: datetime | None) -> str:
    """Return a moment as every item writes it: UTC, to the millisecond; "" for none."""
    if value is None:
        return ""
    return f"{value.astimezone(UTC).isoformat(timespec='milliseconds').removesuffix('+00:00')}Z"


def without_empty(value: Any) -> Any:
    """Return JSON data without nulls, empty texts, lists and objects: harvesters refuse them."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        found = ((name, without_empty(inner)) for name, inner in value.items())
        return {name: inner for name, inner in found if inner or _says_something(inner)}
    if isinstance(value, list | tuple):
        return [inner for inner in map(without_empty, value) if inner or _says_something(inner)]
    return value


def _says_something(value: Any) -> bool:
    """Say whether a value that is false says so: false and zero do."""
    return isinstance(value, bool | int | float)
