"""What `hauberk policy explain` says is what the judge says, and names all entries that had a say."""

import json
from pathlib import Path

import pytest

pytest.importorskip("hauberk._native", reason="the native core is not built here")

from hauberk._native import Judge
from hauberk.model.activity import Activity
from hauberk.model.kind import Kind
from hauberk.policy.decision import Decider, Entries, Suspicion
from hauberk.policy.explain import Role, explain, operation_fault
from hauberk.policy.explain_suspicion import explain_suspicion
from hauberk.policy.lapse import in_force

VECTORS = Path(__file__).parents[2] / "spec/vectors/judge.jsonl"
ROWS = list(map(json.loads, VECTORS.read_text().splitlines()))
ACTS = [one for one in ROWS if "activity" in one]
SUSPICIONS = [one for one in ROWS if "suspicion" in one]


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
            ("silent", "rule", "", "", "the only one about file does not fit"),
            ("decides", "exclusion", "reports", "* /tmp/r-*", "allows"),
            ("loses", "allowlist", "", "* /tmp/**", EXCLUDED),
            ("silent", "mode", "prevent", "", "nothing is denied"),
        ],
    ),
    (
        ("file", "write", "/tmp/a"),
        [
            ("silent", "rule", "", "", "the only one about file does not fit"),
            ("silent", "exclusion", "", "", "the only one about file does not fit"),
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


ARGUMENTS = Activity(Kind.PROCESS, "arguments", "/usr/bin/git clone <url>")
OF_ARGUMENTS = [
    # whether they are watched, what is listed                      what decides, and why
    (True, ["* /usr/bin/git"], ("allowlist", "", "none of 1 entries is about arguments: still learning")),
    (True, ["* **", "arguments **/git clone <url>"], ("allowlist", "arguments **/git clone <url>", "allows")),
    (True, ["* **", "arguments /usr/bin/git fetch"], ("mode", "", "blocks what is not listed")),
    (False, ["arguments /usr/bin/git fetch"], ("mode", "", "looks at them where the policy has `watch_arguments`")),
]  # fmt: skip


@pytest.mark.parametrize(("is_watched", "listed", "expected"), OF_ARGUMENTS)
def test_of_arguments_an_entry_for_them_decides(is_watched, listed, expected):
    policy = {**POLICY, "rules": [], "allowlist": {"process": listed}}
    told = explain(Decider({**policy, "watch_arguments": is_watched}), ARGUMENTS)
    (step,) = [step for step in told.steps if step.role is Role.DECIDES]
    assert (step.part, step.entry, step.why) == expected


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
    ("process", "arguments", True),
    ("process", "argument", False),
    ("api", "s3:PutObject", True),
    ("api", "execute-api:Invoke", True),
    ("api", "s3", False),
    ("api", "s3:", False),
    ("api", "s3:*", False),
]


@pytest.mark.parametrize(("kind", "operation", "is_right"), OPERATIONS)
def test_an_operation_that_there_is_not_is_told(kind, operation, is_right):
    assert (operation_fault(Kind(kind), operation) is None) == is_right


@pytest.mark.parametrize("row", SUSPICIONS, ids=[one["why"] for one in SUSPICIONS])
def test_explain_and_judge_agree_on_what_detectors_say(row):
    policy = in_force(row["policy"], row.get("now", 0))
    told = explain_suspicion(Decider(policy), Suspicion(**row["suspicion"], is_whole=True))
    assert tuple(told.decision[:2]) == (row["action"], row["reason"])
    (decides,) = [step for step in told.steps if step.role is Role.DECIDES]
    excluded = row["reason"].removeprefix("allowed by exclusion ")
    part = "confidence" if row["reason"] == "too little confidence" else "mode"
    assert decides.part == ("exclusion" if excluded != row["reason"] else part)
    assert decides.part != "exclusion" or decides.name == excluded


def suspicion(path="body", matched="1 OR 1", confidence=80, detector="sql-injection", **more):
    fields = {"protection": "firewall", "is_whole": True, **more}
    return Suspicion(detector=detector, confidence=confidence, path=path, matched=matched, **fields)


OF_DETECTORS = {
    "hauberk": 1,
    "function": "orders",
    "mode": "prevent",
    "protections": {"lambda": "off"},
    "detectors": {
        "sql-injection": {"alert_from": 60, "block_from": 95},
        "log4shell": {"mode": "off"},
    },
    "exclusions": [
        {"name": "blog", "detector": "sql-injection", "path": "blog", "patterns": ["**"]},
        {"name": "one", "detector": "*", "patterns": ["1 OR*"]},
        {"name": "files", "kind": "file", "patterns": ["* **"]},
    ],
}
ASKED = ("alerts from 60, blocks from 95",)
NONE = ("silent", "exclusion", "", "", "none of 2 about detectors fits")
DETECTOR_STEPS = [
    (
        suspicion("blog"),
        [
            ("decides", "exclusion", "blog", "sql-injection blog **", "allows"),
            ("loses", "exclusion", "one", "* 1 OR*", "exclusion blog is before it"),
            ("silent", "confidence", "", "80", *ASKED),
            ("silent", "mode", "prevent", "", "blocks"),
        ],
    ),
    (
        suspicion(matched="2 OR 2"),
        [
            NONE,
            ("decides", "confidence", "", "80", *ASKED),
            ("silent", "mode", "prevent", "", "blocks"),
        ],
    ),
    (
        suspicion(matched="…OR 1", confidence=99, is_whole=False),
        [
            (
                "silent",
                "exclusion",
                "one",
                "* 1 OR*",
                "may fit: the record shows a part of the text",
            ),
            ("silent", "confidence", "", "99", *ASKED),
            ("decides", "mode", "prevent", "", "blocks"),
        ],
    ),
    (
        suspicion(detector="log4shell"),
        [
            ("decides", "mode", "off", "", "the detector is off"),
            ("loses", "exclusion", "one", "* 1 OR*", "the detector is off"),
        ],
    ),
    (
        suspicion(detector="credential-read", protection="lambda", matched="/proc/self/environ"),
        [("decides", "mode", "off", "", "the protection is off"), NONE],
    ),
]


@pytest.mark.parametrize(("what", "steps"), DETECTOR_STEPS)
def test_all_that_had_a_say_about_a_detection_is_named_in_order(what, steps):
    told = explain_suspicion(Decider(OF_DETECTORS), what)
    assert [(step.role.value, *step[1:]) for step in told.steps] == steps
    assert told.decision.is_sure == what.is_whole
