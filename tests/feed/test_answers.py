"""What holds for every machine endpoint: HTTP as its standards have it."""

import gzip
import json

import pytest
from django.core.cache import cache, caches
from django.test import Client, override_settings
from wagtail.models import Site

from example_site import content
from tests import factories
from tests.feed.client import BASE, ask, read, refusal

SERVICES = f"{BASE}/services"
UNKNOWN = "00000000-0000-4000-8000-000000000000"
PATHS = [
    *(BASE, f"{BASE}/openapi.json", SERVICES, f"{BASE}/organizations"),
    *(f"{BASE}/service_at_locations", f"{BASE}/taxonomies", f"{BASE}/taxonomy_terms"),
    *(f"{BASE}/rpde/services", "/senoffer/documents", "/senoffer/changes.atom"),
    *("/senoffer/offers.csv", "/senoffer/catalog.jsonld", "/.well-known/api-catalog"),
]


def wait_for(request):
    """Return how many seconds a client has to wait: a project's throttle."""
    return 30 if request.headers.get("X-Client") == "greedy" else None


@pytest.mark.parametrize("path", PATHS)
class TestEveryEndpoint:
    def test_is_open_to_every_origin_and_sets_no_cookie(self, path, report):
        response = ask(path)
        assert response.status_code == 200
        assert response["Access-Control-Allow-Origin"] == "*"
        exposed = "ETag, Link, Last-Modified, Retry-After"
        assert response["Access-Control-Expose-Headers"] == exposed
        assert response["X-Content-Type-Options"] == "nosniff"
        assert not response.cookies

    def test_answers_304_to_who_has_it_already_until_something_changes(self, path, report):
        first = ask(path)
        again = ask(path, HTTP_IF_NONE_MATCH=first["ETag"])
        assert (again.status_code, again.content) == (304, b"")
        for name in ("ETag", "Cache-Control", "Vary"):
            assert again[name] == first[name]
        report.approved_by = "The new board"
        content.publish(report)
        later = ask(path, HTTP_IF_NONE_MATCH=first["ETag"])
        assert later.status_code == 200
        assert later["ETag"] != first["ETag"]

    def test_answers_the_same_without_the_middleware(self, path, report, settings):
        first = ask(path)
        cache.clear()
        settings.MIDDLEWARE = [each for each in settings.MIDDLEWARE if "FeedMiddleware" not in each]
        again = ask(path)
        assert again.getvalue() == first.getvalue()
        # What Django's own middleware says of every page.
        theirs = {"X-Frame-Options", "Content-Language"}
        assert {k: v for k, v in again.items() if k not in theirs} == dict(first.items())

    def test_answers_head_as_get_but_for_the_content(self, path, report):
        got, head = ask(path), Client().head(path, HTTP_HOST="school.example")
        assert head.status_code == 200
        for name in ("ETag", "Content-Type", "Cache-Control"):
            assert head[name] == got[name]

    @pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE"])
    def test_only_reads(self, path, method, home):
        client = Client(enforce_csrf_checks=True)
        response = client.generic(method, path, HTTP_HOST="school.example")
        assert (response.status_code, response["Allow"]) == (405, "GET, HEAD, OPTIONS")

    def test_answers_a_browsers_question_before_its_question(self, path, home):
        response = Client().options(path, HTTP_HOST="school.example")
        assert response.status_code == 204
        assert response["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
        assert response["Access-Control-Allow-Headers"] == "If-None-Match, If-Modified-Since"

    def test_refuses_a_host_that_is_no_site_and_a_parameter_that_it_does_not_know(self, path, home):
        assert refusal(path, "localhost") == (421, None)
        assert refusal(f"{path}?colour=red") == (400, "colour")

    def test_is_the_same_in_gzip(self, path, report):
        plain, zipped = ask(path), ask(path, HTTP_ACCEPT_ENCODING="br;q=1, gzip;q=0.5")
        body = b"".join(plain.streaming_content) if plain.streaming else plain.content
        packed = b"".join(zipped.streaming_content) if zipped.streaming else zipped.content
        if zipped.get("Content-Encoding") == "gzip":
            packed = gzip.decompress(packed)
            assert zipped["ETag"] != plain["ETag"]
        assert packed == body
        assert zipped["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("header", ["gzip;q=0", "identity", "br", "", "gzip;q=0.000"])
def test_gzip_only_goes_to_who_takes_it(header, report):
    assert "Content-Encoding" not in ask(SERVICES, HTTP_ACCEPT_ENCODING=header).headers


def test_an_answer_is_kept_until_something_changes(report, django_assert_num_queries):
    ask(SERVICES)
    with django_assert_num_queries(1):
        # Which Sites there are, which change is the newest one, and whether another waits for
        # its number.
        kept = ask(SERVICES)
    cache.clear()
    assert ask(SERVICES).content == kept.content


def test_a_host_that_would_poison_addresses_is_refused(report):
    for host in ("evil.example", "school.example.evil.example", "school.example@evil.example"):
        response = ask(SERVICES, host)
        assert response.status_code in (400, 421)
    assert ask(SERVICES, "school.example:8443").status_code == 200
    assert b":8443" not in ask(f"{SERVICES}?full=true", "school.example:8443").content


def test_each_site_has_its_own_schools_and_the_named_host_all(report, home, settings):
    other_root = factories.make_folder(home.get_parent())
    Site.objects.create(hostname="other.example", root_page=other_root)
    other = factories.make_report(factories.make_school(other_root, "other", urn="190009"))
    content.publish(other)
    settings.ALLOWED_HOSTS = ["school.example", "other.example"]

    def urls(host):
        return [each["url"] for each in read(SERVICES, host)["contents"]]

    own = ["http://school.example/larkfield/sen-information-report/"]
    others = ["http://other.example/other/sen-information-report/"]
    assert (urls("school.example"), urls("other.example")) == (own, others)
    settings.WAGTAIL_SENOFFER = {"FEED_HOST": "school.example"}
    assert (urls("school.example"), urls("other.example")) == (own + others, others)


def test_p5_a_reader_misses_nothing_when_another_process_adds_a_site(report, settings):
    """Wagtail keeps its list of Sites in each process, for an hour."""
    settings.ALLOWED_HOSTS = ["school.example", "other.example"]
    Site.get_site_root_paths()
    kept = cache.get("wagtail_site_root_paths")
    school = report.get_parent()
    Site.objects.create(hostname="other.example", root_page=school)
    cache.set("wagtail_site_root_paths", kept)
    assert [each["state"] for each in read(f"{BASE}/rpde/services")["items"]] == ["deleted"]
    cursor = read(f"{BASE}/rpde/services", "other.example")["items"][-1]["modified"]
    assert cursor > 0
    # Whoever had all of it on one list has not passed what the old Site's list lost.
    (tombstone,) = read(f"{BASE}/rpde/services?afterChangeNumber={cursor}")["items"]
    assert tombstone["state"] == "deleted"


def test_what_is_sent_as_it_is_made_is_compressed_too(report):
    for path in (f"{SERVICES}?format=ndjson", "/senoffer/offers.csv"):
        plain = b"".join(ask(path).streaming_content)
        packed = ask(path, HTTP_ACCEPT_ENCODING="gzip")
        assert packed["Content-Encoding"] == "gzip"
        assert gzip.decompress(b"".join(packed.streaming_content)) == plain


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ("search=", "Give the parameter a value, or leave it out."),
        ("search=%00", "Give text in UTF-8, without null characters."),
        ("search=%ff", "Give text in UTF-8, without null characters."),
        ("page=99999999999999999999", "page: expected a whole number of at most 16 digits"),
    ],
)
def test_a_refusal_says_what_to_do(query, detail, home):
    assert ask(f"{SERVICES}?{query}").json()["detail"] == detail


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("/senoffer/offers.csv/", "/senoffer/offers.csv"),
        ("/senoffer/documents/?limit=2", "/senoffer/documents?limit=2"),
        ("/.well-known/api-catalog/", "/.well-known/api-catalog"),
        (f"//{SERVICES[1:]}//", None),
    ],
)
def test_a_slash_too_many_leads_to_what_is_meant(path, meant, home):
    response = ask(path)
    if meant:
        assert (response.status_code, response["Location"]) == (
            301,
            f"http://school.example{meant}",
        )
    else:
        assert response.status_code == 404


