"""What code in the process does past the sinks, as the guard or as the runtime: its effect, and what sees it."""

from __future__ import annotations

import http.server
import socket
import ssl
import threading
import time

import pytest
from certificates import server_context
from protected import oldest_and_newest, policy

pytestmark = oldest_and_newest
INJECTION = "a' OR '1'='1"
HERE = "127.0.0.1"
KEY = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY01"
LISTS = {"api": [{"operation": "s3:GetObject", "target": "arn:aws:s3:::ok/*"}]}
STRICT = {
    "HAUBERK_KERNEL": "off",
    "HAUBERK_POLICY": policy(mode="prevent", allowlist=LISTS, protections={"firewall": "off"}),
}


class S3:
    """Takes requests for objects, and remembers them."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.asked: list[str] = []
        asked = self.asked

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                begins = self.headers.get("X-Begin")
                if (
                    begins is None or self.headers.get("X-End") == "whole"
                ):  # else its end was not sent
                    asked.append(f"{self.command} {self.path}")
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_DELETE = do_PUT = do_POST = do_GET

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer((HERE, 0), Handler)
        if context is not None:
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self.endpoint = f"http://{HERE}:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()


@pytest.fixture(scope="module")
def s3():
    made = S3()
    yield made
    made.close()


@pytest.fixture(scope="module")
def encrypted(tmp_path_factory):
    made = S3(server_context(HERE, tmp_path_factory.mktemp("tls") / "both.pem"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def listener():
    """Keeps what is sent to it, by an address of this machine that is not loopback; none where there is no such."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("198.51.100.1", 9))
        except OSError:
            yield "", []
            return
        address = probe.getsockname()[0]
    made, got = socket.create_server((address, 0)), []

    def take():
        while True:
            try:
                connection, _ = made.accept()
            except OSError:
                return
            with connection:
                while piece := connection.recv(1000):
                    got.append(piece)

    threading.Thread(target=take, daemon=True).start()
    yield f"{address}:{made.getsockname()[1]}", got
    made.close()


@pytest.fixture(scope="module")
def pair(start, s3, encrypted, listener):
    """Starts the function alone, and with the guard."""
    variables = {"ENDPOINT": s3.endpoint, "AWS_SECRET_ACCESS_KEY": KEY, "TO": listener[0]}
    variables["TLS_ENDPOINT"] = encrypted.endpoint
    fields = {"environment": variables, "timeout_s": 20}
    return lambda: [start("past", settings, **fields) for settings in (None, STRICT)]


@pytest.fixture(scope="module")
def both(pair):
    """The two, for all that leaves them as they are."""
    return pair()


def invoke(running, act, **more):
    return running.invoke({"act": act, "text": INJECTION, **more})


def told(seen):
    return [one["detector"] for one in seen.detections]


STATEMENTS = (
    *("original_by_its_wrapper", "class_of_the_watched", "other_code_of_a_sink"),
    *("text_that_encodes_otherwise", "text_that_composes_otherwise"),
    *("event_of_a_gate_of_its_own", "event_by_the_gate"),
)
# Python 3.9 lets a class of ours be changed: it is told, and put back.
CLASSES = "class_of_the_watched"


@pytest.mark.parametrize("act", STATEMENTS)
def test_an_input_in_a_statement_is_seen_whoever_asks(both, act, python):
    plain, guarded = both
    asked = invoke(plain, "ask").value
    assert asked == {"value": [["a"]]}
    seen = invoke(guarded, act)
    if act == CLASSES and "3.9" in str(python.get("python", "")):
        (record,) = seen.detections
        assert (record["detector"], record["target"]) == ("guard-tampered", "class WatchedMethod")
    else:
        assert "value" not in seen.value or "sql-injection" in told(seen), seen.answer.log
    again = invoke(guarded, "ask")
    assert "blocked by Hauberk: sql-injection" in again.value["error"], again.answer.log


@pytest.mark.parametrize(
    "act",
    ("coverage_forged", "renewed", "another_function_redirected", "kept_a_module_of_its_own"),
)
def test_nobody_else_speaks_as_the_guard(both, act):
    _, guarded = both
    seen = invoke(guarded, act)
    assert seen.value["error"].startswith(("RuntimeError", "TypeError")), seen.value
    assert seen.statuses == []
    assert invoke(guarded, "nothing").records == []


def test_an_event_that_code_tells_is_no_act(both):
    _, guarded = both
    seen = invoke(guarded, "forged_events")
    assert seen.value == {"value": None}
    assert seen.records == [], seen.answer.log
    assert told(invoke(guarded, "trusted_by_an_event")) == ["injected-code"]


def test_what_a_hook_does_where_code_tells_an_event_is_an_act(start):
    seen = start("past", STRICT).invoke({"act": "acts_in_a_hook", "text": INJECTION})
    assert [one["target"] for one in seen.records if one.get("kind") == "file"] == ["/tmp/in-hook"]


def test_nobody_else_speaks_on_the_runtimes_connection(pair):
    plain, guarded = pair()  # a runtime whose answer was forged is not asked further
    assert invoke(plain, "runtimes_connection").answer.payload == b'"forged"'
    seen = invoke(guarded, "runtimes_connection")
    assert "runtime-api-access" in seen.value["error"]
    assert told(seen) == ["runtime-api-access"]


