"""Setting schools up in the admin: two tables, a preview, and a button.

The tables are read and forgotten. Between the steps what they come to travels in the form,
signed; nothing of it is kept on the server.
"""

import time
from dataclasses import asdict
from typing import Any

import swapper
from django import forms
from django.conf import settings
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.models import Site

from ..models.pages import SchoolPage
from . import reading, register, rollout
from .links import Before, Doubt, Links
from .plan import Problem, School
from .rollout import Outcome, State

PERMISSION = "wagtail_senoffer.roll_out_schools"
SALT = "wagtail_senoffer.rollout"
MAX_AGE = 24 * 60 * 60
# As much of what Django takes in a form as the schools may fill.
SHARE = 0.8
# So long a press of the button works, since servers end what takes half a minute.
SECONDS = 15


def may_roll_out(user: Any) -> bool:
    """Say whether a user may set up schools at all; the place is asked for later."""
    return bool(user.has_perm(PERMISSION))


def places(user: Any) -> list[Any]:
    """Return the pages at which a user may add and publish schools: roots of sites, and where
    schools stand already.
    """
    pages = swapper.load_model("wagtailcore", "Page").objects
    roots = set(Site.objects.values_list("root_page_id", flat=True))
    length = SchoolPage.steplen
    schools = SchoolPage.objects.values_list("path", flat=True)
    above = {path[:-length] for path in schools}
    found = (pages.filter(pk__in=roots) | pages.filter(path__in=above)).order_by("path")
    return [page for page in found.specific() if may_set_up_at(page, user)]


def may_set_up_at(page: Any, user: Any) -> bool:
    """Say whether a user may add schools below a page, and publish: groups get both there."""
    may = page.permissions_for_user(user)
    return bool(
        SchoolPage.can_create_at(page) and may.can_add_subpage() and may.can_publish_subpage()
    )


