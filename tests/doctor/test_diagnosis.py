"""What statuses say is shown as it is: the worst of all environments, with what to do."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hauberk.doctor import Heard, diagnose, hear, merge
from hauberk.doctor.diagnosis import GROUPS
from hauberk.doctor.hear import Statement
from hauberk.learn.records.record import Environment

GUARD = {
    **dict.fromkeys(("process", "file", "host", "address", "code", "children"), "armed"),
    "process.native": "armed",
    "event.awslambdaric": "waiting",
    "api.botocore": "waiting",
    "sql.sqlite3": "armed",
    "system-calls": "gap: what machine code asks is not seen",
}
ALONE = {
    **dict.fromkeys(("process", "file", "host", "address", "code", "children"), "armed"),
    "event": "gap: there is no guard for this runtime",
    "system-calls": "gap: what machine code asks is not seen",
}
WITHOUT_WALL = {
    **GUARD,
    "children": "gap: what a child process does is not seen",
    "process.native": "gap: a process that native code starts is not seen",
}
TOKEN, START = "ab" * 16, "START RequestId: 4f6b8c1e-8a33-4f0e-9c59-0d2f4b1f3a77 Version: $LATEST\n"


def record(type_: str = "status", token: str = TOKEN, **fields: Any) -> str:
    shared = {
        "timestamp": "2026-11-23T19:11:00.123Z", "level": "ERROR", "hauberk": "HAUBERK1", "type": type_,
        "id": uuid.uuid4().hex[:16], "environment": token, "function": "orders", "version": "$LATEST", "request_id": "",
    }  # fmt: skip
    return json.dumps({**shared, **fields}, separators=(",", ":")) + "\n"


def armed(coverage: dict[str, str], **fields: Any) -> str:
    given = {"state": "armed", "message": "prevent: armed", "mode": "prevent", "faults": 0}
    return record(
        **{**given, "policy": {"state": "signed", "serial": 7}, "coverage": coverage, **fields}
    )


def of(*lines: str) -> Any:
    heard = hear(line.encode() for line in (*lines, START))
    return diagnose("orders", heard.believed("orders"))


def walls(diagnosis: Any) -> dict[str, tuple[str, ...]]:
    return {group.name: group.walls for group in diagnosis.groups}


BOTH, LIBRARY, LANGUAGE, NONE = ("library", "language"), ("library",), ("language",), ("none",)
ACTS = ("process", "file", "host", "address", "code")
IN_PYTHON = dict.fromkeys(("api", "event", "flow"), LANGUAGE)
NOWHERE = dict.fromkeys(("api", "event", "flow"), NONE)
ROWS = {
    "guard and wall": (GUARD, True, {**dict.fromkeys(ACTS, BOTH), **IN_PYTHON, "children": LIBRARY}),
    "wall alone": (ALONE, True, {**dict.fromkeys(ACTS, LIBRARY), **NOWHERE, "children": LIBRARY}),
    "guard alone": (WITHOUT_WALL, False, {**dict.fromkeys(ACTS, LANGUAGE), **IN_PYTHON, "children": NONE}),
}  # fmt: skip


@pytest.mark.parametrize("name", ROWS)
def test_who_sees_what_is_said_by_kind(name: str) -> None:
    coverage, is_well, expected = ROWS[name]
    diagnosis = of(armed(coverage))
    assert (walls(diagnosis), diagnosis.is_well) == (expected, is_well)
    assert (diagnosis.modes, diagnosis.policies) == (("prevent",), ("signed, serial 7",))


def test_what_the_kernel_holds_is_its_own_word() -> None:
    told = {"process": "kernel", "file": "library: not on this machine", "file.write": "kernel"}
    diagnosis = of(armed(GUARD, walls=told))
    assert walls(diagnosis)["process"] == ("kernel", *BOTH)
    (file,) = [group for group in diagnosis.groups if group.name == "file"]
    assert (file.walls, file.told) == (
        BOTH,
        ("file.write: kernel", "file: library: not on this machine"),
    )


def test_a_gap_has_its_reason_and_remedy_and_a_limit_has_none() -> None:
    diagnosis = of(armed(WITHOUT_WALL))
    assert {sink.name for sink in diagnosis.gaps} == {"children", "process.native"}
    assert all("AWS_LAMBDA_EXEC_WRAPPER" in sink.remedy for sink in diagnosis.gaps)
    sinks = {sink.name: sink for group in diagnosis.groups for sink in group.sinks}
    assert (sinks["system-calls"].state, sinks["system-calls"].remedy) == ("limit", "")
    assert sinks["api.botocore"].remedy == "" and "imports botocore" in sinks["api.botocore"].why


def test_what_no_runtime_of_its_kind_has_is_a_limit_of_its_children() -> None:
    gap = "gap: nobody tells of a restore"
    diagnosis = of(armed({**ALONE, "children.restored": gap}))
    assert diagnosis.gaps == ()
    (group,) = (one for one in diagnosis.groups if one.name == "children")
    states = {sink.name: sink.state for sink in group.sinks}
    assert states["children.restored"] == "limit"


def test_of_several_environments_the_worst_is_shown() -> None:
    lines = [armed(GUARD), armed(WITHOUT_WALL, token="cd" * 16)]
    heards = [hear([line.encode(), START.encode()]) for line in lines]
    diagnosis = diagnose("orders", merge(*heards).believed("orders"))
    assert diagnosis.environments == 2
    assert {sink.name for sink in diagnosis.gaps} == {"children", "process.native"}
    assert walls(diagnosis)["process"] == LANGUAGE


FAULT = {"level": "FATAL", "state": "fault", "message": "sink of psycopg: boom", "faults": 1}
LOST = {"state": "gap", "message": "records that a full log had no room for: 3", "dropped": 3}
TAMPERING = {"verdict": "alert", "detector": "guard-tampered", "reason": "the hook is gone"}
PROBLEMS = [
    # what is told besides                                            what is shown of it
    (record(**FAULT), "sink of psycopg: boom", "please report it"),
    (record(**LOST), "no room for: 3", "its log has no room"),
    (record(state="gap", message="the event was not fully inspected"), "not fully", "allowlist"),
    (record("detection", **TAMPERING), "the hook is gone", "renew its credentials"),
    (record(token="0" * 32, **FAULT), "sink of psycopg: boom", "please report it"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "what", "remedy"), PROBLEMS)
def test_a_problem_is_shown_with_its_remedy(line: str, what: str, remedy: str) -> None:
    diagnosis = of(armed(GUARD), line, line)
    (problem,) = diagnosis.problems
    assert what in problem.what and remedy in problem.remedy
    assert problem.count == 2
    assert not diagnosis.is_well


def test_a_policy_that_is_not_in_force_is_a_problem() -> None:
    refused = of(
        armed(GUARD, state="refused", level="FATAL", message="detect: the policy is unreadable")
    )
    stale = of(armed(GUARD, policy={"state": "stale", "serial": 7}, message="prevent: expired"))
    assert [one.what for one in refused.problems][-1] == "detect: the policy is unreadable"
    assert [one.remedy for one in stale.problems] == [
        "set a later `expires` and compile the policy anew"
    ]


def test_what_a_function_prints_is_not_believed() -> None:
    forged = armed(GUARD, token="ef" * 16)
    heard = hear(line.encode() for line in (armed(WITHOUT_WALL), START, forged))
    diagnosis = diagnose("orders", heard.believed("orders"))
    assert diagnosis.environments == 1 and diagnosis.gaps
    trusted = diagnose("orders", heard.believed("orders", trust_unannounced=True))
    assert trusted.environments == 2


def test_no_announcement_is_no_good_news() -> None:
    (problem,) = diagnose("orders", ()).problems
    assert "cold start" in problem.remedy


WORDS = st.sampled_from(["armed", "waiting", "gap: x", "", "nonsense", "process", "event", "a.b"])
TEXTS = st.dictionaries(WORDS | st.text(max_size=9), WORDS | st.text(max_size=9), max_size=6)
STATEMENTS = st.builds(
    Statement, st.builds(Environment, st.just("orders"), WORDS), WORDS, st.text(max_size=9),
    coverage=TEXTS, walls=TEXTS, dropped=st.integers(0, 3),
)  # fmt: skip


@given(st.lists(STATEMENTS, max_size=5))
def test_a_diagnosis_is_had_of_any_statements(statements: list[Statement]) -> None:
    diagnosis = diagnose("orders", statements)
    assert [group.name for group in diagnosis.groups] in ([], list(GROUPS))


@given(st.lists(st.binary(max_size=60), max_size=6))
def test_any_bytes_are_heard(lines: list[bytes]) -> None:
    assert hear(lines).statements == Heard().statements
