"""Who is reminded: those who may edit a page, as Wagtail's groups say."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import swapper
from django.contrib.auth import get_user_model
from wagtail.models import GroupPagePermission

from .items import Item

_MAY_EDIT = ("change_page",)


def paths_of(user: Any) -> list[str] | None:
    """Return the paths at and below which a user may edit pages; None for everywhere."""
    if user.is_superuser:
        return None
    found = _permissions().filter(group__user=user)
    return sorted({path for _group, path in found})


def recipients(items: Sequence[Item]) -> list[tuple[Any, list[Item]]]:
    """Return each person who is reminded of something, with what, in the items' order.

    That is who may edit the page by a group of theirs, is active and has an e-mail
    address. A superuser is reminded of nothing that no group of theirs is for.
    """
    groups = defaultdict(set)
    for group, path in _permissions():
        groups[path].add(group)
    concerned: dict[int, list[Item]] = defaultdict(list)
    for item in items:
        for group in {each for path in _upwards(item.place.path) for each in groups.get(path, ())}:
            concerned[group].append(item)
    found = []
    for user, memberships in _members(concerned):
        mine = {id(item) for group in memberships for item in concerned[group]}
        found.append((user, [item for item in items if id(item) in mine]))
    return found


def _permissions() -> Any:
    """Return the groups that may edit pages, each with the path of a page."""
    found = GroupPagePermission.objects.filter(permission__codename__in=_MAY_EDIT)
    return found.values_list("group_id", "page__path").distinct()


def _upwards(path: str) -> Iterable[str]:
    """Return a page's path and those of the pages that it stands below."""
    step = swapper.load_model("wagtailcore", "Page").steplen
    return (path[:end] for end in range(step, len(path) + 1, step))


def _members(groups: Iterable[int]) -> list[tuple[Any, set[int]]]:
    """Return the active members of groups who have an e-mail address, with their groups."""
    model = get_user_model()
    memberships: dict[Any, set[int]] = defaultdict(set)
    rows = model._default_manager.filter(groups__in=list(groups), is_active=True)
    for user, group in rows.values_list("pk", "groups"):
        memberships[user].add(group)
    users = model._default_manager.filter(pk__in=memberships).select_related("wagtail_userprofile")
    return [(user, memberships[user.pk]) for user in users.order_by("pk") if user.email]
