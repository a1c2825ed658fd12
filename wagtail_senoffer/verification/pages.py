"""Checks the live pages against the Versions that are offered, and the other way round."""

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib.contenttypes.models import ContentType

from ..document import DocumentError, sha256
from ..models import DocumentMixin
from ..models.versions import DocumentHead, Version, Withdrawal
from ..publishing import Shelf
from .chain import NAMES, named
from .findings import Finding, Where, error, warning
from .heads import is_sound
from .rows import PAGE, Only, Reader, key, lossy

_HEADS = DocumentHead._meta.db_table
_VERSIONS = Version._meta.db_table
_WITHDRAWALS = Withdrawal._meta.db_table
_LOOK = (
    "Open the page, compare it with its newest version, and publish it as it is or restore that "
    "version."
)


def check_pages(reader: Reader) -> Iterator[Finding]:
    """Yield where the pages and what is offered of them differ."""
    for model in models():
        for pk in _live(model):
            yield from check_page(reader, model, pk)
            reader.checked["pages"] += 1
            reader.tick(1)
    yield from check_offered(reader)


def models() -> list[Any]:
    """Return the models of document pages that have tables."""
    return [each for each in apps.get_models() if issubclass(each, DocumentMixin)]


def pages(model: Any) -> Any:
    """Return the pages of exactly that model, aliases apart."""
    # Not those of a model that is derived from it: they come with that one.
    own_type = ContentType.objects.get_for_model(model)
    return model._default_manager.filter(alias_of=None, content_type=own_type)


def pages_of(document_key: str, locale: str) -> Iterator[tuple[Any, int, bool, str]]:
    """Yield model, primary key, whether it is live, and title, of each page of a document."""
    try:
        found = {"document_key": UUID(document_key), "locale__language_code": locale}
    except ValueError:
        return
    for model in models():
        for pk, live, title in pages(model).filter(**found).values_list("pk", "live", "title"):
            yield model, pk, live, title


def _live(model: Any) -> Iterator[int]:
    """Yield the primary keys of live pages, some hundred in memory at a time."""
    last, found = 0, [0] * PAGE
    while len(found) == PAGE:
        some = pages(model).filter(live=True, pk__gt=last).order_by("pk")
        found = list(some.values_list("pk", flat=True)[:PAGE])
        yield from found
        last = found[-1] if found else last


def check_page(reader: Reader, model: Any, pk: int) -> Iterator[Finding]:
    """Yield how a live page differs from what is offered of it."""
    page = None
    try:
        page = model._default_manager.select_related("locale").get(pk=pk)
        found = _compare(reader, page)
    except Exception as problem:
        # Whatever is broken here must not hide what is wrong with the pages after it.
        where = _where(page, None) if page else ()
        words = f"{type(problem).__name__}: {problem}"
        message = f"Page {pk} can't be read, or not be compared ({words}). {_LOOK}"
        found = warning("page-unreadable", message, where)
    if found:
        yield found.titled(page.title if page else "")


def _compare(reader: Reader, page: Any) -> Finding | None:
    newest = _newest(page)
    where = _where(page, newest and newest["number"])
    if newest is None or newest["withdrawal__reason"] is not None:
        return _not_offered(reader, newest, where)
    text = _text(page)
    if text is None:
        message = f"The page as it is now can't be made into a document. {_LOOK}"
        return warning("page-unreadable", message, where)
    # Somebody may have published it just now: look again before saying so.
    if sha256(text) == newest["text_id"] or sha256(_text(page) or "") == _newest(page)["text_id"]:
        return None
    message = (
        "The page, or something that it links to or quotes (an offer quotes the report), was "
        f"changed or taken down without a publish: it is no longer what the public reads. {_LOOK}"
    )
    return warning("page-differs", message, where)


def _not_offered(reader: Reader, newest: Any, where: Where) -> Finding:
    mendable = is_sound(reader, where[0], where[1])
    if newest is None:
        message = (
            "The page is live, and no version of it was ever published. --repair publishes it if "
            "it is complete; or do so in the editor."
        )
        return error("page-without-version", message, where, mendable=mendable)
    message = (
        f"The page is live, but its document was withdrawn ({newest['withdrawal__reason']}). "
        "--repair makes the page follow the record: nobody can read it now."
    )
    return error("page-withdrawn", message, where, mendable=mendable)


def _newest(page: Any) -> dict[str, Any] | None:
    """Return what is asked of the newest Version of a page, whatever its head says."""
    found = Version.objects.filter(document_key=page.document_key, locale=page.language)
    values: dict[str, Any] | None = (
        found.order_by("-number").values("number", "text_id", "withdrawal__reason").first()
    )
    return values


def _text(page: Any) -> str | None:
    """Return the text that the page as it is now would be published with, if it can be."""
    if page.school_key is None:
        return None
    try:
        shelf = Shelf(page.school_key, page.language, key=page.document_key)
        text: str = page.build_document(shelf).canonical_text()
    except DocumentError:
        return None
    return text


def _where(page: Any, number: int | None) -> Where:
    return str(page.document_key), page.language, number


def check_offered(reader: Reader, only: Only = None) -> Iterator[Finding]:
    """Yield the offered Versions whose page is not there or not live."""
    that, params = reader.narrow(only, DocumentHead, "h")
    head = reader.columns(DocumentHead, ("document_key", "locale"), "h")
    sql = (
        f"SELECT h.id, {head}, {reader.columns(Version, NAMES, 'v')} FROM {_HEADS} h "  # noqa: S608
        f"JOIN {_VERSIONS} v ON v.id = h.latest_id "
        f"LEFT JOIN {_WITHDRAWALS} w ON w.version_id = v.id "
        f"WHERE h.id > %s{that} AND w.id IS NULL ORDER BY h.id LIMIT %s"
    )
    for rows in reader.pages(sql, params):
        places = [(key(row[1]), lossy(row[2])) for row in rows]
        state = _states(places)
        for place, row in zip(places, rows, strict=True):
            where = named(row[3:])
            # A head that tells of another document's version has been reported.
            if not state.get(place) and where[:2] == place:
                yield _without_page(reader, where, exists=place in state)


def _without_page(reader: Reader, where: Where, *, exists: bool) -> Finding:
    what = "is not live" if exists else "is no longer there"
    message = f"It is offered, but its page {what}. --repair withdraws it; or publish the page."
    mendable = is_sound(reader, where[0], where[1])
    return error("version-without-page", message, where, mendable=mendable)


def _states(places: Iterable[tuple[str, str]]) -> dict[tuple[str, str], bool]:
    """Return whether a page of each document is live, for those that have a page."""
    keys = set()
    for document_key, _locale in places:
        try:
            keys.add(UUID(document_key))
        except ValueError:
            continue
    found: dict[tuple[str, str], bool] = {}
    for model in models() if keys else ():
        of_these = pages(model).filter(document_key__in=keys)
        names = ("document_key", "locale__language_code", "live")
        for document_key, locale, live in of_these.values_list(*names):
            place = (str(document_key), locale)
            found[place] = found.get(place, False) or live
    return found
