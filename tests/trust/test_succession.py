"""A school that became an academy goes on with its page; what is not certain, the trust decides."""

import io
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import Page

from example_site import content
from tests.feed.client import ask, read
from tests.feed.expected import school_id
from tests.trust.tables import OAK, followed, links, plan, school, table
from tests.trust.test_rollout import everything
from wagtail_senoffer.models import SchoolPage, Version
from wagtail_senoffer.trust import comparing, reading, rollout
from wagtail_senoffer.trust.links import Links
from wagtail_senoffer.trust.rollout import State

pytestmark = pytest.mark.django_db

OLD, NEW, OTHER = "190101", "190199", "190102"
ACADEMY = {
    **OAK,
    "URN": NEW,
    "UKPRN": "19000199",
    "EstablishmentNumber": "4001",
    "TypeOfEstablishment (code)": "34",
}


def found(*rows: dict[str, str], at: Any = (), plans: Any = None) -> reading.Reading:
    file = Links(links(*at), date(2026, 11, 26)) if at else None
    wanted = plans or [{"URN": each["URN"]} for each in rows]
    return reading.with_register(plan(*wanted), table(*rows), file)


def roll(home: Page, *rows: dict[str, str], at: Any = (), plans: Any = None) -> list[Any]:
    said = found(*rows, at=at, plans=plans)
    assert said.problems == []
    return rollout.run(said.schools, home)


def draft() -> Any:
    return SchoolPage.objects.get().get_latest_revision_as_object()


def numbers(page: Any) -> tuple[str, str, str, str]:
    return page.urn, page.former_urns, page.ukprn, page.laestab


def test_a_page_goes_on_under_the_urn_that_followed_its_own(home: Page) -> None:
    roll(home, OAK)
    page = SchoolPage.objects.get()
    foretold = rollout.preview(found(ACADEMY, at=followed(OLD, NEW)).schools, home)
    (outcome,) = roll(home, ACADEMY, at=followed(OLD, NEW))
    assert outcome.steps == foretold[0].steps
    assert (outcome.state, outcome.notes, outcome.steps) == (
        State.CHANGED,
        [],
        ["Goes on under the URN 190199; former ones: 190101. From the register: UKPRN, LAESTAB"],
    )
    after = SchoolPage.objects.get()
    assert (after.pk, after.document_key, after.slug) == (page.pk, page.document_key, page.slug)
    assert numbers(after) == (NEW, OLD, "19000199", "9904001")


def test_a_second_run_with_or_without_the_links_changes_no_row(home: Page) -> None:
    roll(home, OAK)
    content.publish(SchoolPage.objects.get())
    roll(home, ACADEMY, at=followed(OLD, NEW))
    before = everything()
    for at in (followed(OLD, NEW), ()):
        (outcome,) = roll(home, ACADEMY, at=at)
        assert (outcome.state, outcome.notes) == (State.SAME, [])
    assert everything() == before


def test_p8_on_a_public_page_the_new_urn_waits_in_the_draft(home: Page) -> None:
    roll(home, OAK)
    content.publish(SchoolPage.objects.get())
    (outcome,) = roll(home, ACADEMY, at=followed(OLD, NEW))
    assert outcome.notes == ["Publish its page, so that the public knows the new URN."]
    assert (SchoolPage.objects.get().urn, draft().urn) == (OLD, NEW)
    assert numbers(draft()) == (NEW, OLD, "19000199", "9904001")
    assert [each.document().school.urn for each in Version.objects.all()] == [OLD]
    content.publish(draft())
    newest = Version.objects.latest("number").document().school
    assert (newest.urn, newest.former_urns) == (NEW, (OLD,))
    assert list(comparing.differences(SchoolPage.objects.all())) == []


def test_the_publish_brings_the_page_its_history_and_the_feed_along(
    home: Page, client: Any
) -> None:
    roll(home, OAK)
    content.publish(SchoolPage.objects.get())
    roll(home, ACADEMY, at=followed(OLD, NEW))
    content.publish(draft())
    page = SchoolPage.objects.get()
    html = client.get(page.url, HTTP_HOST="school.example").content.decode()
    assert "190199 (formerly URN 190101)" in html
    history = client.get(f"{page.url}versions/", HTTP_HOST="school.example")
    assert history.status_code == 200
    told = ask(f"/open-referral/v3/organizations/{school_id(OLD)}")
    assert told.status_code == 410
    (organization,) = [
        each
        for each in read("/open-referral/v3/organizations?full=true")["contents"]
        if each["id"] == str(school_id(NEW))
    ]
    assert organization["send_predecessors"] == [{"id": str(school_id(OLD)), "urn": OLD}]


