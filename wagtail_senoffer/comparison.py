"""What changed between two Documents, section by section.

Everything here is plain text: whoever shows it escapes it. The dear part, finding the
words that differ within a line, is done only for the fields that are shown.
"""

import re
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import SequenceMatcher
from enum import StrEnum
from html import unescape
from itertools import groupby
from operator import attrgetter
from typing import Any, Literal, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from . import vocabularies as lists
from .document import (
    AccessibilityPlan,
    Document,
    Provision,
    School,
    Section,
    Senco,
    Words,
    plain_text,
)

# What the search for the lines and words of one field may cost, as _Allowance reckons it:
# a quarter of a second. A paragraph of 100 words costs a three-hundredth of that.
_MOST_WORK = 10_000_000
# How many pairs of an old and a new line are tried, to see which line became which; of a
# longer passage each old line is held only against the next few new ones.
_MOST_PAIRS = 2_500
_MOST_NAMES = 4
_TOKEN = re.compile(r"^\s+|\S+\s*")
_ASIDE = re.compile(r'<(a) href="([^"]*)">|<(abbr) title="([^"]*)">|</(a|abbr)>')
# By name and not by strftime, which speaks the machine's language; Django translates them.
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


class Change(StrEnum):
    """What became of a section."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Run:
    """A piece of a line, in plain text."""

    kind: Literal["same", "added", "removed"]
    text: str


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
        return _lines_between(self.before, self.after)


@dataclass(frozen=True)
class SectionChange:
    """A section and its fields that differ; of one added or removed, those with words.

    `title` is what a reader sees, `short_title` what a list has room for.
    """

    code: str
    title: str
    short_title: str
    change: Change
    fields: tuple[FieldChange, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """All sections of two Documents, in the order of the later one.

    The first stands for what belongs to the whole Document (code ""), the second for
    the school's particulars (code "school"). A removed section is where it stood before.
    """

    sections: tuple[SectionChange, ...]

    @property
    def changed(self) -> tuple[SectionChange, ...]:
        """The sections that are not as they were."""
        return tuple(each for each in self.sections if each.change is not Change.UNCHANGED)

    @property
    def unchanged(self) -> tuple[SectionChange, ...]:
        """The sections that are as they were."""
        return tuple(each for each in self.sections if each.change is Change.UNCHANGED)


def compare(before: Document, after: Document) -> Comparison:
    """Return what a reader of `after` finds changed since `before`.

    Ids, keys and the Version that an offer was drawn from are not compared.
    """
    matches = _matched(before.sections, after.sections)
    titles = {each.code: _title(each) for each in (*before.sections, *after.sections)}
    whole = (*_differing(_DOCUMENT, before, after), *_order(matches))
    school = tuple(_differing(_SCHOOL, before.school, after.school))
    return Comparison(
        (
            _particulars("", _("The whole document"), whole),
            _particulars("school", _("The school’s details"), school),
            *(_section_change(match, titles) for match in matches),
        )
    )


def summary(before: Document | None, after: Document) -> str:
    """Return in one line what changed, for a list of Versions; None stands for no Version."""
    if before is None:
        return str(_("First version."))
    whole, school, *sections = compare(before, after).sections
    names: dict[Change, list[str]] = defaultdict(list)
    phrases = [str(_PHRASES[field.name.partition(".")[0]]) for field in whole.fields]
    names[Change.CHANGED] = list(dict.fromkeys(phrases))
    if school.fields:
        names[Change.CHANGED].append(_("the school’s details"))
    for section in sections:
        names[section.change].append(section.short_title)
    sentences = {
        Change.CHANGED: _("Changed: %(names)s."),
        Change.ADDED: _("Added: %(names)s."),
        Change.REMOVED: _("Removed: %(names)s."),
    }
    said = [text % {"names": _few(names[key])} for key, text in sentences.items() if names[key]]
    return " ".join(said) or _("No change in the words.")


def _few(names: list[str]) -> str:
    listed, more = ", ".join(names[:_MOST_NAMES]), len(names) - _MOST_NAMES
    text = ngettext("%(names)s and %(count)d more", "%(names)s and %(count)d more", more)
    return str(text % {"names": listed, "count": more}) if more > 0 else listed


# --- which section became which ----------------------------------------------------------


class _Match(NamedTuple):
    """Two sections, one of them blank if it is not there; `place` is the older one's."""

    change: Change
    old: Section
    new: Section
    place: int = -1


