"""The new year: which sections of its draft still stand as last year left them, unread."""

from contextlib import suppress
from typing import Any, Protocol
from uuid import UUID

from .document import Document, DocumentError, Section
from .models.versions import Version


class Page(Protocol):
    """What this module asks of a page."""

    document_key: UUID
    # The number of the Version that the draft was made from, and the ids of the sections
    # that somebody ticked as still true.
    rereading_from: int | None
    reread: list[str]

    @property
    def language(self) -> str:
        """The code of the page's language."""


def as_last_year(page: Page, document: Document | None) -> list[Section]:
    """Return the sections of a page's Document in which nobody has changed a word.

    [] for a page that was not made by "Start the new year", and where last year's Version
    can't be read.
    """
    if page.rereading_from is None or document is None:
        return []
    found = Version.objects.filter(document_key=page.document_key, locale=page.language)
    before = found.filter(number=page.rereading_from).first()
    old: dict[UUID, Any] = {}
    with suppress(DocumentError):
        old = {each.id: _own_words(each) for each in before.document().sections} if before else {}
    return [
        each for each in document.sections if (own := _own_words(each)) and old.get(each.id) == own
    ]


def not_reread(page: Page, document: Document | None) -> list[str]:
    """Return the codes of the sections that nobody changed or said are still true."""
    return [each.code for each in as_last_year(page, document) if str(each.id) not in page.reread]


def _own_words(section: Section) -> Any:
    """Return what the school wrote itself in a section; None if that is nothing.

    Without mark-up: an editor's form writes it anew where nobody changed a word.
    """
    own = section.own().model_copy(
        update={"title": "", "question": "", "drawn": (), "source": None}
    )
    return _without_html(own.model_dump()) if own.has_content() or own.answered_in else None


def _without_html(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_html(inner) for key, inner in value.items() if key != "html"}
    if isinstance(value, list | tuple):
        return [_without_html(inner) for inner in value]
    return value