def test_what_the_school_edited_stays_but_the_number_follows_the_register(home: Page) -> None:
    roll(home, OAK)
    page = SchoolPage.objects.get()
    page.ukprn, page.former_urns = "19999999", "190001"
    page.save_revision()
    (outcome,) = roll(home, ACADEMY, at=followed(OLD, NEW))
    assert outcome.notes == ["UKPRN stays “19999999”; the register says “19000199”."]
    assert numbers(draft()) == (NEW, f"190001, {OLD}", "19999999", "9904001")


def test_a_page_that_a_school_made_by_hand_goes_on_too(home: Page) -> None:
    home.add_child(instance=SchoolPage(title="Oak", slug="oak", urn=OLD, live=False))
    (outcome,) = roll(home, ACADEMY, at=followed(OLD, NEW))
    assert (outcome.state, draft().urn, draft().former_urns) == (State.CHANGED, NEW, OLD)


def test_a_urn_that_was_never_here_is_a_former_one_too(home: Page) -> None:
    roll(home, OAK)
    roll(home, ACADEMY, at=[*followed(OLD, OTHER), *followed(OTHER, NEW)])
    assert (draft().urn, draft().former_urns) == (NEW, f"{OLD}, {OTHER}")


def test_a_locked_page_is_left_alone(home: Page) -> None:
    roll(home, OAK)
    SchoolPage.objects.update(locked=True)
    (outcome,) = roll(home, ACADEMY, at=followed(OLD, NEW))
    assert (outcome.state, draft().urn) == (State.SAME, OLD)
    assert outcome.notes == ["The page is locked, so the register's news was not written."]


def test_without_the_links_a_page_of_its_own_is_made(home: Page) -> None:
    roll(home, OAK)
    roll(home, ACADEMY)
    assert list(SchoolPage.objects.order_by("urn").values_list("urn", flat=True)) == [OLD, NEW]
    (outcome,) = roll(home, ACADEMY, at=followed(OLD, NEW))
    assert (outcome.state, outcome.notes) == (
        State.SAME,
        [
            "There is a page of 190101, which this school followed. Take it down, and give the "
            "address of this school's page as what takes its place."
        ],
    )


MERGER = [*followed(OLD, NEW, "merged"), *followed(OTHER, NEW, "merged")]
SPLIT = [*followed(OLD, NEW, "Split School"), *followed(OLD, OTHER, "Split School")]
COMING = followed(OLD, NEW, day="01-09-2027")
CIRCLE = [*followed(OLD, NEW), *followed(NEW, OLD)]


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (MERGER, "Several schools became one: 190101, 190102."),
        (SPLIT, "It was split, or went to several schools: 190102."),
        (COMING, "This school is to follow it only on this day: 2027-09-01."),
        (CIRCLE, "The links go round in a circle: 190199."),
    ],
)
def test_what_is_not_certain_is_told_and_the_trust_decides(home: Page, at: Any, said: str) -> None:
    roll(home, OAK)
    before = everything()
    (outcome,) = roll(home, ACADEMY, at=at)
    assert (outcome.state, everything()) == (State.REFUSED, before)
    assert outcome.notes == [
        f"Is this the school that had the URN 190101? {said} Say in your table, in the column "
        "“Predecessor”, the URN whose page is to go on as this school's, or “new”."
    ]
    (outcome,) = roll(home, ACADEMY, at=at, plans=[{"URN": NEW, "Predecessor": OLD}])
    assert (outcome.state, draft().urn, draft().former_urns) == (State.CHANGED, NEW, OLD)
    (outcome,) = roll(home, ACADEMY, at=at, plans=[{"URN": NEW, "Predecessor": OLD}])
    assert outcome.state is State.SAME


def test_the_trust_may_say_that_the_school_is_new(home: Page) -> None:
    roll(home, OAK)
    (outcome,) = roll(home, ACADEMY, at=MERGER, plans=[{"URN": NEW, "Predecessor": "New"}])
    assert (outcome.state, outcome.notes) == (State.NEW, [])
    assert SchoolPage.objects.get(urn=NEW).former_urns == ""


def test_of_a_merger_the_first_page_goes_on_and_the_other_is_named(home: Page) -> None:
    roll(home, OAK, school(2))
    named = [{"URN": NEW, "Predecessor": f"{OLD}; {OTHER}"}]
    (outcome,) = roll(home, ACADEMY, at=MERGER, plans=named)
    page = SchoolPage.objects.get(urn=NEW)
    assert (page.title, page.former_urns) == ("Oak Primary (demo)", f"{OTHER}, {OLD}")
    assert [note[:26] for note in outcome.notes] == ["There is a page of 190102,"]


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("19010", "Predecessor “19010”: write URNs with a semicolon between two, or “new”."),
        (NEW, "A school can't be its own predecessor. Correct one of the two URNs."),
    ],
)
def test_a_wrong_predecessor_is_told_by_line(home: Page, cell: str, said: str) -> None:
    (problem,) = found(ACADEMY, plans=[{"URN": NEW, "Predecessor": cell}]).problems
    assert (problem.line, problem.message) == (2, said)


