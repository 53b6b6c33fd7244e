"""The replay says of recorded history what the guard's judge says of each thing in it."""

import json
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from log_lines import START, activity, armed, detection

from hauberk._native import Judge
from hauberk.model.activity import Activity
from hauberk.model.kind import Kind
from hauberk.model.verdict import Action
from hauberk.policy.decision import Decider, Entries, Suspicion
from hauberk.policy.lapse import in_force
from hauberk.replay.history import History, Recorded
from hauberk.replay.logged import history
from hauberk.replay.replayed import replay
from hauberk.replay.stored import history as stored
from hauberk.store import segment
from hauberk.store.store import open_store

VECTORS = [
    json.loads(line)
    for line in (Path(__file__).parents[2] / "spec/vectors/judge.jsonl").read_text().splitlines()
]
for _row in VECTORS:
    _row["policy"] = in_force(_row["policy"], _row.get("now", 0))
ACTS = [one for one in VECTORS if "activity" in one]
SUSPICIONS = [one for one in VECTORS if "suspicion" in one]
POLICY = {
    "hauberk": 1,
    "function": "orders",
    "mode": "prevent",
    "allowlist": {"file": ["read /tmp/a", "* /tmp/order-*"], "host": []},
    "rules": [{"name": "no-curl", "kind": "process", "patterns": ["* **/wget", "* **/curl"]}],
    "exclusions": [
        {"name": "logs", "kind": "file", "patterns": ["write /tmp/log"]},
        {"name": "blog", "detector": "sql-injection", "path": "body", "patterns": ["**"]},
        {"name": "exact", "detector": "sql-injection", "path": "q", "patterns": ["a long*"]},
    ],
}


def replayed(lines, policy=POLICY, **options):
    logs = [[armed(), START, *lines]]
    return replay(history(logs, trust_unannounced=False), {"orders": Decider(policy)}, **options)


def decisions(answer):
    return {
        (one.protection, one.action.value, one.reason, one.entry): tuple(weight)
        for one, weight in answer.deciding.items()
    }


def decided(what, policy):
    """What the replay says of one recorded thing."""
    past = History([Recorded("orders", what, 1, 1, 0)], lambda wanted: {}, 1, 0, 0, {}, 0)
    ((one, weight),) = replay(past, {"orders": Decider(policy)}).deciding.items()
    assert weight == (1, 1)
    return one.action.value, one.reason


@pytest.mark.parametrize("row", ACTS, ids=[one["why"] for one in ACTS])
def test_replay_and_judge_agree_on_activities(row):
    kind, operation, target = row["activity"].values()
    what = Activity(Kind(kind), operation, target)
    assert decided(what, row["policy"]) == (row["action"], row["reason"])
    assert Judge(json.dumps(row["policy"]).encode()).judge(*what) == (row["action"], row["reason"])


@pytest.mark.parametrize("row", SUSPICIONS, ids=[one["why"] for one in SUSPICIONS])
def test_replay_and_judge_agree_on_what_detectors_say(row):
    what = Suspicion(**row["suspicion"], is_whole=True)
    assert decided(what, row["policy"]) == (row["action"], row["reason"])


def test_each_thing_is_counted_with_the_entry_that_decides():
    lines = [
        *(activity("file", "read", "/tmp/a", request=f"r{n}") for n in range(3)),
        activity("file", "write", "/tmp/order-1"),
        activity("file", "write", "/tmp/order-2"),
        activity("file", "write", "/tmp/log"),
        activity("file", "write", "/etc/x", request="r8"),
        activity("file", "write", "/etc/x", request="r9"),
        activity("process", "start", "/usr/bin/curl"),
        activity("process", "start", "/usr/bin/ls"),
    ]
    answer = replayed(lines)
    assert decisions(answer) == {
        ("file", "allow", "on the allowlist", "read /tmp/a"): (1, 3),
        ("file", "allow", "on the allowlist", "* /tmp/order-*"): (2, 2),
        ("file", "allow", "allowed by exclusion logs", "write /tmp/log"): (1, 1),
        ("file", "block", "not on the allowlist", ""): (1, 2),
        ("process", "block", "denied by rule no-curl", "* **/curl"): (1, 1),
        ("process", "allow", "learning", ""): (1, 1),
    }
    assert [(str(one.recorded.what), one.requests) for one in answer.told] == [
        ("file write /etc/x", ("r8", "r9")),
        ("process start /usr/bin/curl", ("r1",)),
    ]


def told_of(**fields):
    return json.dumps({**json.loads(detection()), **fields}).encode() + b"\n"


def seen(path, excerpt):
    return {"input": {"path": path, "excerpt": excerpt}}


