"""The last step before a new Version: what changed, and what nobody has read again."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin import messages

from .. import comparison as comparing
from .. import publishing
from ..document import DocumentError
from ..models.documents import DocumentMixin
from ..rereading import as_last_year, not_reread
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
    if page.change_note.strip() and not not_reread(page, publishing.examine(page)[0]):
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
    form = NoteForm(request.POST or None, initial={"change_note": page.change_note})
    if form.is_valid():
        return _publish(request, page, form.cleaned_data["change_note"])
    context = {"page": page, "form": form, "unread": _unread(page), **_changes(row, page)}
    return render(request, "wagtail_senoffer/admin/publish.html", context)


def _publish(request: HttpRequest, page: Any, note: str) -> HttpResponse:
    page.change_note = note
    revision = page.save_revision(user=request.user, clean=False)
    revision.publish(user=request.user)
    fresh = type(page)._default_manager.get(pk=page.pk)
    for hook in hooks.get_hooks("after_publish_page"):
        response = hook(request, fresh)
        if hasattr(response, "status_code"):
            return response
    messages.success(request, _published(fresh, page), buttons=_buttons(fresh))
    return redirect("wagtailadmin_explore", fresh.get_parent().pk)


def _published(fresh: Any, page: Any) -> str:
    if page.go_live_at and not publishing.is_offered(fresh):
        return _("“%(title)s” will be published on its date.") % {"title": page.title}
    return _("“%(title)s” was published.") % {"title": page.title}


def _buttons(page: Any) -> list[Any]:
    url = page.get_url()
    return [messages.button(url, _("View live"))] if url and page.live else []


def _unread(page: Any) -> list[str]:
    sections = as_last_year(page, publishing.examine(page)[0])
    return [each.title for each in sections if str(each.id) not in page.reread]


def _changes(row: Any, page: Any) -> dict[str, Any]:
    """Return what the draft changes in the last Version, if both can be read."""
    before, (after, _problems) = desk.find_head(row).latest, publishing.examine(page)
    try:
        return {"comparison": comparing.compare(before.document(), after), "before": before}
    except DocumentError:
        return {}
