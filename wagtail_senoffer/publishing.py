"""The one door to the public: gate, Version, withdrawal.

Every path that makes a page live ends in the page's `save()`, and that comes here.
Nothing else asks record.py to write. A page is an argument; its models are never imported.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from itertools import islice
from typing import Any, Protocol
from uuid import UUID

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import router, transaction
from django.dispatch import Signal
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import get_active_log_context, log

from . import conf, record
from .completeness import Problem, Severity, find_problems
from .document import Document, DocumentError, Source, clean_line, sha256
from .leave import (
    Reason,
    drafting,
    given_override,
    given_reason,
    is_drafting,
    may_override,
    override,
    released,
    releasing,
    withdrawing,
)
from .models.versions import Assurance, DocumentHead, Redaction, Version, heads
from .public import PublicPlace, address_of, public_place, public_places
from .record import Shelf
from .rereading import not_reread
from .rulesets import Kind

__all__ = [
    "NOTES",
    "Refused",
    "Shelf",
    "assure",
    "bury",
    "drafting",
    "draw",
    "errors_of",
    "examine",
    "held_back",
    "in_turn",
    "is_drafting",
    "is_offered",
    "may_override",
    "override",
    "problems_of",
    "publish_on_schedule",
    "publish_refused",
    "refresh",
    "releasing",
    "relocate",
    "save_page",
    "was_noted",
    "withdraw",
    "withdrawing",
    "would_be_news",
]

# Wagtail's log action of `publish_scheduled`, and ours for a publish that it refuses.
SCHEDULED = "wagtail.publish.scheduled"
REFUSED = "wagtail_senoffer.refuse"

# Sent after the commit, with `page`, `revision` and `problems`.
publish_refused = Signal()

# Fields of a draft that are for the record: a publish takes them and empties them.
NOTES = ("change_note", "rereading_from", "reread")

# How many pages are looked at in one query.
_AT_ONCE = 500

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
    change_note: str
    rereading_from: int | None
    reread: list[str]

    @property
    def full_url(self) -> str | None:
        """The public address of the page, if it has one."""

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
    """Run `work` in a transaction that holds the lock of the page's school, if it has one."""
    if page.school_key is None:
        return work()
    return record.in_turn(page.school_key, page.language, work)


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

        def tell() -> None:
            publish_refused.send_robust(type(page), page=page, revision=revision, problems=problems)

        transaction.on_commit(tell, robust=True)
        return None


def examine(page: Page) -> tuple[Document | None, list[Problem]]:
    """Return a page as it is in memory as a Document, if it can be one, and what is wrong.

    Errors come first, and among them words that were removed from the record and are back.
    """
    try:
        shelf = _shelf(page)
        document = page.build_document(shelf)
    except DocumentError as error:
        return None, [_as_problem(error)]
    problems = find_problems(document, conf.rulesets(), timezone.localdate())
    head = shelf.head(page.document_key)
    if head and head.redacted:
        problems = [*_redacted(head, sha256(document.canonical_text())), *problems]
    return document, problems


def problems_of(page: Page) -> list[Problem]:
    """Return what is wrong with a page as it is in memory, errors first."""
    return examine(page)[1]


def errors_of(page: Page) -> list[Problem]:
    """Return what would stop a page, as it is in memory, from being published now."""
    document, problems = examine(page)
    errors = [problem for problem in problems if problem.is_error]
    if document is None:
        return errors
    digest = sha256(document.canonical_text())
    return [] if _is_published(page, _shelf(page), digest) else errors


def withdraw(page: Page, reason: str, successor: str = "") -> None:
    """Record that a page's document is no longer offered. Does nothing if it isn't."""

    def write(head: DocumentHead | None) -> None:
        record.withdraw(head, reason, _user_pk(), successor)

    if page.school_key is not None:
        _locked(page, lambda shelf: write(shelf.head(page.document_key)))
    elif head := _head(page):
        # It was taken out of its school; its record was not.
        record.in_turn(head.school_key, head.locale, lambda: write(_head(page)))


def bury(page: Page, url: str) -> None:
    """Withdraw the document of a page that is about to be deleted.

    `url` is the address at which the public read it, and where its record will go on to
    answer; "" if it was not for everyone to read.
    """
    withdraw(page, "deleted")
    head = _head(page)
    if head:
        record.leave_address(head, url)