DETECTIONS = [
    # what a record says                                       what the policy now says of it, and whether that is sure
    (seen("body", "1 OR 1"), "allow", "allowed by exclusion blog", True),
    (seen("body", "…1 OR 1…"), "allow", "allowed by exclusion blog", True),
    (seen("query", "1 OR 1"), "block", "detected", True),
    (seen("q", "1 OR 1"), "block", "detected", True),
    (seen("q", "a long OR 1"), "allow", "allowed by exclusion exact", True),
    (seen("q", "…OR 1"), "block", "detected", False),
    ({"detector": "credential-read", "protection": "lambda"}, "block", "detected", True),
    ({"detector": "outlives-invocation", "protection": "lambda"}, "alert", "detected", True),
    ({"protection": "firewall", "confidence": 60}, "alert", "too little confidence", True),
    ({"protection": "firewall", "confidence": 40}, "allow", "too little confidence", True),
]


@pytest.mark.parametrize(("fields", "action", "reason", "is_sure"), DETECTIONS)
def test_recorded_detections_are_judged_anew(fields, action, reason, is_sure):
    answer = replayed([told_of(**fields)])
    ((one, weight),) = answer.deciding.items()
    assert (one.action, one.reason, weight.records) == (action, reason, 1)
    assert answer.unsure == (0 if is_sure else 1)


def test_what_an_earlier_list_did_not_allow_is_asked_of_this_one():
    act = {"kind": "file", "operation": "read", "target": "/tmp/a"}
    fields = {"detector": "unlisted-file", "protection": "file", **act}
    answer = replayed([told_of(**fields)])
    assert decisions(answer) == {("file", "allow", "on the allowlist", "read /tmp/a"): (1, 1)}


HOSTILE = [
    b"HAUBERK1\n",
    b'{"hauberk": "HAUBERK1"\n',
    b"[" * 100_000 + b"HAUBERK1\n",
    b'{"timestamp":"' + b"\xff" * 9_000 + b"HAUBERK1\n",
    told_of(detector="made-up"),
    told_of(confidence=True),
    told_of(confidence=101),
    told_of(confidence="100"),
    told_of(input={"path": 1, "excerpt": "x"}),
    told_of(input=None, target=[]),
    told_of(detector="unlisted-file", protection="file"),
    told_of(detector=["x"]),
    activity("file", "fly", "/tmp/a"),
    activity("file", "read", "/tmp/cut…"),
    activity("file", "read", "/tmp/U").replace(b"/tmp/U", rb"\ud800"),
]


@pytest.mark.parametrize("line", HOSTILE)
def test_a_bad_line_is_counted_and_ends_nothing(line):
    past = history(
        [[armed(), START, line, activity("file", "read", "/tmp/a")]], trust_unannounced=False
    )
    assert sum(past.unreadable.values()) == 1
    assert [one.what.target for one in past.recorded] == ["/tmp/a"]


def test_lone_surrogates_in_a_detection_are_judged_all_the_same():
    line = told_of(**seen("\ud800", "\ud800"))
    assert replayed([line]).total(Action.BLOCK) == (1, 1)


def test_records_that_a_stranger_may_have_forged_are_not_counted():
    forged = activity("file", "write", "/etc/x", environment="f" * 32)
    for trust, blocked in ((False, 0), (True, 1)):
        past = history([[armed(), START, forged]], trust_unannounced=trust)
        assert (past.unbelieved, past.trusted) == (1 - blocked, blocked)
        answer = replay(past, {"orders": Decider(POLICY)})
        assert answer.total(Action.BLOCK).records == blocked


def test_a_log_that_comes_twice_counts_once():
    log = [armed(), START, activity("file", "write", "/etc/x")]
    past = history([log, log], trust_unannounced=False)
    assert [one.records for one in past.recorded] == [1]


def test_other_functions_are_told_of_and_one_alone_may_be_asked():
    other = activity("file", "read", "/etc/x", function="bills")
    log = [armed(), armed("bills"), START, activity("file", "read", "/tmp/a"), other]
    past = history([log], trust_unannounced=True)
    assert replay(past, {"orders": Decider(POLICY)}).elsewhere == {"bills": 1}
    assert replay(past, {"orders": Decider(POLICY)}, only="orders").elsewhere == {}


ACT = {"kind": "file", "operation": "write", "target": "/tmp/order-9"}
REFUSED = {"detector": "unlisted-file", "protection": "file", **ACT}
LINES = [
    *(activity("file", "read", f"/tmp/{n % 7}", request=f"r{n % 5}") for n in range(30)),
    *(activity("process", "start", "/usr/bin/curl", request=f"r{n}") for n in range(5)),
    activity("file", "write", "/tmp/order-9", request="r3"),
    activity("file", "write", "/tmp/order-9", request="r7", timestamp="2026-11-24T10:00:00Z"),
    activity("host", "resolve", "a'b.example", environment="f" * 32),
    *(told_of(**fields) for fields, *_ in DETECTIONS),
    *(told_of(**seen("body", "1 OR 1"), request_id=f"q{n}", id=f"{n:016}") for n in range(9)),
    told_of(**seen("\ud800", "\ud800 '"), timestamp=7, request_id="\ud800"),
    told_of(**REFUSED, request_id="r3"),
    told_of(**REFUSED, request_id="r8", timestamp="2026-11-22T10:00:00Z"),
    told_of(
        detector="denied-host", protection="host", kind="host", operation="resolve", target="x"
    ),
    told_of(**REFUSED, environment="f" * 32),
    told_of(confidence="high"),
    told_of(**{**REFUSED, "target": "/tmp/cut…"}),
]
DECIDERS = {"orders": Decider(POLICY)}


