"""Panels of the page forms."""

from typing import Any

from django.utils.module_loading import import_string
from wagtail.admin.panels import Panel

from .checklist import Checklist, checklist

# By name: it asks the pages, and their models have this panel.
ADVICE = "wagtail_senoffer.editor.suggesting.suggestions_of"


class ChecklistPanel(Panel):
    """What is asked of the page and what is missing, in view while the editor writes.

    It says what the gate would say of the draft as it was last saved, and is fetched anew
    when the form has saved it again.
    """

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("classname", "senoffer-checklist-panel")
        super().__init__(**kwargs)

    @property
    def clean_name(self) -> str:
        """The panel's name among its siblings."""
        return super().clean_name or "checklist"

    class BoundPanel(Panel.BoundPanel):
        """The panel of one page, in one form."""

        template_name = "wagtail_senoffer/admin/checklist_panel.html"

        class Media:
            js = ["wagtail_senoffer/checklist.js"]

        @property
        def list(self) -> Checklist | None:
            """The page's checklist; None for a page that stands nowhere yet."""
            page = self.instance
            return checklist(page, import_string(ADVICE)(page)) if page.pk else None
