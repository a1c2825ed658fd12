"""Tries out what schools' documents link to, and keeps what came of it."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.utils import timezone

from .. import __version__, network, publishing, suggestions
from ..models.desk import DAY, LinkCheck, LinkState, hash_of
from ..suggestions import Fault, LinkFault
from ..tree import documents_below
from .local_links import own_places

USER_AGENT = f"wagtail-senoffer/{__version__} (looks whether links of a school's page still work)"
# For one run; what is left is for the next.
RUN_SECONDS = 15 * 60
HOST_SECONDS = 1.0
_LONGEST = 2_000
_GONE = frozenset({404, 410})
_FOR_GOOD = frozenset({301, 308})


@dataclass(frozen=True)
class Answer:
    """What came of trying an address; without a state, nothing that means anything."""

    state: LinkState | None
    status: int | None = None
    leads_to: str = ""


def addresses_of(page: Any) -> list[str]:
    """Return the addresses that a page, as it is in memory, links to."""
    document, _problems = publishing.examine(page)
    return suggestions.addresses(document) if document else []


def every_address() -> Iterator[list[str]]:
    """Yield the addresses of each page, as its editors left it and as it is published."""
    for page in documents_below(None):
        if page.alias_of_id:
            continue
        found = addresses_of(page.get_latest_revision_as_object())
        if page.live and page.has_unpublished_changes:
            found += addresses_of(page)
        yield found


def note(urls: Iterable[str]) -> list[str]:
    """Make a row for each address elsewhere that has none; return those addresses."""
    wanted = {hash_of(url): url for url in urls if len(url) <= _LONGEST}
    known = LinkCheck.objects.filter(url_hash__in=wanted).values_list("url_hash", flat=True)
    for name in known:
        del wanted[name]
    for url in own_places(wanted.values()) if wanted else ():
        del wanted[hash_of(url)]
    rows = [LinkCheck(url_hash=name, url=url) for name, url in wanted.items()]
    LinkCheck.objects.bulk_create(rows, ignore_conflicts=True)
    return [row.url for row in rows]


def forget_all_but(urls: Iterable[str]) -> int:
    """Delete the rows of addresses that no document links to any more; return how many."""
    kept = {hash_of(url) for url in urls}
    old = [pk for pk, name in LinkCheck.objects.values_list("pk", "url_hash") if name not in kept]
    for start in range(0, len(old), 500):
        LinkCheck.objects.filter(pk__in=old[start : start + 500]).delete()
    return len(old)


def check(
    rows: Iterable[LinkCheck],
    *,
    client: httpx.Client | None = None,
    seconds: float = RUN_SECONDS,
    clock: Callable[[], float] = time.monotonic,
    pause: Callable[[float], None] = time.sleep,
) -> Iterator[LinkCheck]:
    """Try links out, one after the other; yield each row with what came of it.

    A host is asked about once a second. Stops when the time is over. No transaction is to
    be open: this waits for other people's servers.
    """
    end, next_turn = clock() + seconds, dict[str, float]()
    with client or network.client(USER_AGENT) as asking:
        for row in _by_turns(rows):
            host = _host(row.url)
            wait = max(next_turn.get(host, 0.0) - clock(), 0.0)
            if clock() + wait >= end:
                return
            if wait:
                pause(wait)
            if _claim(row):
                record(row, ask(asking, row.url), timezone.now())
                next_turn[host] = clock() + HOST_SECONDS
                yield row


def _by_turns(rows: Iterable[LinkCheck]) -> Iterator[LinkCheck]:
    """Yield rows so that those of one host are as far apart as can be."""
    hosts: dict[str, list[LinkCheck]] = {}
    for row in rows:
        hosts.setdefault(_host(row.url), []).append(row)
    return (row for turn in zip_longest(*hosts.values()) for row in turn if row)


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _claim(row: LinkCheck) -> bool:
    """Say whether the row is ours to try: another run may have had it meanwhile."""
    now = timezone.now()
    mine = LinkCheck.objects.filter(pk=row.pk, checked_at=row.checked_at)
    return bool(mine.update(checked_at=now))


def ask(client: httpx.Client, url: str) -> Answer:
    """Ask for an address and read no more than the head of the answer."""
    try:
        for method in ("HEAD", "GET"):
            with client.stream(method, url) as response:
                # Some servers know no HEAD and say anything at all.
                if response.status_code < 400 or method == "GET":
                    return _understand(url, response)
    except (network.NotAllowed, httpx.TooManyRedirects, httpx.InvalidURL):
        # A network of the school's own, or a shop that wants cookies: not for us to say.
        return Answer(LinkState.UNKNOWN)
    except httpx.HTTPError:
        pass
    return Answer(None)


def _understand(url: str, response: httpx.Response) -> Answer:
    status = response.status_code
    if status in _GONE:
        return Answer(LinkState.DEAD, status)
    if status >= 500:
        return Answer(None, status)
    if status >= 400:
        # It is there, and not for a machine to see.
        return Answer(LinkState.UNKNOWN, status)
    if _has_moved(url, response):
        return Answer(LinkState.REDIRECTS, status, str(response.url))
    return Answer(LinkState.OK, status)


def _has_moved(url: str, response: httpx.Response) -> bool:
    """Say whether an address leads elsewhere for good, or to the front page instead."""
    asked = httpx.URL(url)
    if _plain(asked) == _plain(response.url):
        return False
    to_front = response.url.path.strip("/") == "" and asked.path.strip("/") != ""
    return to_front or all(each.status_code in _FOR_GOOD for each in response.history)


def _plain(url: httpx.URL) -> tuple[str, str, bytes]:
    """Return an address without what every reader's browser mends in silence."""
    return url.host.removeprefix("www."), url.path.rstrip("/"), url.query


def record(row: LinkCheck, answer: Answer, now: datetime) -> None:
    """Keep what came of trying an address.

    One that gives no answer is dead only when it has given none on another day, too.
    """
    row.checked_at, row.status, row.leads_to = now, answer.status, answer.leads_to
    if answer.state is not None:
        row.state, row.failing_since = answer.state, None
    else:
        row.failing_since = row.failing_since or now
        for_long = now - row.failing_since >= DAY
        row.state = LinkState.DEAD if for_long or row.state == LinkState.DEAD else LinkState.UNKNOWN
    row.save()


def faults(urls: Iterable[str]) -> dict[str, LinkFault]:
    """Return what is known to be wrong with addresses elsewhere."""
    bad = LinkCheck.objects.of(urls).filter(state__in=(LinkState.DEAD, LinkState.REDIRECTS))
    return {row.url: _fault(row) for row in bad}


def _fault(row: LinkCheck) -> LinkFault:
    if row.state == LinkState.REDIRECTS:
        return LinkFault(Fault.MOVED, row.leads_to)
    return LinkFault(Fault.GONE if row.status in _GONE else Fault.SILENT)
