"""Managed instances and SnapStart: several processes of one environment, each run by AWS's own client."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from hauberk.local import Environment, Function, InputError, LocalError
from hauberk.local.nodejs import client, node

Start = Callable[..., Environment]

CODE = """
import os, time, uuid
from pathlib import Path

DRAWN = str(uuid.uuid4())

def handler(event, context):
    if event.get("meet"):  # each waits until as many are under way
        Path("/tmp", context.aws_request_id).touch()
        while len(os.listdir("/tmp")) < event["meet"]:
            time.sleep(0.005)
    if event.get("raise"):
        raise ValueError("boom")
    if event.get("exit"):
        os.kill(os.getppid(), 9)
        time.sleep(60)  # until it is ended too
    names = ("AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_MAX_CONCURRENCY", "AWS_LAMBDA_LOG_STREAM_NAME")
    return [event, os.getpid(), DRAWN, [os.environ.get(name) for name in names]]
"""
HOOKS = """
from snapshot_restore_py import register_after_restore, register_before_snapshot

TOLD = []

@register_before_snapshot
def before():
    TOLD.append("before")

@register_after_restore
def after():
    TOLD.append("after")
    if %r:
        raise KeyError("no database")

def handler(event, context):
    return TOLD
"""


def values(answers: list[Any]) -> list[Any]:
    return [json.loads(answer.payload) for answer in answers]


def test_a_managed_instance_runs_as_many_at_once_as_it_says(start: Start, own_root: bool) -> None:
    environment = start(CODE, namespace=own_root, concurrency=3)
    answers = environment.invoke_all([{"meet": 3, "n": n} for n in range(3)])
    told = values(answers)
    assert [one[0]["n"] for one in told] == [0, 1, 2]
    assert len({one[1] for one in told}) == 3  # of Python, a process each
    assert told[0][3][:2] == ["lambda-managed-instances", "3"] and told[0][3][2]
    log = answers[-1].log
    assert log.count("START RequestId: ") == 3 and log.count("\nEND RequestId: ") == 3
    assert [answer.init_ms is not None for answer in answers] == [True] * 3
    more = environment.invoke_all([{"n": n, "raise": n % 2 == 1} for n in range(20)])
    assert [answer.error for answer in more] == [None, "Unhandled"] * 10
    assert environment.invoke({"n": "one"}).error is None


def test_what_ends_a_managed_instance_is_the_end_of_all_that_are_under_way(
    start: Start, own_root: bool
) -> None:
    environment = start(CODE, namespace=own_root, concurrency=2, timeout_s=5)
    first, second = environment.invoke_all([{"exit": 1, "meet": 2}, {"meet": 9}])
    assert {first.error, second.error} == {"Unhandled"}
    assert json.loads(second.payload)["errorType"] == "Runtime.ExitError"
    assert environment.invoke({}).error is None


def test_an_invocation_that_takes_too_long_is_told_so(start: Start, own_root: bool) -> None:
    environment = start(CODE, namespace=own_root, concurrency=2, timeout_s=3)
    (late,) = environment.invoke_all([{"meet": 9}])
    assert json.loads(late.payload)["errorType"] == "Sandbox.Timedout"
    assert environment.invoke({}).error is None


@pytest.mark.parametrize("restores", [1, 3])
def test_what_is_restored_goes_on_from_one_init(
    start: Start, own_root: bool, restores: int
) -> None:
    environment = start(CODE, namespace=own_root, restores=restores)
    answers = environment.invoke_all([{"meet": restores}] * restores)
    told = values(answers)
    assert len({one[1] for one in told}) == restores
    assert len({one[2] for one in told}) == 1  # what init drew is in the snapshot
    assert told[0][3] == ["snap-start", None, None]
    log = "".join(answer.log for answer in answers)
    words = [line.split()[0] for line in log.splitlines() if line]
    assert words[:4] == ["INIT_START", "RESTORE_START", "RESTORE_REPORT", "START"]


def test_hooks_run_before_the_snapshot_and_after_the_restore(start: Start, own_root: bool) -> None:
    assert values([start(HOOKS % False, namespace=own_root, restores=1).invoke({})]) == [
        ["before", "after"]
    ]


def test_a_hook_that_fails_is_the_answer(start: Start, own_root: bool) -> None:
    answer = start(HOOKS % True, namespace=own_root, restores=1).invoke({})
    assert answer.error == "Unhandled"
    assert "no database" in json.loads(answer.payload)["errorMessage"]


SCRIPT = """
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { threadId } from 'node:worker_threads';

export const handler = async (event, context) => {
  writeFileSync(`/tmp/${context.awsRequestId}`, '');
  while (readdirSync('/tmp').length < 3) await new Promise((done) => setTimeout(done, 5));
  return { event, threadId };
};
"""


def test_a_managed_instance_of_node_js_runs_in_threads(
    folder: Callable[..., Any], own_root: bool
) -> None:
    try:
        node(None), client(None)
    except LocalError as error:
        pytest.skip(str(error))
    code = folder("code", {"index.mjs": SCRIPT})
    function = Function(code, "index.handler", "nodejs", concurrency=3)
    with Environment(function, namespace=own_root) as environment:
        told = values(environment.invoke_all([{"n": n} for n in range(3)]))
    assert [one["event"]["n"] for one in told] == [0, 1, 2]
    assert len({one["threadId"] for one in told}) == 3


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"restores": 1, "concurrency": 2}, "a managed instance takes no SnapStart"),
        ({"restores": 1, "runtime": "nodejs"}, "SnapStart is for Python here"),
    ],
)
def test_what_lambda_has_not_is_refused(
    folder: Callable[..., Any], fields: dict[str, Any], message: str
) -> None:
    code = folder("code", {"app.py": CODE})
    with pytest.raises(InputError, match=message):
        Environment(Function(code, **fields))
