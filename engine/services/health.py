"""`/healthz`, `/readyz` and `/metrics` over HTTP, on 127.0.0.1 unless another host is named.

They are answered from a thread of their own, so that an event loop that hangs is told as such.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from socketserver import ThreadingMixIn
from threading import Thread
from time import monotonic
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import msgspec
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

LOOPBACK = "127.0.0.1"
BEAT_S = 1.0
DEAD_S = 10.0
"""An event loop that has not had its turn for so long is not alive."""


class Address(msgspec.Struct, frozen=True):
    """Where to listen; port 0 is any that is free."""

    host: str
    port: int


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its name there
        """Say nothing; a probe comes every few seconds."""


class Health:
    """Answers for one process: is it alive, is it `ready`, what has it counted."""

    def __init__(self, registry: CollectorRegistry, ready: Callable[[], bool]) -> None:
        self._registry, self._ready = registry, ready
        self._beat = monotonic()
        lag = Gauge(
            "margincall_loop_lag_seconds",
            "How long the event loop is overdue with its next turn.",
            registry=registry,
        )
        lag.set_function(lambda: max(0.0, monotonic() - self._beat - BEAT_S))
        self.port = 0

    @contextmanager
    def served(self, address: Address) -> Iterator[None]:
        """Serve meanwhile. Raises `OSError` if the port is taken or the host is not ours."""
        server = make_server(address.host, address.port, self._answer, _Server, _Quiet)
        self.port = server.server_port
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    @asynccontextmanager
    async def beating(self) -> AsyncIterator[None]:
        """Show meanwhile that the event loop has its turns."""
        beating = asyncio.ensure_future(self.beat())
        try:
            yield
        finally:
            beating.cancel()
            await asyncio.wait({beating})

    async def beat(self) -> None:
        """Show that the event loop has its turns, until this is cancelled."""
        while True:
            self._beat = monotonic()
            await asyncio.sleep(BEAT_S)

    def _answer(self, environment: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        path = environment["PATH_INFO"]
        kind = "text/plain; charset=utf-8"
        if path == "/metrics":
            kind, status, body = CONTENT_TYPE_LATEST, "200 OK", generate_latest(self._registry)
        elif path == "/healthz":
            status, body = _told("alive", alive=monotonic() - self._beat < DEAD_S)
        elif path == "/readyz":
            status, body = _told("ready", alive=self._ready())
        else:
            status, body = "404 Not Found", b"there are /healthz, /readyz and /metrics\n"
        start(status, [("Content-Type", kind), ("Content-Length", str(len(body)))])
        return [body]


def _told(what: str, *, alive: bool) -> tuple[str, bytes]:
    if alive:
        return "200 OK", f"{what}\n".encode()
    return "503 Service Unavailable", f"not {what}\n".encode()
