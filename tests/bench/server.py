"""A real HTTP server in a thread, and a client that keeps its connection: what a harvester sees."""

import http.client
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
    """Asks the server, over one connection."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port)

    def ask(self, path: str, *, status: int = 200, **headers: str) -> tuple[dict[str, str], bytes]:
        """Return headers, their names in small letters, and content of an answer."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.connection.request("GET", path, headers={"Host": HOST, **named})
        response = self.connection.getresponse()
        content = response.read()
        assert response.status == status, (path, response.status, content[:500])
        return {name.lower(): value for name, value in response.getheaders()}, content


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
        tag = self.client.ask(path)[0]["etag"].strip('"').rpartition("-")[0]
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
