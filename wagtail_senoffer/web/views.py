"""The public views. They read Versions and nothing else."""

import json
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.views import serve

from .. import publishing
from ..document import Document
from ..models.documents import DocumentMixin
from ..models.versions import DocumentHead, Version, heads
from ..rulesets import Kind
from .reading import outline

PER_PAGE = 50
TEMPLATES = {
    Kind.SCHOOL: "wagtail_senoffer/school.html",
    Kind.REPORT: "wagtail_senoffer/document.html",
    Kind.OFFER: "wagtail_senoffer/document.html",
    Kind.STRATEGY: "wagtail_senoffer/document.html",
}


def current(request: HttpRequest, page: DocumentMixin) -> HttpResponse:
    """Show the page as it was published last; 410 if it was withdrawn, 404 if never published."""
    head = _head(page)
    if head.offered is None:
        return _gone(request, page, head)
    return _page(request, page, head.offered.document(), version=head.offered)


def versions(request: HttpRequest, page: DocumentMixin) -> HttpResponse:
    """List the Versions of the page, newest first."""
    head = _head(page)
    found = _versions(page).order_by("-number")
    listing = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "head": head,
        "listing": listing,
        "title": head.latest.document().title,
        "school_url": _school_url(page),
    }
    return TemplateResponse(request, "wagtail_senoffer/versions.html", context)


def version(request: HttpRequest, page: DocumentMixin, number: int) -> HttpResponse:
    """Show the page as it stood in one of its Versions."""
    head, found = _head(page), _version(page, number)
    return _page(request, page, found.document(), version=found, head=head)


def current_json(request: HttpRequest, page: DocumentMixin) -> HttpResponse:
    """Answer with the newest Version and its Document, as JSON."""
    head = _head(page)
    if head.offered is None:
        return _json({"withdrawn": _withdrawal(head)}, status=410)
    return _json(_record(page, head.offered))


def version_json(request: HttpRequest, page: DocumentMixin, number: int) -> HttpResponse:
    """Answer with one Version and its Document, as JSON."""
    _head(page)
    return _json(_record(page, _version(page, number)))


def document_json(request: HttpRequest, path: str) -> HttpResponse:
    """Route `…/document.json` as Wagtail routes pages, with its hooks and its privacy."""
    return serve(request, f"{path}document-json/")


def preview(request: HttpRequest, page: DocumentMixin) -> HttpResponse:
    """Show a page that is being edited, from a Document that is not stored."""
    document, problems = publishing.examine(page)
    if document is None:
        context = {"page": page, "problems": problems}
        return TemplateResponse(request, "wagtail_senoffer/no_preview.html", context)
    errors = [problem for problem in problems if problem.is_error]
    warnings = [problem for problem in problems if not problem.is_error]
    return _page(request, page, document, problems=problems, errors=errors, warnings=warnings)


def _page(
    request: HttpRequest, page: DocumentMixin, document: Document, **context: Any
) -> HttpResponse:
    context |= {
        "page": page,
        "document": document,
        "outline": outline(document),
        "today": timezone.localdate(),
        "school_url": _school_url(page),
        "siblings": _documents(page) if document.kind is Kind.SCHOOL else (),
    }
    return TemplateResponse(request, TEMPLATES[document.kind], context)


def _head(page: DocumentMixin) -> DocumentHead:
    """Return the head of a page that the public may reach, or raise Http404.

    Wagtail routes to children of unpublished pages; the public must not come by there.
    """
    head = heads().filter(document_key=page.document_key, locale=page.language).first()
    if head is None or head.latest is None or page.get_ancestors().filter(live=False).exists():
        raise Http404(_("This page has not been published."))
    return head


def _versions(page: DocumentMixin) -> Any:
    return Version.objects.filter(document_key=page.document_key, locale=page.language)


def _version(page: DocumentMixin, number: int) -> Version:
    found = _versions(page).select_related("text").filter(number=number).first()
    if found is None:
        raise Http404(_("There is no Version %(number)d of this page.") % {"number": number})
    return found


def _documents(page: DocumentMixin) -> list[dict[str, Any]]:
    """Return the school's offered documents with the addresses of their public pages."""
    children = page.get_children().live().public().specific()
    pages = {child.document_key: child for child in children if isinstance(child, DocumentMixin)}
    found = heads().filter(document_key__in=pages, locale=page.language)
    offered = [head.offered for head in found if head.offered]
    order = list(TEMPLATES)
    return [
        {"page": pages[each.document_key], "version": each, "document": each.document()}
        for each in sorted(offered, key=lambda version: order.index(Kind(version.kind)))
    ]


def _school_url(page: DocumentMixin) -> str | None:
    return page.get_parent().get_url() if page.school_key != page.document_key else None


def _withdrawal(head: DocumentHead) -> dict[str, Any]:
    withdrawal = head.withdrawal
    return {"on": withdrawal.created_at.isoformat(), "reason": withdrawal.reason}


def _gone(request: HttpRequest, page: DocumentMixin, head: DocumentHead) -> HttpResponse:
    context = {"page": page, "head": head, "school_url": _school_url(page)}
    return TemplateResponse(request, "wagtail_senoffer/gone.html", context, status=410)


def _record(page: DocumentMixin, found: Version) -> dict[str, Any]:
    """Return a Version with the Document exactly as it was hashed."""
    return {
        "url": page.full_url,
        "version": found.number,
        "published": found.created_at.isoformat(),
        "sha256": found.text_id,
        "record_hash": found.record_hash,
        "previous_hash": found.previous_hash,
        "document": json.loads(found.text.text),
    }


def _json(data: dict[str, Any], status: int = 200) -> HttpResponse:
    text = json.dumps(data, ensure_ascii=False, indent=2)
    return HttpResponse(text, content_type="application/json", status=status)
