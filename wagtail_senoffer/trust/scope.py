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
    if user.is_superuser:
        return schools
    return schools.filter(_kept(user, "read", _read) | _kept(user, "edit", editable_by))


def editable(user: Any) -> Any:
    """Return the schools whose pages a user may edit or publish, as a queryset of pages."""
    schools = SchoolPage.objects.all()
    return schools if user.is_superuser else schools.filter(_kept(user, "edit", editable_by))


def reads_any(user: Any) -> bool:
    """Say whether there is any school of which a user may read how it stands."""
    found: bool = _kept(user, "any", lambda user: readable(user).exists())
    return found


def _kept(user: Any, name: str, find: Any) -> Any:
    """Return what was found of a user before: menus ask it several times a request.

    As Django keeps a user's permissions: on the object, which lives as long as a request.
    """
    kept = getattr(user, "_senoffer_scope", None)
    if kept is None:
        kept = user._senoffer_scope = {}
    if name not in kept:
        kept[name] = find(user)
    return kept[name]


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
