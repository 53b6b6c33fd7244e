"""`hauberk local invoke`: what goes where, and the exit status."""

import json
import os
import subprocess
import sys

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hauberk.local import Environment, Function, LocalError
from hauberk.local.announced import troubles
from hauberk.local.attach import own_layer
from hauberk.local.function import name_of
from hauberk.policy.compile import compile_policy
from hauberk.policy.file import from_bytes
from here import run_here

CODE = """
import json, os

def handler(event, context):
    print("written")
    if event.get("act") == "raise":
        raise ValueError("boom")
    names = ("HAUBERK_MODE", "HAUBERK_POLICY", "HAUBERK_NEXT_WRAPPER", "TABLE", "WRAPPED")
    return [event, context.function_name, {n: os.environ[n] for n in names if n in os.environ}]
"""
WRAPPER = '#!/bin/sh\nexport WRAPPED=ours\nexec "$@"\n'


@pytest.fixture
def hauberk(folder, tmp_path):
    folder("orders", {"app.py": CODE})
    folder("ours", {"hauberk/wrapper": WRAPPER})
    (tmp_path / "event.json").write_text('{"a": "é"}')
    (tmp_path / "empty.json").write_text("")
    (tmp_path / "latin.json").write_bytes(b'"\xe9"')
    (tmp_path / "bad.json").write_text("{")
    (tmp_path / "raise.json").write_text('{"act": "raise"}')
    (tmp_path / "compiled").write_text("1.open.0123.payload.signature\n")

    ours = {"HAUBERK_LAYER": str(tmp_path / "ours")}

    def run(arguments: str, stdin: bytes = b"", **variables: str):
        return subprocess.run(
            [
                *(sys.executable, "-m", "hauberk.cli"),
                *("local", "invoke", *arguments.split()),
            ],
            cwd=tmp_path,
            input=stdin,
            env={**os.environ, **ours, **variables},
            capture_output=True,
            check=False,
        )

    def here(arguments: str):
        return run_here(("local", "invoke", *arguments.split()), tmp_path, variables=ours)

    run.folder, run.here = str(tmp_path / "orders"), here
    return run


def own_words(text):
    """Our own lines: which handler, and what the machine of the test does not allow."""
    return [line for line in text.splitlines() if line.startswith("hauberk: ")]


def test_the_answer_goes_out_unchanged_and_the_log_beside_it(hauberk, tmp_path):
    with Environment(Function(tmp_path / "orders", name="orders"), namespace=False) as environment:
        expected = environment.invoke(b'{"a": "\xc3\xa9"}').payload
    done = hauberk("orders --event event.json --unprotected")
    assert (done.returncode, done.stdout) == (0, expected)
    log = done.stderr.decode()
    assert log.startswith("INIT_START ")
    assert "\nwritten\nEND RequestId" in log
    assert own_words(log)[0] == "hauberk: handler app.handler"


ATTACHED = [
    # options                                              variables the function sees
    ("", {}),
    ("--mode prevent", {"HAUBERK_MODE": "prevent"}),
    ("--policy compiled", {"HAUBERK_POLICY": "1.open.0123.payload.signature"}),
    ("--env TABLE=t=1", {"TABLE": "t=1"}),
    (
        "--env AWS_LAMBDA_EXEC_WRAPPER=/opt/other",
        {"HAUBERK_NEXT_WRAPPER": "/opt/other"},
    ),
    ("--layer ours", {}),
]


@pytest.mark.parametrize(("options", "variables"), ATTACHED)
def test_hauberk_is_attached_unless_told_otherwise(hauberk, own_root, options, variables):
    done = hauberk(f"orders {options}")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [{}, "orders", {**variables, "WRAPPED": "ours"}]


def test_events_run_in_order_in_one_environment(hauberk):
    done = hauberk("orders --unprotected --event event.json --event - --repeat 2", b'{"b": 2}')
    answers = [json.loads(line)[0] for line in done.stdout.splitlines()]
    assert answers == [{"a": "é"}, {"b": 2}, {"a": "é"}, {"b": 2}]
    assert done.stderr.count(b"INIT_START") == 1


def test_json_says_all_of_it(hauberk):
    done = hauberk("orders --unprotected --format json --event event.json --event raise.json")
    assert done.returncode == 1
    good, bad = json.loads(done.stdout)
    assert json.loads(good["payload"])[0] == {"a": "é"}
    assert (good["error"], bad["error"]) == (None, "Unhandled")
    assert json.loads(bad["payload"])["errorMessage"] == "boom"
    assert good["init_ms"] > 0 and bad["init_ms"] is None
    assert good["request_id"] in good["log"]


STATUSES = [
    # arguments                                            status, in the message
    ("orders --unprotected --event raise.json", 1, "ValueError: boom"),
    ("orders --unprotected --event bad.json", 2, "the event is not JSON"),
    (
        "orders --unprotected --event empty.json",
        2,
        "empty.json: nothing is in it; write the event as JSON",
    ),
    (
        "orders --unprotected --event latin.json",
        2,
        "latin.json: the event is not JSON: no UTF-8 at byte 1",
    ),
    ("orders --unprotected --event nothing.json", 2, "nothing.json does not exist; name a file"),
    ("orders --unprotected --event ours", 2, "ours: is a directory; name a file"),
    ("nothing --unprotected", 2, "nothing does not exist; name the folder or zip file"),
    ("bad.json --unprotected", 2, "bad.json is neither a folder nor a zip file that can be read"),
    ("orders --unprotected --layer nothing", 2, "nothing does not exist; name the layer"),
    ("orders --policy nothing", 2, "nothing: no such file or directory; name a policy file"),
    ("orders --policy ours", 2, "ours: is a directory; name a policy file"),
    ("orders --unprotected --name a/b", 2, "--name a/b: use up to 64 letters"),
    ("ours --unprotected", 2, "name it with --handler"),
    ("orders --unprotected --mode detect", 2, "leave out --policy and --mode"),
    ("orders --unprotected --env TABLE", 2, "write --env NAME=VALUE"),
    ("orders --unprotected --env _HANDLER=x", 2, "does not let a function set _HANDLER"),
    ("orders --mode nonsense", 2, "nonsense"),
    ("orders --policy compiled --mode off", 2, "leave out --mode"),
    ("orders --policy bad.json", 2, "bad.json"),
    ("orders --unprotected --python bad.json", 2, "is not a Python that runs here"),
    ("orders --unprotected --timeout 0", 2, "--timeout"),
]


