"""Reads the public register of schools, "Get Information About Schools" (GIAS).

Pure Python: no database. Columns are found by their names, since they come and go from month
to month; a value whose column is missing is not known, which is another thing than empty.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from ..vocabularies import (
    NEEDS,
    SCHOOL_TYPES,
    Phase,
    ResourcedProvision,
    parse_laestab,
    parse_ukprn,
    parse_uprn,
    parse_urn,
)
from .tables import Line, NotATable, Table

# The register's statuses 2 and 4 are closed and not yet open; 3 is open, but to be closed.
CLOSED = "2"
_MIDDLE = {"3": Phase.PRIMARY, "5": Phase.SECONDARY}
_PHASES: dict[str, str] = {
    "0": "",
    "1": Phase.NURSERY,
    "2": Phase.PRIMARY,
    "4": Phase.SECONDARY,
    "6": Phase.SIXTEEN_PLUS,
    "7": Phase.ALL_THROUGH,
    **_MIDDLE,
}
_BY_GIAS_CODE = {need.gias_code: need.code for need in NEEDS.values() if need.gias_code}
_NEED_COLUMNS = [f"SEN{number} (name)" for number in range(1, 14)]
_NOT_APPLICABLE = ("", "not applicable", "none")
_REQUIRED = ("URN", "EstablishmentName")


@dataclass(frozen=True)
class Establishment:
    """A row of the register.

    `values` are by the names that a SchoolPage has for them, and lack what the register has
    no column for; `notes` say what of the row could not be used.
    """

    line: int
    urn: str
    name: str
    is_closed: bool
    closed_on: str
    trust_uid: str
    la_code: str
    values: dict[str, Any]
    notes: tuple[str, ...] = ()


class Register:
    """The rows of a register's file, read once; `missing` names the columns that it lacks.

    Raises NotATable for a file that is no register.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._table = Table(file)
        self.missing = [name for name in _COLUMNS if not self._table.has(name)]
        if lacking := [name for name in _REQUIRED if name in self.missing]:
            message = _(
                "This is no register of schools: it has no column %(columns)s. Download "
                "“Establishment fields” from Get Information About Schools."
            )
            raise NotATable(message % {"columns": ", ".join(lacking)})

    def find(self, wanted: Callable[[Line], bool]) -> Iterator[Establishment]:
        """Yield the rows that are wanted, in the file's order; the others cost next to nothing."""
        return (establishment(line) for line in self._table if wanted(line))


def by_urn(urns: set[str]) -> Callable[[Line], bool]:
    """Return what wants the rows of some URNs."""
    return lambda line: line.get("URN") in urns


def by_trust(trust: str) -> Callable[[Line], bool]:
    """Return what wants the rows of a trust, by its number (UID) or its name."""
    return _by(trust, "Trusts (code)", "Trusts (name)")


def by_council(council: str) -> Callable[[Line], bool]:
    """Return what wants the rows of a council, by its code or its name."""
    return _by(council, "LA (code)", "LA (name)")


def _by(asked: str, *columns: str) -> Callable[[Line], bool]:
    sought = asked.strip().casefold()
    return lambda line: any((line.get(name) or "").casefold() == sought for name in columns)


def establishment(line: Line) -> Establishment:
    """Return a row of the register as it says it."""
    notes: list[str] = []
    values: dict[str, Any] = {}
    for field, columns, read in _READERS:
        cells = [line.get(name) for name in columns]
        if any(cell is None for cell in cells):
            continue
        try:
            found = read(*(cell or "" for cell in cells))
        except ValueError as error:
            notes.append(str(error))
        else:
            values |= {} if found is None else {field: found}
    values |= _needs(line, notes)
    if any("\ufffd" in str(value) for value in values.values()):
        notes.append(_("Some letters could not be read. Save the file as UTF-8."))
    return Establishment(
        line=line.number,
        urn=line.get("URN") or "",
        name=values.get("title", ""),
        is_closed=(line.get("EstablishmentStatus (code)") or "").lstrip("0") == CLOSED
        or (line.get("EstablishmentStatus (name)") or "").casefold() == "closed",
        closed_on=line.get("CloseDate") or "",
        trust_uid=line.get("Trusts (code)") or "",
        la_code=line.get("LA (code)") or "",
        values=values,
        notes=tuple(notes),
    )


