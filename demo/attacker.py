"""The attacker's server: takes whatever arrives, and remembers it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ADDRESS = "127.0.0.66"  # loopback, but no address that the shop uses


@dataclass(frozen=True, slots=True)
class Hit:
    """One request that reached the attacker."""

    path: str
    headers: str
    body: bytes


@dataclass(slots=True)
class Collector:
    """The attacker's server, seen from the attacker."""

    port: int
    _hits: list[Hit] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, hit: Hit) -> None:
        """Remembers `hit`."""
        with self._lock:
            self._hits.append(hit)

    def take(self) -> tuple[Hit, ...]:
        """What arrived since the last time."""
        with self._lock:
            hits = tuple(self._hits)
            self._hits.clear()
        return hits


@contextmanager
def collecting() -> Iterator[Collector]:
    """Runs the attacker's server on a port that the system chooses."""
    server = ThreadingHTTPServer((ADDRESS, 0), BaseHTTPRequestHandler)
    collector = Collector(server.server_address[1])
    server.RequestHandlerClass = _handler(collector)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield collector
    finally:
        server.shutdown()
        server.server_close()


def _handler(collector: Collector) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            collector.add(Hit(self.path, str(self.headers), body))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"sku": "teapot", "price": "0.01"}')

        do_POST = do_GET

        def log_message(self, format: str, *args: object) -> None:
            """Stays silent."""

    return Handler
