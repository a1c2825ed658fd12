"""What can be asked of the feed: the parameters of each endpoint, and how they are read.

Strictly: what OpenAPI doesn't promise is refused, so a harvester learns of its mistake.
"""

import re
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

PER_PAGE = 200
MAX_PER_PAGE = 500
# The largest number that JavaScript's harvesters can count to: RPDE's end of the feed.
MAX_NUMBER = 2**53 - 1

_WHOLE = r"^-?\d{1,16}$"
_UUID = r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
_MOMENT = re.compile(
    r"(\d{4}-\d{2}-\d{2})(?:[Tt ](\d{2}:\d{2}):(\d{2})(?:\.(\d+))?([Zz]|[+ -]\d{2}:\d{2})?)?",
    re.ASCII,
)
# No null, and not what stands for bytes that are no UTF-8: see `answers.unreadable_reason`.
_SAYS_SOMETHING = r"^[^\u0000\ufffd]*[^\s\u0000\ufffd][^\u0000\ufffd]*$"
_LOCALE = r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$"
_CLOCK = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
_POSTCODE = r"^ *[A-Za-z0-9] *[A-Za-z0-9][A-Za-z0-9 ]*$"


def _matching(pattern: str, expected: str) -> BeforeValidator:
    """Return what refuses a text of another form than a pattern."""

    def check(value: Any) -> Any:
        if isinstance(value, str) and not re.fullmatch(pattern, value, re.ASCII):
            raise ValueError(f"expected {expected}")
        return value

    return BeforeValidator(check)


def _boolean(value: Any) -> Any:
    if isinstance(value, str) and value not in ("true", "false"):
        raise ValueError("expected true or false")
    return value == "true" if isinstance(value, str) else value


def read_moment(value: str) -> datetime:
    """Return a moment as RFC 3339 writes it, or the beginning of a day (UTC).

    A "+" that was not escaped arrives as a blank. Raises ValueError for anything else.
    """
    found = _MOMENT.fullmatch(value)
    if found is None:
        raise ValueError("expected a date (2026-09-01) or a moment (2026-09-01T08:00:00Z)")
    day, clock, seconds, fraction, zone = found.groups()
    # A leap second is a second that Python's clocks don't have.
    seconds = "59" if seconds == "60" else seconds or "00"
    zone = (zone or "Z").upper().replace(" ", "+")
    fraction = (fraction or "")[:6].ljust(6, "0")
    offset = "+00:00" if zone == "Z" else zone
    text = f"{day}T{clock or '00:00'}:{seconds}.{fraction}{offset}"
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except OverflowError:
        raise ValueError("expected a moment between the years 1 and 9999") from None


def _optional(kind: Any, schema: dict[str, Any], *validators: Any) -> Any:
    """Return the type of a parameter that may be left out; OpenAPI need not know of null."""
    return Annotated[kind | None, *validators, WithJsonSchema(schema)]


def whole_number(least: int, most: int) -> Any:
    """Return the type of a whole number within limits."""
    # In this order: Pydantic names the limits in OpenAPI only where they stand at the type.
    return Annotated[
        int, Field(ge=least, le=most), _matching(_WHOLE, "a whole number of at most 16 digits")
    ]


Locale = Annotated[
    str,
    _matching(_LOCALE, "a language such as en-gb"),
    WithJsonSchema({"type": "string", "pattern": _LOCALE}),
]
_Bool = Annotated[bool, BeforeValidator(_boolean)]
StrictUuid = Annotated[
    UUID,
    _matching(_UUID, "a UUID"),
    WithJsonSchema({"type": "string", "format": "uuid"}),
]
_Id = _optional(UUID, {"type": "string", "format": "uuid"}, _matching(_UUID, "a UUID"))
_Search = _optional(
    str,
    {"type": "string", "minLength": 1, "maxLength": 200, "pattern": _SAYS_SOMETHING},
    _matching(r"(?s)\A.{1,200}\Z", "at most 200 characters"),
)
_Age = _optional(
    int,
    {"type": "integer", "minimum": 0, "maximum": 120},
    _matching(_WHOLE, "a whole number of at most 16 digits"),
    AfterValidator(lambda age: _between(age, 0, 120)),
)
_Clock = _optional(
    str, {"type": "string", "pattern": _CLOCK}, _matching(_CLOCK, "a time such as 09:30")
)
_Moment = _optional(
    datetime,
    {"type": "string", "format": "date-time"},
    BeforeValidator(lambda value: read_moment(value) if isinstance(value, str) else value),
)
_Postcode = _optional(
    str,
    {"type": "string", "maxLength": 10, "pattern": _POSTCODE},
    _matching(rf"(?=.{{2,10}}\Z){_POSTCODE}", "a postcode or its first half"),
)
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_Day = _optional(Literal[_DAYS], {"type": "string", "enum": [*_DAYS]})


