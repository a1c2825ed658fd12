"""Whose schools a request gets: those of the Site at its host, or of all Sites.

The host only chooses among the Sites; no address in an answer is made of it.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import urlsplit

from django.db import connections, router
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from wagtail.models import Site

from .. import changes, conf
from ..models.feed import Change, FeedHead, ItemKind, Listing, State

# All that has to be known of each request, in one question, since it is asked each time.
_NOW = (
    f"SELECT site.id, site.hostname, site.port, site.site_name, {changes.LOOK} "  # noqa: S608
    f"FROM {Site._meta.db_table} site LEFT JOIN {FeedHead._meta.db_table} head ON head.id = %s"
)


class UnknownHost(Exception):
    """No Site of the installation has the host that was asked."""


@dataclass(frozen=True)
class Scope:
    """One Site's schools, or with `everywhere` those of all.

    `root_url` has no slash at its end; `name` is the Site's, or "".
    """

    site_pk: int
    root_url: str
    everywhere: bool = False
    name: str = ""

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


def now(request: HttpRequest) -> tuple[Scope, tuple[int, int]]:
    """Return whose schools a request gets, and number and time of the newest change.

    Raises UnknownHost. Wagtail's own list of Sites is kept by each process for an hour: who
    asked two of them in turn would get numbers of a list that the other has no longer.
    """
    with connections[router.db_for_read(FeedHead)].cursor() as cursor:
        cursor.execute(_NOW, [True, FeedHead.ONLY])
        rows = cursor.fetchall()
    sites = [
        Scope(pk, _root_url(hostname, port), name=name) for pk, hostname, port, name, *_ in rows
    ]
    return scope_of(request, sites), changes.newest(rows[0][4:])


def scope_of(request: HttpRequest, sites: list[Scope]) -> Scope:
    """Return which of all Sites' scopes a request gets.

    Raises UnknownHost: Wagtail would fall back to another Site.
    """
    host = request.get_host().lower()
    name = urlsplit(f"//{host}").hostname
    same_name = [each for each in sites if urlsplit(each.root_url).hostname == name]
    exact = [each for each in same_name if urlsplit(each.root_url).netloc.lower() == host]
    # Behind a proxy the port may be another one; where only one Site has the name, it is that.
    found = exact or (same_name if len(same_name) == 1 else [])
    if not found:
        raise UnknownHost(host)
    everywhere = name == conf.get("FEED_HOST").lower() or len(sites) == 1
    return replace(found[0], everywhere=everywhere)


@lru_cache(maxsize=1024)
def _root_url(hostname: str, port: int) -> str:
    return Site(hostname=hostname, port=port).root_url
