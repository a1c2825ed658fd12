"""Lets machines in by a door of their own: what they ask needs no session and no sign-in."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from . import urls
from .discovery import API_CATALOG, OPEN_REFERRAL

_ROOTS = (OPEN_REFERRAL, "/senoffer/", API_CATALOG)


class FeedMiddleware:
    """Answers at the feed's addresses without asking the middleware that stands below it.

    Who harvests has no session, no sign-in and no language; to look for them takes as long as
    the answer. Without this middleware the feed is the same, only slower.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        if not request.path_info.startswith(_ROOTS):
            return self.get_response(request)
        try:
            request.resolver_match = match = resolve(request.path_info, urlconf=urls)
        except Resolver404:
            return self.get_response(request)
        response = match.func(request, *match.args, **match.kwargs)
        if not response.streaming:
            # Elsewhere Django's CommonMiddleware does this.
            response["Content-Length"] = str(len(response.content))
        return response
