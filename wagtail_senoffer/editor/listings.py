"""Wagtail's page listings with what a school asks of its pages: complete, published, reviewed.

A school's own listing has these columns; “SEND pages” in the menu lists the pages of all
schools that the user may see, with filters.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, ClassVar

import swapper
from django.db.models import QuerySet
from django.forms import RadioSelect
from django.template.defaultfilters import date as written
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters.filters import ChoiceFilter
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, StatusTagColumn
from wagtail.admin.views.pages.listing import ExplorableIndexView, IndexView, PageFilterSet
from wagtail.admin.viewsets.pages import PageListingViewSet, PageViewSet
from wagtail.permissions import page_permission_policy

from .. import compliance
from ..compliance import Compliance
from ..models.documents import DocumentMixin
from ..models.pages import SchoolPage
from ..tree import document_types

_PAGE = swapper.load_model("wagtailcore", "Page")
_SOON, _YEAR = timedelta(days=60), timedelta(days=365)


def _of(page: Any) -> Compliance | None:
    return getattr(page, "compliance", None)


def _complete(page: Any) -> str:
    found = _of(page)
    return " · ".join(filter(None, (found.label, found.score))) if found else ""


def _version(page: Any) -> str:
    found = _of(page)
    if found is None or found.version is None:
        return ""
    words = _("Version %(number)d, %(date)s")
    return words % {"number": found.version.number, "date": _day(found.published_on)}


def _review(page: Any) -> str:
    found = _of(page)
    if found is None or found.review_date is None:
        return ""
    day = _day(found.review_date)
    return _("Overdue since %(date)s") % {"date": day} if found.is_overdue else day


def _day(value: date | None) -> str:
    return written(value, "j F Y")


COLUMNS: list[Any] = [
    StatusTagColumn(
        "completeness",
        label=gettext_lazy("Completeness"),
        accessor=_complete,
        primary=lambda page: bool(_of(page) and _of(page).is_in_order),
    ),
    Column(
        "version", label=gettext_lazy("Version"), accessor=_version, classname="senoffer-column"
    ),
    Column("review", label=gettext_lazy("Review due"), accessor=_review),
]


def _among(columns: Iterable[Any]) -> list[Any]:
    """Return Wagtail's columns with ours before its status, and without the page's type."""
    found = [each for each in columns if each.name != "type"]
    place = next((at for at, each in enumerate(found) if each.name == "status"), len(found))
    return [*found[:place], *COLUMNS, *found[place:]]


class DocumentFilterSet(PageFilterSet):
    """Wagtail's filters of pages, and those of documents."""

    completeness = ChoiceFilter(
        label=gettext_lazy("Completeness"),
        empty_label=gettext_lazy("Any"),
        choices=[
            ("complete", gettext_lazy("Complete")),
            ("incomplete", gettext_lazy("Published with something missing")),
            ("unpublished", gettext_lazy("Not published")),
        ],
        method="narrow",
        widget=RadioSelect,
    )
    published = ChoiceFilter(
        label=gettext_lazy("Last version"),
        empty_label=gettext_lazy("Any"),
        choices=[
            ("recent", gettext_lazy("In the last twelve months")),
            ("old", gettext_lazy("Longer ago")),
        ],
        method="narrow",
        widget=RadioSelect,
    )
    review = ChoiceFilter(
        label=gettext_lazy("Review due"),
        empty_label=gettext_lazy("Any"),
        choices=[
            ("overdue", gettext_lazy("Overdue")),
            ("soon", gettext_lazy("In the next 60 days")),
            ("unset", gettext_lazy("Published without a date")),
        ],
        method="narrow",
        widget=RadioSelect,
    )

    def narrow(self, pages: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Return the pages whose document fits: the words are read, so all of them are."""
        found = compliance.of_pages(_rows(pages), timezone.localdate())
        fits = FITS[name][value]
        return pages.filter(pk__in=[pk for pk, each in found.items() if fits(each)])


FITS: dict[str, dict[str, Any]] = {
    "completeness": {
        "complete": lambda each: each.is_in_order,
        "incomplete": lambda each: each.version is not None and not each.is_in_order,
        "unpublished": lambda each: each.version is None,
    },
    "published": {
        "recent": lambda each: each.version is not None and each.published_on >= each.on - _YEAR,
        "old": lambda each: each.version is not None and each.published_on < each.on - _YEAR,
    },
    "review": {
        "overdue": lambda each: each.is_overdue,
        "soon": lambda each: (
            each.review_date is not None and each.on <= each.review_date <= each.on + _SOON
        ),
        "unset": lambda each: each.awaits_review_date,
    },
}


def _rows(pages: QuerySet[Any]) -> list[Any]:
    """Return what tells the documents of pages apart: a query for each page type."""
    keys = set(pages.order_by().values_list("pk", flat=True))
    return [
        row
        for model in document_types()
        for row in model._default_manager.values_list("pk", "document_key", "locale_id", named=True)
        if row.pk in keys
    ]


class _WithCompliance:
    """Tells each document of a listing's page how it stands."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        pages = [page for page in context["object_list"] if isinstance(page, DocumentMixin)]
        found = compliance.of_pages(pages, timezone.localdate())
        for page in pages:
            page.compliance = found[page.pk]
        return context


class SchoolIndexView(_WithCompliance, ExplorableIndexView):
    """The pages below a school."""

    base_columns = _among(ExplorableIndexView.base_columns)


class DocumentIndexView(_WithCompliance, IndexView):
    """The documents of all schools that the user may see."""

    page_title = gettext_lazy("SEND pages")
    base_columns = _among(IndexView.base_columns)
    base_filterset_class = DocumentFilterSet

    def get_base_queryset(self) -> QuerySet[Any]:
        """Return the documents among the pages that Wagtail lets the user see."""
        return super().get_base_queryset().type(*document_types())


def listed(request: Any) -> list[int]:
    """Return the keys of the pages that “SEND pages” lists under a request's filters and words."""
    pages = page_permission_policy.explorable_instances(request.user).type(*document_types())
    found = DocumentFilterSet(request.GET, queryset=pages, request=request).qs
    if words := request.GET.get("q"):
        return [page.pk for page in found.autocomplete(words)]
    return list(found.values_list("pk", flat=True))


class DocumentMenuItem(MenuItem):
    """Shown to those who may do something to a page."""

    def is_shown(self, request: Any) -> bool:
        """Say whether the listing would let the user in."""
        may: bool = page_permission_policy.user_has_any_permission(
            request.user, DocumentIndexView.any_permission_required
        )
        return may


class SchoolViewSet(PageViewSet):
    """Wagtail's views of a school's page, and of the pages below it."""

    model = SchoolPage
    index_view_class = SchoolIndexView
    parent_models: ClassVar[list[Any]] = [SchoolPage]

    def get_index_view_kwargs(self, **kwargs: Any) -> Any:
        """Return what the listing is made of: pages of whatever type stand below a school."""
        return super().get_index_view_kwargs(**{**kwargs, "model": _PAGE})


class DocumentListing(PageListingViewSet):
    """“SEND pages” in the menu."""

    model = _PAGE
    index_view_class = DocumentIndexView
    filterset_class = DocumentFilterSet
    menu_label = gettext_lazy("SEND pages")
    menu_item_class: ClassVar[Any] = DocumentMenuItem
    icon = "clipboard-list"
    menu_order = 150
    add_to_admin_menu = True


def viewsets() -> list[Any]:
    """Return the viewsets to register with Wagtail."""
    return [SchoolViewSet("senoffer_school"), DocumentListing("senoffer_documents")]
