"""What a long history costs beside a short one: to read its list, and to add to it."""

import statistics
import time
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from example_site import content
from tests import factories
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
    seconds = _interleaved(subjects, LIST_ROUNDS)
    queries = {count: _queries(act(-1)) for count, act in subjects.items()}
    print(f"{connection.vendor}, {history.PER_PAGE} to a page; ms: {_milliseconds(seconds)}")
    return all(
        (
            _told(
                f"the list of {LONG} against {SHORT}",
                seconds[str(LONG)] / seconds[str(SHORT)],
                MAX_LIST,
            ),
            _equal("the list", queries),
        )
    )


def _publish(home: Any) -> bool:
    long = _report(home, "published-often", 500 - WARM_UP - PUBLISH_ROUNDS // 2)
    subjects = {"500th": _publisher(lambda number: long), "second": _second(home)}
    seconds = _interleaved(subjects, PUBLISH_ROUNDS)
    queries = {name: _queries(prepare(-1)) for name, prepare in subjects.items()}
    print(f"{connection.vendor}, publishing; ms: {_milliseconds(seconds)}")
    return all(
        (
            _told(
                "publishing the 500th Version against the second",
                seconds["500th"] / seconds["second"],
                MAX_PUBLISH,
            ),
            _equal("publishing", queries),
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


def _interleaved(
    subjects: dict[str, Callable[[int], Callable[[], Any]]], rounds: int
) -> dict[str, float]:
    """Return the median seconds of each subject, measured in turns."""
    times: dict[str, list[float]] = {name: [] for name in subjects}
    for number in range(rounds + WARM_UP):
        for name, prepare in subjects.items():
            act = prepare(number)
            start = time.perf_counter()
            act()
            if number >= WARM_UP:
                times[name].append(time.perf_counter() - start)
    return {name: statistics.median(found) for name, found in times.items()}


def _queries(act: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as captured:
        act()
    return len(captured)


def _milliseconds(seconds: dict[str, float]) -> str:
    return ", ".join(f"{name} {value * 1000:.1f}" for name, value in seconds.items())


def _told(name: str, value: float, limit: float) -> bool:
    held = value <= limit
    print(f"{'ok  ' if held else 'MISS'} {name}: {value:.2f} (at most {limit})")
    return held


def _equal(name: str, queries: dict[str, int]) -> bool:
    held = len(set(queries.values())) == 1
    told = ", ".join(f"{key} {count}" for key, count in queries.items())
    print(f"{'ok  ' if held else 'MISS'} {name}, the same number of queries: {told}")
    return held
