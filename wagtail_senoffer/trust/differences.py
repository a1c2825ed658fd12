"""The report "Register and pages", and its button "take the register's"."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column

from .. import publishing
from ..models.pages import SchoolPage
from . import comparing, scope
from .spreadsheets import SafeReportView


def _button(difference: comparing.Difference) -> str:
    if not difference.editable:
        return ""
    url = reverse("senoffer_take", args=[difference.page.pk, difference.field])
    return format_html(
        '<a class="button button-small button-secondary" href="{}">{}</a>',
        url,
        _("Take the register’s"),
    )


class DifferencesView(SafeReportView):
    """Where the register and the pages of the schools that somebody may read disagree (P9)."""

    page_title = gettext_lazy("Register and pages")
    header_icon = "clipboard-list"
    index_url_name = "senoffer_differences"
    index_results_url_name = "senoffer_differences_results"
    default_ordering = None
    columns = [
        Column("school", label=gettext_lazy("School")),
        Column("urn", label="URN"),
        Column("label", label=gettext_lazy("What")),
        Column("on_page", label=gettext_lazy("On the page")),
        Column("in_register", label=gettext_lazy("In the register")),
        Column("button", label="", accessor=_button),
    ]
    list_export = ["school", "urn", "label", "on_page", "in_register"]
    export_headings = {
        "school": gettext_lazy("School"),
        "urn": "URN",
        "label": gettext_lazy("What"),
        "on_page": gettext_lazy("On the page"),
        "in_register": gettext_lazy("In the register"),
    }

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Refuse who may read no school."""
        if not is_for(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        """Return the differences, as a list."""
        user = self.request.user
        mine = set(scope.editable(user).values_list("pk", flat=True))
        found = list(comparing.differences(scope.readable(user)))
        for each in found:
            each.editable = each.page.pk in mine
        return found

    def filter_queryset(self, queryset: Any) -> Any:
        """Leave the list as it is."""
        return queryset

    def get_filename(self) -> str:
        """Return the name of an exported file."""
        return "register-and-pages"


def is_for(user: Any) -> bool:
    """Say whether there is a school of which a user may read how it stands."""
    return scope.reads_any(user)


def take(request: HttpRequest, page_id: int, field: str) -> HttpResponse:
    """Ask whether a page is to have the register's value, and write it."""
    page = get_object_or_404(SchoolPage, pk=page_id)
    may = page.permissions_for_user(request.user)
    if not may.can_edit():
        raise PermissionDenied
    found = comparing.differences(SchoolPage.objects.filter(pk=page_id))
    difference = next((each for each in found if each.field == field), None)
    if difference is None:
        if field not in comparing.FIELDS:
            raise Http404
        messages.info(request, _("The page and the register agree already."))
        return redirect("senoffer_differences")
    if request.method == "POST":
        return _write(request, difference, publish="publish" in request.POST and may.can_publish())
    context = {"page": page, "difference": difference, "may_publish": may.can_publish()}
    return render(request, "wagtail_senoffer/admin/take.html", context)


def _write(
    request: HttpRequest, difference: comparing.Difference, *, publish: bool
) -> HttpResponse:
    page = difference.page
    if page.permissions_for_user(request.user).page_locked():
        messages.error(request, _("The page is locked. Unlock it first."))
        return redirect("senoffer_differences")
    try:
        comparing.take(difference, request.user, publish=publish)
    except publishing.Refused as refused:
        messages.error(request, " ".join(refused.messages))
        return redirect("wagtailadmin_pages:edit", page.pk)
    words = {"school": page.title, "field": difference.label}
    text = (
        _("%(school)s: “%(field)s” is the register’s now, and public.")
        if publish
        else _("%(school)s: “%(field)s” is the register’s in the draft. Publish it to show it.")
    )
    messages.success(request, text % words)
    return redirect("senoffer_differences")


class DifferencesMenuItem(MenuItem):
    """The report, for who may read of some school."""

    def __init__(self) -> None:
        super().__init__(
            gettext_lazy("Register and pages"),
            reverse("senoffer_differences"),
            name="senoffer-differences",
            icon_name="clipboard-list",
            order=1150,
        )

    def is_shown(self, request: Any) -> bool:
        """Show it to who may."""
        return is_for(request.user)
