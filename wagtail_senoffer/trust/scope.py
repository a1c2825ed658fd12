"""Of which schools somebody may read how they stand: those they edit, and those they read (P9)."""

from functools import reduce
from operator import or_
from typing import Any

from django.db.models import CharField, Q, Value
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
    return schools.filter(_kept(user, "read", _readable_by))


def editable(user: Any) -> Any:
    """Return the schools whose pages a user may edit or publish, as a queryset of pages."""
    schools = SchoolPage.objects.all()
    return schools if user.is_superuser else schools.filter(_kept(user, "edit", editable_by))


def reads_any(user: Any) -> bool:
    """Say whether there is any school of which a user may read how it stands."""
    found: bool = _kept(user, "any", lambda user: readable(user).exists())
    return found


def places(user: Any) -> list[tuple[str, str]]:
    """Return path and council of each school whose state a user may read: what filters offer."""
    schools = readable(user).order_by()
    found: list[tuple[str, str]] = _kept(
        user, "places", lambda user: list(schools.values_list("path", "la_name"))
    )
    # And the menus need not ask.
    _kept(user, "any", lambda user: bool(found))
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
    paths = _editing(user).values_list("page__path", flat=True).distinct()
    return _any(Q(path__startswith=path) for path in paths)


def _readable_by(user: Any) -> Q:
    """Return the condition that a user may read of a school: what they edit, and what they read."""
    if not user.is_active:
        return _NOBODY
    read = SchoolReader.objects.filter(group__user=user).values_list("page__path", "la_name")
    edited = _editing(user).values_list("page__path", Value("", CharField()))
    return _any(
        Q(path__startswith=path, **({"la_name": council} if council else {}))
        for path, council in read.union(edited)
    )


def _editing(user: Any) -> Any:
    return GroupPagePermission.objects.filter(group__user=user, permission__codename__in=_MAY_SEE)


def _any(conditions: Any) -> Q:
    return reduce(or_, conditions, _NOBODY)
