"""What a long history costs beside a short one: to read its list, and to add to it."""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from example_site import content
from tests import factories
from tests.bench.measure import at_most, equal, interleaved, milliseconds
from wagtail_senoffer import history, record
from wagtail_senoffer.document import Words
from wagtail_senoffer.models import SENInformationReportPage
from wagtail_senoffer.publishing import Shelf

LIST_ROUNDS, PUBLISH_ROUNDS, WARM_UP = 60, 40, 5
LONG, SHORT = 1_000, 10
MAX_LIST, MAX_PUBLISH = 1.5, 1.1
_CHANGED_SECTIONS = 3


def run() -> int:
    """Print each ratio with its limit; return 1 if one is missed."""
    home = factories.make_home()
    return int(not all((_list(home), _publish(home))))


def _list(home: Any) -> bool:
    reports = {count: _report(home, f"with-{count}", count) for count in (LONG, SHORT)}
    client = Client(headers={"host": "school.example"})
    subjects = {str(count): _reader(client, page) for count, page in reports.items()}
    seconds = interleaved(subjects, LIST_ROUNDS)
    queries = {count: _queries(act(-1)) for count, act in subjects.items()}
    print(f"{connection.vendor}, {history.PER_PAGE} to a page; {milliseconds(seconds)}")
    return all(
        (
            at_most(
                f"the list of {LONG} against {SHORT}",
                seconds[str(LONG)] / seconds[str(SHORT)],
                MAX_LIST,
            ),
            equal("the list, the same number of queries", queries),
        )
    )


def _publish(home: Any) -> bool:
    long = _report(home, "published-often", 500 - WARM_UP - PUBLISH_ROUNDS // 2)
    subjects = {"500th": _publisher(lambda number: long), "second": _second(home)}
    seconds = interleaved(subjects, PUBLISH_ROUNDS)
    queries = {name: _queries(prepare(-1)) for name, prepare in subjects.items()}
    print(f"{connection.vendor}, publishing; {milliseconds(seconds)}")
    return all(
        (
            at_most(
                "publishing the 500th Version against the second",
                seconds["500th"] / seconds["second"],
                MAX_PUBLISH,
            ),
            equal("publishing, the same number of queries", queries),
        )
    )


def _report(home: Any, slug: str, count: int) -> SENInformationReportPage:
    """Make a report of a school of its own, with so many Versions."""
    page: SENInformationReportPage = factories.make_report(factories.make_school(home, slug))
    content.publish(page)
    document = page.build_document(Shelf(page.school_key, page.language))
    for number in range(2, count + 1):
        text = f"These words are of Version {number}."
        said = Words(html=f"<p>{text}</p>", text=text)
        changed = [
            each.model_copy(update={"body": said}) for each in document.sections[:_CHANGED_SECTIONS]
        ]
        sections = (*changed, *document.sections[_CHANGED_SECTIONS:])
        newer = document.model_copy(update={"sections": sections})
        shelf = Shelf(page.school_key, page.language)
        record.append(shelf, newer, newer.canonical_text(), "")
    return page


def _reader(client: Client, page: Any) -> Callable[[int], Callable[[], Any]]:
    path = f"{page.get_url()}versions/"

    def read() -> None:
        assert client.get(path).status_code == 200

    return lambda number: read


def _publisher(page_of: Callable[[int], Any]) -> Callable[[int], Callable[[], Any]]:
    """Return what prepares the n-th publish: a changed draft, outside the measured time."""

    def prepare(number: int) -> Callable[[], Any]:
        page = page_of(number)
        fresh = type(page).objects.get(pk=page.pk)
        fresh.approved_by = f"Board {number}"
        return fresh.save_revision().publish

    return prepare


def _second(home: Any) -> Callable[[int], Callable[[], Any]]:
    """Return what prepares to publish the second Version of yet another report."""
    return _publisher(lambda number: _report(home, f"published-once-{number}", 1))


def _queries(act: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as captured:
        act()
    return len(captured)
