"""What is there already of some schools: read together, in the same queries however many."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import swapper
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.db.models.functions import Lower
from wagtail.models import Site, WorkflowState

from ..models.pages import SchoolPage
from ..models.reports import SchoolDocumentMixin
from ..models.rollout import RegisterEntry, RolledOutGroup, RolledOutSchool
from .drafts import draft_urn
from .plan import School


class Known:
    """Pages, sites, people and what was rolled out before, of some schools below a page."""

    def __init__(self, schools: Iterable[School], below: Any) -> None:
        schools = list(schools)
        urns = {each.urn for each in schools}
        former = {before.urn for each in schools for before in each.before}
        self.pages = _pages(urns | former, below)
        keys = [page.pk for pages in self.pages.values() for page in pages]
        self.memories = RolledOutSchool.objects.in_bulk(keys)
        self.entries = RegisterEntry.objects.in_bulk(urns, field_name="urn")
        self.slugs = set(below.get_children().values_list("slug", flat=True))
        self.kinds = _kinds_below(self.pages)
        self.sites = list(Site.objects.all())
        self.port = _usual_port(below, self.sites)
        self.waiting = _waiting(keys)
        self.users = _users({email for each in schools for email in _emails(each)})
        found = RolledOutGroup.objects.filter(page__in=keys).select_related("group")
        self.groups = {(each.page_id, each.role): each.group for each in found}


def _usual_port(below: Any, sites: list[Any]) -> int:
    """Return the port of the site that the schools stand in: what one has, all have."""
    ports = {site.root_page_id: site.port for site in sites}
    above = below.get_ancestors(inclusive=True).filter(pk__in=ports).order_by("-depth")
    return ports.get(above.values_list("pk", flat=True).first(), 443)


def _waiting(keys: list[Any]) -> set[Any]:
    """Return which pages wait for somebody's approval."""
    found = WorkflowState.objects.active().filter(
        base_content_type=ContentType.objects.get_for_model(
            swapper.load_model("wagtailcore", "Page")
        ),
        object_id__in=[str(key) for key in keys],
    )
    there = set(found.values_list("object_id", flat=True))
    return {key for key in keys if str(key) in there}


def _emails(school: School) -> Iterable[str]:
    return (*school.editors, *school.moderators)


def _pages(urns: set[str], below: Any) -> dict[str, list[Any]]:
    """Return the pages that have the URNs, of the language in which schools are set up.

    One that has another URN in its draft than in public is there under both.
    """
    in_draft = Q(
        live=True, has_unpublished_changes=True, latest_revision__content__urn__in=list(urns)
    )
    found = SchoolPage.objects.filter(Q(urn__in=urns) | in_draft, locale_id=below.locale_id)
    pages = defaultdict(list)
    for page in found.select_related("latest_revision", "locale").order_by("path"):
        for urn in {page.urn, draft_urn(page)} & urns:
            pages[urn].append(page)
    return dict(pages)


def _kinds_below(pages: dict[str, list[Any]]) -> dict[int, set[str]]:
    """Return which kinds of documents stand below each of the schools."""
    paths = {page.path: page.pk for found in pages.values() for page in found}
    kinds: dict[int, set[str]] = {key: set() for key in paths.values()}
    if not paths:
        return kinds
    length = SchoolPage.steplen
    for model in SchoolDocumentMixin.__subclasses__():
        for concrete in _concrete(model):
            rows = concrete._default_manager.filter(
                depth__in={len(path) // length + 1 for path in paths}
            )
            for path in rows.values_list("path", flat=True):
                if (key := paths.get(path[:-length])) is not None:
                    kinds[key].add(str(concrete.kind))
    return kinds


def _concrete(model: Any) -> Iterable[Any]:
    if not model._meta.abstract:
        yield model
    for below in model.__subclasses__():
        yield from _concrete(below)


def _users(emails: set[str]) -> dict[str, list[Any]]:
    model = get_user_model()
    field = model.get_email_field_name()
    found = defaultdict(list)
    if emails:
        users = model._default_manager.annotate(rollout_email=Lower(field))
        for user in users.filter(
            Q(rollout_email__in=emails) | Q(**{f"{model.USERNAME_FIELD}__in": emails})
        ):
            found[(getattr(user, field) or user.get_username()).lower()].append(user)
    return dict(found)
