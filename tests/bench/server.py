"""A real HTTP server in a thread, and a client that keeps its connection: what a harvester sees."""

import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.cache import cache
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler

HOST = "school.example"


class _Quiet(WSGIRequestHandler):
    """Says nothing of each request, and sends at once (without Nagle's wait of 40 ms)."""

    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class Client:
    """Asks the server, over one connection, and spends as little of its own as can be.

    Python's own client takes longer to read a dozen headers than the server to write them.
    """

    def __init__(self, port: int) -> None:
        self.connection = socket.create_connection(("127.0.0.1", port))
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, path: str, *, status: int = 200, **headers: str) -> tuple[str, bytes]:
        """Return the head and the content of an answer."""
        named = "".join(f"{name.replace('_', '-')}: {text}\r\n" for name, text in headers.items())
        asked = f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\n{named}\r\n"
        self.connection.sendall(asked.encode())
        received = bytearray()
        while (end := received.find(b"\r\n\r\n")) < 0:
            received += self._more()
        head = received[:end].decode()
        assert int(head.split(" ", 2)[1]) == status, (path, head, bytes(received[end:500]))
        return head, self._content(received[end + 4 :], head, status)

    def _content(self, begun: bytearray, head: str, status: int) -> bytes:
        if status == 304:
            return b""
        content = bytearray(int(header(head, "Content-Length")))
        content[: len(begun)] = begun
        rest = memoryview(content)[len(begun) :]
        while rest:
            rest = rest[self.connection.recv_into(rest) :]
        return content

    def _more(self) -> bytes:
        more = self.connection.recv(65536)
        assert more, "the server hung up"
        return more


def header(head: str, name: str) -> str:
    """Return a header's text."""
    found = re.search(rf"^{name}: (.*?)\r?$", head, re.MULTILINE | re.IGNORECASE)
    assert found, (name, head)
    return found[1]


class Asker:
    """Prepares requests through a client; a `fresh` one finds no answer in the cache."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def __call__(
        self, *paths: str, fresh: bool = False, **asked: Any
    ) -> Callable[[int], Callable[[], Any]]:
        """Return what prepares the n-th request of some addresses, one after the other."""

        def prepare(number: int) -> Callable[[], Any]:
            if fresh:
                self._forget(paths[0])
            return lambda: [self.client.ask(path, **asked) for path in paths]

        return prepare

    def _forget(self, path: str) -> None:
        """Drop an answer, and nothing else that Wagtail or Django keep."""
        tag = header(self.client.ask(path)[0], "ETag").strip('"').rpartition("-")[0]
        cache.delete(f"senoffer:{tag}")


@contextmanager
def served() -> Iterator[Client]:
    """Serve this process's site on a free port meanwhile."""
    server = ThreadedWSGIServer(("127.0.0.1", 0), _Quiet, connections_override={})
    server.set_app(WSGIHandler())
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    client = Client(server.server_port)
    try:
        yield client
    finally:
        client.connection.close()
        server.shutdown()
        server.server_close()