def relocate(pages: Iterable[Page]) -> None:
    """Bring the feed up to date about where the public finds pages, as their rows are now.

    For what happens to a page or above it: a move, a new slug, privacy, another Site.
    """
    changed: list[tuple[int, PublicPlace]] = []
    turns: set[tuple[UUID, str]] = set()
    pages = iter(pages)
    while some := list(islice(pages, _AT_ONCE)):
        places = public_places(some)
        by_document = {(page.document_key, page.language): places[page.pk] for page in some}
        keys = {key for key, _locale in by_document}
        found = DocumentHead.objects.filter(document_key__in=keys).exclude(latest=None)
        for head in found:
            place = by_document.get((head.document_key, head.locale))
            if place and (head.public_url, head.site_pk) != (place.url, place.site_pk):
                changed.append((head.pk, place))
                turns.add((head.school_key, head.locale))
    # All locks at once, and so in the order in which everyone takes them.
    record.in_turns(turns, partial(_relocate, changed))


def refresh(school_key: UUID, locale: str) -> None:
    """Make the feed of a school in a language agree with its Versions."""
    record.in_turn(school_key, locale, lambda: None)


def _relocate(changed: list[tuple[int, PublicPlace]]) -> None:
    for start in range(0, len(changed), _AT_ONCE):
        places = dict(changed[start : start + _AT_ONCE])
        for pk, head in DocumentHead.objects.in_bulk(places).items():
            record.move(head, places[pk])


def assure(page: Page, number: int | None = None) -> Assurance | None:
    """Record that what the page offers is still correct; None if that was said today already.

    `number` is the Version that somebody has looked at. Raises Refused if nothing is
    offered, or another Version.
    """

    def say(shelf: Shelf) -> Assurance | None:
        head = shelf.head(page.document_key)
        if head is None or head.offered is None:
            message = _("Nothing is published that could still be correct.")
            raise Refused(page, [Problem("not-offered", Severity.ERROR, message)])
        if number not in (None, head.offered.number):
            message = _("There is a newer version. Look at that one first.")
            raise Refused(page, [Problem("not-newest", Severity.ERROR, message)])
        return record.assure(head.offered, _user_pk())

    return _locked(page, say)


def is_offered(page: Page) -> bool:
    """Say whether a Version of the page is what the public sees."""
    head = _head(page)
    return bool(head and head.offered)


def would_be_news(page: Page) -> bool:
    """Say whether publishing a page, as it is in memory, makes a Version after an earlier one."""
    head, document = _head(page), examine(page)[0]
    if head is None or head.latest is None or document is None:
        return False
    return head.offered is None or head.offered.text_id != sha256(document.canonical_text())


def was_noted(page: Page) -> bool:
    """Say whether a draft's change note was told of a Version before."""
    found = Version.objects.filter(document_key=page.document_key, locale=page.language)
    return bool(page.change_note) and found.filter(change_note=page.change_note).exists()


def held_back(page: Page) -> list[tuple[Document, list[Problem]]]:
    """Return the school's documents that could not follow what was last published.

    Each comes with the errors that keep it at its last Version, words that were removed
    from the record among them.
    """
    if page.school_key is None:
        return []
    shelf = _shelf(page)
    return [
        (after, errors)
        for kind in _FOLLOWERS.get(page.kind, ())
        for before, after in _following(shelf, kind)
        if after != before and (errors := _errors(after) + _returning(shelf, after))
    ]


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


def _head(page: Page) -> DocumentHead | None:
    return heads().filter(document_key=page.document_key, locale=page.language).first()


def _locked(page: Page, work: Callable[[Shelf], Any]) -> Any:
    """Run `work` on the school's locked documents (see `in_turn`)."""

    def with_shelf() -> Any:
        return work(_shelf(page, lock=True))

    return in_turn(page, with_shelf)


def _publish(page: Page, shelf: Shelf, write: Callable[[], Any]) -> Any:
    try:
        document = page.build_document(shelf)
    except DocumentError as error:
        raise Refused(page, [_as_problem(error)]) from error
    text = document.canonical_text()
    digest = sha256(text)
    if _is_published(page, shelf, digest):
        result = _write_without_notes(page, write)
        record.move(shelf.head(page.document_key), _place(page, shelf))
        return result
    if redacted := _redacted(shelf.head(page.document_key), digest):
        raise Refused(page, redacted)
    errors = _errors(document)
    leave = given_override() if errors else None
    if errors and leave is None:
        raise Refused(page, errors)
    user_pk = leave.user_pk if leave else _user_pk(page)
    # Before the page's notes are emptied.
    notes = {
        "change_note": clean_line(page.change_note)[:500],
        "not_reread": not_reread(page, document),
    }
    if not any(head.public_url for head in shelf):
        _look_again(page)
    result = _write_without_notes(page, write)
    record.append(
        shelf,
        document,
        text,
        user_pk,
        place=_place(page, shelf),
        **notes,
        override_reason=leave.reason if leave else "",
        missing=[problem.section or problem.code for problem in errors],
    )
    _let_follow(shelf, document.kind, user_pk)
    return result


