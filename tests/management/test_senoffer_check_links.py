"""The links of all documents, tried out from cron."""

import io
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from tests import factories
from tests.web_server import serving, to_loopback
from wagtail_senoffer import network
from wagtail_senoffer.models import LinkCheck
from wagtail_senoffer.models.desk import hash_of

pytestmark = pytest.mark.django_db


def run(*args: str) -> str:
    """Run the command; return what it printed."""
    out = io.StringIO()
    call_command("senoffer_check_links", *args, stdout=out)
    return out.getvalue()


@pytest.fixture
def server(monkeypatch: Any) -> Any:
    """Return a server that all names lead to; it knows /good only."""

    def answer(method: str, path: str) -> tuple[int, dict[str, str], bytes]:
        return (200 if path == "/good" else 404), {}, b""

    with serving(answer) as running:
        allowed = {"resolver": to_loopback, "allow": [("127.0.0.1", running.port)]}
        transport = partial(network.GuardedTransport, **allowed)
        monkeypatch.setattr(network, "GuardedTransport", transport)
        yield running


@pytest.fixture
def linked(server: Any, school: Any) -> Any:
    """Return a draft with two links, and no others."""
    page = factories.make_report(school)
    good, bad = server.url("/good", "a.example"), server.url("/bad", "b.example")
    html = f'<p><a href="{good}">Good policy</a> and <a href="{bad}">bad policy</a></p>'
    raw = [{"type": "teaching", "value": {"body": html}}]
    page.body = page._meta.get_field("body").stream_block.to_python(raw)
    page.save_revision()
    return page


def test_links_are_tried_and_what_came_of_it_is_kept(linked: Any, server: Any) -> None:
    told = run()
    assert told == (
        "Links tried: 2 (works 1, leads nowhere 1, has moved 0, not known 0). Still due: 0.\n"
    )
    assert sorted(LinkCheck.objects.values_list("state", "status")) == [("dead", 404), ("ok", 200)]
    assert sorted(path for _method, path in server.asked) == ["/bad", "/bad", "/good"]


def test_a_second_run_tries_nothing_that_is_not_due(linked: Any, server: Any) -> None:
    run()
    asked = len(server.asked)
    assert run().startswith("Links tried: 0 ")
    assert len(server.asked) == asked


def test_a_run_can_be_limited_and_the_next_goes_on(linked: Any) -> None:
    assert run("--limit", "1").endswith(" Still due: 1.\n")
    assert run("--limit", "1").endswith(" Still due: 0.\n")
    assert LinkCheck.objects.filter(checked_at=None).count() == 0


def test_what_nobody_has_tried_comes_before_what_is_old(linked: Any, server: Any) -> None:
    good = server.url("/good", "a.example")
    old = timezone.now() - timedelta(days=30)
    LinkCheck.objects.create(url=good, url_hash=hash_of(good), checked_at=old)
    run("--limit", "1")
    assert {path for _method, path in server.asked} == {"/bad"}


def test_links_that_no_document_has_are_forgotten(linked: Any) -> None:
    LinkCheck.objects.create(url="https://old.example/", url_hash=hash_of("https://old.example/"))
    run()
    assert not LinkCheck.objects.filter(url="https://old.example/").exists()


def test_it_can_be_turned_off(linked: Any, settings: Any) -> None:
    settings.WAGTAIL_SENOFFER = {"CHECK_LINKS": False}
    assert run() == "CHECK_LINKS is off in WAGTAIL_SENOFFER: no link was tried.\n"
    assert LinkCheck.objects.count() == 0


@pytest.mark.parametrize("limit", ["0", "-1"])
def test_a_limit_that_means_nothing_is_refused(db: None, limit: str) -> None:
    with pytest.raises(CommandError, match="from 1 on"):
        run(f"--limit={limit}")


def test_without_documents_there_is_nothing_to_try(db: None) -> None:
    assert run().startswith("Links tried: 0 ")
