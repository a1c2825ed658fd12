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
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.models import (
    GroupPagePermission,
    Workflow,
    WorkflowPage,
    WorkflowState,
    WorkflowTask,
)

from ..models import ApprovalTask
from ..rulesets import Kind
from . import desk

# In the order in which they approve: the name of the field, and the role as readers see it.
ROLES = (
    ("senco", gettext_lazy("SENCO")),
    ("headteacher", gettext_lazy("Headteacher")),
    ("governors", gettext_lazy("Governing body")),
)


class PeopleField(forms.ModelMultipleChoiceField):
    """People by their names, as an office knows them."""

    def label_from_instance(self, user: Any) -> str:
        """Return a person's name; of one without, the name for signing in."""
        return str(user.get_full_name() or user.get_username())


class ApprovalForm(forms.Form):
    """The people of each role; a role without people does not approve."""

    def __init__(self, *args: Any, school: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = publishers_of(school)
        for name, role in ROLES:
            self.fields[name] = PeopleField(
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
        stopped = arrange(school, form.chosen(), request.user)
        _tell(request, desk.find_page(request, page_id), stopped)
        return redirect("wagtailadmin_explore", school.pk)
    other = school.get_workflow()
    context = {"page": school, "form": form, "other": other if other != _workflow(school) else None}
    return render(request, "wagtail_senoffer/admin/approval.html", context)


def _tell(request: HttpRequest, school: Any, stopped: list[str]) -> None:
    workflow = school.get_workflow()
    if workflow is None:
        messages.success(request, _("Nobody is asked to approve any more."))
    else:
        message = _("From now on “%(workflow)s” is asked to approve.")
        messages.success(request, message % {"workflow": workflow.name})
    if stopped:
        message = _("These waited for somebody who is not asked any more. Submit them again: %s.")
        messages.warning(request, message % ", ".join(stopped))


@transaction.atomic
def arrange(school: Any, people: dict[str, list[Any]], user: Any = None) -> list[str]:
    """Have a school's documents approved by the people of each role, in the order of ROLES.

    By nobody, if there are none; then it is as it is above the school. Returns the titles
    of pages that waited for a role that is not asked any more: they go back to their editors.
    """
    steps = {each.step: each for each in ApprovalTask.objects.filter(school_id=school.pk)}
    if people:
        _switch_on(school, steps, people)
    else:
        WorkflowPage.objects.filter(page_id=school.pk, workflow=_workflow(school)).delete()
    gone = [each for name, each in steps.items() if name not in people]
    return [title for each in gone for title in _retire(each, user)]


def _switch_on(school: Any, steps: dict[str, ApprovalTask], people: dict[str, list[Any]]) -> None:
    workflow = _workflow(school) or Workflow()
    with translation.override(school.language):
        name = _("Approval for %(school)s") % {"school": school.title}
        roles = {step: str(role) for step, role in ROLES}
    workflow.name, workflow.active = name[:255], True
    workflow.save()
    workflow.workflow_tasks.all().delete()
    for order, (step, role) in enumerate(roles.items()):
        if step in people:
            task = steps.get(step) or ApprovalTask(school_id=school.pk, step=step)
            _fill(task, school, role, workflow, people[step])
            WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=order)
    WorkflowPage.objects.update_or_create(page_id=school.pk, defaults={"workflow": workflow})


def _fill(
    task: ApprovalTask, school: Any, role: str, workflow: Workflow, people: Iterable[Any]
) -> None:
    task.name, task.role, task.active = f"{role}, {school.title}"[:255], role, True
    task.own_workflow = workflow
    if task.own_group is None:
        # The number, because two schools may have one name.
        name = f"{school.title[:90]} ({school.pk}): {role}"[:150]
        task.own_group = Group.objects.get_or_create(name=name)[0]
    task.save()
    task.own_group.user_set.set(people)
    task.groups.set([task.own_group])


def _retire(task: ApprovalTask, user: Any) -> list[str]:
    """Let nobody approve here any more; return the titles of the pages that waited for it."""
    if task.own_group:
        task.own_group.user_set.clear()
    waiting = WorkflowState.objects.filter(
        current_task_state__task=task.task_ptr,
        status__in=(WorkflowState.STATUS_IN_PROGRESS, WorkflowState.STATUS_NEEDS_CHANGES),
    )
    stopped = []
    for state in waiting:
        state.cancel(user=user)
        stopped.append(state.content_object.get_admin_display_title())
    return stopped


def _workflow(school: Any) -> Workflow | None:
    steps = ApprovalTask.objects.filter(school_id=school.pk).exclude(own_workflow=None)
    found = steps.select_related("own_workflow").first()
    return found.own_workflow if found else None


def _people(school: Any) -> dict[str, list[Any]]:
    """Return who approves in which role now."""
    workflow = _workflow(school)
    if not WorkflowPage.objects.filter(page_id=school.pk, workflow=workflow).exists():
        return {}
    tasks = ApprovalTask.objects.filter(school_id=school.pk, workflow_tasks__workflow=workflow)
    return {
        task.step: list(task.own_group.user_set.all())
        for task in tasks.select_related("own_group")
        if task.own_group
    }
