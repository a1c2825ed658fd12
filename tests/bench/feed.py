"""What the feed costs beside an empty view, and beside Wagtail's own APIs."""

import gc
import tracemalloc
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import wagtail
from django.db import connection
from django.test import Client as Test
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from example_site import content
from tests import factories
from tests.bench.measure import at_least, at_most, equal, interleaved, milliseconds
from tests.bench.publishing import COPIED
from tests.bench.server import HOST, Asker, Client, header, served
from tests.models import PlainPage
from wagtail_senoffer import changes
from wagtail_senoffer.feed import dump, wire
from wagtail_senoffer.feed.scope import Scope
from wagtail_senoffer.models import Change, FeedHead, Listing

BASE = "/open-referral/v3"
ROUNDS, WARM_UP = 60, 5
REPORTS, SCHOOLS, TRUSTS, MANY = 20, 600, 24_000, 192_000
MIN_LIST, MIN_CACHED, MIN_304, MIN_DUMP = 0.5, 0.9, 0.6, 0.5
MIN_V2, MIN_V3, MAX_LAST_PAGE, MAX_MEMORY = 25, 8, 1.2, 1.2
_AT_ONCE = 2_000


def run() -> int:
    """Print each ratio with its limit; return 1 if one is missed."""
    # As sites do that are asked often; with a new one for each request, SQLite's is most of it.
    connection.settings_dict["CONN_MAX_AGE"] = None
    hosts = override_settings(ALLOWED_HOSTS=["*"], ROOT_URLCONF="tests.bench.urls")
    with hosts, served() as client:
        return int(not all(_measured(client, Asker(client))))


def _measured(client: Client, asker: Asker) -> list[bool]:
    home = factories.make_home()
    held = list(_against_wagtail(home, asker))
    service = Change.objects.filter(kind="service").first()
    _fill(service, 50 - REPORTS)
    held += _small(client, asker)
    _fill(service, SCHOOLS - 50)
    held += [_queries_do_not_grow(), _dump(client, asker)]
    few = _peak()
    _fill(service, TRUSTS - SCHOOLS)
    held.append(
        at_most(f"memory for a dump of {TRUSTS} against {SCHOOLS}", _peak() / few, MAX_MEMORY)
    )
    _fill(service, MANY - TRUSTS, body=b"{}")
    return [*held, _last_page(asker)]


def _against_wagtail(home: Any, asker: Asker) -> Iterable[bool]:
    """Compare whole reports with the same pages from Wagtail's own APIs."""
    for number in range(REPORTS):
        school = factories.make_school(home, f"school-{number}", urn=f"1900{number:02}")
        report = factories.make_report(school)
        content.publish(report)
        plain = PlainPage(
            title=f"Report {number}", **{name: getattr(report, name) for name in COPIED}
        )
        home.add_child(instance=plain)
    changes.settle()
    ours = f"{BASE}/services?full=true&per_page={REPORTS}"
    subjects = {"ours": asker(ours, fresh=True)}
    path = f"pages/?type=tests.PlainPage&limit={REPORTS}"
    subjects["v2"] = asker(f"/bench/v2/{path}&fields=*")
    limits = {"v2": MIN_V2}
    if wagtail.VERSION >= (8, 0):
        # Its lists have no content: each page is asked for.
        keys = PlainPage.objects.order_by("pk").values_list("pk", flat=True)
        subjects["v3"] = asker(*(f"/api/v3/pages/{pk}/" for pk in keys))
        limits["v3"] = MIN_V3
    seconds = interleaved(subjects, 20)
    print(f"{connection.vendor}, {REPORTS} reports; {milliseconds(seconds)}")
    return [
        at_least(
            f"{REPORTS} full reports, times faster than Wagtail's API {name}",
            seconds[name] / seconds["ours"],
            least,
        )
        for name, least in limits.items()
    ]


