"""Approval by people in roles: switched on by a school, and signed into the document."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import (
    GroupPagePermission,
    Locale,
    TaskState,
    Workflow,
    WorkflowPage,
    WorkflowState,
)

from tests import factories
from tests.forms import form_data
from wagtail_senoffer import publishing
from wagtail_senoffer.editor import approval
from wagtail_senoffer.models import (
    ApprovalTask,
    SchoolPage,
    SENInformationReportPage,
    Version,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_other_approval(db: None) -> None:
    """Take away the workflow that Wagtail's own migrations put above all pages."""
    WorkflowPage.objects.all().delete()


@pytest.fixture
def office(school: Any) -> list[User]:
    """Return three people who may edit and publish the school."""
    group = Group.objects.create(name="Office")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    for name in ("change_page", "publish_page"):
        permission = Permission.objects.get(codename=name, content_type__app_label="wagtailcore")
        GroupPagePermission.objects.create(group=group, page=school, permission=permission)
    people = [User.objects.create_user(name, password="x") for name in ("ada", "ben", "cat")]
    group.user_set.set(people)
    return people


def arranged(school: Any, **people: list[User]) -> None:
    approval.arrange(school, people)


def fresh(report: Any) -> Any:
    return SENInformationReportPage.objects.get(pk=report.pk)


def workflow_of(school: Any) -> Any:
    return SchoolPage.objects.get(pk=school.pk).get_workflow()


def submit(client: Client, user: User, report: Any) -> Any:
    client.force_login(user)
    url = reverse("wagtailadmin_pages:edit", args=[report.pk])
    page = fresh(report).get_latest_revision_as_object()
    return client.post(url, form_data(page) | {"action-submit": "1"}, follow=True)


def approve(client: Client, user: User, report: Any) -> Any:
    client.force_login(user)
    state = fresh(report).current_workflow_task_state
    args = [report.pk, "approve", state.pk]
    url = reverse("wagtailadmin_pages:workflow_action", args=args)
    return client.post(url, {}, follow=True)


def told(response: Any) -> str:
    return " ".join(str(message) for message in response.context["messages"])


def test_the_last_approval_publishes_with_the_roles_and_the_day(
    client: Client, school: Any, office: list[User]
) -> None:
    ada, ben, cat = office
    arranged(school, senco=[ben], governors=[cat])
    report = factories.make_report(school, approved_by="", approved_on=None)
    submit(client, ada, report)
    approve(client, ben, report)
    assert (fresh(report).live, fresh(report).get_latest_revision_as_object().approved_by) == (
        False,
        "",
    )
    approve(client, cat, report)
    document = Version.objects.get(document_key=report.document_key).document()
    assert (document.approval.by, document.approval.on) == (
        "SENCO, Governing body",
        timezone.localdate(),
    )
    assert fresh(report).current_workflow_state is None


def test_every_approval_counts_where_a_site_asks_anew_after_each_change(
    client: Client, school: Any, office: list[User], settings: Any
) -> None:
    settings.WAGTAIL_WORKFLOW_REQUIRE_REAPPROVAL_ON_EDIT = True
    ada, ben, cat = office
    arranged(school, headteacher=[ben], governors=[cat])
    report = factories.make_report(school)
    submit(client, ada, report)
    approve(client, ben, report)
    approve(client, cat, report)
    document = Version.objects.get(document_key=report.document_key).document()
    assert document.approval.by == "Headteacher, Governing body"


def test_p3_an_incomplete_draft_is_not_sent_to_anybody_and_is_kept(
    client: Client, school: Any, office: list[User]
) -> None:
    arranged(school, governors=[office[2]])
    report = factories.make_report(school, without="parents")
    response = submit(client, office[0], report)
    assert "“How parents are involved” is empty." in told(response)
    assert response.redirect_chain[-1][0] == reverse("wagtailadmin_pages:edit", args=[report.pk])
    assert (WorkflowState.objects.count(), TaskState.objects.count()) == (0, 0)
    assert fresh(report).latest_revision is not None


def test_p3_an_incomplete_draft_is_not_submitted_by_code_either(
    school: Any, office: list[User]
) -> None:
    arranged(school, governors=[office[2]])
    report = factories.make_report(school, without="parents")
    with pytest.raises(publishing.Refused):
        report.get_workflow().start(report, office[0])
    assert WorkflowState.objects.count() == 0


def test_a_draft_that_was_sent_back_is_asked_about_again_when_it_is_sent_anew(
    client: Client, school: Any, office: list[User]
) -> None:
    ada, _ben, cat = office
    arranged(school, governors=[cat])
    report = factories.make_report(school)
    submit(client, ada, report)
    state = fresh(report).current_workflow_state
    state.current_task_state.specific.reject(user=cat)
    factories.empty(fresh(report).get_latest_revision_as_object(), "parents").save_revision()
    state.refresh_from_db()
    with pytest.raises(publishing.Refused):
        state.resume(ada)
    state.refresh_from_db()
    assert state.status == WorkflowState.STATUS_NEEDS_CHANGES


def test_a_draft_may_be_sent_back_whatever_is_missing(
    client: Client, school: Any, office: list[User]
) -> None:
    arranged(school, governors=[office[2]])
    report = factories.make_report(school)
    submit(client, office[0], report)
    factories.empty(fresh(report).get_latest_revision_as_object(), "parents").save_revision()
    fresh(report).current_workflow_task_state.specific.reject(user=office[2])
    assert WorkflowState.objects.get().status == WorkflowState.STATUS_NEEDS_CHANGES


def test_a_school_page_is_approved_without_a_signature(
    client: Client, school: Any, office: list[User]
) -> None:
    arranged(school, governors=[office[2]])
    school.save_revision()
    school.get_workflow().start(school, office[0])
    state = school.current_workflow_task_state.specific
    state.task.specific.on_action(state, office[2], "approve")
    assert WorkflowState.objects.get().status == WorkflowState.STATUS_APPROVED


