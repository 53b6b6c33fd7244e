"""A Node.js function with the layer: the second wall alone sees what it and its children do."""

from __future__ import annotations

import json
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from walled import found

from contract import is_record, policy, record_schema
from hauberk.local import Environment, Function, InputError, LocalError
from hauberk.local.attach import attach, own_layer

WORLD = "/tmp/world"
FUNCTION = Path(__file__).parent / "functions" / "nodejs"
NETS = {"listed": "127.0.4", "other": "127.0.5"}
HOSTS = {"listed.example": "127.0.4.1", "other.example": "127.0.5.1"}
ALLOWED = {
    "process": ["start /usr/bin/sh", "start /usr/bin/head", "start /var/lang/bin/node"],
    "file": ["* /tmp/world/listed/**"],
    "address": [f"* {NETS['listed']}.0/24"],
    "host": ["resolve listed.example"],
    "code": ["load /tmp/world/listed/**"],
}


class Row(NamedTuple):
    """An act: with `{place}` as `other` it is an attack, as `listed` it is its harmless twin."""

    event: dict[str, Any]
    detector: str
    target: str
    code: str  # of the error in prevent
    gave: Any = None  # what it gives unprotected, where that tells something


LISTED = "{world}/listed/{name}"
# Each has a target of its own: what the wall alone told once, it tells again at powers of two only.
SECRET, LEFT = "{world}/{place}/{name}", "{world}/{place}/left-{name}"
PROGRAMS = {"exec": "cat", "spawn": "tac"}  # what stands in their place where all is listed: head
PROCESS, FILE, ADDRESS = "unlisted-process", "unlisted-file", "unlisted-address"
PEER = {"address": "{address}", "port": "{port}"}
AT, PROGRAM = "{address}:{port}", "/usr/bin/{program}"
ROWS = {
    one.event["act"]: one
    for one in (
        Row({"act": "exec", "name": "x; {program} " + LISTED}, PROCESS, PROGRAM, "status 126", "for xs3cret"),
        Row({"act": "spawn", "program": "{program}", "path": LISTED}, PROCESS, PROGRAM, "EACCES", "s3cret"),
        Row({"act": "clean_child", "path": SECRET}, FILE, SECRET, "", "s3cret\n"),
        Row({"act": "fork", "path": LEFT}, FILE, LEFT, ""),
        Row({"act": "read", "path": SECRET}, FILE, SECRET, "EACCES", "s3cret"),
        Row({"act": "read_later", "path": SECRET}, FILE, SECRET, "EACCES", "s3cret"),
        Row({"act": "read_in_thread", "path": SECRET}, FILE, SECRET, "EACCES", "s3cret"),
        Row({"act": "write", "path": LEFT}, FILE, LEFT, "EACCES"),
        Row({"act": "rename", "path": LISTED, "to": LEFT}, FILE, LEFT, "EACCES"),
        Row({"act": "unlink", "path": SECRET}, FILE, SECRET, "EACCES"),
        Row({"act": "connect", **PEER}, ADDRESS, AT, "ECONNREFUSED"),
        Row({"act": "http", **PEER}, ADDRESS, AT, "ECONNREFUSED"),
        Row({"act": "look_up", "host": "{place}.example"}, "unlisted-host", "{place}.example", "EAI_FAIL", "{address}"),
        Row({"act": "native", "path": SECRET}, "unlisted-code", SECRET, "ERR_DLOPEN_FAILED"),
    )
}  # fmt: skip
MAKES = ("write", "fork", "rename", "native")


