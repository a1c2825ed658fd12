"""What publishing costs beside the same page without this app."""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from example_site import content
from tests import factories
from tests.bench.measure import at_most, interleaved, milliseconds
from tests.models import PlainPage
from wagtail_senoffer import conf
from wagtail_senoffer.completeness import find_problems
from wagtail_senoffer.publishing import Shelf

ROUNDS = 120
MAX_TIME, MAX_QUERIES, MAX_BUILD = 1.3, 15, 0.25
COPIED = ("introduction", "body", "academic_year", "approved_by", "approved_on", "review_date")


def run() -> int:
    """Print each ratio with its limit; return 1 if one is missed."""
    home = factories.make_home()
    ours = factories.make_report(factories.make_school(home))
    plain = PlainPage(title=ours.title, **{name: getattr(ours, name) for name in COPIED})
    home.add_child(instance=plain)
    for page in (ours, plain):
        page.tags.add("autism", "speech and language")
        content.publish(page)
    subjects = {
        "plain": _publisher(plain),
        "ours": _publisher(ours),
        "build": lambda number: lambda: _build_and_check(ours),
    }
    seconds = interleaved(subjects, ROUNDS, warm_up=10)
    ratio = seconds["ours"] / seconds["plain"]
    build = seconds["build"] / seconds["plain"]
    queries = _queries(ours) - _queries(plain)
    print(f"{connection.vendor}, {ROUNDS} rounds, " + milliseconds(seconds))
    return int(
        not all(
            (
                at_most("publish, time against plain page", ratio, MAX_TIME),
                at_most("publish, queries beyond plain page", queries, MAX_QUERIES),
                at_most("build and check against plain publish", build, MAX_BUILD),
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


def _queries(page: Any) -> int:
    act = _publisher(page)(-1)
    with CaptureQueriesContext(connection) as captured:
        act()
    return len(captured)