def _matched(before: Sequence[Section], after: Sequence[Section]) -> list[_Match]:
    """Return the sections by code, and those of one code by id, then by their order."""
    partners: dict[int, int] = {}
    _find_partners(partners, [(x.code, x.id) for x in before], [(x.code, x.id) for x in after])
    _find_partners(partners, [x.code for x in before], [x.code for x in after])
    places = {old: new for new, old in partners.items()}
    removed, last = defaultdict[int, list[_Match]](list), -1
    for place, old in enumerate(before):
        if place in places:
            last = places[place]
        else:
            removed[last].append(_Match(Change.REMOVED, old, _blank(old), place))
    found = removed[-1]
    for place, new in enumerate(after):
        if place in partners:
            kept = _Match(Change.CHANGED, before[partners[place]], new, partners[place])
        else:
            kept = _Match(Change.ADDED, _blank(new), new)
        found += [kept, *removed[place]]
    return found


def _find_partners(
    partners: dict[int, int], before: Sequence[Hashable], after: Sequence[Hashable]
) -> None:
    """Give each later section without a partner the next earlier one of the same key."""
    taken, free = set(partners.values()), defaultdict[Hashable, deque[int]](deque)
    for place, key in enumerate(before):
        if place not in taken:
            free[key].append(place)
    for place, key in enumerate(after):
        if place not in partners and free[key]:
            partners[place] = free[key].popleft()


def _blank(section: Section) -> Section:
    same = {name: getattr(section, name) for name in ("id", "code", "title", "question")}
    return Section(**same)


def _title(section: Section) -> str:
    return section.question or section.title or _("More information")


def _order(matches: list[_Match]) -> Iterator[FieldChange]:
    kept = [match for match in matches if match.change is Change.CHANGED]
    before = sorted(kept, key=lambda match: match.place)
    if kept != before:
        titles = ["\n".join(_title(each.new) for each in order) for order in (before, kept)]
        yield from _between("order", _("Order"), _Shown(titles[0]), _Shown(titles[1]))


def _particulars(code: str, title: str, fields: tuple[FieldChange, ...]) -> SectionChange:
    return SectionChange(code, title, title, Change.CHANGED if fields else Change.UNCHANGED, fields)


def _section_change(match: _Match, titles: Mapping[str, str]) -> SectionChange:
    new, change = match.new, match.change
    fields = tuple(_section_fields(match, titles))
    if change is Change.CHANGED and not fields:
        change = Change.UNCHANGED
    return SectionChange(new.code, _title(new), new.title or _title(new), change, fields)


def _section_fields(match: _Match, titles: Mapping[str, str]) -> Iterator[FieldChange]:
    old, new = match.old, match.new
    if old == new:
        return
    yield from _own_fields(match)
    if old.answered_in != new.answered_in:
        targets = [_Shown(titles.get(each.answered_in, each.answered_in)) for each in (old, new)]
        yield from _between("answered_in", _("We answer this under"), *targets)
    # A reader sees a drawn section's own fields, not where it points or what it draws on.
    for drawn in _matched(old.drawn, new.drawn):
        for field in _own_fields(drawn):
            name = f"drawn.{drawn.new.code}.{field.name}"
            title = drawn.new.title or _title(drawn.new)
            yield replace(field, name=name, label=_under(title, field.label))


def _own_fields(match: _Match) -> Iterator[FieldChange]:
    for field in _differing(_SECTION, match.old, match.new):
        # Of a section that is new as a whole, the layout is new as well.
        if match.change is Change.CHANGED or field.before != field.after:
            yield field


# --- what the fields of a Document say ---------------------------------------------------


class _Shown(NamedTuple):
    """What a reader sees of a field, and the mark-up that it is in."""

    text: str
    html: str = ""


def _plain(value: Any) -> _Shown:
    return _Shown("" if value is None else str(value))


def _words(value: Words) -> _Shown:
    return _Shown(value.text, value.html)


def _stage(bodies: tuple[Words, ...]) -> _Shown:
    return _Shown("\n".join(x.text for x in bodies), "\n".join(x.html for x in bodies))


def _day(value: date | None) -> _Shown:
    return _Shown(f"{value.day} {_(_MONTHS[value.month - 1])} {value.year}" if value else "")


def _rows(*names: str) -> Callable[[Iterable[Any]], _Shown]:
    """Return what shows rows as a line each, made of the named fields."""

    def show(rows: Iterable[Any]) -> _Shown:
        return _Shown("\n".join(_dashed(getattr(row, name) for name in names) for row in rows))

    return show


def _dashed(parts: Iterable[str]) -> str:
    return " – ".join(part for part in parts if part)