class UploadForm(forms.Form):
    """The two tables, and where the schools go."""

    table = forms.FileField(
        label=gettext_lazy("Your table of schools"),
        help_text=gettext_lazy(
            "A CSV file with the columns URN, Slug, Hostname, Editors, Moderators and "
            "Predecessor. Only URN has to be there."
        ),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt"}),
    )
    register = forms.FileField(
        label=gettext_lazy("The register of schools"),
        help_text=gettext_lazy(
            "“Establishment fields” as a CSV file, from Get Information About Schools. Leave it "
            "out if your own table has the register’s columns."
        ),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt"}),
    )
    trust = forms.CharField(
        label=gettext_lazy("Or all schools of a trust"),
        help_text=gettext_lazy("Without a table of your own: the trust’s name or number (UID)."),
        required=False,
    )
    links = forms.FileField(
        label=gettext_lazy("The register’s links"),
        help_text=gettext_lazy(
            "“Establishment links” as a CSV file, from the same place. With it the page of a "
            "school that became an academy goes on under the new URN."
        ),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt"}),
    )
    below = forms.ChoiceField(label=gettext_lazy("The schools go below"))
    publish = forms.BooleanField(
        label=gettext_lazy("Publish each new school’s own page"),
        help_text=gettext_lazy("Reports and offers stay drafts, until the school publishes them."),
        required=False,
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["below"].choices = [(str(page.pk), page.title) for page in places(user)]

    def clean(self) -> dict[str, Any]:
        """Read the tables, or say what is wrong with them."""
        cleaned = super().clean() or {}
        if not self.errors:
            try:
                cleaned["found"] = self._read(cleaned)
            except reading.NotATable as error:
                raise forms.ValidationError(str(error)) from error
        return cleaned

    def _read(self, cleaned: dict[str, Any]) -> reading.Reading:
        table, gias, trust = cleaned["table"], cleaned["register"], cleaned["trust"]
        file = cleaned["links"]
        links = Links(file, timezone.localdate()) if file else None
        if table and gias:
            return reading.with_register(table, gias, links)
        if table:
            return reading.alone(table, links)
        if gias and trust:
            return reading.of_register(gias, register.by_trust(trust), links)
        raise forms.ValidationError(
            _("Choose your table of schools, or the register and the name of a trust.")
        )


def upload(request: HttpRequest) -> HttpResponse:
    """Ask for the tables, show what would happen, and do it once it is confirmed."""
    if not may_roll_out(request.user):
        raise PermissionDenied
    if "carried" in request.POST:
        return _go_on(request)
    form = UploadForm(
        *((request.POST, request.FILES) if request.method == "POST" else ()), user=request.user
    )
    if form.is_valid():
        found = form.cleaned_data["found"]
        carried = _carry(request, form.cleaned_data)
        if carried:
            return _show(request, form.cleaned_data["below"], found, carried)
        form.add_error(
            None,
            _("These are too many schools for one form. Use the command senoffer_rollout."),
        )
    return render(request, "wagtail_senoffer/admin/rollout.html", {"form": form})


def _show(
    request: HttpRequest, below_pk: str, found: reading.Reading, carried: str
) -> HttpResponse:
    below = _place(request, below_pk)
    told = rollout.preview(found.schools, below, request.user, publish=_publishes(carried))
    told += [rollout.refused(problem) for problem in found.problems]
    return _page(request, below, told, carried, missing=found.missing, is_preview=True)


def _page(
    request: HttpRequest, below: Any, told: list[Outcome], carried: str, **context: Any
) -> HttpResponse:
    told = sorted(told, key=lambda each: each.line)
    to_do = sum(each.state in (State.NEW, State.CHANGED) for each in told)
    values = {"outcomes": told, "below": below, "carried": carried, "to_do": to_do, **context}
    return render(request, "wagtail_senoffer/admin/rollout_result.html", values)


def _place(request: HttpRequest, pk: Any) -> Any:
    page = swapper.load_model("wagtailcore", "Page").objects.filter(pk=pk).first()
    if page is None or not may_set_up_at(page.specific, request.user):
        raise PermissionDenied
    return page


def _carry(request: HttpRequest, cleaned: dict[str, Any]) -> str:
    """Return what was read for a hidden field, signed for this user; "" if it is too much."""
    found = cleaned["found"]
    data = {
        "user": str(request.user.pk),
        "below": cleaned["below"],
        "publish": cleaned["publish"],
        "done": 0,
        "schools": [asdict(school) for school in found.schools],
        "problems": [asdict(problem) for problem in found.problems],
    }
    return _signed(data)


def _signed(data: dict[str, Any]) -> str:
    carried = signing.dumps(data, salt=SALT, compress=True)
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    return "" if limit and len(carried) > SHARE * limit else carried


def _publishes(carried: str) -> bool:
    return bool(signing.loads(carried, salt=SALT)["publish"])


def _go_on(request: HttpRequest) -> HttpResponse:
    """Set up as many schools as there is time for; the rest at the next press."""
    try:
        data = signing.loads(request.POST["carried"], salt=SALT, max_age=MAX_AGE)
    except signing.BadSignature:
        data = {"user": None}
    if data["user"] != str(request.user.pk):
        messages.error(request, _("That took too long. Choose the tables once more."))
        return redirect("senoffer_rollout")
    below = _place(request, data["below"])
    schools = [_school(each) for each in data["schools"]]
    started, told = time.monotonic(), []
    while data["done"] < len(schools) and (not told or time.monotonic() < started + SECONDS):
        school = schools[data["done"]]
        told += rollout.run([school], below, request.user, publish=data["publish"])
        data["done"] += 1
    left = len(schools) - data["done"]
    if not left:
        told += [rollout.refused(Problem(**each)) for each in data["problems"]]
    return _page(request, below, told, _signed(data) if left else "", left=left)


def _school(data: dict[str, Any]) -> School:
    """Return a school as it was before it travelled: JSON has no tuples."""
    lists = {name: tuple(data[name]) for name in ("editors", "moderators", "notes")}
    before = tuple(_before(**each) for each in data["before"])
    return School(**{**data, **lists, "before": before})


def _before(urn: str, doubt: str | None, others: list[str]) -> Before:
    return Before(urn, Doubt(doubt) if doubt else None, tuple(others))


class RolloutMenuItem(MenuItem):
    """Setting up schools, for who may."""

    def __init__(self) -> None:
        super().__init__(
            gettext_lazy("Set up schools"),
            reverse("senoffer_rollout"),
            name="senoffer-rollout",
            icon_name="upload",
            order=1100,
        )

    def is_shown(self, request: Any) -> bool:
        """Show it to who may."""
        return may_roll_out(request.user)
