"""What publishing costs beside the same page without this app."""

import statistics
import time
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from example_site import content
from tests import factories
from tests.models import PlainPage
from wagtail_senoffer import conf
from wagtail_senoffer.completeness import find_problems
from wagtail_senoffer.publishing import Shelf

ROUNDS = 120
MAX_TIME, MAX_QUERIES, MAX_BUILD = 1.3, 15, 0.25
_COPIED = ("introduction", "body", "academic_year", "approved_by", "approved_on", "review_date")


def run() -> int:
    """Print each ratio with its limit; return 1 if one is missed."""
    home = factories.make_home()
    ours = factories.make_report(factories.make_school(home))
    plain = PlainPage(title=ours.title, **{name: getattr(ours, name) for name in _COPIED})
    home.add_child(instance=plain)
    for page in (ours, plain):
        page.tags.add("autism", "speech and language")
        content.publish(page)
    seconds = _interleaved(
        {
            "plain": _publisher(plain),
            "ours": _publisher(ours),
            "build": lambda number: lambda: _build_and_check(ours),
        }
    )
    ratio = seconds["ours"] / seconds["plain"]
    build = seconds["build"] / seconds["plain"]
    queries = _queries(ours) - _queries(plain)
    print(f"{connection.vendor}, {ROUNDS} rounds, medians; ms: " + _milliseconds(seconds))
    return int(
        not all(
            (
                _told("publish, time against plain page", ratio, MAX_TIME),
                _told("publish, queries beyond plain page", queries, MAX_QUERIES),
                _told("build and check against plain publish", build, MAX_BUILD),
            )
        )
    )


def _publisher(page: Any) -> Callable[[int], Callable[[], Any]]:
    """Return what prepares the n-th publish: a changed draft, outside the measured time."""

    def prepare(number: int) -> Callable[[], Any]:
        fresh = type(page).objects.get(pk=page.pk)
        fresh.approved_by = f"Board {number}"
        return fresh.save_revision().publish

    return prepare


def _build_and_check(page: Any) -> None:
    document = page.build_document(Shelf(page.school_key, page.language))
    document.canonical_text()
    find_problems(document, conf.rulesets(), timezone.localdate())


def _interleaved(subjects: dict[str, Callable[[int], Callable[[], Any]]]) -> dict[str, float]:
    """Return the median seconds of each subject, measured in turns."""
    times: dict[str, list[float]] = {name: [] for name in subjects}
    for number in range(ROUNDS + 10):
        for name, prepare in subjects.items():
            act = prepare(number)
            start = time.perf_counter()
            act()
            if number >= 10:
                times[name].append(time.perf_counter() - start)
    return {name: statistics.median(found) for name, found in times.items()}


def _queries(page: Any) -> int:
    act = _publisher(page)(-1)
    with CaptureQueriesContext(connection) as captured:
        act()
    return len(captured)


def _milliseconds(seconds: dict[str, float]) -> str:
    return ", ".join(f"{name} {value * 1000:.1f}" for name, value in seconds.items())


def _told(name: str, value: float, limit: float) -> bool:
    held = value <= limit
    print(f"{'ok  ' if held else 'MISS'} {name}: {value:.2f} (at most {limit})")
    return held
