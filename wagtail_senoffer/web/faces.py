"""The addresses below a page. Each view takes the request and the page."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.current),
    path("versions/", views.versions),
    path("versions/<int:number>/", views.version),
    # Reached as document.json (see urls.py): Wagtail routes no dots.
    path("document-json/", views.current_json),
    path("versions/<int:number>/document-json/", views.version_json),
]
