"""Many invocations at once, in several processes of one environment: each is judged and told by its own inputs."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from protected import Running, is_record, policy

from hauberk.local import Answer

pytestmark = pytest.mark.pythons(None, "3.13")  # the oldest that Lambda's managed instances have

WAYS = ("call", "thread", "asynchronous", "fork", "child")
INVOCATIONS = 400
WORKERS = 8
LISTED = {
    "process": [{"operation": "start", "target": "**"}],
    "file": [{"operation": "*", "target": "/tmp/world/listed/**"}, {"operation": "*", "target": "/dev/**"}],
}  # fmt: skip

Start = Callable[..., Running]


@pytest.fixture(scope="module")
def seen(start: Start) -> Iterator[tuple[list[dict[str, Any]], list[Answer], list[dict[str, Any]]]]:
    """Events, of which every other is an attack; their answers; the records of all of them."""
    settings = {
        "HAUBERK_POLICY": policy(mode="prevent", allowlist=LISTED, protections={"firewall": "off"})
    }
    running = start("concurrent", settings, concurrency=WORKERS, timeout_s=120)
    for place in ("listed", "other"):
        (running.outside / place).mkdir()
    events = [event_of(number) for number in range(INVOCATIONS)]
    for number in range(INVOCATIONS):
        for place in ("listed", "other"):
            (running.outside / place / word(number)).write_text(word(number))
    answers = running.environment.invoke_all(events)
    log = answers[-1].log
    yield events, answers, [json.loads(line) for line in log.split("\n") if is_record(line)]


def word(number: int) -> str:
    return f"w{number:05}w"


def is_attack(number: int) -> bool:
    return number % 2 == 0


def event_of(number: int) -> dict[str, Any]:
    way = WAYS[number // 2 % len(WAYS)]
    if way == "child":
        place = "other" if is_attack(number) else "listed"
        return {"way": way, "path": f"/tmp/world/{place}/{word(number)}"}
    name = f"x; cat /etc/hostname {word(number)}" if is_attack(number) else word(number)
    return {"way": way, f"name{number}": name}


Seen = tuple[list[dict[str, Any]], list[Answer], list[dict[str, Any]]]


def test_each_attack_is_blocked_and_each_twin_has_its_answer(seen: Seen) -> None:
    events, answers, _ = seen
    for number, (event, answer) in enumerate(zip(events, answers, strict=True)):
        assert answer.error is None, answer.payload
        said, request_id, _ = json.loads(answer.payload)
        expected = "blocked" if is_attack(number) else word(number)
        assert said.strip() == expected, event
        assert request_id == answer.request_id


def test_each_attack_is_told_with_its_own_request_and_input_and_no_twin_is(seen: Seen) -> None:
    events, answers, records = seen
    told = defaultdict(list)
    for record in records:
        if record["type"] == "detection":
            told[record["request_id"]].append(record)
    assert set(told) <= {answer.request_id for answer in answers}
    for number, (event, answer) in enumerate(zip(events, answers, strict=True)):
        detections = told[answer.request_id]
        if not is_attack(number):
            assert detections == [], event
            continue
        assert detections, event
        for one in detections:
            assert one["verdict"] == "block"
            assert word(number) in json.dumps(one), (event, one)
            if event["way"] == "child" and one["detector"] == "unlisted-file":
                assert one["target"] == event["path"]
            elif one["detector"] == "shell-injection":
                assert one["input"]["path"] == f"name{number}"


def test_no_record_is_torn_lost_or_has_the_id_of_another(seen: Seen) -> None:
    _, answers, records = seen
    log = answers[-1].log
    assert log.count('"HAUBERK1"') == len(records)
    ids = [record["id"] for record in records]
    assert len(set(ids)) == len(ids)
    assert not any("dropped" in record for record in records)
    assert not any(record.get("state") == "fault" for record in records)


def test_each_process_announces_what_its_records_are_known_by(seen: Seen) -> None:
    _, answers, records = seen
    workers = {json.loads(answer.payload)[2] for answer in answers}
    assert len(workers) > WORKERS // 2
    announced = {record["environment"] for record in records if record["type"] == "status"}
    assert {record["environment"] for record in records} == announced
    assert len(announced) == len(workers) + 1
    by_environment = defaultdict(set)
    process_of = {answer.request_id: json.loads(answer.payload)[2] for answer in answers}
    for record in records:
        if record["type"] == "detection":
            by_environment[record["environment"]].add(process_of[record["request_id"]])
    assert all(len(processes) == 1 for processes in by_environment.values())


RESTORED = """
import os, subprocess
from snapshot_restore_py import register_after_restore, register_before_snapshot

HOOKS = []

@register_before_snapshot
def before():
    HOOKS.append("before")
    open("/tmp/world/before", "w").close()

@register_after_restore
def after():
    HOOKS.append("after")
    open("/tmp/world/after", "w").close()

def handler(event, context):
    open(f"/tmp/world/{event['name']}-{os.getpid()}", "w").close()
    subprocess.run(["/bin/sh"], input=f"true > /tmp/world/child-{os.getpid()}", text=True)
    return [HOOKS, event["name"]]
"""


@pytest.mark.parametrize("restores", [1, 3])
def test_what_is_restored_from_a_snapshot_is_known_by_names_of_its_own(
    start: Start, restores: int
) -> None:
    pytest.importorskip("snapshot_restore_py")
    events = [{"name": f"n{number}"} for number in range(4 * restores)]
    plain = start(RESTORED, None, restores=restores).environment.invoke_all(events)
    running = start(RESTORED, {"HAUBERK_MODE": "detect"}, restores=restores)
    answers = running.environment.invoke_all(events)
    assert [one.payload for one in answers] == [one.payload for one in plain]
    assert json.loads(answers[0].payload) == [["before", "after"], "n0"]
    log = "".join(answer.log for answer in answers)
    records = [json.loads(line) for line in log.split("\n") if is_record(line)]

    def tokens(target: str) -> set[str]:
        return {one["environment"] for one in records if one.get("target", "").startswith(target)}

    announced = [one["environment"] for one in records if one["type"] == "status"]
    assert len(announced) == len(set(announced)) == restores + 1
    (first,), others = tokens("/tmp/world/before"), tokens("/tmp/world/n")
    assert first == announced[0]
    assert others and others <= set(announced[1:])
    assert tokens("/tmp/world/after") <= set(announced[1:])
    assert tokens("/tmp/world/child") <= set(announced[1:])
    assert not any(one["type"] == "detection" for one in records)
    ids = [one["id"] for one in records]
    assert len(set(ids)) == len(ids)
    if restores > 1:
        assert len(others) > 1
    restored_at = log.index("RESTORE_START")
    assert log.index(announced[1]) > restored_at > log.index(announced[0])
