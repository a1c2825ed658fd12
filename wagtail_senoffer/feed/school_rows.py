"""The feed's rows of one school in one language: as they are, and as they should be."""

from collections.abc import Iterable
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from wagtail.coreutils import get_supported_content_language_variant

from .. import conf
from ..document import DocumentError
from ..models.feed import Change, ItemKind, State
from ..models.versions import DocumentHead, Redaction, Version, heads
from ..rulesets import Kind
from . import oruk
from .documents import document_item, redacted
from .items import Item, Json, Published
from .rows import HEAVY, Key, bury, fill
from .succession import Succession, Successor

_GONE_FOR_GOOD = {"deleted", "vanished"}


def changed_rows(school_key: UUID, locale: str, *, if_readable: bool = False) -> list[Change]:
    """Return the rows that are new or say something else now; nothing is stored.

    What the feed has of a document whose words can't be read now stays; its services are made
    of what can be read. With `if_readable`, nothing is returned for a school with such one.
    """
    school = _School(school_key, locale)
    found = school.changed()
    return [] if if_readable and school.unreadable else found


def feed_language() -> str:
    """Return the language of the documents from which services are made: the site's own."""
    return get_supported_content_language_variant(settings.LANGUAGE_CODE)


class _School:
    def __init__(self, school_key: UUID, locale: str) -> None:
        self.school_key, self.locale = school_key, locale
        self.is_own_language = locale == feed_language()
        # Keys of the documents that are offered and can't be read.
        self.unreadable: set[UUID] = set()
        self.heads = list(heads().filter(school_key=school_key, locale=locale).order_by("pk"))

    def changed(self) -> list[Change]:
        documents, offering = self._documents()
        wanted = documents | self._services(offering)
        found = self._rows(wanted)
        if any(self._is_taken(row) for row in found.values()):
            # The first school with a URN has its ids; this one has ids of its own.
            wanted = documents | self._services(offering, own_id=self.school_key)
            found = self._rows(wanted)
        landing = offering.get(Kind.SCHOOL)
        after = Succession(landing and landing.document.school, wanted.values())
        gone = [row for key, row in found.items() if key not in wanted]
        # What is new first: who follows the numbers has it before its predecessor goes.
        rows = [self._filled(found.get(key), key, item) for key, item in wanted.items()]
        rows += [self._buried(row, wanted, after) for row in gone]
        return [row for row in rows if row]

    def _documents(self) -> tuple[dict[Key, Item], dict[Kind, Published]]:
        """Return the documents that everyone can read, and the same by kind."""
        wanted: dict[Key, Item] = {}
        offering: dict[Kind, Published] = {}
        for head in self.heads:
            if head.offered and head.public_url:
                try:
                    published, item = _published(head)
                except DocumentError:
                    self.unreadable.add(head.document_key)
                    continue
                offering[published.document.kind] = published
                wanted[Key(head.site_pk, item.kind, item.id, self.locale)] = item
        return wanted, offering

    def _services(
        self, offering: dict[Kind, Published], own_id: UUID | None = None
    ) -> dict[Key, Item]:
        """Return the school and its services; its trust is seen to elsewhere (trusts.py)."""
        own = self._head(self.school_key)
        if not self.is_own_language or own is None:
            return {}
        items = oruk.items(offering, conf.rulesets(), own_id=own_id)
        return {Key(own.site_pk, x.kind, x.id, ""): x for x in items if not x.shared}

    def _head(self, key: UUID) -> DocumentHead | None:
        return next((head for head in self.heads if head.document_key == key), None)

    def _rows(self, wanted: Iterable[Key]) -> dict[Key, Change]:
        """Return the rows there are of the school, and of the items that are wanted."""
        locales = [self.locale, ""] if self.is_own_language else [self.locale]
        which = Q(school_key=self.school_key) | Q(item_id__in={key.item_id for key in wanted})
        found = Change.objects.filter(which, locale__in=locales).exclude(
            school_key=Change.NO_SCHOOL
        )
        return {Key.of(row): row for row in found.defer(*HEAVY)}

    def _is_taken(self, row: Change) -> bool:
        """Say whether an item is another school's; a document just moves to a new one."""
        is_own = row.school_key == self.school_key or row.kind == ItemKind.DOCUMENT
        return row.is_live and not is_own

    def _filled(self, row: Change | None, key: Key, item: Item) -> Change | None:
        row = row or Change(**key._asdict())
        return row if fill(row, item, self.school_key) else None

    def _buried(self, row: Change, wanted: Iterable[Key], after: Succession) -> Change | None:
        if self._stays(row):
            return None
        here = Key.of(row).item in {key.item for key in wanted}
        if not here and (row.state == State.MOVED or row.school_key != self.school_key):
            return None
        if successor := after.of(row.item_id, row.organization_id):
            return row if bury(row, State.SUCCEEDED, [], successor) else None
        if row.state == State.SUCCEEDED:
            # It was followed, whatever became of its successor.
            return None
        # Who has the item has its rows on other Sites, too.
        row.school_key = self.school_key
        head = self._head(row.item_id if row.kind == ItemKind.DOCUMENT else self.school_key)
        state = State.MOVED if here else _gone(head)
        return row if bury(row, state, _left(row, head), _named_successor(row, head)) else None

    def _stays(self, row: Change) -> bool:
        """Say whether what a row says can't be told anew: its own words, or its school's."""
        source = row.item_id if row.kind == ItemKind.DOCUMENT else self.school_key
        return source in self.unreadable


def _gone(head: DocumentHead | None) -> State:
    """Return how an item went: it may come back, or its page was deleted."""
    withdrawal = head.withdrawal if head else None
    for_good = withdrawal is not None and withdrawal.reason in _GONE_FOR_GOOD
    return State.DEFUNCT if for_good else State.INACTIVE


def _named_successor(row: Change, head: DocumentHead | None) -> Successor | None:
    """Return what was named as taking the place of a school, when its page was taken down."""
    withdrawal = head.withdrawal if head and row.kind != ItemKind.DOCUMENT else None
    return Successor(url=withdrawal.successor) if withdrawal and withdrawal.successor else None


def _left(row: Change, head: DocumentHead | None) -> list[Json]:
    return _redactions(head) if head and row.kind == ItemKind.DOCUMENT else []


def _published(head: DocumentHead) -> tuple[Published, Item]:
    """Return what a head offers. Raises DocumentError if that can't be read now."""
    version = head.offered
    assert version  # noqa: S101 - asked by `_documents`
    text, document = version.words, version.document()
    published = Published(
        document=document,
        url=head.public_url,
        number=version.number,
        sha256=version.text_id,
        record_hash=version.record_hash,
        published=version.created_at,
        assured=head.assured_at,
    )
    more = {
        "previous_hash": version.previous_hash,
        "change_note": version.change_note,
        "not_reread": version.not_reread,
        "override_reason": version.override_reason,
        "missing": version.missing,
        "redactions": _redactions(head),
    }
    return published, document_item(published, text, more)


def _redactions(head: DocumentHead) -> list[Json]:
    """Return what was removed from the Versions of a document: who keeps a copy must follow."""
    if not head.redacted:
        return []
    numbers: dict[str, list[int]] = {}
    own = Version.objects.filter(document_key=head.document_key, locale=head.locale)
    for digest, number in own.order_by("number").values_list("text_id", "number"):
        numbers.setdefault(digest, []).append(number)
    return redacted(Redaction.objects.filter(text_sha256__in=numbers), numbers)
