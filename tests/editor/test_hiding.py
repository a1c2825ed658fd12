"""What Wagtail's own views would show of others' schools; the whole is in trust/…matrix.py."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from wagtail.models import Page, Site, Workflow, WorkflowPage

from tests import factories
from tests.office import person
from wagtail_senoffer.editor import hiding

pytestmark = pytest.mark.django_db


@pytest.fixture
def schools(home: Any) -> list[Any]:
    """Return two schools, each with a Site and an approval of its own."""
    found = [factories.make_school(home, name, live=False) for name in ("ash", "beech")]
    for school in found:
        Site.objects.create(hostname=f"{school.slug}.example", root_page=school)
        workflow = Workflow.objects.create(name=f"Approval for {school.slug}")
        WorkflowPage.objects.create(page=Page.objects.get(pk=school.pk), workflow=workflow)
    return found


@pytest.fixture
def office(schools: list[Any]) -> Client:
    """Return the office of the first one."""
    client = Client()
    client.force_login(person("office", schools[0]))
    return client


@pytest.mark.parametrize(
    ("view", "field", "own"),
    [
        ("senoffer_documents:index", "site", "ash.example"),
        ("wagtailadmin_reports:workflow", "workflow", "Approval for ash"),
        ("wagtailadmin_reports:workflow_tasks", "workflow", "Approval for ash"),
    ],
)
def test_p9_filters_offer_what_is_of_the_users_own_pages(
    office: Client, view: str, field: str, own: str
) -> None:
    filters = office.get(reverse(view)).context["filters"]
    assert [str(each) for each in filters.form.fields[field].queryset] == [own]


@pytest.mark.parametrize(
    ("view", "field", "model"),
    [
        ("senoffer_documents:index", "site", Site),
        ("wagtailadmin_reports:workflow", "workflow", Workflow),
        ("wagtailadmin_reports:workflow_tasks", "workflow", Workflow),
    ],
)
def test_p9_an_address_with_the_key_of_others_does_not_name_it(
    office: Client, view: str, field: str, model: Any
) -> None:
    found = {
        str(each): str(each) in office.get(reverse(view), {field: each.pk}).content.decode()
        for each in model.objects.all()
        if str(each).endswith(("ash", "beech", "ash.example", "beech.example"))
    }
    assert sorted(found.values()) == [False, True]
    assert [name for name in found if "ash" in name] == [
        name for name, is_named in found.items() if is_named
    ]


def test_what_another_app_calls_filters_is_left_alone(office: Client, rf: Any) -> None:
    request = rf.get("/admin/")
    request.user = User.objects.get(username="office")
    context = {"filters": ["Ours"]}
    hiding.narrow(request, context)
    assert context == {"filters": ["Ours"]}


def test_p9_the_report_that_names_others_pages_is_for_administrators(office: Client) -> None:
    report = reverse("wagtailadmin_reports:page_types_usage")
    assert office.get(report).url == reverse("wagtailadmin_home")
    assert report not in office.get(reverse("wagtailadmin_home")).content.decode()
    admin = Client()
    admin.force_login(User.objects.create_superuser("admin"))
    assert admin.get(report).status_code == 200
    assert report in admin.get(reverse("wagtailadmin_home")).content.decode()


@pytest.mark.parametrize("action", ["publish", "unpublish"])
def test_p9_a_bulk_action_counts_no_page_of_others_among_what_it_names(
    schools: list[Any], office: Client, action: str
) -> None:
    ids = "&".join(f"id={school.pk}" for school in schools)
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", action])
    refused = office.get(f"{url}?{ids}").context["items_with_no_access"]
    assert [each["item"].slug for each in refused] == ["ash"]
