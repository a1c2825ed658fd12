"""The one API of the faces for machines, from which OpenAPI is generated."""

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Path, Query, Schema
from ninja.errors import ValidationError

from .. import __version__
from ..models.feed import ItemKind
from . import documents_api, dump, open_referral, rpde, schemas, wire
from .answers import Refusal, problem, refuse_unknown, unreadable_reason
from .parameters import (
    AfterChange,
    DocumentFilter,
    FullService,
    Listed,
    Locale,
    OrganizationFilter,
    ServiceFilter,
    ServicesFilter,
    StrictUuid,
    TermFilter,
    VersionPage,
    whole_number,
)
from .schemas import MISSING, PROBLEMS

BASE = open_referral.BASE
Id = Annotated[StrictUuid, Path(description="Its id.")]
VersionNumber = Annotated[whole_number(1, 2_147_483_647), Path(description="Its number.")]
Language = Annotated[Locale, Path(description="Its language.")]

api = NinjaAPI(
    title="SEND information of schools",
    version=__version__,
    description=(
        "SEN information reports and School Offers as their schools published them: Open "
        "Referral UK 3.0, a feed of changes (RPDE 1.0), and the documents themselves."
    ),
    urls_namespace="senoffer-api",
    openapi_url=None,
    docs_url=None,
)


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: Any) -> HttpResponse:
    first = error.errors[0]
    name = str(first["loc"][-1])
    reason = unreadable_reason(request.GET.get(name, "-"))
    reason = reason or f"{name}: {first['msg'].removeprefix('Value error, ')}"
    return problem(400, reason, parameter=name)


@api.exception_handler(Refusal)
def _refused(request: HttpRequest, error: Any) -> HttpResponse:
    return problem(error.status, error.detail, **error.more)


def _known(request: HttpRequest, asked: Schema | None = None) -> Any:
    """Return what was asked. Raises Refusal for anything that the endpoint doesn't know."""
    refuse_unknown(request, set(type(asked).model_fields) if asked else set())
    return asked


def _reads(path: str, answer: Any, problems: dict[int, Any] = PROBLEMS, **more: Any) -> Any:
    return api.get(path, response={200: answer, **problems}, **more)


@_reads(BASE, schemas.Details, tags=["Open Referral UK"], summary="Which standard this is")
def details(request: HttpRequest) -> HttpResponse:  # noqa: D103 - the summary says it
    _known(request)
    return open_referral.details(request)


@_reads(
    f"{BASE}/services", schemas.ServicePage, PROBLEMS, tags=["Open Referral UK"], summary="Services"
)
def services(request: HttpRequest, asked: Query[ServicesFilter]) -> HttpResponse:  # noqa: D103
    return open_referral.services(request, _known(request, asked))


@_reads(
    f"{BASE}/services/{{item_id}}",
    schemas.Service,
    MISSING,
    tags=["Open Referral UK"],
    summary="One service",
)
def service(request: HttpRequest, item_id: Id) -> HttpResponse:  # noqa: D103
    return _one(request, ItemKind.SERVICE, item_id)


@_reads(
    f"{BASE}/organizations",
    schemas.ItemPage,
    PROBLEMS,
    tags=["Open Referral UK"],
    summary="Schools and trusts",
)
def organizations(request: HttpRequest, asked: Query[OrganizationFilter]) -> HttpResponse:  # noqa: D103
    return open_referral.organizations(request, _known(request, asked))


@_reads(
    f"{BASE}/organizations/{{item_id}}",
    schemas.Item,
    MISSING,
    tags=["Open Referral UK"],
    summary="One school or trust",
)
def organization(request: HttpRequest, item_id: Id, asked: Query[FullService]) -> HttpResponse:  # noqa: D103
    return _one(request, ItemKind.ORGANIZATION, item_id, asked)


@_reads(
    f"{BASE}/service_at_locations",
    schemas.AtLocationPage,
    PROBLEMS,
    tags=["Open Referral UK"],
    summary="Services at their locations",
)
def service_at_locations(request: HttpRequest, asked: Query[ServiceFilter]) -> HttpResponse:  # noqa: D103
    return open_referral.service_at_locations(request, _known(request, asked))


@_reads(
    f"{BASE}/service_at_locations/{{item_id}}",
    schemas.AtLocation,
    MISSING,
    tags=["Open Referral UK"],
    summary="One service at its location",
)
def service_at_location(request: HttpRequest, item_id: Id) -> HttpResponse:  # noqa: D103
    return _one(request, ItemKind.SERVICE_AT_LOCATION, item_id)


