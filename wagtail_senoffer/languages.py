"""Glue for wagtail-localize; imported only where that is installed.

wagtail-localize writes a translation's page row before it makes the revision, also
when only a draft was asked for. A live translation would change in public that way:
while it ingests, saves of live pages are drafts. Publishing the revision is not.
"""

from functools import wraps
from typing import Any

from django.apps import apps
from wagtail_localize.fields import BaseTranslatableField, SynchronizedField
from wagtail_localize.models import TranslationSource

from . import publishing
from .models import DocumentMixin

# Running text, which is what a translator is asked for; names, codes and dates are the same
# in every language.
_TRANSLATED = {"introduction", "body", "document_key"}


def connect() -> None:
    """Tell wagtail-localize which fields to translate, and see to it that drafts stay drafts."""
    for model in apps.get_models():
        if issubclass(model, DocumentMixin):
            chosen = list(getattr(model, "override_translatable_fields", ()))
            known = {each.field_name for each in chosen}
            model.override_translatable_fields = chosen + [
                _how(name) for name in _own_fields(model) if name not in _TRANSLATED | known
            ]
    _write_drafts_as_drafts()


def _how(name: str) -> BaseTranslatableField:
    """Return how a field that is not translated gets into a translation: notes do not."""
    if name in publishing.NOTES:
        return BaseTranslatableField(name)
    return SynchronizedField(name, overridable=False)


def _own_fields(model: type) -> list[str]:
    """Return the names of the fields that our mixins gave to a page model."""
    ours = {
        field.name
        for mixin in model.__mro__
        if mixin.__module__ == DocumentMixin.__module__
        for field in mixin._meta.local_fields
    }
    return sorted(ours & {field.name for field in model._meta.local_concrete_fields})


def _write_drafts_as_drafts() -> None:
    """Wrap the one method through which wagtail-localize writes a translation."""
    ingest = TranslationSource.create_or_update_translation
    if getattr(ingest, "senoffer", False):
        return

    @wraps(ingest)
    def as_draft(self: TranslationSource, *args: Any, **kwargs: Any) -> Any:
        with publishing.drafting():
            return ingest(self, *args, **kwargs)

    as_draft.senoffer = True  # type: ignore[attr-defined]
    TranslationSource.create_or_update_translation = as_draft
