"""The editor's view of a document's Versions: list, compare, restore, assure, withdraw."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST
from wagtail.actions.unpublish_page import UnpublishPageAction
from wagtail.admin import messages
from wagtail.log_actions import log

from .. import comparison as comparing
from .. import history, publishing
from ..document import DocumentError
from ..models.reports import SchoolDocumentMixin
from ..models.versions import user_names
from ..rulesets import Kind
from . import desk, drafts

ASSURED = "wagtail_senoffer.assure"


class WithdrawForm(forms.Form):
    """Why a document is taken down, as the public will read it."""

    reason = forms.CharField(
        label=gettext_lazy("Why do you take it down?"),
        help_text=gettext_lazy("Readers see this where the page was. Name nobody."),
        max_length=255,
    )
    successor = forms.URLField(
        label=gettext_lazy("What takes its place"),
        help_text=gettext_lazy("The address of another page, if there is one."),
        max_length=500,
        required=False,
        assume_scheme="https",
    )


@require_GET
def listing(request: HttpRequest, page_id: int) -> HttpResponse:
    """List the Versions of a page, with what can be done with each."""
    page = desk.find_page(request, page_id, "edit")
    head = desk.find_head(page)
    found, entries = history.listing(head, request.GET.get("p"))
    tester = page.permissions_for_user(request.user)
    names = user_names(each.version.user_pk for each in entries)
    context = {
        "page": page,
        "head": head,
        "listing": found,
        "rows": [(each, names[each.version.user_pk]) for each in entries],
        "may_publish": tester.can_publish(),
        "may_withdraw": tester.can_unpublish() and head.offered,
        "may_redact": request.user.has_perm("wagtail_senoffer.redact_version"),
        "has_years": isinstance(page, SchoolDocumentMixin),
        "next_year": drafts.next_year(getattr(page, "academic_year", "")),
    }
    return render(request, "wagtail_senoffer/admin/versions.html", context)


@require_GET
def compare(request: HttpRequest, page_id: int, number: int) -> HttpResponse:
    """Show what the newest draft changes in a Version."""
    page = desk.find_page(request, page_id, "edit")
    version = desk.find_version(page, number)
    draft, problems = publishing.examine(page.get_latest_revision_as_object())
    context = {"page": page, "version": version, "problems": problems}
    try:
        if draft:
            context["comparison"] = comparing.compare(version.document(), draft)
    except DocumentError as error:
        context["problems"] = [error]
    return render(request, "wagtail_senoffer/admin/compare.html", context)


def restore(request: HttpRequest, page_id: int, number: int) -> HttpResponse:
    """Ask, then put a Version's words into a new draft."""
    page = desk.find_page(request, page_id, "edit")
    version = desk.find_version(page, number)
    if desk.is_locked(request, page):
        return redirect("senoffer_versions", page.pk)
    if request.method != "POST":
        context = {"page": page, "version": version}
        return render(request, "wagtail_senoffer/admin/restore.html", context)
    try:
        lost = drafts.restore_into_draft(page, version, request.user)
    except DocumentError as error:
        messages.error(request, error.message)
        return redirect("senoffer_versions", page.pk)
    done = _("Version %(number)d is now your draft. Check it, then publish it.")
    messages.success(request, done % {"number": version.number})
    for message in lost:
        messages.warning(request, message)
    return redirect("wagtailadmin_pages:edit", page.pk)


@require_POST
def assure(request: HttpRequest, page_id: int) -> HttpResponse:
    """Record that what is public is still correct today."""
    page = desk.find_page(request, page_id, "edit", "publish")
    number = request.POST.get("number", "")
    try:
        assurance = publishing.assure(page, int(number) if number.isdecimal() else None)
    except publishing.Refused as refused:
        messages.error(request, " ".join(problem.message for problem in refused.problems))
        return redirect("senoffer_versions", page.pk)
    if assurance:
        log(instance=page, action=ASSURED, user=request.user)
        messages.success(request, _("Thank you. Readers now see that it is still correct today."))
    else:
        messages.success(request, _("Somebody said so today already."))
    return redirect("senoffer_versions", page.pk)


def withdraw(request: HttpRequest, page_id: int) -> HttpResponse:
    """Ask for a reason, then take the page down with it. A school goes with its documents."""
    page = desk.find_page(request, page_id, "edit", "unpublish")
    if desk.is_locked(request, page):
        return redirect("senoffer_versions", page.pk)
    if not publishing.is_offered(page):
        messages.error(request, _("There is nothing to take down."))
        return redirect("wagtailadmin_pages:edit", page.pk)
    pages = [page, *_documents(page)]
    if stuck := [each for each in pages if not _may_unpublish(request, each)]:
        message = _("You may not take these down, or they are locked: %(titles)s.")
        messages.error(request, message % {"titles": ", ".join(each.title for each in stuck)})
        return redirect("senoffer_versions", page.pk)
    form = WithdrawForm(request.POST or None)
    if form.is_valid():
        return _withdraw(request, page, **form.cleaned_data)
    context = {"page": page, "form": form, "documents": pages[1:], "quoting": _quoting(page)}
    return render(request, "wagtail_senoffer/admin/withdraw.html", context)


def _documents(page: Any) -> list[Any]:
    """Return the pages that go with a school."""
    return list(page.get_descendants().live().specific()) if page.kind == Kind.SCHOOL else []


def _may_unpublish(request: HttpRequest, page: Any) -> bool:
    lock = page.get_lock()
    may = page.permissions_for_user(request.user).can_unpublish()
    return may and not (lock and lock.for_user(request.user))


def _quoting(page: Any) -> Any:
    """Return the live offers that go on quoting a report that is taken down."""
    if page.kind != Kind.REPORT:
        return ()
    siblings = page.get_siblings(inclusive=False).live().specific()
    return [each for each in siblings if getattr(each, "kind", None) == Kind.OFFER]


def _withdraw(request: HttpRequest, page: Any, *, reason: str, successor: str) -> HttpResponse:
    """Unpublish a page, and what belongs to a school, in one transaction."""
    if response := desk.run_hooks("before_unpublish_page", request, page):
        return response
    everything = page.kind == Kind.SCHOOL
    action = UnpublishPageAction(page, user=request.user, include_descendants=everything)
    with publishing.withdrawing(reason, successor):
        publishing.in_turn(page, action.execute)
    if response := desk.run_hooks("after_unpublish_page", request, page):
        return response
    done = _("“%(title)s” was taken down. Its versions stay readable.")
    messages.success(request, done % {"title": page.title})
    return redirect("wagtailadmin_explore", page.get_parent().pk)


def new_year(request: HttpRequest, page_id: int) -> HttpResponse:
    """Ask, then make the draft of the next academic year."""
    page = desk.find_page(request, page_id, "edit")
    head = desk.find_head(page)
    if desk.is_locked(request, page):
        return redirect("senoffer_versions", page.pk)
    if not isinstance(page, SchoolDocumentMixin) or head.offered is None:
        messages.error(request, _("A new year starts from a page that is published."))
        return redirect("senoffer_versions", page.pk)
    if request.method != "POST":
        context = {"page": page, "year": drafts.next_year(page.academic_year)}
        return render(request, "wagtail_senoffer/admin/new_year.html", context)
    year = drafts.start_new_year(page, head.offered, request.user)
    done = _("This is your draft for %(year)s. Read each section again: tick it, or change it.")
    messages.success(request, done % {"year": year})
    return redirect(reverse("wagtailadmin_pages:edit", args=[page.pk]))
