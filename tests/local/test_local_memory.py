"""The memory size is a limit: a function that takes more is ended as Lambda ends it."""

import json
import os
import re
from pathlib import Path

import pytest

from hauberk.local.cgroup import NoGroup, parent
from hauberk.local.memory import memory_limit

SIZE_MB = 128
ACTS = """
import json, os, subprocess, sys
MB = 1 << 20
kept = []

def handler(event, context):
    return ACTS[event["act"]](event.get("mb", 0))

def hold(mb):
    kept.append(b"x" * (mb * MB))
    return len(kept)

def hand_on(mb):
    program = f"import sys; kept = b'x' * {mb * MB}; print('holds', flush=True); sys.stdin.read()"
    two = [
        subprocess.Popen([sys.executable, "-c", program], stdin=-1, stdout=-1) for _ in range(2)
    ]
    for one in two:
        one.stdout.readline()
    for one in two:
        one.stdin.close()
    return sorted(one.wait() for one in two)

def write(mb):
    with open("/tmp/" + os.environ["MARK"], "wb") as file:
        for _ in range(mb):
            file.write(b"x" * MB)
    os.remove(file.name)
    return mb

def fork(mb):
    kept = b"x" * (mb * MB)
    children = []
    for _ in range(4):
        child = os.fork()
        if not child:
            os._exit(len(kept) != mb * MB)
        children.append(child)
    return [os.waitpid(child, 0)[1] for child in children]

def group(mb):
    return open("/proc/self/cgroup").read()

ACTS = {"hold": hold, "hand on": hand_on, "write": write, "fork": fork, "group": group}
"""


@pytest.fixture
def limited(start, namespace, tmp_path):
    """Starts a function of 128 MB; skips where this machine limits no memory."""
    try:
        memory_limit(SIZE_MB).close()
    except NoGroup as reason:
        pytest.skip(f"no memory can be limited here: {reason}")
    mark = f"hauberk-{os.getpid()}-{tmp_path.name}"
    return lambda code: start(
        code, namespace=namespace, memory_mb=SIZE_MB, environment={"MARK": mark}
    )


def used_mb(answer):
    return int(re.search(r"\tMax Memory Used: (\d+) MB", answer.log)[1])


def require_killed(answer):
    message = f"RequestId: {answer.request_id} Error: Runtime exited with error: signal: killed"
    said = {"errorType": "Runtime.OutOfMemory", "errorMessage": message}
    assert (answer.error, json.loads(answer.payload)) == ("Unhandled", said)
    assert f"{message}\nRuntime.OutOfMemory\nEND RequestId" in answer.log
    assert f"\tMemory Size: {SIZE_MB} MB\tMax Memory Used: {SIZE_MB} MB\t" in answer.log
    assert answer.log.endswith("\tStatus: error\tError Type: Runtime.OutOfMemory\n")


def test_a_function_that_takes_more_is_killed_and_the_next_event_finds_a_new_one(limited):
    environment = limited(ACTS)
    require_killed(environment.invoke({"act": "hold", "mb": 200}))
    again = environment.invoke({"act": "hold", "mb": 1})
    assert (again.payload, again.error) == (b"1", None)


def test_what_is_kept_from_one_invocation_to_the_next_adds_up(limited):
    environment = limited(ACTS)
    answers = [environment.invoke({"act": "hold", "mb": 50}) for _ in range(3)]
    assert [answer.payload for answer in answers[:2]] == [b"1", b"2"]
    require_killed(answers[2])


def test_an_init_that_takes_more_is_killed_each_time(limited):
    answer = limited(f"kept = b'x' * {200 << 20}").invoke({})
    require_killed(answer)
    assert re.findall(r"Phase: (\w+)\t.*OutOfMemory$", answer.log, re.M) == ["init", "invoke"]


def test_a_process_that_another_kills_was_not_out_of_memory(limited):
    answer = limited("import os\ndef handler(*_): os.kill(os.getpid(), 9)").invoke({})
    assert json.loads(answer.payload)["errorType"] == "Runtime.ExitError"


WITHIN = [
    # what it does                   what it answers
    ({"act": "hold", "mb": 70}, 1),
    ({"act": "hand on", "mb": 20}, [0, 0]),
    ({"act": "fork", "mb": 60}, [0, 0, 0, 0]),  # four times the same memory
    ({"act": "write", "mb": 300}, 300),  # files that are cached make room
]


@pytest.mark.parametrize(("event", "value"), WITHIN, ids=[one["act"] for one, _ in WITHIN])
def test_a_function_within_its_size_is_let_be(limited, event, value):
    answer = limited(ACTS).invoke(event)
    assert (json.loads(answer.payload), answer.error) == (value, None)
    assert used_mb(answer) < SIZE_MB or event["act"] == "write"


def test_the_memory_of_all_processes_counts(limited):
    answer = limited(ACTS).invoke({"act": "hand on", "mb": 80})
    ended = json.loads(answer.payload) if answer.error is None else [-9]
    assert ended[0] == -9
    assert used_mb(answer) == SIZE_MB


def test_no_group_is_left(limited):
    environment = limited(ACTS)
    groups = set()
    for _ in range(2):
        (group,) = of_function(environment)
        assert group.is_dir()
        groups.add(group)
        environment.invoke({"act": "hold", "mb": 200})
    environment.close()
    environment.close = lambda: None  # closed already
    assert not [group for group in groups if group.exists()]


def of_function(environment) -> set[Path]:
    told = json.loads(environment.invoke({"act": "group"}).payload)
    names = set(re.findall(r"/(hauberk-local-[^/\n]+)$", told, re.M))
    return {parent("memory").folder / name for name in names}
