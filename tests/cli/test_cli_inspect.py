"""`hauberk inspect` answers each event, in order, whatever the event is."""

import contextlib
import json
import os
import pty
import re
import subprocess
import sys
import threading
import time

import pytest
from typer.testing import CliRunner

from hauberk.cli import app
from hauberk.cli import inspect as cli
from hauberk.model.escaped import escaped
from hauberk.policy import compile_variable, signing

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
    assert set(detection) == {*cli.FIELDS} - {"item"}
    assert (answers[1]["line"], answers[1]["trigger"]) == (2, "direct")
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
    attack = {"payload": "<script>alert(1)</script>", "context": "apigw_rest_query"}
    rows = [attack, {"payload": "it is late"}]
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
    assert "union-select" in shown
    assert "inspected" not in shown  # what is done at once has no bar


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

    def answer(self, _):
        self.asked += 1
        if self.asked % 2 == 0:
            raise RuntimeError("the event could not be inspected")
        return "allow", [], 0, "direct"


def test_a_fault_of_ours_ends_one_event_and_is_counted(monkeypatch):
    monkeypatch.setattr(cli, "Inspector", Failing)
    done = CliRunner().invoke(app, ["inspect", "-"], input="{}\n{}\n{}\n{}\n")
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one.get("not_inspected", 0) for one in told] == [0, 1, 0, 1]
    assert done.exit_code == 3
    assert "2 events could not be inspected" in done.stderr


def in_process(*arguments, text=""):
    """The command in this process: status, output, errors."""
    done = CliRunner().invoke(app, ["inspect", *map(str, arguments)], input=text)
    return done.exit_code, done.stdout, done.stderr


def test_a_file_that_is_one_event_is_read_as_one(tmp_path):
    file = tmp_path / "event.json"
    file.write_bytes(b"\xef\xbb\xbf" + json.dumps(ATTACK, indent=2).encode())
    status, shown, errors = in_process(file)
    (answer,) = map(json.loads, shown.splitlines())
    assert (status, errors) == (0, "")
    assert answer["detections"][0]["path"] == "queryStringParameters.id"


def test_lines_that_are_no_json_are_told_and_counted(tmp_path):
    file = tmp_path / "readme"
    file.write_text("{broken\n" * 12 + json.dumps(ATTACK))
    _, shown, errors = in_process(file, "--format", "text")
    assert f"{file}, line 1: no JSON" in errors
    assert "2 more lines are no JSON" in errors
    assert "12 lines were no JSON" in shown
    assert "13 events: 1 to block, 0 to alert about, 12 to allow" in shown


