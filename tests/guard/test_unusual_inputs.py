"""What inputs are like is learned from a function's log; what deviates is told, and blocked where that was chosen."""

import json
import re

import pytest
import yaml
from protected import KEY, Seen, policy

from hauberk.policy import compile_policy, read
from here import run_here

CODE = """
import json
import re

def handler(event, context):
    open("/tmp/seen", "a").close()
    return json.loads(event["body"])["size"]
"""
SORTS = ("price", "name", "newest", "best_rated")
EVENTS = 16  # of each environment; shapes are told with the 2nd, 4th, 8th and 16th
LOGS = ("a.log", "b.log", "c.log")
CHOSEN = {"unusual-input": {"mode": "prevent"}}


def order(number, **other):
    """An honest event, or one with another part."""
    body = {"size": number % 40, "email": f"{'abcd'[number % 4]}nn@example.com", "tags": ["red"]}
    query = {"sort": SORTS[number % 4], "token": f"hunter{number}"}
    return {
        "queryStringParameters": {**query, **other.pop("query", {})},
        "body": json.dumps({**body, **other}),
    }


@pytest.fixture(scope="module")
def learned(start, tmp_path_factory):
    """The folder in which a policy was learned of the logs of three environments, and what these wrote."""
    folder = tmp_path_factory.mktemp("learned")
    seen = []
    for name in LOGS:
        running = start(CODE, {"HAUBERK_POLICY": policy(mode="detect", learn_inputs=True)})
        told = [running.invoke(order(number)) for number in range(EVENTS + 1)]
        (folder / name).write_text("".join(one.answer.log for one in told))
        seen += told
    done = run_here(("learn", *LOGS, "--accept-review"), folder)
    assert done.returncode == 0, done.stderr
    return folder, seen


def applied(folder, **added):
    """The learned policy in `prevent`, compiled, with what a person adds to it."""
    document = yaml.safe_load((folder / "hauberk.yaml").read_text())
    document["functions"]["function"] |= {"mode": "prevent", **added}
    (folder / "applied.yaml").write_text(yaml.safe_dump(document, allow_unicode=True))
    return compile_policy(read(folder / "applied.yaml"), "function", key=KEY, now=1).variable


def told(seen: Seen):
    return [(one["detector"], one["verdict"], one["input"]["path"]) for one in seen.detections]


def test_shapes_are_told_seldom_and_no_value_is(learned):
    _, seen = learned
    records = [record for one in seen for record in one.of_type("inputs")]
    assert len(records) == 3 * 4
    written = json.dumps([one["inputs"] for one in records])
    for value in (*SORTS, "example.com", "hunter", "token", "red"):
        assert value not in written, value


