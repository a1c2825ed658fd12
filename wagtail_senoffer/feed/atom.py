"""What changed, newest first, as Atom (RFC 4287) with tombstones (RFC 6721), for feed readers.

A page of it changes as documents do; who must miss nothing follows change numbers (RPDE).
"""

import re
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.feedgenerator import Atom1Feed, rfc3339_date
from django.utils.html import escape
from django.utils.translation import override

from ..changes import feed_language
from ..models.feed import Change, ItemKind, State
from ..rulesets import Kind
from . import discovery
from .answers import Refusal, refuse_unknown
from .items import read
from .scope import Scope

PER_PAGE = 50

_TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
_NUMBER = re.compile(r"[1-9][0-9]{0,17}")
_START = datetime.fromtimestamp(0, tz=UTC)
_KINDS = {
    Kind.SCHOOL: "Particulars",
    Kind.REPORT: "SEN information report",
    Kind.OFFER: "School Offer",
    Kind.STRATEGY: "Inclusion strategy",
}


def changes(request: HttpRequest) -> HttpResponse:
    """Answer with the documents that changed last, or last before a change number."""
    refuse_unknown(request, {"before"})
    before = request.GET.get("before")
    if before is not None and not _NUMBER.fullmatch(before):
        raise Refusal(400, "`before` is a change number: 1 or more.", parameter="before")
    rows = _rows(request.scope, int(before) if before else None)
    feed = _feed(request.scope, f"?before={before}" if before else "")
    for row in rows[:PER_PAGE]:
        feed.add(row)
    if len(rows) > PER_PAGE:
        feed.next_url = _url(request.scope, f"?before={rows[PER_PAGE - 1].number}")
    return HttpResponse(feed.written(), content_type=feed.content_type)


def _rows(scope: Scope, before: int | None) -> list[Change]:
    """Return the changes of one page, and one more if there is another page."""
    found = scope.changes(ItemKind.DOCUMENT).filter(number__gt=0)
    if before:
        found = found.filter(number__lt=before)
    found = found.only("number", "modified", "item_id", "locale", "state", "name", "summary")
    return list(found.order_by("-number")[: PER_PAGE + 1])


def _url(scope: Scope, query: str = "") -> str:
    return scope.url(f"{discovery.CHANGES.path}{query}")


def _feed(scope: Scope, query: str) -> "_Feed":
    name = discovery.publisher(scope)
    return _Feed(
        title=f"{name}: special educational needs, what changed",
        link=scope.url("/"),
        description="",
        language="en",
        author_name=name,
        feed_url=_url(scope, query),
        feed_guid=_url(scope),
    )


class _Feed(Atom1Feed):
    """Django's Atom, with pages, tombstones, and each document's data beside its page."""

    next_url = ""

    def add(self, row: Change) -> None:
        """Add a change: a document as it is now, or the tombstone of one that is gone."""
        if row.is_live:
            self.add_item(**_entry(row))
        else:
            state = State(row.state).label
            self.items.append({"ref": _id(row), "updateddate": row.modified_at, "state": state})

    def written(self) -> str:
        """Return the feed as text, its own words in English whoever asks: it is cached."""
        with override("en"):
            return self.writeString("utf-8")

    def latest_post_date(self) -> datetime:
        """Return when the newest change was; with none, a time that stays the same."""
        return max((item["updateddate"] for item in self.items), default=_START)

    def root_attributes(self) -> dict[str, str]:
        """Name the language, and the namespace of tombstones."""
        return super().root_attributes() | {"xmlns:at": _TOMBSTONES}

    def add_root_elements(self, handler: Any) -> None:
        """Write what stands at the top: also the way to older changes."""
        super().add_root_elements(handler)
        if self.next_url:
            handler.addQuickElement("link", "", {"rel": "next", "href": self.next_url})

    def write_items(self, handler: Any) -> None:
        """Write entries and tombstones in the order of the changes."""
        everything = self.items
        for item in everything:
            if "ref" in item:
                _write_tombstone(handler, item)
            else:
                self.items = [item]
                super().write_items(handler)
        self.items = everything

    def item_attributes(self, item: dict[str, Any]) -> dict[str, str]:
        """Say in which language a document is."""
        return {"xml:lang": item["locale"]}

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        """Write an entry, with a link to the same as data."""
        super().add_item_elements(handler, item)
        link = {"rel": "alternate", "type": "application/json", "href": item["document_url"]}
        handler.addQuickElement("link", "", link)


def _write_tombstone(handler: Any, item: dict[str, Any]) -> None:
    when = rfc3339_date(item["updateddate"])
    handler.startElement("at:deleted-entry", {"ref": item["ref"], "when": when})
    handler.addQuickElement("at:comment", str(item["state"]).capitalize())
    handler.endElement("at:deleted-entry")


def _id(row: Change) -> str:
    """Return the id of a document; translations have its key, so they add their language."""
    language = "" if row.locale == feed_language() else f"#{row.locale}"
    return f"urn:uuid:{row.item_id}{language}"


def _entry(row: Change) -> dict[str, Any]:
    about = read(row.summary)
    return {
        "unique_id": _id(row),
        "title": about.get("title") or row.name or about.get("school_name", ""),
        "link": about["url"],
        "document_url": about["document_url"],
        # An Atom summary of Django's is HTML.
        "description": escape(_sentences(about)),
        "author_name": about.get("school_name") or row.name,
        "updateddate": row.modified_at,
        "categories": [about["kind"]],
        "locale": row.locale,
    }


def _sentences(about: dict[str, Any]) -> str:
    kind = _KINDS[Kind(about["kind"])]
    school = f" of {name}" if (name := about.get("school_name")) else ""
    parts = [f"{kind}{school}, version {about['version']}.", about.get("change_note", "")]
    return " ".join(part for part in parts if part)
