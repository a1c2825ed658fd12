"""The example site's addresses, and the machine paths that can publish."""

import wagtail
from django.urls import include, path
from wagtail.admin.api.views import PagesAdminAPIViewSet
from wagtail.api.v2.router import WagtailAPIRouter

from example_site.urls import urlpatterns as site

api = WagtailAPIRouter("v2")
api.register_endpoint("pages", PagesAdminAPIViewSet)

urlpatterns = [path("api/v2/", api.urls), *site]

if wagtail.VERSION >= (8, 0):
    from wagtail.api.v3.api import api as v3

    urlpatterns.insert(0, path("api/v3/", v3.urls))
