"""Takes words out of published Versions: the one thing that the record ever loses.

Numbers, dates and hashes stay; what was removed, when and why is public.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from . import record
from .document import Document, DocumentError
from .models.versions import DocumentHead, Redaction, Version, heads
from .redaction import Field, blank, fields, same_words, saying

REDACTED = "wagtail_senoffer.redact"


@dataclass
class Outcome:
    """What a removal did, and where the words still stand.

    `versions` lost words. `left` holds the Versions that still show them, each with the
    fields: an offered one, one that this user may not change, or words inside a longer
    text, which a person has to look at. A Version that can't be read may show them, too.
    """

    versions: list[Version] = field(default_factory=list)
    left: list[tuple[Version, list[Field]]] = field(default_factory=list)


@dataclass(frozen=True)
class _Act:
    """Why words are removed, by whom, and which Versions this user may change."""

    reason: str
    user: Any
    may: Callable[[Version], bool]
    outcome: Outcome = field(default_factory=Outcome)

    def leave(self, version: Version, left: list[Field]) -> None:
        if left:
            self.outcome.left.append((version, left))


def is_offered(version: Version) -> bool:
    """Say whether a Version's words are what the public sees of some document now."""
    found = DocumentHead.objects.filter(latest__text_id=version.text_id)
    return found.filter(latest__withdrawal=None).exists()


def redact(
    version: Version,
    paths: Iterable[str],
    reason: str,
    *,
    user: Any,
    everywhere: bool = False,
    may: Callable[[Version], bool] = lambda version: True,
) -> Outcome:
    """Remove named fields of an old Version for good (GDPR article 17, for example).

    `paths` are those of `redaction.fields`. With `everywhere`, the same words also go from
    the same school's other old Versions, in every language, where `may` lets them. The
    reason is public. Where another removal came first, no Version loses anything. Raises
    ValidationError if the Version is the one on offer (publish one without the words
    first), if nothing was chosen, or if there is no reason; DocumentError if it can't be
    read.
    """
    chosen, act = set(paths), _Act(reason.strip(), user, may)
    if not chosen or not act.reason:
        raise ValidationError(_("Choose what to remove, and give a reason."))
    turns = _turns(version, everywhere)
    work = partial(_redact_in_turn, version, chosen, turns if everywhere else set(), act)
    outcome: Outcome = record.in_turns(turns, work)
    return outcome


def _turns(version: Version, everywhere: bool) -> set[record.Turn]:
    """Return the locks that a removal needs, all of which it takes before it reads."""
    school_key = _school_key(version)
    if not everywhere:
        return {(school_key, version.locale)}
    found = DocumentHead.objects.filter(school_key=school_key)
    return {(school_key, locale) for locale in found.values_list("locale", flat=True)}


def _school_key(version: Version) -> UUID:
    which = {"document_key": version.document_key, "locale": version.locale}
    key: UUID = DocumentHead.objects.values_list("school_key", flat=True).get(**which)
    return key


def _redact_in_turn(
    version: Version, paths: set[str], turns: set[record.Turn], act: _Act
) -> Outcome:
    """Remove the words, and the same ones from what lies under the locks of `turns`."""
    if is_offered(version):
        raise ValidationError(
            _("This version is on offer now. Publish one without the words, then remove them.")
        )
    # Afresh: another removal may have come first.
    document = Version.objects.get(pk=version.pk).document()
    there = [each for each in fields(document) if each.path in paths]
    values = [value for each in there for value in each.values]
    if there:
        remaining = _write(version, document, [each.path for each in there], act)
        act.leave(version, saying(remaining, values))
    for other in _others(version, turns) if there else ():
        _redact_same(other, values, act)
    return act.outcome


def _redact_same(version: Version, values: list[str], act: _Act) -> None:
    try:
        document = version.document()
    except DocumentError as error:
        act.leave(version, [Field("", "", "", error.message, ())])
        return
    same = same_words(document, values)
    if same and act.may(version) and not is_offered(version):
        document = _write(version, document, same, act)
    act.leave(version, saying(document, values))


def _write(version: Version, document: Document, paths: Iterable[str], act: _Act) -> Document:
    """Remove words of a Version, whose Document this is; return what is left."""
    paths = set(paths)
    remaining = blank(document, paths)
    with translation.override(version.locale):
        names = [_name(each) for each in fields(document) if each.path in paths]
    record.redact(version.text_id, remaining, names, act.reason, str(act.user.pk))
    data = {"removed": names, "reason": act.reason}
    log(instance=version, action=REDACTED, user=act.user, data=data)
    same_text = Version.objects.filter(text_id=version.text_id)
    act.outcome.versions += same_text.order_by("number")
    return remaining


def _name(each: Field) -> str:
    """Return what was removed, for good and in public: never in the school's own words."""
    if not each.section:
        return str(each.label)
    section = _("More information") if each.section == "additional" else each.section_title
    return _("%(label)s (in “%(section)s”)") % {"label": each.label, "section": section}


def _others(version: Version, turns: set[record.Turn]) -> list[Version]:
    """Return a Version of each other text of a school in the languages that are locked."""
    found: dict[str, Version] = {}
    for school_key, locale in sorted(turns):
        shelf = DocumentHead.objects.filter(school_key=school_key, locale=locale)
        keys = shelf.values_list("document_key")
        for each in Version.objects.filter(document_key__in=keys, locale=locale):
            found.setdefault(each.text_id, each)
    found.pop(version.text_id, None)
    return list(found.values())


def reach(version: Version) -> list[tuple[DocumentHead, int]]:
    """Return the documents of a Version's school, with how many other old Versions each has."""
    found = heads().filter(school_key=_school_key(version)).exclude(latest=None)
    return [(head, count) for head in found if (count := _old_ones(head, version))]


def _old_ones(head: DocumentHead, but: Version) -> int:
    own = (head.document_key, head.locale) == (but.document_key, but.locale)
    return int(head.latest.number - bool(head.offered) - own)


def told(version: Version) -> list[str]:
    """Return what to tell an editor who starts from a Version's words: that some are gone."""
    message = _("Words were removed from Version %(number)d: %(what)s. The draft lacks them.")
    what = [
        name
        for redaction in redactions_of([version.text_id]).get(version.text_id, ())
        for name in redaction.removed
    ]
    return [message % {"number": version.number, "what": "; ".join(what)}] if what else []


def redactions_of(digests: Iterable[str]) -> dict[str, list[Redaction]]:
    """Return the redactions of texts, oldest first, by the text's hash: one query."""
    found: dict[str, list[Redaction]] = {}
    for redaction in Redaction.objects.filter(text_sha256__in=set(digests)):
        found.setdefault(redaction.text_sha256, []).append(redaction)
    return found
