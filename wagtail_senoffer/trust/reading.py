"""From files to schools: the plan, the register, or either alone."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO

from . import plan, register
from .links import Links
from .plan import Problem, School
from .register import Register
from .tables import Line, NotATable


@dataclass(frozen=True)
class Reading:
    """What two files say: schools to set up, rows that can't be, and columns that were missing."""

    schools: list[School]
    problems: list[Problem]
    missing: list[str] = field(default_factory=list)


def with_register(
    plan_file: BinaryIO, register_file: BinaryIO, links: Links | None = None
) -> Reading:
    """Read a plan, and of the register the rows that it names. Raises NotATable."""
    rows = plan.read(plan_file)
    urns = {row.urn for row in rows if row.establishment is None}
    found = Register(register_file)
    urns |= links.ends(urns) if links else set()
    entries = list(found.find(register.by_urn(urns))) if urns else []
    return Reading(*plan.resolve(rows, entries, links), found.missing)


def alone(plan_file: BinaryIO, links: Links | None = None) -> Reading:
    """Read a plan that carries the register's columns. Raises NotATable."""
    return Reading(*plan.resolve(plan.read(plan_file), links=links))


def of_register(
    register_file: BinaryIO, wanted: Callable[[Line], bool], links: Links | None = None
) -> Reading:
    """Read the rows of the register that are wanted, but for schools that are closed."""
    found = Register(register_file)
    entries = [each for each in found.find(wanted) if not each.is_closed]
    return Reading(*plan.resolve(plan.from_register(entries), links=links), found.missing)


__all__ = ["NotATable", "Reading", "alone", "of_register", "with_register"]
