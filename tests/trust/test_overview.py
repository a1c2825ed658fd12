"""The table: how each school's documents stand, section by section."""

import csv
import io
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from wagtail.models import Site

from example_site import content
from tests import factories, office
from tests.trust.test_trust_text import trust_text
from wagtail_senoffer import publishing
from wagtail_senoffer.editor import drafts
from wagtail_senoffer.models import SchoolPage, SchoolReader, Version
from wagtail_senoffer.trust.overview.cells import State
from wagtail_senoffer.trust.overview.rows import Row
from wagtail_senoffer.trust.overview.views import OverviewView

pytestmark = pytest.mark.django_db

TABLE = "senoffer_schools"
NEXT_YEAR = """
id = "council-2099"
title = "Our council's extra sections"
basis = "law"
kind = "sen-information-report"
source = "Council, schools bulletin"
effective_from = 2099-09-01

[[sections]]
code = "travel"
title = "Getting to school"
question = "How will my child get to school?"
guidance = "Say who may get free transport."
reference = "Bulletin, item 4"
theme = "support"
levels = { M = "required" }
"""


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def desk(admin: User) -> Client:
    return signed_in(admin)


def shown(client: Client, **asked: str) -> dict[str, Row]:
    """Return the rows of the table, by the names of schools, in their order."""
    response = client.get(reverse(TABLE), asked)
    assert response.status_code == 200
    return {row.school.title: row for row in response.context["object_list"]}


def names(client: Client, **asked: str) -> list[str]:
    return list(shown(client, **asked))


def publish_incomplete(report: Any, code: str, user: Any, settings: Any) -> None:
    settings.WAGTAIL_SENOFFER = {**settings.WAGTAIL_SENOFFER, "ALLOW_INCOMPLETE": True}
    fresh = factories.empty(type(report).objects.get(pk=report.pk), code)
    with publishing.override(user, "=The head is ill."):
        fresh.save()


def reader(home: Any, name: str = "reader", council: str = "") -> User:
    user = office.person(name)
    SchoolReader.objects.create(group=user.groups.get(), page=home, la_name=council)
    return user


# --- what it says


def test_each_section_has_its_state_in_a_colour_and_in_words(
    home: Any, admin: User, desk: Client, settings: Any
) -> None:
    _ash, report = office.school(home, "Ash")
    publish_incomplete(
        factories.say(report, "pupils", "<p>To be confirmed.</p>"), "parents", admin, settings
    )
    special = factories.make_school(home, "beech", title="Beech", school_type="7")
    content.publish(factories.make_report(special))
    factories.make_report(factories.make_school(home, "cedar", title="Cedar"))
    ash, beech, cedar = shown(desk).values()
    assert [ash.label, beech.label, cedar.label] == ["1 thing missing", "Complete", "Not published"]
    scores = [row.standing.score for row in (ash, beech, cedar)]
    assert scores == ["22 of 23 sections", "21 of 21 sections", ""]
    assert (ash.cells["parents"].state, ash.cells["kinds"].state) == (State.MISSING, State.THERE)
    assert beech.cells["senco"].state == State.NOT_ASKED
    assert {cell.state for cell in cedar.cells.values()} == {State.NOT_PUBLISHED}
    page = desk.get(reverse(TABLE)).content.decode()
    cell = 'senoffer-cell--missing" title="Missing “How parents are involved” is empty.'
    assert (page.count(cell), page.count('<span class="w-sr-only">Missing</span>')) == (1, 1)
    assert page.count('<th scope="col" class="senoffer-section"') == len(ash.cells) == 26


def test_what_the_code_expects_and_what_is_thin_are_told_apart(home: Any, desk: Client) -> None:
    _ash, report = office.school(home, "Ash")
    fresh = factories.say(
        factories.empty(type(report).objects.get(pk=report.pk), "cla"),
        "pupils",
        "<p>To be confirmed.</p>",
    )
    content.publish(fresh)
    cells = shown(desk)["Ash"].cells
    assert (cells["cla"].state, cells["pupils"].state) == (State.EXPECTED, State.LOOK)


def test_one_ruleset_by_itself_has_its_own_score(home: Any, desk: Client) -> None:
    _ash, report = office.school(home, "Ash")
    content.publish(factories.empty(type(report).objects.get(pk=report.pk), "cla"))
    row = shown(desk, what="sen-information-report:england-code-2015")["Ash"]
    assert (row.standing.score, list(row.cells)) == (
        "1 of 2 sections",
        ["cla", "policy_contacts", ""],
    )


