"""Glue for wagtail-localize; imported only where that is installed.

wagtail-localize writes a translation's page row before it makes the revision, also
when only a draft was asked for. A live translation would change in public that way:
while it ingests, saves of live pages are drafts. Publishing the revision is not.
"""

from functools import wraps
from typing import Any

from wagtail_localize.models import TranslationSource

from . import publishing


def connect() -> None:
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
