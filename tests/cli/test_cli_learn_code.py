"""`hauberk learn --code`: what it tells of the code, and what it refuses."""

import json

import pytest
from learn_log import LOG
from log_lines import activity

from hauberk.cli.learn_code import unknown
from hauberk.policy.file import read

pytest.importorskip("hauberk._native", reason="the native core is not built here")

OLD = """
import os, subprocess

def handler(event, context):
    subprocess.run(["/var/task/bin/thumbnail"])
    subprocess.run(["/var/task/bin/seldom", event])
"""
NEW = OLD + "    os.remove(event)\n"


@pytest.fixture
def code(tmp_path):
    for name, text in (("old", OLD), ("new", NEW)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "app.py").write_text(text)


def test_it_tells_what_the_code_brought(learn, code, tmp_path):
    done = learn("orders.log", "-o", "hauberk.yaml", "--code", "old")
    told = done.stdout.decode()
    assert done.returncode == 0, done.stderr
    assert "the code explains 1 of 9 activities, and lists 1 entry that was not seen" in told
    assert "without the code the alarms a week would be process ≤" in told
    (orders,) = read(tmp_path / "hauberk.yaml").functions
    origins = {one.target: one.origin for held in orders.allowlist.values() for one in held}
    assert origins["/var/task/bin/thumbnail"] == "runtime"
    assert origins["/var/task/bin/seldom"] == "code"


SHELL = activity("process", "start", "/usr/bin/sh")
ASKS = (
    'import subprocess\n\ndef handler(event, context):\n    subprocess.run("uname", shell=True)\n'
)


@pytest.mark.parametrize(("text", "is_asked"), [(ASKS, True), (OLD, False)])
def test_what_is_dangerous_is_listed_only_where_the_code_asks_for_it_and_is_told(
    learn, tmp_path, text, is_asked
):
    (tmp_path / "app").mkdir()
    (tmp_path / "app/app.py").write_text(text)
    words = ("-", "-o", "new.yaml", "--code", "app")
    told = learn(*words, given=LOG + SHELL).stdout.decode()
    assert ("1 entry is listed though dangerous, since the code asks for it" in told) is is_asked
    assert "hauberk learn --code" not in told
    assert ("/usr/bin/sh" in (tmp_path / "new.yaml").read_text()) is is_asked
    words = ("-", "-o", "newer.yaml", "--code", "app", "--format", "json")
    (orders,) = json.loads(learn(*words, given=LOG + SHELL).stdout)["functions"]
    told = {
        name: [one["why"] for one in orders[name] if one["target"] == "/usr/bin/sh"]
        for name in ("asked_by_code", "review")
    }
    asked = ["starts a shell; the code asks for it at app.py:4"] * is_asked
    assert told == {"asked_by_code": asked, "review": ["starts a shell"] * (not is_asked)}


def test_the_same_again_leaves_every_byte(learn, code, tmp_path):
    words = ("orders.log", "-o", "hauberk.yaml", "--code", "old")
    learn(*words)
    first = (tmp_path / "hauberk.yaml").read_bytes()
    assert learn(*words).returncode == 0
    assert (tmp_path / "hauberk.yaml").read_bytes() == first


def test_of_a_change_it_tells_what_stands_and_what_is_open_again(learn, code):
    words = ("orders.log", "-o", "hauberk.yaml", "--code", "new", "--code-before", "old")
    told = learn(*words).stdout.decode()
    assert "1 file of the code changed; what was learned stands for: process, api, host" in told
    assert "open again: file, since app.py:7: a file that is not known: event" in told
    document = json.loads(learn(*words, "--format", "json").stdout)
    change = document["functions"][0]["code"]["change"]
    assert (change["files"], set(change["open_again"])) == (["app.py"], {"file", "code"})


REFUSED = [
    (("--code", "nowhere"), "nowhere does not exist"),
    (("--code", "old", "--handler", "other.handler"), "name the handler"),
    (("--code", "old", "--function", "other"), "name with --function"),
    (("--code-before", "old"), "name that, too"),
]


@pytest.mark.parametrize(("words", "why"), REFUSED)
def test_what_is_no_code_is_refused_and_nothing_is_written(learn, code, tmp_path, words, why):
    done = learn("orders.log", "-o", "hauberk.yaml", *words)
    assert done.returncode == 2 and why in done.stderr.decode()
    assert not (tmp_path / "hauberk.yaml").exists()


UNKNOWN = [
    # acts known in part, places not read       what is said
    (0, 0, []),
    (1, 0, ["1 act of it is known in part only: `hauberk scan code` shows it"]),
    (0, 1, ["1 place of it is not known: `hauberk scan code` shows it"]),
    (0, 2, ["2 places of it are not known: `hauberk scan code` shows them"]),
    (3, 1, ["3 acts of it are known in part only, 1 place of it is not known: `hauberk scan code` shows them"]),
]  # fmt: skip


@pytest.mark.parametrize(("partly", "unread", "said"), UNKNOWN)
def test_what_is_not_known_of_the_code_is_counted(partly, unread, said):
    assert list(unknown(partly, unread)) == said
