"""The tests' addresses, an empty view, and Wagtail's own APIs to compare with."""

from django.http import HttpResponse
from django.urls import path
from wagtail.api.v2.router import WagtailAPIRouter
from wagtail.api.v2.views import PagesAPIViewSet

from tests.urls import urlpatterns as tested

v2 = WagtailAPIRouter("bench-v2")
v2.register_endpoint("pages", PagesAPIViewSet)

urlpatterns = [
    path("bench/empty/", lambda request: HttpResponse(b"{}")),
    path("bench/v2/", v2.urls),
    *tested,
]
