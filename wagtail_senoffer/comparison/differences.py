"""Which fields differ, and whether in their words, in what links hold, or in layout alone."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any

from django.utils.translation import gettext as _

from ..document import plain_text
from .fields import Part, Shown
from .lines import Run, lines_between

_ASIDE = re.compile(r'<(a) href="([^"]*)">|<(abbr) title="([^"]*)">|</(a|abbr)>')


@dataclass(frozen=True)
class FieldChange:
    """A field whose words differ. `name` is stable; `label` is for people.

    Where only mark-up differs, `before` and `after` are one sentence that says so.
    """

    name: str
    label: str
    before: str
    after: str

    def lines(self) -> list[list[Run]]:
        """Return the field line by line, and word by word where a line became another.

        A line's same and added runs make a line of `after`, its same and removed runs one
        of `before`; a line without such runs stood only on the other side. Texts that are
        too long or too repetitive are shown as replaced whole. Worked out at each call.
        """
        return lines_between(self.before, self.after)


def differing(parts: Iterable[Part], before: Any, after: Any) -> Iterator[FieldChange]:
    """Yield what differs between two values that have these fields."""
    for part in parts:
        old, new = part.get(before), part.get(after)
        if old != new:
            yield from between(part.name, str(part.label), part.show(old), part.show(new))


def differ(parts: Iterable[Part], before: Any, after: Any) -> bool:
    """Say whether `differing` yields anything, without working out what."""
    return before != after and any(part.get(before) != part.get(after) for part in parts)


def between(name: str, label: str, before: Shown, after: Shown) -> Iterator[FieldChange]:
    """Yield what differs: the words, what links and abbreviations hold, or the layout alone."""
    changes = []
    if before.text != after.text:
        changes.append(FieldChange(name, label, before.text, after.text))
    if before.html != after.html:
        headings = {"links": _("Links in the text"), "abbreviations": _("Abbreviations")}
        old, new = _asides(before.html), _asides(after.html)
        for kind, heading in headings.items():
            if old[kind] != new[kind]:
                own = heading if name == "body" else under(label, heading)
                values = ("\n".join(old[kind]), "\n".join(new[kind]))
                changes.append(FieldChange(f"{name}.{kind}", own, *values))
    yield from changes or [_layout_only(name, label)]


def _layout_only(name: str, label: str) -> FieldChange:
    own = _("Layout only") if name == "body" else under(label, _("Layout only"))
    said = _("The words are the same; only their layout changed.")
    return FieldChange(f"{name}.layout", own, said, said)


def under(part: str, label: str) -> str:
    """Return the name of a field that stands within something named."""
    return str(_("%(part)s: %(field)s") % {"part": part, "field": label})


def _asides(html: str) -> dict[str, list[str]]:
    """Return what plain text leaves out: where links lead, what abbreviations stand for."""
    found: dict[str, list[str]] = {"links": [], "abbreviations": []}
    opened: dict[str, re.Match[str]] = {}
    for tag in _ASIDE.finditer(html):
        name = tag[1] or tag[3]
        if name:
            opened[name] = tag
        elif start := opened.pop(tag[5], None):
            text = " ".join(plain_text(html[start.end() : tag.start()]).split())
            kind = "links" if tag[5] == "a" else "abbreviations"
            found[kind].append(f"{text} ({unescape(start[2] or start[4] or '')})")
    return found