def of_store(folder, lines, *, trusts=False):
    """What the replay says of these lines by way of a store."""
    with open_store(folder, rows_at_once=20) as store:
        store.ingest([lines], lambda done, of: None)
        found = stored(store, trust_unannounced=trusts)
        return found, replay(found, DECIDERS)


@settings(max_examples=12, deadline=None)
@given(st.lists(st.sampled_from(LINES), max_size=40), st.booleans())
def test_a_store_says_the_same_as_its_logs(lines, trusts):
    log = [armed(), START, *lines]
    expected = history([log], trust_unannounced=trusts)
    of_logs = replay(expected, DECIDERS)
    with tempfile.TemporaryDirectory() as folder:
        found, answer = of_store(Path(folder) / "store", log, trusts=trusts)
    assert answer == of_logs
    assert found.not_kept == 0
    assert found.unreadable == expected.unreadable


def test_all_lines_together_say_the_same_too(tmp_path):
    log = [armed(), START, *LINES]
    of_logs = replay(history([log], trust_unannounced=False), DECIDERS)
    _, answer = of_store(tmp_path / "store", log)
    assert answer == of_logs
    kinds = {type(one.recorded.what) for one in answer.told}
    assert kinds == {Activity, Suspicion}
    assert {one.requests for one in answer.told if one.recorded.records == 5} == {
        ("r0", "r1", "r2")
    }


def test_recorded_detections_are_judged_by_way_of_a_store_as_the_guard_judges_them(tmp_path):
    """The vectors of the guard: each is what one function's detector said, and has a policy of its own."""
    rows = {f"v{n}": row for n, row in enumerate(SUSPICIONS) if "unlisted" not in str(row)}
    lines = []
    for name, row in rows.items():
        said = row["suspicion"]
        fields = {key: said[key] for key in ("protection", "detector", "confidence")}
        lines.append(told_of(**fields, **seen(said["path"], said["matched"]), function=name))
    deciders = {name: Decider(row["policy"]) for name, row in rows.items()}
    with open_store(tmp_path / "store") as store:
        store.ingest([[armed(name), *lines] for name in rows], lambda done, of: None)
        answer = replay(stored(store, trust_unannounced=True), deciders)
    found = {one.function: (one.action.value, one.reason) for one in answer.deciding}
    assert found == {name: (row["action"], row["reason"]) for name, row in rows.items()}
    assert (len(rows), answer.unsure) == (len(SUSPICIONS) - 1, 0)


def test_detections_that_a_store_kept_no_words_of_are_counted(tmp_path):
    with open_store(tmp_path / "store") as store:
        store.ingest([[armed(), START, detection("r3")]], lambda done, of: None)
        (file,) = (store.segments / one.name for one in segment.segments(store.segments))
        draft = segment.draft(store.segments, "older")
        store.connection.execute(
            f"COPY (SELECT * REPLACE (NULL::VARCHAR AS target) FROM '{file}') TO '{draft}' (FORMAT parquet)"
        )
        file.unlink()
        segment.commit(draft, "2026-11-23", "2026-11-23", 3)
        assert stored(store, trust_unannounced=False).not_kept == 1


def test_an_empty_store_says_nothing(tmp_path):
    with open_store(tmp_path / "store") as store:
        assert replay(stored(store, trust_unannounced=False), {}).deciding == {}


TARGETS = st.sampled_from(["/tmp/a", "/tmp/b", "/tmp/c/d", "/etc/x", "/tmp/order-1"])
PATTERNS = st.sampled_from(["* /tmp/*", "read /tmp/a", "* /tmp/**", "write /etc/x", "* /tmp/?"])


@settings(max_examples=60, deadline=None)
@given(st.lists(PATTERNS, max_size=6), TARGETS, st.sampled_from(["read", "write"]))
def test_the_entry_that_decides_is_the_first_that_allows_alone(entries, target, operation):
    act = Activity(Kind.FILE, operation, target)
    alone = [one for one in entries if Judge(document([one])).judge(*act)[0] == "allow"]
    assert Entries("file", entries).first(act) == next(iter(alone), None)


def document(entries):
    policy = {"hauberk": 1, "function": "", "mode": "prevent", "allowlist": {"file": entries}}
    return json.dumps(policy).encode()


def test_no_record_is_lost_in_the_counts():
    lines = [activity("file", "read", f"/tmp/{n}", request=f"r{n}") for n in range(50)]
    answer = replayed(lines)
    counts = Counter({action: answer.total(action).records for action in Action})
    assert counts.total() == 50
