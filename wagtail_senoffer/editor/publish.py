"""The last step before a new Version: what changed, and what nobody has read again."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from .. import comparison as comparing
from .. import publishing
from ..document import Approval, DocumentError, clean_line
from ..models.documents import DocumentMixin
from ..rereading import as_last_year, not_reread
from ..rulesets import Kind
from . import desk, guards


class NoteForm(forms.Form):
    """The line that stands beside a Version in its history."""

    change_note = forms.CharField(
        label=gettext_lazy("What did you change?"),
        help_text=gettext_lazy(
            "One line for parents and governors, for example “New SENCO, and a sensory room.” "
            "Name roles, not people: it can't be changed later."
        ),
        max_length=500,
    )


def ask_for_note(request: HttpRequest, page: Any) -> HttpResponse | None:
    """Lead the editor's publish of a changed page to the question what changed.

    Not if the form said so already and every section of a new year was read again.
    """
    if not isinstance(page, DocumentMixin) or not publishing.would_be_news(page):
        return None
    noted = page.change_note.strip() and not publishing.was_noted(page)
    if noted and not not_reread(page, publishing.examine(page)[0]):
        return None
    return redirect("senoffer_publish", page.pk)


def publish(request: HttpRequest, page_id: int) -> HttpResponse:
    """Ask what changed, then publish the newest draft."""
    row = desk.find_page(request, page_id, "edit", "publish")
    page = row.get_latest_revision_as_object()
    if desk.is_locked(request, page):
        return redirect("wagtailadmin_pages:edit", page.pk)
    if refused := guards.refuse_incomplete(request, page):
        return refused
    asked = {"change_note": "" if publishing.was_noted(page) else page.change_note}
    form = NoteForm(request.POST or None, initial=asked)
    shown = request.POST.get("revision", "")
    if form.is_valid() and shown == str(page.latest_revision_id):
        return _publish(request, page, form.cleaned_data["change_note"])
    if request.method == "POST" and shown != str(page.latest_revision_id):
        messages.error(request, _("The draft was changed meanwhile. Look at it again."))
    context = {"page": page, "form": form, "unread": _unread(page), **_changes(row, page)}
    context["signed"] = _signed_before(page, context)
    return render(request, "wagtail_senoffer/admin/publish.html", context)


def _publish(request: HttpRequest, page: Any, note: str) -> HttpResponse:
    # Ours led here; those of others have not been asked yet.
    if response := desk.run_hooks("before_publish_page", request, page, after=ask_for_note):
        return response
    news, page.change_note = publishing.would_be_news(page), note
    try:
        revision = page.save_revision(user=request.user)
        revision.publish(user=request.user)
    except ValidationError as error:
        # Not for what is missing, which was asked before: a slug that is taken, for example.
        messages.error(request, " ".join(error.messages))
        return redirect("wagtailadmin_pages:edit", page.pk)
    fresh = type(page)._default_manager.get(pk=page.pk)
    for name in ("after_publish_page", "after_edit_page"):
        if response := desk.run_hooks(name, request, fresh):
            return response
    messages.success(request, _published(page, news), buttons=_buttons(fresh))
    return redirect("wagtailadmin_explore", fresh.get_parent().pk)


def _published(page: Any, news: bool) -> str:
    if not news:
        return _("Nothing has changed, so there is no new version.")
    if page.go_live_at and page.go_live_at > timezone.now():
        return _("“%(title)s” will be published on its date.") % {"title": page.title}
    return _("“%(title)s” was published.") % {"title": page.title}


def _buttons(page: Any) -> list[Any]:
    url = page.get_url()
    return [messages.button(url, _("View live"))] if url and page.live else []


def _unread(page: Any) -> list[str]:
    sections = as_last_year(page, publishing.examine(page)[0])
    return [each.title for each in sections if str(each.id) not in page.reread]


def _signed_before(page: Any, changes: dict[str, Any]) -> Approval | None:
    """Return who approved, where that was said of the words before these."""
    comparison = changes.get("comparison")
    if comparison is None or page.kind is Kind.SCHOOL:
        return None
    now = Approval(by=clean_line(page.approved_by), on=page.approved_on)
    same = now.by and now == changes["before"].document().approval
    return now if same else None


def _changes(row: Any, page: Any) -> dict[str, Any]:
    """Return what the draft changes in the last Version, if both can be read."""
    before, (after, _problems) = desk.find_head(row).latest, publishing.examine(page)
    try:
        return {"comparison": comparing.compare(before.document(), after), "before": before}
    except DocumentError:
        return {}