def test_a_school_is_asked_who_approves_and_can_change_its_mind(
    client: Client, admin: User, school: Any, office: list[User]
) -> None:
    ada, ben, cat = office
    client.force_login(admin)
    url = reverse("senoffer_approval", args=[school.pk])
    form = client.get(url).context["form"]
    assert list(form.fields["governors"].queryset) == [ada, ben, cat]
    client.post(url, {"senco": [ada.pk], "governors": [ben.pk, cat.pk]})
    steps = workflow_of(school).tasks
    assert [task.specific.role for task in steps] == ["SENCO", "Governing body"]
    client.post(url, {"governors": [cat.pk]})
    assert [task.specific.role for task in workflow_of(school).tasks] == ["Governing body"]
    shown = client.get(url).context["form"].initial
    assert shown == {"governors": [cat]}
    client.post(url, {})
    assert (workflow_of(school), WorkflowPage.objects.count()) == (None, 0)
    client.post(url, {"senco": [ben.pk]})
    assert [task.specific.role for task in workflow_of(school).tasks] == ["SENCO"]


def test_two_schools_of_one_name_have_approvals_of_their_own(
    home: Any, school: Any, office: list[User]
) -> None:
    ada, ben, _cat = office
    twin = factories.make_school(home, "twin", urn="190098", title=school.title)
    arranged(school, senco=[ada])
    arranged(twin, senco=[ben])
    assert [approval._people(each) for each in (school, twin)] == [
        {"senco": [ada]},
        {"senco": [ben]},
    ]


def test_p9_only_who_may_arrange_workflows_and_only_for_a_school(
    client: Client, admin: User, school: Any, office: list[User], report: Any
) -> None:
    url = reverse("senoffer_approval", args=[school.pk])
    client.force_login(office[0])
    assert client.post(url, {"senco": [office[0].pk]}).url == reverse("wagtailadmin_home")
    client.force_login(admin)
    other = client.get(reverse("senoffer_approval", args=[report.pk]))
    assert (other.status_code, other.url) == (302, reverse("wagtailadmin_home"))
    assert WorkflowPage.objects.count() == 0


def test_nobody_is_chosen_who_may_not_publish_the_school(
    client: Client, admin: User, school: Any, office: list[User]
) -> None:
    client.force_login(admin)
    stranger = User.objects.create_user("stranger")
    url = reverse("senoffer_approval", args=[school.pk])
    response = client.post(url, {"senco": [stranger.pk]})
    assert (response.status_code, WorkflowPage.objects.count()) == (200, 0)
    assert list(response.context["form"].errors) == ["senco"]


def test_a_page_that_waits_for_a_role_that_is_dropped_goes_back_to_its_editors(
    client: Client, admin: User, school: Any, office: list[User]
) -> None:
    ada, ben, cat = office
    arranged(school, headteacher=[ben], governors=[cat])
    report = factories.make_report(school)
    submit(client, ada, report)
    client.force_login(admin)
    url = reverse("senoffer_approval", args=[school.pk])
    response = client.post(url, {"governors": [cat.pk]}, follow=True)
    assert "Submit them again: SEN information report" in told(response)
    assert (fresh(report).current_workflow_state, fresh(report).live) == (None, False)
    assert list(Group.objects.get(name__endswith="Headteacher").user_set.all()) == []


def test_a_group_that_is_not_the_steps_own_is_never_changed(
    school: Any, office: list[User]
) -> None:
    ada, ben, _cat = office
    arranged(school, governors=[ada])
    governors = Group.objects.create(name="Governors of all schools")
    governors.user_set.set([ben])
    task = ApprovalTask.objects.get()
    task.groups.set([governors])
    arranged(school, governors=[ada])
    assert list(governors.user_set.all()) == [ben]


def test_a_group_that_was_deleted_is_made_again(school: Any, office: list[User]) -> None:
    arranged(school, governors=[office[0]])
    ApprovalTask.objects.get().own_group.delete()
    arranged(school, governors=[office[1]])
    assert list(ApprovalTask.objects.get().own_group.user_set.all()) == [office[1]]


def test_a_schools_page_in_another_language_has_an_approval_of_its_own(
    school: Any, office: list[User]
) -> None:
    ada, ben, _cat = office
    polish = Locale.objects.create(language_code="pl")
    school.get_parent().copy_for_translation(polish)
    other = school.copy_for_translation(polish)
    arranged(school, senco=[ada], governors=[ada])
    arranged(other, senco=[ben])
    assert approval._people(school) == {"senco": [ada], "governors": [ada]}
    assert approval._people(other) == {"senco": [ben]}


def test_what_is_asked_above_the_school_is_told(
    client: Client, admin: User, home: Any, school: Any, office: list[User]
) -> None:
    WorkflowPage.objects.create(page_id=home.pk, workflow=Workflow.objects.create(name="The trust"))
    arranged(school, senco=[office[0]])
    client.force_login(admin)
    url = reverse("senoffer_approval", args=[school.pk])
    assert "“The trust” is asked" in told(client.post(url, {}, follow=True))


def test_p11_who_approves_is_asked_once_for_all_schools(
    home: Any, school: Any, office: list[User], django_assert_num_queries: Any
) -> None:
    arranged(school, senco=[office[0]], governors=[office[0]])
    arranged(factories.make_school(home, "twin", urn="190098"), senco=[office[0]])
    tasks = list(ApprovalTask.objects.all())
    user = User.objects.get(pk=office[0].pk)
    with django_assert_num_queries(1):
        assert [task._user_in_groups(user) for task in tasks] == [True, True, True]
