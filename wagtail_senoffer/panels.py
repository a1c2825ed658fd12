"""Panels of the page forms."""

from typing import Any

from wagtail.admin.panels import Panel

from .checklist import Checklist, checklist


class ChecklistPanel(Panel):
    """What is asked of the page and what is missing, in view while the editor writes.

    It says what the gate would say of the draft as it was last saved. Once the form is there
    it is fetched anew with suggestions, which take longer, and again after each save.
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
            return checklist(self.instance) if self.instance.pk else None