@_reads(
    f"{BASE}/taxonomies",
    schemas.ItemPage,
    PROBLEMS,
    tags=["Open Referral UK"],
    summary="Taxonomies",
)
def taxonomies(request: HttpRequest, asked: Query[Listed]) -> HttpResponse:  # noqa: D103
    return open_referral.taxonomy_list(request, _known(request, asked))


@_reads(
    f"{BASE}/taxonomies/{{item_id}}",
    schemas.Item,
    MISSING,
    tags=["Open Referral UK"],
    summary="One taxonomy with its terms",
)
def taxonomy(request: HttpRequest, item_id: Id) -> HttpResponse:  # noqa: D103
    _known(request)
    return open_referral.taxonomy(item_id)


@_reads(
    f"{BASE}/taxonomy_terms",
    schemas.ItemPage,
    PROBLEMS,
    tags=["Open Referral UK"],
    summary="Terms of taxonomies",
)
def taxonomy_terms(request: HttpRequest, asked: Query[TermFilter]) -> HttpResponse:  # noqa: D103
    return open_referral.taxonomy_terms(request, _known(request, asked))


@_reads(
    f"{BASE}/taxonomy_terms/{{item_id}}",
    schemas.Item,
    MISSING,
    tags=["Open Referral UK"],
    summary="One term",
)
def taxonomy_term(request: HttpRequest, item_id: Id) -> HttpResponse:  # noqa: D103
    _known(request)
    return open_referral.taxonomy_term(item_id)


def _one(
    request: HttpRequest, kind: str, item_id: UUID, asked: FullService | None = None
) -> HttpResponse:
    _known(request, asked)
    return open_referral.one(request, kind, item_id, full=bool(asked and asked.full_service))


@_reads(
    rpde.PATH,
    schemas.RpdePage,
    tags=["Changes"],
    summary="Services in the order of their changes (RPDE 1.0)",
)
def changed_services(request: HttpRequest, asked: Query[AfterChange]) -> HttpResponse:  # noqa: D103
    return rpde.changed_services(request, _known(request, asked).afterChangeNumber)


@_reads(
    documents_api.PATH,
    schemas.DocumentPage,
    tags=["Documents"],
    summary="Documents in the order of their changes",
)
def documents(request: HttpRequest, asked: Query[DocumentFilter]) -> HttpResponse:  # noqa: D103
    return documents_api.listing(request, _known(request, asked))


@_reads(
    f"{documents_api.PATH}/{{key}}/{{locale}}",
    schemas.FeedDocument,
    MISSING,
    tags=["Documents"],
    summary="The current Version of a document",
)
def document(request: HttpRequest, key: Id, locale: Language) -> HttpResponse:  # noqa: D103
    _known(request)
    return documents_api.one(request, key, locale)


@_reads(
    f"{documents_api.PATH}/{{key}}/{{locale}}/versions",
    schemas.VersionList,
    MISSING,
    tags=["Documents"],
    summary="The Versions of a document",
)
def versions(  # noqa: D103
    request: HttpRequest, key: Id, locale: Language, asked: Query[VersionPage]
) -> HttpResponse:
    return documents_api.versions(request, key, locale, _known(request, asked).page)


@_reads(
    f"{documents_api.PATH}/{{key}}/{{locale}}/versions/{{number}}",
    schemas.VersionItem,
    MISSING,
    tags=["Documents"],
    summary="One Version with its Document",
)
def version(request: HttpRequest, key: Id, locale: Language, number: VersionNumber) -> HttpResponse:  # noqa: D103
    _known(request)
    return documents_api.version(request, key, locale, number)


def openapi(request: HttpRequest) -> HttpResponse:
    """Answer with the description of the API, with this Site's address in it."""
    refuse_unknown(request, set())
    schema = api.get_openapi_schema(path_prefix="")
    schema["servers"] = [{"url": request.scope.root_url}]
    for path in schema["paths"].values():
        _put_right(path["get"])
    return HttpResponse(wire.as_json(schema), content_type="application/json")


def _put_right(operation: dict[str, Any]) -> None:
    """Say what Ninja can't: which answers are no plain JSON, and no example twice.

    It repeats those of a parameter's schema where OpenAPI wants examples with names.
    """
    for status, answer in operation["responses"].items():
        if status != 200:
            answer["content"] = {"application/problem+json": answer["content"]["application/json"]}
    for parameter in operation.get("parameters", ()):
        parameter.pop("examples", None)
        if parameter["name"] == "format":
            lines = {"schema": {"type": "string", "description": "One JSON object a line."}}
            operation["responses"][200]["content"][dump.NDJSON] = lines
