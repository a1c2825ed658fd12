"""How a request finds a face: dots that Wagtail does not route, and pages that are gone."""

from collections.abc import Callable, Iterator

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.utils.encoding import escape_uri_path
from wagtail.models import Site
from wagtail.views import serve

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
    """Answers at the address of a deleted page from the record: 410, and its versions.

    Only where nothing else answered, and never for a page that was not for everyone.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        response = self.get_response(request)
        # A page that stands there now has the last word, also on what it has not.
        if response.status_code != 404 or getattr(response, "explained", False):
            return response
        return _former(request) or response


def _former(request: HttpRequest) -> HttpResponse | None:
    site = Site.find_for_request(request)
    if site is None:
        return None
    for base, rest in _splits(request.path):
        # As Wagtail writes addresses: a slug may have letters that no URL has.
        head = _head_at(site.root_url + escape_uri_path(base))
        if head:
            return _face(request, head, rest)
    return None


def _head_at(url: str) -> DocumentHead | None:
    """Return the head of the document that stood at an address last."""
    found = heads().filter(former_url=url, latest__withdrawal__isnull=False)
    newest = found.order_by("-latest__withdrawal__created_at", "-pk")
    return newest.first() if len(url) <= 700 else None


def _splits(path: str) -> Iterator[tuple[str, str]]:
    """Yield the ways to read a path as the address of a page and a face below it."""
    if path.endswith("/"):
        yield path, ""
    base, mark, rest = path.rpartition("/versions/")
    if mark:
        yield f"{base}/", f"versions/{rest}"
    elif path.endswith("/document.json"):
        yield path.removesuffix("document.json"), "document.json"


def _face(request: HttpRequest, head: DocumentHead, rest: str) -> HttpResponse | None:
    try:
        found = resolve("/" + faces.inner_path(rest), urlconf=faces.__name__)
        response = face(request, Place.of_head(head), found.func, found.kwargs)
    except (Resolver404, Http404):
        return None
    return response.render() if hasattr(response, "render") else response
