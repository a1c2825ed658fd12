"""Open Referral UK 3.0 as a harvester meets it."""

from datetime import datetime, timedelta
from itertools import chain

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from example_site import content
from tests import factories
from tests.feed.client import BASE, ask, lines, read, refusal
from wagtail_senoffer import conf
from wagtail_senoffer.feed import taxonomies
from wagtail_senoffer.models import SENInformationReportPage
from wagtail_senoffer.rulesets import load

UNKNOWN = "00000000-0000-4000-8000-000000000000"
ENVELOPE = {
    *("total_items", "total_pages", "page_number", "size"),
    *("first_page", "last_page", "empty", "contents"),
}


def make_schools(home, count):
    """Publish schools, each with a report; return the reports."""
    reports = []
    for number in range(count):
        school = factories.make_school(home, f"school-{number}", urn=f"1900{number:02}")
        report = factories.make_report(school)
        content.publish(report)
        reports.append(report)
    return reports


def fresh(page):
    return type(page).objects.get(pk=page.pk)


def ids(path):
    return [each["id"] for each in read(path)["contents"]]


@pytest.mark.parametrize("path", [BASE, f"{BASE}/"])
def test_the_base_says_which_standard_it_is_with_a_slash_and_without(path, home):
    assert read(path) == {
        "version": "HSDS-UK-3.0",
        "profile": "https://github.com/OpenReferralUK/uk-profile",
        "openapi_url": f"http://school.example{BASE}/openapi.json",
    }


def test_a_slash_too_many_leads_to_the_address_that_is_meant(home):
    for typed in (f"{BASE}/services/?page=2", f"{BASE}//services?page=2"):
        response = ask(typed)
        meant = f"http://school.example{BASE}/services?page=2"
        assert (response.status_code, response["Location"]) == (301, meant)


def test_the_envelope_has_all_its_members_and_past_the_end_is_empty(home):
    make_schools(home, 3)
    first = read(f"{BASE}/services?per_page=2")
    assert set(first) == ENVELOPE
    del first["contents"]
    assert first == {
        "total_items": 3,
        "total_pages": 2,
        "page_number": 1,
        "size": 2,
        "first_page": True,
        "last_page": False,
        "empty": False,
    }
    beyond = read(f"{BASE}/services?per_page=2&page=9")
    assert (beyond["empty"], beyond["contents"], beyond["last_page"]) == (True, [], True)


def test_the_pages_together_have_each_service_once(home):
    make_schools(home, 5)
    pages = [ids(f"{BASE}/services?per_page=2&page={page}") for page in (1, 2, 3)]
    assert [len(page) for page in pages] == [2, 2, 1]
    assert sorted(chain(*pages)) == sorted(ids(f"{BASE}/services"))


def test_a_list_links_to_its_other_pages(home):
    make_schools(home, 3)
    address = f"http://school.example{BASE}/services?per_page=1&page="
    pages = {"first": 1, "prev": 1, "next": 3, "last": 3}
    assert ask(f"{BASE}/services?per_page=1&page=2")["Link"].split(", ") == [
        *(f'<{address}{page}>; rel="{rel}"' for rel, page in pages.items()),
        f'<{conf.get("FEED_LICENCE")}>; rel="license"',
    ]


def test_the_whole_service_is_the_one_in_the_full_list_and_in_the_dump(report):
    (short,) = read(f"{BASE}/services")["contents"]
    whole = read(f"{BASE}/services/{short['id']}")
    assert read(f"{BASE}/services?full=true")["contents"] == [whole]
    assert lines(f"{BASE}/services?format=ndjson") == [whole]
    assert {name: whole[name] for name in short if name != "organization"} == {
        name: short[name] for name in short if name != "organization"
    }
    codes = {each["code"] for each in whole["send_information_report"]["sections"]}
    law = {rule.code for rule in load().get("england-sir-2014").sections}
    assert law <= codes


def test_minimal_has_every_live_service_on_one_page(home):
    reports = make_schools(home, 3)
    fresh(reports[0]).unpublish()
    found = read(f"{BASE}/services?minimal=true&per_page=1")
    assert (found["total_items"], found["total_pages"]) == (2, 1)
    assert {frozenset(each) for each in found["contents"]} == {
        frozenset({"id", "name", "status", "last_modified", "modified_date"})
    }


