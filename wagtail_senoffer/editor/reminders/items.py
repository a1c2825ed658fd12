"""What is due on a site: read from the Versions that are public, with the pages they are of.

The e-mails and the panel on the dashboard both ask here. The number of queries does not
grow with the schools.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from wagtail.admin.utils import get_admin_base_url

from ... import conf
from ...document import Document
from ...due import TERM_DAYS, Due, Matter, Standing, find_due
from ...history import readable
from ...models.versions import DocumentHead, Version, heads
from ...removal import redactions_of
from ...rulesets import Kind
from ...tree import at_or_below, document_types

# A document in one language.
Key = tuple[UUID, str]
# What makes a reminder the same one: its document, matter, due date and stage.
Identity = tuple[UUID, str, str, date, int]

# What is done beside the list of Versions, not in the page's form.
_AT_THE_VERSIONS = (Matter.SENCO, Matter.STILL_CORRECT, Matter.REREAD)


@dataclass(frozen=True)
class Place:
    """The page of a document: its key, and its path in Wagtail's tree."""

    pk: int
    path: str


@dataclass(frozen=True)
class Item:
    """One thing that is due, of one document of one school."""

    due: Due
    stage: int
    document: Document
    place: Place

    @property
    def identity(self) -> Identity:
        """What a reminder of it is told apart by."""
        document = self.document
        return document.key, document.locale, self.due.matter.value, self.due.on, self.stage

    @property
    def school(self) -> str:
        """The school's name."""
        return self.document.school.name

    @property
    def path(self) -> str:
        """The path of the admin's page on which it can be done."""
        if self.due.matter is Matter.STRATEGY:
            return reverse("wagtailadmin_explore", args=[self.place.pk])
        if self.due.matter in _AT_THE_VERSIONS:
            return reverse("senoffer_versions", args=[self.place.pk])
        return reverse("wagtailadmin_pages:edit", args=[self.place.pk])

    @property
    def url(self) -> str:
        """The whole address of that page; "" on a site that has no WAGTAILADMIN_BASE_URL."""
        base = get_admin_base_url()
        return f"{base.rstrip('/')}{self.path}" if base else ""


def find_items(on: date, below: Sequence[str] | None = None) -> list[Item]:
    """Return what is due on a day, soonest first, of the pages at and below some paths.

    None for all pages. Documents that are withdrawn, or whose page is gone, or whose words
    this release can't read, have nothing that is due.
    """
    places = _places(below)
    found = _offered(None if below is None else places)
    before = _before(found, on)
    offered: dict[UUID, set[Kind]] = {}
    for head, _document in found:
        offered.setdefault(head.school_key, set()).add(Kind(head.latest.kind))
    items = [
        Item(due, due.stage(on) or 0, document, place)
        for head, document in found
        if document and (place := places.get((head.document_key, head.locale)))
        for due in find_due(
            document,
            _standing(head, before.get(head.latest.previous_hash), offered[head.school_key]),
            conf.rulesets(),
            on,
        )
    ]
    return sorted(_once_a_school(items), key=_order)


def _order(item: Item) -> tuple[Any, ...]:
    return item.due.on, item.school, item.document.title, item.due.matter


def _once_a_school(items: Iterable[Item]) -> list[Item]:
    """Leave out a strategy that is asked of one school in each of its languages."""
    strategies: set[UUID] = set()
    kept = []
    for item in items:
        if item.due.matter is Matter.STRATEGY:
            if item.document.key in strategies:
                continue
            strategies.add(item.document.key)
        kept.append(item)
    return kept


def _places(below: Sequence[str] | None) -> dict[Key, Place]:
    """Return the pages of documents, aliases apart, by document and language."""
    if below is not None and not below:
        return {}
    where = at_or_below(below) if below else Q()
    return {
        (key, locale): Place(pk, path)
        for model in document_types()
        for key, locale, pk, path in model._default_manager.filter(where, alias_of=None)
        .order_by("pk")
        .values_list("document_key", "locale__language_code", "pk", "path")
    }


def _offered(places: dict[Key, Place] | None) -> list[tuple[Any, Document | None]]:
    """Return the heads of what is public, with its words; of some pages, or of all."""
    found = heads().filter(latest__isnull=False, latest__withdrawal=None)
    if places is not None:
        found = found.filter(document_key__in={key for key, _locale in places})
    rows = list(found.order_by("pk"))
    return list(zip(rows, _documents([each.latest for each in rows], rows), strict=True))


def _documents(versions: Sequence[Version], rows: Sequence[DocumentHead]) -> list[Document | None]:
    """Return what Versions say; one query more if words were removed from any of them."""
    redacted = {each.document_key for each in rows if each.redacted}
    digests = {each.text_id for each in versions if each.document_key in redacted}
    redactions = redactions_of(digests) if digests else {}
    for version in versions:
        version.redactions = redactions.get(version.text_id, ())
    return [readable(version) for version in versions]


def _before(found: Sequence[tuple[Any, Document | None]], on: date) -> dict[str, Document | None]:
    """Return the Documents before the reports of this term, by the hashes of their Versions."""
    since = on - timedelta(TERM_DAYS)
    rows = [
        head
        for head, _document in found
        if head.latest.kind == Kind.REPORT and timezone.localdate(head.latest.created_at) >= since
    ]
    hashes = {head.latest.previous_hash for head in rows} - {""}
    if not hashes:
        return {}
    versions = list(Version.objects.filter(record_hash__in=hashes).select_related("text"))
    documents = _documents(versions, rows)
    return {each.record_hash: said for each, said in zip(versions, documents, strict=True)}


def _standing(head: Any, before: Document | None, offered: set[Kind]) -> Standing:
    return Standing(
        published_on=timezone.localdate(head.latest.created_at),
        assured_on=timezone.localdate(head.assured_at) if head.assured_at else None,
        before=before,
        offered=frozenset(offered),
    )
