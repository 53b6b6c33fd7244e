"""Lambda's Runtime API on loopback: what the runtime client in the function's process talks to.

Serves:         invocation/next to as many at once as the environment has, response (streamed too), error, init/error,
                restore/next and restore/error
Does not serve: the Extensions and Telemetry APIs
"""

from __future__ import annotations

import base64
import json
import queue
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import BinaryIO

from hauberk.local.http_message import (
    Broken,
    Request,
    read_body,
    read_chunks,
    read_request,
    response,
)

ROOT = "/2018-06-01/runtime"
ANSWER_LIMIT = 6 * 1024 * 1024 + 100  # bytes, Lambda's
STREAM_LIMIT = 200 * 1024 * 1024
CLIENTS = 10_000  # more than wait at once
OK = b'{"status":"OK"}\n'


@dataclass(frozen=True, slots=True)
class Invocation:
    """One event on its way to the function."""

    request_id: str
    event: bytes
    timeout_s: float
    function_arn: str
    trace_id: str


@dataclass(frozen=True, slots=True)
class Polled:
    """The client asked for the next event: init, or the invocation before, is over."""

    at: float


@dataclass(frozen=True, slots=True)
class Delivered:
    """The event is being written to the client."""

    at: float
    request_id: str


@dataclass(frozen=True, slots=True)
class Answered:
    """The function's answer; `error_type` is None when it answered well."""

    payload: bytes
    error_type: str | None
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Snapshotted:
    """The client waits for the restore: its process is what a snapshot would hold."""

    at: float


@dataclass(frozen=True, slots=True)
class InitFailed:
    """The client could not load the function, or a hook of its restore failed."""

    payload: bytes
    error_type: str


Message = Polled | Delivered | Answered | Snapshotted | InitFailed


