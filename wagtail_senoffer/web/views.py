"""The public views. They read Versions and nothing else."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponsePermanentRedirect,
    HttpResponseRedirect,
)
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_http_date_safe
from django.utils.translation import gettext as _

from .. import comparison as comparing
from .. import publishing
from ..document import Document, Unreadable
from ..models.documents import DocumentMixin
from ..models.versions import DocumentHead, Version, Withdrawal, heads
from ..removal import redactions_of
from ..rulesets import Kind
from . import history, records
from .headers import link_versions
from .place import Place
from .reading import outline

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


def serve_page(
    request: HttpRequest,
    page: DocumentMixin,
    view: Callable[..., HttpResponse],
    arguments: dict[str, Any],
) -> HttpResponse:
    """Answer with a face at a page."""
    return face(request, Place.of_page(page), view, arguments)


def face(
    request: HttpRequest, place: Place, view: Callable[..., HttpResponse], arguments: dict[str, Any]
) -> HttpResponse:
    """Answer with a face. Only reading is allowed; what can't be shown gets a page that says why.

    Raises Http404 for a document that the public can't read here at all.
    """
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    head = place.head()
    if head is None:
        raise Http404(_("This page has not been published."))
    try:
        return view(request, place, head, **arguments)
    except NotThere as error:
        return _explained(request, place, head, error.message, error.status)
    except Unreadable as error:
        # Not the reader's fault, and not for good: a newer release can read it.
        return _explained(request, place, head, error.message, 503)


def current(request: HttpRequest, place: Place, head: DocumentHead) -> HttpResponse:
    """Show the page as it was published last; 410 if it was withdrawn."""
    if head.offered is None:
        return _gone(request, place, head, head.withdrawal)
    response = _page(request, place, head.offered, assurances=head.offered.assurances.all())
    link_versions(response, place, head)
    return response


def versions(request: HttpRequest, place: Place, head: DocumentHead) -> HttpResponse:
    """List the Versions of the document, newest first."""
    page, entries = history.listing(place, head, request.GET.get("page"))
    documents = [each.document for each in entries if each.document]
    context = {
        "place": place,
        "page": place.page,
        "head": head,
        "listing": page,
        "entries": entries,
        "title": documents[0].title if documents else "",
    }
    response = TemplateResponse(request, "wagtail_senoffer/versions.html", context)
    link_versions(response, place, head)
    return response


def versions_json(request: HttpRequest, place: Place, head: DocumentHead) -> HttpResponse:
    """Answer with the list of Versions and their hashes, as JSON."""
    page, entries = history.listing(place, head, request.GET.get("page"))
    return _json(records.listing(place, head, page, entries))


def version(request: HttpRequest, place: Place, head: DocumentHead, number: int) -> HttpResponse:
    """Show the page as it stood in one of its Versions."""
    return _memento(request, place, head, _version(place, number))


def version_json(
    request: HttpRequest, place: Place, head: DocumentHead, number: int
) -> HttpResponse:
    """Answer with one Version and its Document, as JSON."""
    return _json(records.record(place, head, _version(place, number)))


def on_day(request: HttpRequest, place: Place, head: DocumentHead, day: str) -> HttpResponse:
    """Show the page as it stood at the end of a day, or now for today; 410 if it was withdrawn."""
    found = _on_day(place, day)
    if withdrawal := _withdrawn_on(found, day):
        return _gone(request, place, head, withdrawal)
    response = _memento(request, place, head, found, day=_day(day))
    response["Content-Location"] = f"{place.full_url}versions/{found.number}/"
    return response


def on_day_json(request: HttpRequest, place: Place, head: DocumentHead, day: str) -> HttpResponse:
    """Answer with the Version in force on a day, as JSON."""
    found = _on_day(place, day)
    if withdrawal := _withdrawn_on(found, day):
        return _json(records.gone(place, head, withdrawal), status=410)
    return _json(records.record(place, head, found))


def timegate(request: HttpRequest, place: Place, head: DocumentHead) -> HttpResponse:
    """Redirect to the Version of the moment that Accept-Datetime names (RFC 7089, section 4.2)."""
    asked = request.headers.get("accept-datetime")
    found: Version = head.latest
    if asked:
        seconds = parse_http_date_safe(asked)
        if seconds is None:
            raise NotThere(_("Accept-Datetime must be a date as HTTP writes it."), 400)
        moment = timezone.datetime.fromtimestamp(seconds + 1, tz=timezone.get_default_timezone())
        # Before the first Version, the first is the nearest.
        found = history.in_force(place, moment) or place.versions().earliest("number")
    response = HttpResponseRedirect(f"{place.full_url}versions/{found.number}/")
    link_versions(response, place, head)
    patch_vary_headers(response, ["accept-datetime"])
    return response


def comparison(
    request: HttpRequest, place: Place, head: DocumentHead, first: int, second: int
) -> HttpResponse:
    """Show what changed from one Version to another, section by section."""
    if first >= second:
        last = f"{second}..{first}" if first > second else f"{first}"
        return HttpResponsePermanentRedirect(f"{place.url}versions/{last}/")
    before, after = _version(place, first), _version(place, second)
    context = {
        "place": place,
        "page": place.page,
        "head": head,
        "before": before,
        "after": after,
        "document": after.document(),
        "comparison": comparing.compare(before.document(), after.document()),
        "redactions": _redactions(before, after),
        "range": _around(head, first, second),
    }
    response = TemplateResponse(request, "wagtail_senoffer/comparison.html", context)
    link_versions(response, place, head)
    return response


def comparison_json(
    request: HttpRequest, place: Place, head: DocumentHead, first: int, second: int
) -> HttpResponse:
    """Answer with what changed from one Version to another, as JSON."""
    if first >= second:
        raise NotThere(_("Name an earlier version first, then a later one."))
    before, after = _version(place, first), _version(place, second)
    return _json(records.comparison(place, before, after))


def current_json(request: HttpRequest, place: Place, head: DocumentHead) -> HttpResponse:
    """Answer with the newest Version and its Document, as JSON."""
    if head.offered is None:
        return _json(records.gone(place, head, head.withdrawal), status=410)
    return _json(records.record(place, head, head.offered))


def preview(request: HttpRequest, page: DocumentMixin) -> HttpResponse:
    """Show a page that is being edited, from a Document that is not stored."""
    document, problems = publishing.examine(page)
    if document is None:
        context = {"page": page, "problems": problems}
        return TemplateResponse(request, "wagtail_senoffer/no_preview.html", context)
    errors = [problem for problem in problems if problem.is_error]
    warnings = [problem for problem in problems if not problem.is_error]
    told = {"problems": problems, "errors": errors, "warnings": warnings}
    return _drawn(request, Place.of_page(page), document, **told)


def _memento(
    request: HttpRequest, place: Place, head: DocumentHead, found: Version, **more: Any
) -> HttpResponse:
    response = _page(request, place, found, head=head, redactions=_redactions(found), **more)
    link_versions(response, place, head, found)
    return response


def _page(request: HttpRequest, place: Place, found: Version, **context: Any) -> HttpResponse:
    return _drawn(request, place, found.document(), version=found, **context)


def _drawn(request: HttpRequest, place: Place, document: Document, **context: Any) -> HttpResponse:
    context |= {
        "place": place,
        "page": place.page,
        "document": document,
        "outline": outline(document),
        "today": timezone.localdate(),
        "siblings": _documents(place) if document.kind is Kind.SCHOOL else (),
    }
    return TemplateResponse(request, TEMPLATES[document.kind], context)


def _version(place: Place, number: int) -> Version:
    found = place.versions().select_related("withdrawal").filter(number=number).first()
    if found is None:
        raise NotThere(_("There is no Version %(number)d of this page.") % {"number": number})
    return found


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotThere(_("There is no such day: %(day)s.") % {"day": text}) from None


def _on_day(place: Place, text: str) -> Version:
    day = _day(text)
    if day > timezone.localdate():
        raise NotThere(_("That day is still to come."))
    found = history.in_force(place, history.end_of(day))
    if found is None:
        raise NotThere(_("Nothing had been published on this page by that day."))
    return found


def _withdrawn_on(found: Version, day: str) -> Withdrawal | None:
    withdrawal = getattr(found, "withdrawal", None)
    gone = withdrawal and withdrawal.created_at < history.end_of(_day(day))
    return withdrawal if gone else None


def _redactions(*versions: Version) -> list[Any]:
    found = redactions_of(each.text_id for each in versions)
    return [redaction for redactions in found.values() for redaction in redactions]


def _around(head: DocumentHead, first: int, second: int) -> dict[str, Any]:
    """Return the neighbouring comparisons that a reader may want to go on to."""
    return {
        "earlier": (first - 1, first) if first > 1 else None,
        "later": (second, second + 1) if second < head.latest.number else None,
    }


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


def _gone(
    request: HttpRequest, place: Place, head: DocumentHead, withdrawal: Withdrawal
) -> HttpResponse:
    context = {"place": place, "page": place.page, "head": head, "withdrawal": withdrawal}
    response = TemplateResponse(request, "wagtail_senoffer/gone.html", context, status=410)
    link_versions(response, place, head)
    return response


def _explained(
    request: HttpRequest, place: Place, head: DocumentHead, message: str, status: int
) -> HttpResponse:
    if request.path.endswith(".json"):
        problem = {"title": message, "status": status}
        return _json(problem, status=status, content_type="application/problem+json")
    context = {"place": place, "page": place.page, "head": head, "message": message}
    return TemplateResponse(request, "wagtail_senoffer/not_there.html", context, status=status)


def _json(
    data: dict[str, Any], status: int = 200, content_type: str = "application/json"
) -> HttpResponse:
    text = json.dumps(data, ensure_ascii=False, indent=2)
    return HttpResponse(text, content_type=content_type, status=status)
