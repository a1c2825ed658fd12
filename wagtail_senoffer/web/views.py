"""The public views. They read Versions and nothing else."""

from collections.abc import Callable
from datetime import UTC, date, datetime
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
from django.utils.http import parse_http_date
from django.utils.translation import gettext as _

from .. import comparison as comparing
from .. import history, publishing
from ..document import Unreadable
from ..models.documents import DocumentMixin
from ..models.versions import DocumentHead, Version, Withdrawal, end_of
from . import records
from .answers import NotThere, as_json, drawn, explained, gone, memento, redactions, shown
from .headers import link_versions
from .place import Place


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
        return explained(request, place, head, error.message, error.status)
    except Unreadable as error:
        # Not the reader's fault, and not for good: a newer release can read it.
        return explained(request, place, head, error.message, 503)


def current(request: HttpRequest, place: Place, head: DocumentHead) -> HttpResponse:
    """Show the page as it was published last; 410 if it was withdrawn."""
    if head.offered is None:
        return gone(request, place, head, head.withdrawal)
    response = shown(request, place, head.offered, assurances=head.offered.assurances.all())
    link_versions(response, place, head)
    return response


def versions(request: HttpRequest, place: Place, head: DocumentHead) -> HttpResponse:
    """List the Versions of the document, newest first."""
    page, entries = history.listing(head, request.GET.get("page"))
    documents = [each.document for each in entries if each.document]
    context = {
        "place": place,
        "page": place.page,
        "head": head,
        "listing": page,
        "entries": entries,
        "document": documents[0] if documents else None,
    }
    response = TemplateResponse(request, "wagtail_senoffer/versions.html", context)
    link_versions(response, place, head)
    return response


def versions_json(request: HttpRequest, place: Place, head: DocumentHead) -> HttpResponse:
    """Answer with the list of Versions and their hashes, as JSON."""
    page, entries = history.listing(head, request.GET.get("page"))
    response = as_json(records.listing(place, head, page, entries))
    link_versions(response, place, head)
    return response


def version(request: HttpRequest, place: Place, head: DocumentHead, number: int) -> HttpResponse:
    """Show the page as it stood in one of its Versions."""
    return memento(request, place, head, _version(place, number))


def version_json(
    request: HttpRequest, place: Place, head: DocumentHead, number: int
) -> HttpResponse:
    """Answer with one Version and its Document, as JSON."""
    return _memento_json(place, head, _version(place, number))


def on_day(request: HttpRequest, place: Place, head: DocumentHead, day: str) -> HttpResponse:
    """Show the page as it stood at the end of a day, or now for today; 410 if it was withdrawn."""
    found = _on_day(head, day)
    if withdrawal := _withdrawn_on(found, day):
        return gone(request, place, head, withdrawal)
    response = memento(request, place, head, found, day=_day(day))
    response["Content-Location"] = f"{place.full_url}versions/{found.number}/"
    return response


def on_day_json(request: HttpRequest, place: Place, head: DocumentHead, day: str) -> HttpResponse:
    """Answer with the Version in force on a day, as JSON."""
    found = _on_day(head, day)
    if withdrawal := _withdrawn_on(found, day):
        return _gone_json(place, head, withdrawal)
    response = _memento_json(place, head, found)
    response["Content-Location"] = f"{place.full_url}versions/{found.number}/document.json"
    return response


def timegate_json(request: HttpRequest, place: Place, head: DocumentHead) -> HttpResponse:
    """Redirect as the TimeGate does, to the JSON of that Version."""
    return timegate(request, place, head, "document.json")


def timegate(
    request: HttpRequest, place: Place, head: DocumentHead, inner: str = ""
) -> HttpResponse:
    """Redirect to the Version of the moment that Accept-Datetime names (RFC 7089, section 4.2)."""
    asked = request.headers.get("accept-datetime")
    found: Version = head.latest
    if asked:
        # Before the first Version, the first is the nearest.
        found = history.in_force(head, _after(asked)) or place.versions().earliest("number")
    response = HttpResponseRedirect(f"{place.full_url}versions/{found.number}/{inner}")
    link_versions(response, place, head, original=True)
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
        "redacted": [(each, found) for each in (before, after) if (found := redactions(each))],
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
    response = as_json(records.comparison(place, before, after))
    link_versions(response, place, head)
    return response


def current_json(request: HttpRequest, place: Place, head: DocumentHead) -> HttpResponse:
    """Answer with the newest Version and its Document, as JSON."""
    if head.offered is None:
        return _gone_json(place, head, head.withdrawal)
    response = as_json(records.record(place, head, head.offered))
    link_versions(response, place, head)
    return response


def preview(request: HttpRequest, page: DocumentMixin) -> HttpResponse:
    """Show a page that is being edited, from a Document that is not stored."""
    document, problems = publishing.examine(page)
    if document is None:
        context = {"page": page, "problems": problems}
        return TemplateResponse(request, "wagtail_senoffer/no_preview.html", context)
    errors = [problem for problem in problems if problem.is_error]
    warnings = [problem for problem in problems if not problem.is_error]
    told = {"previewing": True, "problems": problems, "errors": errors, "warnings": warnings}
    return drawn(request, Place.of_page(page), document, **told)


def _memento_json(place: Place, head: DocumentHead, found: Version) -> HttpResponse:
    response = as_json(records.record(place, head, found))
    link_versions(response, place, head, found)
    return response


def _gone_json(place: Place, head: DocumentHead, withdrawal: Withdrawal) -> HttpResponse:
    response = as_json(records.gone(place, head, withdrawal), status=410)
    link_versions(response, place, head)
    return response


def _after(http_date: str) -> datetime:
    """Return the moment after the second that HTTP names."""
    try:
        return datetime.fromtimestamp(parse_http_date(http_date) + 1, tz=UTC)
    # The last second of the year 9999 has none after it.
    except (ValueError, OverflowError):
        raise NotThere(_("Accept-Datetime must be a date as HTTP writes it."), 400) from None


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


def _on_day(head: DocumentHead, text: str) -> Version:
    day = _day(text)
    if day > timezone.localdate():
        raise NotThere(_("That day is still to come."))
    found = history.in_force(head, end_of(day))
    if found is None:
        raise NotThere(_("Nothing had been published on this page by that day."))
    return found


def _withdrawn_on(found: Version, day: str) -> Withdrawal | None:
    withdrawal = getattr(found, "withdrawal", None)
    over = withdrawal and withdrawal.created_at < end_of(_day(day))
    return withdrawal if over else None


def _around(head: DocumentHead, first: int, second: int) -> dict[str, Any]:
    """Return the neighbouring comparisons that a reader may want to go on to."""
    return {
        "earlier": (first - 1, first) if first > 1 else None,
        "later": (second, second + 1) if second < head.latest.number else None,
    }
