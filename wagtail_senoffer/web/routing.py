"""How a request finds a face: dots that Wagtail does not route, and pages that are gone."""

from collections.abc import Callable, Iterator
from itertools import accumulate

import swapper
from django.apps import apps
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import Resolver404, resolve, reverse
from django.utils.encoding import escape_uri_path
from wagtail.models import Site
from wagtail.views import serve

from ..models.documents import DocumentMixin
from ..models.versions import DocumentHead, heads
from . import faces
from .place import Place
from .views import face


def serve_dotted(request: HttpRequest, path: str) -> HttpResponse:
    """Route `…/document.json` and `…/versions/1..2/` as Wagtail routes pages.

    With its hooks, so with its privacy.
    """
    return serve(request, faces.inner_path(path))


class FormerPagesMiddleware:
    """Answers at former addresses, where nothing else did.

    Of a deleted page from the record, with 410 and its versions; never for a page that was not
    for everyone. Below a page that was renamed or moved, it leads to the same face of it: its
    Versions keep their addresses for good.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        response = self.get_response(request)
        # A page that stands there now has the last word, also on what it has not.
        if response.status_code != 404 or getattr(response, "explained", False):
            return response
        return _former(request) or _moved(request) or response


def _former(request: HttpRequest) -> HttpResponse | None:
    site = Site.find_for_request(request)
    if site is None:
        return None
    for base, rest in _splits(request.path):
        # As Wagtail writes addresses: a slug may have letters that no URL has.
        path = escape_uri_path(base)
        head = _head_at(site, path)
        if head and not _is_private(site, base):
            return _face(request, Place.of_head(head, site.root_url + path), rest)
    return None


def _moved(request: HttpRequest) -> HttpResponse | None:
    """Lead below a page's new address as Wagtail's redirects, if installed, lead to the page."""
    if not apps.is_installed("wagtail.contrib.redirects"):
        return None
    from wagtail.contrib.redirects.middleware import get_redirect
    from wagtail.contrib.redirects.models import Redirect

    for base, rest in _splits(request.path):
        found = rest and get_redirect(request, Redirect.normalise_path(base, decode_unicode=False))
        page = found and found.redirect_page
        if page and isinstance(page.specific_deferred, DocumentMixin):
            return HttpResponsePermanentRedirect(f"{found.link.rstrip('/')}/{rest}")
    return None


def _head_at(site: Site, path: str) -> DocumentHead | None:
    """Return the head of the document that stood at a path of a Site last."""
    # The column holds whole addresses; the Site may have got another scheme since, or a port.
    ports = ("", f":{site.port}")
    roots = {f"{scheme}://{site.hostname}{port}" for scheme in ("https", "http") for port in ports}
    roots -= {root.root_url for root in Site.get_site_root_paths() if root.site_id != site.pk}
    urls = [url for root in roots if len(url := root + path) <= 700]
    found = heads().filter(former_url__in=urls, latest__withdrawal__isnull=False)
    return found.order_by("-latest__withdrawal__created_at", "-pk").first()


def _is_private(site: Site, path: str) -> bool:
    """Say whether a page that a path leads by is not for everyone today."""
    mount = reverse("wagtail_serve", args=("",))
    inner = path.removeprefix(mount) if path.startswith(mount) else ""
    slugs = [f"{slug}/" for slug in inner.split("/") if slug]
    roots = [root.root_path for root in Site.get_site_root_paths() if root.site_id == site.pk]
    on_the_way = [url_path for root in roots for url_path in accumulate(slugs, initial=root)]
    pages = swapper.load_model("wagtailcore", "Page").objects.filter(url_path__in=on_the_way)
    return any(page.get_view_restrictions() for page in pages)


def _splits(path: str) -> Iterator[tuple[str, str]]:
    """Yield the ways to read a path as the address of a page and a face below it."""
    if path.endswith("/"):
        yield path, ""
    base, mark, rest = path.rpartition("/versions/")
    if mark:
        yield f"{base}/", f"versions/{rest}"
    elif path.endswith("/document.json"):
        yield path.removesuffix("document.json"), "document.json"


def _face(request: HttpRequest, place: Place, rest: str) -> HttpResponse | None:
    try:
        found = resolve("/" + faces.inner_path(rest), urlconf=faces.__name__)
        response = face(request, place, found.func, found.kwargs)
    except (Resolver404, Http404):
        return None
    return response.render() if hasattr(response, "render") else response
