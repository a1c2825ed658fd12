"""Removing words from old Versions, for a person who asks to be forgotten."""

import re
from collections.abc import Callable
from functools import cache
from typing import Any
from uuid import UUID

import swapper
from django import forms
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.html import format_html, format_html_join
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from .. import history, publishing, removal
from ..document import Document, DocumentError
from ..models.documents import DocumentMixin
from ..models.versions import DocumentHead, Version, heads
from ..redaction import Field, fields, said, saying

_PERMISSION = "wagtail_senoffer.redact_version"
# What is no language's code may be no text for a database, either.
_LANGUAGE = re.compile(r"[A-Za-z0-9_@-]{1,100}")
# How many Versions of a document are listed beside it.
_NEWEST = 10


class RedactForm(forms.Form):
    """What to remove, and why."""

    paths = forms.MultipleChoiceField(
        label=gettext_lazy("What is removed"), widget=forms.CheckboxSelectMultiple
    )
    everywhere = forms.BooleanField(
        label=gettext_lazy("Also where the same words stand in the school's other old versions"),
        required=False,
        initial=True,
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy(
            "It is public, so do not name the person. For example: “A former member of staff "
            "asked for it (UK GDPR, article 17).”"
        ),
        max_length=255,
    )

    def __init__(self, *args: Any, choices: list[Field], again: set[str], **kwargs: Any) -> None:
        """`again` holds what the page, or its newest draft, still says."""
        super().__init__(*args, **kwargs)
        self.fields["paths"].choices = [
            (each.path, _label(each, not again.isdisjoint(each.values))) for each in choices
        ]


def _label(each: Field, again: bool) -> str:
    name = f"{each.section_title} – {each.label}" if each.section_title else each.label
    words = Truncator(each.value).chars(400)
    note = _("still in the page or its newest draft")
    end = format_html(" <em>({})</em>", note) if again else ""
    return format_html("<span><b>{}</b>: {}{}</span>", name, words, end)


def redact(request: HttpRequest, key: UUID, locale: str, number: int) -> HttpResponse:
    """Ask what to remove from a Version and why, then remove it for good."""
    if not request.user.has_perm(_PERMISSION):
        raise PermissionDenied
    if not _LANGUAGE.fullmatch(locale):
        raise Http404
    found = Version.objects.filter(document_key=key, locale=locale)
    version = get_object_or_404(found, number=number)
    page = _page(key, locale)
    if not _may(request, page):
        raise PermissionDenied
    try:
        return _ask(request, version, page)
    except DocumentError as error:
        messages.error(request, error.message)
        return _back(page)


def _ask(request: HttpRequest, version: Version, page: Any) -> HttpResponse:
    choices, may = fields(version.document()), _may_change(request)
    values = {value for each in choices for value in each.values}
    again = set[str]().union(*(said(each, values) for each in _unpublished(page)))
    form = RedactForm(request.POST or None, choices=choices, again=again)
    if form.is_valid() and _remove(request, version, form, may):
        return _back(page)
    reach = removal.reach(version)
    context = {
        "page": page,
        "version": version,
        "form": form,
        "offered": removal.is_offered(version),
        "reach": [(_title(head), count) for head, count in reach if may(head.latest)],
    }
    return render(request, "wagtail_senoffer/admin/redact.html", context)


def _back(page: Any) -> HttpResponse:
    return redirect("senoffer_versions", page.pk) if page else redirect("senoffer_former")


def _unpublished(page: Any) -> list[Document]:
    """Return what a page says in its row and in its newest draft, from where it may return."""
    if page is None:
        return []
    found = (publishing.examine(each)[0] for each in (page, page.get_latest_revision_as_object()))
    return [document for document in found if document]


def former(request: HttpRequest) -> HttpResponse:
    """List the documents whose pages were deleted, for who may still remove words from them.

    With `?document=`, list all Versions of one of them.
    """
    if not _may(request, None):
        raise PermissionDenied
    found = heads().exclude(latest=None).exclude(_has_page()).order_by("pk")
    if number := request.GET.get("document"):
        head = get_object_or_404(found, pk=number) if number.isdecimal() else None
        if head is None:
            raise Http404
        versions = history.versions_of(head).order_by("-number")
        listing = Paginator(versions, 50).get_page(request.GET.get("p"))
        rows = [(head, _title(head), list(listing))]
    else:
        listing = Paginator(found, 50).get_page(request.GET.get("p"))
        newest = _newest(list(listing))
        rows = [(head, _title(head), newest[head.pk]) for head in listing]
    context = {"listing": listing, "rows": rows, "document": number}
    return render(request, "wagtail_senoffer/admin/former.html", context)


