"""Which section became which, and what became of it."""

from collections import defaultdict, deque
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

from django.utils.translation import gettext as _

from ..document import Section
from .differences import FieldChange, between, differ, differing, under
from .fields import SECTION, Shown


class Change(StrEnum):
    """What became of a section."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


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


class Match(NamedTuple):
    """Two sections, one of them blank if it is not there; `place` is the older one's."""

    change: Change
    old: Section
    new: Section
    place: int = -1


def matched(before: Sequence[Section], after: Sequence[Section]) -> list[Match]:
    """Return the sections by code, and those of one code by id, then by their order."""
    partners: dict[int, int] = {}
    _find_partners(partners, [(x.code, x.id) for x in before], [(x.code, x.id) for x in after])
    _find_partners(partners, [x.code for x in before], [x.code for x in after])
    places = {old: new for new, old in partners.items()}
    removed, last = defaultdict[int, list[Match]](list), -1
    for place, old in enumerate(before):
        if place in places:
            last = places[place]
        else:
            removed[last].append(Match(Change.REMOVED, old, _blank(old), place))
    found = removed[-1]
    for place, new in enumerate(after):
        if place in partners:
            kept = Match(Change.CHANGED, before[partners[place]], new, partners[place])
        else:
            kept = Match(Change.ADDED, _blank(new), new)
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


def title_of(section: Section) -> str:
    """Return what a reader sees above a section."""
    return section.question or section.title or _("More information")


def order(matches: list[Match]) -> Iterator[FieldChange]:
    """Yield the order of the sections that were kept, if it is another one."""
    kept = [match for match in matches if match.change is Change.CHANGED]
    before = sorted(kept, key=lambda match: match.place)
    if kept != before:
        titles = ["\n".join(title_of(each.new) for each in these) for these in (before, kept)]
        yield from between("order", _("Order"), Shown(titles[0]), Shown(titles[1]))


def particulars(code: str, title: str, fields: tuple[FieldChange, ...]) -> SectionChange:
    """Return what became of that which is no section."""
    return SectionChange(code, title, title, Change.CHANGED if fields else Change.UNCHANGED, fields)


def section_change(match: Match, titles: Mapping[str, str]) -> SectionChange:
    """Return a section with all of its fields that differ. `titles` are those of all, by code."""
    new, fields = match.new, tuple(section_fields(match, titles))
    return SectionChange(
        new.code, title_of(new), short_title(new), became(match, bool(fields)), fields
    )


def short_title(section: Section) -> str:
    """Return what a list has room for."""
    return section.title or title_of(section)


def became(match: Match, differs: bool) -> Change:
    """Return what became of a section, by whether any of its fields differs."""
    same = match.change is Change.CHANGED and not differs
    return Change.UNCHANGED if same else match.change


def section_fields(match: Match, titles: Mapping[str, str]) -> Iterator[FieldChange]:
    """Yield the fields of a section that differ."""
    old, new = match.old, match.new
    if old == new:
        return
    yield from _own_fields(match)
    if old.answered_in != new.answered_in:
        targets = [Shown(titles.get(each.answered_in, each.answered_in)) for each in (old, new)]
        yield from between("answered_in", _("We answer this under"), *targets)
    # A reader sees a drawn section's own fields, not where it points or what it draws on.
    for drawn in matched(old.drawn, new.drawn):
        for field in _own_fields(drawn):
            name = f"drawn.{drawn.new.code}.{field.name}"
            title = drawn.new.title or title_of(drawn.new)
            yield replace(field, name=name, label=under(title, field.label))


def differs(match: Match, titles: Mapping[str, str]) -> bool:
    """Say whether a section has fields that differ, without working out all of them."""
    return match.old != match.new and (
        differ(SECTION, match.old, match.new) or any(section_fields(match, titles))
    )


def _own_fields(match: Match) -> Iterator[FieldChange]:
    for field in differing(SECTION, match.old, match.new):
        # Of a section that is new as a whole, the layout is new as well.
        if match.change is Change.CHANGED or field.before != field.after:
            yield field
