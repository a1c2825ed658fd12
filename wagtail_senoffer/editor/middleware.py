"""Turns a refused publish into a message, and hides others' schools, on any admin view."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from wagtail.admin.auth import permission_denied

from .. import publishing
from . import guards, hiding


class RefusalMiddleware:
    """Sends the editor of a refused page to its form, where the draft is, with the list.

    A workflow's last approval, for example, publishes in a view that knows no refusal.
    Its transaction is rolled back, so the page still waits for approval. What Wagtail's views
    would show of other people's schools is hidden here, too (see hiding.py).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Return Wagtail's refusal where one of its views would not ask; else None."""
        return permission_denied(request) if hiding.is_closed(request) else None

    def process_template_response(self, request: HttpRequest, response: Any) -> Any:
        """Return an answer of the admin's without the names of others' schools."""
        if request.path.startswith(reverse("wagtailadmin_home")):
            hiding.narrow(request, response.context_data)
        return response

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
