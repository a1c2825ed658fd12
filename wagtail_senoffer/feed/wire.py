"""Puts stored rows on the wire: pages, lines and stubs, without reading their JSON.

A JSON text goes in pieces until all that an answer holds is joined: whole services are long,
and every copy of them is paid for.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import lru_cache
from itertools import chain
from typing import Any

from .items import moment

Pieces = tuple[bytes | memoryview, ...]


def when(modified: int) -> str:
    """Return the time of a change as it is sent; `modified` is in milliseconds."""
    return moment(datetime.fromtimestamp(modified / 1000, tz=UTC))


def with_time(stored: bytes, modified: int) -> Pieces:
    """Return a stored JSON object with the time of its last change."""
    return _opening(modified), memoryview(stored)[1:]


def with_member(pieces: Pieces, name: str, values: Iterable[Pieces]) -> Pieces:
    """Return a JSON object with a list as one more member."""
    *before, last = pieces
    return (*before, last[:-1], f',"{name}":['.encode(), *separated(values), b"]}")


def separated(items: Iterable[Pieces]) -> Iterator[bytes | memoryview]:
    """Yield the pieces of items, with commas between the items."""
    following = chain.from_iterable((b",", *item) for item in items)
    next(following, None)
    return following


def page(contents: Iterable[Pieces], *, total: int, number: int, size: int) -> bytes:
    """Return a page of a list in the envelope of Open Referral UK.

    `contents` are JSON objects, `total` how many there are on all pages, `number` that of
    this one, from 1, and `size` how many fit on one.
    """
    items = list(contents)
    pages = -(-total // size)
    head = {
        "total_items": total,
        "total_pages": pages,
        "page_number": number,
        "size": len(items),
        "first_page": number == 1,
        "last_page": number >= pages,
        "empty": not items,
    }
    return wrapped(head, "contents", items)


def wrapped(head: dict[str, Any], name: str, items: Iterable[Pieces]) -> bytes:
    """Return a JSON object with items as its last member; `head` has the others, and has some."""
    opening = f'{json.dumps(head)[:-1]}, "{name}": ['.encode()
    return b"".join((opening, *separated(items), b"]}"))


def lines(contents: Iterable[Pieces]) -> Iterator[bytes]:
    """Yield JSON objects as newline-delimited JSON."""
    return (b"".join((*each, b"\n")) for each in contents)


def as_json(data: Any) -> bytes:
    """Return data as JSON in UTF-8."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


@lru_cache(maxsize=4096)
def _opening(modified: int) -> bytes:
    # Kept: from one answer to the next, most items are as they were.
    return f'{{"last_modified":"{when(modified)}",'.encode()
