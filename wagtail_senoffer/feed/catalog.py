"""What data there is: a DCAT 3 description, and the api-catalog of RFC 9727."""

import json

from django.http import HttpRequest, HttpResponse

from .. import conf
from . import discovery
from .answers import refuse_unknown
from .discovery import Face
from .items import Json, without_empty
from .scope import Scope

_CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
}
_MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
# Each with the manual of its standard, if it follows one.
_APIS = {discovery.OPEN_REFERRAL: discovery.SERVICES.standard, discovery.DOCUMENTS.path: ""}
_LINKSET = 'application/linkset+json; profile="https://www.rfc-editor.org/info/rfc9727"'


def catalog(request: HttpRequest) -> HttpResponse:
    """Answer with the data of a Site described in the vocabulary of data catalogues."""
    refuse_unknown(request, set())
    return _answer(dataset(request.scope), discovery.CATALOG.media_type)


def api_catalog(request: HttpRequest) -> HttpResponse:
    """Answer with the APIs of a Site and what describes each, as a linkset (RFC 9264)."""
    refuse_unknown(request, set())
    response = _answer(linkset(request.scope), _LINKSET)
    response["Link"] = f'<{request.scope.url(discovery.API_CATALOG)}>; rel="api-catalog"'
    return response


def _answer(data: Json, content_type: str) -> HttpResponse:
    text = json.dumps(data, ensure_ascii=False, indent=2)
    return HttpResponse(text, content_type=content_type)


def dataset(scope: Scope) -> Json:
    """Return the description of a scope's data: one dataset with a distribution for each face."""
    name = discovery.publisher(scope)
    found = {
        "@context": _CONTEXT,
        "@id": f"{scope.url(discovery.CATALOG.path)}#dataset",
        "@type": "dcat:Dataset",
        "dct:title": f"{name}: special educational needs and disabilities",
        "dct:description": (
            "SEN information reports and School Offers of schools in England as the schools "
            "published them. Each publish is a numbered version."
        ),
        "dct:publisher": {"@type": "foaf:Agent", "foaf:name": name, "foaf:homepage": _home(scope)},
        "dct:license": _licence(),
        "dcat:keyword": ["SEND", "SEN information report", "Local Offer", "schools"],
        "dcat:landingPage": _home(scope),
        "dcat:distribution": [_distribution(scope, face) for face in discovery.DISTRIBUTIONS],
    }
    return without_empty(found)


def _home(scope: Scope) -> Json:
    return {"@id": scope.url("/")}


def _licence() -> Json:
    return {"@id": conf.get("FEED_LICENCE")}


def _distribution(scope: Scope, face: Face) -> Json:
    url = scope.url(face.path)
    whole = face in (discovery.DUMP, discovery.OFFERS)
    return {
        "@id": url,
        "@type": "dcat:Distribution",
        "dct:title": face.title,
        "dct:license": _licence(),
        "dct:conformsTo": {"@id": face.standard},
        "dcat:accessURL": {"@id": url},
        "dcat:downloadURL": {"@id": url if whole else ""},
        "dcat:mediaType": {"@id": f"{_MEDIA_TYPES}{face.media_type}"},
    }


def linkset(scope: Scope) -> Json:
    """Return the list of a scope's APIs, and for each what describes it.

    Open Referral UK and the API of documents are described together.
    """
    root = {
        "anchor": scope.url(discovery.API_CATALOG),
        "item": [{"href": scope.url(path)} for path in _APIS] + _downloads(scope),
    }
    return {"linkset": [root, *(_described(scope, *api) for api in _APIS.items())]}


def _downloads(scope: Scope) -> list[Json]:
    """Return what can be had at one address, each with what it is."""
    faces = [face for face in discovery.DISTRIBUTIONS if face.path not in _APIS]
    return [
        {"href": scope.url(face.path), "type": face.media_type, "title": face.title}
        for face in faces
    ]


def _described(scope: Scope, path: str, manual: str) -> Json:
    description = {"href": scope.url(discovery.OPENAPI), "type": "application/json"}
    about = {"href": scope.url(discovery.CATALOG.path), "type": discovery.CATALOG.media_type}
    found: Json = {
        "anchor": scope.url(path),
        "service-desc": [description],
        "service-doc": [{"href": manual, "type": "text/html"}] if manual else [],
        "service-meta": [about],
    }
    return without_empty(found)
