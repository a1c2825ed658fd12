"""Addresses that Wagtail's own pattern does not match. Include them before Wagtail's."""

from django.urls import re_path

from .web.views import document_json

urlpatterns = [
    re_path(
        r"^(?P<path>(?:[\w\-]+/)*)document\.json$", document_json, name="senoffer_document_json"
    ),
]
