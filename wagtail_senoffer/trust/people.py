"""Whose each school is: groups with what they may, people in them, and who is asked to approve."""

import secrets
from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.auth.models import Group, Permission
from django.utils.translation import gettext as _
from wagtail.models import (
    GroupApprovalTask,
    GroupPagePermission,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)

from ..models.roles import SchoolReader
from ..models.rollout import Role, RolledOutGroup

# What each may do at and below the page. Who publishes has to open the page, hence to change it.
MAY = {
    Role.EDITORS: ("add_page", "change_page"),
    Role.MODERATORS: ("change_page", "publish_page"),
    Role.TRUST_EDITORS: ("add_page", "change_page", "publish_page"),
    Role.TRUST_READERS: (),
    Role.COUNCIL_READERS: (),
}
# A trust's editors write its texts, at the pages that they may edit (see texts.py).
_WRITE_TEXTS = tuple(f"{may}_trusttext" for may in ("add", "change", "delete", "publish"))
_READERS = (Role.TRUST_READERS, Role.COUNCIL_READERS)
_LONGEST = 150


def make_group(page: Any, role: Role, name: str, la_name: str = "") -> Group:
    """Return a new group that may at a page what its role may.

    One that has the name already is somebody else's: the new one gets the page's number.
    """
    name = name[: _LONGEST - 20]
    taken = Group.objects.filter(name=name).exists()
    group = Group.objects.create(name=f"{name} ({page.pk})" if taken else name)
    codenames = Permission.objects.filter(content_type__app_label="wagtailcore")
    group.permissions.add(
        Permission.objects.get(codename="access_admin", content_type__app_label="wagtailadmin")
    )
    GroupPagePermission.objects.bulk_create(
        GroupPagePermission(group=group, page_id=page.pk, permission=each)
        for each in codenames.filter(codename__in=MAY[role])
    )
    if role is Role.TRUST_EDITORS:
        texts = Permission.objects.filter(content_type__app_label="wagtail_senoffer")
        group.permissions.add(*texts.filter(codename__in=_WRITE_TEXTS))
    if role in _READERS:
        SchoolReader.objects.create(group=group, page_id=page.pk, la_name=la_name)
    RolledOutGroup.objects.create(page_id=page.pk, role=role, la_name=la_name, group=group)
    return group


def trust_groups(below: Any, councils: Iterable[str]) -> list[tuple[Role, str, str]]:
    """Return (role, name, council) of the groups that a trust of schools lacks."""
    found = RolledOutGroup.objects.filter(page_id=below.pk)
    there = set(found.values_list("role", "la_name"))
    wanted = [
        (Role.TRUST_EDITORS, _("%(trust)s editors") % {"trust": below.title}, ""),
        (Role.TRUST_READERS, _("%(trust)s readers") % {"trust": below.title}, ""),
        *(
            (
                Role.COUNCIL_READERS,
                _("%(council)s readers") % {"council": council},
                council,
            )
            for council in sorted(filter(None, set(councils)))
        ),
    ]
    return [each for each in wanted if (str(each[0]), each[2]) not in there]


def make_user(email: str) -> Any:
    """Return a new user who signs in after having chosen a password by Wagtail's reset.

    That asks for users who have a password, so there is one that nobody knows; it is too long
    for the cost of its hash to matter, which for ninety schools would be a minute.
    """
    model = get_user_model()
    secret = PBKDF2PasswordHasher().encode(
        secrets.token_urlsafe(48), secrets.token_hex(8), iterations=1
    )
    fields = {model.get_email_field_name(): email, model.USERNAME_FIELD: email}
    user = model(**fields, password=secret)
    user.save()
    return user


def ask_to_approve(page: Any, group: Group) -> None:
    """Have a school's documents approved by a group, unless the school has its own way."""
    name = _("Approval for %(school)s") % {"school": page.title}
    workflow = Workflow.objects.create(name=name[:255])
    task = GroupApprovalTask.objects.create(name=name[:255])
    task.groups.add(group)
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    WorkflowPage.objects.create(page_id=page.pk, workflow=workflow)


def has_workflow(page: Any) -> bool:
    """Say whether a page has a workflow of its own."""
    return WorkflowPage.objects.filter(page_id=page.pk).exists()
