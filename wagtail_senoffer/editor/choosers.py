"""What Wagtail's page chooser offers: never a page of a school that the user may not edit (P9)."""

from functools import reduce
from operator import or_
from typing import Any

import swapper
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.http import Http404
from wagtail.models import GroupPagePermission

from ..tree import document_types


def hide_other_schools(pages: Any, request: Any) -> Any:
    """Return the pages without schools, and pages below them, that a user may not edit.

    The website's other pages stay: they are nobody's in particular, and schools link to them.
    """
    user = request.user
    if user.is_superuser:
        return pages
    found = GroupPagePermission.objects.filter(group__user=user)
    own = Q(pk__in=())
    for path in found.values_list("page__path", flat=True).distinct():
        own |= Q(path__startswith=path)
    others = _documents().exclude(own) if user.is_active else _documents()
    tops = _tops(others)
    _refuse_to_open(request, tops)
    hidden = [Q(path__startswith=path) for path in tops]
    return pages.exclude(reduce(or_, hidden)) if hidden else pages


def _refuse_to_open(request: Any, tops: list[str]) -> None:
    """Raise Http404 where the chooser is opened at a hidden page: it would show its title."""
    match = getattr(request, "resolver_match", None)
    key = match.kwargs.get("parent_page_id") if match else None
    path = _pages().filter(pk=key).values_list("path", flat=True).first() if key else None
    if path and path.startswith(tuple(tops)):
        raise Http404


def _pages() -> Any:
    return swapper.load_model("wagtailcore", "Page")._default_manager


def _documents() -> Any:
    types = ContentType.objects.get_for_models(
        *document_types(), for_concrete_models=False
    ).values()
    return _pages().filter(content_type__in=types).order_by("path")


def _tops(pages: Any) -> list[str]:
    """Return the paths of those pages that are below no other of them."""
    tops: list[str] = []
    for path in pages.values_list("path", flat=True):
        if not tops or not path.startswith(tops[-1]):
            tops.append(path)
    return tops
