"""What of the web is dialled: public addresses, the ones that were looked at, and not for long."""

import itertools
import ssl
from itertools import count

import httpcore
import httpx
import pytest

from tests.web_server import client_for, serving, to_loopback
from wagtail_senoffer import network

# Of each kind, in the forms that they come in.
NOT_PUBLIC = [
    *("127.0.0.1", "127.255.0.9", "::1", "0.0.0.0", "::", "10.0.0.1", "172.16.5.4"),  # noqa: S104
    *(
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "198.18.0.1",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.1",
    ),
    *("224.0.0.1", "239.1.2.3", "240.0.0.1", "255.255.255.255", "203.0.113.9"),
    *("fe80::1", "fe80::1%eth0", "fc00::1", "fd12:3456::1", "fec0::1", "ff02::1", "2001:db8::1"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1"),
    *("64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::808:808", "2002:7f00:1::", "2002:a00:1::1"),
    *("2001:0:4136:e378:8000:63bf:3fff:fdd2", "100::1", "3fff::1", "no address", ""),
]
PUBLIC = ["8.8.8.8", "151.101.0.1", "2606:4700::1", "::ffff:8.8.8.8", "64:ff9b::808:808"]
PUBLIC += ["2002:808:808::1"]


class Dialled(httpcore.MockBackend):
    """Answers each connection with some bytes, and remembers where it went."""

    def __init__(self, *answer):
        super().__init__(list(answer))
        self.hosts = []

    def connect_tcp(self, host, port, *args, **kwargs):
        self.hosts.append((host, port))
        return super().connect_tcp(host, port, *args, **kwargs)


OK = (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", b"ok")


def client(backend, *addresses, **options):
    """Return a client whose every name has some addresses, and that dials nothing."""
    transport = network.GuardedTransport(
        resolver=lambda host, port: list(addresses), backend=backend, **options
    )
    return network.client("test", transport)


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_an_address_that_is_not_public_is_never_dialled(address):
    backend = Dialled(*OK)
    with client(backend, address) as asking, pytest.raises(network.NotAllowed):
        asking.get("http://council.example/")
    assert (network.is_public(address), backend.hosts) == (False, [])


@pytest.mark.parametrize("address", PUBLIC)
def test_the_very_address_that_was_looked_at_is_dialled(address):
    backend = Dialled(*OK)
    with client(backend, address) as asking:
        assert asking.get("http://council.example/").text == "ok"
    assert backend.hosts == [(address, 80)]


def test_the_name_is_looked_up_once_so_a_second_answer_changes_nothing():
    answers = iter([["8.8.8.8"], ["127.0.0.1"]])
    backend = Dialled(*OK)
    transport = network.GuardedTransport(resolver=lambda *_: next(answers), backend=backend)
    with network.client("test", transport) as asking:
        asking.get("http://council.example/")
    assert backend.hosts == [("8.8.8.8", 80)]


@pytest.mark.parametrize("order", [("8.8.8.8", "10.0.0.1"), ("10.0.0.1", "8.8.8.8")])
def test_one_address_that_is_not_public_is_enough_to_refuse(order):
    backend = Dialled(*OK)
    with client(backend, *order) as asking, pytest.raises(network.NotAllowed):
        asking.get("http://council.example/")
    assert backend.hosts == []


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://[::1]/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://127.1/",
        "http://0177.0.0.1/",
        "http://[::ffff:127.0.0.1]/",
    ],
)
def test_numbers_that_mean_this_machine_are_refused(url):
    """The machine's own resolver reads them; it needs no network for that."""
    backend = Dialled(*OK)
    transport = network.GuardedTransport(backend=backend)
    refused = (httpx.TransportError, httpx.InvalidURL)
    with network.client("test", transport) as asking, pytest.raises(refused):
        asking.get(url)
    assert backend.hosts == []