def _needs(line: Line, notes: list[str]) -> dict[str, list[str]]:
    cells = [line.get(name) for name in _NEED_COLUMNS]
    known = [cell for cell in cells if cell is not None]
    found = {_need(cell, notes) for cell in known if cell.casefold() not in _NOT_APPLICABLE}
    return {"sen_types": [code for code in NEEDS if code in found]} if known else {}


def _need(cell: str, notes: list[str]) -> str:
    """Return the code of a kind of need: it stands before the dash, or is the register's own."""
    code = cell.partition(" ")[0].strip("-").upper()
    found = code if code in NEEDS else _BY_GIAS_CODE.get(code.zfill(2), "")
    if not found:
        notes.append(_("“%(value)s” is no type of need that we know.") % {"value": cell})
    return found


def _text(limit: int) -> Callable[[str], str]:
    return lambda cell: "" if cell.casefold() == "not applicable" else cell[:limit]


def _number(cell: str) -> int | None:
    # Excel writes 420.0.
    whole = cell.partition(".")[0]
    return int(whole) if whole.isdecimal() and len(whole) < 7 else None


def _identifier(parse: Callable[[str], str]) -> Callable[[str], str]:
    def read(cell: str) -> str:
        if "E+" in cell.upper():
            message = _("Excel has shortened the number %(value)s. Use the file as downloaded.")
            raise ValueError(message % {"value": cell})
        return parse(cell) if cell else ""

    return read


def _laestab(council: str, number: str) -> str:
    return parse_laestab(council.zfill(3) + number.zfill(4)) if council and number else ""


def _school_type(cell: str) -> str:
    code = cell.lstrip("0")
    if code and code not in SCHOOL_TYPES:
        message = _("Schools of type %(value)s publish no report. Choose the type by hand.")
        raise ValueError(message % {"value": cell})
    return code


def _phase(cell: str) -> str:
    found = _PHASES.get(cell.lstrip("0") or "0")
    if found is None:
        raise ValueError(_("“%(value)s” is no phase that we know.") % {"value": cell})
    return str(found)


def _resourced(cell: str) -> str:
    kinds = {each.value.casefold(): each.value for each in ResourcedProvision}
    found = kinds.get(cell.casefold()) if cell else ResourcedProvision.NONE.value
    if found is None:
        message = _("“%(value)s” is no kind of resourced provision that we know.")
        raise ValueError(message % {"value": cell})
    return str(found)


def _places(*cells: str) -> int | None:
    found = [number for cell in cells if (number := _number(cell)) is not None]
    return sum(found) if found else None


def _website(cell: str) -> str:
    if not cell or "." not in cell or " " in cell or "@" in cell:
        return ""
    return (cell if "://" in cell else f"https://{cell}")[:200]


_Reader = tuple[str, tuple[str, ...], Callable[..., Any]]
_READERS: tuple[_Reader, ...] = (
    ("title", ("EstablishmentName",), _text(255)),
    ("urn", ("URN",), _identifier(parse_urn)),
    ("ukprn", ("UKPRN",), _identifier(parse_ukprn)),
    ("laestab", ("LA (code)", "EstablishmentNumber"), _laestab),
    ("uprn", ("UPRN",), _identifier(parse_uprn)),
    ("school_type", ("TypeOfEstablishment (code)",), _school_type),
    ("phase", ("PhaseOfEducation (code)",), _phase),
    ("minimum_age", ("StatutoryLowAge",), _number),
    ("maximum_age", ("StatutoryHighAge",), _number),
    ("capacity", ("SchoolCapacity",), _number),
    ("resourced_provision", ("TypeOfResourcedProvision (name)",), _resourced),
    ("resourced_places", ("ResourcedProvisionCapacity", "SenUnitCapacity"), _places),
    ("la_name", ("LA (name)",), _text(100)),
    ("trust_name", ("Trusts (name)",), _text(200)),
    ("street", ("Street",), _text(200)),
    ("locality", ("Locality",), _text(100)),
    ("town", ("Town",), _text(100)),
    ("county", ("County (name)",), _text(100)),
    ("postcode", ("Postcode",), _text(10)),
    ("telephone", ("TelephoneNum",), _text(50)),
    ("website", ("SchoolWebsite",), _website),
)
_COLUMNS = (
    *dict.fromkeys(name for _field, columns, _read in _READERS for name in columns),
    "EstablishmentStatus (code)",
    *_NEED_COLUMNS,
)