def _files(files: Iterable[Any]) -> _Shown:
    named = ((f"{x.title} ({x.format})" if x.format else x.title, x.url) for x in files)
    return _Shown("\n".join(_dashed(each) for each in named))


def _need(code: str) -> str:
    return str(lists.NEEDS[code].label) if code in lists.NEEDS else code


def _needs(codes: Iterable[str]) -> _Shown:
    return _Shown("\n".join(_need(code) for code in codes))


def _provisions(rows: Iterable[Provision]) -> _Shown:
    return _Shown("\n".join(_provision(x) for x in rows), "\n".join(x.body.html for x in rows))


def _provision(row: Provision) -> str:
    needs = "; ".join(_need(code) for code in row.needs)
    level = str(lists.PROVISION_LEVEL_LABELS[row.level])
    # A row is one line, so that a new one among them is one line more.
    body = " ".join(row.body.text.split("\n"))
    return _dashed([row.name, level, _ages(row), needs, row.who, row.when, body])


def _ages(row: Provision | School) -> str:
    ages = {"from": row.minimum_age, "to": row.maximum_age}
    if row.minimum_age is None:
        return str(_("up to age %(to)s") % ages) if row.maximum_age is not None else ""
    if row.maximum_age is None:
        return str(_("from age %(from)s") % ages)
    return str(_("ages %(from)s to %(to)s") % ages)


class _Part(NamedTuple):
    """A field: where it is found, and how its value is shown."""

    name: str
    label: lists.Label
    get: Callable[[Any], Any]
    show: Callable[[Any], _Shown] = _plain


def _inside(name: str, empty: Any) -> Callable[[Section], Any]:
    """Return what reads "senco.name"; a section without a SENCO has an empty one."""
    outer, inner = name.split(".")
    return lambda section: getattr(getattr(section, outer) or empty, inner)


def _at(stage: lists.Stage) -> Callable[[Section], tuple[Words, ...]]:
    return lambda section: tuple(x.body for x in section.stages if x.stage is stage)


def _lines_of(*parts: tuple[str, lists.Label]) -> list[_Part]:
    return [_Part(name, label, attrgetter(name)) for name, label in parts]


_SENCO = (
    ("senco.name", gettext_lazy("SENCO")),
    ("senco.phone", gettext_lazy("Phone")),
    ("senco.email", gettext_lazy("E-mail")),
    ("senco.days", gettext_lazy("Works")),
    ("senco.qualification", gettext_lazy("Qualification")),
)
_PLAN: tuple[tuple[str, lists.Label, Callable[[Any], _Shown]], ...] = (
    ("accessibility_plan.url", gettext_lazy("The whole accessibility plan"), _plain),
    ("accessibility_plan.start_date", gettext_lazy("The plan started on"), _day),
    (
        "accessibility_plan.curriculum",
        gettext_lazy("Taking part in lessons and school life"),
        _words,
    ),
    ("accessibility_plan.buildings", gettext_lazy("Buildings and grounds"), _words),
    ("accessibility_plan.information", gettext_lazy("Written information"), _words),
)
_CONTACT = ("name", "about", "phone", "email", "url")
# In the order of the page.
_SECTION = (
    *_lines_of(("question", gettext_lazy("Question")), ("title", gettext_lazy("Title"))),
    *(_Part(name, label, _inside(name, Senco())) for name, label in _SENCO),
    _Part("needs", gettext_lazy("Kinds of need"), attrgetter("needs"), _needs),
    *_lines_of(("local_offer_url", gettext_lazy("The council's local offer"))),
    _Part("body", gettext_lazy("Text"), attrgetter("body"), _words),
    _Part("provisions", gettext_lazy("Extra help"), attrgetter("provisions"), _provisions),
    *(_Part(f"stages.{x}", lists.STAGE_LABELS[x], _at(x), _stage) for x in lists.Stage),
    *(_Part(name, text, _inside(name, AccessibilityPlan()), show) for name, text, show in _PLAN),
    _Part("contacts", gettext_lazy("Contacts"), attrgetter("contacts"), _rows(*_CONTACT)),
    _Part("links", gettext_lazy("Links"), attrgetter("links"), _rows("text", "url")),
    _Part("documents", gettext_lazy("Documents"), attrgetter("documents"), _files),
)
_DOCUMENT = (
    *_lines_of(("title", gettext_lazy("Title"))),
    _Part("introduction", gettext_lazy("Introduction"), attrgetter("introduction"), _words),
    *_lines_of(
        ("academic_year", gettext_lazy("Academic year")),
        ("approval.by", gettext_lazy("Approved by")),
    ),
    _Part("approval.on", gettext_lazy("Approved on"), attrgetter("approval.on"), _day),
    _Part("review_date", gettext_lazy("Next review"), attrgetter("review_date"), _day),
    _Part("tags", gettext_lazy("Topics"), attrgetter("tags"), lambda x: _Shown("\n".join(x))),
    *_lines_of(("question_set", gettext_lazy("Set of questions"))),
)
# How a list of Versions names them.
_PHRASES = {
    "title": gettext_lazy("the title"),
    "introduction": gettext_lazy("the introduction"),
    "academic_year": gettext_lazy("the year and dates"),
    "approval": gettext_lazy("the year and dates"),
    "review_date": gettext_lazy("the year and dates"),
    "tags": gettext_lazy("the topics"),
    "question_set": gettext_lazy("the set of questions"),
    "order": gettext_lazy("the order"),
}
_DUTIES = {
    lists.Duty.REQUIRED: gettext_lazy("by law"),
    lists.Duty.EXPECTED: gettext_lazy("expected"),
    lists.Duty.VOLUNTARY: gettext_lazy("the school’s choice"),
}


