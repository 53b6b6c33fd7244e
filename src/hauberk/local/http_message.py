"""HTTP/1.1 as a runtime client speaks it: requests in, whole responses out.

Not http.server: that refuses headers over 64 KB, and the client's error cause may be 1 MB.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import BinaryIO

HEAD_LIMIT = 4 * 1024 * 1024  # bytes of one line, and of all headers


class Broken(Exception):
    """The peer sent what is not HTTP, or went away in the middle."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request without its body; header names are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]

    @property
    def is_chunked(self) -> bool:
        """Does the body come in chunks?"""
        return self.headers.get("transfer-encoding", "").lower() == "chunked"


def read_request(stream: BinaryIO) -> Request | None:
    """The next request on a connection, or None when the peer has closed it."""
    line = stream.readline(HEAD_LIMIT)
    if not line:
        return None
    words = line.decode("latin-1").split()
    if len(words) != 3:
        raise Broken(f"not a request line: {line[:80]!r}")
    return Request(words[0], words[1], _read_headers(stream))


def read_body(stream: BinaryIO, request: Request) -> Iterator[bytes]:
    """The body, in the pieces it comes in; trailers are added to nothing, see `read_chunks`."""
    if request.is_chunked:
        yield from read_chunks(stream, {})
        return
    left = int(request.headers.get("content-length", "0"))
    while left > 0:
        piece = stream.read(min(left, 1 << 20))
        if not piece:
            raise Broken("the body ended early")
        left -= len(piece)
        yield piece


def read_chunks(stream: BinaryIO, trailers: dict[str, str]) -> Iterator[bytes]:
    """The chunks of a chunked body; afterwards `trailers` holds its trailing headers."""
    while True:
        line = stream.readline(HEAD_LIMIT).partition(b";")[0].strip()
        try:
            size = int(line, 16)
        except ValueError as error:
            raise Broken(f"not a chunk size: {line[:80]!r}") from error
        if size == 0:
            trailers.update(_read_headers(stream))
            return
        chunk = stream.read(size)
        if len(chunk) < size:
            raise Broken("a chunk ended early")
        stream.readline(HEAD_LIMIT)
        yield chunk


def response(status: HTTPStatus, body: bytes, headers: Mapping[str, str] | None = None) -> bytes:
    """A whole response, to be sent in one write."""
    lines = [f"HTTP/1.1 {status.value} {status.phrase}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if headers is None or "Content-Type" not in headers:
        lines.append("Content-Type: application/json")
    return "\r\n".join((*lines, "", "")).encode("latin-1") + body


def _read_headers(stream: BinaryIO) -> dict[str, str]:
    headers: dict[str, str] = {}
    left = HEAD_LIMIT
    while True:
        line = stream.readline(left)
        left -= len(line)
        if line in (b"\r\n", b"\n"):
            return headers
        if not line.endswith(b"\n"):
            raise Broken("the headers are too long, or ended early")
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.strip().lower()] = value.strip()
