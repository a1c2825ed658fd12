"""What the API answers with, for OpenAPI. The answers themselves are stored text."""

from typing import Any, Literal

from ninja import Schema
from pydantic import ConfigDict, Field

_SCHOOL = "bd1f2ab4-4f04-5a1c-9a50-e5a06ab8a3f1"
_SERVICE = "0a5f33a6-7c39-5b52-8a10-6e0f9d8c5f75"
_AT = "2026-09-14T09:30:00.000Z"


# What else a service has, if it has something to say there.
MEMBERS = {
    "organization_id": "Of the school.",
    "description": "What it is, as plain text.",
    "url": "The page for families.",
    "email": "How to reach the school about it.",
    "phones": "How to reach the school about it.",
    "minimum_age": "Of those whom it is for.",
    "maximum_age": "Of those whom it is for.",
    "assured_date": "The day on which the school last stood by it.",
    "organization": "The school, with the register's identifiers and its trust.",
    "service_at_locations": "The school's site.",
    "locations": "The school's site: address, UPRN, accessibility.",
    "service_areas": "The council in whose area the school is.",
    "contacts": "The SENCO and the headteacher.",
    "attributes": "Terms of the taxonomies.",
    "schedules": "Days and times of what is listed apart.",
    "send_school": "The school's phase, type, council and trust, and its duty to report.",
    "send_information_report": "The SEN information report. Each section has the paragraphs "
    "of the SEND Regulations 2014 that it answers, its answer as `html` and `text`, and what "
    "else the school gave.",
    "send_local_offer": "The School Offer as questions and answers, as Outpost reads it.",
    "send_inclusion_strategy": "The inclusion strategy.",
    "send_part_of": "The school's own service, of one that is listed apart.",
    "send_provision": "Of one that is listed apart: for whom, when, at which level.",
    "send_successor": "Of one that is gone because its school has another URN: the `id` of "
    "what follows it, the school's `organization_id`, and the `urn`. Of a school that was taken "
    "down: the `url` that it named.",
    "send_provenance": "The Versions that it was made of, with their hashes.",
}


def _with_members(schema: dict[str, Any]) -> None:
    described = {name: {"description": text} for name, text in MEMBERS.items()}
    schema["properties"] |= described


class _Open(Schema):
    """An object that may say more than is described."""

    model_config = ConfigDict(extra="allow")


class Problem(Schema):
    """An error (RFC 9457); `detail` says what to do."""

    title: str
    status: int
    detail: str

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "example": {
                "title": "The request can't be understood",
                "status": 400,
                "detail": "page: Input should be greater than or equal to 1",
                "parameter": "page",
            }
        },
    )


class Details(Schema):
    """Which standard the API speaks."""

    version: str = Field(examples=["HSDS-UK-3.0"])
    profile: str
    openapi_url: str


class Item(_Open):
    """An object of Open Referral UK 3.0 (HSDS-UK); what starts with `send_` is ours."""

    id: str = Field(examples=[_SERVICE])
    name: str = Field(examples=["SEN support at Larkfield Primary School"])


class Service(Item):
    """A service: a school's SEN support, or what it lists apart, such as a resourced base."""

    status: Literal["active", "inactive", "defunct"]
    last_modified: str = Field(examples=[_AT])

    model_config = ConfigDict(extra="allow", json_schema_extra=_with_members)


class AtLocation(_Open):
    """A service at the school's site."""

    id: str
    last_modified: str = Field(examples=[_AT])


class _Page(Schema):
    total_items: int = Field(examples=[1])
    total_pages: int = Field(examples=[1])
    page_number: int = Field(examples=[1])
    size: int = Field(examples=[1])
    first_page: bool = Field(examples=[True])
    last_page: bool = Field(examples=[True])
    empty: bool = Field(examples=[False])


class ServicePage(_Page):
    """A page of services."""

    contents: list[Service]


class AtLocationPage(_Page):
    """A page of services at their locations."""

    contents: list[AtLocation]


class ItemPage(_Page):
    """A page of organizations, taxonomies or terms."""

    contents: list[Item]


class RpdeItem(Schema):
    """The newest change of a service; one that is gone has no `data`."""

    state: Literal["updated", "deleted"]
    kind: Literal["service"]
    id: str = Field(examples=[_SERVICE])
    modified: int = Field(examples=[1201])
    data: Any = None


class RpdePage(Schema):
    """A page of changes (RPDE 1.0). The end is an empty page whose `next` is itself."""

    next: str
    license: str
    items: list[RpdeItem]


class FeedDocument(_Open):
    """A document: what is said of its current Version, and unless `full=false` its words."""

    key: str = Field(examples=[_SCHOOL])
    locale: str = Field(examples=["en-gb"])
    state: str = Field(examples=["current"])
    last_modified: str = Field(examples=[_AT])


class DocumentPage(_Open):
    """Documents in the order of their changes. Keep `cursor`: it is the next `after`."""

    cursor: int = Field(examples=[1201])
    documents: list[FeedDocument]


class VersionItem(_Open):
    """A Version: its number, its time and its hashes."""

    version: int
    published: str = Field(examples=[_AT])
    sha256: str
    record_hash: str


class VersionList(_Open):
    """Versions of a document, newest first."""

    key: str
    locale: str
    url: str
    versions: list[VersionItem]


PROBLEMS = dict.fromkeys((400, 414, 421, 429), Problem)
MISSING = PROBLEMS | dict.fromkeys((404, 410), Problem)
