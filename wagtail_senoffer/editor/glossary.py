"""The glossary in the admin: a snippet, with the permissions that Wagtail gives snippets."""

from typing import Any

from django.apps import apps
from django.utils.translation import gettext_lazy as _

from .. import suggestions
from ..models.desk import GlossaryTerm


def register() -> None:
    """Register the glossary where Wagtail's snippets are installed."""
    if not apps.is_installed("wagtail.snippets"):
        return
    from wagtail.snippets.models import register_snippet
    from wagtail.snippets.views.snippets import SnippetViewSet

    class GlossaryViewSet(SnippetViewSet):
        model = GlossaryTerm
        icon = "openquote"
        menu_label = _("Glossary")
        list_display: Any = ["term", "meaning", "known"]
        search_fields: Any = ["term", "meaning"]

    register_snippet(GlossaryViewSet)


def glossary() -> suggestions.Glossary:
    """Return the shipped terms and the school's own, which come first where both have one."""
    own = (
        suggestions.Term(each.term, each.meaning, each.explained_as, known=each.known)
        for each in GlossaryTerm.objects.all()
    )
    return suggestions.merge(suggestions.shipped_glossary(), own)
