"""A step of a Wagtail workflow that signs what it approves."""

from typing import Any

import swapper
from django.contrib.auth.models import Group
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import AbstractGroupApprovalTask, Task, Workflow

from ..rulesets import Kind


class ApprovalTask(AbstractGroupApprovalTask):
    """Approval by people in a role, such as the governing body.

    The last approval of a workflow writes the roles that approved, and the day, into the
    document that it publishes.
    """

    role = models.CharField(
        _("role"),
        max_length=100,
        help_text=_("As readers see it under “Approved by”, for example “the governing body”."),
    )

    # Of a step that a school switched on (see editor/approval.py): the school's page, which
    # step it is, and the workflow and the group that were made for it and for nothing else.
    school = models.ForeignKey(
        swapper.get_model_name("wagtailcore", "Page"),
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
    )
    step = models.CharField(max_length=20, blank=True, editable=False)
    own_workflow = models.ForeignKey(
        Workflow, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    own_group = models.ForeignKey(
        Group, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )

    admin_form_fields = [*AbstractGroupApprovalTask.admin_form_fields, "role"]

    class Meta:
        verbose_name = _("approval in a role")
        verbose_name_plural = _("approvals in a role")
        constraints = [
            models.UniqueConstraint(fields=["school", "step"], name="senoffer_step_of_school")
        ]

    @classmethod
    def get_description(cls) -> Any:
        """Say in Wagtail's list of tasks what this one is for."""
        return _("Members of the chosen groups approve; readers see their role and the day")

    def _user_in_groups(self, user: Any) -> bool:
        """Say whether a user approves here: one query for all such steps, however many."""
        if not hasattr(user, "_senoffer_approves"):
            mine = ApprovalTask.objects.filter(groups__user=user)
            user._senoffer_approves = set(mine.values_list("pk", flat=True))
        return self.pk in user._senoffer_approves

    @transaction.atomic
    def on_action(self, task_state: Any, user: Any, action_name: str, **kwargs: Any) -> None:
        """Sign the draft when this is the approval that publishes it."""
        if action_name == "approve" and self._is_last(task_state.workflow_state):
            self._sign(task_state, user)
        super().on_action(task_state, user, action_name, **kwargs)

    def _is_last(self, state: Any) -> bool:
        """Say whether nobody else has to approve, as Wagtail's `get_next_task` finds out."""
        tasks = Task.objects.filter(workflow_tasks__workflow=state.workflow, active=True)
        waiting = tasks.exclude(task_states__in=state.successful_task_states)
        return not waiting.exclude(pk=self.pk).exists()

    def _sign(self, task_state: Any, user: Any) -> None:
        state = task_state.workflow_state
        page = state.content_object.get_latest_revision_as_object()
        kind = getattr(page, "kind", None)
        if not isinstance(kind, Kind) or kind is Kind.SCHOOL:
            return
        before = ApprovalTask.objects.filter(
            task_states__in=state.successful_task_states,
            workflow_tasks__workflow=state.workflow,
        ).order_by("workflow_tasks__sort_order")
        roles = dict.fromkeys([*before.values_list("role", flat=True), self.role])
        page.approved_by, page.approved_on = ", ".join(roles)[:200], timezone.localdate()
        task_state.revision = page.save_revision(user=user, clean=False)
        task_state.save(update_fields=["revision"])
        # What is published, by way of this very object, is the newest draft.
        state.content_object.refresh_from_db(fields=["latest_revision"])
        # A site may ask for every approval anew after a change; this one is no change of theirs.
        state.copy_approved_task_states_to_revision(task_state.revision)
