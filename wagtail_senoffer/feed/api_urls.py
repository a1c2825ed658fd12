"""Addresses of the API: each of its paths as a machine endpoint, and what is near them."""

import re

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import URLPattern, path, re_path

from .answers import Refusal, machine
from .api import BASE, api, details, openapi
from .discovery import API_CATALOG

_ROOT = "api-root"


def _endpoints() -> list[URLPattern]:
    found = [pattern for pattern in api.urls[0] if pattern.name != _ROOT]
    for pattern in found:
        pattern.callback = machine(pattern.callback)
    return found


@machine
def nearly(request: HttpRequest) -> HttpResponse:
    """Lead from an address with a slash too many to the one that is meant, else refuse it.

    Harvesters join a base address, as somebody typed it, to a path.
    """
    meant = re.sub("/{2,}", "/", request.path).rstrip("/")
    if meant == request.path:
        raise Refusal(404, f"There is no such endpoint. {API_CATALOG} tells which there are.")
    query = request.META.get("QUERY_STRING", "")
    return HttpResponsePermanentRedirect(request.scope.url(f"{meant}?{query}" if query else meant))


urlpatterns = [
    *_endpoints(),
    path(f"{BASE[1:]}/", machine(details), name="senoffer_details"),
    path(f"{BASE[1:]}/openapi.json", machine(openapi), name="senoffer_openapi"),
    *(
        re_path(rf"^{re.escape(root)}(?:/|$)", nearly)
        for root in (BASE[1:], "senoffer", API_CATALOG[1:])
    ),
]
