"""Where the faces for machines are: any page of a site is enough to find them all."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest
from wagtail.models import Site

from .scope import Scope, UnknownHost, scope_of


@dataclass(frozen=True)
class Face:
    """One address for machines, with what it is and which standard it follows."""

    path: str
    title: str
    media_type: str
    standard: str = ""


_ORUK = "https://openreferraluk.org/"
_RPDE = "https://openactive.io/realtime-paged-data-exchange/"
_ATOM = "https://www.rfc-editor.org/rfc/rfc4287"
_CSV = "https://www.rfc-editor.org/rfc/rfc4180"

OPEN_REFERRAL = "/open-referral/v3"
OPENAPI = f"{OPEN_REFERRAL}/openapi.json"
API_CATALOG = "/.well-known/api-catalog"

SERVICES = Face(
    f"{OPEN_REFERRAL}/services", "SEND services, Open Referral UK", "application/json", _ORUK
)
DUMP = Face(
    f"{OPEN_REFERRAL}/services?format=ndjson",
    "All SEND services in one file, one a line",
    "application/x-ndjson",
    _ORUK,
)
CHANGED_SERVICES = Face(
    f"{OPEN_REFERRAL}/rpde/services",
    "SEND services in the order of their changes, RPDE",
    "application/json",
    _RPDE,
)
DOCUMENTS = Face("/senoffer/documents", "Published documents with their hashes", "application/json")
CHANGES = Face("/senoffer/changes.atom", "Changes, Atom", "application/atom+xml", _ATOM)
OFFERS = Face("/senoffer/offers.csv", "School Offers for a spreadsheet, CSV", "text/csv", _CSV)
CATALOG = Face("/senoffer/catalog.jsonld", "Description of the data", "application/ld+json")

# What a browser or a feed reader is told of, and what a data catalogue lists.
ALTERNATES = (SERVICES, CHANGES, OFFERS)
DISTRIBUTIONS = (SERVICES, DUMP, CHANGED_SERVICES, CHANGES, OFFERS, DOCUMENTS)


def links(root_url: str) -> Iterator[dict[str, str]]:
    """Yield the attributes of the links by which a page of a Site leads to its faces."""
    for face in ALTERNATES:
        yield {
            "rel": "alternate",
            "type": face.media_type,
            "title": face.title,
            "href": f"{root_url}{face.path}",
        }
    yield {"rel": "api-catalog", "href": f"{root_url}{API_CATALOG}"}


def root_url(page: Any, request: HttpRequest | None) -> str:
    """Return the root address of the Site that a page is of, or else of the one asked for; "".

    It costs no query: Wagtail keeps the paths of its Sites. The page comes first, since an
    editor may preview it at another Site's host, and its school is in its own Site's feed.
    """
    parts = page.get_url_parts() if getattr(page, "url_path", "") else None
    if parts and parts[1]:
        return parts[1]
    roots = {root.site_id: root.root_url for root in Site.get_site_root_paths()}
    sites = [Scope(pk, url) for pk, url in roots.items()]
    try:
        return scope_of(request, sites).root_url if request else ""
    except UnknownHost:
        return ""


def publisher(scope: Scope) -> str:
    """Return who publishes what a scope has: the name of its Site, or its host if it has none."""
    # XML can't hold control characters, and a form lets them in.
    return "".join(filter(str.isprintable, scope.name)) or urlsplit(scope.root_url).hostname or ""