class RuntimeApi:
    """The server for one environment; tells what its client does by calling `tell`.

    At most `most` invocations are under way at once; who asks for more waits.
    """

    def __init__(
        self, tell: Callable[[Message], None], most: int = 1, *, is_snapshot: bool = False
    ) -> None:
        self._tell = tell
        self._is_snapshot = is_snapshot
        self._most = most
        self._offered: queue.SimpleQueue[Invocation | None] = queue.SimpleQueue()
        self._current: set[str] = set()
        self._places = threading.Semaphore(most)
        self._restored = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def offer(self, invocation: Invocation) -> None:
        """Hands `invocation` to the client, now or when it asks."""
        self._offered.put(invocation)

    def restore(self) -> None:
        """Lets go on whoever waits for the restore."""
        self._restored.set()

    def close(self) -> None:
        """Takes no more connections and lets a waiting client go."""
        self._offered.put(None)
        self._restored.set()
        self._places.release(CLIENTS)
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:  # closed
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as stream:
            try:
                while request := read_request(stream):
                    if request.headers.get("expect", "").lower() == "100-continue":
                        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
                    connection.sendall(self._reply(request, stream))
            except (OSError, Broken, ValueError):
                return  # the client is gone or confused; its process's end tells the rest

    def _reply(self, request: Request, stream: BinaryIO) -> bytes:
        path = request.path.removeprefix(ROOT)
        if (request.method, path) == ("GET", "/invocation/next"):
            return self._next()
        if (request.method, path) == ("GET", "/restore/next") and self._is_snapshot:
            return self._restore()
        if request.method == "POST" and path in ("/init/error", "/restore/error"):
            return self._init_error(request, stream)
        parts = path.split("/")
        if request.method == "POST" and len(parts) == 4 and parts[1] == "invocation":
            return self._answer(parts[2], parts[3], request, stream)
        _discard(request, stream)
        return _refusal(HTTPStatus.NOT_FOUND, "NotFound", f"no {request.path} here")

    def _next(self) -> bytes:
        if self._most == 1 and self._current:
            message = f"{', '.join(self._current)} has no answer yet"
            return _refusal(HTTPStatus.FORBIDDEN, "InvalidStateTransition", message)
        self._tell(Polled(time.monotonic()))
        self._places.acquire()
        invocation = self._offered.get()
        if invocation is None:
            self._offered.put(None)
            raise Broken("closed")
        self._current.add(invocation.request_id)
        deadline_ms = int((time.time() + invocation.timeout_s) * 1000)
        reply = response(
            HTTPStatus.OK,
            invocation.event,
            {
                "Content-Type": "application/json",
                "Lambda-Runtime-Aws-Request-Id": invocation.request_id,
                "Lambda-Runtime-Deadline-Ms": str(deadline_ms),
                "Lambda-Runtime-Invoked-Function-Arn": invocation.function_arn,
                "Lambda-Runtime-Trace-Id": invocation.trace_id,
            },
        )
        self._tell(Delivered(time.monotonic(), invocation.request_id))
        return reply

    def _restore(self) -> bytes:
        self._tell(Snapshotted(time.monotonic()))
        self._restored.wait()
        return response(HTTPStatus.OK, b"")

    def _init_error(self, request: Request, stream: BinaryIO) -> bytes:
        payload = b"".join(read_body(stream, request))
        self._tell(InitFailed(payload, _error_type(request)))
        return response(HTTPStatus.ACCEPTED, OK)

    def _answer(self, request_id: str, what: str, request: Request, stream: BinaryIO) -> bytes:
        if request_id not in self._current or what not in ("response", "error"):
            _discard(request, stream)
            return _refusal(HTTPStatus.BAD_REQUEST, "InvalidRequestID", "Invalid request ID")
        streaming = request.headers.get("lambda-runtime-function-response-mode") == "streaming"
        trailers: dict[str, str] = {}
        limit = STREAM_LIMIT if streaming else ANSWER_LIMIT
        payload = _read_at_most(limit, request, stream, trailers)
        self._current.discard(request_id)
        self._places.release()
        if payload is None:
            self._tell(Answered(_too_large(limit), "Function.ResponseSizeTooLarge", request_id))
            message = f"Exceeded maximum allowed payload size ({limit} bytes)."
            status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
            return _refusal(status, "RequestEntityTooLarge", message)
        self._tell(replace(_answered(what, payload, request, trailers), request_id=request_id))
        return response(HTTPStatus.ACCEPTED, OK)


def _answered(what: str, payload: bytes, request: Request, trailers: dict[str, str]) -> Answered:
    failed = trailers.get("lambda-runtime-function-error-type")
    if failed is not None:  # the stream broke off; its cause takes its place, as in Invoke
        body = trailers.get("lambda-runtime-function-error-body", "")
        return Answered(base64.b64decode(body), failed)
    return Answered(payload, _error_type(request) if what == "error" else None)


def _read_at_most(
    limit: int, request: Request, stream: BinaryIO, trailers: dict[str, str]
) -> bytes | None:
    pieces = read_chunks(stream, trailers) if request.is_chunked else read_body(stream, request)
    kept, size = [], 0
    for piece in pieces:
        size += len(piece)
        if size <= limit:
            kept.append(piece)
    return b"".join(kept) if size <= limit else None


def _discard(request: Request, stream: BinaryIO) -> None:
    for _ in read_body(stream, request):
        pass


def _error_type(request: Request) -> str:
    return request.headers.get("lambda-runtime-function-error-type", "Runtime.UnknownReason")


def _too_large(limit: int) -> bytes:
    message = f"Response payload size exceeded maximum allowed payload size ({limit} bytes)."
    return error_payload("Function.ResponseSizeTooLarge", message)


def error_payload(error_type: str, message: str) -> bytes:
    """An error as Lambda itself words it."""
    return json.dumps(
        {"errorType": error_type, "errorMessage": message}, separators=(",", ":")
    ).encode()


def _refusal(status: HTTPStatus, error_type: str, message: str) -> bytes:
    return response(status, error_payload(error_type, message))
