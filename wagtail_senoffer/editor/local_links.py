"""Links to the website's own pages and documents: the database knows where they lead."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import unquote, urlsplit

import swapper
from django.apps import apps
from django.conf import settings
from django.db.models import Q
from django.urls import Resolver404, resolve
from django.utils import translation
from wagtail.documents import get_document_model
from wagtail.models import Site

from ..suggestions import Fault, LinkFault


@dataclass(frozen=True)
class _Place:
    """Where an address of the website leads: the url_path of a page, or a document's key."""

    page: str = ""
    document: int | None = None


def own_places(urls: Iterable[str]) -> dict[str, Any]:
    """Return, for those addresses that are the website's own, where they lead, if we know."""
    sites, root_of = list(Site.objects.select_related("root_page")), cache(_root)
    return {url: _place(url, site, root_of) for url in urls if (site := _site(url, sites))}


def _site(url: str, sites: list[Any]) -> Any:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    for site in sites:
        if host == site.hostname and port in (None, 80, 443, site.port):
            return site
    return None


def _place(url: str, site: Any, root_of: Callable[[Any, str], str]) -> _Place | None:
    path = unquote(urlsplit(url).path) or "/"
    # Where a project has `i18n_patterns`, an address is known in its own language only.
    language = translation.get_language_from_path(path) or ""
    try:
        with translation.override(language or settings.LANGUAGE_CODE):
            match = resolve(path)
    except Resolver404:
        return None
    if match.url_name == "wagtail_serve":
        below = "".join(f"{each}/" for each in (match.args or ("",))[0].split("/") if each)
        # The language that is still there is the name of a page.
        is_page = below.startswith(f"{language}/")
        return _Place(page=root_of(site, "" if is_page else language) + below)
    key = match.args[0] if match.url_name == "wagtaildocs_serve" else ""
    # More digits than this are no key, and some databases choke on them.
    return _Place(document=int(key)) if 0 < len(key) < 19 else None


def _root(site: Any, language: str) -> str:
    """Return the url_path of a site's root page, as Wagtail finds it for a language."""
    if not language:
        return str(site.root_page.url_path)
    with translation.override(language):
        return str(site.root_page.localized.url_path)


def own_faults(urls: Iterable[str], school: str = "") -> dict[str, LinkFault]:
    """Return what is wrong with links to the website itself, in a few queries.

    A page that is not there is only said to be gone if no page above it and no redirect
    could answer in its place. Only of what stands below `school`, a url_path, are drafts
    told from what is not there: those of others are nothing to this editor.
    """
    places = {url: place for url, place in own_places(urls).items() if place}
    pages = _pages({place.page for place in places.values() if place.page}, school)
    keys = {place.document for place in places.values() if place.document is not None}
    documents = set(get_document_model().objects.filter(pk__in=keys).values_list("pk", flat=True))
    faults = {
        url: LinkFault(fault)
        for url, place in places.items()
        if (fault := _fault(place, pages, documents))
    }
    gone = [url for url, each in faults.items() if each.fault is Fault.GONE]
    redirected = _redirected(gone) if gone else set()
    return {url: each for url, each in faults.items() if url not in redirected}


def _fault(place: _Place, pages: dict[str, Any], documents: set[int]) -> Fault | None:
    if place.document is not None:
        return None if place.document in documents else Fault.GONE
    page = pages.get(place.page)
    if page is None:
        return None if _may_answer(place.page, pages) else Fault.GONE
    return None if page.live else Fault.UNPUBLISHED


def _pages(url_paths: set[str], school: str) -> dict[str, Any]:
    """Return the pages at some paths, and those above them; drafts of one school only."""
    wanted = {above for path in url_paths for above in _way(path)}
    base = swapper.load_model("wagtailcore", "Page")
    known = Q(live=True) | Q(url_path__startswith=school) if school else Q(live=True)
    found = base._default_manager.filter(known, url_path__in=wanted) if wanted else ()
    return {page.url_path: page for page in found}


def _way(path: str) -> list[str]:
    parts = path.strip("/").split("/")
    return ["/" + "".join(f"{part}/" for part in parts[:end]) for end in range(1, len(parts) + 1)]


def _may_answer(path: str, pages: dict[str, Any]) -> bool:
    """Say whether the nearest page above a path has addresses of its own kind below it."""
    above = [pages[each] for each in _way(path) if each in pages]
    if not above:
        return True
    model, base = above[-1].specific_class, swapper.load_model("wagtailcore", "Page")
    return model is None or model.route is not base.route


def _redirected(urls: list[str]) -> set[str]:
    """Return the addresses that the website's editors redirect elsewhere."""
    if not apps.is_installed("wagtail.contrib.redirects"):
        return set()
    from wagtail.contrib.redirects.models import Redirect

    paths = {url: Redirect.normalise_path(url) for url in urls}
    known = Redirect.objects.filter(old_path__in=set(paths.values()))
    old = set(known.values_list("old_path", flat=True))
    return {url for url, path in paths.items() if path in old}