def test_a_line_that_cannot_be_answered_ends_no_other(tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text('{"text": "x"}\n{"payload": "<script>alert(1)</script>"}')
    two.write_text(
        '{"payload": "x", "context": "nowhere"}\n' + "x" * (25 << 20) + '\n{"payload": 1}'
    )
    status, shown, errors = in_process("--payload", one, two)
    answers = [json.loads(line) for line in shown.splitlines()]
    assert status == 2
    assert [(row["file"], row["line"]) for row in answers] == [
        (str(one), 1),
        (str(one), 2),
        (str(two), 1),
        (str(two), 3),
    ]
    assert [row.get("verdict") for row in answers] == [None, "block", "allow", "allow"]
    assert f"{two}, line 2: more than" in errors
    assert "no context is called 'nowhere'" in errors


@pytest.mark.parametrize(
    ("least", "event", "status"),
    [
        ("block", ATTACK, 1),
        ("alert", ATTACK, 1),
        ("block", {"a": "file:///x"}, 0),
        ("alert", USUAL, 0),
        (None, ATTACK, 0),
    ],
)
def test_the_status_says_what_was_found_where_that_is_asked_for(least, event, status):
    wanted = ("--fail-on", least) if least else ()
    assert in_process(*wanted, "-", text=json.dumps(event))[0] == status


POLICY = """hauberk: 1
functions:
  shop: {mode: prevent}
exclusions:
"""


def test_what_is_suggested_lets_all_of_it_pass(tmp_path):
    events, policy = tmp_path / "events.jsonl", tmp_path / "hauberk.yaml"
    escaped = {"rawQueryString": "q=1%27+OR+1%3D1--+", "cookies": ["a=<script>alert(1)</script>"]}
    batch = {"Records": [{"body": json.dumps({"*a": "../../etc/passwd"})}] * 3}
    events.write_text("\n".join(map(json.dumps, [ATTACK, escaped, batch])))
    status, told, _ = in_process("--suggest", events)
    assert status == 0
    policy.write_text(POLICY + told.partition("exclusions:\n")[2])
    _, shown, errors = in_process("--policy", policy, events)
    assert errors == ""
    assert [json.loads(line)["verdict"] for line in shown.splitlines()] == ["allow"] * 3
    assert 'path: "Records[*].body→$.\\\\*a"' in told
    assert "# told 3 times" in told


def test_a_policy_is_taken_as_it_is_given_and_not_left_out_in_silence(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    policy = tmp_path / "hauberk.yaml"
    policy.write_text(POLICY.replace("prevent", "detect").replace("exclusions:\n", ""))
    signing.create(signing.default_path())
    value = compile_variable(policy, "shop")
    compiled = tmp_path / "policy.txt"
    compiled.write_text(value + "\n")
    for given in (policy, compiled, value):
        _, shown, errors = in_process("--policy", given, "-", text=json.dumps(ATTACK))
        assert json.loads(shown)["verdict"] == "alert", errors
    two = tmp_path / "two.yaml"
    two.write_text("hauberk: 1\nfunctions: {a: {mode: 'off'}, b: {mode: detect}}\n")
    assert in_process("--policy", two, "-")[0] == 2
    _, shown, _ = in_process("--policy", two, "--function", "a", "-", text=json.dumps(ATTACK))
    assert json.loads(shown)["verdict"] == "allow"
    status, _, errors = in_process("--policy", "", "-", text="{}")
    assert (status, "--policy: nothing is in it" in errors) == (2, True)


def test_a_list_of_sources_is_taken_before_and_after_it_is_compiled(tmp_path):
    called = {"requestContext": {"identity": {"sourceIp": "203.0.113.7"}}}
    plain, broken = tmp_path / "ours.txt", tmp_path / "broken"
    plain.write_text("203.0.113.0/24\n")
    broken.write_bytes(b"HAUBERK-SOURCES 1\nx")
    _, shown, _ = in_process("--sources", plain, "-", text=json.dumps(called))
    assert json.loads(shown)["verdict"] == "block"
    status, _, errors = in_process("--sources", broken, "-", text="{}")
    assert (status, str(broken) in errors) == (2, True)


def test_a_record_of_a_batch_is_named():
    record = {
        "eventSource": "aws:sqs",
        "messageId": "m-1",
        "body": "1 UNION SELECT password FROM users",
    }
    (line,) = in_process("-", text=json.dumps({"Records": [record]}))[1].splitlines()
    assert [one["item"] for one in json.loads(line)["detections"]] == ["m-1"]


def _feed(events, there_is_a_bar, sent):
    """One event after the other until there is a bar, then some more beside it."""
    more = 30
    with events:
        while more and len(sent) < 10_000:
            more -= there_is_a_bar.wait(0.012)
            events.write(json.dumps(ATTACK).encode() + b"\n")
            sent.append(events.flush())
            time.sleep(0.012 * there_is_a_bar.is_set())


def test_a_bar_on_the_terminal_destroys_no_line():
    """After a second there is a bar; each finding still stands whole on a line of its own."""
    master, terminal = pty.openpty()
    process = subprocess.Popen([*INSPECT, "-"], stdin=-1, stdout=terminal, stderr=terminal)
    os.close(terminal)
    there_is_a_bar, sent = threading.Event(), []
    threading.Thread(target=_feed, args=(process.stdin, there_is_a_bar, sent)).start()
    shown = b""
    with contextlib.suppress(OSError):  # the end of a terminal
        while part := os.read(master, 1 << 16):
            shown += part
            if b"inspected" in shown:
                there_is_a_bar.set()
    assert process.wait() == 0
    plain = re.sub(rb"\x1b\[[0-9;?]*[A-Za-z]", b"\x1b", shown).decode()
    assert "inspected" in plain
    lines = re.findall(r"\d+  block +\d+  sql-injection  direct  queryStringParameters\.id", plain)
    assert len(lines) == len(sent)
    assert not re.search(r"inspected[^\r\n\x1b]*block", plain)
