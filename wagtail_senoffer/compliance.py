"""How schools stand: what each published document answers, lacks and is due for.

Read from Versions, by `find_problems` and `asked_sections` alone (P6). The number of
queries does not grow with the documents.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from wagtail.models import Locale

from . import conf
from .completeness import Asked, Problem, Tally, asked_sections, find_problems
from .document import Document, DocumentError
from .models.versions import DocumentHead, Version, heads
from .removal import redactions_of
from .rulesets import Rulesets

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


def of_heads(found: Sequence[DocumentHead], on: date) -> dict[Key, Compliance]:
    """Return how documents stand on a day, by document and language.

    `found` are `models.versions.heads()`. One query more if words were removed from any.
    """
    rows = [head for head in found if head.offered]
    digests = {head.latest.text_id for head in rows if head.redacted}
    redactions = redactions_of(digests) if digests else {}
    for head in rows:
        head.latest.redactions = redactions.get(head.latest.text_id, ())
    rulesets = conf.rulesets()
    return {(head.document_key, head.locale): _judge(head, rulesets, on) for head in rows}


def of_pages(pages: Iterable[Any], on: date) -> dict[int, Compliance]:
    """Return how the documents of pages stand on a day, by the pages' keys: a few queries."""
    languages = dict(Locale.objects.values_list("pk", "language_code"))
    keys = {page.pk: (page.document_key, languages[page.locale_id]) for page in pages}
    wanted = {key for key, _locale in keys.values()}
    found = of_heads(list(heads().filter(document_key__in=wanted)), on) if wanted else {}
    nothing = Compliance(on)
    return {pk: found.get(key, nothing) for pk, key in keys.items()}


def _judge(head: DocumentHead, rulesets: Rulesets, on: date) -> Compliance:
    version = head.offered
    assured = timezone.localdate(head.assured_at) if head.assured_at else None
    try:
        document, problems, asked = judged(version.words, rulesets, on, get_language())
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