@pytest.mark.parametrize("path", ["/senoffer", "/senoffer/nothing", f"{BASE}/nothing"])
def test_what_is_not_there_is_refused_in_the_form_of_a_machine(path, home):
    assert refusal(path) == (404, None)


@override_settings(WAGTAIL_SENOFFER={"THROTTLE": "tests.feed.test_answers.wait_for"})
def test_a_projects_throttle_tells_when_to_come_back(report):
    slow = ask(SERVICES, HTTP_X_CLIENT="greedy")
    assert (slow.status_code, slow["Retry-After"]) == (429, "30")
    assert json.loads(slow.content)["status"] == 429
    assert ask(SERVICES).status_code == 200


def test_another_name_of_the_site_makes_another_answer(report):
    before = ask("/senoffer/changes.atom")
    Site.objects.update(site_name="Another name \x08")
    after = ask("/senoffer/changes.atom", HTTP_IF_NONE_MATCH=before["ETag"])
    assert (after.status_code, after["ETag"] != before["ETag"]) == (200, True)
    assert b"Another name " in after.content


def test_the_answers_cache_is_the_projects_choice_and_short_ones_are_not_kept(report, settings):
    settings.CACHES = settings.CACHES | {
        "feed": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "feed"}
    }
    settings.WAGTAIL_SENOFFER = {"FEED_CACHE": "feed"}
    try:
        cache.set("projects", "own")
        ask(f"{SERVICES}?page=9")
        assert caches["feed"]._cache == {}
        ask(SERVICES)
        assert len(caches["feed"]._cache) == 1
        assert cache.get("projects") == "own"
    finally:
        caches["feed"].clear()


