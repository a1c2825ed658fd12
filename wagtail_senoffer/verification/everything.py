"""Runs all checks, in the order in which what one finds is mended before the next looks."""

from collections.abc import Iterator

from ..models.versions import DocumentText, Version
from .chain import check_events, check_redactions, check_versions
from .feed import check_feed
from .findings import Finding
from .heads import check_heads, check_triggers
from .pages import check_pages, models, pages, pages_of
from .rows import Reader
from .texts import check_texts

_TITLES = 500


def check_everything(reader: Reader) -> Iterator[Finding]:
    """Yield all that is wrong with the record and its pages; titles where there is a page."""
    titles: dict[tuple[str, str], str] = {}
    for check in (
        check_triggers,
        check_texts,
        check_versions,
        check_events,
        check_redactions,
        check_heads,
        check_pages,
        check_feed,
    ):
        for finding in check(reader):
            yield finding if finding.title else finding.titled(_title(finding, titles))


def how_much() -> int:
    """Return about how many rows a Reader will count, for a progress bar."""
    live = sum(pages(model).filter(live=True).count() for model in models())
    return DocumentText.objects.count() + Version.objects.count() + live


def _title(finding: Finding, titles: dict[tuple[str, str], str]) -> str:
    """Return the title of a finding's page, or "" if there is none."""
    place = finding.document_key, finding.locale
    if place not in titles:
        if len(titles) == _TITLES:
            titles.clear()
        titles[place] = next((title for *_page, title in pages_of(*place)), "")
    return titles[place]
