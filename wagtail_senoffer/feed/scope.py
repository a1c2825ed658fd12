"""Whose schools a request gets: those of the Site at its host, or of all Sites.

The host only chooses among the Sites; no address in an answer is made of it.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from django.db import connections, router
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from wagtail.models import Site

from .. import conf
from ..models.feed import Change, ItemKind, Listing, State

_SITES = f"SELECT id, hostname, port FROM {Site._meta.db_table}"  # noqa: S608


class UnknownHost(Exception):
    """No Site of the installation has the host that was asked."""


@dataclass(frozen=True)
class Scope:
    """One Site's schools, or with `everywhere` those of all; `root_url` has no slash at its end."""

    site_pk: int
    root_url: str
    everywhere: bool = False

    @property
    def key(self) -> int:
        """The key of the lists that belong to it (see Listing.scope)."""
        return Listing.EVERYWHERE if self.everywhere else self.site_pk

    def changes(self, kind: str) -> QuerySet[Change]:
        """Return the rows of a kind, tombstones among them."""
        rows = Change.objects.filter(kind=kind)
        if self.everywhere:
            return rows.exclude(state=State.MOVED)
        if kind != ItemKind.ORGANIZATION:
            return rows.filter(site_pk=self.site_pk)
        # A trust is of no Site: it is on those whose lists have it.
        shared = self.listed(kind).filter(change__school_key=Change.NO_SCHOOL)
        return rows.filter(Q(site_pk=self.site_pk) | Q(pk__in=shared.values("change")))

    def listed(self, kind: str) -> QuerySet[Listing]:
        """Return the places of the list of a kind."""
        return Listing.objects.filter(scope=self.key, kind=kind)

    def url(self, path: str) -> str:
        """Return the absolute address of a path that begins with a slash."""
        return f"{self.root_url}{path}"


def scope_of(request: HttpRequest, roots: dict[int, str] | None = None) -> Scope:
    """Return whose schools a request gets. Raises UnknownHost: Wagtail would fall back.

    `roots` are the root addresses of all Sites, by their keys, if they are at hand.
    """
    host = request.get_host().lower()
    name = _hostname(host)
    roots = _roots() if roots is None else roots
    same_name = {pk: url for pk, url in roots.items() if urlsplit(url).hostname == name}
    exact = {pk: url for pk, url in same_name.items() if urlsplit(url).netloc.lower() == host}
    # Behind a proxy the port may be another one; where only one Site has the name, it is that.
    found = exact or (same_name if len(same_name) == 1 else {})
    if not found:
        raise UnknownHost(host)
    pk, url = next(iter(found.items()))
    return Scope(pk, url, everywhere=name == conf.get("FEED_HOST").lower() or len(roots) == 1)


def _roots() -> dict[int, str]:
    """Return the root addresses of all Sites, by their keys, as they are now.

    Wagtail's own list is kept by each process for an hour: who asked two of them in turn would
    get numbers of a list that the other has no longer.
    """
    with connections[router.db_for_read(Site)].cursor() as cursor:
        cursor.execute(_SITES)
        return {pk: _root_url(hostname, port) for pk, hostname, port in cursor.fetchall()}


@lru_cache(maxsize=1024)
def _root_url(hostname: str, port: int) -> str:
    return Site(hostname=hostname, port=port).root_url


def _hostname(host: str) -> str | None:
    return urlsplit(f"//{host}").hostname


def scope_of_site(site: Any) -> Scope:
    """Return the scope of a Site, as its own address has it."""
    return Scope(site.pk, site.root_url, everywhere=site.hostname == conf.get("FEED_HOST"))