@pytest.mark.parametrize("act", ("talked", "wrong_arguments"))
def test_sockets_are_as_they_are(both, act):
    plain, guarded = (invoke(one, act).value for one in both)
    assert guarded == plain


def test_the_log_is_not_taken_away_by_closing_it(start):
    running = start("past", STRICT)
    invoke(running, "nothing")
    taken = invoke(running, "log_taken_away")
    asked = invoke(running, "ask")
    back = invoke(running, "log_given_back")
    assert "sql-injection" in [*told(taken), *told(asked), *told(back)]


def test_who_closes_all_that_is_open_is_let_alone(start):
    plain, guarded = (start("past", settings) for settings in (None, STRICT))
    for running in (plain, guarded):
        assert invoke(running, "all_closed").value == {"value": None}
    seen = invoke(guarded, "nothing")
    assert [one for one in seen.detections if one["target"] == "log"] == []
    assert told(invoke(guarded, "ask")) == ["sql-injection"]


WAYS = (
    *("by_original", "by_private_copy", "by_handler", "by_fault_of_the_guards"),
    *("by_signer", "plainly"),
)


@pytest.mark.parametrize("act", WAYS)
def test_a_call_of_aws_is_judged_by_what_goes_out(both, s3, act):
    plain, guarded = both
    s3.asked.clear()
    assert invoke(plain, act).value["value"] in (200, "200")
    assert any("/victim/" in one for one in s3.asked)
    s3.asked.clear()
    seen = invoke(guarded, act)
    assert "blocked by Hauberk" in str(seen.value.get("error")) or "ConnectionClosed" in str(
        seen.value
    ), seen.value
    assert [one for one in s3.asked if "/victim/" in one] == []
    assert "unlisted-api" in told(seen)
    allowed = invoke(guarded, "allowed")
    assert allowed.value == {"value": 200}, allowed.answer.log
    assert allowed.detections == []


SENT = (
    *("by_generator", "by_list_of_its_own", "by_lender", "by_sendto"),
    *("by_os_write", "by_writev", "by_both", "by_raw_file", "by_buffered_file"),
    *("by_sendfile", "by_socket_sendfile", "by_loop_sendall", "by_loop_sendfile", "by_transport"),
    *("by_transport_lines", "by_transport_of_tls", "by_memory", "by_forged_socket"),
)
# What is read is what is sent: the request is not, and so nobody is told of it.
CHANGED = ("by_changed_bytes", "by_many_changed_bytes", "by_lender_of_two")


@pytest.mark.parametrize("act", SENT)
def test_a_signed_request_is_judged_by_whatever_way_it_is_sent(both, s3, encrypted, act):
    plain, guarded = both
    asked = encrypted.asked if act in ("by_transport_of_tls", "by_memory") else s3.asked
    asked.clear()
    assert invoke(plain, act).value == {"value": "200"}
    assert asked == [f"DELETE /victim/{act}"]
    asked.clear()
    seen = invoke(guarded, act)
    assert asked == [], seen.value
    assert "value" not in seen.value or seen.value["value"] in ("", "400"), seen.value
    assert told(seen) == ["unlisted-api"]


@pytest.mark.parametrize("act", CHANGED)
def test_what_is_looked_at_is_what_is_sent(both, s3, act):
    plain, guarded = both
    s3.asked.clear()
    if act != "by_lender_of_two":
        assert invoke(plain, act).value == {"value": "200"}
        assert s3.asked == [f"DELETE /victim/{act}"]
        s3.asked.clear()
    seen = invoke(guarded, act)
    assert (s3.asked, seen.detections) == ([], [])
    assert seen.value.get("value") != "200"


@pytest.mark.parametrize("act", SENT)
def test_a_request_that_is_not_signed_is_sent_by_each_way_as_it_is(both, s3, encrypted, act):
    asked = encrypted.asked if act in ("by_transport_of_tls", "by_memory") else s3.asked
    asked.clear()
    for running in both:
        seen = invoke(running, act, is_plain=True)
        assert seen.value == {"value": "200"}, seen.answer.log
        assert seen.detections == []
    assert len(asked) == 2


def test_a_module_that_is_loaded_while_the_finder_is_hidden_is_judged(start, s3):
    running = start("past", STRICT, environment={"ENDPOINT": s3.endpoint})
    s3.asked.clear()
    seen = invoke(running, "by_hiding_the_finder")
    assert "error" in seen.value
    assert s3.asked == []
    assert "unlisted-api" in told(seen)


def _sent(got):
    time.sleep(0.2)  # nobody waits for what is sent
    return b"".join(got)


@pytest.mark.parametrize("act", ("sent_in_halves", "sent_in_chunks", "sent_harmless_chunks"))
def test_a_credential_in_several_sendings_is_seen(both, listener, act):
    plain, guarded = both
    to, got = listener
    if not to:
        pytest.skip("this machine has no address but loopback")
    is_harmless = act == "sent_harmless_chunks"
    assert invoke(plain, act).value == {"value": None}
    whole = _sent(got).replace(b"\r\n1\r\n", b"")
    assert (b"harmless" if is_harmless else KEY.encode()) in whole
    got.clear()
    seen = invoke(guarded, act)
    assert told(seen) == ([] if is_harmless else ["credential-sent"]), seen.value
    whole = _sent(got).replace(b"\r\n1\r\n", b"")
    assert (b"harmless" in whole) == is_harmless
    assert KEY.encode() not in whole
