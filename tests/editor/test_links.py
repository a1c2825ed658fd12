"""What schools' documents link to is tried out, politely, and what came of it is kept."""

from datetime import UTC, datetime, timedelta

import httpcore
import httpx
import pytest
from django.utils import timezone
from wagtail.documents.models import Document as WagtailDocument

from example_site import content
from tests import factories
from tests.test_network import Dialled, client
from tests.web_server import client_for, serving
from wagtail_senoffer import network
from wagtail_senoffer.editor import links
from wagtail_senoffer.editor.links import Answer
from wagtail_senoffer.models import LinkCheck
from wagtail_senoffer.models.desk import LinkState, hash_of
from wagtail_senoffer.suggestions import Fault, LinkFault

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
URL = "https://council.example/policy"


def row(url=URL, **fields):
    return LinkCheck.objects.create(url=url, url_hash=hash_of(url), **fields)


def stored(url=URL):
    return LinkCheck.objects.get(url_hash=hash_of(url))


# --- one address --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (200, Answer(LinkState.OK, 200)),
        (204, Answer(LinkState.OK, 204)),
        (404, Answer(LinkState.DEAD, 404)),
        (410, Answer(LinkState.DEAD, 410)),
        (401, Answer(LinkState.UNKNOWN, 401)),
        (403, Answer(LinkState.UNKNOWN, 403)),
        (429, Answer(LinkState.UNKNOWN, 429)),
        (500, Answer(None, 500)),
        (503, Answer(None, 503)),
    ],
)
def test_an_answer_is_understood_by_its_status(status, expected):
    with serving(lambda *_: (status, {}, b"")) as server, client_for(server) as asking:
        assert links.ask(asking, server.url("/a")) == expected


@pytest.mark.parametrize("head", [404, 405, 403, 500, 501])
def test_a_server_that_knows_no_head_is_asked_for_the_page(head):
    def answer(method, path):
        return (head, {}, b"") if method == "HEAD" else (200, {}, b"page")

    with serving(answer) as server, client_for(server) as asking:
        assert links.ask(asking, server.url("/a")) == Answer(LinkState.OK, 200)
        assert server.asked == [("HEAD", "/a"), ("GET", "/a")]


def test_one_question_is_enough_where_the_head_is_answered():
    with serving(lambda *_: (200, {}, b"x" * 1000)) as server, client_for(server) as asking:
        links.ask(asking, server.url("/a"))
        assert server.asked == [("HEAD", "/a")]


REDIRECTS = [
    (301, "/a", "/new", True),
    (308, "/a", "/new", True),
    (302, "/a", "/login", False),
    (307, "/a", "/new", False),
    (302, "/a/b", "/", True),
    (301, "/a", "/a/", False),
    (302, "/", "/home", False),
]


@pytest.mark.parametrize(("status", "path", "target", "moved"), REDIRECTS)
def test_a_link_that_moved_for_good_is_told_from_one_that_did_not(status, path, target, moved):
    def answer(method, asked):
        return (status, {"Location": target}, b"") if asked == path else (200, {}, b"")

    with serving(answer) as server, client_for(server) as asking:
        found = links.ask(asking, server.url(path))
        new = server.url(target)
    assert found == (Answer(LinkState.REDIRECTS, 200, new) if moved else Answer(LinkState.OK, 200))


def test_a_redirect_to_nothing_is_dead():
    def answer(method, path):
        return (301, {"Location": "/new"}, b"") if path == "/a" else (404, {}, b"")

    with serving(answer) as server, client_for(server) as asking:
        assert links.ask(asking, server.url("/a")) == Answer(LinkState.DEAD, 404)


@pytest.mark.parametrize(
    ("address", "url"),
    [
        ("10.0.0.1", URL),
        ("8.8.8.8", "http://user:x@council.example/"),
        ("8.8.8.8", "http://council.example:99999999/"),
        ("8.8.8.8", "http://council.example:8080/"),
    ],
)
def test_what_we_may_not_ask_is_not_judged(address, url):
    backend = Dialled()
    with client(backend, address) as asking:
        assert links.ask(asking, url) == Answer(LinkState.UNKNOWN)
    assert backend.hosts == []


