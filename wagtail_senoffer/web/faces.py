"""The addresses below a page. Each view takes the request and the place."""

import re

from django.urls import path, re_path

from . import views

_DAY = r"(?P<day>\d{4}-\d{2}-\d{2})"

# Wagtail routes no dots: `document.json` and `versions/1..2/` come as `public_path` writes them.
urlpatterns = [
    path("", views.current),
    path("document-json/", views.current_json),
    path("versions/", views.versions),
    path("versions/document-json/", views.versions_json),
    path("versions/at/", views.timegate),
    path("versions/at/document-json/", views.timegate_json),
    path("versions/<int:number>/", views.version),
    path("versions/<int:number>/document-json/", views.version_json),
    path("versions/<int:first>/to/<int:second>/", views.comparison),
    path("versions/<int:first>/to/<int:second>/document-json/", views.comparison_json),
    re_path(rf"^versions/{_DAY}/$", views.on_day),
    re_path(rf"^versions/{_DAY}/document-json/$", views.on_day_json),
]

_DOTS = re.compile(r"versions/(\d+)\.\.(\d+)/")


def inner_path(public_path: str) -> str:
    """Return the path that the patterns above know for one that the public uses."""
    path_ = _DOTS.sub(r"versions/\1/to/\2/", public_path)
    return re.sub(r"document\.json$", "document-json/", path_)
