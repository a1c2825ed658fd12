"""Addresses of a site whose pages are not at its root."""

from django.urls import include, path
from wagtail import urls as wagtail_urls

urlpatterns = [
    path("pages/", include("wagtail_senoffer.urls")),
    path("pages/", include(wagtail_urls)),
]
