"""Invocations: answers, errors, ends, time, size."""

import json
import os
import re
import signal
import uuid
from pathlib import Path

import pytest

from hauberk.local.process_tree import _below

ACTS = """
import json, os, subprocess, sys, time
loaded = 0

def handler(event, context):
    global loaded
    loaded += 1
    return ACTS[event["act"]](event)

def deep(event):
    return deep(event)

ACTS = {
    "echo": lambda event: event["value"],
    "count": lambda event: loaded,
    "raise": lambda event: 1 / 0,
    "recurse": deep,
    "object": lambda event: object(),
    "exit": lambda event: sys.exit(event["code"]),
    "_exit": lambda event: os._exit(event["code"]),
    "kill": lambda event: os.kill(os.getpid(), event["signal"]),
    "abort": lambda event: os.abort(),
    "sleep": lambda event: time.sleep(60),
    "answer": lambda event: "x" * event["size"],
    "start": lambda event: subprocess.Popen(["sleep", event["mark"]]).pid and time.sleep(60),
    "leave": lambda event: bool(subprocess.Popen(["sleep", event["mark"]], start_new_session=True)),
}
"""

ANSWERS = [
    # event                                        payload
    ({"act": "echo", "value": None}, b"null"),
    ({"act": "echo", "value": {"a": [1, 2.5]}}, b'{"a": [1, 2.5]}'),
    ({"act": "echo", "value": "\ud800é"}, b'"\\ud800\\u00e9"'),  # a lone surrogate
    (b'{"act": "echo", "value": "\\ud800"}', b'"\\ud800"'),
    ('{"act": "echo", "value": "é"}'.encode(), b'"\\u00e9"'),
]


@pytest.mark.parametrize(("event", "payload"), ANSWERS)
def test_the_answer_is_what_the_handler_returned(start, namespace, event, payload):
    answer = start(ACTS, namespace=namespace).invoke(event)
    assert (answer.payload, answer.error) == (payload, None)


ERRORS = [
    # event               error type               message
    ({"act": "raise"}, "ZeroDivisionError", "division by zero"),
    ({"act": "object"}, "Runtime.MarshalError", "not JSON serializable"),
    ({"act": "recurse"}, "RecursionError", "maximum recursion depth"),  # a cause of over 64 KB
    ({}, "KeyError", "act"),
    (b"[" * 10_000 + b"]" * 10_000, "Runtime.UnmarshalError", "recursion"),
]


@pytest.mark.parametrize(("event", "error_type", "message"), ERRORS)
def test_an_error_is_answered_and_the_environment_goes_on(start, event, error_type, message):
    environment = start(ACTS, namespace=False)
    environment.invoke({"act": "count"})
    answer = environment.invoke(event)
    said = json.loads(answer.payload)
    assert (answer.error, said["errorType"]) == ("Unhandled", error_type)
    assert message in said["errorMessage"]
    again = environment.invoke({"act": "count"})
    assert (again.error, again.init_ms) == (None, None)


ENDS = [
    # event                              what Lambda says of it
    ({"act": "exit", "code": 3}, "Runtime exited with error: exit status 3"),
    ({"act": "_exit", "code": 0}, "Runtime exited without providing a reason"),
    ({"act": "_exit", "code": 255}, "Runtime exited with error: exit status 255"),
    ({"act": "kill", "signal": 9}, "Runtime exited with error: signal: killed"),
    ({"act": "kill", "signal": 11}, "Runtime exited with error: signal: segmentation fault"),
    ({"act": "abort"}, "Runtime exited with error: signal: aborted"),
]


@pytest.mark.parametrize(("event", "reason"), ENDS)
def test_a_process_that_ends_is_an_exit_error_and_is_started_again(start, namespace, event, reason):
    environment = start(ACTS, namespace=namespace)
    answer = environment.invoke(event)
    message = f"RequestId: {answer.request_id} Error: {reason}"
    assert json.loads(answer.payload) == {
        "errorType": "Runtime.ExitError",
        "errorMessage": message,
    }
    assert answer.error == "Unhandled"
    assert f"{message}\nRuntime.ExitError\nEND RequestId" in answer.log
    assert answer.log.endswith("\tStatus: error\tError Type: Runtime.ExitError\n")
    again = environment.invoke({"act": "count"})
    assert (again.payload, again.error) == (b"1", None)
    assert again.init_ms is not None


def test_an_invocation_over_its_time_is_ended_and_the_next_one_runs(start, namespace):
    environment = start(ACTS, namespace=namespace, timeout_s=1)
    answer = environment.invoke({"act": "sleep"})
    said = "Task timed out after 1.00 seconds"
    assert json.loads(answer.payload) == {
        "errorType": "Sandbox.Timedout",
        "errorMessage": f"RequestId: {answer.request_id} Error: {said}",
    }
    assert answer.error == "Unhandled"
    assert re.search(rf"\n\S+Z {answer.request_id} {said}\n\nEND", answer.log)
    assert answer.log.endswith("\tStatus: timeout\n")
    assert 1000 <= answer.duration_ms < 5000
    assert environment.invoke({"act": "count"}).payload == b"1"


def test_a_process_that_ended_between_invocations_is_started_again(start, namespace):
    environment = start(ACTS, namespace=namespace)
    assert environment.invoke({"act": "count"}).payload == b"1"
    run = environment._run
    *_, runtime = _below(run._process._supervisor.pid)
    os.kill(runtime, signal.SIGKILL)
    run._said.put(run._said.get(timeout=10))  # the news of its end has come
    answer = environment.invoke({"act": "count"})
    assert (answer.payload, answer.error) == (b"1", None)
    assert answer.init_ms is not None


@pytest.mark.parametrize("act", ["start", "leave"])
def test_nothing_that_a_function_started_outlives_it(start, namespace, act):
    mark = f"600.{uuid.uuid4().int}"
    environment = start(ACTS, namespace=namespace, timeout_s=1)
    environment.invoke({"act": act, "mark": mark})
    environment.close()
    environment.close = lambda: None  # closed already
    assert mark not in _command_lines()


def _command_lines() -> str:
    lines = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            lines.append(process.read_text(errors="replace"))
        except OSError:
            continue  # it has just ended
    return "\n".join(lines)


LIMIT = 6 * 1024 * 1024 + 100
SIZES = [  # of the JSON string with its two quotes
    (LIMIT - 2, None),
    (LIMIT - 1, "Function.ResponseSizeTooLarge"),
]


@pytest.mark.parametrize(("size", "error_type"), SIZES)
def test_an_answer_may_be_6_mb_and_no_more(start, namespace, size, error_type):
    answer = start(ACTS, namespace=namespace).invoke({"act": "answer", "size": size})
    if error_type is None:
        assert answer.payload == b'"' + b"x" * size + b'"'
    else:
        assert json.loads(answer.payload) == {
            "errorType": error_type,
            "errorMessage": "Response payload size exceeded maximum allowed payload size "
            "(6291556 bytes).",
        }
    assert (answer.error is None) == (error_type is None)


def test_an_event_of_6_mb_arrives_whole(start, namespace):
    value = "é" * 1_000_000
    event = json.dumps({"act": "echo", "value": value}).encode().ljust(6 * 1024 * 1024)
    assert json.loads(start(ACTS, namespace=namespace).invoke(event).payload) == value
