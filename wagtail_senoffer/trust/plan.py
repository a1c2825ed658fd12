"""The trust's own small table: which schools, where each stands, and whose each is.

Pure Python: no database. What is wrong with a row is said with its line, and stops that row.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from django.utils.text import slugify
from django.utils.translation import gettext as _

from ..vocabularies import parse_urn, parse_urns
from . import register
from .links import Before, Doubt, Links
from .register import Establishment
from .tables import Line, NotATable, Table

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_HOST = re.compile(
    r"(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}|[\d.]{7,15}"
)
_EMAIL = re.compile(r"[^@\s,;<>\"]{1,64}@(?:[\w-]+\.)+[\w-]{2,}")
_BETWEEN = re.compile(r"[\s,;]+")
MAX_SLUG = 80
# In the column "Predecessor": a school that is to have a page of its own.
_ITS_OWN = "new"
_MOST_NAMED = 5


@dataclass(frozen=True)
class Problem:
    """Why a row is not done: its line in the plan, or 0 for none."""

    line: int
    urn: str
    message: str


class Refusal(ValueError):
    """A school can't be set up; the text says why, and what to do."""


@dataclass(frozen=True)
class School:
    """A school as it is to be set up; all of it is plain data.

    `named` says whether the plan named the slug; another one may do as well where it did not.
    `before` are the schools that it followed, the nearest first; `decided` says that the plan
    named them.
    """

    line: int
    urn: str
    name: str
    slug: str
    named: bool = False
    hostname: str = ""
    port: int | None = None
    editors: tuple[str, ...] = ()
    moderators: tuple[str, ...] = ()
    values: dict[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    before: tuple[Before, ...] = ()
    decided: bool = False


@dataclass(frozen=True)
class Row:
    """A row of the plan; `establishment` if the plan carries the register's columns too."""

    line: int
    urn: str
    slug: str
    hostname: str
    editors: str
    moderators: str
    establishment: Establishment | None = None
    predecessor: str = ""


def read(file: BinaryIO) -> list[Row]:
    """Return the rows of a plan. Raises NotATable for a file that is none."""
    table = Table(file)
    if not table.has("URN"):
        message = _("The plan has no column “URN”. Its columns are: %(columns)s.")
        raise NotATable(message % {"columns": ", ".join(table.columns)})
    whole = table.has("EstablishmentName")
    return [_row(line, whole=whole) for line in table]


def _row(line: Line, *, whole: bool) -> Row:
    return Row(
        line=line.number,
        urn=line.get("URN") or "",
        slug=line.get("Slug") or line.get("Path") or "",
        hostname=line.get("Hostname") or "",
        editors=line.get("Editors") or "",
        moderators=line.get("Moderators") or "",
        establishment=register.establishment(line) if whole else None,
        predecessor=line.get("Predecessor") or "",
    )


def from_register(found: Iterable[Establishment]) -> list[Row]:
    """Return a plan that has nothing but rows of the register."""
    return [Row(each.line, each.urn, "", "", "", "", each) for each in found]


def resolve(
    rows: list[Row], found: Iterable[Establishment] = (), links: Links | None = None
) -> tuple[list[School], list[Problem]]:
    """Return the schools that can be set up, and why the others can't.

    `found` are the register's rows of the URNs in the plan, and of those in which they ended;
    `links` say who followed whom.
    """
    entries: dict[str, Establishment] = {}
    for each in found:
        entries.setdefault(each.urn, each)
    taken: dict[tuple[str, str], int] = {}
    closed = {urn for urn, entry in entries.items() if entry.is_closed}
    schools, problems = [], []
    for row in rows:
        try:
            entry = row.establishment or entries.get(row.urn)
            schools.append(_school(row, entry, taken, links, closed))
        except ValueError as error:
            problems.append(Problem(row.line, row.urn, str(error)))
    followed = {before.urn: each for each in schools for before in _certain(each)}
    return (
        [each for each in schools if each.urn not in followed],
        [*problems, *(_superseded(x, followed[x.urn]) for x in schools if x.urn in followed)],
    )


def _certain(school: School) -> tuple[Before, ...]:
    return tuple(each for each in school.before if each.doubt is None)


def _superseded(school: School, after: School) -> Problem:
    message = _("%(name)s in line %(line)d followed this school. Delete this row.")
    words = {"name": after.name, "line": after.line}
    return Problem(school.line, school.urn, message % words)


def _school(
    row: Row,
    entry: Establishment | None,
    taken: dict[tuple[str, str], int],
    links: Links | None,
    closed: Collection[str],
) -> School:
    """Return the school of a row. Raises ValueError for a row that can't be done."""
    urn = parse_urn(row.urn)
    if other := taken.get(("urn", urn)):
        message = _("The URN %(urn)s is in line %(line)d already. Delete one of the two.")
        raise ValueError(message % {"urn": urn, "line": other})
    if entry is None or not entry.name:
        message = _("The register has no school with the URN %(urn)s. Check the number.")
        raise ValueError(message % {"urn": urn})
    if entry.is_closed:
        message = _("%(name)s is closed%(day)s. %(advice)s")
        day = f" ({entry.closed_on})" if entry.closed_on else ""
        advice = what_followed(urn, links, closed)
        raise ValueError(message % {"name": entry.name, "day": day, "advice": advice})
    hostname, port = _address(row.hostname)
    school = School(
        line=row.line,
        urn=urn,
        name=entry.name,
        slug=_slug(row, entry.name, taken),
        named=bool(row.slug),
        hostname=hostname,
        port=port,
        editors=_emails(row.editors),
        moderators=_emails(row.moderators),
        values=entry.values,
        notes=entry.notes,
        before=_before(row, urn, links),
        decided=bool(row.predecessor),
    )
    own = [(what, value) for what in ("hostname", "slug") if (value := getattr(school, what))]
    for what, value in own:
        if other := taken.get((what, value)):
            message = _("“%(value)s” is taken by line %(line)d. Each school needs one of its own.")
            raise ValueError(message % {"value": value, "line": other})
    taken |= dict.fromkeys([("urn", urn), *own], row.line)
    return school


def _before(row: Row, urn: str, links: Links | None) -> tuple[Before, ...]:
    """Return the schools that one followed: as the plan says, else as the links do."""
    if not row.predecessor:
        return links.before(urn) if links else ()
    if row.predecessor.casefold() == _ITS_OWN:
        return ()
    try:
        named = parse_urns(row.predecessor)
    except ValueError as error:
        message = _("Predecessor “%(cell)s”: write URNs with a semicolon between two, or “new”.")
        raise ValueError(message % {"cell": row.predecessor}) from error
    if urn in named:
        raise ValueError(_("A school can't be its own predecessor. Correct one of the two URNs."))
    return tuple(Before(each) for each in named)


def what_followed(urn: str, links: Links | None, closed: Collection[str] = ()) -> str:
    """Return what to do about a school that is closed, as far as the links tell.

    `closed` are the schools that the register has as closed, this one among them.
    """
    if links is None:
        return str(_("Take the URN of the school that followed it."))
    found = links.ending(urn, closed)
    if len(found.way) == 1 and found.doubt in (None, Doubt.CLOSED):
        return str(_("The links name no school that followed it."))
    if found.urn:
        words = {"urn": found.urn, "name": links.names.get(found.urn, "")}
        return str(_("Take the URN of the school that followed it: %(urn)s (%(name)s).") % words)
    others = links.partners(found.ends[0]) if found.doubt is Doubt.UNCLEAR else found.ends
    reason = why(found.doubt, others)
    return str(_("What followed it is not certain. %(why)s") % {"why": reason})


def why(doubt: Doubt | None, others: tuple[str, ...]) -> str:
    """Return in words why the links leave a school's past or future open."""
    reasons = {
        Doubt.SPLIT: _("It was split, or went to several schools: %(urns)s."),
        Doubt.MERGED: _("Several schools became one: %(urns)s."),
        Doubt.CIRCLE: _("The links go round in a circle: %(urns)s."),
        Doubt.UNCLEAR: _("It became one with others, and the links don't say which: %(urns)s."),
        Doubt.CLOSED: _("The last that the links name is closed too: %(urns)s."),
        Doubt.COMING: _("This school is to follow it only on this day: %(urns)s."),
    }
    some = [*others[:_MOST_NAMED], *("…" for _more in others[_MOST_NAMED : _MOST_NAMED + 1])]
    named = ", ".join(some) or _("unnamed")
    return str(reasons[doubt] % {"urns": named}) if doubt else ""


def _slug(row: Row, name: str, taken: dict[tuple[str, str], int]) -> str:
    if not row.slug:
        made = slugify(name)[:MAX_SLUG].strip("-") or row.urn
        # Many a school is called St Mary's.
        return f"{made}-{row.urn}" if ("slug", made) in taken else made
    slug = row.slug.strip("/").lower()
    if not _SLUG.fullmatch(slug) or len(slug) > MAX_SLUG:
        message = _("“%(slug)s” can't be part of an address: use letters, digits and hyphens only.")
        raise ValueError(message % {"slug": row.slug})
    return slug


def _address(text: str) -> tuple[str, int | None]:
    """Return the host name and, if it is said, the port. Raises ValueError for no host name."""
    if not text:
        return "", None
    scheme, _sign, rest = text.lower().rpartition("://")
    host, colon, number = rest.strip("/").partition(":")
    known = {"": None, "https": 443, "http": 80}
    port = int(number) if number.isdecimal() else known.get(scheme)
    wrong = colon and not (number.isdecimal() and 0 < int(number) < 65536)
    if wrong or scheme not in known or not (_HOST.fullmatch(host) or host == "localhost"):
        message = _("“%(host)s” is no host name. Write it like oak.example.org.")
        raise ValueError(message % {"host": text})
    return host, port


def _emails(text: str) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(each.lower() for each in _BETWEEN.split(text) if each))
    for each in found:
        if not _EMAIL.fullmatch(each) or len(each) > 150:
            message = _("“%(email)s” is no e-mail address. Put a semicolon between two.")
            raise ValueError(message % {"email": each})
    return found
