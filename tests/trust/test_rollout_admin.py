"""Setting up schools in the admin, the report on register and pages, readers of a group (P9)."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import Page

from example_site import content
from tests.office import person
from tests.trust.tables import OAK, plan, school, table
from wagtail_senoffer.models import SchoolPage, SchoolReader, Version
from wagtail_senoffer.trust import comparing, reading, register, rollout

pytestmark = pytest.mark.django_db
UPLOAD = "/admin/senoffer/rollout/"


def files(*rows: dict[str, str]) -> dict[str, Any]:
    found = {"table": plan(*({"URN": each["URN"]} for each in rows)), "register": table(*rows)}
    for name, file in found.items():
        file.name = f"{name}.csv"
    return found


def post(client: Any, home: Page, *rows: dict[str, str], **more: str) -> Any:
    return client.post(UPLOAD, {**files(*(rows or (OAK,))), "below": str(home.pk), **more})


def told(response: Any) -> list[tuple[str, str]]:
    return [(each.urn, each.state.value) for each in response.context["outcomes"]]


def rolled(home: Page, *rows: dict[str, str]) -> list[Any]:
    found = reading.of_register(table(*(rows or (OAK,))), register.by_council("990")).schools
    return rollout.run(found, home)


def test_a_preview_then_a_button_sets_the_schools_up(home: Page, admin: User, client: Any) -> None:
    client.force_login(admin)
    assert client.get(UPLOAD).status_code == 200
    shown = post(client, home, OAK, {**school(2), "EstablishmentStatus (code)": "2"})
    assert told(shown) == [("190101", "new"), ("190102", "refused")]
    assert not SchoolPage.objects.exists()
    done = client.post(UPLOAD, {"carried": shown.context["carried"]})
    assert told(done) == [("190101", "new"), ("190102", "refused")]
    assert SchoolPage.objects.get().owner == admin
    again = client.post(UPLOAD, {"carried": shown.context["carried"]})
    assert told(again) == [("190101", "same"), ("190102", "refused")]


def test_a_form_that_was_forged_or_is_of_somebody_else_does_nothing(
    home: Page, admin: User, client: Any
) -> None:
    client.force_login(admin)
    carried = post(client, home).context["carried"]
    assert client.post(UPLOAD, {"carried": carried + "x"}).status_code == 302
    client.force_login(User.objects.create_superuser("other"))
    assert client.post(UPLOAD, {"carried": carried}).status_code == 302
    assert not SchoolPage.objects.exists()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "Choose your table of schools, or the register and the name of a trust."),
        ({"table": b"\x50\x4b\x03\x04"}, "This is an Excel workbook."),
        ({"table": b"Name\r\nOak\r\n"}, "The plan has no column “URN”."),
    ],
)
def test_what_can_not_be_read_is_told(
    home: Page, admin: User, client: Any, data: dict[str, bytes], said: str
) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    client.force_login(admin)
    sent = {name: SimpleUploadedFile("t.csv", value) for name, value in data.items()}
    response = client.post(UPLOAD, {**sent, "below": str(home.pk)})
    assert response.context["form"].non_field_errors()[0].startswith(said)


def test_p9_only_who_may_roll_out_and_publish_there(home: Page, client: Any) -> None:
    user = person("trust", home, may="publish_page")
    client.force_login(user)
    assert client.get(UPLOAD).status_code == 302
    user.groups.get().permissions.add(Permission.objects.get(codename="roll_out_schools"))
    client.force_login(User.objects.get(pk=user.pk))
    response = client.get(UPLOAD)
    assert response.context["form"].fields["below"].choices == []
    refused = post(client, home)
    assert list(refused.context["form"].errors) == ["below"]


def test_the_report_shows_where_register_and_page_disagree(
    home: Page, admin: User, client: Any
) -> None:
    rolled(home)
    comparing.refresh(reading_of({**OAK, "Street": "=2 New Row"}))
    client.force_login(admin)
    response = client.get(reverse("senoffer_differences"))
    assert [(each.field, each.in_register) for each in response.context["object_list"]] == [
        ("street", "=2 New Row")
    ]
    exported = client.get(reverse("senoffer_differences"), {"export": "csv"})
    lines = b"".join(exported.streaming_content).decode().splitlines()
    assert lines[1] == "Oak Primary (demo),190101,Street,1 Café Row,'=2 New Row"


def reading_of(*rows: dict[str, str]) -> Any:
    return register.Register(table(*rows)).find(lambda line: True)


def test_p8_taking_the_registers_saves_a_draft_or_publishes_as_asked(
    home: Page, admin: User, client: Any
) -> None:
    rolled(home)
    page = SchoolPage.objects.get()
    content.publish(page)
    comparing.refresh(reading_of({**OAK, "Street": "2 New Row", "Town": "Eastmarch"}))
    client.force_login(admin)
    street, town = (reverse("senoffer_take", args=[page.pk, name]) for name in ("street", "town"))
    assert client.get(street).status_code == 200
    assert client.post(street, {"draft": "1"}).status_code == 302
    assert Version.objects.count() == 1
    assert SchoolPage.objects.get().street == "1 Café Row"
    client.post(town, {"publish": "1"})
    newest = Version.objects.latest("number").document().school.address
    assert (newest.street, newest.town) == ("2 New Row", "Eastmarch")
    assert list(comparing.differences(SchoolPage.objects.all())) == []


def test_p9_a_school_reads_its_own_differences_only_and_takes_no_others(
    home: Page, client: Any
) -> None:
    rolled(home, OAK, school(2))
    comparing.refresh(reading_of({**OAK, "Town": "X"}, school(2, Town="Y")))
    oak, other = SchoolPage.objects.order_by("urn")
    client.force_login(person("oak", oak))
    response = client.get(reverse("senoffer_differences"))
    assert [each.urn for each in response.context["object_list"]] == ["190101"]
    take = reverse("senoffer_take", args=[other.pk, "town"])
    assert client.post(take, {"draft": "1"}).status_code == 302
    assert SchoolPage.objects.get(pk=other.pk).town == "Westmarch"
    client.force_login(person("guest"))
    assert client.get(reverse("senoffer_differences")).status_code == 302


def test_p11_the_differences_take_the_same_queries_however_many_schools(home: Page) -> None:
    rows = [school(number) for number in range(1, 6)]
    rolled(home, *rows)
    comparing.refresh(reading_of(*({**row, "Town": "X"} for row in rows)))
    counts = set()
    for schools in (SchoolPage.objects.filter(urn="190101"), SchoolPage.objects.all()):
        with CaptureQueriesContext(connection) as queries:
            list(comparing.differences(schools))
        counts.add(len(queries))
    assert counts == {2}


def test_a_groups_form_says_of_which_schools_it_reads(home: Page, admin: User, client: Any) -> None:
    group = Group.objects.create(name="Council")
    client.force_login(admin)
    url = reverse("wagtailusers_groups:edit", args=[group.pk])
    form = client.get(url)
    panels = form.context["permission_panels"]
    data = {"name": "Council"}
    for panel in panels:
        data |= {f"{panel.prefix}-{name}": "0" for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    data |= {"senoffer_readers-TOTAL_FORMS": "2"}
    data |= {"senoffer_readers-0-page": str(home.pk), "senoffer_readers-0-la_name": "Elmbury"}
    assert client.post(url, data).status_code == 302
    assert list(SchoolReader.objects.values_list("group", "page", "la_name")) == [
        (group.pk, home.pk, "Elmbury")
    ]
