"""“My schools” on the dashboard: the schools that one looks after, and how they stand."""

from collections import defaultdict
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from wagtail.admin.ui.components import Component

from .. import compliance
from ..models.documents import DocumentMixin
from ..models.pages import SchoolPage
from ..tree import document_types
from .reminders.people import paths_of

# As many as can be read at a glance.
_SHOWN = 10


class MySchoolsPanel(Component):
    """The schools whose pages the user may edit; nothing where there are none."""

    name = "senoffer_my_schools"
    template_name = "wagtail_senoffer/admin/my_schools.html"
    order = 140

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        """Return the first schools with their documents, and how many more there are."""
        schools = _schools(paths_of(parent_context["request"].user))
        shown = list(schools[:_SHOWN])
        pages = _pages_below(shown)
        found = compliance.of_pages([page for some in pages.values() for page in some], _today())
        rows = [
            (school, [(page, found[page.pk]) for page in pages[school.path]]) for school in shown
        ]
        more = schools.count() - len(rows) if len(rows) == _SHOWN else 0
        return {"rows": rows, "more": more, "all": reverse("senoffer_documents:index")}


def _today() -> Any:
    return timezone.localdate()


def _schools(paths: list[str] | None) -> Any:
    found = SchoolPage.objects.filter(alias_of=None).order_by("title", "pk")
    if paths is None:
        return found
    return found.filter(reduce(or_, (Q(path__startswith=path) for path in paths), Q(pk__in=())))


def _pages_below(schools: list[SchoolPage]) -> dict[str, list[DocumentMixin]]:
    """Return the documents below schools, by the schools' paths: a query for each page type."""
    found: dict[str, list[DocumentMixin]] = defaultdict(list)
    below = reduce(or_, (Q(path__startswith=school.path) for school in schools), Q(pk__in=()))
    for model in document_types():
        if not issubclass(model, SchoolPage):
            pages = model._default_manager.filter(below, alias_of=None).defer_streamfields()
            for page in pages.order_by("path"):
                found[page.path[: -page.steplen]].append(page)
    return found
