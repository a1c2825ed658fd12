"""Checks the feed against the record and the pages: where they stand, rows, lists."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db import DatabaseError

from .. import changes
from ..models.feed import Change, ItemKind
from ..models.versions import DocumentHead
from ..public import public_places
from .findings import Finding, error, warning
from .heads import is_sound
from .pages import models, pages
from .rows import PAGE, Only, Reader

# What tells where a page is.
_PLACE = ("path", "url_path", "slug", "title", "document_key", "locale", "locale__language_code")


def check_feed(reader: Reader) -> Iterator[Finding]:
    """Yield where the feed does not tell of what is published, or not of where it is."""
    try:
        # What waits for its number is no error: any reader would give it one.
        changes.settle()
        yield from check_places(reader)
        yield from check_rows(reader)
        yield from check_lists(reader)
    except (DatabaseError, ValueError) as problem:
        # The values at fault have been named by the checks before; this one can't read them.
        message = f"The feed can't be checked before what was found above is mended ({problem})."
        yield warning("feed-unreadable", message)


def check_places(reader: Reader, only: Only = None) -> Iterator[Finding]:
    """Yield the documents on offer that the public finds elsewhere than their heads say."""
    for model in models():
        found = pages(model).filter(live=True).select_related("locale").only(*_PLACE)
        if only:
            found = found.filter(document_key=only[0], locale__language_code=only[1])
        last, some = 0, [None] * PAGE
        while len(some) == PAGE:
            some = list(found.filter(pk__gt=last).order_by("pk")[:PAGE])
            last = some[-1].pk if some else last
            yield from _astray(some)


def _astray(some: list[Any]) -> Iterator[Finding]:
    places = public_places(some)
    keys = [page.document_key for page in some]
    found = DocumentHead.objects.filter(document_key__in=keys, latest__withdrawal=None)
    heads = {(head.document_key, head.locale): head for head in found.exclude(latest=None)}
    for page in some:
        head, place = heads.get((page.document_key, page.language)), places[page.pk]
        if head and (head.public_url, head.site_pk) != (place.url, place.site_pk):
            where = (str(page.document_key), page.language)
            message = (
                f"The public finds it at {place.url or 'no address'}, and the feed says "
                f"{head.public_url or 'nowhere'}. Run --repair."
            )
            yield error("feed-address", message, where, mendable=True).titled(page.title)


def check_rows(reader: Reader, only: Only = None) -> Iterator[Finding]:
    """Yield the schools whose rows in the feed do not say what is published."""
    message = "The feed does not say what this school publishes in this language. Run --repair."
    for school_key, locale in changes.astray():
        where = str(school_key), locale
        if only in (None, where):
            mendable = all(is_sound(reader, *each) for each in _documents(school_key, locale))
            yield error("feed-differs", message, where, mendable=mendable)


def _documents(school_key: UUID, locale: str) -> set[tuple[str, str]]:
    """Return the documents of a school in a language, as its heads and the feed have them."""
    of_school = {"school_key": school_key, "locale": locale}
    heads = DocumentHead.objects.filter(**of_school).exclude(latest=None)
    rows = Change.objects.filter(**of_school, kind=ItemKind.DOCUMENT)
    keys = {*heads.values_list("document_key", flat=True), *rows.values_list("item_id", flat=True)}
    return {(str(key), locale) for key in keys}


def check_lists(reader: Reader) -> Iterator[Finding]:
    """Yield that the lists of the feed have gaps, or not all that is on offer."""
    if Change.objects.filter(pending=True).exists() or changes.is_arranged():
        return
    # Somebody may have published just now: look again before saying so.
    if not changes.is_arranged():
        message = "The lists of the feed do not hold just what is on offer. Run --repair."
        yield error("feed-lists", message, mendable=True)
