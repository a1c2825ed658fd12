"""The rules for asking other people's servers: what of the web we dial, and for how long.

Addresses come from what schools and councils typed. Without these rules they could lead us
to a machine that only our own network can reach. So the host is resolved here, refused if
any of its addresses is not of the public Internet, and the connection goes to the very
address that was looked at; each redirect goes through the same.
"""

import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpcore
import httpx

PORTS = frozenset({80, 443})
MAX_REDIRECTS = 5
CONNECT_SECONDS, READ_SECONDS, TOTAL_SECONDS = 5.0, 10.0, 20.0
MAX_BYTES = 10 * 1024 * 1024
_REDIRECTS = frozenset({301, 302, 303, 307, 308})

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
# Takes a host and a port, returns its addresses. Raises OSError for a name that is none.
Resolver = Callable[[str, int], list[str]]

# Both hold an IPv4 address: RFC 6052 from bit 96 on, RFC 3056 after the first 16 bits.
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
# Of IANA's registries of special addresses: what not every Python that we support knows.
_SPECIAL = tuple(
    ipaddress.ip_network(each)
    for each in (
        *("192.0.0.0/24", "192.88.99.0/24", "64:ff9b:1::/48", "100::/64", "2001::/23"),
        *("2001:db8::/32", "3fff::/20", "5f00::/16", "fec0::/10"),
    )
)


class NotAllowed(httpx.TransportError):
    """An address that we don't ask: the text says why."""


class TooLarge(httpx.TransportError):
    """An answer with more bytes than were wanted."""


def is_public(address: str) -> bool:
    """Say whether an IP address is one of the public Internet, also in its disguises."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        inner = _inner(found)
        if inner is not None:
            return is_public(str(inner))
    private = found.is_private or found.is_loopback or found.is_link_local
    special = found.is_multicast or found.is_reserved or found.is_unspecified
    named = any(found in network for network in _SPECIAL if network.version == found.version)
    return found.is_global and not (private or special or named)


def _inner(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address that an IPv6 address stands for, or None."""
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of a host, as the machine knows them. Raises OSError for none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


