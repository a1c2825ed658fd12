"""Who approves a school's documents before they are published: a workflow, switched on here."""

from collections.abc import Iterable
from typing import Any

import swapper
from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.models import GroupPagePermission, Workflow, WorkflowPage, WorkflowTask

from ..models import ApprovalTask
from ..rulesets import Kind
from . import desk

# In the order in which they approve: the name of the field, and the role as readers see it.
ROLES = (
    ("senco", gettext_lazy("SENCO")),
    ("headteacher", gettext_lazy("Headteacher")),
    ("governors", gettext_lazy("Governing body")),
)


class ApprovalForm(forms.Form):
    """The people of each role; a role without people does not approve."""

    def __init__(self, *args: Any, school: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = publishers_of(school)
        for name, role in ROLES:
            self.fields[name] = forms.ModelMultipleChoiceField(
                people, label=role, required=False, widget=forms.CheckboxSelectMultiple
            )

    def chosen(self) -> dict[str, list[Any]]:
        """Return the people of each role that has some."""
        return {name: list(people) for name, people in self.cleaned_data.items() if people}


def publishers_of(school: Any) -> Any:
    """Return the people who may publish a school's pages because of a group that they are in.

    The last of those who approve publishes, and Wagtail asks whether they may.
    """
    page = swapper.load_model("wagtailcore", "Page")
    publish = GroupPagePermission.objects.filter(
        page__in=page.objects.ancestor_of(school, inclusive=True),
        permission__codename="publish_page",
    )
    user = get_user_model()
    found = user.objects.filter(is_active=True, groups__page_permissions__in=publish)
    return found.distinct().order_by(user.USERNAME_FIELD)


def may_arrange(user: Any) -> bool:
    """Say whether a user may decide how pages are approved, as in Wagtail's own settings."""
    return bool(user.has_perm("wagtailcore.change_workflow"))


def approval(request: HttpRequest, page_id: int) -> HttpResponse:
    """Ask who approves a school's documents, and see to it."""
    school = desk.find_page(request, page_id, "edit")
    if school.kind != Kind.SCHOOL or not may_arrange(request.user):
        raise PermissionDenied
    # Of a form in which nobody is chosen, nothing is sent.
    data = request.POST if request.method == "POST" else None
    form = ApprovalForm(data, school=school, initial=_people(school))
    if form.is_valid():
        if people := form.chosen():
            switch_on(school, people)
            messages.success(request, _("From now on these people approve before it is public."))
        else:
            switch_off(school)
            messages.success(request, _("Nobody has to approve any more."))
        return redirect("wagtailadmin_explore", school.pk)
    other = school.get_workflow()
    context = {
        "page": school,
        "form": form,
        "other": other if other and other != _workflow(school) else None,
    }
    return render(request, "wagtail_senoffer/admin/approval.html", context)


@transaction.atomic
def switch_on(school: Any, people: dict[str, list[Any]]) -> Workflow:
    """Have a school's documents approved: by the people of each role, in the order of ROLES.

    What waits for approval now is asked of those who are chosen now.
    """
    workflow = _workflow(school) or Workflow()
    workflow.name, workflow.active = _("Approval for %(school)s") % {"school": school.title}, True
    workflow.save()
    workflow.workflow_tasks.all().delete()
    for order, (name, role) in enumerate(ROLES):
        if name in people:
            task = _task(school, name, str(role), people[name])
            WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=order)
    WorkflowPage.objects.update_or_create(page_id=school.pk, defaults={"workflow": workflow})
    return workflow


@transaction.atomic
def switch_off(school: Any) -> None:
    """Let a school's documents be published without approval, or as it is above the school."""
    WorkflowPage.objects.filter(page_id=school.pk, workflow=_workflow(school)).delete()


def _task(school: Any, step: str, role: str, people: Iterable[Any]) -> ApprovalTask:
    task, made = ApprovalTask.objects.update_or_create(
        school_key=school.document_key,
        step=step,
        defaults={"name": f"{role}, {school.title}"[:255], "role": role, "active": True},
    )
    if made:
        # The number, because two schools may have one name.
        name = f"{school.title[:90]} ({school.pk}): {role}"
        task.groups.add(Group.objects.get_or_create(name=name)[0])
    task.groups.first().user_set.set(people)
    return task


def _workflow(school: Any) -> Workflow | None:
    own = ApprovalTask.objects.filter(school_key=school.document_key)
    return Workflow.objects.filter(workflow_tasks__task__in=own).order_by("pk").first()


def _people(school: Any) -> dict[str, list[Any]]:
    """Return who approves in which role now."""
    workflow = _workflow(school)
    if not WorkflowPage.objects.filter(page_id=school.pk, workflow=workflow).exists():
        return {}
    tasks = ApprovalTask.objects.filter(workflow_tasks__workflow=workflow)
    users = get_user_model().objects
    return {task.step: list(users.filter(groups__in=task.groups.all())) for task in tasks}
