"""The contacts of councils in the admin: a snippet that says which schools publish what of it."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from django.apps import apps
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.admin.ui.tables import Column, TitleColumn

from ..councils import FIELDS, kept_value
from ..document import Document, DocumentError
from ..models.councils import CouncilContacts, name_key
from ..models.pages import SENInformationReportPage
from ..models.versions import heads
from .scope import readable

PANELS = [
    FieldPanel("la_name"),
    FieldPanel("local_offer_url"),
    MultiFieldPanel(
        [
            FieldPanel("sendiass_name"),
            FieldPanel("sendiass_about"),
            FieldRowPanel([FieldPanel("sendiass_phone"), FieldPanel("sendiass_email")]),
            FieldPanel("sendiass_url"),
        ],
        gettext_lazy("SENDIASS: free advice on SEN for families"),
    ),
    MultiFieldPanel(
        [
            FieldPanel("forum_name"),
            FieldPanel("forum_about"),
            FieldRowPanel([FieldPanel("forum_email"), FieldPanel("forum_url")]),
        ],
        gettext_lazy("Parent carer forum"),
    ),
]


def usage(entry: CouncilContacts, user: Any) -> list[dict[str, Any]]:
    """Return, for each published report of the council that a user may read, what it uses.

    Five queries at most, whatever the number of schools. A report that can't be read is
    left out.
    """
    schools = readable(user).values_list("document_key", "la_name")
    keys = {key for key, la_name in schools if name_key(la_name) == entry.la_key}
    offered = {
        (head.document_key, head.locale): head.offered
        for head in heads().filter(school_key__in=keys, latest__kind="sen-information-report")
        if head.offered
    }
    pages = SENInformationReportPage.objects.filter(
        document_key__in={key for key, _locale in offered}, live=True
    )
    pages = pages.select_related("locale").defer_streamfields().order_by("title")
    return sorted(_rows(entry, pages, offered), key=lambda row: row["school"])


def _rows(entry: CouncilContacts, pages: Any, offered: Any) -> Iterator[dict[str, Any]]:
    for page in pages:
        version = offered.get((page.document_key, page.language))
        with suppress(DocumentError):
            if version:
                document = version.document()
                yield {
                    "school": document.school.name,
                    "url": reverse("wagtailadmin_pages:edit", args=[page.pk]),
                    **{code: _state(entry, document, code) for code in FIELDS},
                }


def _state(entry: CouncilContacts, document: Document, code: str) -> str:
    """Return in a few words whether a published section is as the council's entry is now."""
    section = document.section(code)
    if section and section.has_content() and not section.kept_by:
        return _("the school's own words")
    if section and getattr(section, FIELDS[code]) == kept_value(entry, code):
        return _("as it is here")
    if section and section.kept_by:
        return _("an older entry, until the school publishes again")
    return _("nothing yet, until the school publishes again")


def register() -> None:
    """Register the contacts of councils where Wagtail's snippets are installed."""
    if not apps.is_installed("wagtail.snippets"):
        return
    from wagtail.snippets.models import register_snippet
    from wagtail.snippets.views.snippets import EditView, SnippetViewSet, UsageView

    class CouncilUsageView(UsageView):
        """Which schools publish the entry, as far as the user may see them (P9)."""

        page_title = gettext_lazy("Schools that use it")

        @cached_property
        def columns(self) -> list[Any]:
            return [
                TitleColumn(
                    "school",
                    label=_("School"),
                    accessor="school",
                    get_url=lambda row: row["url"],
                ),
                Column("la_local_offer", label=_("Local offer"), accessor="la_local_offer"),
                Column("support_contacts", label=_("Services"), accessor="support_contacts"),
            ]

        def get_queryset(self) -> Any:
            return usage(self.object, self.request.user)

        def get_table(self, object_list: Any, **kwargs: Any) -> Any:
            # Not Wagtail's own, which takes references.
            return super(UsageView.__mro__[1], self).get_table(object_list, **kwargs)

    class CouncilEditView(EditView):
        """Leads on to who still publishes the old entry."""

        def get_success_buttons(self) -> list[Any]:
            told = messages.button(self.get_usage_url(), _("See which schools use it"))
            return [*super().get_success_buttons(), told]

    class CouncilContactsViewSet(SnippetViewSet):
        model = CouncilContacts
        icon = "group"
        menu_label = gettext_lazy("Contacts of councils")
        list_display: Any = ["la_name", "local_offer_url", "sendiass_name", "forum_name"]
        panels: Any = PANELS
        usage_view_class = CouncilUsageView
        edit_view_class = CouncilEditView

    register_snippet(CouncilContactsViewSet)
