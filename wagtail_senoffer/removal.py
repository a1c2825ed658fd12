"""Takes words out of published Versions: the one thing that the record ever loses.

Numbers, dates and hashes stay; what was removed, when and why is public.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from . import record
from .document import Document, DocumentError
from .models.versions import DocumentHead, Redaction, Version
from .redaction import Field, blank, fields, mentions, same_words

REDACTED = "wagtail_senoffer.redact"


@dataclass
class Outcome:
    """What a removal did, and where the words still stand.

    `versions` lost words. `left` holds the Versions that still show them, each with the
    fields: an offered one, or words inside a longer text, which a person has to look at.
    """

    versions: list[Version] = field(default_factory=list)
    left: list[tuple[Version, list[Field]]] = field(default_factory=list)


def is_offered(version: Version) -> bool:
    """Say whether a Version's words are what the public sees of some document now."""
    found = DocumentHead.objects.filter(latest__text_id=version.text_id)
    return found.filter(latest__withdrawal=None).exists()


def redact(
    version: Version, paths: Iterable[str], reason: str, *, user: Any, everywhere: bool = False
) -> Outcome:
    """Remove named fields of an old Version for good (GDPR article 17, for example).

    `paths` are those of `redaction.fields`. With `everywhere`, the same words also go from
    the same school's other old Versions, in every language. The reason is public. Raises
    ValidationError if the Version is the one on offer (publish one without the words
    first), if nothing was chosen, or if there is no reason.
    """
    chosen, reason = set(paths), reason.strip()
    if not chosen or not reason:
        raise ValidationError(_("Choose what to remove, and give a reason."))
    if is_offered(version):
        raise ValidationError(
            _("This version is on offer now. Publish one without the words, then remove them.")
        )
    values = [each.value for each in fields(version.document()) if each.path in chosen]
    outcome = Outcome()
    with transaction.atomic():
        remaining = _redact(version, chosen, reason, user, outcome)
        _leave(outcome, version, mentions(remaining, values))
        if everywhere:
            for other in _others(version):
                _redact_same(other, values, reason, user, outcome)
    return outcome


def _redact_same(
    version: Version, values: list[str], reason: str, user: Any, outcome: Outcome
) -> None:
    try:
        document = version.document()
    except DocumentError:
        return
    same = set(same_words(document, values))
    if same and not is_offered(version):
        document = _redact(version, same, reason, user, outcome)
        same = set()
    left = [each for each in fields(document) if each.path in same]
    _leave(outcome, version, left + mentions(document, values))


def _leave(outcome: Outcome, version: Version, left: list[Field]) -> None:
    if left:
        outcome.left.append((version, left))


def _redact(
    version: Version, paths: set[str], reason: str, user: Any, outcome: Outcome
) -> Document:
    """Remove the words under the lock of the document's school; return what is left."""
    head = DocumentHead.objects.get(document_key=version.document_key, locale=version.locale)
    work = partial(_write, version, paths, reason, user)
    remaining: Document = record.in_turn(head.school_key, version.locale, work)
    outcome.versions += Version.objects.filter(text_id=version.text_id).order_by("number")
    return remaining


def _write(version: Version, paths: set[str], reason: str, user: Any) -> Document:
    # Afresh: another removal may have come first.
    document = Version.objects.get(pk=version.pk).document()
    there = [each for each in fields(document) if each.path in paths]
    remaining = blank(document, [each.path for each in there])
    with translation.override(version.locale):
        names = [_name(each) for each in fields(document) if each.path in paths]
    if there:
        record.redact(version.text_id, remaining, names, reason, str(user.pk))
        log(instance=version, action=REDACTED, user=user, data={"removed": names, "reason": reason})
    return remaining


def _name(each: Field) -> str:
    """Return what was removed, for good and in public: never in the school's own words."""
    if not each.section_title:
        return str(each.label)
    section = _("More information") if each.section == "additional" else each.section_title
    return _("%(label)s (in “%(section)s”)") % {"label": each.label, "section": section}


def _others(version: Version) -> Iterator[Version]:
    """Yield a Version of each other text of the same school, in every language."""
    head = DocumentHead.objects.get(document_key=version.document_key, locale=version.locale)
    keys = DocumentHead.objects.filter(school_key=head.school_key).values_list("document_key")
    seen = {version.text_id}
    for other in Version.objects.filter(document_key__in=keys).iterator():
        if other.text_id not in seen:
            seen.add(other.text_id)
            yield other


def redactions_of(digests: Iterable[str]) -> dict[str, list[Redaction]]:
    """Return the redactions of texts, oldest first, by the text's hash: one query."""
    found: dict[str, list[Redaction]] = {}
    for redaction in Redaction.objects.filter(text_sha256__in=set(digests)):
        found.setdefault(redaction.text_sha256, []).append(redaction)
    return found