def test_offers_and_strategies_have_tables_of_their_own(home: Any, desk: Client) -> None:
    school, _report = office.school(home, "Ash")
    content.publish(factories.make_offer(school))
    factories.make_school(home, "beech", title="Beech", school_type="7")
    offers = shown(desk, what="school-offer:se7-14")
    assert [row.standing.score for row in offers.values()] == ["14 of 14 sections", ""]
    strategies = shown(desk, what="inclusion-strategy")
    assert [row.label for row in strategies.values()] == ["Not published", "Not asked"]


def test_what_else_a_trust_has_to_know_stands_below_the_name(
    home: Any, admin: User, desk: Client, settings: Any
) -> None:
    ash, report = office.school(home, "Ash", review_date=date(2020, 1, 1))
    publish_incomplete(report, "parents", admin, settings)
    trust_text(home)
    coming = timezone.localdate() + timedelta(90)
    _beech, report = office.school(home, "Beech", review_date=coming)
    drafts.start_new_year(report, Version.objects.get(document_key=report.document_key), admin)
    found = shown(desk)
    assert [row.override_reason for row in found.values()] == ["=The head is ill.", ""]
    assert [row.standing.is_overdue for row in found.values()] == [True, False]
    assert [row.drifts for row in found.values()] == [("If you are not happy",), ()]
    complaints = [row.cells["complaints"].state for row in found.values()]
    assert complaints == [State.OLD_WORDS, State.THERE]
    assert [row.is_new_year for row in found.values()] == [False, True]
    flags = ("override", "overdue", "drift", "reread", "missing", "complete", "unpublished")
    assert [names(desk, state=flag) for flag in flags] == [
        *(["Ash"], ["Ash"], ["Ash"], ["Beech"], ["Ash"], ["Beech"], [])
    ]
    assert ash.title in desk.get(reverse(TABLE), {"state": "drift"}).content.decode()


def test_nobody_looked_at_it_for_a_term_until_somebody_says_it_is_still_correct(
    home: Any, desk: Client, clock: Any, monkeypatch: Any
) -> None:
    clock("2020-01-10T09:00")
    _ash, report = office.school(home, "Ash")
    monkeypatch.undo()
    assert shown(desk)["Ash"].rereading == "Nobody has looked at it since 10 Jan 2020"
    publishing.assure(type(report).objects.get(pk=report.pk), None)
    assert shown(desk)["Ash"].rereading == ""
    # Then it was not so.
    assert shown(desk, on="2020-08-01")["Ash"].standing.is_stale is True


# --- on another day


def test_a_day_that_is_over_shows_what_was_public_then(
    home: Any, desk: Client, clock: Any, monkeypatch: Any
) -> None:
    clock("2020-03-03T09:00")
    _ash, report = office.school(home, "Ash")
    clock("2020-03-05T09:00")
    office.republish(report, body=office.with_section(report, "cla", body=""))
    monkeypatch.undo()
    type(report).objects.get(pk=report.pk).unpublish()
    today = timezone.localdate().isoformat()
    days = ("2020-03-02", "2020-03-03", "2020-03-05", today)
    found = [shown(desk, on=day)["Ash"] for day in days]
    numbers = [row.standing.version and row.standing.version.number for row in found]
    assert numbers == [None, 1, 2, None]
    assert [row.cells["cla"].state for row in found[1:3]] == [State.THERE, State.EXPECTED]


def test_a_day_to_come_asks_what_the_rules_will_ask(
    home: Any, desk: Client, settings: Any, tmp_path: Path
) -> None:
    office.school(home, "Ash")
    (tmp_path / "council.toml").write_text(NEXT_YEAR, encoding="utf-8")
    settings.WAGTAIL_SENOFFER = {"RULESETS": [tmp_path / "council.toml"]}
    today, then = shown(desk)["Ash"], shown(desk, on="2099-09-01")["Ash"]
    assert ("travel" in today.cells, then.cells["travel"].state) == (False, State.MISSING)
    assert (today.label, then.label) == ("Complete", "1 thing missing")
    ruleset = "sen-information-report:council-2099"
    page = desk.get(reverse(TABLE), {"what": ruleset}).content.decode()
    assert page.count("This ruleset is not in force on that day") == 1


def test_a_day_that_is_none_changes_nothing_and_is_told(home: Any, desk: Client) -> None:
    office.school(home, "Ash")
    told = "“As at” is no date"
    page = desk.get(reverse(TABLE), {"on": "2027-02-31", "la": "Elmbury"}).content.decode()
    assert page.count(told) == 1
    assert names(desk, on="2027-02-31", la="Elmbury") == ["Ash"]
    assert told not in desk.get(reverse(TABLE), {"on": "2027-02-01"}).content.decode()
    assert names(desk, on="2027-02-31") == names(desk, on="9999-12-31") == ["Ash"]
    assert names(desk, on="0001-01-01") == ["Ash"]


