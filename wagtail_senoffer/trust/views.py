"""The drift report, and publishing again what has drifted, with one confirmation."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.reports import ReportView

from ..models.trust import Act, Outcome, Republishing
from . import republishing, scope
from .drift import by_page, drifting

# Where a run's screen leads back to; else to the list of all pages.
_REPORTS = {Act.REPUBLISH: "senoffer_drift"}


class DriftMenuItem(MenuItem):
    """The drift report, for who may read how any school stands."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Show it to who may read it."""
        return may_read(request.user)


class DriftView(ReportView):
    """Which schools still publish the trust's old words, side by side."""

    page_title = gettext_lazy("Trust texts: who still has the old words")
    header_icon = "group"
    template_name = "wagtail_senoffer/admin/drift.html"
    results_template_name = "wagtail_senoffer/admin/drift_results.html"
    index_url_name = "senoffer_drift"
    index_results_url_name = "senoffer_drift_results"
    is_searchable = False
    # What is ticked on one page is lost on the next: a trust's schools fit on one.
    paginate_by = 100
    default_ordering = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Refuse who reads no school at all."""
        if not may_read(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        """Return (page, its drifts) of the schools that the user may read (P9)."""
        return [(these[0].page, these) for these in _drifts(scope.readable(self.request.user))]

    def filter_queryset(self, queryset: Any) -> Any:
        """Return all: there is nothing to filter by."""
        return queryset

    def order_queryset(self, queryset: Any) -> Any:
        """Return them as they stand: by school."""
        return queryset

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add which of them the user may tick, and what they are called."""
        context = super().get_context_data(*args, **kwargs)
        editable = set(scope.editable(self.request.user).values_list("path", flat=True))
        schools = dict(scope.readable(self.request.user).values_list("path", "title"))
        context["rows"] = [
            {
                "page": page,
                "school": _above(page, schools),
                "drifts": these,
                "may": _above(page, dict.fromkeys(editable, True)),
            }
            for page, these in context["object_list"]
        ]
        context["may_any"] = any(row["may"] for row in context["rows"])
        return context


def _above(page: Any, by_path: dict[str, Any]) -> Any:
    return by_path.get(page.path[: -type(page).steplen])


def _drifts(schools: Any) -> list[Any]:
    return list(by_page(drifting(schools)).values())


def may_read(user: Any) -> bool:
    """Say whether there is any school of which the user may read how it stands."""
    return scope.reads_any(user)


@require_POST
def confirm(request: HttpRequest) -> HttpResponse:
    """List what was ticked, and publish it again once that is confirmed."""
    drifts = by_page(drifting(scope.editable(request.user)))
    if "all" not in request.POST:
        ticked = {int(each) for each in request.POST.getlist("page") if each.isdecimal()}
        drifts = {pk: these for pk, these in drifts.items() if pk in ticked}
    if not drifts:
        messages.error(request, _("Nothing to publish: tick at least one school with old words."))
        return redirect("senoffer_drift")
    if "confirmed" in request.POST:
        run = republishing.start(request.user, drifts)
        return redirect("senoffer_republishing", run.pk)
    context = {"rows": [(republishing.name_of(t[0].page), t) for t in drifts.values()]}
    context["pages"] = list(drifts)
    return render(request, "wagtail_senoffer/admin/republish.html", context)


@require_GET
def progress(request: HttpRequest, run_pk: int) -> HttpResponse:
    """Show how far a run is, to who started it."""
    run = _run(request, run_pk)
    documents = list(run.documents.all())
    waiting = sum(each.outcome == Outcome.WAITING for each in documents)
    context = {
        "run": run,
        "documents": documents,
        "waiting": waiting,
        "done": len(documents) - waiting,
        "succeeded": sum(each.outcome in (Outcome.PUBLISHED, Outcome.DONE) for each in documents),
        "report": reverse(_REPORTS.get(run.act, "senoffer_documents:index")),
    }
    return render(request, "wagtail_senoffer/admin/republishing.html", context)


@require_POST
def resume(request: HttpRequest, run_pk: int) -> HttpResponse:
    """Go on with a run that was cut off. What is done is never done again."""
    run = _run(request, run_pk)
    republishing.go_on(run)
    return redirect("senoffer_republishing", run.pk)


def _run(request: HttpRequest, run_pk: int) -> Republishing:
    """Return a run of the user's own; an administrator's may be anybody's (P9)."""
    found = Republishing.objects.all()
    return get_object_or_404(
        found if request.user.is_superuser else found.filter(user=request.user), pk=run_pk
    )
