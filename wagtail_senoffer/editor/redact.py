"""Removing words from old Versions, for a person who asks to be forgotten."""

from typing import Any
from uuid import UUID

import swapper
from django import forms
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.html import format_html, format_html_join
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from .. import removal
from ..document import DocumentError
from ..models.documents import DocumentMixin
from ..models.versions import Version, heads
from ..redaction import Field, fields


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

    def __init__(self, *args: Any, choices: list[Field], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["paths"].choices = [(each.path, _label(each)) for each in choices]


def _label(each: Field) -> str:
    name = f"{each.section_title} – {each.label}" if each.section_title else each.label
    return format_html("<b>{}</b>: {}", name, Truncator(each.value).chars(160))


def redact(request: HttpRequest, key: UUID, locale: str, number: int) -> HttpResponse:
    """Ask what to remove from a Version and why, then remove it for good."""
    found = Version.objects.filter(document_key=key, locale=locale)
    version = get_object_or_404(found, number=number)
    page = _page(key, locale)
    if not _may(request, page):
        raise PermissionDenied
    back = redirect("senoffer_versions", page.pk) if page else redirect("senoffer_former")
    try:
        choices = fields(version.document())
    except DocumentError as error:
        messages.error(request, error.message)
        return back
    form = RedactForm(request.POST or None, choices=choices)
    if form.is_valid() and _remove(request, version, form):
        return back
    context = {
        "page": page,
        "version": version,
        "form": form,
        "offered": removal.is_offered(version),
    }
    return render(request, "wagtail_senoffer/admin/redact.html", context)


def former(request: HttpRequest) -> HttpResponse:
    """List the documents whose pages were deleted, for who may still remove words from them."""
    if not _may(request, None):
        raise PermissionDenied
    there = Q()
    for model in _page_models():
        pages = model.objects.filter(
            document_key=OuterRef("document_key"), locale__language_code=OuterRef("locale")
        )
        there |= Exists(pages)
    found = heads().exclude(latest=None).exclude(there).order_by("pk")
    listing = Paginator(found, 50).get_page(request.GET.get("p"))
    rows = [(head, _title(head.latest), range(1, head.latest.number + 1)) for head in listing]
    context = {"listing": listing, "rows": rows}
    return render(request, "wagtail_senoffer/admin/former.html", context)


def _title(version: Version) -> str:
    try:
        document = version.document()
    except DocumentError as error:
        return error.message
    return f"{document.school.name}: {document.title}"


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
    if not request.user.has_perm("wagtail_senoffer.redact_version"):
        return False
    # Whose pages those were can't be asked any more.
    return page.permissions_for_user(request.user).can_edit() if page else request.user.is_superuser


def _remove(request: HttpRequest, version: Version, form: RedactForm) -> bool:
    data = form.cleaned_data
    try:
        outcome = removal.redact(
            version,
            data["paths"],
            data["reason"],
            user=request.user,
            everywhere=data["everywhere"],
        )
    except (ValidationError, ValueError) as error:
        form.add_error(None, error if isinstance(error, ValidationError) else str(error))
        return False
    done = _("Removed for good from: %(versions)s.")
    names = ", ".join(_name(each) for each in outcome.versions)
    messages.success(request, done % {"versions": names})
    if outcome.left:
        messages.warning(request, _left(outcome))
    return True


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
    first = _("The same words still stand in these. Look at them, and remove or publish anew:")
    return format_html("{}<ul>{}</ul>", first, lines)
