"""How schools stand: what each published document answers, lacks and is due for.

Read from Versions, by `find_problems` and `asked_sections` alone (P6). The number of
queries does not grow with the documents.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from wagtail.models import Locale

from . import conf
from .completeness import Asked, Problem, Tally, asked_sections, find_problems
from .document import Document, DocumentError
from .due import TERM_DAYS
from .models.versions import Assurance, DocumentHead, Version, end_of, heads
from .removal import redactions_of
from .rulesets import Kind, Rulesets

# A document in one language.
Key = tuple[UUID, str]
# What was judged is kept: nobody's words change, and a table is looked at page by page.
_KEPT = 500


@dataclass(frozen=True)
class Compliance(Tally):
    """How one document of a school stood on a day, as its newest Version has it.

    `version` is None of one that is not public; `document` as well of one whose words this
    release can't read.
    """

    on: date
    version: Version | None = None
    document: Document | None = None
    problems: tuple[Problem, ...] = ()
    asked: tuple[Asked, ...] = ()
    assured_on: date | None = None

    @property
    def published_on(self) -> date | None:
        """The day of its newest Version."""
        return timezone.localdate(self.version.created_at) if self.version else None

    @property
    def looked_at_on(self) -> date | None:
        """The day on which somebody last stood by its words."""
        if self.published_on is None:
            return None
        return max(self.published_on, self.assured_on or self.published_on)

    @property
    def is_stale(self) -> bool:
        """Whether nobody has looked at it for a term."""
        since = self.looked_at_on
        return since is not None and (self.on - since).days > TERM_DAYS

    @property
    def review_date(self) -> date | None:
        """When the school said that it will be reviewed."""
        return self.document.review_date if self.document else None

    @property
    def is_overdue(self) -> bool:
        """Whether that day is over."""
        return self.review_date is not None and self.review_date < self.on

    @property
    def awaits_review_date(self) -> bool:
        """Whether it is one that is reviewed, and says no day."""
        return bool(self.asked) and self.review_date is None

    @property
    def is_in_order(self) -> bool:
        """Whether it is public, and nothing that it must say is missing."""
        return self.document is not None and not self.to_fix

    @property
    def label(self) -> str:
        """The state in words, with numbers."""
        if self.version is None:
            return _("Not published")
        if self.document is None:
            return _("Can't be read")
        if self.to_fix:
            words = ngettext("%(count)d thing missing", "%(count)d things missing", self.to_fix)
            return words % {"count": self.to_fix}
        return _("Complete")

    def by(self, ruleset_id: str) -> "Compliance":
        """Return the same, with what one ruleset asks and nothing else."""
        asked = tuple(each for each in self.asked if each.ruleset.id == ruleset_id)
        codes = {"", *(each.rule.code for each in asked)}
        problems = tuple(
            each
            for each in self.problems
            if each.section in codes and each.ruleset in ("", ruleset_id)
        )
        return replace(self, asked=asked, problems=problems)


def of_heads(found: Sequence[DocumentHead], on: date) -> dict[Key, Compliance]:
    """Return how documents stand on a day, by document and language.

    `found` are `models.versions.heads()`. One query more if words were removed from any.
    """
    pairs = [(head, head.offered) for head in found]
    return {(head.document_key, head.locale): each for head, each in _judged(pairs, on)}


def of_schools(
    keys: Collection[UUID], on: date, kind: Kind
) -> Iterator[tuple[DocumentHead, Compliance]]:
    """Yield how one kind of document of some schools stood on a day, with its head.

    On a day that is over: the Version that was offered at its end. Later: today's, by the
    rules that are in force then. Two to four queries; documents are read as they are asked for.
    """
    if on < timezone.localdate():
        return _judged(_then(keys, on, kind), on)
    found = heads().filter(school_key__in=keys, latest__kind=kind)
    return _judged([(head, head.offered) for head in found], on)


def of_pages(pages: Iterable[Any], on: date) -> dict[int, Compliance]:
    """Return how the documents of pages stand on a day, by the pages' keys: a few queries."""
    languages = dict(Locale.objects.values_list("pk", "language_code"))
    keys = {page.pk: (page.document_key, languages[page.locale_id]) for page in pages}
    wanted = {key for key, _locale in keys.values()}
    found = of_heads(list(heads().filter(document_key__in=wanted)), on) if wanted else {}
    nothing = Compliance(on)
    return {pk: found.get(key, nothing) for pk, key in keys.items()}


def _then(
    keys: Collection[UUID], on: date, kind: Kind
) -> list[tuple[DocumentHead, Version | None]]:
    """Return heads, each with the Version that was offered at the end of a day."""
    moment = end_of(on)
    newest = Version.objects.filter(
        document_key=OuterRef("document_key"), locale=OuterRef("locale"), created_at__lt=moment
    ).order_by("-number")
    found = list(
        DocumentHead.objects.filter(school_key__in=keys, latest__kind=kind).annotate(
            then=Subquery(newest.values("pk")[:1])
        )
    )
    wanted = Version.objects.select_related("text", "withdrawal").in_bulk(
        {head.then for head in found} - {None}
    )
    said = Assurance.objects.filter(version__in=wanted, created_at__lt=moment)
    assured = dict(said.order_by("created_at").values_list("version", "created_at"))
    for head in found:
        head.assured_at = assured.get(head.then)
    return [(head, _unless_withdrawn(wanted.get(head.then), moment)) for head in found]


def _unless_withdrawn(version: Version | None, moment: Any) -> Version | None:
    withdrawal = getattr(version, "withdrawal", None)
    return None if withdrawal and withdrawal.created_at < moment else version


def _judged(
    found: Sequence[tuple[DocumentHead, Version | None]], on: date
) -> Iterator[tuple[DocumentHead, Compliance]]:
    """Yield each head that has a Version with how that stands."""
    rows = [(head, version) for head, version in found if version]
    digests = {version.text_id for head, version in rows if head.redacted}
    redactions = redactions_of(digests) if digests else {}
    rulesets = conf.rulesets()
    # More than are kept would push each other out, and nobody gains.
    judge = judged if len(rows) <= _KEPT else judged.__wrapped__
    for head, version in rows:
        version.redactions = redactions.get(version.text_id, ())
        yield head, _judge(judge, version, head.assured_at, rulesets, on)


def _judge(
    judge: Any, version: Version, assured_at: Any, rulesets: Rulesets, on: date
) -> Compliance:
    assured = timezone.localdate(assured_at) if assured_at else None
    try:
        document, problems, asked = judge(version.words, rulesets, on, get_language())
    except DocumentError:
        return Compliance(on, version, assured_on=assured)
    return Compliance(on, version, document, problems, asked, assured)


@lru_cache(maxsize=_KEPT)
def judged(
    text: str, rulesets: Rulesets, on: date, _language: str | None
) -> tuple[Document, tuple[Problem, ...], tuple[Asked, ...]]:
    """Return what a canonical text says, lacks and is asked for; problems speak the language.

    Raises Unreadable for a text that this release can't read.
    """
    document = Document.from_text(text)
    problems = tuple(find_problems(document, rulesets, on))
    return document, problems, tuple(asked_sections(document, rulesets, on))
