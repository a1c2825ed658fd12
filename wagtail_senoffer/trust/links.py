"""Reads the register's links: which school followed which, when one closed or had a new URN.

Pure Python: no database. What the file leaves open (a split, a merger, a circle) is never
guessed: it is told, for somebody to decide.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import BinaryIO

from django.utils.translation import gettext as _

from ..vocabularies import parse_urn
from .tables import Line, NotATable, Table

# Kinds by the words that their names begin with.
_SUCCESSOR, _PREDECESSOR = "successor", "predecessor"
# They say that schools were made one, and not which of them goes on.
_UNDIRECTED = ("result of amalgamation", "merged", "closure")
# They say nothing of what followed a school.
_OTHERWISE = ("sixth form centre", "other", "expansion")
_ONE_OF_SEVERAL = ("merged", "amalgamated")
_DATES = ("%d-%m-%Y", "%d/%m/%Y", "%Y-%m-%d")
_REQUIRED = ("URN", "LinkURN", "LinkType")
# No school ever had so many URNs one after the other; a file that says so is damaged.
MAX_STEPS = 100


class Doubt(StrEnum):
    """Why the links don't say what followed a school, or what it followed."""

    SPLIT = "split"
    MERGED = "merged"
    CIRCLE = "circle"
    # Made one with another school; the file doesn't say which of them goes on.
    UNCLEAR = "unclear"
    # Closed, and nothing in the file follows it.
    CLOSED = "closed"
    # Dated later than today.
    COMING = "coming"


@dataclass(frozen=True)
class Ending:
    """What became of a school: the URNs on its way, the first its own, and where that ends.

    Without `doubt`, `urn` is the one school that it is now. Of a circle, `ends` are those who
    are in it or behind it.
    """

    way: tuple[str, ...]
    ends: tuple[str, ...]
    doubt: Doubt | None = None

    @property
    def urn(self) -> str:
        """The URN of the school at the end; "" if the file doesn't say which."""
        return "" if self.doubt else self.ends[0]


@dataclass(frozen=True)
class Before:
    """A school that another one followed, at once or later.

    `doubt` says why it can't be told that the one is the other, and `others` who is why; of
    what is still to come, the day.
    """

    urn: str
    doubt: Doubt | None = None
    others: tuple[str, ...] = ()


@dataclass
class _Pair:
    """All that the file says of a school and one that followed it."""

    days: set[date] = field(default_factory=set)
    sides: set[str] = field(default_factory=set)
    kinds: set[str] = field(default_factory=set)

    def is_coming(self, today: date) -> bool:
        return bool(self.days) and min(self.days) > today


