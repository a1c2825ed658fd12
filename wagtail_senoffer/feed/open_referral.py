"""The endpoints of Open Referral UK 3.0: what each answers with."""

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

from .. import conf
from ..models.feed import Change, ItemKind, State
from . import dump, lists, taxonomies, wire
from .answers import Refusal, wants_gzip
from .items import read
from .parameters import (
    Listed,
    OrganizationFilter,
    Paging,
    ServiceFilter,
    ServicesFilter,
    TermFilter,
)
from .scope import Scope
from .taxonomies import Term
from .wire import Pieces

BASE = "/open-referral/v3"
PROFILE = "https://github.com/OpenReferralUK/uk-profile"


def details(request: HttpRequest) -> HttpResponse:
    """Say which standard this is: the official validator reads the version here."""
    openapi = request.scope.url(f"{BASE}/openapi.json")
    found = {"version": "HSDS-UK-3.0", "profile": PROFILE, "openapi_url": openapi}
    return _json(wire.as_json(found))


def services(request: HttpRequest, asked: ServicesFilter) -> HttpResponse:
    """Answer with services: a page, all in one piece, or all in short."""
    if asked.minimal:
        return _minimal(request, asked)
    if asked.format == "ndjson" and asked.full is not False and not _narrows(asked):
        zipped = wants_gzip(request.headers)
        return dump.answer(request.scope, request.newest_change, zipped)
    return _listed(request, ItemKind.SERVICE, asked)


def service_at_locations(request: HttpRequest, asked: ServiceFilter) -> HttpResponse:
    """Answer with services at their locations."""
    return _listed(request, ItemKind.SERVICE_AT_LOCATION, asked)


def organizations(request: HttpRequest, asked: OrganizationFilter) -> HttpResponse:
    """Answer with schools and trusts."""
    column = "body" if asked.full or asked.full_service else "summary"
    rows = lists.fitting(request.scope, ItemKind.ORGANIZATION, asked)
    if asked.format == "ndjson":
        return _streamed(lists.streamed(rows, column))
    total, found = rows.count(), rows[_start(asked) : _start(asked) + asked.per_page]
    found = list(found.values_list("item_id", column, "modified"))
    owned = lists.services_of(request.scope, [x[0] for x in found]) if asked.full_service else {}
    texts = [_with_services(wire.with_time(*row), owned.get(key)) for key, *row in found]
    return _page(request, texts, total, asked)


def one(request: HttpRequest, kind: str, item_id: UUID, *, full: bool = False) -> HttpResponse:
    """Answer with an item, whole. Raises Refusal: 404 unknown, 410 gone."""
    row: Change | None = request.scope.changes(kind).filter(item_id=item_id).first()
    if row is None:
        raise Refusal(404, f"No {kind} has this id here.")
    if not row.is_live:
        raise _gone(request.scope, row)
    text = wire.with_time(row.body, row.modified)
    owned = lists.services_of(request.scope, [item_id]).get(item_id) if full else None
    return _json(b"".join(_with_services(text, owned)))


def _gone(scope: Scope, row: Change) -> Refusal:
    """Return what to say of an item that is gone, with what took its place, if that is known."""
    said: dict[str, Any] = {"gone": wire.when(row.modified)}
    if successor := read(row.summary).get("send_successor"):
        said["send_successor"] = successor
        if "id" in successor:
            said["successor"] = scope.url(f"{BASE}/{row.kind}s/{successor['id']}")
    if row.state == State.SUCCEEDED:
        return Refusal(410, f"The school of this {row.kind} has another URN now.", **said)
    return Refusal(410, f"This {row.kind} is no longer offered.", **said)


def taxonomy_list(request: HttpRequest, asked: Listed) -> HttpResponse:
    """Answer with the taxonomies."""
    found = [each.as_json() for each in taxonomies.TAXONOMIES.values()]
    return _in_memory(request, found, asked)


def taxonomy_terms(request: HttpRequest, asked: TermFilter) -> HttpResponse:
    """Answer with terms of taxonomies."""
    found = (term for term in taxonomies.terms().values() if _fits(term, asked))
    return _in_memory(request, [term.as_json() for term in found], asked)


def taxonomy(item_id: UUID) -> HttpResponse:
    """Answer with a taxonomy and its terms. Raises Refusal for an unknown one."""
    found = next((x for x in taxonomies.TAXONOMIES.values() if x.id == item_id), None)
    if found is None:
        raise Refusal(404, "No taxonomy has this id.")
    own = [x.as_json() for x in taxonomies.terms().values() if x.taxonomy == found]
    return _json(wire.as_json(found.as_json() | {"taxonomy_terms": own}))


