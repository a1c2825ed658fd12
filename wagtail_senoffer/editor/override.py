"""Publishing an incomplete page with a reason: the one exception, off by default."""

from typing import Any

import swapper
from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from .. import publishing
from ..models.documents import DocumentMixin


class ReasonForm(forms.Form):
    """The reason that will stand in the public record."""

    reason = forms.CharField(
        label=gettext_lazy("Why is it published before it is complete?"),
        help_text=gettext_lazy("The reason is kept in the record of this version."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
    )


def publish_incomplete(request: HttpRequest, page_id: int) -> HttpResponse:
    """Ask for a reason and publish the newest draft with it."""
    model = swapper.load_model("wagtailcore", "Page")
    page: Any = get_object_or_404(model, pk=page_id).get_latest_revision_as_object()
    may = page.permissions_for_user(request.user).can_publish()
    if not (isinstance(page, DocumentMixin) and may and publishing.may_override(request.user)):
        raise PermissionDenied
    form = ReasonForm(request.POST or None)
    lock = page.get_lock()
    if lock and lock.for_user(request.user):
        messages.error(request, _("The page is locked. Ask whoever locked it to unlock it."))
        return redirect("wagtailadmin_pages:edit", page.pk)
    if page.go_live_at and page.go_live_at > timezone.now():
        message = _("The page has a date in the future to go live. Take that out first.")
        messages.error(request, message)
        return redirect("wagtailadmin_pages:edit", page.pk)
    if form.is_valid():
        with publishing.override(request.user, form.cleaned_data["reason"]):
            revision = page.get_latest_revision() or page.save_revision(user=request.user)
            revision.publish(user=request.user)
        messages.success(request, _("“%(title)s” was published.") % {"title": page.title})
        return redirect("wagtailadmin_explore", page.get_parent().pk)
    context = {"page": page, "form": form, "problems": publishing.errors_of(page)}
    return render(request, "wagtail_senoffer/admin/override.html", context)