# --- filters and order


@pytest.fixture
def three(home: Any) -> Any:
    """Three schools that differ in all that is filtered by."""
    kinds = {
        "Ash": {"la_name": "Brackenshire", "phase": "primary", "school_type": "34"},
        "Beech": {"la_name": "Elmbury", "phase": "secondary", "school_type": "7"},
        "Cedar": {"la_name": "", "phase": "16-plus", "school_type": "7", "in_hospital": True},
    }
    for name, fields in kinds.items():
        factories.make_school(home, name.lower(), title=name, live=False, **fields)
    return home


def test_it_is_narrowed_by_what_schools_are(three: Any, desk: Client) -> None:
    cedar = SchoolPage.objects.get(title="Cedar")
    site = Site.objects.create(hostname="cedar.example", root_page=cedar)
    SchoolPage.objects.filter(title="Ash").update(urn="190123")
    asked: tuple[tuple[dict[str, str], list[str]], ...] = (
        ({"la": "Elmbury"}, ["Beech"]),
        ({"phase": "primary"}, ["Ash"]),
        ({"duty": "special"}, ["Beech"]),
        ({"duty": "voluntary"}, ["Cedar"]),
        ({"duty": "mainstream"}, ["Ash"]),
        ({"duty": "unknown"}, []),
        ({"site": str(site.pk)}, ["Cedar"]),
        ({"q": "bee"}, ["Beech"]),
        ({"q": "190123"}, ["Ash"]),
        ({"state": "unpublished"}, ["Ash", "Beech", "Cedar"]),
        ({"ordering": "-title"}, ["Cedar", "Beech", "Ash"]),
    )
    assert [names(desk, **query) for query, _found in asked] == [found for _query, found in asked]


def test_it_is_ordered_by_what_documents_say(home: Any, desk: Client) -> None:
    factories.make_school(home, "elm", title="Elm")
    office.school(home, "Ash", review_date=date(2030, 1, 1))
    office.school(home, "Beech", review_date=date(2029, 1, 1))
    assert names(desk, ordering="state")[0] == "Elm"
    assert names(desk, ordering="review") == ["Beech", "Ash", "Elm"]
    # No day at all stands last, whichever comes first.
    assert names(desk, ordering="-review") == ["Ash", "Beech", "Elm"]
    assert names(desk, ordering="-version")[-1] == "Elm"