def _place(page: Page, shelf: Shelf) -> PublicPlace:
    """Return where everyone can read a page that was just written.

    What is known to be public, and stands where it stood, still is: all that can make it
    private or move it is followed at once (see `relocate`).
    """
    head, place = shelf.head(page.document_key), address_of(page)
    known = head and head.offered and PublicPlace(head.public_url, head.site_pk) == place
    return place if known else public_place(page)


def _look_again(page: Page) -> None:
    """See, once all is committed, that the page of a school that was nowhere public may be.

    Who makes a folder private at the same moment takes the locks of what is public below it,
    and so can't wait for a school that is not yet.
    """

    def relocate_again() -> None:
        relocate(type(page)._default_manager.select_related("locale").filter(pk=page.pk))

    transaction.on_commit(relocate_again, using=router.db_for_write(DocumentHead), robust=True)


def _write_without_notes(page: Page, write: Callable[[], Any]) -> Any:
    """Write the row without the notes that the record takes, so that no draft inherits them."""
    kept = {name: getattr(page, name) for name in NOTES}
    page.change_note, page.rereading_from, page.reread = "", None, []
    try:
        return write()
    except BaseException:
        for name, value in kept.items():
            setattr(page, name, value)
        raise


def _redacted(head: DocumentHead | None, digest: str) -> list[Problem]:
    """Return what to say of words that were removed from the record: they can't come back."""
    if head is None or not head.redacted:
        return []
    redaction = Redaction.objects.filter(text_sha256=digest).last()
    if redaction is None:
        return []
    message = _("Words in it were removed from an earlier version (%(what)s). Take them out here.")
    words = message % {"what": "; ".join(redaction.removed)}
    return [Problem("redacted", Severity.ERROR, words)]


def _returning(shelf: Shelf, document: Document) -> list[Problem]:
    return _redacted(shelf.head(document.key), sha256(document.canonical_text()))


def _is_published(page: Page, shelf: Shelf, digest: str) -> bool:
    head = shelf.head(page.document_key)
    return bool(head and head.offered and head.offered.text_id == digest)


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
            text = after.canonical_text()
            if after != before and not (
                _errors(after) or _redacted(fresh.head(after.key), sha256(text))
            ):
                record.append(fresh, after, text, user_pk)


def _following(shelf: Shelf, kind: Kind) -> Iterator[tuple[Document, Document]]:
    """Yield the offered documents of a kind, as published and as they would be now.

    One whose words can't be read stays as it is.
    """
    for head in shelf:
        if head.offered and head.offered.kind == kind:
            with suppress(DocumentError):
                before = head.offered.document()
                yield before, _as_it_would_be(before, shelf)


def _as_it_would_be(document: Document, shelf: Shelf) -> Document:
    school, report = shelf.offered(Kind.SCHOOL), shelf.offered(Kind.REPORT)
    after = document.with_school(school.document().school) if school else document
    return draw(after, report) if document.kind is Kind.OFFER and report else after


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
    reason = given_reason() or Reason(
        "expired" if getattr(page, "expired", False) else "unpublished"
    )
    head = shelf.head(page.document_key)
    record.withdraw(head, reason.words, _user_pk(), reason.successor)
    return result


def _user_pk(page: Page | None = None) -> str:
    """Return who acts: the user of Wagtail's log context, else the published revision's."""
    user = get_active_log_context().user
    if user is not None and user.pk:
        return str(user.pk)
    model: Any = type(page)
    revision = getattr(page, "live_revision", None)
    if page is None or revision is None:
        return ""
    if revision == released():
        return str(revision.user_id or "")
    # Wagtail sets the revision just before the save; a plain save leaves the last one.
    stored = model.objects.filter(pk=page.pk).values_list("live_revision_id", flat=True).first()
    return str(revision.user_id or "") if stored != revision.pk else ""
