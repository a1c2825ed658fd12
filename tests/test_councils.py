"""What is kept for a council: who helps families there, entered once for all its schools."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from example_site import content
from tests import factories
from wagtail_senoffer import publishing
from wagtail_senoffer.document import Contact
from wagtail_senoffer.models import CouncilContacts, SENInformationReportPage, Version
from wagtail_senoffer.models.versions import newest
from wagtail_senoffer.restoring import restore

pytestmark = pytest.mark.django_db

OFFER = "https://westmarch.example/local-offer"
HELP = Contact(name="Westmarch SENDIASS", about="Advice.", phone="0300 555 0100")


def keep(la_name: str, **fields: Any) -> CouncilContacts:
    """Keep an entry for a council."""
    values = {
        "local_offer_url": OFFER,
        "sendiass_name": HELP.name,
        "sendiass_about": HELP.about,
        "sendiass_phone": HELP.phone,
        **fields,
    }
    entry = CouncilContacts(la_name=la_name, **values)
    entry.full_clean()
    entry.save()
    return entry


def bare(school: Any) -> SENInformationReportPage:
    """Make a draft report that says nothing of its own about its council."""
    page = factories.make_report(school)
    return factories.empty(factories.empty(page, "support_contacts"), "la_local_offer")


def published(page: Any) -> Any:
    return newest(page.document_key, page.language).document()


def test_p6_p8_an_empty_section_has_what_is_kept_for_the_council(school: Any) -> None:
    page = bare(school)
    codes = [each.section for each in publishing.errors_of(page)]
    assert codes == ["support_contacts", "la_local_offer"]
    keep(f"  {school.la_name.upper()} ")
    assert publishing.errors_of(page) == []
    content.publish(page)
    document = published(page)
    offer, support = document.section("la_local_offer"), document.section("support_contacts")
    assert (offer.local_offer_url, support.contacts) == (OFFER, (HELP,))
    assert offer.kept_by == support.kept_by == school.la_name.upper()
    found = [each.code for each in document.sections]
    assert (
        found.index("support_contacts") < found.index("transition") < found.index("la_local_offer")
    )


def test_what_the_school_wrote_itself_stays_as_it_is(report: Any) -> None:
    before = published(report)
    keep(report.school.la_name)
    assert publishing.examine(report)[0] == before
    assert before.section("la_local_offer").kept_by == ""


def test_a_sentence_of_the_schools_own_stands_beside_the_councils_address(school: Any) -> None:
    keep(school.la_name)
    page = factories.say(bare(school), "la_local_offer", "<p>Ask us for help with it.</p>")
    section = publishing.examine(page)[0].section("la_local_offer")
    assert (section.body.text, section.local_offer_url) == ("Ask us for help with it.", OFFER)
    assert section.own().local_offer_url == ""


def test_p8_a_change_is_published_when_the_school_publishes(school: Any) -> None:
    entry = keep(school.la_name)
    page = bare(school)
    content.publish(page)
    entry.local_offer_url = f"{OFFER}/new"
    entry.save()
    assert published(page).section("la_local_offer").local_offer_url == OFFER
    assert Version.objects.filter(document_key=page.document_key).count() == 1
    content.publish(SENInformationReportPage.objects.get(pk=page.pk))
    assert published(page).section("la_local_offer").local_offer_url == f"{OFFER}/new"


def test_a_version_that_is_restored_follows_the_council_again(school: Any) -> None:
    entry = keep(school.la_name)
    page = bare(school)
    content.publish(page)
    entry.local_offer_url = f"{OFFER}/new"
    entry.save()
    page = SENInformationReportPage.objects.get(pk=page.pk)
    assert restore(page, published(page)) == []
    section = publishing.examine(page)[0].section("la_local_offer")
    assert section.local_offer_url == f"{OFFER}/new"


def test_a_school_of_another_council_or_none_has_nothing_of_it(home: Any) -> None:
    keep("Westmarch")
    for slug, council in (("ash", "Elmbury"), ("beech", "")):
        page = bare(factories.make_school(home, slug, live=False, la_name=council))
        codes = [each.section for each in publishing.errors_of(page)]
        assert codes == ["support_contacts", "la_local_offer"]


def test_p11_it_costs_one_query_and_none_where_the_school_wrote_its_own(school: Any) -> None:
    table = CouncilContacts._meta.db_table
    counts = []
    for page in (bare(school), factories.make_report(school, slug="own")):
        with CaptureQueriesContext(connection) as queries:
            publishing.examine(page)
        counts.append(sum(table in each["sql"] for each in queries))
    assert counts == [1, 0]


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"la_name": "westmarch"}, ["la_name"]),
        ({"la_name": "Elmbury", "sendiass_name": ""}, ["sendiass_name"]),
        ({"la_name": "Elmbury", "forum_url": "https://forum.example"}, ["forum_name"]),
        ({"la_name": "Elmbury", "local_offer_url": "javascript:alert(1)"}, ["local_offer_url"]),
        (
            dict.fromkeys(("sendiass_name", "sendiass_phone", "local_offer_url"), "")
            | {"la_name": "Elmbury"},
            ["local_offer_url"],
        ),
    ],
)
def test_an_entry_that_can_not_be_used_is_refused(fields: Any, wrong: list[str]) -> None:
    keep("Westmarch")
    with pytest.raises(ValidationError) as error:
        keep(**fields)
    assert sorted(error.value.message_dict) == wrong
