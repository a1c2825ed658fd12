"""A refusal is a message wherever it comes up, and never a server error."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from wagtail.models import GroupApprovalTask, Workflow, WorkflowTask

from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(school: Any, admin: User) -> Any:
    """Return a report that waits for approval, and that somebody made incomplete meanwhile."""
    page = factories.make_report(school)
    page.save_revision()
    workflow = Workflow.objects.create(name="Governors")
    task = GroupApprovalTask.objects.create(name="Approve")
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=1)
    workflow.start(page, admin)
    factories.empty(page, "parents").save_revision()
    return type(page).objects.get(pk=page.pk)


def _approve(client: Client, page: Any, **more: Any) -> Any:
    state = page.current_workflow_state.current_task_state
    args = [page.pk, "approve", state.pk]
    url = reverse("wagtailadmin_pages:workflow_action", args=args)
    return client.post(url, {"comment": ""}, **more)


def test_a_refused_approval_leads_to_the_form_and_names_the_section(
    waiting: Any, admin: User, client: Client
) -> None:
    client.force_login(admin)
    response = _approve(client, waiting, follow=True)
    edit = reverse("wagtailadmin_pages:edit", args=[waiting.pk])
    assert response.redirect_chain == [(edit, 302)]
    (message,) = response.context["messages"]
    block = next(each for each in waiting.body.get_prep_value() if each["type"] == "parents")
    assert f'href="{edit}#block-{block["id"]}-section"' in str(message)


def test_a_refused_approval_in_the_dialog_answers_with_the_next_step(
    waiting: Any, admin: User, client: Client
) -> None:
    client.force_login(admin)
    response = _approve(client, waiting, headers={"x-requested-with": "XMLHttpRequest"})
    edit = reverse("wagtailadmin_pages:edit", args=[waiting.pk])
    assert response.json() == {"step": "success", "redirect": edit}


def test_a_section_that_was_taken_out_is_to_be_added_again(
    school: Any, admin: User, client: Client
) -> None:
    page = factories.make_report(school)
    del page.body[0]
    page.save_revision()
    client.force_login(admin)
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    home = reverse("wagtailadmin_home")
    response = client.post(f"{url}?id={page.pk}&next={home}", follow=True)
    (message,) = response.context["messages"]
    assert "Add it with the plus sign" in str(message)


def test_other_errors_are_left_alone(client: Client, admin: User) -> None:
    client.force_login(admin)
    assert client.get("/admin/pages/9999/edit/").status_code == 404