def _type(code: str) -> _Shown:
    found = lists.SCHOOL_TYPES.get(code.lstrip("0"))
    return _Shown(str(found.label) if found else code)


def _resourced(value: lists.ResourcedProvision) -> _Shown:
    return _Shown("" if value is lists.ResourcedProvision.NONE else str(value))


def _address(school: School) -> str:
    address = school.address
    lines = (address.street, address.locality, address.town, address.county, address.postcode)
    return "\n".join(line for line in lines if line)


_SCHOOL = (
    *_lines_of(("name", gettext_lazy("Name"))),
    _Part("school_type", gettext_lazy("Type"), attrgetter("school_type"), _type),
    _Part(
        "duty",
        gettext_lazy("Publishes SEN information"),
        attrgetter("duty"),
        lambda duty: _Shown(str(_DUTIES.get(duty, ""))),
    ),
    _Part(
        "phase",
        gettext_lazy("Phase"),
        attrgetter("phase"),
        lambda phase: _Shown(str(lists.PHASE_LABELS.get(phase, ""))),
    ),
    _Part("ages", gettext_lazy("Ages"), _ages),
    _Part(
        "resourced_provision",
        gettext_lazy("Special provision"),
        attrgetter("resourced_provision"),
        _resourced,
    ),
    _Part("address", gettext_lazy("Address"), _address),
    *_lines_of(
        ("headteacher", gettext_lazy("Headteacher")),
        ("telephone", gettext_lazy("Phone")),
        ("email", gettext_lazy("E-mail")),
        ("website", gettext_lazy("Website")),
        ("la_name", gettext_lazy("Council")),
        ("trust_name", gettext_lazy("Trust")),
        ("urn", gettext_lazy("URN")),
        ("ukprn", gettext_lazy("UKPRN")),
        ("laestab", gettext_lazy("LAESTAB")),
        ("uprn", gettext_lazy("UPRN")),
    ),
)


def _differing(parts: Iterable[_Part], before: Any, after: Any) -> Iterator[FieldChange]:
    for part in parts:
        old, new = part.get(before), part.get(after)
        if old != new:
            yield from _between(part.name, str(part.label), part.show(old), part.show(new))


def _between(name: str, label: str, before: _Shown, after: _Shown) -> Iterator[FieldChange]:
    """Yield what differs: the words, what links and abbreviations hold, or the layout alone."""
    changes = []
    if before.text != after.text:
        changes.append(FieldChange(name, label, before.text, after.text))
    if before.html != after.html:
        headings = {"links": _("Links in the text"), "abbreviations": _("Abbreviations")}
        old, new = _asides(before.html), _asides(after.html)
        for kind, heading in headings.items():
            if old[kind] != new[kind]:
                own = heading if name == "body" else _under(label, heading)
                values = ("\n".join(old[kind]), "\n".join(new[kind]))
                changes.append(FieldChange(f"{name}.{kind}", own, *values))
    yield from changes or [_layout_only(name, label)]


def _layout_only(name: str, label: str) -> FieldChange:
    own = _("Layout only") if name == "body" else _under(label, _("Layout only"))
    said = _("The words are the same; only their layout changed.")
    return FieldChange(f"{name}.layout", own, said, said)


def _under(part: str, label: str) -> str:
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


# --- lines and words ---------------------------------------------------------------------


