"""What each school offers as CSV: for people with a spreadsheet, and for Outpost's import."""

import csv
import io
from collections.abc import Iterable, Iterator

from django.http import HttpRequest, StreamingHttpResponse

from .. import conf
from ..models.feed import ItemKind, State
from . import taxonomies
from .answers import refuse_unknown
from .items import Json, read
from .outpost import COLUMNS as OUTPOST
from .outpost import local_offer
from .scope import Scope

COLUMNS = (
    *("URN", "School", "LA", "Phase", "Type", "Town", "Postcode", "Phone", "E-mail", "Website"),
    *("SENCO", "Needs", "Report address", "Academic year", "Review date", "Version"),
    *("Published", "Assured"),
)

# Services at once: a whole one may have some hundred kilobytes.
_AT_ONCE = 100
# With these at its start a cell is a formula to a spreadsheet, and may run a program.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def offers(request: HttpRequest) -> StreamingHttpResponse:
    """Answer with a line a school, made as it is sent."""
    refuse_unknown(request, set())
    response = StreamingHttpResponse(
        pieces(request.scope), content_type="text/csv; charset=utf-8; header=present"
    )
    response["Content-Disposition"] = 'attachment; filename="offers.csv"'
    return response


def pieces(scope: Scope) -> Iterator[bytes]:
    """Yield the table in pieces of some lines, as the bytes of a file."""
    # Without a byte order mark Excel takes UTF-8 for something else.
    yield "\ufeff".encode() + _written([(*COLUMNS, *OUTPOST)])
    for bodies in _services(scope):
        yield _written(_line(body) for body in bodies)


def _written(lines: Iterable[Iterable[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([harmless(cell) for cell in line] for line in lines)
    return text.getvalue().encode()


def harmless(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _services(scope: Scope) -> Iterator[list[Json]]:
    """Yield the schools' own services, some at a time.

    A query each, since one that stays open while a slow reader takes the answer would stop
    SQLite's writers.
    """
    live = scope.changes(ItemKind.SERVICE).filter(state=State.ACTIVE).order_by("pk")
    last = 0
    while rows := live.filter(pk__gt=last).values_list("pk", "body")[:_AT_ONCE]:
        found = [read(body) for _pk, body in rows]
        # What a school lists apart has no line of its own.
        yield [body for body in found if "send_part_of" not in body]
        if len(rows) < _AT_ONCE:
            return
        last = max(pk for pk, _body in rows)


def _line(body: Json) -> list[str]:
    return [*_about_the_school(body), *_about_the_report(body), *local_offer(body, conf.rulesets())]


def _about_the_school(body: Json) -> list[str]:
    school, organization = body.get("send_school", {}), body.get("organization", {})
    address = _first(_first(body.get("locations")).get("addresses"))
    senco = [each for each in body.get("contacts", ()) if each.get("title") == "SENCO"]
    return [
        school.get("urn", ""),
        organization.get("name", ""),
        school.get("local_authority", ""),
        _name(taxonomies.PHASES, school.get("phase", "")),
        _name(taxonomies.SCHOOL_TYPE, school.get("school_type", "")),
        address.get("city", ""),
        address.get("postal_code", ""),
        _first(body.get("phones")).get("number", ""),
        body.get("email", ""),
        organization.get("website", ""),
        _first(senco).get("name", ""),
        "; ".join(_needs(body)),
    ]


def _about_the_report(body: Json) -> list[str]:
    """Return what there is to say of the report, or of the offer of a school that has none."""
    report = body.get("send_information_report", {})
    main = report or body.get("send_local_offer", {})
    return [
        report.get("url", ""),
        main.get("academic_year", ""),
        main.get("review_date", ""),
        str(main.get("version", "")),
        main.get("published", "")[:10],
        body.get("assured_date", ""),
    ]


def _first(rows: list[Json] | None) -> Json:
    return rows[0] if rows else {}


def _name(taxonomy: str, code: str) -> str:
    found = taxonomies.term(taxonomy, code)
    return found.name if found else code


def _needs(body: Json) -> Iterator[str]:
    needs = str(taxonomies.TAXONOMIES[taxonomies.SEN_TYPES].id)
    for each in body.get("attributes", ()):
        if each["taxonomy_term"]["taxonomy_id"] == needs:
            yield each["taxonomy_term"]["name"]
