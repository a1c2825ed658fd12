"""The addresses, as the README says to write them."""

from django.urls import include, path

urlpatterns = [
    path("admin/", include("wagtail.admin.urls")),
    path("documents/", include("wagtail.documents.urls")),
    path("", include("wagtail_senoffer.urls")),
    path("", include("wagtail.urls")),
]
