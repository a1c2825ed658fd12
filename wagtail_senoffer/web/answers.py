"""What every face answers with: a page drawn from a Document, a message, or JSON."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from .. import history
from ..document import Document
from ..models.documents import DocumentMixin
from ..models.versions import DocumentHead, Version, Withdrawal, heads
from ..removal import redactions_of
from ..rulesets import Kind
from .headers import link_versions
from .place import Place
from .reading import outline, without_blanks

TEMPLATES = {
    Kind.SCHOOL: "wagtail_senoffer/school.html",
    Kind.REPORT: "wagtail_senoffer/document.html",
    Kind.OFFER: "wagtail_senoffer/document.html",
    Kind.STRATEGY: "wagtail_senoffer/document.html",
}


class NotThere(Exception):
    """There is no such face; `message` tells a reader why."""

    def __init__(self, message: str, status: int = 404) -> None:
        super().__init__(message)
        self.message, self.status = message, status


def memento(
    request: HttpRequest, place: Place, head: DocumentHead, found: Version, **more: Any
) -> HttpResponse:
    """Answer with the page as it stood in one of its Versions."""
    response = shown(request, place, found, head=head, redactions=redactions(found), **more)
    link_versions(response, place, head, found)
    return response


def shown(request: HttpRequest, place: Place, found: Version, **context: Any) -> HttpResponse:
    """Answer with a Version's Document. Raises Unreadable if it can't be read."""
    return drawn(request, place, found.document(), version=found, **context)


def drawn(request: HttpRequest, place: Place, document: Document, **context: Any) -> HttpResponse:
    """Answer with a Document as a page for people."""
    document = without_blanks(document)
    context |= {
        "place": place,
        "page": place.page,
        "document": document,
        "outline": outline(document),
        "today": timezone.localdate(),
        "siblings": _documents(place) if document.kind is Kind.SCHOOL else (),
    }
    return TemplateResponse(request, TEMPLATES[document.kind], context)


def redactions(version: Version) -> list[Any]:
    """Return what was removed from the words of a Version."""
    return redactions_of([version.text_id]).get(version.text_id, [])


def _documents(place: Place) -> list[dict[str, Any]]:
    """Return the school's offered documents with the addresses of their public pages."""
    if place.page is None:
        return []
    children = place.page.get_children().live().public().specific()
    pages = {child.document_key: child for child in children if isinstance(child, DocumentMixin)}
    found = heads().filter(document_key__in=pages, locale=place.locale)
    offered = [head.offered for head in found if head.offered]
    order = list(TEMPLATES)
    return [
        {"page": pages[each.document_key], "version": each, "document": document}
        for each in sorted(offered, key=lambda version: order.index(Kind(version.kind)))
        if (document := history.readable(each))
    ]


def gone(
    request: HttpRequest, place: Place, head: DocumentHead, withdrawal: Withdrawal
) -> HttpResponse:
    """Answer that a document is no longer offered, and why."""
    context = {
        "place": place,
        "page": place.page,
        "head": head,
        "document": history.readable(head.latest),
        "withdrawal": withdrawal,
    }
    response = TemplateResponse(request, "wagtail_senoffer/gone.html", context, status=410)
    link_versions(response, place, head)
    return response


def explained(
    request: HttpRequest, place: Place, head: DocumentHead, message: str, status: int
) -> HttpResponse:
    """Answer with a message, to people and to machines alike."""
    if request.path.endswith(".json"):
        problem = {"title": str(message), "status": status}
        response = as_json(problem, status=status, content_type="application/problem+json")
    else:
        context = {"place": place, "page": place.page, "head": head, "message": message}
        response = TemplateResponse(
            request, "wagtail_senoffer/not_there.html", context, status=status
        )
    # FormerPagesMiddleware must not look for another document that stood here once.
    response.explained = True
    return response


def as_json(
    data: dict[str, Any], status: int = 200, content_type: str = "application/json"
) -> HttpResponse:
    """Answer with data."""
    text = json.dumps(data, ensure_ascii=False, indent=2)
    return HttpResponse(text, content_type=content_type, status=status)
