"""Puts stored rows on the wire: pages, lines and stubs, without reading their JSON."""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from .items import moment


def when(modified: int) -> str:
    """Return the time of a change as it is sent; `modified` is in milliseconds."""
    return moment(datetime.fromtimestamp(modified / 1000, tz=UTC))


def with_time(stored: bytes, modified: int) -> bytes:
    """Return a stored JSON object with the time of its last change."""
    # A view of it: whole services are long, and this is all that is done with them.
    return b"".join((b'{"last_modified":"', when(modified).encode(), b'",', memoryview(stored)[1:]))


def page(contents: Iterable[bytes], *, total: int, number: int, size: int) -> bytes:
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
    return b"".join((json.dumps(head)[:-1].encode(), b', "contents": [', b",".join(items), b"]}"))


def lines(contents: Iterable[bytes]) -> Iterator[bytes]:
    """Yield JSON objects as newline-delimited JSON."""
    return (b"%s\n" % each for each in contents)


def as_json(data: Any) -> bytes:
    """Return data as JSON in UTF-8."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