class GuardedTransport(httpx.BaseTransport):
    """Sends requests by the rules: to public addresses only, and never for longer than `total`.

    That time is for a request with its redirects; only the look-up of a host's name has the
    system's own limit. What a redirect says besides its address is not read.

    `allow` names (address, port) pairs that are let through although the rules refuse them;
    it is for tests against a server of their own. One transport is for one thread.
    """

    def __init__(
        self,
        *,
        resolver: Resolver = resolve,
        backend: httpcore.NetworkBackend | None = None,
        allow: Iterable[tuple[str, int]] = (),
        total: float = TOTAL_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._allow = frozenset(allow)
        self._total, self._clock = total, clock
        self._backend = _GuardedBackend(
            backend or httpcore.SyncBackend(), resolver, self._allow, clock
        )
        self._pool = httpcore.ConnectionPool(
            # Without the environment's own certificate files, as without its proxies.
            ssl_context=httpx.create_ssl_context(trust_env=False),
            network_backend=self._backend,
            max_keepalive_connections=4,
            keepalive_expiry=10,
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request. Raises NotAllowed, or httpx's errors for what goes wrong."""
        self._check(request.url)
        # Redirects inherit it: the time is for all of them together.
        until = request.extensions.setdefault("until", self._clock() + self._total)
        self._backend.begin(until)
        with _as_httpx(request):
            response = self._pool.handle_request(
                httpcore.Request(
                    method=request.method,
                    url=httpcore.URL(
                        scheme=request.url.raw_scheme,
                        host=request.url.raw_host,
                        port=request.url.port,
                        target=request.url.raw_path,
                    ),
                    headers=request.headers.raw,
                    content=request.stream,
                    extensions=request.extensions,
                )
            )
        if response.status in _REDIRECTS:
            # httpx reads what a redirect says besides, whole and unpacked. Nobody wants it.
            response.close()
            kept = [each for each in response.headers if each[0].lower() == b"location"]
            return httpx.Response(response.status, headers=kept, content=b"")
        return httpx.Response(
            status_code=response.status,
            headers=response.headers,
            stream=_Body(response, request),
            extensions=response.extensions,
        )

    def _check(self, url: httpx.URL) -> None:
        if url.scheme not in ("http", "https"):
            raise NotAllowed(f"We only open http and https, not {url.scheme or 'nothing'}.")
        if url.userinfo:
            raise NotAllowed("The address has a user name or a password in it.")
        if not url.host:
            raise NotAllowed("The address has no host.")
        port = url.port or (443 if url.scheme == "https" else 80)
        if port not in PORTS and port not in {allowed for _address, allowed in self._allow}:
            raise NotAllowed(f"Port {port} is none of a public website.")

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()


class _Body(httpx.SyncByteStream):
    """The bytes of an answer, whose errors are httpx's."""

    def __init__(self, response: httpcore.Response, request: httpx.Request) -> None:
        self._response, self._request = response, request

    def __iter__(self) -> Iterator[bytes]:
        with _as_httpx(self._request):
            yield from self._response.iter_stream()

    def close(self) -> None:
        self._response.close()


@contextmanager
def _as_httpx(request: httpx.Request) -> Iterator[None]:
    """Raise httpx's errors where httpcore raises its own, so that callers know one kind."""
    try:
        yield
    except httpcore.TimeoutException as error:
        raise httpx.TimeoutException(str(error), request=request) from error
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise httpx.TransportError(str(error), request=request) from error
    except (httpcore.UnsupportedProtocol, UnicodeError) as error:
        raise NotAllowed(str(error), request=request) from error


class _GuardedBackend(httpcore.NetworkBackend):
    """Opens connections: looks a host up, looks at its addresses, and dials one of those."""

    def __init__(
        self,
        backend: httpcore.NetworkBackend,
        resolver: Resolver,
        allow: frozenset[tuple[str, int]],
        clock: Callable[[], float],
    ) -> None:
        self._backend, self._resolver, self._allow = backend, resolver, allow
        self._clock, self._deadline = clock, 0.0

    def begin(self, until: float) -> None:
        """Say when the request has to be over, by the clock."""
        self._deadline = until

    def left(self, timeout: float | None) -> float:
        """Return how long one step may take. Raises ReadTimeout if no time is left."""
        left = self._deadline - self._clock()
        if left <= 0:
            raise httpcore.ReadTimeout("The server took too long.")
        return left if timeout is None else min(left, timeout)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address of a host that answers; all of them must be public."""
        addresses = self._addresses(host, port)
        for last, address in enumerate(addresses, start=1):
            try:
                stream = self._backend.connect_tcp(
                    address, port, self.left(timeout), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if last == len(addresses):
                    raise
            else:
                return _GuardedStream(stream, self)
        raise httpcore.ConnectError(f"{host} has no address.")

    def _addresses(self, host: str, port: int) -> list[str]:
        try:
            found = self._resolver(host, port)
        except (OSError, ValueError) as error:
            raise httpcore.ConnectError(f"{host} is not known.") from error
        # One address that is not public is enough: which of them to dial would be chance.
        for address in found:
            if not (is_public(address) or (address, port) in self._allow):
                raise NotAllowed(f"{host} is not on the public Internet.")
        return found

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        """Refuse: nobody's website is there."""
        raise NotAllowed("We don't open sockets of this machine.")

    def sleep(self, seconds: float) -> None:
        """Wait, before httpcore tries again."""
        self._backend.sleep(seconds)


class _GuardedStream(httpcore.NetworkStream):
    """A connection on which no step outlasts the request's time: bytes that trickle count too."""

    def __init__(self, stream: httpcore.NetworkStream, guard: _GuardedBackend) -> None:
        self._stream, self._guard = stream, guard

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._guard.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._guard.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        secure = self._stream.start_tls(ssl_context, server_hostname, self._guard.left(timeout))
        return _GuardedStream(secure, self._guard)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def client(user_agent: str, transport: httpx.BaseTransport | None = None) -> httpx.Client:
    """Return a client that keeps to the rules: a few redirects, no cookies, no proxies.

    `user_agent` says who asks and where to complain. The client is for one thread; its
    requests raise httpx.HTTPError, of which NotAllowed and TooLarge are kinds, or
    httpx.InvalidURL.
    """
    return httpx.Client(
        transport=transport or GuardedTransport(),
        headers={"User-Agent": user_agent},
        timeout=httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
        follow_redirects=True,
        max_redirects=MAX_REDIRECTS,
        trust_env=False,
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
    )


def read(response: httpx.Response, limit: int = MAX_BYTES) -> bytes:
    """Return the body of a streamed answer. Raises TooLarge past a number of bytes."""
    parts, size = [], 0
    for chunk in response.iter_bytes():
        size += len(chunk)
        if size > limit:
            raise TooLarge(f"The answer has more than {limit} bytes.", request=response.request)
        parts.append(chunk)
    return b"".join(parts)