@pytest.mark.parametrize(
    "url",
    [
        "ftp://council.example/",
        "file:///etc/passwd",
        "gopher://council.example/",
        "http://council.example:22/",
        "https://council.example:8443/",
        "http://user:secret@council.example/",
        "http://user@council.example/",
        "http:///path",
    ],
)
def test_only_plain_web_addresses_are_asked(url):
    backend = Dialled(*OK)
    with client(backend, "8.8.8.8") as asking, pytest.raises(httpx.TransportError):
        asking.get(url)
    assert backend.hosts == []


@pytest.mark.parametrize(
    "target",
    ["http://10.0.0.1/", "http://inside.example/", "http://a.example:6379/", "file:///etc/passwd"],
)
def test_a_redirect_goes_through_the_same_rules(target):
    answer = f"HTTP/1.1 302 Found\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n"
    backend = Dialled(answer.encode())
    hosts = {"council.example": "8.8.8.8", "a.example": "8.8.8.8"}
    transport = network.GuardedTransport(
        resolver=lambda host, port: [hosts.get(host, "10.0.0.1")], backend=backend
    )
    with network.client("test", transport) as asking, pytest.raises(httpx.TransportError):
        asking.get("http://council.example/")
    assert backend.hosts == [("8.8.8.8", 80)]


def test_a_redirect_does_not_take_a_connection_to_another_host_of_the_same_address():
    answer = b"HTTP/1.1 302 Found\r\nLocation: http://other.example/\r\nContent-Length: 0\r\n\r\n"
    backend = Dialled(answer)
    with client(backend, "8.8.8.8") as asking, pytest.raises(httpx.TooManyRedirects):
        asking.get("http://council.example/")
    assert backend.hosts == [("8.8.8.8", 80)] * (network.MAX_REDIRECTS + 1)


def test_what_a_redirect_says_besides_its_address_is_not_read():
    """A bomb is unpacked by nobody: here, what is announced never comes."""
    answer = (
        b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Encoding: gzip\r\n"
        b"Content-Length: 1000000\r\n\r\n"
    )
    with client(Dialled(answer), "8.8.8.8") as asking, pytest.raises(httpx.TooManyRedirects):
        asking.get("http://council.example/")


def test_the_time_is_for_a_request_with_all_its_redirects():
    answer = b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"
    backend, seconds = Dialled(answer), itertools.count(step=3)
    transport = network.GuardedTransport(
        resolver=lambda host, port: ["8.8.8.8"], backend=backend, clock=lambda: next(seconds)
    )
    with network.client("test", transport) as asking, pytest.raises(httpx.TimeoutException):
        asking.get("http://council.example/")
    assert len(backend.hosts) < network.MAX_REDIRECTS


def test_the_certificate_is_that_of_the_name_not_of_the_address():
    asked = []

    class Stream(httpcore.MockStream):
        def start_tls(self, ssl_context, server_hostname=None, timeout=None):
            asked.append((server_hostname, ssl_context.check_hostname, ssl_context.verify_mode))
            return self

    class Secure(Dialled):
        def connect_tcp(self, host, port, *args, **kwargs):
            super().connect_tcp(host, port)
            return Stream(list(OK))

    backend = Secure()
    with client(backend, "8.8.8.8") as asking:
        assert asking.get("https://council.example/").text == "ok"
    assert backend.hosts == [("8.8.8.8", 443)]
    assert asked == [("council.example", True, ssl.CERT_REQUIRED)]


def test_a_host_that_is_not_known_is_an_error_like_others():
    def unknown(host, port):
        raise OSError("no such host")

    transport = network.GuardedTransport(resolver=unknown, backend=Dialled(*OK))
    with network.client("test", transport) as asking, pytest.raises(httpx.TransportError) as error:
        asking.get("http://council.example/")
    assert not isinstance(error.value, network.NotAllowed)


