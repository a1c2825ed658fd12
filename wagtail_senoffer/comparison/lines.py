"""Which lines and words of a field differ: plain text against plain text."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import Literal

# What the search for the lines and words of one field may cost, as _Allowance reckons it:
# a quarter of a second. A paragraph of 100 words costs a three-hundredth of that.
_MOST_WORK = 10_000_000
# How many pairs of an old and a new line are tried, to see which line became which; of a
# longer passage each old line is held only against the next few new ones.
_MOST_PAIRS = 2_500
_TOKEN = re.compile(r"^\s+|\S+\s*")


@dataclass(frozen=True)
class Run:
    """A piece of a line, in plain text."""

    kind: Literal["same", "added", "removed"]
    text: str


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


def lines_between(before: str, after: str) -> list[list[Run]]:
    """Return two texts line by line; see FieldChange.lines."""
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