@pytest.mark.parametrize(("arguments", "status", "message"), STATUSES)
def test_the_exit_status_says_whose_fault_it_was(hauberk, arguments, status, message):
    done = hauberk.here(arguments)
    assert done.returncode == status
    assert message in done.stderr.decode()
    assert b'File "<string>"' not in done.stderr


def test_our_own_words_come_after_those_of_the_log_and_before_the_answer(hauberk):
    merged = subprocess.run(
        [sys.executable, "-m", "hauberk.cli", "local", "invoke", hauberk.folder, "--unprotected"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=True,
    ).stdout.decode()
    lines = merged.splitlines()
    assert lines[0].startswith("INIT_START ")
    words = own_words(merged)
    assert words[0] == "hauberk: handler app.handler"
    assert lines[-1 - len(words) : -1] == words
    assert json.loads(lines[-1])[0] == {}


def test_a_folder_s_name_that_lambda_would_not_take_is_made_one(folder):
    assert name_of(folder("my shop.v2", {})) == "my-shop"
    assert name_of(folder("é", {})) == "function"
    assert name_of(folder("a" * 70, {})) == "a" * 64


NOT_IN_FORCE = [
    # what the function is started with            what is said on a line of its own
    (
        "--policy compiled",
        "the policy is unreadable: it was cut off or changed; set HAUBERK_POLICY to",
    ),
    ("--policy stale", "the policy has expired and stays in force; set a later `expires` in"),
    ("--policy stale --name shop", "the policy is for orders, this function is shop; compile it"),
    ("--env HAUBERK_POLICY=x", "the policy is unreadable: no compiled policy at all; set "),
    ("--env HAUBERK_MODE=x", 'HAUBERK_MODE is "x", not off, detect or prevent: detect is in force'),
]


@pytest.mark.parametrize("format", ["text", "json"])
@pytest.mark.parametrize(("options", "said"), NOT_IN_FORCE)
def test_a_policy_that_is_not_in_force_is_told_on_a_line_of_its_own(
    hauberk, tmp_path, options, said, format
):
    layer = _made_layer()
    expired = "hauberk: 1\nfunctions: {orders: {expires: 2020-01-01}}\n"
    policy = from_bytes(expired.encode(), "hauberk.yaml")
    value = compile_policy(policy, "orders", key=Ed25519PrivateKey.generate(), now=1).variable
    (tmp_path / "stale").write_text(value)
    done = hauberk(f"orders {options} --format {format}", HAUBERK_LAYER=str(layer))
    assert done.returncode == 0
    told = [one for one in done.stderr.decode().splitlines() if one.startswith("hauberk: warning")]
    assert len(told) == 1 and told[0].startswith(f"hauberk: warning: {said}")


def test_a_policy_in_force_is_not_warned_of(hauberk):
    done = hauberk("orders --mode prevent", HAUBERK_LAYER=str(_made_layer()))
    assert b"warning" not in done.stderr


def test_what_a_function_prints_later_is_no_warning_of_ours():
    forged = {"hauberk": "HAUBERK1", "type": "status", "level": "FATAL", "message": "x"}
    assert list(troubles(json.dumps(forged))) == ["x"]
    assert list(troubles(f"START RequestId: r\n{json.dumps(forged)}")) == []


def _made_layer():
    try:
        return own_layer(())
    except LocalError as error:
        pytest.skip(str(error))


def test_a_missing_layer_is_said_with_the_ways_out(hauberk):
    done = hauberk("orders", HAUBERK_LAYER="/nothing.zip")
    assert done.returncode == 3
    for way in ("not at /nothing.zip", "`make layer`", "HAUBERK_LAYER", "--layer", "--unprotected"):
        assert way in done.stderr.decode()


def test_the_fallback_is_announced_only_when_it_was_not_asked_for(hauberk, no_namespace_because):
    done = hauberk("orders --unprotected --no-namespace")
    assert b"no mount namespace" not in done.stderr
    automatic = hauberk("orders --unprotected")
    assert (b"no mount namespace" in automatic.stderr) == (no_namespace_because is not None)
    assert automatic.stdout == done.stdout


BENIGN = [{"a": 1}, {}, {"body": "select a book", "path": "/orders/17"}, ["é", "\ud800", None]]


def test_a_benign_event_has_the_same_answer_with_and_without_hauberk(folder, own_root):
    layer = _made_layer()
    code = folder("code", {"app.py": "def handler(event, context): return {'got': event}"})
    answers = []
    for fields in (
        {},
        {"layers": (layer,), "environment": {"AWS_LAMBDA_EXEC_WRAPPER": "/opt/hauberk/wrapper"}},
    ):
        with Environment(Function(code, **fields), namespace=own_root) as environment:
            answers.append([environment.invoke(event).payload for event in BENIGN])
    assert answers[0] == answers[1]
    assert len(answers[0]) == len(BENIGN)