def test_a_ring_of_redirects_is_not_judged():
    with serving(lambda *_: (302, {"Location": "/a"}, b"")) as server, client_for(server) as asking:
        assert links.ask(asking, server.url("/a")) == Answer(LinkState.UNKNOWN)


@pytest.mark.parametrize("error", [httpcore.ConnectError, httpcore.ConnectTimeout])
def test_no_answer_is_no_state(error):
    class Silent(Dialled):
        def connect_tcp(self, *args, **kwargs):
            raise error("nothing there")

    with client(Silent(), "8.8.8.8") as asking:
        assert links.ask(asking, URL) == Answer(None)


# --- what is kept -------------------------------------------------------------------------


def test_what_is_gone_is_dead_at_once(db):
    links.record(row(), Answer(LinkState.DEAD, 404), NOW)
    assert (stored().state, stored().status, stored().checked_at) == ("dead", 404, NOW)
    assert links.faults([URL]) == {URL: LinkFault(Fault.GONE)}


def test_what_gives_no_answer_is_dead_only_on_another_day(db):
    link = row()
    states = []
    for hours in (0, 1, 19, 20, 44):
        links.record(link, Answer(None, 503), NOW + timedelta(hours=hours))
        states.append(stored().state)
    assert states == ["unknown", "unknown", "unknown", "dead", "dead"]
    assert stored().failing_since == NOW
    assert links.faults([URL]) == {URL: LinkFault(Fault.SILENT)}


def test_an_answer_in_between_starts_anew(db):
    link = row()
    for hours, answer in ((0, Answer(None)), (24, Answer(LinkState.OK, 200)), (48, Answer(None))):
        links.record(link, answer, NOW + timedelta(hours=hours))
    assert (stored().state, stored().failing_since) == ("unknown", NOW + timedelta(hours=48))
    assert links.faults([URL]) == {}


def test_what_was_gone_stays_so_while_its_server_is_silent(db):
    link = row()
    links.record(link, Answer(LinkState.DEAD, 404), NOW)
    links.record(link, Answer(None), NOW + timedelta(days=1))
    assert stored().state == "dead"
    links.record(link, Answer(LinkState.OK, 200), NOW + timedelta(days=2))
    assert (stored().state, links.faults([URL])) == ("ok", {})


def test_where_a_link_leads_now_is_kept(db):
    links.record(row(), Answer(LinkState.REDIRECTS, 200, f"{URL}/new"), NOW)
    assert links.faults([URL]) == {URL: LinkFault(Fault.MOVED, f"{URL}/new")}
    links.record(stored(), Answer(LinkState.OK, 200), NOW)
    assert (stored().leads_to, links.faults([URL])) == ("", {})


@pytest.mark.parametrize(
    ("fields", "hours", "due"),
    [
        ({"checked_at": None}, 0, True),
        ({"state": "ok"}, 7 * 24, True),
        ({"state": "ok"}, 6 * 24, False),
        ({"state": "redirects"}, 7 * 24, True),
        ({"state": "redirects"}, 24, False),
        ({"state": "dead"}, 24, True),
        ({"state": "dead"}, 12, False),
        ({"state": "unknown", "failing_since": NOW}, 24, True),
        ({"state": "unknown"}, 24, False),
    ],
)
def test_links_are_due_weekly_and_failing_ones_daily(db, fields, hours, due):
    row(**{"checked_at": NOW, **fields})
    assert LinkCheck.objects.due(NOW + timedelta(hours=hours)).count() == due


# --- a run --------------------------------------------------------------------------------


class Clock:
    """A clock that only goes on when somebody waits, or a little when it is read."""

    def __init__(self, tick=0.0):
        self.now, self.tick, self.pauses = 0.0, tick, []

    def __call__(self):
        self.now += self.tick
        return self.now

    def pause(self, seconds):
        self.pauses.append(round(seconds, 3))
        self.now += seconds


def run(server, rows, **options):
    clock = options.pop("clock", None) or Clock()
    found = links.check(rows, client=client_for(server), clock=clock, pause=clock.pause, **options)
    return list(found), clock


def test_a_host_is_asked_once_a_second_and_others_meanwhile(db):
    with serving(lambda *_: (200, {}, b"")) as server:
        rows = [row(server.url(f"/{n}", host)) for host in ("a.example", "b.example") for n in "12"]
        done, clock = run(server, rows)
        assert [path for _method, path in server.asked] == ["/1", "/1", "/2", "/2"]
        hosts = [headers["Host"].split(":")[0] for headers in server.headers]
    assert hosts == ["a.example", "b.example", "a.example", "b.example"]
    assert clock.pauses == [1.0]
    assert {link.state for link in done} == {"ok"}


