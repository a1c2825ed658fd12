"""The one door to the public: gate, Version, withdrawal.

Every path that makes a page live ends in the page's `save()`, and that comes here.
Nothing else writes Versions. A page is an argument; its models are never imported.
"""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol
from uuid import UUID

from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.db import OperationalError, connections, router, transaction
from django.db.models import F, Q
from django.dispatch import Signal
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import get_active_log_context, log

from . import conf
from .completeness import Problem, Severity, find_problems
from .document import Document, DocumentError, Source, sha256
from .models.versions import DocumentHead, DocumentText, Version, Withdrawal, heads
from .rulesets import Kind

# Wagtail's log action of `publish_scheduled`, and ours for a publish that it refuses.
SCHEDULED = "wagtail.publish.scheduled"
REFUSED = "wagtail_senoffer.refuse"

# Sent after the commit, with `page`, `revision` and `problems`.
publish_refused = Signal()

_ATTEMPTS = 6
# What is published in terms of what, in the order in which it follows.
_FOLLOWERS = {
    Kind.SCHOOL: (Kind.REPORT, Kind.STRATEGY, Kind.OFFER),
    Kind.REPORT: (Kind.OFFER,),
}


class Page(Protocol):
    """What this module asks of a page."""

    document_key: UUID
    kind: Kind
    live: bool
    has_unpublished_changes: bool
    title: str

    @property
    def language(self) -> str:
        """The code of the page's language."""

    @property
    def school_key(self) -> UUID | None:
        """The document key of the school that the page belongs to."""

    def build_document(self, shelf: "Shelf") -> Document:
        """Return the page as a Document. Raises DocumentError if it can't be made into one."""


class Refused(ValidationError):
    """A page stays unpublished. `problems` holds the errors that stand in its way."""

    def __init__(self, page: Page, problems: list[Problem]) -> None:
        self.page, self.problems = page, problems
        messages = [f"{page.title}: {problem.message}" for problem in problems]
        super().__init__({NON_FIELD_ERRORS: messages})


@dataclass(frozen=True)
class Override:
    """Leave to publish what is incomplete, with the reason that will be recorded."""

    user_pk: str
    reason: str


_override: ContextVar[Override | None] = ContextVar("senoffer_override", default=None)
# The school, and language, whose lock is held.
_turn: ContextVar[tuple[UUID | None, str] | None] = ContextVar("senoffer_turn", default=None)
_drafting: ContextVar[bool] = ContextVar("senoffer_drafting", default=False)


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


def save_page(
    page: Page, write: Callable[[], Any], *, adding: bool, clean: bool, concerned: bool
) -> Any:
    """Write a page's row, and with it what the public sees, in one transaction.

    `write` saves the row. `concerned` says whether that write touches what is
    published. A live page gets its next Version, a page that ceases to be live a
    Withdrawal. Raises Refused if the page is live and incomplete; then nothing was
    written. A new page whose caller can't take a refusal (`clean=False`: a copied
    subtree) is kept as a draft instead.
    """
    if not concerned or (adding and not page.live):
        return write()
    if page.school_key is None:
        if page.live:
            raise Refused(page, [_no_school()])
        withdraw(page, "unpublished")
        return write()
    if not page.live:
        return _locked(page, lambda shelf: _unpublish(page, shelf, write))
    try:
        return _locked(page, lambda shelf: _publish(page, shelf, write))
    except Refused:
        if clean or not adding:
            raise
        page.live, page.has_unpublished_changes = False, True
        return write()


def in_turn(page: Page, work: Callable[[], Any]) -> Any:
    """Run `work` in a transaction that holds the lock of the page's school.

    Two publishes of one school follow each other. A lock that can't be had at once may
    be reported as an error (SQLite's "database is locked", a deadlock): before `work`
    began, that is tried again a few times.
    """
    school = (page.school_key, page.language)
    if page.school_key is None or _turn.get() == school:
        return work()
    database = router.db_for_write(DocumentHead)
    for attempt in range(_ATTEMPTS):
        working = False
        try:
            with transaction.atomic(using=database), _holding(school):
                _take_turn(page)
                working = True
                return work()
        except OperationalError:
            nested = connections[database].in_atomic_block
            if working or nested or attempt == _ATTEMPTS - 1:
                raise
            time.sleep(random.uniform(0, 0.05 * 2**attempt))  # noqa: S311


