"""“Due soon” on Wagtail's dashboard: what its reader is reminded of by e-mail."""

from typing import Any

from django.utils import timezone
from wagtail.admin.ui.components import Component

from .items import find_items
from .people import paths_of

# As many as can be read at a glance.
_SHOWN = 10


class DueSoonPanel(Component):
    """What is due of the pages that the user may edit; nothing where nothing is."""

    name = "senoffer_due_soon"
    template_name = "wagtail_senoffer/admin/due_soon.html"
    order = 150

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        """Return the first things that are due, and how many more there are."""
        today = timezone.localdate()
        items = find_items(today, paths_of(parent_context["request"].user))
        rows = [(each, each.due.when(today)) for each in items[:_SHOWN]]
        return {"rows": rows, "more": max(0, len(items) - _SHOWN)}
