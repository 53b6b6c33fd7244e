"""`hauberk local learn`: events and tests become a list that holds what they showed, and tells what they did not."""

import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hauberk.cli.lesson import Lesson, Ran, _lines, told
from hauberk.learn import Partial, believe
from hauberk.learn.complete.vouch import Vouched, vouched
from hauberk.learn.profile.of_tests import shown_by_tests
from hauberk.local import InputError, LocalError
from hauberk.local.attach import own_layer
from hauberk.local.recorded import recorded_events
from hauberk.local.tested import _words
from hauberk.policy import read

SECRET = "hunter2-8c1f"
CODE = """
import subprocess
import tempfile
import urllib.request

def handler(event, context):
    if "fail" in event:
        raise ValueError("no " + event["fail"])
    print("got", event)
    open(f"/tmp/{event['id']}.txt", "w").close()
    tempfile.NamedTemporaryFile().close()
    if event.get("run"):
        subprocess.run(["uname"], stdout=subprocess.DEVNULL)
    if event.get("pay"):
        urllib.request.urlopen("https://pay.example.com/cart")
    return 1
"""
TESTS = """
import subprocess
import app
import pytest

def test_a(tmp_path, capfd):
    (tmp_path / "of-the-test").write_text("x")
    subprocess.run(["ls"], stdout=subprocess.DEVNULL)
    assert app.handler({"id": 31, "run": 1}, None) == 1
    assert capfd.readouterr().err == ""

def test_b():
    with pytest.raises(ValueError, match="why"):
        app.handler({"fail": "why"}, None)
"""
POLICY = "hauberk: 1\nfunctions:\n  orders:\n    mode: prevent  # since May\n"
LINES = '{"id": 2}\n\n{"id": 3}\n'
EVENTS = {"a.json": '{"id": 1}', "b.jsonl": LINES, "c.json": f'{{"fail": "{SECRET}"}}'}


@pytest.fixture(scope="module")
def learned(tmp_path_factory):
    """One run of both, whose parts the tests look at."""
    try:
        own_layer(())
    except LocalError as error:
        pytest.skip(str(error))
    place = tmp_path_factory.mktemp("day")
    for folder, files in {
        "orders": {"app.py": CODE},
        "events": EVENTS,
        "tests": {"test_app.py": TESTS},
    }.items():
        (place / folder).mkdir()
        for name, text in files.items():
            (place / folder / name).write_text(text)
    (place / "hauberk.yaml").write_text(POLICY)
    pytest_run = f"{sys.executable} -m pytest -q -p no:cacheprovider --basetemp {place}/base --pythonpath orders tests"
    pytest_run = pytest_run.replace("--pythonpath orders", "-o pythonpath=orders")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "hauberk.cli", "local", "learn", "orders", "--format", "json"),
            *("--events", "events", "--tests", pytest_run, "--log", "own.log"),
        ],
        cwd=place,
        capture_output=True,
        text=True,
        check=False,
    )
    return place, done


def test_a_list_holds_what_events_and_tests_showed_and_comments_stay(learned):
    place, done = learned
    assert done.returncode == 1, done.stderr  # an event failed
    (orders,) = read(place / "hauberk.yaml").functions
    listed = {kind.value: [one.target for one in held] for kind, held in orders.allowlist.items()}
    assert listed["process"] == ["/usr/bin/uname"]  # which a test alone showed
    drawn = {"/tmp/????????", "/tmp/tmp????????"}  # and of Python 3.10 and later the folder itself
    assert set(listed["file"]) - {"/tmp"} == {"/tmp/*.txt", *drawn}
    assert listed["host"] == ["pay.example.com"]  # which nothing did, and the code names
    assert listed["api"] == listed["address"] == []
    assert "# since May" in (place / "hauberk.yaml").read_text()


def test_what_failed_is_told_and_no_value_of_an_event_is(learned):
    place, done = learned
    assert "1 of 4 events failed: c.json (ValueError)" in done.stderr
    assert SECRET not in done.stdout + done.stderr + (place / "hauberk.yaml").read_text()
    assert (place / "own.log").stat().st_mode & 0o777 == 0o600
    told = json.loads(done.stdout)
    assert [one["error"] for one in told["events"]] == [None, None, None, "ValueError"]
    assert told["tests"] == {
        "status": 0,
        "processes": 1,
        "calls": 1,
        "by_tests_only": told["tests"]["by_tests_only"],
        "left_out": 0,
    }
    assert told["tests"]["by_tests_only"] > 3
    assert told["vouched"]["events"] == 4
    (of_code,) = told["vouched"]["of_code"]
    assert of_code == {"done": 3, "named": 4}


NO_EVENTS = [
    # files                              what is said
    ({}, "no event"),
    ({"a.txt": "{}"}, "no event"),
    ({"a.json": ""}, "a.json: nothing is in it; write the event as JSON, an empty one as {}"),
    ({"a.json": " \n"}, "a.json: nothing is in it"),
    ({"a.jsonl": "\n\n"}, "no event"),
    ({"a.json": "{"}, "a.json: the event is not JSON"),
    ({"a.jsonl": "{}\n{\n"}, "a.jsonl:2: the event is not JSON"),
]


@pytest.mark.parametrize(("files", "said"), NO_EVENTS)
def test_what_is_no_event_is_refused_by_its_name(files, said, tmp_path):
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(InputError, match=said):
        recorded_events(tmp_path)


