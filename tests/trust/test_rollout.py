"""A trust sets up its schools; a second run changes nothing; what a school edited stays."""

import io
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, User
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import GroupPagePermission, Page, Site, WorkflowPage

from example_site import content
from tests.trust.tables import OAK, plan, school, table
from wagtail_senoffer.models import SchoolPage, SchoolReader, SENInformationReportPage, Version
from wagtail_senoffer.trust import reading, rollout
from wagtail_senoffer.trust.rollout import State

pytestmark = pytest.mark.django_db

OAKS_ROW = {
    "URN": "190101",
    "Slug": "oak",
    "Hostname": "oak.example.org",
    "Editors": "office@oak.example; senco@oak.example",
    "Moderators": "head@oak.example",
}


def schools(*rows: dict[str, str], plan_row: dict[str, str] = OAKS_ROW) -> list[Any]:
    """Return what the plan's row and the register's rows come to."""
    plans = [plan_row, *({"URN": each["URN"]} for each in rows[1:])]
    found = reading.with_register(plan(*plans), table(*rows))
    assert found.problems == []
    return found.schools


def roll(home: Page, *rows: dict[str, str], **options: Any) -> list[Any]:
    return rollout.run(schools(*(rows or (OAK,)), **options), home)


def everything() -> dict[str, Any]:
    """Return all rows of all tables, as the database has them."""
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models():
            name = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(f"SELECT * FROM {name}")  # noqa: S608
            found[str(model._meta)] = sorted(map(repr, cursor.fetchall()))
    return found


def oak() -> SchoolPage:
    return SchoolPage.objects.get(urn="190101")


def test_a_school_is_set_up_from_the_register_and_the_plan(home: Page) -> None:
    (outcome,) = roll(home)
    page = oak()
    assert (outcome.state, outcome.notes) == (State.NEW, [])
    assert {name: getattr(page, name) for name in outcome_fields()} == outcome_fields()
    assert page.get_parent().pk == home.pk
    assert [each.slug for each in page.get_children()] == [
        "sen-information-report",
        "school-offer",
        "inclusion-strategy",
    ]
    assert [(s.hostname, s.port) for s in Site.objects.filter(root_page_id=page.pk)] == [
        ("oak.example.org", 80)
    ]
    assert not Page.objects.descendant_of(home).filter(live=True).exists()


def outcome_fields() -> dict[str, Any]:
    return {
        "title": "Oak Primary (demo)",
        "slug": "oak",
        "urn": "190101",
        "ukprn": "19000101",
        "laestab": "9902101",
        "uprn": "990000000101",
        "school_type": "34",
        "phase": "primary",
        "minimum_age": 4,
        "maximum_age": 11,
        "capacity": 420,
        "resourced_provision": "SEN unit",
        "resourced_places": 12,
        "sen_types": ["SLCN", "ASD"],
        "la_name": "Brackenshire",
        "trust_name": "Kestrel Bridge Learning Trust",
        "street": "1 Café Row",
        "website": "https://www.oak.example",
    }


def test_each_group_may_what_it_is_for(home: Page) -> None:
    roll(home)
    found = GroupPagePermission.objects.exclude(group__name__in=("Editors", "Moderators"))
    may = sorted(found.values_list("group__name", "page_id", "permission__codename"))
    key = oak().pk
    assert may == [
        *(("Oak Primary (demo) editors", key, f"{verb}_page") for verb in ("add", "change")),
        *(("Oak Primary (demo) moderators", key, f"{verb}_page") for verb in ("change", "publish")),
        *(("Trust editors", home.pk, f"{verb}_page") for verb in ("add", "change", "publish")),
    ]
    assert sorted(SchoolReader.objects.values_list("group__name", "page", "la_name")) == [
        ("Brackenshire readers", home.pk, "Brackenshire"),
        ("Trust readers", home.pk, ""),
    ]
    assert [each.page_id for each in WorkflowPage.objects.exclude(page__depth=1)] == [key]


