"""The history of a document: what each Version was, and which one was in force when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Min, QuerySet
from django.utils.translation import gettext as _

from .comparison import summary
from .document import Document, DocumentError
from .models.versions import Assurance, DocumentHead, Redaction, Version, Withdrawal
from .removal import redactions_of

PER_PAGE = 20


@dataclass(frozen=True)
class Entry:
    """A Version as its history tells of it. `document` is None if it can't be read."""

    version: Version
    document: Document | None
    current: bool
    changed: str
    same_as: int | None
    withdrawal: Withdrawal | None
    assurances: Sequence[Assurance]
    redactions: Sequence[Redaction]

    @property
    def state(self) -> str:
        """One of "current", "superseded", "withdrawn"."""
        return "withdrawn" if self.withdrawal else "current" if self.current else "superseded"


def versions_of(head: DocumentHead) -> QuerySet[Version]:
    """Return the Versions of a head's document."""
    return Version.objects.filter(document_key=head.document_key, locale=head.locale)


def listing(head: DocumentHead, number: Any) -> tuple[Page, list[Entry]]:
    """Return a page of the Versions, newest first, and what to say of each."""
    numbers = versions_of(head).order_by("-number").values_list("number", flat=True)
    page = Paginator(numbers, PER_PAGE).get_page(number)
    return page, entries(head, list(page))


def entries(head: DocumentHead, numbers: list[int]) -> list[Entry]:
    """Return what to say of Versions whose numbers follow each other, newest first.

    The number of queries does not grow with the Versions.
    """
    if not numbers:
        return []
    # And the one before them, which the last is compared with.
    wanted = {"number__gte": numbers[-1] - 1, "number__lte": numbers[0]}
    versions = versions_of(head).filter(**wanted).select_related("withdrawal")
    versions = versions.prefetch_related("text", "assurances")
    found = {each.number: each for each in versions}
    digests = {each.text_id for each in found.values()}
    redactions = redactions_of(digests)
    for each in found.values():
        each.redactions = redactions.get(each.text_id, ())
    documents = {number: readable(each) for number, each in found.items()}
    firsts = dict(
        versions_of(head)
        .filter(text_id__in=digests)
        .order_by("text_id")
        .values_list("text_id")
        .annotate(Min("number"))
    )
    return [
        Entry(
            version=(version := found[number]),
            document=documents[number],
            current=version.pk == head.latest_id,
            changed=_changed(documents, number),
            same_as=first if (first := firsts[version.text_id]) < number else None,
            withdrawal=getattr(version, "withdrawal", None),
            assurances=version.assurances.all(),
            redactions=version.redactions,
        )
        for number in numbers
    ]


def readable(version: Version) -> Document | None:
    """Return the Document of a Version, or None if this release can't read it."""
    try:
        return version.document()
    except DocumentError:
        return None


def _changed(documents: dict[int, Document | None], number: int) -> str:
    after, before = documents[number], documents.get(number - 1)
    if after is None:
        return _("This version can't be shown.")
    return "" if before is None and number > 1 else summary(before, after)


def in_force(head: DocumentHead, moment: datetime) -> Version | None:
    """Return the newest Version that was published before a moment, offered or not."""
    found = versions_of(head).filter(created_at__lt=moment).select_related("withdrawal")
    return found.order_by("-number").first()