@pytest.mark.parametrize("name", ["a.txt", "a.log", "a.JSONX", "a"])
def test_a_file_of_another_ending_is_no_event(name, tmp_path):
    (tmp_path / name).write_text("{}")
    with pytest.raises(InputError, match=r"no event; name a \.json file"):
        recorded_events(tmp_path / name)


def _lesson(*errors):
    events = tuple(Ran(f"{n}.json", str(n), error) for n, error in enumerate(errors))
    return Lesson(events, None, None, Partial(), believe(Partial()), b"")


TOLD = [
    # errors of the events,                        what is said, what is not
    (["ValueError", ""], ["1 of 2 events failed: 0.json (ValueError)"], ["--handler", "--timeout"]),
    (["Runtime.HandlerNotFound"], ["name it with --handler: FILE.FUNCTION"], ["--timeout"]),
    (["Runtime.ImportModuleError"], ["what is imported with --layer"], ["--timeout"]),
    (["Sandbox.Timedout", "Sandbox.Timedout"], ["give it more seconds"], ["--handler"]),
    (["", ""], [], ["failed"]),
]


@pytest.mark.parametrize(("errors", "said", "unsaid"), TOLD)
def test_why_events_failed_is_told_with_what_to_do(errors, said, unsaid):
    for is_written in (True, False):
        text = "\n".join(told(_lesson(*errors), is_written=is_written))
        assert all(one in text for one in said) and not any(one in text for one in unsaid)
        assert ("until then is learned" in text) is (is_written and any(errors))
        assert text.count("give it more seconds") <= 1


@pytest.mark.parametrize(
    ("errors", "said"),
    [([""], "1 of 1 event was answered; too few to say"), (["", ""], "of the later 1, 0 did")],
)
def test_one_event_has_none_before_it(errors, said):
    assert said in next(_lines(_lesson(*errors), []))


SHELLS = [
    # a command,                     is it refused as a shell's?
    ("a && b", True),
    ("a 2>&1 | tee b", True),
    ("sh -c 'a && b'", False),
    ("pytest -k 'a or b'", False),
]


@pytest.mark.parametrize(("command", "is_refused"), SHELLS)
def test_what_only_a_shell_reads_is_refused(command, is_refused):
    try:
        assert _words(command)[0] in {"sh", "pytest"}
    except InputError as error:
        assert is_refused and "no shell runs the command" in str(error)
    else:
        assert not is_refused


def test_events_come_in_the_order_of_their_names(tmp_path):
    for name, text in EVENTS.items():
        (tmp_path / name).write_text(text)
    lines = ["b.jsonl:1", "b.jsonl:3"]
    assert [one.name for one in recorded_events(tmp_path)] == ["a.json", *lines, "c.json"]
    assert [one.name for one in recorded_events(tmp_path / "b.jsonl")] == lines


VOUCHED = [
    # which brought something new      of how many, in the later half, news
    ([], Vouched(0, 0, 0)),
    ([True], Vouched(1, 1, 1)),
    ([True, True, False, False], Vouched(4, 2, 0)),
    ([False, False, True], Vouched(3, 2, 1)),
]


@pytest.mark.parametrize(("news", "expected"), VOUCHED)
def test_the_later_half_tells(news, expected):
    assert vouched(news) == expected


@given(st.lists(st.booleans(), max_size=300))
def test_no_share_is_vouched_for_that_was_not_seen(news):
    vouch = vouched(news)
    assert vouch.news / max(vouch.later, 1) <= vouch.most_new <= 1
    assert vouched([*news, *[False] * len(news)]).most_new <= 1


def test_a_hundred_events_without_news_vouch_for_nineteen_of_twenty():
    assert vouched([True] * 100 + [False] * 100).most_new == pytest.approx(0.02996, abs=1e-4)


def test_nothing_is_written_where_all_fails(tmp_path):
    (tmp_path / "app.py").write_text(CODE)
    (tmp_path / "e.json").write_text('{"fail": "x"}')
    done = subprocess.run(
        [*(sys.executable, "-m", "hauberk.cli", "local", "learn", "."), "--events", "e.json"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    if "make layer" in done.stderr:
        pytest.skip(done.stderr)
    assert (done.returncode, done.stdout) == (2, "")
    assert "nothing is written" in done.stderr
    assert not (tmp_path / "hauberk.yaml").exists()


def _line(kind, operation, target, request):
    fields = {"kind": kind, "operation": operation, "target": target, "request_id": request}
    common = {
        "timestamp": "2026-11-23T19:11:00.123Z",
        "level": "ERROR",
        "hauberk": "HAUBERK1",
        "type": "activity",
        "id": "0" * 16,
        "environment": "ab" * 16,
        "function": "orders",
        "version": "$LATEST",
    }
    return json.dumps({**common, **fields}, separators=(",", ":")).encode() + b"\n"


def test_of_tests_only_calls_count_and_the_folder_stands_for_the_package():
    log = b"".join(
        [
            _line("file", "write", "/home/me/shop/orders/cache", "r1"),
            _line("file", "write", "/home/me/shop/orders-2/cache", "r1"),
            _line("process", "start", "/usr/bin/git", ""),
            _line("file", "read", "/etc/mime.types", "r2"),
        ]
    )
    shown = shown_by_tests([log], "/home/me/shop/orders", ["/home/me"])
    kept = {one.record.activity.target for one in shown.partial.records}
    assert kept == {"/var/task/cache", "/etc/mime.types"}
    assert {one.target for one in shown.here} == {"/home/me/shop/orders-2/cache"}
    assert {one.target for one in shown.by_tests} == {"/usr/bin/git"}
    assert shown.calls == 2