class Peer:
    """Listens on every loopback address; knows which were reached."""

    def __init__(self) -> None:
        self.reached: list[str] = []
        self._listener = socket.create_server(("0.0.0.0", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.reached.append(connection.getsockname()[0])
            connection.recv(1)
            connection.close()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


class Stage:
    """The function under one policy, or without the layer."""

    def __init__(self, settings: dict[str, str] | None, peer: Peer, library: Path) -> None:
        function = Function(FUNCTION, "index.handler", "nodejs", hosts=HOSTS)
        if settings is not None:
            function = attach(function, own_layer(()), settings)
        self.environment = Environment(function, namespace=True)
        self.peer, self.library = peer, library
        self.init = self.environment.invoke({"act": "none"})
        self.world = self.environment._sandbox.scratch / "tmp" / "world"

    def act(self, row: Row, place: str) -> tuple[bytes, list[dict[str, Any]]]:
        """What the function answered, and what the wall told."""
        shutil.rmtree(self.world, ignore_errors=True)
        for folder in ("listed", "other"):
            (self.world / folder).mkdir(parents=True)
            file = self.world / folder / row.event["act"]
            if row.event["act"] == "native":
                shutil.copyfile(self.library, file)
            else:
                file.write_text("s3cret")
        self.peer.reached.clear()
        answer = self.environment.invoke(self.filled(row, row.event, place))
        assert answer.error is None, answer.log
        records = [json.loads(line) for line in answer.log.splitlines() if is_record(line)]
        for record in records:
            record_schema().validate(record)
        return answer.payload, [one for one in records if one["type"] == "detection"]

    def filled(self, row: Row, value: Any, place: str) -> Any:
        if isinstance(value, dict):
            return {name: self.filled(row, one, place) for name, one in value.items()}
        if value == "{port}":
            return self.peer.port
        name = row.event["act"]
        words = {
            "world": WORLD,
            "place": place,
            "name": name,
            "port": self.peer.port,
            "address": address(row, place),
            "program": PROGRAMS.get(name, "") if place == "other" else "head",
        }
        return value.format(**words) if isinstance(value, str) else value

    def happened(self, row: Row, place: str, payload: bytes) -> bool:
        """Whether the act had its effect, whatever the function says."""
        act = row.event["act"]
        if act in MAKES:
            return (self.world / place / f"left-{act}").exists()
        if act == "unlink":
            return not (self.world / place / act).exists()
        if act in ("connect", "http"):
            return address(row, place) in self.peer.reached
        return bool(json.loads(payload).get("gave") == self.filled(row, row.gave, place))


def address(row: Row, place: str) -> str:
    """Of its own for each act; that of the name, which it vouches for, for the look-up."""
    number = 1 if row.event["act"] == "look_up" else 2 + sum(map(ord, row.event["act"])) % 200
    return f"{NETS[place]}.{number}"


Stages = Callable[[str], Stage]


@pytest.fixture(scope="module")
def stage(compiled: Callable[..., Path]) -> Iterator[Stages]:
    """The function as it is, or in a mode with an allowlist."""
    found("node")
    library = compiled("leaves", "-shared", "-fPIC")
    peer, stages = Peer(), {}

    def get(use: str) -> Stage:
        if use not in stages:
            stages[use] = Stage(settings(use), peer, library)
        return stages[use]

    try:
        get("unprotected")
    except InputError:
        raise
    except LocalError as error:
        peer.close()
        pytest.skip(str(error))
    yield get
    for one in stages.values():
        one.environment.close()
    peer.close()


def settings(use: str) -> dict[str, str] | None:
    if use == "unprotected":
        return None
    lists = {
        kind: [dict(zip(("operation", "target"), one.split(" ", 1), strict=True)) for one in listed]
        for kind, listed in ALLOWED.items()
    }
    # What is listed may be loaded; whose acts are the function's own is another question.
    own = {"name": "n", "detector": "injected-code", "patterns": [f"{WORLD}/listed/native"]}
    exclusions = {"exclusions": [{**own, "scope": "account"}]}
    return {"HAUBERK_POLICY": policy(mode=use, allowlist=lists, document=exclusions)}


@pytest.mark.parametrize("name", ROWS)
def test_an_act_that_is_not_listed_is_told_in_detect_and_does_not_happen_in_prevent(
    stage: Stages, name: str
) -> None:
    row = ROWS[name]
    unprotected = stage("unprotected")
    answer, _ = unprotected.act(row, "other")
    assert unprotected.happened(row, "other", answer)

    detect = stage("detect")
    told_answer, told = detect.act(row, "other")
    assert detect.happened(row, "other", told_answer)
    assert told_answer == answer
    expected = (row.detector, detect.filled(row, row.target, "other"))
    assert expected in {(one["detector"], one["target"]) for one in told}
    assert {one["verdict"] for one in told} == {"alert"}

    prevent = stage("prevent")
    refused, told = prevent.act(row, "other")
    assert not prevent.happened(row, "other", refused)
    assert expected in {(one["detector"], one["target"]) for one in told}
    assert {one["verdict"] for one in told} == {"block"}
    if row.code:
        assert json.loads(refused) == {"code": row.code}


@pytest.mark.parametrize("name", ROWS)
def test_its_harmless_twin_has_the_same_answer_and_is_not_told(stage: Stages, name: str) -> None:
    row = ROWS[name]
    unprotected, prevent = stage("unprotected"), stage("prevent")
    answer, _ = unprotected.act(row, "listed")
    assert unprotected.happened(row, "listed", answer)
    same, told = prevent.act(row, "listed")
    assert (same, told) == (answer, [])
    assert prevent.happened(row, "listed", same)


def test_lambda_s_own_attack_paths_need_no_list(stage: Stages) -> None:
    for path, detector in (
        ("/proc/self/environ", "credential-read"),
        ("/proc/self/mem", "memory-read"),
    ):
        row = Row({"act": "read", "path": path}, detector, path, "EACCES")
        refused, told = stage("prevent").act(row, "other")
        assert json.loads(refused) == {"code": "EACCES"}
        assert [one["detector"] for one in told][:1] == [detector]


def test_a_managed_instance_refuses_each_attack_and_no_twin(stage: Stages) -> None:
    stage("unprotected")
    function = Function(FUNCTION, "index.handler", "nodejs", concurrency=6)
    function = attach(function, own_layer(()), settings("prevent") or {})
    with Environment(function, namespace=True) as environment:
        environment.invoke({"act": "none"})
        world = environment._sandbox.scratch / "tmp" / "world"
        places = ["other" if number % 2 == 0 else "listed" for number in range(200)]
        for place in set(places):
            (world / place).mkdir(parents=True)
        for number, place in enumerate(places):
            (world / place / f"{number}").write_text(f"kept {number}")
        acts = ("read", "read_later", "clean_child")
        events = [
            {"act": acts[number // 2 % 3], "path": f"{WORLD}/{place}/{number}"}
            for number, place in enumerate(places)
        ]
        answers = environment.invoke_all(events)
    for number, (place, answer) in enumerate(zip(places, answers, strict=True)):
        gave = json.loads(answer.payload).get("gave", "").strip()
        assert gave == (f"kept {number}" if place == "listed" else ""), answer.payload
    records = [json.loads(line) for line in answers[-1].log.splitlines() if is_record(line)]
    told = [one["target"] for one in records if one["type"] == "detection"]
    # In one moment no more than a few are told; what is told is an attack's own, of no invocation that is named.
    refused = {
        event["path"] for event, place in zip(events, places, strict=True) if place == "other"
    }
    assert told and set(told) <= refused
    assert {one["request_id"] for one in records} == {""}
    assert len({one["id"] for one in records}) == len(records)


def test_the_coverage_says_that_the_wall_stands_alone(stage: Stages) -> None:
    log = stage("detect").init.log
    status = next(json.loads(line) for line in log.splitlines() if is_record(line))
    assert (status["type"], status["state"]) == ("status", "armed")
    coverage = status["coverage"]
    seen = ("process", "file", "host", "address", "code", "children")
    assert {coverage[kind] for kind in seen} == {"armed"}
    assert coverage["event"].startswith("gap: there is no guard for this runtime")
    assert coverage["system-calls"].startswith("gap: ")


def test_an_ordinary_node_js_runtime_is_not_told_of(stage: Stages) -> None:
    for use in ("detect", "prevent"):
        assert '"detection"' not in stage(use).init.log