def test_a_run_ends_when_its_time_is_over(db):
    with serving(lambda *_: (200, {}, b"")) as server:
        rows = [row(server.url(f"/{n}")) for n in range(9)]
        done, _clock = run(server, rows, seconds=3.5)
    assert len(done) == 4
    assert LinkCheck.objects.due(timezone.now()).count() == 5


def test_two_runs_do_not_ask_for_the_same(db):
    with serving(lambda *_: (200, {}, b"")) as server:
        rows = [row(server.url("/a"))]
        again = list(LinkCheck.objects.all())
        assert len(run(server, rows)[0]) == 1
        assert run(server, again)[0] == []
        assert len(server.asked) == 1


def test_a_host_that_does_not_answer_does_not_stop_the_others(db):
    def answer(method, path):
        return (200, {}, b"") if path == "/good" else (500, {}, b"")

    with serving(answer) as server:
        rows = [row(server.url("/bad")), row("http://council.example:99999999/"), row("http://[x/")]
        rows.append(row(server.url("/good", "b.example")))
        done, _clock = run(server, rows)
    assert sorted((link.state, link.status) for link in done if link.status) == [
        ("ok", 200),
        ("unknown", 500),
    ]
    assert len(done) == 4


def test_the_shipped_client_keeps_to_the_rules(db):
    """Without an allowance it does not dial this machine."""
    with serving(lambda *_: (200, {}, b"")) as server:
        rows = [row(f"http://127.0.0.1:{server.port}/"), row("http://localhost/")]
        assert [link.state for link in links.check(rows)] == ["unknown", "unknown"]
        assert server.asked == []


def test_who_asks_is_said(db):
    with serving(lambda *_: (200, {}, b"")) as server:
        transport = network.GuardedTransport(
            resolver=lambda *_: ["127.0.0.1"], allow=[("127.0.0.1", server.port)]
        )
        asking = network.client(links.USER_AGENT, transport)
        list(links.check([row(server.url("/a"))], client=asking))
        (headers,) = server.headers
    assert headers["User-Agent"].startswith("wagtail-senoffer/")
    assert isinstance(asking, httpx.Client)


# --- which addresses ----------------------------------------------------------------------


def test_new_addresses_elsewhere_are_noted_once(report):
    own = "http://school.example/larkfield/"
    assert links.note([URL, own, URL]) == [URL]
    assert links.note([URL]) == []
    assert [link.url for link in LinkCheck.objects.all()] == [URL]


def test_an_address_without_measure_is_left_out(db):
    assert links.note([f"https://a.example/{'x' * 3000}"]) == []


def test_rows_that_no_document_has_any_more_are_forgotten(db):
    for url in (URL, f"{URL}/2"):
        row(url)
    assert links.forget_all_but([URL]) == 1
    assert [link.url for link in LinkCheck.objects.all()] == [URL]


def test_the_draft_and_what_is_published_count(report):
    draft = factories.say(report, "teaching", f'<p><a href="{URL}">Policy</a> and more.</p>')
    draft.save_revision()
    found = [set(each) for each in links.every_address()]
    assert sum(URL in each for each in found) == 1
    (ours,) = [each for each in found if URL in each]
    assert "https://larkfield.example/lark-room" in ours


def test_links_of_the_report_that_only_readers_see_still_count(report):
    page = factories.say(report, "teaching", f'<p><a href="{URL}">Policy</a> and more.</p>')
    content.publish(page)
    page.refresh_from_db()
    factories.say(page, "teaching", "<p>Without it.</p>").save_revision()
    assert any(URL in found for found in links.every_address())


def test_a_page_that_can_not_be_a_document_has_no_addresses(report):
    report.introduction = "<div>" * 30_000
    assert links.addresses_of(report) == []


def test_documents_of_the_website_are_not_tried(report):
    WagtailDocument.objects.create(title="Plan", file="plan.pdf")
    (document,) = WagtailDocument.objects.all()
    url = f"http://school.example{document.url}"
    assert links.note([url]) == []