def _small(client: Client, asker: Asker) -> list[bool]:
    """Compare 50 items, the same from the cache, and a 304, with an empty view."""
    path = f"{BASE}/services?per_page=50"
    tag = header(client.ask(path)[0], "ETag")
    seconds = interleaved(
        {
            "empty": asker("/bench/empty/"),
            "list": asker(path, fresh=True),
            "cached": asker(path),
            # As harvesters ask.
            "cached, zipped": asker(path, Accept_Encoding="gzip"),
            "304": asker(path, status=304, If_None_Match=tag),
        },
        ROUNDS * 10,
    )
    print(f"{connection.vendor}, 50 items; {milliseconds(seconds)}")
    limits = {
        "list": MIN_LIST,
        "cached": MIN_CACHED,
        "cached, zipped": MIN_CACHED,
        "304": MIN_304,
    }
    return [
        at_least(
            f"{name}, requests a second against an empty view",
            seconds["empty"] / seconds[name],
            least,
        )
        for name, least in limits.items()
    ]


def _queries_do_not_grow() -> bool:
    counts = {}
    for size in (5, 50, 500):
        with CaptureQueriesContext(connection) as captured:
            Test().get(f"{BASE}/services?per_page={size}&full=true", headers={"host": HOST})
        counts[str(size)] = len(captured)
    return equal("items, the same number of queries", counts)


def _dump(client: Client, asker: Asker) -> bool:
    path = f"{BASE}/services?format=ndjson"
    with TemporaryDirectory() as folder, override_settings(WAGTAIL_SENOFFER={"DUMP_DIR": folder}):
        size = len(client.ask(path, Accept_Encoding="gzip")[1])
        seconds = interleaved(
            {
                "empty": asker("/bench/empty/"),
                "dump": asker(path, Accept_Encoding="gzip"),
            },
            ROUNDS,
        )
    print(f"{connection.vendor}, {SCHOOLS} schools, {size} bytes; {milliseconds(seconds)}")
    ratio = seconds["empty"] / seconds["dump"]
    return at_least("whole dump, requests a second against an empty view", ratio, MIN_DUMP)


def _peak() -> int:
    """Return the most memory, in bytes, that a dump takes."""
    gc.collect()
    scope = Scope(0, "", everywhere=True)
    with TemporaryDirectory() as folder:
        tracemalloc.start()
        dump.write(Path(folder) / "dump", wire.lines(dump.services(scope)), zipped=True)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return peak


def _last_page(asker: Asker) -> bool:
    path = f"{BASE}/services?per_page=50&page="
    subjects = {
        "first": asker(f"{path}1", fresh=True),
        "last": asker(f"{path}{MANY // 50}", fresh=True),
    }
    seconds = interleaved(subjects, ROUNDS)
    print(f"{connection.vendor}, {MANY} items; {milliseconds(seconds)}")
    return at_most("last page against first", seconds["last"] / seconds["first"], MAX_LAST_PAGE)


def _fill(service: Change, count: int, **more: Any) -> None:
    """Add so many services to the feed, copies of one but for their ids."""
    for start in range(0, count, _AT_ONCE):
        _add(service, min(_AT_ONCE, count - start), more)


def _add(service: Change, count: int, more: dict[str, Any]) -> None:
    newest, _modified = changes.newest()
    fields = [field.attname for field in Change._meta.concrete_fields if not field.primary_key]
    values = {name: getattr(service, name) for name in fields} | more
    rows = [
        Change(**{**values, "item_id": uuid4(), "number": newest + number})
        for number in range(1, count + 1)
    ]
    Change.objects.bulk_create(rows)
    FeedHead.objects.update(number=newest + count)
    for scope in (service.site_pk, Listing.EVERYWHERE):
        listed = Listing.objects.filter(scope=scope, kind=service.kind)
        last = listed.order_by("position").last().position
        Listing.objects.bulk_create(
            Listing(scope=scope, kind=service.kind, position=last + at, change=row)
            for at, row in enumerate(rows, start=1)
        )