def test_who_was_followed_is_no_school_of_the_plan_any_more(home: Page) -> None:
    said = found(OAK, ACADEMY, at=followed(OLD, NEW))
    assert [each.urn for each in said.schools] == [NEW]
    assert [(each.line, each.message) for each in said.problems] == [
        (2, "Oak Primary (demo) in line 3 followed this school. Delete this row.")
    ]
    roll(home, OAK)
    roll(home, ACADEMY, at=followed(OLD, NEW))
    content.publish(draft())
    (outcome,) = roll(home, {**OAK, "URN": NEW})
    assert outcome.state is State.CHANGED


def test_a_closed_school_is_told_with_what_followed_it(home: Page) -> None:
    closed = {**OAK, "EstablishmentStatus (code)": "2", "CloseDate": "31-08-2026"}
    said = [
        (followed(OLD, NEW), "Take the URN of the school that followed it: 190199 (School 190199)"),
        (followed(OTHER, NEW), "The links name no school that followed it"),
        (
            SPLIT,
            "What followed it is not certain. It was split, or went to several schools: "
            "190102, 190199",
        ),
    ]
    for at, advice in said:
        (problem,) = found(closed, at=at, plans=[{"URN": OLD}]).problems
        assert problem.message == f"Oak Primary (demo) is closed (31-08-2026). {advice}."
    gone = {**ACADEMY, "EstablishmentStatus (code)": "2"}
    (problem,) = found(closed, gone, at=followed(OLD, NEW), plans=[{"URN": OLD}]).problems
    assert problem.message.endswith("The last that the links name is closed too: 190199.")


def test_p11_the_links_cost_no_query_more_for_more_schools(home: Page) -> None:
    many = [school(number) for number in range(1, 8)]
    roll(home, *many)
    new = [{**school(n), "URN": f"1902{n:02}"} for n in range(1, 8)]
    at = [row for n in range(1, 8) for row in followed(f"1901{n:02}", f"1902{n:02}")]
    rollout.preview(found(*new, at=at).schools, home)
    counts = set()
    for some in (new[:2], new):
        with CaptureQueriesContext(connection) as queries:
            rollout.preview(found(*some, at=at).schools, home)
        counts.add(len(queries))
    assert len(counts) == 1


def test_the_command_compares_and_rolls_out_with_links(home: Page, tmp_path: Any) -> None:
    roll(home, OAK)
    names = {name: str(tmp_path / f"{name}.csv") for name in ("gias", "links")}
    closed = {**OAK, "EstablishmentStatus (code)": "2", "CloseDate": "31-08-2026"}
    rows = [*followed(OLD, NEW), (OLD, NEW, "Federated")]
    (tmp_path / "gias.csv").write_bytes(table(closed, ACADEMY).read())
    (tmp_path / "links.csv").write_bytes(links(*rows).read())
    told, warned = io.StringIO(), io.StringIO()
    at = {"links": names["links"], "stdout": told, "stderr": warned}
    call_command("senoffer_rollout", names["gias"], compare=True, **at)
    assert told.getvalue().splitlines() == [
        "190101 Oak Primary (demo): closed on 31-08-2026. Take the URN of the school that followed "
        "it: 190199 (School 190199).",
        "1 schools, 0 changed rows, 0 differences.",
    ]
    assert warned.getvalue() == "Links of the kind “Federated” were left out: 1.\n"
    call_command("senoffer_rollout", names["gias"], council="990", **at)
    assert numbers(SchoolPage.objects.get()) == (NEW, OLD, "19000199", "9904001")


def test_the_admin_takes_the_links_and_shows_what_would_happen(
    home: Page, admin: User, client: Any
) -> None:
    roll(home, OAK)
    client.force_login(admin)
    files = {
        "table": plan({"URN": NEW}),
        "register": table(ACADEMY),
        "links": links(*MERGER),
    }
    for at, state in ((MERGER, "refused"), (followed(OLD, NEW), "changed")):
        files["links"] = links(*at)
        for name, file in files.items():
            file.name = f"{name}.csv"
            file.seek(0)
        shown = client.post(reverse("senoffer_rollout"), {**files, "below": str(home.pk)})
        assert [each.state.value for each in shown.context["outcomes"]] == [state]
    assert SchoolPage.objects.get().urn == OLD
    client.post(reverse("senoffer_rollout"), {"carried": shown.context["carried"]})
    assert numbers(SchoolPage.objects.get()) == (NEW, OLD, "19000199", "9904001")
