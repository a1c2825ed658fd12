"""The checklist of the newest draft, for the panel to follow what the form saves."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from ..checklist import checklist
from . import desk
from .suggesting import suggestions_of


@require_GET
@never_cache
def draft(request: HttpRequest, page_id: int) -> HttpResponse:
    """Show what is missing from a page's newest draft to a user who may edit it."""
    page = desk.find_page(request, page_id, "edit")
    newest = page.get_latest_revision_as_object()
    context = {"list": checklist(newest, suggestions_of(newest))}
    return render(request, "wagtail_senoffer/admin/checklist.html", context)
