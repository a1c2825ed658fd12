"""Wagtail's bulk actions for schools: one confirmation that lists them, then a result for each.

Offered in every listing of pages; a report can lead to the same confirmation by its address, as
in `/admin/bulk/wagtailcore/page/senoffer_remind/?id=12&id=34&next=/admin/…`. The ids are of
schools' pages, which stand for their documents, or of documents.
"""

from copy import copy
from typing import Any, ClassVar
from urllib.parse import urlsplit

from django import forms
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.views.pages.bulk_actions.page_bulk_action import PageBulkAction

from ..editor import listings
from ..editor.versions import WithdrawForm
from ..models.trust import Act, Outcome, RepublishedDocument, Republishing
from ..trust import republishing
from . import plans


class ReasonForm(WithdrawForm):
    """One reason for all; what takes a page's place is another for each."""

    successor = None


class SchoolsAction(PageBulkAction):
    """What the four have in common."""

    act: ClassVar[Act]
    icon: ClassVar[str]
    intro: ClassVar[Any]
    # What stands above the last column of the list, and on the button.
    what: ClassVar[Any]
    button: ClassVar[Any]
    button_class: ClassVar[str] = ""
    form_class = forms.Form
    template_name = "wagtail_senoffer/admin/bulk.html"

    @cached_property
    def plan(self) -> plans.Plan:
        """What would be done with the chosen pages."""
        ids = self.request.GET.getlist("id")
        if "all" in ids:
            ids = self.get_all_objects_in_listing_query(self.request.GET.get("childOf"))
        pages = self.model.objects.filter(pk__in=[each for each in ids if str(each).isdecimal()])
        return plans.plan(self.act, self.request.user, pages.specific().order_by("path"))

    def get_all_objects_in_listing_query(self, parent_id: Any) -> Any:
        """Return what “all in the listing” means; under “SEND pages”, with its filters.

        Wagtail knows of no filters there, and would take every page of the site.
        """
        url = urlsplit(self.next_url)
        if parent_id or url.path != reverse("senoffer_documents:index"):
            return super().get_all_objects_in_listing_query(parent_id)
        request = copy(self.request)
        request.GET = QueryDict(url.query)
        return listings.listed(request)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the plan, and what the confirmation says."""
        return {
            **FormView.get_context_data(self, **kwargs),
            "action": self,
            "plan": self.plan,
            "next": self.next_url,
            "submit_url": self.request.get_full_path(),
        }

    def form_valid(self, form: forms.Form) -> HttpResponse:
        """Have it done, and lead to what comes of it."""
        self.cleaned_form = form
        if not self.plan.rows:
            messages.error(self.request, _("There is nothing that could be done."))
            return redirect(self.next_url)
        if response := self._run_hooks("before_bulk_action"):
            return response
        run = republishing.begin(self.new_run(), [*self.waiting(), *self.spared()])
        response = self._run_hooks("after_bulk_action")
        return response or redirect("senoffer_republishing", run.pk)

    def new_run(self) -> Republishing:
        """Return the run, not saved."""
        reason = self.cleaned_form.cleaned_data.get("reason", "")
        return Republishing(user=self.request.user, act=self.act, reason=reason)

    def waiting(self) -> list[RepublishedDocument]:
        """Return the run's rows that are to be done, not saved."""
        return [RepublishedDocument(page_id=row.page.pk, title=row.name) for row in self.plan.rows]

    def spared(self) -> list[RepublishedDocument]:
        """Return the rows that say why a page was left out, not saved."""
        out = {"outcome": Outcome.SKIPPED, "done_at": timezone.now()}
        return [
            RepublishedDocument(page_id=row.page.pk, title=row.name, message=row.words, **out)
            for row in self.plan.against
        ]

    def _run_hooks(self, name: str) -> HttpResponse | None:
        pages = [row.page for row in self.plan.rows]
        for hook in hooks.get_hooks(name):
            response = hook(self.request, self.action_type, pages, self)
            if hasattr(response, "status_code"):
                return response
        return None


class Remind(SchoolsAction):
    """An e-mail with what is due."""

    act = Act.REMIND
    display_name = Act.REMIND.label
    action_type = "senoffer_remind"
    aria_label = gettext_lazy("Remind the selected schools of what is due")
    action_priority = 110
    icon = "mail"
    intro = gettext_lazy(
        "Everybody who may edit one of these pages gets one e-mail with all that is due of them. "
        "Nobody gets one about the same thing twice on a day."
    )
    what = gettext_lazy("What is due")
    button = gettext_lazy("Yes, send the e-mails")


class Review(SchoolsAction):
    """A draft goes to those who approve it; else the editors are asked to read the page again."""

    act = Act.REVIEW
    display_name = Act.REVIEW.label
    action_type = "senoffer_review"
    aria_label = gettext_lazy("Ask the selected schools for a review")
    action_priority = 120
    icon = "clipboard-list"
    intro = gettext_lazy(
        "Where a school has a new draft and somebody who approves, the draft is submitted to them. "
        "Else those who may edit the page get an e-mail that asks them to read it again, or to "
        "finish it if it is not public."
    )
    what = gettext_lazy("What happens")
    button = gettext_lazy("Yes, ask them")


class Republish(SchoolsAction):
    """A new version with the trust's text of now."""

    act = Act.REPUBLISH
    display_name = Act.REPUBLISH.label
    action_type = "senoffer_republish"
    aria_label = gettext_lazy("Publish the selected schools again with the trust’s text of now")
    action_priority = 130
    icon = "upload"
    intro = gettext_lazy(
        "These documents get a new version with the trust’s text of now. Only what is public is "
        "published again: a draft that a school is working on stays a draft."
    )
    what = gettext_lazy("Sections with new text")
    button = gettext_lazy("Yes, publish them again")

    def waiting(self) -> list[RepublishedDocument]:
        """Return the rows with what readers are told of the new version."""
        return republishing.rows_of(self.plan.drifts)


class Withdraw(SchoolsAction):
    """Not offered any more, with one reason for all."""

    act = Act.WITHDRAW
    display_name = Act.WITHDRAW.label
    action_type = "senoffer_withdraw"
    aria_label = gettext_lazy("Take the selected schools’ pages down with a reason")
    action_priority = 140
    icon = "warning"
    intro = gettext_lazy(
        "Readers will find the reason and the date where these pages were. Their versions stay "
        "readable. A school that is taken down takes its documents with it."
    )
    what = gettext_lazy("What goes with it")
    button = gettext_lazy("Yes, take them down")
    button_class = "no"
    form_class = ReasonForm


ACTIONS = (Remind, Review, Republish, Withdraw)
