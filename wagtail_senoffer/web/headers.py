"""Headers by which machines find their way through versions: RFC 5829 and Memento (RFC 7089)."""

from datetime import datetime

from django.http import HttpResponse
from django.utils.http import http_date

from ..models.versions import DocumentHead, Version
from .place import Place


def http_moment(moment: datetime) -> str:
    """Return a moment as HTTP writes it."""
    return http_date(moment.timestamp())


def link_versions(
    response: HttpResponse,
    place: Place,
    head: DocumentHead,
    version: Version | None = None,
    *,
    original: bool = False,
) -> None:
    """Add the Link header of a face, and Memento-Datetime where it shows one Version for good.

    A Version and a TimeGate name the page that they belong to as the `original`.
    """
    base, number = place.full_url, version.number if version else head.latest.number
    links = {
        "version-history": f"{base}versions/",
        "latest-version": base,
        "timegate": f"{base}versions/at/",
    }
    if number > 1:
        links["predecessor-version"] = f"{base}versions/{number - 1}/"
    if number < head.latest.number:
        links["successor-version"] = f"{base}versions/{number + 1}/"
    if version or original:
        links["original"] = base
    if version:
        response["Memento-Datetime"] = http_moment(version.created_at)
    response["Link"] = ", ".join(f'<{url}>; rel="{rel}"' for rel, url in links.items())
