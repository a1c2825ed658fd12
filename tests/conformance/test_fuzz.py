"""Schemathesis asks our API everything that its description allows, and much that it doesn't.

Ten thousand questions, or as many as CONFORMANCE_EXAMPLES says.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from wagtail.models import Page

from tests.feed.client import BASE

pytestmark = [pytest.mark.conformance, pytest.mark.django_db(transaction=True)]

EXAMPLES = int(os.environ.get("CONFORMANCE_EXAMPLES") or 10_000)
SETTINGS = {
    "seed": 2026,
    # Of each endpoint, and of each way through several; what is drawn twice is asked once.
    "generation": {"max-examples": max(EXAMPLES // 12, 5), "database": "none"},
    # What was withdrawn is 410, however right the question is: that is the sign to delete it.
    "checks": {
        "positive_data_acceptance": {
            "expected-statuses": ["2xx", "3xx", 401, 403, 404, 409, 410, 429, "5xx"]
        },
        # A value that is far too long makes the address too long, which is 414.
        "negative_data_rejection": {
            "expected-statuses": [400, 401, 403, 404, 405, 406, 409, 414, 415, 422, 428, 429]
        },
    },
}
PHASES = {"EXAMPLES", "COVERAGE", "FUZZING", "STATEFUL_TESTING"}
FUTURE = "This cursor is from the future"
App = Callable[[dict[str, Any], Any], Iterable[bytes]]


def at_the_site(app: App) -> App:
    """Ask at the Site's host, and for answers that Werkzeug's client can read."""

    def asked(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        environ["HTTP_HOST"] = "school.example"
        environ.pop("HTTP_ACCEPT_ENCODING", None)
        return app(environ, start)

    return asked


@pytest.fixture
def schema(demo: Page) -> Any:
    """Return our description, as Schemathesis reads it from the application itself."""
    demo.get_children().last().specific.unpublish()
    schema = schemathesis.openapi.from_wsgi(
        f"{BASE}/openapi.json",
        at_the_site(get_wsgi_application()),
        config=SchemathesisConfig.from_dict(SETTINGS),
    )
    schema.hook(filter_failure)
    return schema


def filter_failure(context: Any, failure: Any, case: Any, response: Any) -> bool:
    """Say whether what Schemathesis calls a failure is one.

    A cursor beyond the newest change is a whole number like any other, and refused all the
    same: we promise a harvester to say so when our database was restored from a backup. How
    far the feed is no description of parameters can tell.
    """
    return not (
        type(failure).__name__ == "RejectedPositiveData"
        and case.operation.path == "/senoffer/documents"
        and FUTURE in response.text
    )


def failures(event: Any) -> Iterator[str]:
    """Yield what an event of a run says is wrong, with the question that was asked."""
    if isinstance(event, events.NonFatalError | events.FatalError):
        yield str(event.__dict__ if isinstance(event, events.FatalError) else event.value)
    if isinstance(event, events.ScenarioFinished):
        recorder = event.recorder
        for key, checks in recorder.checks.items():
            for check in checks:
                if check.failure_info:
                    case = recorder.cases[key].value
                    wrong = check.failure_info.failure.message
                    yield f"{check.name}: {case.as_curl_command()}: {wrong}"


def test_schemathesis_finds_nothing(schema: Any) -> None:
    found: set[str] = set()
    asked: Counter[str] = Counter()
    for event in from_schema(schema).execute():
        found.update(failures(event))
        if isinstance(event, events.ScenarioFinished):
            asked[event.phase.name] += len(event.recorder.cases)
    assert found == set()
    assert {phase for phase, number in asked.items() if number} == PHASES
    print(f"{asked.total()} questions: {dict(asked)}")
    assert asked.total() >= EXAMPLES
