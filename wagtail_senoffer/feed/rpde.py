"""Services as Realtime Paged Data Exchange 1.0, the variant with change numbers."""

import json

from django.http import HttpRequest, HttpResponse

from .. import conf
from ..models.feed import Change, ItemKind, State
from .items import without_empty
from .scope import Scope
from .wire import Pieces, with_time, wrapped

PATH = "/open-referral/v3/rpde/services"
PER_PAGE = 500
# A page that is full doesn't change, but for what is gone from it; the last one soon does.
FULL, LAST = "public, max-age=3600", "public, max-age=8"


def changed_services(request: HttpRequest, after: int) -> HttpResponse:
    """Answer with the services that changed after a number, each once, in order."""
    scope: Scope = request.scope
    rows = scope.changes(ItemKind.SERVICE).filter(number__gt=after).order_by("number")[:PER_PAGE]
    items = list(rows.only("number", "modified", "item_id", "state", "body"))
    # From the last item of this very query: what is committed meanwhile comes after it.
    next_page = _address(items[-1].number) if items else _here(request, after)
    head = without_empty({"next": scope.url(next_page), "license": conf.get("FEED_LICENCE")})
    content = wrapped(head, "items", map(_item, items))
    response = HttpResponse(content, content_type="application/json")
    response["Cache-Control"] = FULL if len(items) == PER_PAGE else LAST
    return response


def _address(after: int) -> str:
    return f"{PATH}?afterChangeNumber={after}"


def _here(request: HttpRequest, after: int) -> str:
    """Return the address that was asked: an empty page that names itself is the end."""
    return _address(after) if request.GET else PATH


def _item(row: Change) -> Pieces:
    live = row.state == State.ACTIVE
    head = {
        "state": "updated" if live else "deleted",
        "kind": "service",
        "id": str(row.item_id),
        "modified": row.number,
    }
    said = json.dumps(head).encode()
    if not live:
        return (said,)
    return said[:-1], b', "data": ', *with_time(row.body, row.modified), b"}"
