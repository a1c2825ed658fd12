"""Panels of the page forms."""

import json
from functools import cached_property
from typing import Any

from wagtail.admin.panels import Panel

from .blocks import local_section_choices
from .checklist import Checklist, Spared, checklist, places_of, spared_of_new
from .document import TrustRule
from .models.trust import TrustText
from .rulesets import Kind


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
            js = ["wagtail_senoffer/untouched.js", "wagtail_senoffer/checklist.js"]

        @cached_property
        def list(self) -> Checklist | None:
            """The page's checklist; None for a page that stands nowhere yet."""
            return checklist(self.instance) if self.instance.pk else None

        @cached_property
        def spared(self) -> Spared:
            """What the page need not answer."""
            if self.list:
                return self.list.spared
            parent = getattr(self.form, "parent_page", None)
            parent = parent and parent.specific
            # A school itself stands below any page.
            is_school = getattr(parent, "kind", None) is Kind.SCHOOL
            return spared_of_new(self.instance, parent if is_school else None)

        @property
        def left_out(self) -> str:
            """The blocks that the form's “+” does not offer, as JSON: what this page needs none of.

            A project without sections of its own has none to choose from in that block.
            """
            own = [] if local_section_choices() else ["local"]
            return json.dumps([*self.spared.codes, *own])


class TrustTextPanel(Panel):
    """The trust's texts for the page's sections; a script puts each beside its section.

    An offered one has a box to tick. What is locked can't be written over: whatever a
    form sends, the Document is built with the trust's words.
    """

    def get_form_options(self) -> dict[str, Any]:
        """Return the one field of the form that this is about."""
        return {"fields": ["from_trust"]}

    @property
    def clean_name(self) -> str:
        """The panel's name among its siblings."""
        return super().clean_name or "trust_texts"

    class BoundPanel(Panel.BoundPanel):
        """The panel of one page, in one form."""

        template_name = "wagtail_senoffer/admin/trust_texts.html"

        class Media:
            js = ["wagtail_senoffer/trust_texts.js"]

        @cached_property
        def rows(self) -> list[dict[str, Any]]:
            """What the panel shows of each text: its rule, its words, and where it belongs."""
            places = places_of(self.instance)
            return [
                self._row(text, places.get(code, ""))
                for code, text in texts_of(self.instance).items()
            ]

        def _row(self, text: TrustText, place: str) -> dict[str, Any]:
            chosen = self.form["from_trust"].value() if "from_trust" in self.form.fields else ()
            return {
                "text": text,
                "block": place.partition("#")[2],
                "is_offered": text.rule == TrustRule.OFFERED,
                "is_locked": text.rule == TrustRule.LOCKED,
                "is_added_to": text.rule == TrustRule.ADDITION,
                "is_chosen": text.section in (chosen or ()),
            }

        def is_shown(self) -> bool:
            """Show it where the trust wrote anything."""
            return bool(self.rows)


def texts_of(page: Any) -> dict[str, TrustText]:
    """Return the trust's texts for a page; none for one that stands nowhere yet."""
    return page.trust_texts() if page.path or page.get_parent() else {}