class _Allowance:
    """What is left of the work that one field may cost."""

    def __init__(self) -> None:
        self.left = _MOST_WORK

    def covers(self, before: Sequence[str], after: Sequence[str]) -> bool:
        """Say whether two sequences may be searched for what is the same, and charge it.

        difflib looks at each pair of equal items once for each match that it finds.
        """
        counts = Counter(after)
        pairs = sum(counts[item] for item in before)
        work = (pairs + len(before)) * min(len(before), len(after))
        covered = work <= self.left
        self.left -= work if covered else 0
        return covered


def _lines_between(before: str, after: str) -> list[list[Run]]:
    allowance, lines = _Allowance(), []
    sides = [text.split("\n") if text else [] for text in (before, after)]
    for same, old, new in _blocks(sides[0], sides[1], allowance):
        if same:
            lines += [[Run("same", line)] for line in new]
        else:
            lines += [_line(*pair, allowance) for pair in _which_became_which(old, new)]
    return lines


_Block = tuple[bool, Sequence[str], Sequence[str]]


def _blocks(before: Sequence[str], after: Sequence[str], allowance: _Allowance) -> Iterator[_Block]:
    """Yield (whether they are the same, old items, new items) from start to end."""
    shorter = min(len(before), len(after))
    head = _common(before, after, shorter)
    tail = _common(before[::-1], after[::-1], shorter - head)
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    yield True, before[:head], after[:head]
    if old and new and allowance.covers(old, new):
        for tag, *ends in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
            yield tag == "equal", old[ends[0] : ends[1]], new[ends[2] : ends[3]]
    else:
        yield False, old, new
    yield True, before[len(before) - tail :], after[len(after) - tail :]


def _common(before: Sequence[str], after: Sequence[str], most: int) -> int:
    """Return how many items are the same from the start, up to `most`."""
    return next((place for place in range(most) if before[place] != after[place]), most)


def _which_became_which(
    before: Sequence[str], after: Sequence[str]
) -> Iterator[tuple[str | None, str | None]]:
    """Yield the lines of a replaced block; similar ones side by side, others with None."""
    place, reach = 0, max(1, _MOST_PAIRS // max(1, len(before)))
    for old in before:
        bag, end = set(old.split()), min(len(after), place + reach)
        found = next((each for each in range(place, end) if _similar(bag, after[each])), None)
        if found is None:
            yield old, None
        else:
            yield from ((None, new) for new in after[place:found])
            yield old, after[found]
            place = found + 1
    yield from ((None, new) for new in after[place:])


def _similar(bag: set[str], line: str) -> bool:
    """Say whether a line shares a third of the words with another's."""
    other = set(line.split())
    return bool(bag) and 6 * len(bag & other) >= len(bag) + len(other)


def _line(before: str | None, after: str | None, allowance: _Allowance) -> list[Run]:
    if before is None or after is None:
        return [Run("removed", before)] if before is not None else [Run("added", after or "")]
    return _merged(_word_runs(before, after, allowance))


def _word_runs(before: str, after: str, allowance: _Allowance) -> Iterator[Run]:
    """Yield the words; each with the blanks after it, which may differ for themselves."""
    tokens = _TOKEN.findall(before), _TOKEN.findall(after)
    places = [0, 0]
    words = [[token.rstrip() for token in side] for side in tokens]
    for same, *sides in _blocks(words[0], words[1], allowance):
        pieces = []
        for side in (0, 1):
            pieces.append(tokens[side][places[side] : places[side] + len(sides[side])])
            places[side] += len(sides[side])
        if same:
            for old, new in zip(*pieces, strict=True):
                yield from _same_word(old, new)
        else:
            yield Run("removed", "".join(pieces[0]))
            yield Run("added", "".join(pieces[1]))


def _same_word(before: str, after: str) -> Iterator[Run]:
    if before == after:
        yield Run("same", before)
        return
    word = before.rstrip()
    yield Run("same", word)
    yield Run("removed", before[len(word) :])
    yield Run("added", after[len(word) :])


def _merged(runs: Iterable[Run]) -> list[Run]:
    """Return as few runs as say the same: between two same ones, one removed and one added."""
    merged = []
    kinds: tuple[Literal["same", "removed", "added"], ...] = ("same", "removed", "added")
    # Empty ones would part what belongs together.
    told = (run for run in runs if run.text)
    for _same, group in groupby(told, key=lambda run: run.kind == "same"):
        pieces = list(group)
        texts = {kind: "".join(x.text for x in pieces if x.kind == kind) for kind in kinds}
        merged += [Run(kind, text) for kind, text in texts.items() if text]
    return merged
