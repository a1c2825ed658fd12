"""The trust's home page."""

from typing import Any

from django.http import HttpRequest
from wagtail.models import Page

from wagtail_senoffer.models import SchoolPage


class TrustHomePage(Page):
    """Lists the schools of the trust."""

    template = "home.html"
    max_count = 1

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the schools that are public."""
        schools = SchoolPage.objects.child_of(self).live().public().order_by("title")
        return super().get_context(request, *args, **kwargs) | {"schools": schools}
