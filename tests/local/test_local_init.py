"""An init that fails is tried once more, in the time of the invocation that waits for it."""

import json
import re

import pytest

INITS = [
    # app.py                      error type                    message
    ("import nothing_here", "Runtime.ImportModuleError", "No module named 'nothing_here'"),
    ("def handler(:", "Runtime.UserCodeSyntaxError", "Syntax error in module 'app'"),
    ("handlers = 1", "Runtime.HandlerNotFound", "Handler 'handler' missing on module 'app'"),
    ("1 / 0", "ZeroDivisionError", "division by zero"),
    ("import sys; sys.exit(5)", "Runtime.ExitError", "exit status 5"),
    ("import os; os.kill(os.getpid(), 9)", "Runtime.ExitError", "signal: killed"),
]
# The lines in which Lambda tells of an init, with what is told.
TOLD = re.compile(r"^(INIT_START|INIT_REPORT) .*?(?:Phase: (\w+)\tStatus: (\w+).*)?$", re.M)
# Loads at its second try, or at a later one.
AT_TRY = """
import os
with open(os.environ["TRIES"], "a+") as file:
    file.write(".")
    file.seek(0)
    tries = len(file.read())
if tries < int(os.environ["WORKS_AT"]):
    raise RuntimeError("not yet")
def handler(event, context):
    if event == "end":
        os._exit(1)
    return tries, context.get_remaining_time_in_millis()
"""


def told(log):
    return [found.groups() for found in TOLD.finditer(log)]


@pytest.mark.parametrize(("code", "error_type", "message"), INITS)
def test_an_init_that_fails_twice_is_answered_and_tried_once_at_the_next_event(
    start, namespace, code, error_type, message
):
    environment = start(code, namespace=namespace)
    second = ("INIT_REPORT", "invoke", "error")
    first = [("INIT_START", None, None), ("INIT_REPORT", "init", "error"), second]
    for inits in (first, [second]):
        answer = environment.invoke({})
        said = json.loads(answer.payload)
        assert (answer.error, said["errorType"]) == ("Unhandled", error_type)
        assert message in said["errorMessage"]
        assert told(answer.log) == inits
        assert "Max Memory Used: 0 MB" not in answer.log
        assert "\tInit Duration" not in answer.log.partition("REPORT RequestId")[2]
        assert answer.duration_ms >= answer.init_ms > 0


@pytest.fixture
def trying(start, namespace, tmp_path):
    """Starts a function that loads at a given try."""
    tries = "/tmp/tries" if namespace else str(tmp_path / "tries")

    def make(works_at, **fields):
        variables = {"TRIES": tries, "WORKS_AT": str(works_at)}
        return start(AT_TRY, namespace=namespace, environment=variables, **fields)

    return make


def test_a_second_init_that_works_is_no_failure_but_takes_of_the_invocation_s_time(trying):
    environment = trying(2, timeout_s=20)
    answer = environment.invoke({})
    tries, left_ms = json.loads(answer.payload)
    assert (answer.error, tries) == (None, 2)
    assert told(answer.log) == [("INIT_START", None, None), ("INIT_REPORT", "init", "error")]
    assert 0 < left_ms < 20_000 - answer.init_ms / 2
    assert answer.duration_ms >= answer.init_ms
    assert re.search(rf"\tDuration: {answer.duration_ms:.2f} ms\t", answer.log)
    assert "Status" not in answer.log.partition("REPORT RequestId")[2]
    again = environment.invoke({})
    assert (json.loads(again.payload)[0], again.init_ms) == (2, None)


def test_after_two_failed_inits_the_next_event_finds_the_third(trying):
    environment = trying(3)
    answers = [environment.invoke({}) for _ in range(2)]
    assert [answer.error for answer in answers] == ["Unhandled", None]
    assert json.loads(answers[1].payload)[0] == 3
    assert told(answers[1].log) == []


def test_a_process_that_ended_is_started_again_in_the_time_of_the_next_invocation(trying):
    environment = trying(1)
    assert environment.invoke("end").error == "Unhandled"
    answer = environment.invoke({})
    assert (json.loads(answer.payload)[0], answer.error) == (2, None)
    assert told(answer.log) == []
    assert "Init Duration" not in answer.log


def test_an_init_over_its_time_is_tried_again_in_the_function_s_time(start):
    environment = start("import time; time.sleep(60)", namespace=False, timeout_s=1)
    answer = environment.invoke({})
    said = "Task timed out after 1.00 seconds"
    assert json.loads(answer.payload)["errorMessage"].endswith(said)
    assert told(answer.log)[1:] == [
        ("INIT_REPORT", "init", "timeout"),
        ("INIT_REPORT", "invoke", "timeout"),
    ]
    first_ms = float(re.search(r"INIT_REPORT Init Duration: ([0-9.]+) ms", answer.log)[1])
    assert 10_000 <= first_ms < 15_000
    assert 1_000 <= answer.duration_ms < 5_000
