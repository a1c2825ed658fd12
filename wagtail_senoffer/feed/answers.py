"""How every machine endpoint answers: errors, conditional requests, caching, CORS, gzip."""

import gzip
import hashlib
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any

from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.http.request import HttpHeaders
from django.utils.cache import patch_vary_headers
from django.utils.http import http_date
from django.utils.module_loading import import_string
from django.utils.text import compress_sequence

from .. import __version__, conf
from .scope import Scope, UnknownHost, now

View = Callable[..., HttpResponse]

ALLOWED = ("GET", "HEAD", "OPTIONS")
# Seconds for which an answer may be kept without asking, if its view says no other.
MAX_AGE = 60
MAX_QUERY = 8 * 1024
# Django refuses a thousand and more in its own words.
_MAX_PARAMETERS = 100
# For how many seconds any of our views says that its answer may be kept.
_AGES = (MAX_AGE, 3600, 8)
# Larger answers are made anew: a cache is for what is asked often.
_MAX_CACHED = 512 * 1024
_MIN_GZIPPED = _MIN_CACHED = 1024
_EXPOSED = "ETag, Link, Last-Modified, Retry-After"
_CODING = re.compile(
    r"(?:^|,)\s*(gzip|\*)\s*(?:;\s*q=([01](?:\.\d{1,3})?)\s*)?(?=,|$)", re.IGNORECASE
)


class Refusal(Exception):
    """A request that can't be answered: the status, and a sentence that says what to do."""

    def __init__(self, status: int, detail: str, **more: Any) -> None:
        super().__init__(detail)
        self.status, self.detail, self.more = status, detail, more


_TITLES = {
    400: "The request can't be understood",
    404: "There is no such thing here",
    405: "Only reading is allowed",
    410: "It is no longer offered",
    414: "The address is too long",
    421: "This host is not known here",
    429: "Too many requests",
    503: "It can't be answered at the moment",
}


def problem(status: int, detail: str, **more: Any) -> HttpResponse:
    """Answer with an error as RFC 9457 has it."""
    data = {"title": _TITLES.get(status, ""), "status": status, "detail": detail, **more}
    text = json.dumps(data, ensure_ascii=False, indent=2)
    response = HttpResponse(text, content_type="application/problem+json", status=status)
    # What is gone may come back: nobody between us and the client is to remember it.
    response["Cache-Control"] = "no-cache"
    return response