def test_editors_have_sign_ins_and_no_password_that_anybody_knows(
    home: Page, mailoutbox: list[Any], client: Any
) -> None:
    User.objects.create_user("helen", "Head@Oak.example", "secret")
    roll(home)
    assert sorted(User.objects.values_list("username", flat=True)) == [
        "helen",
        "office@oak.example",
        "senco@oak.example",
    ]
    assert mailoutbox == []
    client.post("/admin/password_reset/", {"email": "office@oak.example"})
    assert [message.to for message in mailoutbox] == [["office@oak.example"]]


def test_a_second_run_changes_no_row(home: Page) -> None:
    rows = (OAK, school(2))
    roll(home, *rows)
    before = everything()
    assert [each.state for each in roll(home, *rows)] == [State.SAME, State.SAME]
    assert everything() == before


def test_a_preview_tells_all_and_writes_nothing(home: Page) -> None:
    before = everything()
    found = schools(OAK)
    told = rollout.preview(found, home)
    assert everything() == before
    assert [each.steps for each in told] == [each.steps for each in rollout.run(found, home)]


def test_p11_a_preview_asks_the_same_however_many_schools(home: Page) -> None:
    many = schools(OAK, *(school(number) for number in range(2, 8)))
    counts = set()
    rollout.run(many, home)
    changed = schools(*(school(n, SchoolCapacity="99") for n in range(1, 8)))
    rollout.preview(many, home)
    for asked in (changed[:2], changed):
        with CaptureQueriesContext(connection) as queries:
            rollout.preview(asked, home)
        counts.add(len(queries))
    assert len(counts) == 1


def test_a_changed_row_of_the_register_changes_just_that(home: Page) -> None:
    rows = (OAK, school(2))
    roll(home, *rows)
    before = everything()
    outcomes = roll(home, {**OAK, "SchoolCapacity": "450"}, rows[1])
    assert [(each.state, each.steps) for each in outcomes] == [
        (State.CHANGED, ["From the register: Places at the school"]),
        (State.SAME, []),
    ]
    assert oak().capacity == 450
    after = everything()
    assert sorted(name for name in after if after[name] != before[name]) == [
        "wagtail_senoffer.documenthead",
        "wagtail_senoffer.registerentry",
        "wagtail_senoffer.rolledoutschool",
        "wagtail_senoffer.schoolpage",
        "wagtailcore.page",
        "wagtailcore.pagelogentry",
        "wagtailcore.revision",
    ]


def test_p8_what_is_public_stays_until_the_school_publishes(home: Page) -> None:
    roll(home)
    content.publish(oak())
    public = Version.objects.get().text.text
    roll(home, {**OAK, "SchoolCapacity": "450"})
    assert (oak().capacity, oak().get_latest_revision_as_object().capacity) == (420, 450)
    assert Version.objects.get().text.text == public


def test_what_the_school_edited_is_reported_and_stays(home: Page) -> None:
    roll(home)
    page = oak()
    page.street = "Ours"
    page.save_revision()
    (outcome,) = roll(home, {**OAK, "Street": "2 New Row", "Town": "Eastmarch"})
    draft = oak().get_latest_revision_as_object()
    assert (draft.street, draft.town) == ("Ours", "Eastmarch")
    assert outcome.notes == ["Street stays “Ours”; the register says “2 New Row”."]


def test_a_page_that_the_school_deleted_stays_deleted(home: Page) -> None:
    roll(home)
    SENInformationReportPage.objects.get().delete()
    (outcome,) = roll(home)
    assert outcome.notes == ["SEN information report was deleted, and stays so."]
    assert not SENInformationReportPage.objects.exists()


def test_who_left_the_plan_leaves_the_group_but_others_stay(home: Page) -> None:
    roll(home)
    guest = User.objects.create_user("guest")
    group = oak_editors()
    group.user_set.add(guest)
    roll(home, OAK, plan_row={**OAKS_ROW, "Editors": "office@oak.example"})
    assert sorted(group.user_set.values_list("username", flat=True)) == [
        "guest",
        "office@oak.example",
    ]