def publish_on_schedule(page: Page, revision: Any, act: Callable[[], Any]) -> Any:
    """Publish a revision whose hour has come; a refusal must not stop the pages after it.

    Refused, the revision loses its date, so that it isn't tried every few minutes; the
    refusal is logged, and `publish_refused` is sent once that is committed.
    """
    try:
        return act()
    except ValidationError as error:
        revision.approved_go_live_at = None
        revision.save(update_fields=["approved_go_live_at"])
        # Not only our refusal: a slug that was taken in the meantime, for example.
        problems = getattr(error, "problems", None) or [
            Problem("invalid", Severity.ERROR, message) for message in error.messages
        ]
        reasons = [problem.message for problem in problems]
        log(instance=page, action=REFUSED, revision=revision, data={"reasons": reasons})
        tell = partial(publish_refused.send_robust, type(page), page=page, revision=revision)
        transaction.on_commit(partial(tell, problems=problems), robust=True)
        return None


def examine(page: Page) -> tuple[Document | None, list[Problem]]:
    """Return a page as it is in memory as a Document, if it can be one, and what is wrong."""
    try:
        document = page.build_document(_shelf(page))
    except DocumentError as error:
        return None, [_as_problem(error)]
    return document, find_problems(document, conf.rulesets(), timezone.localdate())


def problems_of(page: Page) -> list[Problem]:
    """Return what is wrong with a page as it is in memory, errors first."""
    return examine(page)[1]


def errors_of(page: Page) -> list[Problem]:
    """Return what would stop a page, as it is in memory, from being published now."""
    document, problems = examine(page)
    if document and _is_published(page, _shelf(page), document.canonical_text()):
        return []
    return [problem for problem in problems if problem.is_error]


def withdraw(page: Page, reason: str) -> None:
    """Record that a page's document is no longer offered. Does nothing if it isn't."""
    if page.school_key is not None:
        _locked(page, lambda shelf: _withdraw(shelf.head(page.document_key), reason))
    else:
        # It was taken out of its school; its record was not.
        found = heads().filter(document_key=page.document_key, locale=page.language)
        _withdraw(found.first(), reason)


def is_offered(page: Page) -> bool:
    """Say whether a Version of the page is what the public sees."""
    found = heads().filter(document_key=page.document_key, locale=page.language).first()
    return bool(found and found.offered)


def held_back(page: Page) -> list[tuple[Document, list[Problem]]]:
    """Return the school's documents that could not follow what was last published.

    Each comes with the errors that keep it at its last Version.
    """
    if page.school_key is None:
        return []
    shelf = _shelf(page)
    return [
        (after, errors)
        for kind in _FOLLOWERS.get(page.kind, ())
        for before, after in _following(shelf, kind)
        if after != before and (errors := _errors(after))
    ]


@contextmanager
def override(user: Any, reason: str) -> Iterator[None]:
    """Let a user publish what is incomplete; the reason is recorded in the Version.

    Raises PermissionDenied unless the setting ALLOW_INCOMPLETE is on and the user
    holds the `publish_incomplete` permission; ValueError for an empty reason.
    """
    if not may_override(user):
        raise PermissionDenied(_("You may not publish an incomplete page."))
    if not reason.strip():
        raise ValueError(_("Give the reason for publishing an incomplete page."))
    token = _override.set(Override(str(user.pk), reason.strip()))
    try:
        yield
    finally:
        _override.reset(token)


def may_override(user: Any) -> bool:
    """Say whether a user may publish what is incomplete, with a reason."""
    return bool(conf.get("ALLOW_INCOMPLETE")) and user.has_perm(
        "wagtail_senoffer.publish_incomplete"
    )


@contextmanager
def drafting(value: bool = True) -> Iterator[None]:
    """Mark saves of live pages as drafts: their rows stay as they are (see languages.py)."""
    token = _drafting.set(value)
    try:
        yield
    finally:
        _drafting.reset(token)


def is_drafting() -> bool:
    """Say whether a save is meant for a draft only."""
    return _drafting.get()


def _shelf(page: Page, *, lock: bool = False) -> Shelf:
    if page.school_key is None:
        raise DocumentError(_no_school().message, code="school-missing")
    return Shelf(page.school_key, page.language, key=page.document_key, lock=lock)


def _no_school() -> Problem:
    message = _("Put this page below a school's page: it does not belong to a school yet.")
    return Problem("school-missing", Severity.ERROR, message)


def _as_problem(error: DocumentError) -> Problem:
    return Problem(error.code, Severity.ERROR, error.message, error.section)


def _errors(document: Document) -> list[Problem]:
    problems = find_problems(document, conf.rulesets(), timezone.localdate())
    return [problem for problem in problems if problem.is_error]


def _for_update(queryset: Any) -> Any:
    features = connections[router.db_for_write(DocumentHead)].features
    # Only the head's own row: PostgreSQL can't lock the far side of an outer join.
    of = ("self",) if features.has_select_for_update_of else ()
    return queryset.select_for_update(of=of)


