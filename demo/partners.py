"""The shop's honest partners: price services and a customer's bookkeeping, one local server."""

import json
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

ADDRESS = "127.0.0.1"


@contextmanager
def partners() -> Iterator[int]:
    """Runs the server on a port that the system chooses, and gives the port."""
    server = ThreadingHTTPServer((ADDRESS, 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


def price(sku: str) -> str:
    """The price of `sku`: always the same, for it is made from the name."""
    cents = zlib.crc32(sku.encode()) % 10_000 + 1
    return f"{cents // 100}.{cents % 100:02}"


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        sku = unquote(urlsplit(self.path).path).rpartition("/")[2]
        self._answer({"sku": sku, "price": price(sku)})

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length") or 0))
        self._answer({"booked": True})

    def _answer(self, content: dict[str, object]) -> None:
        body = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Stays silent."""