def test_what_is_refused_is_kept_by_nobody(report):
    for path in (f"{SERVICES}?colour=1", f"{SERVICES}/{UNKNOWN}", f"{BASE}/nothing"):
        assert ask(path)["Cache-Control"] == "no-cache"


def test_so_many_parameters_are_refused_in_the_form_of_a_machine(home):
    assert refusal(f"{SERVICES}?{'&'.join(f'p{x}=1' for x in range(1500))}") == (414, None)
    assert refusal(f"{SERVICES}?{'&' * 1500}") == (400, None)


def test_a_made_up_age_in_a_tag_is_not_repeated(report):
    tag = ask(SERVICES)["ETag"]
    made_up = tag.replace("-60", "-99999999")
    assert ask(SERVICES, HTTP_IF_NONE_MATCH=tag).status_code == 304
    assert ask(SERVICES, HTTP_IF_NONE_MATCH=made_up).status_code == 200


def test_who_takes_gzip_but_nothing_else_gets_it(report):
    assert ask(SERVICES, HTTP_ACCEPT_ENCODING="*;q=0, gzip").get("Content-Encoding") == "gzip"
    assert ask(SERVICES, HTTP_ACCEPT_ENCODING="*, gzip;q=0").get("Content-Encoding") is None


def test_a_head_stays_a_head_for_the_middleware(report):
    response = Client().head(SERVICES, HTTP_HOST="school.example")
    assert (response.status_code, response.content) == (200, b"")
    assert response.wsgi_request.method == "HEAD"


def test_without_a_licence_none_is_named(report, settings):
    settings.WAGTAIL_SENOFFER = {"FEED_LICENCE": ""}
    assert "license" not in ask(SERVICES)["Link"]
    assert "license" not in read(f"{BASE}/rpde/services")