def _has_page() -> Q:
    there = Q()
    for model in _page_models():
        pages = model.objects.filter(
            document_key=OuterRef("document_key"), locale__language_code=OuterRef("locale")
        )
        there |= Exists(pages)
    return there


def _newest(found: list[DocumentHead]) -> dict[int, list[Version]]:
    """Return the newest Versions of each document, newest first, by its head: one query."""
    wanted = Q(pk=None)
    for head in found:
        wanted |= Q(
            document_key=head.document_key,
            locale=head.locale,
            number__gt=head.latest.number - _NEWEST,
        )
    versions: dict[tuple[UUID, str], list[Version]] = {}
    for each in Version.objects.filter(wanted).order_by("-number"):
        versions.setdefault((each.document_key, each.locale), []).append(each)
    return {head.pk: versions[head.document_key, head.locale] for head in found}


def _title(head: DocumentHead) -> str:
    try:
        document = head.latest.document()
    except DocumentError as error:
        return error.message
    # The title may have been removed.
    title = document.title or head.latest.get_kind_display()
    return f"{document.school.name}: {title} ({head.locale})"


def _page_models() -> list[Any]:
    base = swapper.load_model("wagtailcore", "Page")
    return [
        each
        for each in apps.get_models()
        if issubclass(each, DocumentMixin) and issubclass(each, base)
    ]


def _page(key: UUID, locale: str) -> Any:
    """Return the page of a document, or None if it was deleted."""
    for model in _page_models():
        found = model.objects.filter(document_key=key, locale__language_code=locale)
        if page := found.filter(alias_of=None).first():
            return page
    return None


def _may(request: HttpRequest, page: Any) -> bool:
    """Say whether the user may: with the permission, and for the school's pages."""
    if not request.user.has_perm(_PERMISSION):
        return False
    # Whose pages those were can't be asked any more.
    return page.permissions_for_user(request.user).can_edit() if page else request.user.is_superuser


def _may_change(request: HttpRequest) -> Callable[[Version], bool]:
    """Return a function that says whether the user may remove words from a Version."""

    @cache
    def may(key: UUID, locale: str) -> bool:
        return _may(request, _page(key, locale))

    return lambda version: may(version.document_key, version.locale)


def _remove(
    request: HttpRequest, version: Version, form: RedactForm, may: Callable[[Version], bool]
) -> bool:
    data, chosen = form.cleaned_data, set(form.cleaned_data["paths"])
    values = [v for each in fields(version.document()) if each.path in chosen for v in each.values]
    try:
        outcome = removal.redact(
            version,
            chosen,
            data["reason"],
            user=request.user,
            everywhere=data["everywhere"],
            may=may,
        )
    except (ValidationError, ValueError) as error:
        form.add_error(None, error if isinstance(error, ValidationError) else str(error))
        return False
    _tell(request, outcome)
    _tell_what_may_return(request, [version, *outcome.versions], values)
    return True


def _tell(request: HttpRequest, outcome: removal.Outcome) -> None:
    if outcome.versions:
        names = ", ".join(_name(each) for each in outcome.versions)
        done = _("Removed for good from: %(versions)s.")
        messages.success(request, done % {"versions": names})
    else:
        messages.warning(request, _("There was nothing to remove: somebody did so already."))
    if outcome.left:
        messages.warning(request, _left(outcome))


def _tell_what_may_return(request: HttpRequest, versions: list[Version], values: list[str]) -> None:
    """Warn of pages that still say what was removed: the next publish would bring it back."""
    message = _(
        "The page “%(title)s”, or its newest draft, still says what was removed (%(where)s). "
        "Take it out there, or it is published again."
    )
    for key, locale in dict.fromkeys((each.document_key, each.locale) for each in versions):
        page = _page(key, locale)
        labels = [
            str(each.label) for document in _unpublished(page) for each in saying(document, values)
        ]
        if labels:
            where = "; ".join(dict.fromkeys(labels))
            messages.warning(request, message % {"title": page.title, "where": where})


def _name(version: Version) -> str:
    words = {"kind": version.get_kind_display(), "number": version.number}
    return _("%(kind)s, Version %(number)d") % words


def _left(outcome: removal.Outcome) -> str:
    lines = format_html_join(
        "",
        "<li>{}: {}</li>",
        (
            (_name(version), "; ".join(str(each.label) for each in found))
            for version, found in outcome.left
        ),
    )
    first = _(
        "The same words still stand in these, or may. Look at them, and remove or publish anew; "
        "where you may not, ask somebody who may:"
    )
    return format_html("{}<ul>{}</ul>", first, lines)
