"""What code does in a sub-interpreter is judged as in the main one: one hook hears all of them.

The firewall and the flow rule are off: they would block the code before it runs.
"""

import socket
import threading

import pytest
from protected import oldest_and_newest, policy

pytestmark = oldest_and_newest
ACTS = [
    ("file", "open('/etc/hostname')"),
    ("file", "import posix; posix.listdir('/etc')"),
    ("process", "import posix; posix.system('id')"),
    ("process", "import posix; posix.posix_spawn('/bin/true', ['true'], {})"),
    ("address", "import socket; socket.socket().connect(('127.0.0.1', 9))"),
]


@pytest.fixture(scope="module")
def running(start):
    allowlist = {"file": [], "process": [], "address": []}
    signed = policy(allowlist=allowlist, protections={"firewall": "off", "flow": "off"})
    return start("subinterpreters", {"HAUBERK_POLICY": signed})


@pytest.mark.parametrize(("kind", "code"), ACTS)
def test_an_act_of_a_sub_interpreter_is_blocked(running, kind, code):
    seen = running.invoke({"code": code})
    assert f"blocked by Hauberk: unlisted-{kind}" in seen.value
    assert [record["detector"] for record in seen.detections] == [f"unlisted-{kind}"]


def test_what_is_allowed_there_runs(running):
    assert running.invoke({"code": "sum(range(9))"}).value == "None"


def test_that_less_is_seen_there_is_told_once(start):
    running = start("subinterpreters", {"HAUBERK_MODE": "detect"})
    seen = running.invoke({"code": "sum(range(9))"})
    again = running.invoke({"code": "sum(range(9))"})
    told = [*seen.statuses, *again.statuses]
    gaps = [one["message"] for one in told if one["state"] == "gap"]
    assert [one for one in gaps if one.startswith("sub-interpreters: ")] == gaps
    assert len(gaps) == 1


@pytest.mark.parametrize("is_listed", (False, True))
def test_a_sub_interpreter_is_made_only_where_a_list_of_code_names_it(start, is_listed):
    listed = [{"operation": "load", "target": "_interpreters"}] if is_listed else []
    signed = policy(allowlist={"code": listed}, protections={"firewall": "off", "flow": "off"})
    seen = start("subinterpreters", {"HAUBERK_POLICY": signed}).invoke({"code": "sum(range(9))"})
    detected = [(one["detector"], one["target"]) for one in seen.detections]
    if is_listed:
        assert (seen.value, detected) == ("None", [])
    else:
        assert seen.error == "PermissionError"
        assert detected == [("unlisted-code", "_interpreters")]


class Taken:
    """Takes a request by whatever protocol, and keeps it."""

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        self.got = b""
        threading.Thread(target=self._take, daemon=True).start()

    def _take(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            with connection:
                while piece := connection.recv(1000):
                    self.got += piece

    def close(self) -> None:
        self._server.close()


@pytest.fixture(scope="module")
def taken():
    made = Taken()
    yield made
    made.close()


SCOPE = "AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/s3/aws4_request"
SIGNED = f"Authorization: AWS4-HMAC-SHA256 Credential={SCOPE}, SignedHeaders=host, Signature=0"
REQUESTS = [
    # header, by what, what the policy allows, is it sent?
    (SIGNED, "sendall", "s3:GET", False),
    (SIGNED, "send_file", "s3:GET", False),
    (SIGNED, "sendall", "s3:DELETE", True),
    ("Authorization: Bearer 0", "sendall", "s3:GET", True),
]
SENDING = """
import os, socket
connection = socket.create_connection(("127.0.0.1", {port}))
text = b"DELETE /victim/k HTTP/1.1\\r\\nHost: x\\r\\n{header}\\r\\n\\r\\n"
if "{way}" == "sendall":
    connection.sendall(text[:40])
    connection.sendall(text[40:])
else:
    with open(connection.fileno(), "wb", closefd=False) as file:
        file.write(text)
connection.shutdown(socket.SHUT_WR)
connection.recv(1)
"""


@pytest.mark.parametrize(("header", "way", "allowed", "is_sent"), REQUESTS)
def test_a_signed_request_is_judged_there_by_what_it_says_of_itself(
    start, taken, header, way, allowed, is_sent
):
    signed = policy(
        allowlist={"api": [{"operation": allowed, "target": "**"}]},
        protections={"firewall": "off", "flow": "off"},
    )
    running = start("subinterpreters", {"HAUBERK_POLICY": signed})
    taken.got = b""
    seen = running.invoke({"code": SENDING.format(port=taken.port, header=header, way=way)})
    detected = [(one["detector"], one["operation"]) for one in seen.detections]
    if is_sent:
        assert (seen.value, detected) == ("None", []), seen.answer.log
    else:
        assert "blocked by Hauberk: unlisted-api" in seen.value, seen.answer.log
        assert detected == [("unlisted-api", "s3:DELETE")]
    assert (b"aws4_request" in taken.got or b"Bearer" in taken.got) == is_sent
