"""What `hauberk policy explain` says is what the judge says, and names all entries that had a say."""

import json
from pathlib import Path

import pytest

pytest.importorskip("hauberk._native", reason="the native core is not built here")

from hauberk._native import Judge
from hauberk.model.activity import Activity
from hauberk.model.kind import Kind
from hauberk.policy.decision import Decider, Entries
from hauberk.policy.explain import Role, explain, operation_fault
from hauberk.policy.lapse import in_force

VECTORS = Path(__file__).parents[2] / "spec/vectors/judge.jsonl"
ACTS = [one for one in map(json.loads, VECTORS.read_text().splitlines()) if "activity" in one]


@pytest.mark.parametrize("row", ACTS, ids=[one["why"] for one in ACTS])
def test_explain_and_judge_agree_on_the_vectors(row):
    kind, operation, target = row["activity"].values()
    what = Activity(Kind(kind), operation, target)
    policy = in_force(row["policy"], row.get("now", 0))
    told = explain(Decider(policy), what)
    assert tuple(told.decision[:2]) == (row["action"], row["reason"])
    assert Judge(json.dumps(policy).encode()).judge(*what) == (row["action"], row["reason"])
    (first, *more) = [step for step in told.steps if step.role is Role.DECIDES]
    assert [step.part for step in more] in ([], ["mode"])
    assert first.entry == told.decision.entry


POLICY = {
    "hauberk": 1,
    "function": "orders",
    "mode": "prevent",
    "protections": {"host": "off", "code": "detect"},
    "allowlist": {"file": ["* /tmp/**", "write /tmp/r-*"], "host": [], "code": []},
    "rules": [
        {"name": "other", "kind": "process", "patterns": ["* **"]},
        {"name": "no-exe", "kind": "file", "patterns": ["* /x", "* /tmp/*.exe"]},
    ],
    "exclusions": [
        {"name": "reports", "kind": "file", "patterns": ["* /tmp/r-*"]},
        {"name": "blog", "detector": "sql-injection", "patterns": ["**"]},
    ],
}
RULE, EXCLUDED = "rule no-exe is before it", "exclusion reports is before it"
STEPS = [
    (
        ("file", "write", "/tmp/r-1.exe"),
        [
            ("decides", "rule", "no-exe", "* /tmp/*.exe", "denies"),
            ("loses", "exclusion", "reports", "* /tmp/r-*", RULE),
            ("loses", "allowlist", "", "* /tmp/**", RULE),
            ("loses", "allowlist", "", "write /tmp/r-*", RULE),
            ("decides", "mode", "prevent", "", "blocks what a rule denies"),
        ],
    ),
    (
        ("file", "read", "/tmp/r-1"),
        [
            ("silent", "rule", "", "", "none of 1 about file fits"),
            ("decides", "exclusion", "reports", "* /tmp/r-*", "allows"),
            ("loses", "allowlist", "", "* /tmp/**", EXCLUDED),
            ("silent", "mode", "prevent", "", "nothing is denied"),
        ],
    ),
    (
        ("file", "write", "/tmp/a"),
        [
            ("silent", "rule", "", "", "none of 1 about file fits"),
            ("silent", "exclusion", "", "", "none of 1 about file fits"),
            ("decides", "allowlist", "", "* /tmp/**", "allows"),
            ("silent", "mode", "prevent", "", "nothing is denied"),
        ],
    ),
    (
        ("code", "load", "/tmp/a.so"),
        [
            ("silent", "rule", "", "", "none is about code"),
            ("silent", "exclusion", "", "", "none is about code"),
            ("silent", "allowlist", "", "", "is empty"),
            ("decides", "mode", "detect", "", "alerts what is not listed"),
        ],
    ),
    (
        ("api", "s3:GetObject", "*"),
        [
            ("silent", "rule", "", "", "none is about api"),
            ("silent", "exclusion", "", "", "none is about api"),
            ("decides", "allowlist", "", "", "has no list of api: still learning"),
            ("silent", "mode", "prevent", "", "what is learned is let pass"),
        ],
    ),
    (
        ("host", "resolve", "a.example"),
        [
            ("decides", "mode", "off", "", "allows all"),
            ("silent", "rule", "", "", "none is about host"),
            ("silent", "exclusion", "", "", "none is about host"),
            ("silent", "allowlist", "", "", "is empty"),
        ],
    ),
]


@pytest.mark.parametrize(("act", "steps"), STEPS, ids=[" ".join(act) for act, _ in STEPS])
def test_the_steps_stand_in_the_order_of_decision(act, steps):
    told = explain(Decider(POLICY), Activity(Kind(act[0]), *act[1:]))
    assert [tuple(map(str, step)) for step in told.steps] == steps


def test_what_is_off_loses_to_nothing_else():
    off = {**POLICY, "protections": {"file": "off"}}
    told = explain(Decider(off), Activity(Kind.FILE, "write", "/tmp/r-1.exe"))
    assert told.steps[0].part == "mode"
    assert {step.why for step in told.steps if step.role is Role.LOSES} == {"the protection is off"}


def test_an_entry_is_found_whatever_else_allows_the_activity():
    error = Activity(Kind.CODE, "unpickle", "builtins.ValueError")
    assert Entries("code", ["unpickle shop.Cart"]).first(error) is None
    assert Entries("code", ["unpickle shop.Cart", "* builtins.*"]).first(error) == "* builtins.*"
    assert Entries("code", ["unpickle builtins.ValueError"]).first(error) is not None


OPERATIONS = [
    # kind      operation         is right
    ("file", "read", True),
    ("file", "reed", False),
    ("host", "connect", False),
    ("api", "s3:PutObject", True),
    ("api", "execute-api:Invoke", True),
    ("api", "s3", False),
    ("api", "s3:", False),
    ("api", "s3:*", False),
]


@pytest.mark.parametrize(("kind", "operation", "is_right"), OPERATIONS)
def test_an_operation_that_there_is_not_is_told(kind, operation, is_right):
    assert (operation_fault(Kind(kind), operation) is None) == is_right