# --- spreadsheets


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_g14_a_spreadsheet_holds_all_schools_and_no_formula(
    form: str, home: Any, admin: User, desk: Client, settings: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(OverviewView, "paginate_by", 1)
    school, report = office.school(home, "Ash")
    publish_incomplete(report, "parents", admin, settings)
    SchoolPage.objects.filter(pk=school.pk).update(title="=1+1", la_name="@SUM(A1)\x0b")
    factories.make_school(home, "beech", title="Beech St Mary’s", live=False)
    assert len(shown(desk)) == 1
    table = exported(desk, form)
    assert [row["School"] for row in table] == ["'=1+1", "Beech St Mary’s"]
    first = table[0]
    assert (first["Council"], first["Published incomplete because"]) == (
        "'@SUM(A1)",
        "'=The head is ill.",
    )
    assert (first["State"], first["How parents are involved"]) == ("1 thing missing", "Missing")
    assert [str(first[name]) for name in ("Sections answered", "Of", "Version")] == [
        "22",
        "23",
        "2",
    ]
    assert not [cell for row in table for cell in row.values() if str(cell)[:1] in ("=", "@", "+")]


def exported(client: Client, form: str) -> list[dict[str, Any]]:
    """Return a spreadsheet's rows by their headings."""
    response = client.get(reverse(TABLE), {"export": form})
    data = b"".join(response.streaming_content)
    if form == "csv":
        return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    heads, *rows = load_workbook(io.BytesIO(data)).active.iter_rows(values_only=True)
    return [dict(zip(heads, row, strict=True)) for row in rows]


# --- one school


def test_a_school_is_told_what_it_lacks_and_where_to_mend_it(
    home: Any, admin: User, desk: Client, settings: Any
) -> None:
    ash, report = office.school(home, "Ash")
    publish_incomplete(report, "parents", admin, settings)
    page = desk.get(reverse("senoffer_school", args=[ash.pk])).content.decode()
    report = type(report).objects.get(pk=report.pk)
    block = next(each["id"] for each in report.body.get_prep_value() if each["type"] == "parents")
    form = reverse("wagtailadmin_pages:edit", args=[report.pk])
    for words in (
        f'<a href="{form}#block-{block}-section">How parents are involved</a>',
        "“How parents are involved” is empty. It must be answered before you can publish.",
        "Version 2 was published incomplete on",
        f'<a href="{report.full_url}versions/2/">',
    ):
        assert page.count(words) == 1


def test_what_of_a_new_year_is_still_to_be_read_is_named(
    home: Any, admin: User, desk: Client
) -> None:
    ash, report = office.school(home, "Ash")
    drafts.start_new_year(report, Version.objects.get(document_key=report.document_key), admin)
    response = desk.get(reverse("senoffer_school", args=[ash.pk]))
    (account,) = response.context["accounts"]
    assert (len(account.unread), account.unread[0]) == (25, "Kinds of need we provide for")


# --- who sees what


def test_p9_everybody_sees_their_own_schools_and_no_name_of_another(three: Any) -> None:
    ash = SchoolPage.objects.get(title="Ash")
    other = factories.make_folder(three)
    Site.objects.create(hostname="hidden.example", site_name="Hidden", root_page=other)
    people = {
        "editor": (office.person("ed", ash), ["Ash"]),
        "trust reader": (reader(three), ["Ash", "Beech", "Cedar"]),
        "council's reader": (reader(three, "la", "Elmbury"), ["Beech"]),
    }
    for user, mine in people.values():
        client = signed_in(user)
        assert names(client) == mine
        texts = [client.get(reverse(TABLE), {"state": "unpublished"}).content.decode()]
        texts += [str(exported(client, form)) for form in ("csv", "xlsx")]
        for theirs in {"Ash", "Beech", "Cedar"} - set(mine):
            assert not [text for text in texts if theirs in text]
            pk = SchoolPage.objects.get(title=theirs).pk
            assert client.get(reverse("senoffer_school", args=[pk])).status_code == 404
        assert ("Brackenshire" in texts[0], "Hidden" in texts[0]) == ("Ash" in mine, False)
        for name in mine:
            pk = SchoolPage.objects.get(title=name).pk
            assert client.get(reverse("senoffer_school", args=[pk])).status_code == 200


def test_p9_who_reads_no_school_gets_no_table(home: Any) -> None:
    client = signed_in(office.person("nobody"))
    for path in (reverse(TABLE), reverse("senoffer_schools_results")):
        assert client.get(path).status_code == 302
    assert reverse(TABLE) not in client.get(reverse("wagtailadmin_home")).content.decode()


def test_p9_a_reader_is_led_to_no_form(home: Any) -> None:
    ash, report = office.school(home, "Ash")
    page = signed_in(reader(home)).get(reverse("senoffer_school", args=[ash.pk])).content.decode()
    assert (reverse("wagtailadmin_pages:edit", args=[report.pk]) in page) is False
    assert page.count("Version 1, published on") == 1


# --- what it costs


@pytest.mark.parametrize("query", [{}, {"state": "overdue"}, {"on": "2020-01-01"}])
@pytest.mark.parametrize("role", ["reader", "editor", "admin"])
def test_p11_queries_are_at_most_20_however_many_schools(
    home: Any, admin: User, query: Any, role: str
) -> None:
    people = {"reader": reader(home), "editor": office.person("editor", home), "admin": admin}
    client = signed_in(people[role])
    trust_text(home, body="<p>Ask the trust.</p>")

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse(TABLE), query)
        return len(queries)

    office.school(home, "Ash")
    asked()
    few = asked()
    for name in ("Beech", "Cedar", "Dogwood"):
        office.school(home, name)
    assert (asked(), few <= 20) == (few, True)


def test_p11_a_page_judges_its_own_schools_and_no_others(
    home: Any, desk: Client, monkeypatch: Any
) -> None:
    monkeypatch.setattr(OverviewView, "paginate_by", 1)
    for name in ("Ash", "Beech"):
        office.school(home, name)
    assert (names(desk), names(desk, p="2")) == (["Ash"], ["Beech"])
    today = timezone.localdate() + timedelta(days=1)
    with CaptureQueriesContext(connection) as queries:
        names(desk, on=today.isoformat())
    beech = SchoolPage.objects.get(title="Beech").document_key.hex
    assert [sql for sql in queries if beech in sql["sql"].replace("-", "")] == []