def _between(value: int | None, least: int, most: int) -> int | None:
    if value is not None and not least <= value <= most:
        raise ValueError(f"expected a number from {least} to {most}")
    return value


class Paging(Schema):
    """A page of a list."""

    page: whole_number(1, 10_000_000) = Field(1, description="Which page; the first is 1.")
    per_page: whole_number(1, MAX_PER_PAGE) = Field(PER_PAGE, description="How many on a page.")


class Listed(Paging):
    """A list that can be searched and had in one piece."""

    format: Literal["json", "ndjson"] = Field(
        "json", description="`ndjson` gives all results, one a line, without pages."
    )
    search: _Search = Field(None, description="Words that must all be in it.", examples=["autism"])


class OrganizationFilter(Listed):
    """Which organizations: schools and trusts."""

    full: _Bool = Field(False, description="With identifiers and attributes.")
    full_service: _Bool = Field(False, description="With all services of each, whole.")


class ServiceFilter(Listed):
    """Which services. All conditions must hold."""

    full: _optional(bool, {"type": "boolean"}, BeforeValidator(_boolean)) = Field(
        None, description="Whole services; otherwise in short. `ndjson` is whole if not told."
    )
    taxonomy_term_id: _Id = Field(None, description="With this term, or one below it.")
    taxonomy_id: _Id = Field(None, description="With any term of this taxonomy.")
    organization_id: _Id = Field(None, description="Of this school or trust.")
    modified_after: _Moment = Field(
        None,
        description="Changed then or later. Only with this, services that are gone are listed, "
        "with `status` inactive or defunct: the sign to delete them.",
    )
    postcode: _Postcode = Field(None, description="At this postcode, or in its first half.")
    minimum_age: _Age = Field(None, description="For somebody of this age or older.")
    maximum_age: _Age = Field(None, description="For somebody of this age or younger.")
    day: _Day = Field(None, description="On this day.")
    start_time: _Clock = Field(None, description="Open by then.", examples=["09:00"])
    end_time: _Clock = Field(None, description="Open until then.", examples=["15:00"])


class ServicesFilter(ServiceFilter):
    """Which services, and in which form."""

    minimal: _Bool = Field(
        False, description="All on one page: id, name, status and time of the last change."
    )


class TermFilter(Listed):
    """Which terms of taxonomies."""

    taxonomy_id: _Id = Field(None, description="Of this taxonomy.")
    parent_id: _Id = Field(None, description="Below this term.")
    top_only: _Bool = Field(False, description="Only those that stand below no other.")


class FullService(Schema):
    """One organization, in which form."""

    full_service: _Bool = Field(False, description="With all its services, whole.")


class AfterChange(Schema):
    """Where a reader of the changes stands."""

    afterChangeNumber: whole_number(0, MAX_NUMBER) = Field(
        0, description="The number of the last change that the reader has."
    )


class DocumentFilter(Schema):
    """Which documents, from where on."""

    after: whole_number(0, MAX_NUMBER) = Field(
        0, description="The `cursor` of the last answer; 0 or nothing for a first harvest."
    )
    limit: whole_number(1, MAX_PER_PAGE) = Field(50, description="How many in one answer.")
    full: _Bool = Field(True, description="With the Document; otherwise only what is said of it.")
    school_key: _Id = Field(None, description="Of the school with this document key.")
    modified_after: _Moment = Field(None, description="Changed then or later.")


class VersionPage(Schema):
    """A page of a document's Versions, a hundred to a page."""

    page: whole_number(1, 1_000_000) = Field(1, description="Which page; the first is 1.")
