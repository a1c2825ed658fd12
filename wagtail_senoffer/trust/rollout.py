"""Sets up many schools, each in a transaction of its own; a run that was killed is finished by
the next."""

import csv
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TextIO

import swapper
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..feed.offers_csv import harmless
from . import people
from .known import Known
from .plan import Problem, Refusal, School
from .setup import Setup

REPORT_COLUMNS = ("Line", "URN", "School", "Result", "Done", "To look at")


class State(StrEnum):
    """What becomes of a school."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"


STATE_LABELS = {
    State.NEW: gettext_lazy("New"),
    State.CHANGED: gettext_lazy("Changed"),
    State.SAME: gettext_lazy("Nothing to do"),
    State.REFUSED: gettext_lazy("Not done"),
}


@dataclass(frozen=True)
class Outcome:
    """What becomes of a school, or what became: the steps, and what somebody should look at."""

    line: int
    urn: str
    name: str
    state: State
    steps: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def label(self) -> str:
        """What became of it, in words."""
        return str(STATE_LABELS[self.state])


class Stopped(Exception):
    """All or none was asked for, and a school could not be done: nothing was written."""

    def __init__(self, outcomes: list[Outcome]) -> None:
        super().__init__(_("Nothing was written, because not everything could be."))
        self.outcomes = outcomes


def refused(problem: Problem) -> Outcome:
    """Return the outcome of a row that was no school."""
    return Outcome(problem.line, problem.urn, "", State.REFUSED, notes=[problem.message])


def preview(
    schools: list[School], below: Any, user: Any = None, *, publish: bool = False
) -> list[Outcome]:
    """Return what would become of some schools below a page; writes nothing.

    The queries are the same however many schools there are and of whatever.
    """
    known = Known(schools, below)
    return [_foretold(school, known, below, user, publish=publish) for school in schools]


def _foretold(school: School, known: Known, below: Any, user: Any, *, publish: bool) -> Outcome:
    try:
        setup = Setup(school, known, below, user, publish=publish)
        return _outcome(setup, [step.told for step in setup.steps()])
    except Refusal as refusal:
        return _refused(school, str(refusal))


def run(
    schools: list[School],
    below: Any,
    user: Any = None,
    *,
    publish: bool = False,
    strict: bool = False,
    each: Callable[[Outcome], None] = lambda outcome: None,
) -> list[Outcome]:
    """Set up some schools below a page; `each` hears of every one that is done.

    With `strict` all or none: raises Stopped if one can't be.
    """
    if not strict:
        return _run(schools, below, user, publish=publish, each=each)
    with transaction.atomic():
        outcomes = _run(schools, below, user, publish=publish, each=each)
        if any(outcome.state is State.REFUSED for outcome in outcomes):
            raise Stopped(outcomes)
    return outcomes


def _run(
    schools: list[School], below: Any, user: Any, *, publish: bool, each: Callable[[Outcome], None]
) -> list[Outcome]:
    if schools:
        _make_trust_groups(below, [str(school.values.get("la_name", "")) for school in schools])
    outcomes = []
    for school in schools:
        outcomes.append(_set_up(school, below.pk, user, publish=publish))
        each(outcomes[-1])
    return outcomes


@transaction.atomic
def _make_trust_groups(below: Any, councils: Iterable[str]) -> None:
    _lock(below.pk)
    for role, name, council in people.trust_groups(below, councils):
        people.make_group(below, role, name, council)


def _set_up(school: School, below_pk: Any, user: Any, *, publish: bool) -> Outcome:
    """Do one school, whole or not at all."""
    try:
        with transaction.atomic():
            below = _lock(below_pk)
            setup = Setup(school, Known([school], below), below, user, publish=publish)
            steps = setup.steps()
            for step in steps:
                step.do()
            setup.remember()
            return _outcome(setup, [step.told for step in steps])
    except Refusal as refusal:
        return _refused(school, str(refusal))
    except ValidationError as error:
        return _refused(school, " ".join(error.messages))
    except DatabaseError as error:
        message = _("The database did not take it (%(error)s). Run it again.")
        return _refused(school, message % {"error": error})


def _lock(pk: Any) -> Any:
    """Return the page that schools stand below, fresh; whoever else rolls out there waits."""
    page = swapper.load_model("wagtailcore", "Page")
    return page.objects.select_for_update().get(pk=pk)


def _outcome(setup: Setup, steps: list[str]) -> Outcome:
    school = setup.school
    state = State.NEW if setup.is_new else State.CHANGED if steps else State.SAME
    return Outcome(school.line, school.urn, school.name, state, steps, setup.kept)


def _refused(school: School, message: str) -> Outcome:
    return Outcome(school.line, school.urn, school.name, State.REFUSED, notes=[message])


def write_report(outcomes: Iterable[Outcome], file: TextIO) -> None:
    """Write what became of each school as CSV that no spreadsheet takes for formulas."""
    writer = csv.writer(file)
    writer.writerow(REPORT_COLUMNS)
    for each in outcomes:
        cells = (str(each.line), each.urn, each.name, each.label)
        row = (*cells, "; ".join(each.steps), "; ".join(each.notes))
        writer.writerow([harmless(cell) for cell in row])
