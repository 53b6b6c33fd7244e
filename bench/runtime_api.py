"""The least Runtime API that a runtime client can work with: one event at a time, one thread.

Serves:         invocation/next, response
Does not serve: errors, which end the measurement; anything that runs beside the invocation
"""

from __future__ import annotations

import socket
import time
from dataclasses import dataclass
from http import HTTPStatus
from typing import BinaryIO

from hauberk.local.http_message import Request, read_body, read_request, response

NEXT = "/2018-06-01/runtime/invocation/next"
ACCEPTED = response(HTTPStatus.ACCEPTED, b"{}")
SILENCE_LIMIT_S = 60
ARN = "arn:aws:lambda:us-east-1:123456789012:function:function"


class BenchError(Exception):
    """What is measured did not work; no figure is given."""


@dataclass(frozen=True, slots=True)
class Received:
    """A request of the client, its body, and when it had come in whole."""

    request: Request
    body: bytes
    at_ns: int


class RuntimeApi:
    """Listens on loopback; its caller says when to read and when to write."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(SILENCE_LIMIT_S)
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self._connection: socket.socket | None = None
        self._stream: BinaryIO | None = None
        self._served = 0

    def wait_for_next(self) -> int:
        """Reads until the client asks for the next event; answers when that was."""
        received = self._receive()
        if received.request.path != NEXT:
            raise BenchError(f"{received.request.path}: {received.body.decode(errors='replace')}")
        return received.at_ns

    def give(self, event: bytes) -> tuple[bytes, int, int]:
        """Gives the waiting client `event`; its answer, and when each was sent."""
        self._served += 1
        headers = {
            "Content-Type": "application/json",
            "Lambda-Runtime-Aws-Request-Id": f"00000000-0000-4000-8000-{self._served:012}",
            "Lambda-Runtime-Deadline-Ms": str(int(time.time() * 1000) + 30_000),
            "Lambda-Runtime-Invoked-Function-Arn": ARN,
            "Lambda-Runtime-Trace-Id": "Root=1-66f0a1b2-0123456789abcdef01234567;Sampled=0",
        }
        reply = response(HTTPStatus.OK, event, headers)
        began_ns = time.monotonic_ns()
        self._send(reply)
        received = self._receive()
        if not received.request.path.endswith("/response"):
            raise BenchError(f"{received.request.path}: {received.body.decode(errors='replace')}")
        self._send(ACCEPTED)
        return received.body, began_ns, received.at_ns

    def hang_up(self) -> None:
        """Forgets the client."""
        if self._stream is not None and self._connection is not None:
            self._stream.close()
            self._connection.close()
        self._stream = self._connection = None

    def _receive(self) -> Received:
        while True:
            stream = self._stream or self._accept()
            request = read_request(stream)
            if request is not None:
                body = b"".join(read_body(stream, request))
                return Received(request, body, time.monotonic_ns())
            self.hang_up()

    def _accept(self) -> BinaryIO:
        connection, _ = self._listener.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.settimeout(SILENCE_LIMIT_S)
        self._connection, self._stream = connection, connection.makefile("rb")
        return self._stream

    def _send(self, message: bytes) -> None:
        if self._connection is None:
            raise BenchError("the function's process has ended")
        self._connection.sendall(message)
