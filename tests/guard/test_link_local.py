"""The daemon of X-Ray and who gives credentials, where they answer: only the SDK and tracers get there in prevent."""

from __future__ import annotations

import ctypes
import fcntl
import http.server
import json
import os
import socket
import struct
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from protected import policy
from test_attack_paths import ALL, CREDENTIALS, OFF, TRACES, UNASKED

DAEMON, CONTAINER, INSTANCE = "169.254.79.129", "169.254.170.2", "169.254.169.254"
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
ATTACKS = [
    # way, detector, how the call ends in prevent
    ("traces", TRACES, "ConnectionRefusedError"),
    ("traces_connected", TRACES, "ConnectionRefusedError"),
    ("traces_by_child", TRACES, "CalledProcessError"),
    ("credentials_of_container", CREDENTIALS, "URLError"),
    ("credentials_of_instance", CREDENTIALS, "URLError"),
    ("credentials_by_child", CREDENTIALS, "CalledProcessError"),
]
LOOK_ALIKES = ("by_session", "by_tracer")
# Whoever asks the SDK's own fetchers gets what they fetch.
MISSES = ("by_fetcher_of_container", "by_fetcher_of_instance")
CLONE_NEWNET, SIOCSIFADDR, SIOCSIFFLAGS, IS_UP = 0x40000000, 0x8916, 0x8914, 0x41


class Link:
    """A network of one thread and what it starts, in which these addresses are this machine's, and answer."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1)
        self.traces: list[bytes] = []
        self.problem = self.do(self._enter)

    def do(self, act, *arguments, **fields):
        return self._thread.submit(act, *arguments, **fields).result()

    def close(self) -> None:
        self._thread.shutdown(wait=False)

    def _enter(self) -> str:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.unshare(CLONE_NEWNET) != 0:
            return os.strerror(ctypes.get_errno())
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
            ask = any_socket.fileno()
            fcntl.ioctl(ask, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IS_UP))
            for number, address in enumerate((DAEMON, CONTAINER, INSTANCE)):
                name, octets = f"lo:{number}".encode(), socket.inet_aton(address)
                request = struct.pack("16sHH4s8x", name, socket.AF_INET, 0, octets)
                fcntl.ioctl(ask, SIOCSIFADDR, request)
        for address in (CONTAINER, INSTANCE):
            server = http.server.ThreadingHTTPServer((address, 80), Credentials)
            threading.Thread(target=server.serve_forever, daemon=True).start()
        daemon = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        daemon.bind((DAEMON, 2000))
        threading.Thread(target=self._take, args=(daemon,), daemon=True).start()
        return ""

    def _take(self, daemon: socket.socket) -> None:
        while True:
            self.traces.append(daemon.recv(1 << 16))


class Credentials(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        told = {
            "Code": "Success",
            "AccessKeyId": "ASIAIOSFODNN7EXAMPLE",
            "SecretAccessKey": SECRET,
            "Token": "token",
            "Expiration": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600)),
        }
        self._answer(b"role" if self.path.endswith("/") else json.dumps(told).encode())

    def do_PUT(self) -> None:
        self._answer(b"token")

    def _answer(self, text: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: object) -> None:
        """The test reads no log."""


@pytest.fixture(scope="module")
def link():
    made = Link()
    if made.problem:
        pytest.skip(f"this machine gives no network of its own: {made.problem}")
    yield made
    made.close()


@pytest.fixture(scope="module")
def run(start, link, with_packages):
    code = with_packages("link_local")
    running = {}

    def begin(mode):
        document = {"allowlist": ALL, "protections": OFF, "detectors": UNASKED}
        settings = {"HAUBERK_POLICY": policy(mode=mode, **document)} if mode else None
        daemon = {"AWS_XRAY_DAEMON_ADDRESS": f"{DAEMON}:2000"}
        return link.do(start, code, settings, environment=daemon, timeout_s=20)

    def invoke(mode, way):
        if mode not in running:
            running[mode] = begin(mode)
        link.traces.clear()
        seen = link.do(running[mode].invoke, {"way": way})
        is_trace = way in ("traces", "traces_connected", "traces_by_child", "by_tracer")
        return seen, arrived(link) if is_trace else SECRET in seen.payload.decode()

    return invoke


def arrived(link):
    """Whether a trace came, by the time that one comes which was sent later."""
    with link.do(socket.socket, socket.AF_INET, socket.SOCK_DGRAM) as fence:
        fence.sendto(b"fence", (DAEMON, 2000))
    limit = time.monotonic() + 5
    while link.traces[-1:] != [b"fence"] and time.monotonic() < limit:
        time.sleep(0.005)
    return len(link.traces) > 1


@pytest.mark.parametrize("way", [row[0] for row in ATTACKS])
def test_unprotected_it_has_its_effect(run, way):
    seen, has_happened = run(None, way)
    assert seen.answer.error is None, seen.answer.log
    assert has_happened


@pytest.mark.parametrize(("way", "detector", "error"), ATTACKS, ids=[row[0] for row in ATTACKS])
def test_in_detect_it_is_told_of_and_happens(run, way, detector, error):
    seen, has_happened = run("detect", way)
    assert seen.answer.error is None, seen.answer.log
    assert has_happened
    assert {one["detector"] for one in seen.detections} == {detector}, seen.answer.log


@pytest.mark.parametrize(("way", "detector", "error"), ATTACKS, ids=[row[0] for row in ATTACKS])
def test_in_prevent_nobody_is_reached(run, way, detector, error):
    seen, has_happened = run("prevent", way)
    assert not has_happened
    assert seen.error == error, seen.answer.log
    assert {one["detector"] for one in seen.detections} == {detector}, seen.answer.log
    assert seen.detections[0]["verdict"] == "block"


@pytest.mark.parametrize("way", LOOK_ALIKES)
def test_the_sdk_gets_credentials_and_a_tracer_sends(run, way):
    seen, has_happened = run("prevent", way)
    assert seen.answer.error is None, seen.answer.log
    assert has_happened
    assert not seen.detections


@pytest.mark.parametrize("way", MISSES)
def test_a_known_miss_is_still_missed(run, way):
    seen, has_happened = run("prevent", way)
    assert has_happened, f"no longer missed: {seen.answer.log}"
    assert not seen.detections