def machine(view: View) -> View:
    """Make a view a machine endpoint: read only, for every origin, conditional, cached.

    The view gets the request, with the scope as `request.scope`, and may raise Refusal. An
    answer is made once for each change number; whoever has it already gets 304.
    """

    @wraps(view)
    def endpoint(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method not in ALLOWED:
            response = problem(405, f"Use one of {', '.join(ALLOWED)}.")
            response["Allow"] = ", ".join(ALLOWED)
        elif request.method == "OPTIONS":
            response = HttpResponse(status=204)
            response["Allow"] = ", ".join(ALLOWED)
        else:
            try:
                response = _answer(view, request, args, kwargs)
            except Refusal as error:
                response = problem(error.status, error.detail, **error.more)
        return _open_to_all(response)

    # Who may only read needs no token against forgery, and a refusal must say 405.
    endpoint.csrf_exempt = True  # type: ignore[attr-defined]
    return endpoint


def _answer(view: View, request: HttpRequest, args: Any, kwargs: Any) -> HttpResponse:
    asked = request.META.get("QUERY_STRING", "")
    if len(asked) > MAX_QUERY:
        raise Refusal(414, f"A query may have {MAX_QUERY} characters.")
    if asked.count("&") >= _MAX_PARAMETERS:
        raise Refusal(400, f"A query may have {_MAX_PARAMETERS} parameters.")
    if slow := _throttled(request):
        return slow
    try:
        request.scope, newest = now(request)
    except UnknownHost:
        raise Refusal(
            421,
            "No site here has that host name. Use the address that the head of the site's pages "
            'names as its "api-catalog". (Is it your site? Its name is set under Settings, Sites.)',
        ) from None
    request.newest_change = newest
    zipped = wants_gzip(request.headers)
    tag = _tag(request, newest, zipped)
    moment = datetime.fromtimestamp(newest[1] / 1000, tz=UTC)
    # Not by If-Modified-Since: two changes may have the same second.
    held = re.search(rf'"{tag}-(\d+)"', request.headers.get("If-None-Match", ""))
    if held and int(held[1]) in _AGES:
        headers = {"Cache-Control": f"public, max-age={held[1]}"}
        return _dated(HttpResponse(status=304, headers=headers), tag, moment)
    cache = caches[conf.get("FEED_CACHE")]
    if kept := cache.get(_key(tag)):
        return kept
    response = _read(view, request, args, kwargs)
    if response.status_code != 200:
        return response
    _dated(response, tag, moment)
    if zipped:
        _pack(response)
    # What is short is soon made again; kept, all pages that have nothing would push out the rest.
    if not response.streaming and _MIN_CACHED <= len(response.content) <= _MAX_CACHED:
        cache.set(_key(tag), response)
    return response


def _read(view: View, request: HttpRequest, args: Any, kwargs: Any) -> HttpResponse:
    """Ask a view; a server leaves the body out of what answers HEAD, and the view need not know."""
    method, request.method = request.method, "GET"
    try:
        return view(request, *args, **kwargs)
    finally:
        request.method = method


def _tag(request: HttpRequest, newest: tuple[int, int], zipped: bool) -> str:
    """Return the strong ETag of an answer: all that it depends on, and nothing that is slow.

    `newest` is number and time of the newest change: a database that is restored from a
    backup gives its numbers again, but not its times.
    """
    scope: Scope = request.scope
    query = "&".join(sorted(request.META.get("QUERY_STRING", "").split("&")))
    told = (scope, conf.get("FEED_LICENCE"), conf.rulesets().fingerprint)
    place = (__version__, newest, *told, request.path, query, zipped)
    return hashlib.sha256(repr(place).encode()).hexdigest()[:32]


def _key(tag: str) -> str:
    return f"senoffer:{tag}"


def _dated(response: HttpResponse, tag: str, moment: datetime) -> HttpResponse:
    """Say when an answer was true, and for how long it may be kept.

    The ETag ends with those seconds: a 304 has to repeat them, and knows nothing else.
    """
    response.setdefault("Cache-Control", f"public, max-age={MAX_AGE}")
    seconds = response["Cache-Control"].rpartition("=")[2]
    response["ETag"] = f'"{tag}-{seconds}"'
    response["Last-Modified"] = http_date(moment.timestamp())
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


def _open_to_all(response: HttpResponse) -> HttpResponse:
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Expose-Headers"] = _EXPOSED
    response["X-Content-Type-Options"] = "nosniff"
    if response.status_code == 204:
        response["Access-Control-Allow-Methods"] = ", ".join(ALLOWED)
        response["Access-Control-Allow-Headers"] = "If-None-Match, If-Modified-Since"
        response["Access-Control-Max-Age"] = "86400"
    return response


def _throttled(request: HttpRequest) -> HttpResponse | None:
    """Ask the project's own throttle, if it has one, for how many seconds a client has to wait."""
    path = conf.get("THROTTLE")
    seconds = import_string(path)(request) if path else None
    if not seconds:
        return None
    response = problem(429, f"Come back in {seconds} seconds.")
    response["Retry-After"] = str(seconds)
    return response


def wants_gzip(headers: HttpHeaders) -> bool:
    """Say whether a client takes gzip, as its Accept-Encoding weighs it."""
    found = {name.lower(): weight for name, weight in _CODING.findall(_accepted(headers))}
    return float(found.get("gzip", found.get("*", "0")) or 1) > 0


def _accepted(headers: HttpHeaders) -> str:
    return headers.get("Accept-Encoding", "")


def _pack(response: Any) -> None:
    """Compress an answer that is long and is not compressed yet."""
    if response.has_header("Content-Encoding"):
        return
    if response.streaming:
        response.streaming_content = compress_sequence(response.streaming_content)
    elif len(response.content) < _MIN_GZIPPED:
        return
    else:
        # No time in it: the same answer is the same bytes.
        response.content = gzip.compress(response.content, compresslevel=6, mtime=0)
    response["Content-Encoding"] = "gzip"


def refuse_unknown(request: HttpRequest, known: set[str]) -> None:
    """Raise Refusal for a parameter that is unknown, is given twice, or holds no text."""
    for name, values in request.GET.lists():
        if name not in known:
            names = ", ".join(sorted(known)) or "none"
            raise Refusal(400, f"Unknown parameter; known here: {names}.", parameter=name[:100])
        if len(values) > 1:
            raise Refusal(400, "Give each parameter once.", parameter=name)
        if unreadable := unreadable_reason(values[0]):
            raise Refusal(400, unreadable, parameter=name)


def unreadable_reason(text: str) -> str:
    """Return why the text of a parameter can't be read, or ""."""
    if not text.strip():
        return "Give the parameter a value, or leave it out."
    # Django puts the second for bytes that are no UTF-8; databases refuse the first.
    return "Give text in UTF-8, without null characters." if {"\x00", "\ufffd"} & set(text) else ""