def test_only_modified_after_lists_what_is_gone(home):
    gone, there = make_schools(home, 2)
    before = read(f"{BASE}/services")["contents"]
    fresh(gone).unpublish()
    assert len(ids(f"{BASE}/services")) == 1
    newest = max(each["last_modified"] for each in before)
    changed = read(f"{BASE}/services?modified_after={newest}")["contents"]
    assert [each["status"] for each in changed if each["id"] == before[0]["id"]] == ["inactive"]
    del there


def test_modified_after_takes_the_moment_itself_in(report):
    (service,) = read(f"{BASE}/services")["contents"]
    then = datetime.fromisoformat(service["last_modified"])
    later = (then + timedelta(milliseconds=1)).isoformat(timespec="milliseconds")
    assert len(ids(f"{BASE}/services?modified_after={service['last_modified']}")) == 1
    # The plus of the zone arrives as a blank from whoever does not escape it.
    assert ids(f"{BASE}/services?modified_after={later}") == []


def test_a_consumer_that_knows_only_ids_ends_with_the_right_schools(home):
    reports = make_schools(home, 4)
    fresh(reports[1]).unpublish()
    held = {key: read(f"{BASE}/services/{key}") for key in ids(f"{BASE}/services")}
    urls = {each["url"] for each in held.values()}
    assert urls == {fresh(page).full_url for page in reports if fresh(page).live}


def test_a_consumer_that_knows_only_modified_after_ends_with_the_right_schools(home):
    held, since = {}, "2000-01-01"
    reports = make_schools(home, 3)

    def harvest(since):
        for each in read(f"{BASE}/services?modified_after={since}")["contents"]:
            if each["status"] == "active":
                held[each["id"]] = each["url"]
            else:
                held.pop(each["id"], None)
            since = max(since, each["last_modified"])
        return since

    since = harvest(since)
    fresh(reports[0]).unpublish()
    since = harvest(since)
    fresh(reports[1]).delete()
    page = fresh(reports[0])
    content.publish(page)
    since = harvest(since)
    pages = SENInformationReportPage.objects.live()
    assert sorted(held.values()) == sorted(page.full_url for page in pages)


@pytest.mark.parametrize("kind", ["services", "organizations", "service_at_locations"])
def test_what_is_gone_is_410_and_what_never_was_is_404(kind, report):
    key = ids(f"{BASE}/{kind}")[0]
    assert ask(f"{BASE}/{kind}/{key}").status_code == 200
    report.get_parent().specific.unpublish()
    assert refusal(f"{BASE}/{kind}/{key}")[0] == 410
    assert refusal(f"{BASE}/{kind}/{UNKNOWN}")[0] == 404


def test_a_school_and_its_trust_come_with_their_services(report):
    found = read(f"{BASE}/organizations?full_service=true")["contents"]
    school = next(each for each in found if each.get("parent_organization_id"))
    assert school["services"] == read(f"{BASE}/services?full=true")["contents"]
    assert read(f"{BASE}/organizations/{school['id']}?full_service=true") == school
    trust = read(f"{BASE}/organizations/{school['parent_organization_id']}")
    assert trust["name"] == "Kestrel Bridge Learning Trust"


FITS = {
    "search=LARKFIELD autism": True,
    "search=larkfield trombone": False,
    "minimum_age=11": True,
    "minimum_age=12": False,
    "maximum_age=4": True,
    "maximum_age=3": False,
    "postcode=zz99": True,
    "postcode=ZZ99 1AA": True,
    "postcode=ZZ98": False,
    "postcode=ZZ9": False,
    f"taxonomy_term_id={taxonomies.TAXONOMIES['sen-types'].term_id('ASD')}": True,
    f"taxonomy_term_id={taxonomies.TAXONOMIES['sen-types'].term_id('communication')}": True,
    f"taxonomy_term_id={UNKNOWN}": False,
    f"taxonomy_id={taxonomies.TAXONOMIES['phases'].id}": True,
    f"taxonomy_id={UNKNOWN}": False,
    f"organization_id={UNKNOWN}": False,
    "day=MO": False,
    "start_time=09:00": False,
    "search=larkfield&minimum_age=12": False,
    "search=larkfield&postcode=ZZ99&minimum_age=6&maximum_age=8": True,
}


@pytest.mark.parametrize("query", FITS)
@pytest.mark.parametrize("kind", ["services", "service_at_locations"])
def test_conditions_choose_what_fits_all_of_them(query, kind, report):
    assert bool(ids(f"{BASE}/{kind}?{query}")) == FITS[query]


