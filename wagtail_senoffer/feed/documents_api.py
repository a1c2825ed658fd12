"""The Documents themselves, as they were hashed, with their history: `/senoffer/documents`."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import override

from .. import changes
from ..document import DocumentError
from ..models.feed import Change, ItemKind, State
from ..models.versions import Redaction, Version, Withdrawal
from .answers import Refusal
from .documents import redacted
from .items import Json, moment, read, without_empty
from .parameters import DocumentFilter
from .scope import Scope
from .wire import as_json, with_time, wrapped

PATH = "/senoffer/documents"


def listing(request: HttpRequest, asked: DocumentFilter) -> HttpResponse:
    """Answer with documents in the order of their changes, from a cursor on.

    What is gone is listed with its state, so that whoever follows the cursor misses nothing.
    """
    rows = _fitting(request.scope, asked).order_by("number")[: asked.limit + 1]
    column = "body" if asked.full else "summary"
    found = list(rows.values_list("number", "modified", column, "summary"))
    more, found = len(found) > asked.limit, found[: asked.limit]
    cursor = found[-1][0] if found else asked.after
    head = {"cursor": cursor, "next": _next(request, cursor) if more else None}
    items = [with_time(text or stub, modified) for _number, modified, text, stub in found]
    response = _json(wrapped(without_empty(head), "documents", items))
    if more:
        response["Link"] = f'<{head["next"]}>; rel="next"'
    return response


def one(request: HttpRequest, key: UUID, locale: str) -> HttpResponse:
    """Answer with a document's current Version. Raises Refusal: 404 unknown, 410 gone."""
    row = _row(request.scope, key, locale)
    return _json(b"".join(with_time(row.body, row.modified)))


def versions(request: HttpRequest, key: UUID, locale: str, page: int) -> HttpResponse:
    """Answer with the Versions of a document, newest first: number, time and hashes."""
    row = _row(request.scope, key, locale)
    here = _address(request.scope, row)
    found = _versions_of(row).order_by("-number")
    found = list(found.select_related("withdrawal")[(page - 1) * 100 : page * 100 + 1])
    data = {
        "key": str(key),
        "locale": row.locale,
        "url": read(row.summary)["url"],
        "next": f"{here}/versions?page={page + 1}" if len(found) > 100 else None,
    }
    removed = _removed(found)
    listed = [_version(each, here, removed) for each in found[:100]]
    return _json(as_json(without_empty(data) | {"versions": listed}))


def version(request: HttpRequest, key: UUID, locale: str, number: int) -> HttpResponse:
    """Answer with one Version and its Document. Raises Refusal if there is none."""
    row = _row(request.scope, key, locale)
    found = _versions_of(row).filter(number=number).first()
    if found is None:
        raise Refusal(404, f"There is no Version {number} of this document.")
    data = _version(found, _address(request.scope, row), _removed([found]))
    # The words as they were hashed, which may be what a removal left of them.
    try:
        words = found.words
    except DocumentError:
        raise Refusal(503, f"Version {number} can't be read at the moment.") from None
    return _json(b'%s,"document":%s}' % (as_json(data)[:-1], words.encode()))


def _fitting(scope: Scope, asked: DocumentFilter) -> Any:
    if asked.after > changes.newest()[0]:
        raise Refusal(
            400,
            "This cursor is from the future: the feed is not that far. Its database may have been "
            "restored from a backup. Start again without a cursor.",
            parameter="after",
        )
    rows = scope.changes(ItemKind.DOCUMENT).filter(number__gt=asked.after)
    if not asked.after and not asked.modified_after:
        # Who begins has nothing to delete.
        rows = rows.filter(state=State.ACTIVE)
    if asked.modified_after:
        rows = rows.filter(modified__gte=int(asked.modified_after.timestamp() * 1000))
    if asked.school_key:
        rows = rows.filter(school_key=asked.school_key)
    return rows


def _row(scope: Scope, key: UUID, locale: str) -> Change:
    # As with a key, small and capital letters are the same.
    row = scope.changes(ItemKind.DOCUMENT).filter(item_id=key, locale__iexact=locale).first()
    if row is None:
        raise Refusal(404, "No document has this key and language here.")
    if not row.is_live:
        raise Refusal(410, "This document is no longer offered.", state=row.state)
    return row


def _removed(versions: list[Version]) -> dict[str, list[Json]]:
    """Return what was removed from Versions, by the hashes of their texts."""
    rows = list(Redaction.objects.filter(text_sha256__in={each.text_id for each in versions}))
    return {
        row.text_sha256: redacted(x for x in rows if x.text_sha256 == row.text_sha256)
        for row in rows
    }


def _version(found: Version, here: str, removed: dict[str, list[Json]]) -> Json:
    withdrawal: Withdrawal | None = getattr(found, "withdrawal", None)
    return without_empty(
        {
            "version": found.number,
            "document_url": f"{here}/versions/{found.number}",
            "published": moment(found.created_at),
            "change_note": found.change_note,
            "sha256": found.text_id,
            "redactions": removed.get(found.text_id),
            "record_hash": found.record_hash,
            "previous_hash": found.previous_hash,
            "withdrawn": withdrawal and moment(withdrawal.created_at),
            "reason": withdrawal and _in_english(withdrawal.reason_text),
        }
    )


def _in_english(text: Any) -> str:
    """Return a text of ours, whoever asks: one answer is kept for all."""
    with override("en"):
        return str(text)


def _versions_of(row: Change) -> Any:
    return Version.objects.filter(document_key=row.item_id, locale=row.locale)


def _address(scope: Scope, row: Change) -> str:
    return scope.url(f"{PATH}/{row.item_id}/{row.locale}")


def _next(request: HttpRequest, cursor: int) -> str:
    query = request.GET.copy()
    query["after"] = str(cursor)
    return request.scope.url(f"{PATH}?{query.urlencode()}")


def _json(content: bytes) -> HttpResponse:
    return HttpResponse(content, content_type="application/json")