class Links:
    """The links of a file, as they are on a day: what is dated later has not happened yet.

    `names` are the schools' by URN; `unknown` counts links of kinds that we don't know,
    `unread` names the lines that have no URNs, `undated` counts dates that are none. Raises
    NotATable for a file that has no such links.
    """

    def __init__(self, file: BinaryIO, today: date) -> None:
        table = Table(file)
        if lacking := [name for name in _REQUIRED if not table.has(name)]:
            message = _(
                "These are no links of schools: there is no column %(columns)s. Download "
                "“Establishment links” from Get Information About Schools."
            )
            raise NotATable(message % {"columns": ", ".join(lacking)})
        self.names: dict[str, str] = {}
        self.unknown: Counter[str] = Counter()
        self.unread: list[int] = []
        self.rows = self.undated = 0
        self._pairs: dict[tuple[str, str], _Pair] = {}
        self._partners: dict[str, set[str]] = {}
        for line in table:
            self.rows += 1
            self._take(line)
        pairs = {pair for pair, said in self._pairs.items() if not said.is_coming(today)}
        self.coming = sorted(set(self._pairs) - pairs)
        self._awaited = _grouped((new, old) for old, new in self.coming)
        self.successors = _grouped(sorted(pairs))
        self.predecessors = _grouped(sorted((new, old) for old, new in pairs))

    def _take(self, line: Line) -> None:
        try:
            urn, other = (parse_urn(line.get(name) or "") for name in ("URN", "LinkURN"))
        except ValueError:
            self.unread.append(line.number)
            return
        if name := line.get("LinkName"):
            self.names.setdefault(other, name)
        kind = " ".join((line.get("LinkType") or "").split()).casefold()
        if urn == other or kind.startswith(_OTHERWISE):
            return
        if kind.startswith((_SUCCESSOR, _PREDECESSOR)):
            old, new = (urn, other) if kind.startswith(_SUCCESSOR) else (other, urn)
            pair = self._pairs.setdefault((old, new), _Pair())
            pair.sides.add(urn)
            pair.kinds.add(kind)
            pair.days |= self._day(line.get("LinkEstablishedDate") or "")
        elif kind.startswith(_UNDIRECTED):
            self._partners.setdefault(urn, set()).add(other)
            self._partners.setdefault(other, set()).add(urn)
        else:
            self.unknown[line.get("LinkType") or ""] += 1

    def _day(self, cell: str) -> set[date]:
        if not cell:
            return set()
        for form in _DATES:
            try:
                # A time that a spreadsheet put behind it says nothing more.
                return {datetime.strptime(cell.partition(" ")[0], form).date()}
            except ValueError:
                continue
        self.undated += 1
        return set()

    @property
    def urns(self) -> set[str]:
        """All URNs that followed one, or were followed."""
        return {*self.successors, *self.predecessors, *self._partners}

    @property
    def one_sided(self) -> int:
        """How many are told of by one of the two schools alone."""
        return sum(len(pair.sides) == 1 for pair in self._pairs.values())

    def ending(self, urn: str, closed: Collection[str] = ()) -> Ending:
        """Return what became of a school. `closed` are those that the register has as closed."""
        walk = _Walk(urn, self.successors)
        doubt = self._doubt_of(walk)
        if doubt is None:
            end = walk.ends[0]
            # Of partners, what is on the way already has been told which way it went.
            if self._partners.get(end, set()) - set(walk.way):
                doubt = Doubt.UNCLEAR
            elif end in closed:
                doubt = Doubt.CLOSED
        return Ending(walk.way, walk.circle or walk.ends, doubt)

    def _doubt_of(self, walk: "_Walk") -> Doubt | None:
        if walk.is_circular:
            return Doubt.CIRCLE
        kinds = self._kinds(walk.steps)
        return Doubt.SPLIT if len(walk.ends) > 1 or "split" in kinds else None

    def ends(self, urns: Iterable[str]) -> set[str]:
        """Return all URNs in which the ways of some schools end."""
        return {end for urn in urns for end in self.ending(urn).ends}

    def partners(self, urn: str) -> tuple[str, ...]:
        """Return the schools with which one was made one, without a word on which goes on."""
        return tuple(sorted(self._partners.get(urn, ())))

    def before(self, urn: str) -> tuple[Before, ...]:
        """Return the schools that one followed, the nearest first, and those it is to follow."""
        back = _Walk(urn, self.predecessors, most=MAX_STEPS)
        past = [self._before(each, urn) for each in back.reached[1:]]
        return (*past, *(self._coming(old, urn) for old in self._awaited.get(urn, ())))

    def _coming(self, old: str, urn: str) -> Before:
        return Before(old, Doubt.COMING, (min(self._pairs[old, urn].days).isoformat(),))

    def _before(self, old: str, urn: str) -> Before:
        """Say whether one school is another's only past, and that its only future."""
        on = _Walk(old, self.successors, stop=urn)
        back = _Walk(urn, self.predecessors, stop=old)
        kinds = self._kinds(on.steps)
        if on.is_circular or back.is_circular or self._leads(urn, old):
            circle = {*on.circle, *back.circle} or {urn}
            return Before(old, Doubt.CIRCLE, tuple(sorted(circle - {old})))
        elsewhere = self._beside(urn, on)
        if elsewhere or "split" in kinds:
            return Before(old, Doubt.SPLIT, elsewhere)
        also = self._beside(old, back)
        if also or kinds & set(_ONE_OF_SEVERAL):
            return Before(old, Doubt.MERGED, also)
        return Before(old)

    def _leads(self, urn: str, other: str) -> bool:
        return other in _Walk(urn, self.successors).reached

    def _beside(self, urn: str, walk: "_Walk") -> tuple[str, ...]:
        """Return who on a walk is not in line with a school: neither before nor after it.

        So a link that skips a step, which many a file has, is no split and no merger.
        """
        if len(walk.ends) == 1 and len(walk.steps) == len(walk.reached) - 1:
            return ()
        line = {*_Walk(urn, self.successors).reached, *_Walk(urn, self.predecessors).reached}
        return tuple(each for each in walk.reached if each not in line)

    def _kinds(self, steps: Iterable[tuple[str, str]]) -> set[str]:
        """Return the words of the kinds of some steps."""
        return {word for step in steps for kind in self._pairs[step].kinds for word in kind.split()}


class _Walk:
    """All ways from a school: whom they reach, where they end, whether they turn in a circle.

    They stop at `stop`, and after `most` schools. `way` has all in an order in which each
    comes after those that lead to it, as far as there is one.
    """

    def __init__(
        self, start: str, ahead: Mapping[str, list[str]], *, stop: str = "", most: int = 0
    ) -> None:
        self.reached = [start]
        arrivals: Counter[str] = Counter()
        self.steps: list[tuple[str, str]] = []
        seen = {start}
        for urn in self.reached:
            for after in () if urn == stop else ahead.get(urn, ()):
                arrivals[after] += 1
                self.steps.append((urn, after))
                if after not in seen and not (most and len(seen) > most):
                    seen.add(after)
                    self.reached.append(after)
        on = _grouped(self.steps)
        self.ends = tuple(urn for urn in self.reached if urn not in on)
        self.way = tuple(_in_order(start, on, arrivals))
        ordered = set(self.way)
        self.circle = tuple(urn for urn in self.reached if urn not in ordered)

    @property
    def is_circular(self) -> bool:
        """Whether a way leads back to where it was before."""
        return bool(self.circle)


def _in_order(start: str, on: Mapping[str, list[str]], arrivals: Counter[str]) -> list[str]:
    """Return who can be put in order: everyone but those in a circle, and behind one."""
    found = [] if arrivals[start] else [start]
    for urn in found:
        for after in on.get(urn, ()):
            arrivals[after] -= 1
            if not arrivals[after]:
                found.append(after)
    return found


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one, other in pairs:
        found.setdefault(one, []).append(other)
    return found