def test_who_turns_pages_of_what_changed_while_something_changes_misses_nothing(home):
    schools = [factories.make_school(home, f"s{x}", urn=f"19000{x}") for x in range(5)]
    for school in schools:
        content.publish(factories.make_report(school))
    held, since = {}, "2026-01-01"
    for turn in range(3):
        page, last = 1, False
        while not last:
            found = read(f"{BASE}/services?modified_after={since}&per_page=2&page={page}")
            held |= {each["id"]: each["last_modified"] for each in found["contents"]}
            if page == 1 and turn == 0:
                # Some that were read, and some that were not.
                for school in (schools[0], schools[4]):
                    school.introduction = "<p>Changed while somebody reads.</p>"
                    content.publish(school)
            page, last = page + 1, found["last_page"]
        since = max(held.values())
    every = read(f"{BASE}/services?minimal=true")["contents"]
    assert held == {each["id"]: each["last_modified"] for each in every}


def test_services_are_found_by_their_school_and_by_its_trust(report):
    (service,) = read(f"{BASE}/services")["contents"]
    for owner in (
        service["organization_id"],
        service["organization"]["parent_organization_id"],
    ):
        assert ids(f"{BASE}/services?organization_id={owner}") == [service["id"]]


def test_the_taxonomies_have_broader_terms_and_narrower_ones(home):
    sen = taxonomies.TAXONOMIES["sen-types"]
    top = read(f"{BASE}/taxonomy_terms?taxonomy_id={sen.id}&top_only=true")["contents"]
    assert [each["code"] for each in top] == [
        *("communication", "cognition", "semh", "sensory_physical", "DS", "OTH"),
    ]
    below = read(f"{BASE}/taxonomy_terms?parent_id={top[0]['id']}")["contents"]
    assert [each["code"] for each in below] == ["SLCN", "ASD"]
    assert read(f"{BASE}/taxonomies/{sen.id}")["taxonomy_terms"][0] == top[0]
    assert read(f"{BASE}/taxonomy_terms/{top[0]['id']}") == top[0]
    assert len(read(f"{BASE}/taxonomies")["contents"]) == 5
    for kind in ("taxonomies", "taxonomy_terms"):
        assert refusal(f"{BASE}/{kind}/{UNKNOWN}")[0] == 404


WRONG = [
    *("page=0", "page=-1", "page=x", "page=1.0", "page=", "page=1&page=2", "page=99999999999"),
    *("per_page=0", "per_page=501", "per_page=%00", "format=xml", "full=yes", "full=1"),
    *("search=", "search=%20", "search=a%00b", f"search={'x' * 201}"),
    *("taxonomy_id=1", "organization_id=%7B" + UNKNOWN + "%7D", "modified_after=yesterday"),
    *("modified_after=2026-02-30", "modified_after=1700000000", "minimum_age=-1", "minimum_age=x"),
    *("maximum_age=121", "day=monday", "start_time=25:00", "end_time=9", "postcode=%25%25"),
]


@pytest.mark.parametrize("query", WRONG)
def test_a_wrong_parameter_is_refused_by_name(query, home):
    assert refusal(f"{BASE}/services?{query}") == (400, query.partition("=")[0])


@pytest.mark.parametrize("query", ["colour=red", "Page=1", "afterChangeNumber=1", "proximity=5"])
def test_an_unknown_parameter_is_refused_by_name(query, home):
    assert refusal(f"{BASE}/services?{query}") == (400, query.partition("=")[0])


def test_an_address_that_is_too_long_is_refused(home):
    assert refusal(f"{BASE}/services?search={'x' * 10_000_000}") == (414, None)


def test_what_is_no_endpoint_says_where_they_are_told(home):
    assert refusal(f"{BASE}/nothing") == (404, None)
    assert refusal(f"{BASE}/services/1") == (400, "item_id")


@pytest.mark.parametrize("path", ["services", "services?full=true", "organizations?full=true"])
def test_p11_the_number_of_queries_does_not_grow(path, home):
    counts = []
    for number in range(2):
        school = factories.make_school(home, f"round-{number}", urn=f"19010{number}")
        content.publish(factories.make_report(school))
        ask(f"{BASE}/taxonomies")
        with CaptureQueriesContext(connection) as captured:
            ask(f"{BASE}/{path}")
        counts.append(len(captured))
    assert counts[0] == counts[1]
