"""Where everyone can read a page: its address and Site, if nothing on the way to it is private.

Wagtail's `live()` has children of private pages in it, and routes to children of pages that
were unpublished; neither may get into the feed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import swapper
from django.conf import settings
from django.db.models import Q
from django.utils import translation
from wagtail.models import Site, SiteRootPath


@dataclass(frozen=True)
class PublicPlace:
    """An absolute address with a slash at its end and its Site's key, or "" and None."""

    url: str = ""
    site_pk: int | None = None


NOWHERE = PublicPlace()


def public_place(page: Any) -> PublicPlace:
    """Return where everyone can read a page, as its row is."""
    return public_places([page])[page.pk]


def public_places(pages: Iterable[Any]) -> dict[int, PublicPlace]:
    """Return where everyone can read pages, by the page's key: as many queries as for one."""
    pages = list(pages)
    ways = {page.pk: _way(page) for page in pages}
    hidden = _hidden({path for way in ways.values() for path in way})
    roots = _roots()
    return {
        page.pk: NOWHERE if hidden.intersection(ways[page.pk]) else _address(page, roots)
        for page in pages
    }


def _way(page: Any) -> list[str]:
    """Return the tree paths of a page and all that it stands below."""
    step = page.steplen
    return [page.path[:end] for end in range(step, len(page.path) + 1, step)]


def _hidden(paths: set[str]) -> set[str]:
    """Return those of some tree paths where a page is that not everyone can read."""
    pages = _base()._base_manager.filter(path__in=paths)
    found = pages.filter(Q(live=False) | Q(view_restrictions__isnull=False))
    return set(found.values_list("path", flat=True))


def _base() -> Any:
    return swapper.load_model("wagtailcore", "Page")


def _roots() -> list[SiteRootPath]:
    """Return Wagtail's `Site.get_site_root_paths()` as this transaction sees it.

    Wagtail's own is cached for everyone: it may be of before what this transaction does, and
    may not be of something that this transaction does and then undoes.
    """
    order = ("-root_page__url_path", "-is_default_site", "hostname")
    sites = list(Site.objects.select_related("root_page__locale").order_by(*order))
    translated = _translations(site.root_page for site in sites)
    return [
        SiteRootPath(site.pk, root.url_path, site.root_url, root.locale.language_code)
        for site in sites
        for root in translated.get(site.root_page.translation_key, [site.root_page])
    ]


def _translations(roots: Iterable[Any]) -> dict[Any, list[Any]]:
    if not getattr(settings, "WAGTAIL_I18N_ENABLED", False):
        return {}
    found: dict[Any, list[Any]] = {}
    keys = {root.translation_key for root in roots}
    for page in _base()._base_manager.filter(translation_key__in=keys).select_related("locale"):
        found.setdefault(page.translation_key, []).append(page)
    return found


def _address(page: Any, roots: list[SiteRootPath]) -> PublicPlace:
    # Where Wagtail keeps it on a page that was asked before.
    page._wagtail_cached_site_root_paths = roots
    return address_of(page)


def address_of(page: Any) -> PublicPlace:
    """Return where a page would be read, whether everyone may or not, as Wagtail remembers it.

    What it remembers may be out of date for a while after a Site was changed.
    """
    # In the page's language, not in that of whoever is at work.
    with translation.override(page.locale.language_code):
        parts = page.get_url_parts()
    if not parts or parts[2] is None:
        return NOWHERE
    site_pk, root_url, path = parts
    return PublicPlace(f"{root_url}{path}".rstrip("/") + "/", site_pk)
