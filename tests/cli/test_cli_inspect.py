"""`hauberk inspect` answers each event, in order, whatever the event is."""

import json
import os
import pty
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from hauberk.cli import app
from hauberk.cli import inspect as cli
from hauberk.model.escaped import escaped
from hauberk.policy import compile_variable

ATTACK = {"queryStringParameters": {"id": "1 UNION SELECT password FROM users"}}
USUAL = {"queryStringParameters": {"id": "17"}}
INSPECT = [sys.executable, "-m", "hauberk.cli", "inspect"]


def hauberk_inspect(text, *options):
    """What the command did with this on its standard input."""
    return subprocess.run(
        [*INSPECT, *options, "-"], input=text, capture_output=True, text=True, check=False
    )


def test_answers_come_in_the_order_of_the_events():
    events = [USUAL, ATTACK, USUAL, ATTACK]
    done = hauberk_inspect("\n".join(map(json.dumps, events)))
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["verdict"] for one in answers] == ["allow", "block", "allow", "block"], done.stderr
    (detection,) = answers[1]["detections"]
    assert set(detection) == {"detector", "confidence", "path", "rules", "excerpt"}
    assert detection["detector"] == "sql-injection"
    assert detection["path"] == "queryStringParameters.id"


@pytest.mark.parametrize(
    "line", ["no json", "{", '"text"', "17", "\x00", "[[[[", '{"a": "\ud800"}']
)
def test_any_line_is_an_event(line):
    text = f"{line}\n{json.dumps(ATTACK)}\n".encode("utf-8", "surrogatepass")
    done = subprocess.run([*INSPECT, "-"], input=text, capture_output=True, check=False)
    verdicts = [json.loads(one)["verdict"] for one in done.stdout.splitlines()]
    assert verdicts == ["allow", "block"], done.stderr


def test_a_payload_is_put_where_its_context_says():
    rows = [{"payload": "<script>alert(1)</script>", "context": "query"}, {"payload": "it is late"}]
    done = hauberk_inspect("\n".join(map(json.dumps, rows)), "--payload")
    assert [json.loads(line)["verdict"] for line in done.stdout.splitlines()] == ["block", "allow"]


def test_a_line_without_a_payload_is_refused_with_its_remedy():
    done = hauberk_inspect('{"text": "x"}', "--payload")
    assert done.returncode == 2
    assert '{"payload"' in done.stderr


def test_a_file_that_is_not_there_is_named():
    done = subprocess.run([*INSPECT, "no.jsonl"], capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert "no.jsonl" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_person_sees_attacks_and_a_summary(tmp_path):
    events = tmp_path / "events.jsonl"
    events.write_text("\n".join(map(json.dumps, [USUAL, ATTACK])))
    master, terminal = pty.openpty()
    subprocess.run([*INSPECT, events], stdout=terminal, stderr=terminal, check=True)
    os.close(terminal)
    shown = os.read(master, 1 << 16).decode()
    assert "queryStringParameters.id" in shown
    assert "2 events: 1 to block, 0 to alert about, 1 to allow" in shown


@pytest.mark.parametrize(
    ("line", "verdict"),
    [("{mode: prevent}", "allow"), ("{mode: prevent, not_inspected: block}", "block")],
)
def test_an_event_that_was_not_fully_inspected_is_judged_as_the_policy_says(
    line, verdict, tmp_path, monkeypatch
):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "hauberk.yaml").write_text(f"hauberk: 1\nfunctions: {{a: {line}}}\n")
    compiled = compile_variable(tmp_path / "hauberk.yaml", "a")
    done = hauberk_inspect(json.dumps(["ab"] * 20_100), "--policy", compiled)
    answer = json.loads(done.stdout)
    assert (answer["verdict"], answer["not_inspected"]) == (verdict, 100)
    told = [one["detector"] for one in answer["detections"]]
    assert told == ["not-inspected"] * (verdict == "block")


FORGED = (
    "x\x1b[2J\r\n      2  block  100  sql-injection\x9b31m\x85\u2028\u202e[red]x[/red]:bomb:\ud800"
)


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_key_or_value_of_an_event_neither_forges_a_line_nor_drives_a_terminal(form):
    query = {FORGED: f"{FORGED}' UNION SELECT password FROM users -- "}
    done = hauberk_inspect(json.dumps({"queryStringParameters": query}), "--format", form)
    assert "sql-injection" in done.stdout, done.stderr
    assert "[red]x[/red]:bomb:" in done.stdout
    assert done.stdout == "\n".join(map(escaped, done.stdout.split("\n")))
    numbers = [line for line in done.stdout.splitlines() if line.strip().startswith("2  block")]
    assert not numbers
    if form == "json":
        (detection,) = json.loads(done.stdout)["detections"]
        assert "\x1b[2J\r\n" in detection["path"]


class Failing:
    """A fake firewall that fails at each second event, as a panic of ours would show."""

    missing_lists = ()

    def __init__(self, *_):
        self.asked = 0

    def inspect(self, _):
        self.asked += 1
        if self.asked % 2 == 0:
            raise RuntimeError("the event could not be inspected")
        return "allow", [], 0


def test_a_fault_of_ours_ends_one_event_and_is_counted(monkeypatch):
    monkeypatch.setattr(cli, "Inspector", Failing)
    done = CliRunner().invoke(app, ["inspect", "-"], input="{}\n{}\n{}\n{}\n")
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one.get("not_inspected", 0) for one in told] == [0, 1, 0, 1]
    assert done.exit_code == 3
    assert "2 events could not be inspected" in done.stderr
