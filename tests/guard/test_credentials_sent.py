"""The function's own credentials leave it in signed requests to AWS, and in no other way."""

import socket
import threading
from contextlib import suppress

import pytest
from certificates import server_context
from protected import oldest_and_newest, policy

pytestmark = oldest_and_newest
EVIL, AWS, HERE = "evil.example", "s3.eu-central-1.amazonaws.com", "127.0.0.1"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
ADDRESS = "127.0.0.9"
ALL = {"address": [{"operation": "*", "target": "*"}], "host": [{"operation": "*", "target": "**"}]}


class Sink:
    """Takes whatever comes, over TLS and by datagrams too, and answers it."""

    def __init__(self, context=None):
        self._listener = socket.create_server(("0.0.0.0", 0))
        self._context = context
        self.port = self._listener.getsockname()[1]
        self._datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._datagrams.bind(("0.0.0.0", self.port))
        self.got = b""
        for serve in (self._serve, self._serve_datagrams):
            threading.Thread(target=serve, daemon=True).start()

    def _serve_datagrams(self):
        while True:
            datagram, sender = self._datagrams.recvfrom(1 << 16)
            if not datagram:
                return  # it is closed
            self.got += datagram
            self._datagrams.sendto(OK, sender)

    def _serve(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return  # it is closed
            threading.Thread(target=self._take, args=(connection,), daemon=True).start()

    def _take(self, connection):
        connection.settimeout(5)
        with suppress(OSError), connection:  # who was refused sends nothing
            if self._context:
                connection = self._context.wrap_socket(connection, server_side=True)
            request = b""
            while not _is_whole(request):
                piece = connection.recv(1 << 20)
                if not piece:
                    return
                request += piece
                self.got += piece
            connection.sendall(OK)

    def close(self):
        self._listener.close()
        self._datagrams.sendto(b"", ("127.0.0.1", self.port))


def _is_whole(request):
    """Whether all of it is there: of a request its body, of all else the first piece."""
    if b"Content-Length: " not in request:
        return bool(request)
    head, _, body = request.rpartition(b"\r\n\r\n")
    length = head.rpartition(b"Content-Length: ")[2].split(b"\r\n")[0]
    return len(body) >= int(length or 0)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return server_context(EVIL, tmp_path_factory.mktemp("tls") / "both.pem")


@pytest.fixture(scope="module")
def sinks(certificate):
    made = {"plain": Sink(), "tls": Sink(certificate)}
    yield made
    for one in made.values():
        one.close()


@pytest.fixture(scope="module")
def run(start, python, has_namespace, sinks, with_packages):
    if not has_namespace:
        pytest.skip("without a mount namespace the names that are sent to are not to be had")
    running = {}
    is_this = "python" not in python
    code = with_packages("sending") if is_this else "sending"
    # The flow rule and the firewall are off: the event chooses the host.
    rest = {"protections": {"firewall": "off", "flow": "off"}, "allowlist": ALL}

    def begun(use, mode):
        credentials = {
            "AWS_SESSION_TOKEN": "IQoJb3JpZ2luX2VjEJr//////////wEaCXVzLWVhc3QtMSJHMEUCIQD+qrs/tuv==",
            "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        }
        if use not in running:
            hosts = dict.fromkeys((EVIL, AWS), ADDRESS)
            settings = {"HAUBERK_POLICY": policy(mode=mode, **rest)}
            running[use] = start(code, settings, environment=credentials, hosts=hosts, timeout_s=20)
        return running[use]

    def invoke(mode, way, what, host):
        if way in CLIENTS and not is_this:
            pytest.skip("the packages of functions are there for this Python only")
        # What is told often is not written each time.
        rows = [row[:3] for row in ATTACKS]
        row = rows.index((way, what, host)) // 4 if (way, what, host) in rows else 0
        sink = sinks["tls" if way.startswith("encrypted") else "plain"]
        sink.got = b""
        seen = begun((mode, row), mode).invoke(
            {"way": way, "what": what, "host": host, "port": sink.port}
        )
        return seen, sink.got

    return invoke


# httpx goes on to read where it could not write, and tells of that.
CUT_OFF = "ReadTimeout, ReadError"
ATTACKS = [
    # way, what, host, what the call raises
    ("posted", "token", EVIL, "URLError"),
    ("posted", "key", EVIL, "URLError"),
    ("posted", "base64", EVIL, "URLError"),
    ("posted", "hexadecimal", EVIL, "URLError"),
    ("posted", "quoted", EVIL, "URLError"),
    ("posted", "token", AWS, "URLError"),  # in the body of an AWS account's own
    ("in_header", "token", EVIL, "ConnectionRefusedError"),
    ("in_query", "token", EVIL, "URLError"),
    ("encrypted", "token", EVIL, "ConnectionRefusedError"),
    ("encrypted_by_asyncio", "key", EVIL, "ConnectionRefusedError"),
    ("encrypted_without_name", "token", EVIL, "ConnectionRefusedError"),
    ("encrypted_below", "token", EVIL, "ConnectionRefusedError"),
    ("plain", "token", EVIL, "ConnectionRefusedError"),
    ("plain", "base64", EVIL, "ConnectionRefusedError"),
    ("plain", "token", AWS, "ConnectionRefusedError"),
    ("plain_in_part", "key", EVIL, "ConnectionRefusedError"),
    ("plain_message", "token", EVIL, "ConnectionRefusedError"),
    ("plain_header", "token", EVIL, "ConnectionRefusedError"),
    ("plain_by_asyncio", "token", EVIL, "ConnectionRefusedError, ConnectionResetError"),
    ("datagram", "token", EVIL, "ConnectionRefusedError"),
    ("datagram_message", "key", EVIL, "ConnectionRefusedError"),
    ("by_requests", "token", EVIL, "ConnectionError"),
    ("by_httpx", "token", EVIL, CUT_OFF),
    ("by_httpx_asynchronous", "token", EVIL, CUT_OFF),
    ("by_aiohttp", "token", EVIL, "ClientOSError"),
]
CLIENTS = ("by_requests", "by_httpx", "by_httpx_asynchronous", "by_aiohttp")
LOOK_ALIKES = [
    ("posted", "harmless", EVIL),
    ("in_header", "token", AWS),
    ("by_sdk", "harmless", AWS),
    ("in_header", "token", HERE),  # what an extension on this machine asks for
    ("encrypted", "harmless", EVIL),
    ("encrypted_by_asyncio", "harmless", EVIL),
    ("encrypted_without_name", "harmless", EVIL),
    ("plain", "harmless", EVIL),
    ("plain", "token", HERE),
    ("plain_header", "token", AWS),
    ("plain_message", "harmless", EVIL),
    ("datagram", "harmless", EVIL),
    *((way, "harmless", EVIL) for way in CLIENTS),
]


@pytest.mark.parametrize(("way", "what", "host", "error"), ATTACKS)
def test_credentials_are_sent_and_reported_in_detect(run, way, what, host, error):
    seen, got = run("detect", way, what, host)
    assert got
    record = seen.detections[0]
    assert {one["detector"] for one in seen.detections} == {"credential-sent"}
    assert (record["verdict"], record["protection"]) == ("alert", "lambda")
    assert record["reason"].endswith(host)
    assert "wJalr" not in seen.answer.log and "IQoJ" not in seen.answer.log


@pytest.mark.parametrize(("way", "what", "host", "error"), ATTACKS)
def test_credentials_are_not_sent_in_prevent(run, way, what, host, error):
    seen, got = run("prevent", way, what, host)
    assert seen.error in error.split(", "), seen.answer.log
    assert b"wJalr" not in got and b"IQoJ" not in got
    assert seen.detections[0]["verdict"] == "block"


@pytest.mark.parametrize(("way", "what", "host"), LOOK_ALIKES)
def test_what_is_signed_or_harmless_is_sent(run, way, what, host):
    seen, got = run("prevent", way, what, host)
    assert seen.answer.error is None, seen.answer.log
    assert got
    assert not seen.detections
