"""What Wagtail's page chooser offers: never a page of a school that the user may not edit (P9)."""

from functools import reduce
from operator import or_
from typing import Any

from django.apps import apps
from django.db.models import Q
from wagtail.models import GroupPagePermission

from ..models.documents import DocumentMixin


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
    hidden = [Q(path__startswith=path) for path in _tops(others)]
    return pages.exclude(reduce(or_, hidden)) if hidden else pages


def _documents() -> Any:
    import swapper
    from django.contrib.contenttypes.models import ContentType

    models = [model for model in apps.get_models() if issubclass(model, DocumentMixin)]
    types = ContentType.objects.get_for_models(*models, for_concrete_models=False).values()
    base = swapper.load_model("wagtailcore", "Page")
    return base._default_manager.filter(content_type__in=types).order_by("path")


def _tops(pages: Any) -> list[str]:
    """Return the paths of those pages that are below no other of them."""
    tops: list[str] = []
    for path in pages.values_list("path", flat=True):
        if not tops or not path.startswith(tops[-1]):
            tops.append(path)
    return tops
