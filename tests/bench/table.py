"""What the table of schools and sections costs: a thousand schools beside ninety."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import Page

from example_site import content
from tests import factories, office
from tests.bench.measure import at_most, equal, interleaved, milliseconds
from tests.trust.test_trust_text import trust_text
from wagtail_senoffer import compliance
from wagtail_senoffer.document import sha256
from wagtail_senoffer.models import DocumentHead, DocumentText, SchoolReader, Version

PLACES, ROUNDS = {"few": 90, "many": 1000}, 5
MAX_QUERIES, MAX_PAGE = 20, 1.5
# As the schools grow, and a tenth for what a busy machine does meanwhile.
MAX_WHOLE = PLACES["many"] / PLACES["few"] * 1.1
WHOLE = {"export": "csv"}
WORST_FIRST = {"ordering": "state"}


def run() -> int:
    """Print each ratio with its limit; return 1 if one is missed."""
    home = factories.make_home()
    trust_text(home)
    report = factories.make_report(factories.make_school(home))
    content.publish(report)
    desks = {}
    for name, count in PLACES.items():
        place = Page(title=name, slug=name)
        Page.objects.get(pk=home.pk).add_child(instance=place)
        _copy(type(report).objects.get(pk=report.pk), place, count)
        desks[name] = _desk(name, place)
    seconds = interleaved(
        {
            f"{what}, {name}": _asks(desks[name], query)
            for what, query in (("page", {}), ("whole", WHOLE), ("worst", WORST_FIRST))
            for name in PLACES
        },
        ROUNDS,
        warm_up=1,
    )
    print(f"{connection.vendor}, {PLACES} schools, " + milliseconds(seconds))
    ratio = {what: seconds[f"{what}, many"] / seconds[f"{what}, few"] for what in _names(seconds)}
    queries = {name: _queries(desks[name], {}) for name in PLACES}
    held = (
        at_most("first page, 1,000 schools against 90", ratio["page"], MAX_PAGE),
        at_most("whole spreadsheet, 1,000 schools against 90", ratio["whole"], MAX_WHOLE),
        at_most("worst schools first, 1,000 against 90", ratio["worst"], MAX_WHOLE),
        at_most("queries of a page", max(queries.values()), MAX_QUERIES),
        equal("queries of a page, by schools", queries),
        equal("and of the spreadsheet", {name: _queries(desks[name], WHOLE) for name in PLACES}),
    )
    return int(not all(held))


def _names(seconds: dict[str, float]) -> list[str]:
    return list(dict.fromkeys(name.partition(",")[0] for name in seconds))


def _desk(name: str, place: Page) -> Client:
    user = office.person(name)
    SchoolReader.objects.create(group=user.groups.get(), page=place, la_name="")
    desk = Client(headers={"host": "school.example"})
    desk.force_login(user)
    return desk


def _asks(desk: Client, query: dict[str, str]) -> Callable[[int], Callable[[], Any]]:
    def prepare(number: int) -> Callable[[], Any]:
        # Each has to read the words, however often they were read before.
        compliance.judged.cache_clear()
        return lambda: _well(desk.get(reverse("senoffer_schools"), query))

    return prepare


def _well(response: Any) -> bytes:
    if response.status_code != 200:
        raise RuntimeError(f"Not what a table answers: {response.status_code}")
    return b"".join(response.streaming_content) if response.streaming else response.content


def _queries(desk: Client, query: dict[str, str]) -> int:
    with CaptureQueriesContext(connection) as found:
        _well(desk.get(reverse("senoffer_schools"), query))
    return len(found)


# --- a thousand schools in no time: rows, not publishing, which is another benchmark's


def _copy(report: Any, place: Page, count: int) -> None:
    """Put copies of a school and its published report below a page."""
    text = Version.objects.get(document_key=report.document_key).text.text
    for number in range(1, count + 1):
        school = _row(report.school, place.path, place.depth, number)
        page = _row(report, school.path, school.depth, 1)
        own = text.replace(str(report.document_key), str(page.document_key))
        own = own.replace(str(report.school.document_key), str(school.document_key))
        _publish(page, school, own)


def _row(page: Any, above: str, depth: int, number: int) -> Any:
    """Add a copy of a page's row below a path, past all that saving does."""
    copy = type(page).objects.get(pk=page.pk)
    copy.pk = copy.id = copy.page_ptr_id = None
    copy.path, copy.depth = page._get_path(above, depth + 1, number), depth + 1
    copy.slug, copy.url_path = f"{page.slug}-{number}", f"{page.url_path}{uuid4()}/"
    copy.title = copy.draft_title = f"{page.title} {number}"
    copy.translation_key, copy.document_key = uuid4(), uuid4()
    copy.latest_revision = copy.live_revision = None
    copy._state.adding = True
    base = Page(
        **{each.attname: getattr(copy, each.attname) for each in Page._meta.concrete_fields}
    )
    Page.objects.bulk_create([base])
    copy.pk = copy.id = copy.page_ptr_id = base.pk
    copy.save_base(raw=True, force_insert=True)
    return copy


def _publish(page: Any, school: Any, text: str) -> None:
    DocumentText.objects.create(sha256=sha256(text), text=text)
    version = Version(
        document_key=page.document_key,
        locale=page.language,
        kind=page.kind,
        number=1,
        text_id=sha256(text),
    )
    version.save()
    DocumentHead.objects.create(
        document_key=page.document_key,
        locale=page.language,
        school_key=school.document_key,
        latest=version,
    )