def test_the_next_address_is_tried_when_one_does_not_answer():
    class First(Dialled):
        def connect_tcp(self, host, port, *args, **kwargs):
            stream = super().connect_tcp(host, port, *args, **kwargs)
            if len(self.hosts) == 1:
                raise httpcore.ConnectError("closed")
            return stream

    backend = First(*OK)
    with client(backend, "8.8.8.8", "9.9.9.9") as asking:
        assert asking.get("http://council.example/").text == "ok"
    assert backend.hosts == [("8.8.8.8", 80), ("9.9.9.9", 80)]


def test_bytes_that_trickle_in_do_not_last_for_ever():
    ticks = count(0, 3)
    backend = Dialled(b"HTTP/1.1 200 OK\r\n", *([b"A: b\r\n"] * 100))
    with (
        client(backend, "8.8.8.8", clock=lambda: float(next(ticks)), total=20) as asking,
        pytest.raises(httpx.TimeoutException),
    ):
        asking.get("http://council.example/")
    assert next(ticks) < 40


def test_a_real_server_is_asked_by_name_and_told_who_asks():
    with serving(lambda method, path: (200, {}, b"hello")) as server:
        with client_for(server) as asking:
            assert asking.get(server.url("/x")).content == b"hello"
        (headers,) = server.headers
        host = f"council.example:{server.port}"
    assert (headers["Host"], headers["User-Agent"]) == (host, "test")


def test_without_the_tests_own_allowance_this_machine_is_refused():
    with serving(lambda method, path: (200, {}, b"")) as server:
        for allow in ([], [("127.0.0.1", server.port + 1)], [("127.0.0.2", server.port)]):
            with client_for(server, allow=allow) as asking, pytest.raises(network.NotAllowed):
                asking.get(server.url())
        assert server.asked == []


def test_at_most_five_redirects_are_followed():
    def answer(method, path):
        return 302, {"Location": f"/{int(path[1:]) + 1}"}, b""

    with serving(answer) as server, client_for(server) as asking:
        with pytest.raises(httpx.TooManyRedirects):
            asking.get(server.url("/0"))
        assert [path for _method, path in server.asked] == [f"/{hop}" for hop in range(6)]


def test_no_cookie_is_kept_not_even_on_the_way():
    def answer(method, path):
        headers = {"Set-Cookie": "a=b; Path=/"}
        return (302, {**headers, "Location": "/2"}, b"") if path == "/1" else (200, headers, b"")

    with serving(answer) as server, client_for(server) as asking:
        asking.get(server.url("/1"))
        asking.get(server.url("/3"))
        assert [headers.get("Cookie") for headers in server.headers] == [None] * 3
        assert len(asking.cookies) == 0


def test_proxies_and_certificates_of_the_environment_do_not_count(monkeypatch):
    with serving(lambda method, path: (200, {}, b"proxy")) as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("SSL_CERT_FILE", "/nowhere")
        itself = serving(lambda method, path: (200, {}, b"itself"))
        with itself as server, client_for(server) as asking:
            assert asking.get(server.url()).text == "itself"
        assert proxy.asked == []


@pytest.mark.parametrize(("size", "fits"), [(100, True), (101, False)])
def test_a_body_has_a_size(size, fits):
    with (
        serving(lambda method, path: (200, {}, b"x" * size)) as server,
        client_for(server) as asking,
        asking.stream("GET", server.url()) as response,
    ):
        if fits:
            assert len(network.read(response, 100)) == size
        else:
            with pytest.raises(network.TooLarge):
                network.read(response, 100)


def test_a_server_that_hangs_up_is_an_error_of_httpx():
    backend = Dialled(b"not http at all\r\n\r\n")
    with client(backend, "8.8.8.8") as asking, pytest.raises(httpx.TransportError):
        asking.get("http://council.example/")


def test_sockets_of_the_machine_are_not_opened():
    backend = network._GuardedBackend(Dialled(), to_loopback, frozenset(), lambda: 0.0)
    with pytest.raises(network.NotAllowed):
        backend.connect_unix_socket("/run/docker.sock")
