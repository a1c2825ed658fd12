"""What the editor's list costs beside the same form without this app."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from example_site import content
from tests import factories
from tests.bench.measure import at_most, equal, interleaved, milliseconds
from tests.bench.publishing import COPIED
from tests.forms import form_data
from tests.models import PlainPage
from wagtail_senoffer.councils import FIELDS
from wagtail_senoffer.models import SENInformationReportPage

ROUNDS = 40
MAX_TIME = 1.15
JSON = {"accept": "application/json"}


def run() -> int:
    """Print each ratio with its limit; return 1 if one is missed."""
    home = factories.make_home()
    ours = factories.make_report(factories.make_school(home))
    plain = PlainPage(title=ours.title, **{name: getattr(ours, name) for name in COPIED})
    home.add_child(instance=plain)
    for page in (ours, plain):
        content.publish(page)
    desk = Client(headers={"host": "school.example"})
    desk.force_login(User.objects.create_superuser("bench", password="bench"))
    subjects = {
        "load plain": _loads(desk, plain),
        "load ours": _loads(desk, ours),
        "autosave plain": _saves(desk, plain),
        "autosave ours": _saves(desk, ours),
        "the list": lambda number: lambda: _list(desk, ours),
    }
    seconds = interleaved(subjects, ROUNDS)
    print(f"{connection.vendor}, {ROUNDS} rounds, " + milliseconds(seconds))
    load = seconds["load ours"] / seconds["load plain"]
    save = seconds["autosave ours"] / seconds["autosave plain"]
    held = (
        at_most("form with the list, time to load against plain form", load, MAX_TIME),
        at_most("autosave of it, time against plain form", save, MAX_TIME),
        equal("queries of the list, by sections", _queries(desk, ours)),
    )
    return int(not all(held))


def _loads(desk: Client, page: Any) -> Callable[[int], Callable[[], Any]]:
    url = reverse("wagtailadmin_pages:edit", args=[page.pk])
    return lambda number: lambda: _well(desk.get(url))


def _saves(desk: Client, page: Any) -> Callable[[int], Callable[[], Any]]:
    url = reverse("wagtailadmin_pages:edit", args=[page.pk])
    data = form_data(page)

    def prepare(number: int) -> Callable[[], Any]:
        said = data | {"approved_by": f"Board {number}"}
        return lambda: _well(desk.post(url, said, headers=JSON))

    return prepare


def _list(desk: Client, page: Any) -> Any:
    return _well(desk.get(reverse("senoffer_checklist", args=[page.pk])))


def _well(response: Any) -> Any:
    if response.status_code != 200:
        raise RuntimeError(f"Not what a form answers: {response.status_code}")
    return response


def _queries(desk: Client, page: Any) -> dict[str, int]:
    """Return how many queries the list takes, with all sections and with few."""
    found: dict[str, int] = {}
    # Where these are empty the council's contacts are looked up, whatever else is there.
    raw = sorted(page.body.get_prep_value(), key=lambda block: block["type"] not in FIELDS)
    for count in (2, 12, len(raw)):
        draft = SENInformationReportPage.objects.get(pk=page.pk)
        draft.body = draft._meta.get_field("body").stream_block.to_python(raw[:count])
        draft.save_revision(clean=False)
        _list(desk, page)
        with CaptureQueriesContext(connection) as queries:
            _list(desk, page)
        found[str(count)] = len(queries)
    return found