def _locked(page: Page, work: Callable[[Shelf], Any]) -> Any:
    """Run `work` on the school's locked documents (see `in_turn`)."""

    def with_shelf() -> Any:
        return work(_shelf(page, lock=True))

    return in_turn(page, with_shelf)


@contextmanager
def _holding(school: tuple[UUID | None, str]) -> Iterator[None]:
    token = _turn.set(school)
    try:
        yield
    finally:
        _turn.reset(token)


def _take_turn(page: Page) -> None:
    """Lock the school's head, made on the spot if need be.

    An UPDATE first: it is what takes a lock on SQLite, and what waits on the others.
    """
    key = {"document_key": page.school_key, "locale": page.language}
    turn = DocumentHead.objects.filter(**key)
    if not turn.update(turn=F("turn") + 1):
        DocumentHead.objects.bulk_create(
            [DocumentHead(**key, school_key=page.school_key)], ignore_conflicts=True
        )
        turn.update(turn=F("turn") + 1)


def _publish(page: Page, shelf: Shelf, write: Callable[[], Any]) -> Any:
    try:
        document = page.build_document(shelf)
    except DocumentError as error:
        raise Refused(page, [_as_problem(error)]) from error
    text = document.canonical_text()
    if _is_published(page, shelf, text):
        return write()
    errors = _errors(document)
    leave = _override.get() if errors else None
    if errors and leave is None:
        raise Refused(page, errors)
    user_pk = leave.user_pk if leave else _user_pk(page)
    result = write()
    missing = [problem.section or problem.code for problem in errors]
    reason = leave.reason if leave else ""
    _append(shelf, document, text, user_pk, override_reason=reason, missing=missing)
    _let_follow(shelf, document.kind, user_pk)
    return result


def _is_published(page: Page, shelf: Shelf, text: str) -> bool:
    head = shelf.head(page.document_key)
    return bool(head and head.offered and head.offered.text_id == sha256(text))


def _append(shelf: Shelf, document: Document, text: str, user_pk: str, **more: Any) -> None:
    """Store a Document as the next Version. The caller holds the school's lock."""
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
        user_pk=user_pk,
        **more,
    )
    version.record_hash = version.computed_hash()
    version.save()
    head.latest, head.school_key = version, shelf.school_key
    head.save(update_fields=["latest", "school_key"])


def _let_follow(shelf: Shelf, published: Kind, user_pk: str) -> None:
    """Give the school's other documents the Versions that follow from a new one.

    One that would become incomplete keeps its last Version (see `held_back`).
    """
    offered = {head.offered.kind for head in shelf if head.offered}
    for kind in _FOLLOWERS.get(published, ()):
        if kind not in offered:
            continue
        fresh = Shelf(shelf.school_key, shelf.locale)
        for before, after in _following(fresh, kind):
            if after != before and not _errors(after):
                _append(fresh, after, after.canonical_text(), user_pk)


def _following(shelf: Shelf, kind: Kind) -> Iterator[tuple[Document, Document]]:
    """Yield the offered documents of a kind, as published and as they would be now."""
    school, report = shelf.offered(Kind.SCHOOL), shelf.offered(Kind.REPORT)
    for head in shelf:
        if head.offered and head.offered.kind == kind:
            before = head.offered.document()
            after = before.with_school(school.document().school) if school else before
            yield before, draw(after, report) if kind is Kind.OFFER and report else after


def draw(offer: Document, report: Version) -> Document:
    """Return an offer with its unanswered questions answered from a Version of the report."""
    ruleset = conf.rulesets().get(offer.question_set)
    rules = ruleset.sections if ruleset else ()
    source = Source(key=report.document_key, number=report.number, sha256=report.text_id)
    return offer.drawing_on(
        report.document(), source, {rule.code: rule.answers_from for rule in rules}
    )


def _unpublish(page: Page, shelf: Shelf, write: Callable[[], Any]) -> Any:
    result = write()
    expired = getattr(page, "expired", False)
    _withdraw(shelf.head(page.document_key), "expired" if expired else "unpublished")
    return result


def _withdraw(head: DocumentHead | None, reason: str) -> None:
    if head and head.offered:
        Withdrawal(version=head.latest, reason=reason, user_pk=_user_pk()).save()


def _user_pk(page: Page | None = None) -> str:
    """Return who acts: the user of Wagtail's log context, else the published revision's."""
    user = get_active_log_context().user
    if user is not None and user.pk:
        return str(user.pk)
    model: Any = type(page)
    revision = getattr(page, "live_revision", None)
    if page is None or revision is None:
        return ""
    # Wagtail sets the revision just before the save; a plain save leaves the last one.
    stored = model.objects.filter(pk=page.pk).values_list("live_revision_id", flat=True).first()
    return str(revision.user_id or "") if stored != revision.pk else ""
