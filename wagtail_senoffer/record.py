"""Writes the public record: the only code that adds to it. Only publishing.py asks it to."""

import random
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from uuid import UUID

from django.db import OperationalError, connections, router, transaction
from django.db.models import F, Q
from django.utils import timezone

from . import changes
from .document import Document, sha256
from .models.versions import (
    Assurance,
    DocumentHead,
    DocumentText,
    Redaction,
    Version,
    Withdrawal,
    heads,
)
from .public import PublicPlace
from .rulesets import Kind

_ATTEMPTS = 6
_OF_LATEST = ("latest", "school_key", "former_url", "assured_at")
# A school and a language: what one lock is for.
Turn = tuple[UUID, str]
# Those whose locks are held.
_held: ContextVar[frozenset[Turn]] = ContextVar("senoffer_held", default=frozenset())
# Schools that lost a document to another one meanwhile.
_left: ContextVar[set[Turn] | None] = ContextVar("senoffer_left", default=None)


class Shelf:
    """The published documents of one school in one language.

    And the one under `key`, which may have come from another school.
    """

    def __init__(
        self, school_key: UUID, locale: str, *, key: UUID | None = None, lock: bool = False
    ) -> None:
        self.school_key, self.locale = school_key, locale
        which = Q(school_key=school_key) | Q(document_key=key) if key else Q(school_key=school_key)
        found = heads().filter(which, locale=locale)
        self._heads = list(_for_update(found) if lock else found)

    def __iter__(self) -> Iterator[DocumentHead]:
        return iter(self._heads)

    def head(self, key: UUID) -> DocumentHead | None:
        """Return the head of a document, or None if it was never published."""
        return next((head for head in self if head.document_key == key), None)

    def offered(self, kind: Kind) -> Version | None:
        """Return the Version of a kind that is offered now, or None."""
        versions = (head.offered for head in self)
        return next((each for each in versions if each and each.kind == kind), None)


def in_turn(school_key: UUID, locale: str, work: Callable[[], Any]) -> Any:
    """Run `work` in a transaction that holds the lock of a school's documents.

    Two publishes of one school follow each other.
    """
    return in_turns([(school_key, locale)], work)


def in_turns(turns: Iterable[Turn], work: Callable[[], Any]) -> Any:
    """Run `work` in a transaction that holds the locks of several schools or languages.

    All are taken before `work` begins, and by everyone in the same order, so that nobody
    waits for each other. A lock that can't be had at once may be reported as an error
    (SQLite's "database is locked", a deadlock): before `work` began, that is tried again
    a few times. What the work changed of what is published is in the feed as it ends.
    """
    wanted = frozenset(turns) - _held.get()
    if not wanted:
        return work()
    database = router.db_for_write(DocumentHead)
    for attempt in range(_ATTEMPTS):
        working, is_outermost = False, not connections[database].in_atomic_block
        try:
            with transaction.atomic(using=database), _holding(wanted) as left:
                for school_key, locale in sorted(wanted):
                    _take_turn(school_key, locale)
                working = True
                result = work()
                followed = wanted | left
                # Numbers are not taken while other schools' rows are still to be made.
                changes.follow(followed, last=is_outermost and len(followed) == 1)
                return result
        except OperationalError:
            nested = connections[database].in_atomic_block
            if working or nested or attempt == _ATTEMPTS - 1:
                raise
            time.sleep(random.uniform(0, 0.05 * 2**attempt))  # noqa: S311


def append(
    shelf: Shelf,
    document: Document,
    text: str,
    user_pk: str,
    *,
    place: PublicPlace | None = None,
    **more: Any,
) -> Version:
    """Store a Document as the next Version. The caller holds the school's lock.

    `place` is where the public reads it; without one that stays as it was.
    """
    head = (
        shelf.head(document.key)
        or DocumentHead.objects.get_or_create(
            document_key=document.key,
            locale=document.locale,
            defaults={"school_key": shelf.school_key},
        )[0]
    )
    before = head.latest
    digest = sha256(text)
    # A text that an earlier Version had is there already.
    DocumentText.objects.bulk_create([DocumentText(digest, text)], ignore_conflicts=True)
    version = Version(
        document_key=document.key,
        locale=document.locale,
        kind=document.kind,
        number=before.number + 1 if before else 1,
        text_id=digest,
        previous_hash=before.record_hash if before else "",
        # The clock of one machine may be behind another's: time never runs backwards here.
        created_at=max(timezone.now(), before.created_at) if before else timezone.now(),
        user_pk=user_pk,
        **more,
    )
    version.save()
    # Nobody can have withdrawn it yet: whoever asks need not look.
    Version.withdrawal.related.set_cached_value(version, None)
    left = _left.get()
    if head.school_key != shelf.school_key and left is not None:
        left.add((head.school_key, head.locale))
    head.latest, head.school_key, head.former_url = version, shelf.school_key, ""
    head.assured_at = None
    if place:
        head.public_url, head.site_pk = place.url, place.site_pk
    head.save(update_fields=[*_OF_LATEST, "public_url", "site_pk"])
    return version


