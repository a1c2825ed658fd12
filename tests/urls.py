"""The example site's addresses, and Wagtail's API v3 where there is one."""

import wagtail
from django.urls import path

from example_site.urls import urlpatterns as site

urlpatterns = [*site]

if wagtail.VERSION >= (8, 0):
    from wagtail.api.v3.api import api as v3

    urlpatterns.insert(0, path("api/v3/", v3.urls))