def test_parameters_are_proposed_of_what_the_environments_saw(learned):
    folder, _ = learned
    (function,) = read(folder / "hauberk.yaml").functions
    sizes = [len(order(number)["body"]) for number in range(EVENTS)]
    assert dict(function.parameters) == {
        "body": {"type": "json", "length": [min(sizes) // 2, 2 * max(sizes)]},
        "body→$.email": {"type": "email", "alphabet": ".@a", "length": [7, 30]},
        "body→$.size": {"type": "integer", "length": [0, 4]},
        "body→$.tags[*]": {"alphabet": "a", "length": [1, 6]},
        "queryStringParameters.sort": {"alphabet": "_a", "length": [2, 20]},
    }


DEVIATING = [
    # what is other                                      where that is told
    ({"size": "seven of them"}, ["body→$.size"]),
    ({"size": {"inner": 0}}, ["body→$.size.inner"]),
    ({"email": "ann"}, ["body→$.email"]),
    ({"query": {"sort": "price-down"}}, ["queryStringParameters.sort"]),
    ({"query": {"sort": "x" * 300}, "tags": ["RED"]}, ["queryStringParameters.sort", "body→$.tags[0]"]),
    # honest, though never seen
    ({"size": 39}, []),
    ({"email": "zoe@mail.example.org"}, []),
    ({"query": {"sort": "worst_rated", "page": "7"}, "note": "new, and rather long"}, []),
    ({"tags": ["blue", "green"]}, []),
]  # fmt: skip


@pytest.mark.parametrize(("added", "verdict"), [({}, "alert"), ({"detectors": CHOSEN}, "block")])
def test_what_deviates_is_alerted_and_blocked_where_that_was_chosen(start, learned, added, verdict):
    running = start(CODE, {"HAUBERK_POLICY": applied(learned[0], **added)})
    assert running.invoke(order(1)).value == 1
    for other, paths in DEVIATING:
        seen = running.invoke(order(1, **other))
        assert told(seen) == [("unusual-input", verdict, path) for path in paths], other
        assert bool(seen.answer.error) == bool(paths and verdict == "block"), seen.answer.log
        assert seen.own_log == "" or seen.answer.error


def test_an_exclusion_lets_one_value_pass(start, learned):
    exclusion = {"name": "down", "detector": "unusual-input", "path": "queryStringParameters.sort"}
    rest = {"patterns": ["price-*"], "scope": "account"}
    folder, _ = learned
    document = yaml.safe_load((folder / "hauberk.yaml").read_text())
    document["functions"]["function"]["detectors"] = CHOSEN
    document["exclusions"] = [exclusion | rest]
    (folder / "excluded.yaml").write_text(yaml.safe_dump(document, allow_unicode=True))
    compiled = compile_policy(read(folder / "excluded.yaml"), "function", key=KEY, now=1)
    running = start(CODE, {"HAUBERK_POLICY": compiled.variable})
    assert running.invoke(order(1, query={"sort": "price-down"})).value == 1
    assert running.invoke(order(1, query={"sort": "name-down"})).answer.error


def test_replay_and_inspect_say_the_same(start, learned):
    folder, _ = learned
    event = order(1, query={"sort": "price-down"})
    running = start(CODE, {"HAUBERK_POLICY": applied(folder)})
    log = running.invoke(order(1)).answer.log + running.invoke(event).answer.log
    (folder / "unusual.log").write_text(log)
    (folder / "event.json").write_text(json.dumps(event))
    for detectors, verdict in (
        ({}, "alert"),
        (CHOSEN, "block"),
        ({"unusual-input": {"mode": "off"}}, "allow"),
    ):
        applied(folder, **({"detectors": detectors} if detectors else {}))
        words = ("replay", "unusual.log", "--policy", "applied.yaml", "--format", "json")
        (one,) = json.loads(run_here(words, folder).stdout)["functions"]
        actions = {each["action"] for each in one["told"] if each.get("detector")}
        assert actions == {verdict} - {"allow"}
        words = ("inspect", "event.json", "--policy", "applied.yaml", "--format", "json")
        (answer,) = map(json.loads, run_here(words, folder).stdout.splitlines())
        assert answer["verdict"] == verdict


TALK = "hello to all of you; wget -q x"  # like an attack, and none
ATTACK = "1' or '1'='1"


def call(caller, note):
    """A request of somebody, as API Gateway hands it on."""
    body = json.dumps({"size": 1, "note": note})
    http = {"method": "POST", "path": "/", "sourceIp": f"203.0.113.{caller}"}
    return {"version": "2.0", "rawPath": "/", "requestContext": {"http": http}, "body": body}


def test_what_many_callers_send_weighs_less_and_an_attack_does_not(start, tmp_path):
    for number, name in enumerate(LOGS):
        running = start(CODE, {"HAUBERK_POLICY": policy(mode="detect")})
        seen = [running.invoke({"body": '{"size": 1}'})]
        seen += [running.invoke(call(caller, TALK)) for caller in range(10)]
        assert [one["verdict"] for each in seen for one in each.detections] == ["alert"] * 10
        log = "".join(one.answer.log for one in seen)
        assert "203.0.113." not in log
        hours_later = re.sub(r'("timestamp":"[0-9-]+T)..', rf"\g<1>0{number}", log)
        (tmp_path / name).write_text(hours_later)
    done = run_here(("learn", *LOGS), tmp_path)
    assert done.returncode == 0, done.stderr
    (function,) = read(tmp_path / "hauberk.yaml").functions
    (weights,) = [one["lowered"] for one in function.parameters.values()]
    assert list(function.parameters) == ["body→$.note"] and weights
    running = start(CODE, {"HAUBERK_POLICY": applied(tmp_path)})
    assert told(running.invoke(call(1, TALK))) == []
    blocked = running.invoke(call(1, ATTACK))
    assert [one["verdict"] for one in blocked.detections] == ["block"]
    elsewhere = call(1, "x") | {"headers": {"x-note": TALK}}
    assert [one["verdict"] for one in running.invoke(elsewhere).detections] == ["alert"]
