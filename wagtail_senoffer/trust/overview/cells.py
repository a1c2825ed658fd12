"""What a cell of the table says of one section of one document: from `find_problems` alone (P6)."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

from ...completeness import Problem
from ...compliance import Compliance
from ...rulesets import Kind, Ruleset, Rulesets

# The column for what is wrong in no section of its own.
REST = ""


class State(StrEnum):
    """How a section stands."""

    THERE = "there"
    LOOK = "look"
    OLD_WORDS = "old-words"
    EXPECTED = "expected"
    MISSING = "missing"
    NOT_ASKED = "not-asked"
    UNREADABLE = "unreadable"
    NOT_PUBLISHED = "not-published"


LABELS: dict[State, Any] = {
    State.THERE: _("There"),
    State.LOOK: _("There, but look at it"),
    State.OLD_WORDS: _("There, with the trust’s old words"),
    State.EXPECTED: _("Empty; expected, not required"),
    State.MISSING: _("Missing"),
    State.NOT_ASKED: _("Not asked of this type of school"),
    State.UNREADABLE: _("Can't be read"),
    State.NOT_PUBLISHED: _("Not published"),
}
# For the eye; each has its label for everybody else.
SYMBOLS: dict[State, str] = {
    State.THERE: "✓",
    State.LOOK: "!",
    State.OLD_WORDS: "↻",
    State.EXPECTED: "○",
    State.MISSING: "✕",
    State.NOT_ASKED: "–",
    State.UNREADABLE: "?",
    State.NOT_PUBLISHED: "·",
}


@dataclass(frozen=True)
class Heading:
    """A section that some ruleset asks for."""

    code: str
    title: str


@dataclass(frozen=True)
class Cell:
    """A section's state, and what is wrong there."""

    state: State
    problems: tuple[Problem, ...] = ()

    @property
    def label(self) -> str:
        """The state in words."""
        return str(LABELS[self.state])


@dataclass(frozen=True)
class What:
    """What schools are held against: all that is asked of a kind of document, or one ruleset."""

    kind: Kind
    ruleset: Ruleset | None = None

    def rulesets(self, known: Rulesets, on: date) -> list[Ruleset]:
        """Return the rulesets that count on a day."""
        if self.ruleset:
            found = [self.ruleset]
        elif self.kind is Kind.OFFER:
            found = known.question_sets()
        else:
            found = known.for_kind(self.kind)
        # A question set counts for as long as a school chooses it.
        return [each for each in found if each.is_question_set or each.in_force(on)]

    def headings(self, known: Rulesets, on: date) -> list[Heading]:
        """Return the sections that are asked for on a day, each once, and the rest."""
        rules = [rule for ruleset in self.rulesets(known, on) for rule in ruleset.sections]
        titles = {rule.code: rule.title for rule in reversed(rules)}
        codes = dict.fromkeys(rule.code for rule in rules)
        return [
            *(Heading(code, titles[code]) for code in codes),
            Heading(REST, str(_("Everything else"))),
        ]

    def narrow(self, found: Compliance) -> Compliance:
        """Return how a document stands by what counts here."""
        return found.by(self.ruleset.id) if self.ruleset else found


def cells(
    found: Compliance, headings: list[Heading], spared: Collection[str] = ()
) -> dict[str, Cell]:
    """Return a document's cells, by the codes of sections.

    `spared` are those that schools of its type need not answer, for one that is not published.
    """
    if found.document is not None:
        return dict(_judged(found, headings))
    if found.version is not None:
        return {each.code: Cell(State.UNREADABLE) for each in headings}
    asked = [each.code for each in headings if each.code != REST and each.code not in spared]
    published = Cell(State.NOT_PUBLISHED) if asked else Cell(State.NOT_ASKED)
    return {
        each.code: Cell(State.NOT_ASKED) if each.code in spared else published for each in headings
    }


def with_old_words(found: dict[str, Cell], codes: Collection[str]) -> dict[str, Cell]:
    """Return cells that say where the trust has other words by now, if nothing worse is said."""
    there = {code for code in codes if code in found and found[code].state is State.THERE}
    return found | dict.fromkeys(there, Cell(State.OLD_WORDS))


def _judged(found: Compliance, headings: list[Heading]) -> Iterator[tuple[str, Cell]]:
    answers: dict[str, bool] = {each.rule.code: each.is_answered for each in found.asked}
    problems: Mapping[str, list[Problem]] = defaultdict(list)
    columns = {each.code for each in headings}
    for problem in found.problems:
        problems[problem.section if problem.section in columns else REST].append(problem)
    for heading in headings:
        its = tuple(problems[heading.code])
        yield heading.code, Cell(_state(heading.code, answers, its), its)


def _state(code: str, answers: Mapping[str, bool], problems: tuple[Problem, ...]) -> State:
    if any(problem.is_error for problem in problems):
        return State.MISSING
    if not answers.get(code, True):
        return State.EXPECTED
    if problems:
        return State.LOOK
    return State.THERE if code in answers or code == REST else State.NOT_ASKED
