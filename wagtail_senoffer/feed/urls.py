"""Addresses of the faces for machines. Include them before Wagtail's."""

from django.urls import path

from . import api_urls, atom, catalog, discovery, offers_csv
from .answers import machine

urlpatterns = [
    path(discovery.CHANGES.path[1:], machine(atom.changes), name="senoffer_changes"),
    path(discovery.OFFERS.path[1:], machine(offers_csv.offers), name="senoffer_offers"),
    path(discovery.CATALOG.path[1:], machine(catalog.catalog), name="senoffer_catalog"),
    path(discovery.API_CATALOG[1:], machine(catalog.api_catalog), name="senoffer_api_catalog"),
    # Last: they refuse what is left below their roots.
    *api_urls.urlpatterns,
]
