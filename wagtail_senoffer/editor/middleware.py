"""Turns a refused publish into a message, on whichever admin view it came up."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse

from .. import publishing
from . import guards


class RefusalMiddleware:
    """Sends the editor of a refused page to its form, where the draft is, with the list.

    A workflow's last approval, for example, publishes in a view that knows no refusal.
    Its transaction is rolled back, so the page still waits for approval.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Return a redirect for a refused publish, None for every other exception."""
        if not isinstance(error, publishing.Refused):
            return None
        if not request.path.startswith(reverse("wagtailadmin_home")):
            return None
        page = error.page
        guards.tell(request, page, error.problems)
        # A page that was refused while it was being made has no form to go to.
        url = (
            reverse("wagtailadmin_pages:edit", args=[page.pk])
            if type(page).objects.filter(pk=page.pk).exists()
            else reverse("wagtailadmin_explore_root")
        )
        if request.headers.get("x-requested-with") == "XMLHttpRequest":
            # The workflow dialog takes its next step from JSON.
            return JsonResponse({"step": "success", "redirect": url})
        return redirect(url)
