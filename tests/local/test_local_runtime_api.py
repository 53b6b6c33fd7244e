"""The Runtime API, spoken to by a client of ours: streams, refusals, broken requests."""

import base64
import http.client
import json
import queue
import socket
import time
from collections.abc import Iterator

import pytest

from hauberk.local.runtime_api import (
    STREAM_LIMIT,
    Answered,
    Delivered,
    InitFailed,
    Invocation,
    Polled,
    RuntimeApi,
)

ROOT = "/2018-06-01/runtime"
INVOCATION = Invocation("the-id", b'{"a": 1}', 3, "arn:the-function", "Root=1-2-3")


class Talk:
    """The API, what it has told, and a client of it."""

    def __init__(self) -> None:
        self.told: queue.SimpleQueue[object] = queue.SimpleQueue()
        self.api = RuntimeApi(self.told.put)
        self.client = http.client.HTTPConnection(self.api.address, timeout=10)

    def next(self) -> object:
        return self.told.get(timeout=10)

    def request(self, method: str, path: str, body: object = None, **more: object):
        self.client.request(method, ROOT + path, body, **more)
        response = self.client.getresponse()
        return response.status, response.headers, response.read()

    def take(self) -> tuple[int, http.client.HTTPMessage, bytes]:
        self.api.offer(INVOCATION)
        taken = self.request("GET", "/invocation/next")
        assert isinstance(self.next(), Polled)
        assert isinstance(self.next(), Delivered)
        return taken


@pytest.fixture
def talk() -> Iterator[Talk]:
    talk = Talk()
    yield talk
    talk.client.close()
    talk.api.close()


def test_an_event_comes_with_lambdas_headers(talk):
    before = time.time()
    status, headers, body = talk.take()
    assert (status, body) == (200, b'{"a": 1}')
    assert headers["Content-Type"] == "application/json"
    assert headers["Lambda-Runtime-Aws-Request-Id"] == "the-id"
    assert headers["Lambda-Runtime-Invoked-Function-Arn"] == "arn:the-function"
    assert headers["Lambda-Runtime-Trace-Id"] == "Root=1-2-3"
    left_s = int(headers["Lambda-Runtime-Deadline-Ms"]) / 1000 - before
    assert 2.9 < left_s < 13


STREAMING = {"Lambda-Runtime-Function-Response-Mode": "streaming"}
CHUNKED = {**STREAMING, "Transfer-Encoding": "chunked"}


def test_a_streamed_answer_is_its_chunks(talk):
    talk.take()
    chunks = [b"one", b"", b"two" * 50_000, b"\r\n0\r\n\r\n"]
    status, _, _ = talk.request(
        "POST",
        "/invocation/the-id/response",
        iter([chunk for chunk in chunks if chunk]),
        headers=CHUNKED,
        encode_chunked=True,
    )
    assert (status, talk.next()) == (202, Answered(b"".join(chunks), None, "the-id"))


def test_a_streamed_answer_may_be_larger_than_6_mb(talk):
    talk.take()
    body = (b"x" * 1_000_000 for _ in range(10))
    path = "/invocation/the-id/response"
    assert talk.request("POST", path, body, headers=CHUNKED, encode_chunked=True)[0] == 202
    assert len(talk.next().payload) == 10_000_000


def test_a_stream_that_broke_off_is_an_error_with_its_cause(talk):
    talk.take()
    cause = b'{"errorType": "Oops", "errorMessage": "half way"}'
    talk.client.putrequest("POST", f"{ROOT}/invocation/the-id/response")
    for name, value in CHUNKED.items():
        talk.client.putheader(name, value)
    talk.client.endheaders()
    talk.client.send(
        b"4\r\nhalf\r\n0\r\n"
        b"Lambda-Runtime-Function-Error-Type: Oops\r\n"
        b"Lambda-Runtime-Function-Error-Body: " + base64.b64encode(cause) + b"\r\n\r\n"
    )
    assert talk.client.getresponse().status == 202
    assert talk.next() == Answered(cause, "Oops", "the-id")


def test_a_stream_over_its_limit_is_refused(talk):
    talk.take()
    body = (b"x" * (STREAM_LIMIT // 100) for _ in range(101))
    path = "/invocation/the-id/response"
    assert talk.request("POST", path, body, headers=CHUNKED, encode_chunked=True)[0] == 413
    assert talk.next().error_type == "Function.ResponseSizeTooLarge"


def test_an_error_is_passed_on_with_its_type(talk):
    talk.take()
    headers = {
        "Lambda-Runtime-Function-Error-Type": "ValueError",
        "Lambda-Runtime-Function-XRay-Error-Cause": "x" * 1_000_000,
    }
    status, _, _ = talk.request("POST", "/invocation/the-id/error", b'{"e": 1}', headers=headers)
    assert (status, talk.next()) == (202, Answered(b'{"e": 1}', "ValueError", "the-id"))


def test_an_init_error_is_passed_on(talk):
    headers = {"Lambda-Runtime-Function-Error-Type": "Runtime.ImportModuleError"}
    assert talk.request("POST", "/init/error", b"{}", headers=headers)[0] == 202
    assert talk.next() == InitFailed(b"{}", "Runtime.ImportModuleError")


REFUSALS = [
    # method, path                              status, error type
    ("POST", "/invocation/another/response", 400, "InvalidRequestID"),
    ("POST", "/invocation/the-id/nothing", 400, "InvalidRequestID"),
    ("GET", "/invocation/next", 403, "InvalidStateTransition"),  # before an answer
    ("GET", "/restore/next", 404, "NotFound"),
    ("DELETE", "/invocation/next", 404, "NotFound"),
]


@pytest.mark.parametrize(("method", "path", "status", "error_type"), REFUSALS)
def test_a_request_out_of_place_is_refused_and_the_right_one_still_taken(
    talk, method, path, status, error_type
):
    talk.take()
    refused = talk.request(method, path, b"x" * 100_000 if method == "POST" else None)
    assert (refused[0], json.loads(refused[2])["errorType"]) == (status, error_type)
    assert talk.request("POST", "/invocation/the-id/response", b"1")[0] == 202
    assert talk.next() == Answered(b"1", None, "the-id")
    again = talk.request("POST", "/invocation/the-id/response", b"2")
    assert again[0] == 400  # one answer each


BROKEN = [
    b"nonsense\r\n\r\n",
    b"POST /2018-06-01/runtime/invocation/the-id/response HTTP/1.1\r\nContent-Length: 9\r\n\r\n1",
    b"POST /2018-06-01/runtime/invocation/the-id/response HTTP/1.1\r\nContent-Length: x\r\n\r\n",
    b"POST /2018-06-01/runtime/init/error HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost",
    b"\x00" * 1000,
]


@pytest.mark.parametrize("sent", BROKEN)
def test_a_broken_request_says_nothing_and_harms_nobody(talk, sent):
    talk.take()
    host, port = talk.api.address.split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(1000) == b""
    assert talk.told.empty()
    assert talk.request("POST", "/invocation/the-id/response", b"1")[0] == 202
    assert talk.next() == Answered(b"1", None, "the-id")


def test_it_listens_on_loopback_only(talk):
    assert talk.api.address.startswith("127.0.0.1:")
    assert talk.api._listener.getsockname()[0] == "127.0.0.1"
