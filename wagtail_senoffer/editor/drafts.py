"""Drafts that are made from something else: a Version, last year's report, a Word document."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from wagtail.log_actions import log
from wagtail.models import PageLogEntry

from ..models.documents import DocumentMixin
from ..models.reports import SchoolDocumentMixin, current_academic_year
from ..models.versions import Version
from ..removal import told
from ..restoring import restore
from ..word import Part
from . import placing

RESTORED = "wagtail_senoffer.restore"
NEW_YEAR = "wagtail_senoffer.new_year"
WORD = "wagtail_senoffer.word"


@dataclass(frozen=True)
class Filled:
    """What came of a Word document: whether the draft had changed, and what had no room."""

    changed: bool
    overflowed: list[str]


def restore_into_draft(page: DocumentMixin, version: Version, user: Any) -> list[str]:
    """Save a Version's words as the page's newest draft.

    Returns what could not be brought back word for word. Raises Unreadable if the
    Version's words are gone or of a newer release. What was the draft stays in Wagtail's
    history.
    """
    draft: Any = page.get_latest_revision_as_object()
    lost = restore(draft, version.document())
    with translation.override(page.language):
        draft.change_note = _("Version %(number)d was restored.") % {"number": version.number}
    draft.rereading_from, draft.reread = None, []
    _save(draft, user, RESTORED, {"version": version.number})
    return [*lost, *told(version)]


def start_new_year(page: SchoolDocumentMixin, version: Version, user: Any) -> str:
    """Save a draft for the next academic year, all of whose sections wait to be read again.

    It starts from the live page, which says what `version`, the current one, says, and
    still knows its links to pages and documents as such. The year's approval and review
    are still to be given. Returns the new year, as in "2027-28".
    """
    draft: Any = type(page)._default_manager.get(pk=page.pk)
    draft.academic_year = next_year(draft.academic_year)
    draft.approved_by, draft.approved_on, draft.review_date = "", None, None
    words = {"year": draft.academic_year}
    with translation.override(page.language):
        draft.change_note = _("For the academic year %(year)s.") % words
    draft.rereading_from, draft.reread = version.number, []
    _save(draft, user, NEW_YEAR, words)
    return draft.academic_year


def fill_from_word(
    page: DocumentMixin,
    placed: list[tuple[str, Part]],
    replace: Iterable[str],
    user: Any,
    *,
    seen: str,
    upload: str,
) -> Filled | None:
    """Save a draft with a document's parts in their sections, on top of the newest draft.

    `replace` names sections whose words the user chose to replace; they stay if the draft is
    not the one of the digest `seen` any more. Returns None, and writes nothing, for an
    `upload` that was written already: a button that was pressed twice adds nothing twice.
    """
    with transaction.atomic():
        # One at a time; who comes second finds what the first one wrote.
        fresh: Any = type(page)._default_manager.select_for_update().get(pk=page.pk)
        if PageLogEntry.objects.filter(page=fresh.pk, action=WORD, data__upload=upload).exists():
            return None
        draft = fresh.get_latest_revision_as_object()
        changed = placing.digest(draft) != seen
        overflowed = placing.place(draft, placed, () if changed else replace)
        _save(draft, user, WORD, {"upload": upload, "sections": sorted({c for c, _p in placed})})
    return Filled(changed, overflowed)


def next_year(year: str) -> str:
    """Return the academic year after one, but never one that is over."""
    now = current_academic_year()
    if not re.fullmatch(r"\d{4}-\d{2}", year):
        return now
    start = int(year[:4]) + 1
    return max(f"{start}-{(start + 1) % 100:02}", now)


def _save(draft: Any, user: Any, action: str, data: dict[str, Any]) -> None:
    with transaction.atomic():
        revision = draft.save_revision(user=user, clean=False)
        log(instance=draft, action=action, user=user, revision=revision, data=data)