def move(head: DocumentHead | None, place: PublicPlace) -> None:
    """Remember where the public reads a document now. The caller holds its school's lock."""
    if head and (head.public_url, head.site_pk) != (place.url, place.site_pk):
        head.public_url, head.site_pk = place.url, place.site_pk
        head.save(update_fields=["public_url", "site_pk"])


def withdraw(head: DocumentHead | None, reason: str, user_pk: str, successor: str = "") -> bool:
    """Record that a document is no longer offered. Says whether it was."""
    if head is None or head.offered is None:
        return False
    # The reason may be a whole page's worth where code gives it; the column isn't.
    words = {"reason": reason[:255], "successor": successor}
    Withdrawal(version=head.offered, user_pk=user_pk, **words).save()
    return True


def leave_address(head: DocumentHead, url: str) -> None:
    """Remember where the public read a document whose page is about to be deleted."""
    head.former_url = url if len(url) <= 700 else ""
    head.save(update_fields=["former_url"])


def assure(version: Version, user_pk: str) -> Assurance | None:
    """Record that a Version is still correct; None if somebody said so today already."""
    today = timezone.localdate()
    newest = Assurance.objects.filter(version=version).last()
    if newest and timezone.localdate(newest.created_at) == today:
        return None
    assurance = Assurance(version=version, user_pk=user_pk)
    assurance.save()
    DocumentHead.objects.filter(latest=version).update(assured_at=assurance.created_at)
    return assurance


def redact(
    digest: str, remaining: Document, removed: Iterable[str], reason: str, user_pk: str
) -> Redaction:
    """Replace the words stored under a hash by what is left of them, and record it.

    `removed` names the fields for a reader. The old words are deleted, not kept aside.
    """
    text, now = remaining.canonical_text(), timezone.now()
    before = Redaction.objects.filter(text_sha256=digest).last()
    redaction = Redaction(
        # The last one tells what is stored, so it is never older than the one before,
        # whichever machine's clock is behind.
        created_at=max(now, before.created_at) if before else now,
        text_sha256=digest,
        remaining_sha256=sha256(text),
        removed=list(removed),
        reason=reason,
        user_pk=user_pk,
    )
    redaction.save()
    for key, locale in Version.objects.filter(text_id=digest).values_list("document_key", "locale"):
        DocumentHead.objects.filter(document_key=key, locale=locale).update(redacted=True)
    DocumentText.objects.filter(pk=digest).delete()
    DocumentText.objects.bulk_create([DocumentText(digest, text)])
    return redaction


def point_at_newest(key: UUID, locale: str, school_key: UUID) -> DocumentHead:
    """Make a document's head tell of its newest Version: what a lost or forged head needs."""
    versions = Version.objects.filter(document_key=key, locale=locale)
    texts, newest = versions.values("text_id"), versions.latest("number")
    assurance = Assurance.objects.filter(version=newest).last()
    facts = {
        "latest": newest,
        "school_key": school_key,
        "assured_at": assurance and assurance.created_at,
        "redacted": Redaction.objects.filter(text_sha256__in=texts).exists(),
    }
    head, _made = DocumentHead.objects.update_or_create(
        document_key=key, locale=locale, defaults=facts
    )
    return head


def _for_update(queryset: Any) -> Any:
    features = connections[router.db_for_write(DocumentHead)].features
    # Only the head's own row: PostgreSQL can't lock the far side of an outer join.
    of = ("self",) if features.has_select_for_update_of else ()
    return queryset.select_for_update(of=of)


@contextmanager
def _holding(turns: frozenset[Turn]) -> Iterator[set[Turn]]:
    """Mark locks as held; yield the set of the schools that lose a document meanwhile."""
    left: set[Turn] = set()
    tokens = _held.set(_held.get() | turns), _left.set(left)
    try:
        yield left
    finally:
        _held.reset(tokens[0])
        _left.reset(tokens[1])


def _take_turn(school_key: UUID, locale: str) -> None:
    """Lock the school's head, made on the spot if need be.

    An UPDATE first: it is what takes a lock on SQLite, and what waits on the others.
    """
    key = {"document_key": school_key, "locale": locale}
    turn = DocumentHead.objects.filter(**key)
    if not turn.update(turn=F("turn") + 1):
        DocumentHead.objects.bulk_create(
            [DocumentHead(**key, school_key=school_key)], ignore_conflicts=True
        )
        turn.update(turn=F("turn") + 1)