def test_a_plan_that_names_nobody_takes_nobody_out(home: Page) -> None:
    roll(home)
    (outcome,) = roll(home, OAK, plan_row={"URN": "190101"})
    assert (outcome.state, oak_editors().user_set.count()) == (State.SAME, 2)


def oak_editors() -> Any:
    return (
        GroupPagePermission.objects.filter(page_id=oak().pk, permission__codename="add_page")
        .get()
        .group
    )


def test_p9_a_group_of_that_name_that_was_there_is_left_alone(home: Page) -> None:
    other = Group.objects.create(name="Oak Primary (demo) editors")
    roll(home)
    assert oak_editors() != other
    assert not GroupPagePermission.objects.filter(group=other).exists()


def test_one_wrong_school_stops_no_other_and_strict_stops_all(home: Page) -> None:
    Site.objects.create(hostname="oak.example.org", root_page=Page.get_first_root_node())
    found = schools(OAK, school(2))
    before = everything()
    with pytest.raises(rollout.Stopped):
        rollout.run(found, home, strict=True)
    assert everything() == before
    outcomes = rollout.run(found, home)
    assert [each.state for each in outcomes] == [State.REFUSED, State.NEW]
    assert outcomes[0].notes == ["The host name oak.example.org is another site's. Choose another."]


def test_a_school_that_stands_elsewhere_is_refused(home: Page) -> None:
    other = Page(title="Other", slug="other")
    home.add_child(instance=other)
    rollout.run(schools(OAK), Page.objects.get(pk=other.pk))
    (outcome,) = roll(home)
    assert outcome.notes == [
        "A page with the URN 190101 stands elsewhere, on another site perhaps."
    ]


def test_p9_who_may_not_edit_a_school_can_not_roll_it_out(home: Page) -> None:
    roll(home)
    (outcome,) = rollout.run(schools({**OAK, "Town": "X"}), home, User.objects.create_user("x"))
    assert (outcome.state, outcome.notes) == (
        State.REFUSED,
        ["You may not edit the page of this school."],
    )


def test_the_command_reports_to_a_file_without_formulas(home: Page, tmp_path: Any) -> None:
    names = {
        "plan": tmp_path / "plan.csv",
        "gias": tmp_path / "gias.csv",
        "out": tmp_path / "out.csv",
    }
    names["plan"].write_bytes(plan(OAKS_ROW, {"URN": "199999"}).read())
    names["gias"].write_bytes(table({**OAK, "EstablishmentName": "=Oak()"}).read())
    told = io.StringIO()
    with pytest.raises(CommandError, match=r"^Schools not done: 1\."):
        call_command(
            "senoffer_rollout",
            str(names["plan"]),
            "--register",
            str(names["gias"]),
            "--out",
            str(names["out"]),
            stdout=told,
            stderr=io.StringIO(),
        )
    assert told.getvalue().endswith("Schools: new 1, changed 0, same 0, refused 1.\n")
    assert "Line 3, 199999: Not done\n" in told.getvalue()
    lines = names["out"].read_text(encoding="utf-8-sig").splitlines()
    assert lines[1].startswith("2,190101,'=Oak(),New,")


def test_the_command_compares(home: Page, tmp_path: Any) -> None:
    roll(home)
    gias = tmp_path / "gias.csv"
    gias.write_bytes(table({**OAK, "SchoolCapacity": "450"}).read())
    told = io.StringIO()
    call_command("senoffer_rollout", str(gias), "--compare", stdout=told)
    assert told.getvalue().splitlines() == [
        "190101 Oak Primary (demo): Places at the school: the page says 420, the register 450",
        "1 schools, 1 changed rows, 1 differences.",
    ]
    assert oak().capacity == 420