def taxonomy_term(item_id: UUID) -> HttpResponse:
    """Answer with a term. Raises Refusal for an unknown one."""
    found = taxonomies.terms().get(item_id)
    if found is None:
        raise Refusal(404, "No term has this id.")
    return _json(wire.as_json(found.as_json()))


def _fits(term: Term, asked: TermFilter) -> bool:
    return (
        asked.taxonomy_id in (None, term.taxonomy.id)
        and asked.parent_id in (None, term.parent_id)
        and not (asked.top_only and term.parent_id)
    )


def _in_memory(request: HttpRequest, found: list[dict[str, Any]], asked: Listed) -> HttpResponse:
    words = (asked.search or "").casefold().split()
    texts = [
        (wire.as_json(each),)
        for each in found
        if all(word in f"{each['name']} {each['description']}".casefold() for word in words)
    ]
    if asked.format == "ndjson":
        return _streamed(texts)
    shown = texts[_start(asked) : _start(asked) + asked.per_page]
    return _page(request, shown, len(texts), asked)


def _listed(request: HttpRequest, kind: str, asked: ServiceFilter) -> HttpResponse:
    whole = asked.format == "ndjson" if asked.full is None else asked.full
    column = "body" if whole else "summary"
    if asked.format == "ndjson":
        return _streamed(lists.streamed(_rows(request.scope, kind, asked), column))
    start, size = _start(asked), asked.per_page
    if not _narrows(asked):
        total, texts = lists.all_of(request.scope, kind, start, size, column)
        return _page(request, texts, total, asked)
    rows = _rows(request.scope, kind, asked)
    texts = list(lists.texts(rows[start : start + size], column))
    return _page(request, texts, rows.count(), asked)


def _rows(scope: Scope, kind: str, asked: ServiceFilter) -> Any:
    choose = lists.since if asked.modified_after else lists.fitting
    return choose(scope, kind, asked)


def _narrows(asked: ServiceFilter) -> bool:
    """Say whether anything but the form of the answer was asked for."""
    form = {"page", "per_page", "format", "full", "minimal"}
    return any(
        getattr(asked, name) is not None for name in type(asked).model_fields if name not in form
    )


def _minimal(request: HttpRequest, asked: ServicesFilter) -> HttpResponse:
    """Answer with the id, name, status and time of every service that fits, on one page."""
    rows = _rows(request.scope, ItemKind.SERVICE, asked)
    found = rows.values_list("item_id", "name", "state", "modified")
    texts = [(_stub(*row),) for row in found.iterator(chunk_size=2000)]
    if asked.format == "ndjson":
        return _streamed(texts)
    size = max(len(texts), 1)
    return _json(wire.page(texts, total=len(texts), number=1, size=size))


def _stub(item_id: UUID, name: str, state: str, modified: int) -> bytes:
    stub = {"id": str(item_id), "name": name, "status": State(state).status}
    # The UK profile says modified_date here, and last_modified elsewhere.
    return wire.as_json(
        stub | dict.fromkeys(("last_modified", "modified_date"), wire.when(modified))
    )


def _with_services(text: Pieces, owned: list[Pieces] | None) -> Pieces:
    return wire.with_member(text, "services", owned) if owned else text


def _start(asked: Paging) -> int:
    return (asked.page - 1) * asked.per_page


def _page(request: HttpRequest, texts: list[Pieces], total: int, asked: Paging) -> HttpResponse:
    content = wire.page(texts, total=total, number=asked.page, size=asked.per_page)
    response = _json(content)
    response["Link"] = ", ".join(_links(request, total, asked))
    return response


def _links(request: HttpRequest, total: int, asked: Paging) -> Iterator[str]:
    """Yield where the other pages are, and the licence (RFC 8288)."""
    last = max(-(-total // asked.per_page), 1)
    pages = {"first": 1, "prev": asked.page - 1, "next": asked.page + 1, "last": last}
    others = [(name, text) for name, text in request.GET.items() if name != "page"]
    address = request.scope.url(f"{request.path}?{urlencode([*others, ('page', '')])}")
    for rel, page in pages.items():
        if 1 <= page <= last:
            yield f'<{address}{page}>; rel="{rel}"'
    if licence := conf.get("FEED_LICENCE"):
        yield f'<{licence}>; rel="license"'


def _streamed(texts: Iterable[Pieces]) -> HttpResponse:
    return StreamingHttpResponse(wire.lines(texts), content_type=dump.NDJSON)


def _json(content: bytes) -> HttpResponse:
    return HttpResponse(content, content_type="application/json")
