"""Addresses that Wagtail's own pattern does not match. Include them before Wagtail's."""

from django.urls import re_path

from .feed import urls as feed_urls
from .web.routing import serve_dotted

_PATH = r"^(?P<path>(?:[\w\-]+/)*"
_SPAN = r"versions/\d+\.\.\d+/"

urlpatterns = [
    *feed_urls.urlpatterns,
    re_path(rf"{_PATH}(?:{_SPAN})?document\.json)$", serve_dotted, name="senoffer_document_json"),
    re_path(rf"{_PATH}{_SPAN})$", serve_dotted, name="senoffer_comparison"),
]
