"""What `hauberk exclude` promises the guard keeps: the event passes, and its look-alikes do not."""

import json
import re
from pathlib import Path

import pytest

pytest.importorskip("hauberk._native", reason="the native core is not built here")

from here import run_here_as_text

CODE = """
import sqlite3, subprocess

def handler(event, context):
    for name in ("q", "s"):
        if name in event:
            statement = "select 1 where 'a' = '" + event[name] + "'"
            try:
                sqlite3.connect(":memory:").execute(statement).fetchall()
            except sqlite3.Error:
                pass
    if "shell" in event:
        subprocess.run("echo " + event["shell"], shell=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if "first" in event:
        first = event["first"].split("&")[0].partition("=")[2]
        subprocess.run("echo " + first, shell=True, stdout=subprocess.DEVNULL)
    return "done"
"""
POLICY = "hauberk: 1\nfunctions:\n  q:\n    mode: prevent\n"
ID = re.compile(r'"type":"detection","id":"([0-9a-f]{16})"')

ROWS = [
    # what is excluded                                what is told all the same
    (
        {"q": "x' or 'a'='a"},
        [{"q": "x' or 'a'='b"}, {"s": "x' or 'a'='a"}, {"q": "x' or 'a'='a", "s": "x' or 'a'='a"}],
    ),
    ({"q": "x' or 1=1 --"}, [{"q": "x' or 1=1 -- "}, {"q": "' or 1=1 --"}]),
    (
        {"shell": "x; cat /etc/hostname"},
        [{"shell": "x; cat /etc/passwd"}, {"shell": "x; cat /etc/hostname; id"}],
    ),
    ({"shell": "a=1; cat /etc/hostname"}, [{"shell": "b=1; cat /etc/hostname"}]),
    (
        {"shell": "a=1;id&b=2"},
        [{"shell": "a=1;id&b=2", "first": "a=$(id)&b=2"}, {"first": "a=1;id&b=2"}],
    ),
]  # fmt: skip


@pytest.fixture
def hauberk(tmp_path: Path, own_root: bool):  # without it the function is not run
    (tmp_path / "q").mkdir()
    (tmp_path / "q/app.py").write_text(CODE)
    (tmp_path / "hauberk.yaml").write_text(POLICY)
    variables = {"XDG_CONFIG_HOME": str(tmp_path), "COLUMNS": "200"}

    def run(*words: str):
        return run_here_as_text(words, tmp_path, None, variables)

    return run


@pytest.mark.parametrize(("event", "others"), ROWS)
def test_an_excluded_event_passes_and_no_other_does(hauberk, tmp_path, event, others):
    def invoke(what, *options):
        (tmp_path / "event.json").write_text(json.dumps(what))
        return hauberk("local", "invoke", "q", "--event", "event.json", *options)

    (tmp_path / "q.log").write_text(invoke(event).stderr)
    ids = ID.findall((tmp_path / "q.log").read_text())
    assert ids
    for id in ids:
        assert hauberk("exclude", id, "--log", "q.log", "--expires", "30d").returncode == 0
    for id in ids:
        done = hauberk("policy", "explain", "--detection", id, "--log", "q.log", "--format", "json")
        assert json.loads(done.stdout)["action"] == "allow"
    done = hauberk("replay", "q.log", "--mode", "prevent", "--fail-on", "alert")
    assert done.returncode == 0, done.stdout
    done = invoke(event, "--policy", "hauberk.yaml")
    assert (done.returncode, json.loads(done.stdout)) == (0, "done")
    assert not ID.search(done.stderr)
    for other in others:
        done = invoke(other, "--policy", "hauberk.yaml")
        assert '"verdict":"block"' in done.stderr, other
