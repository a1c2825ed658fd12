"""Of which schools somebody may read how they stand: those they edit, and those they read (P9)."""

from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q
from wagtail.models import GroupPagePermission

from ..models.pages import SchoolPage
from ..models.roles import SchoolReader

# Who may do either sees the pages in Wagtail, and so what they lack.
_MAY_SEE = ("change_page", "publish_page")
_NOBODY = Q(pk__in=())


def readable(user: Any) -> Any:
    """Return the schools whose state a user may read, as a queryset of pages."""
    schools = SchoolPage.objects.all()
    return schools if user.is_superuser else schools.filter(_read(user) | editable_by(user))


def editable(user: Any) -> Any:
    """Return the schools whose pages a user may edit or publish, as a queryset of pages."""
    schools = SchoolPage.objects.all()
    return schools if user.is_superuser else schools.filter(editable_by(user))


def editable_by(user: Any) -> Q:
    """Return the condition that a user may edit or publish at a page or above it."""
    if not user.is_active:
        return _NOBODY
    found = GroupPagePermission.objects.filter(group__user=user, permission__codename__in=_MAY_SEE)
    return _any(Q(path__startswith=path) for path in _distinct(found))


def _read(user: Any) -> Q:
    if not user.is_active:
        return _NOBODY
    found = SchoolReader.objects.filter(group__user=user)
    rows = found.values_list("page__path", "la_name").distinct()
    return _any(
        Q(path__startswith=path, **({"la_name": council} if council else {}))
        for path, council in rows
    )


def _distinct(found: Any) -> Any:
    return found.values_list("page__path", flat=True).distinct()


def _any(conditions: Any) -> Q:
    return reduce(or_, conditions, _NOBODY)
