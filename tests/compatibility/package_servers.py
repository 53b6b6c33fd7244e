"""What the uses talk to: real servers on loopback, and a second door to each that tells who came through."""

from __future__ import annotations

import http.server
import socket
import threading
from collections.abc import Iterator
from concurrent import futures
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

import grpc
from database_servers import LOOPBACK, NoServer, postgres

PAGES = {"/page": b"<title>Hauberk</title><p>a page</p>", "/data": b"some data"}


@dataclass
class Door:
    """A port that leads to the same server as another, and counts those who came."""

    to: int
    came: int = 0
    _listener: socket.socket = field(default_factory=lambda: socket.create_server((LOOPBACK, 0)))

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    def open(self) -> None:
        threading.Thread(target=self._run, daemon=True).start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _run(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            self.came += 1
            far = socket.create_connection((LOOPBACK, self.to))
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=_pass_on, args=(one, other), daemon=True).start()


def _pass_on(one: socket.socket, other: socket.socket) -> None:
    try:
        while data := one.recv(65536):
            other.sendall(data)
        other.shutdown(socket.SHUT_WR)
    except OSError:
        one.close()


@dataclass(frozen=True)
class Servers:
    """Each server's port and second door, or why it is not there."""

    doors: dict[str, Door]
    missing: dict[str, str]


@contextmanager
def serving() -> Iterator[Servers]:
    doors, missing = {}, {}
    with ExitStack() as stack:
        for name, server in (("http", _http), ("grpc", _grpc), ("postgres", postgres)):
            try:
                door = doors[name] = Door(stack.enter_context(server()))
            except NoServer as reason:
                missing[name] = str(reason)
                continue
            door.open()
            stack.callback(door.close)
        yield Servers(doors, missing)


class _Pages(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = PAGES.get(self.path)
        self.send_response(200 if body else 404)
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def _http() -> Iterator[int]:
    server = http.server.ThreadingHTTPServer((LOOPBACK, 0), _Pages)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


class _Echo(grpc.GenericRpcHandler):
    def service(self, call):  # type: ignore[no-untyped-def]
        if call.method.endswith("/Say"):
            return grpc.unary_unary_rpc_method_handler(lambda request, _: request)
        numbers = lambda request, _: (str(one).encode() for one in range(int(request)))  # noqa: E731
        return grpc.unary_stream_rpc_method_handler(numbers)


@contextmanager
def _grpc() -> Iterator[int]:
    server = grpc.server(futures.ThreadPoolExecutor(2), handlers=(_Echo(),))
    port = server.add_insecure_port(f"{LOOPBACK}:0")
    server.start()
    yield port
    server.stop(None).wait()
