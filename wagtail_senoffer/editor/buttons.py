"""Entries in Wagtail's page menus."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets import Button

from ..models.documents import DocumentMixin
from ..models.reports import SENInformationReportMixin
from ..models.schools import SchoolMixin
from .approval import may_arrange


def versions(page: Any, user: Any) -> Iterator[Button]:
    """Yield "Versions" for a document that has some, if the user may edit its page."""
    # Without a question to the database: an explorer shows many pages.
    if not isinstance(page, DocumentMixin) or not page.first_published_at:
        return
    if page.permissions_for_user(user).can_edit():
        url = reverse("senoffer_versions", args=[page.pk])
        yield Button(_("Versions"), url, icon_name="doc-full", priority=64)


def approval(page: Any, user: Any) -> Iterator[Button]:
    """Yield "Who approves" for a school's page, if the user may decide on that."""
    if isinstance(page, SchoolMixin) and may_arrange(user):
        url = reverse("senoffer_approval", args=[page.pk])
        yield Button(_("Who approves"), url, icon_name="clipboard-list", priority=66)


def word(page: Any, user: Any) -> Iterator[Button]:
    """Yield "Fill in from a Word document" for a report that the user may edit."""
    if not isinstance(page, SENInformationReportMixin) or not page.pk or page.alias_of_id:
        return
    if page.permissions_for_user(user).can_edit():
        url = reverse("senoffer_word", args=[page.pk])
        label = _("Fill in from a Word document")
        yield Button(label, url, icon_name="doc-full-inverse", priority=66)


class FormerMenuItem(MenuItem):
    """The report of documents whose pages were deleted; whose they were can't be asked."""

    def is_shown(self, request: Any) -> bool:
        """Show it to who may everything."""
        return bool(request.user.is_superuser)
