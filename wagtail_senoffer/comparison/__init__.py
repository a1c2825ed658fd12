"""What changed between two Documents, section by section.

Everything here is plain text: whoever shows it escapes it. The dear part, finding the
words that differ within a line, is done only for the fields that are shown.
"""

from collections import defaultdict
from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..document import Document
from .differences import FieldChange, differ, differing
from .fields import DOCUMENT, PHRASES, SCHOOL
from .lines import Run
from .sections import (
    Change,
    Comparison,
    Match,
    SectionChange,
    became,
    differs,
    matched,
    order,
    particulars,
    section_change,
    short_title,
    title_of,
)

__all__ = [
    "Change",
    "Comparison",
    "FieldChange",
    "Run",
    "SectionChange",
    "compare",
    "summary",
]

_MOST_NAMES = 4


def compare(before: Document, after: Document) -> Comparison:
    """Return what a reader of `after` finds changed since `before`.

    Ids, keys and the Version that an offer was drawn from are not compared.
    """
    matches = matched(before.sections, after.sections)
    titles = _titles(before, after)
    school = tuple(differing(SCHOOL, before.school, after.school))
    return Comparison(
        (
            particulars("", _("The whole document"), tuple(_of_the_whole(before, after, matches))),
            particulars("school", _("The school’s details"), school),
            *(section_change(match, titles) for match in matches),
        )
    )


def summary(before: Document | None, after: Document) -> str:
    """Return in one line what changed, for a list of Versions; None stands for no Version."""
    if before is None:
        return str(_("First version."))
    names = _named_changes(before, after)
    sentences = {
        Change.CHANGED: _("Changed: %(names)s."),
        Change.ADDED: _("Added: %(names)s."),
        Change.REMOVED: _("Removed: %(names)s."),
    }
    said = [text % {"names": _few(names[key])} for key, text in sentences.items() if names[key]]
    return " ".join(said) or _("No change in the words.")


def _named_changes(before: Document, after: Document) -> dict[Change, list[str]]:
    """Return names for what changed. Of each section only whether it did is worked out."""
    matches, titles = matched(before.sections, after.sections), _titles(before, after)
    names: dict[Change, list[str]] = defaultdict(list)
    whole = _of_the_whole(before, after, matches)
    phrases = [str(PHRASES[field.name.partition(".")[0]]) for field in whole]
    names[Change.CHANGED] = list(dict.fromkeys(phrases))
    if differ(SCHOOL, before.school, after.school):
        names[Change.CHANGED].append(_("the school’s details"))
    for match in matches:
        names[became(match, differs(match, titles))].append(short_title(match.new))
    return names


def _of_the_whole(before: Document, after: Document, matches: list[Match]) -> Iterator[FieldChange]:
    yield from differing(DOCUMENT, before, after)
    yield from order(matches)


def _titles(before: Document, after: Document) -> dict[str, str]:
    return {each.code: title_of(each) for each in (*before.sections, *after.sections)}


def _few(names: list[str]) -> str:
    listed, more = ", ".join(names[:_MOST_NAMES]), len(names) - _MOST_NAMES
    text = ngettext("%(names)s and %(count)d more", "%(names)s and %(count)d more", more)
    return str(text % {"names": listed, "count": more}) if more > 0 else listed
