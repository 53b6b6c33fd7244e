"""Logs that are read in parts, by several processes, give what one process that reads them whole gives."""

import contextlib
import gzip
import io
import itertools
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from fresh_store import store, unheard
from hypothesis import given, settings
from hypothesis import strategies as st
from log_lines import END, START, STREAM, activity, armed, detection, record

from hauberk.learn import believe, merge, observe
from hauberk.learn.profile.profile_text import profile_text
from hauberk.learn.records.log import Log, LogError, opened
from hauberk.store.part import parts, read, row_lines
from hauberk.store.readers import read_by
from hauberk.store.row import rows

OTHER = "f" * 32
RESTORE = b"RESTORE_START Runtime Version: python:3.13.v9\n"
MESSAGES = [
    b"INIT_START Runtime Version: python:3.13.v9\n",
    RESTORE,
    START,
    END,
    START.replace(b"4f6b", b"0000"),
    END.replace(b"4f6b", b"0000"),
    b"hello\n",
    b"\n",
    b"EXTENSION\tName: x\n",
    armed(),
    armed(environment=OTHER),
    armed(environment=OTHER, stream="elsewhere"),
    activity("file", "read", "/tmp/\u00e9", "r1"),
    activity("host", "resolve", "a.b", "r2", environment=OTHER),
    b"got " + activity("host", "resolve", "c.d", "r1"),
    activity("host", "resolve", "e.f")[:-30] + b"\n",
    detection("r1"),
    record("status", "", state="gap", message="lost", dropped=3),
    b"HAUBERK1 broken\n",
    b"\xff\xfe{}\n",
]


def event(message):
    text = message.decode(errors="replace")
    return {"logStreamName": STREAM, "timestamp": 1, "message": text, "eventId": "1"}


def printed(messages):
    return json.dumps({"events": [event(one) for one in messages]}, indent=4).encode()


def printed_unnamed(messages):
    events = [{"message": event(one)["message"], "timestamp": 1} for one in messages]
    return json.dumps({"logStream": STREAM, "logEvents": events}, indent=1).encode()


def stream_comes_last(messages):
    return printed_unnamed(messages).replace(b'"logStream": ', b'"was": ') + (
        f'\n"logStream": "{STREAM}"\n'.encode() + printed(messages)
    )


FORMS = {
    "text": b"".join,
    "printed": printed,
    "printed, of one stream": printed_unnamed,
    "printed, the stream behind": stream_comes_last,
    "printed, not closed": lambda messages: printed(messages).replace(b"}", b'"more": 1'),
    "one event a line": lambda messages: b"".join(
        json.dumps(event(one)).encode() + b"\n" for one in messages
    ),
    "messages only": lambda messages: json.dumps(
        [event(one)["message"] for one in messages], indent=2
    ).encode(),
    "an answer, then text": lambda messages: printed(messages) + b"\n" + b"".join(messages),
}


def cut(lines, places):
    """The lines in blocks, which end at these places."""
    ends = sorted({place % (len(lines) + 1) for place in places} | {len(lines)})
    return [b"".join(lines[a:b]) for a, b in zip([0, *ends], ends, strict=False) if a < b]


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(MESSAGES), max_size=14), st.lists(st.integers(0, 999), max_size=9))
def test_a_log_cut_anywhere_gives_the_same_rows(form, messages, places):
    lines = io.BytesIO(FORMS[form](messages)).readlines()
    log = Log("x", lambda: iter(cut(lines, places)))
    found = row_lines((one, read(one)) for one in parts([log]))
    assert [row for some in found for row in some] == [row.line() for row in rows(lines)]


ACTS = [
    activity(
        "file", "read", f"/tmp/{n % 9}", f"r{n}", timestamp=f"2026-11-{1 + n % 25:02}T00:00:00Z"
    )
    for n in range(300)
]
LOG = [armed(), START, *ACTS[:200]]
SECOND = [armed("bills", environment=OTHER), START, *ACTS[200:], b"HAUBERK1 broken\n"]
EXPECTED = profile_text(believe(merge(observe(LOG), observe(SECOND))))
TIMES = 160  # how often they come again, which changes nothing: 10 MB are worth more processes


@pytest.fixture(scope="module")
def logs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("logs")
    (folder / "orders.log").write_bytes(b"".join([*LOG[:2], *LOG[2:] * TIMES]))
    for number in range(30):
        (folder / f"small-{number}.log").write_bytes(b"".join(SECOND))
    return folder


def test_the_logs_are_large_enough_for_several_processes(logs):
    first = logs / "orders.log"
    assert first.stat().st_size > 8 << 20


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_any_number_of_workers_gives_the_same_bytes(connection, logs, workers):
    with store(connection) as one:
        one.ingest(opened(str(logs)), unheard, workers=workers)
        assert profile_text(one.profile(unheard)) == EXPECTED


def test_what_is_read_comes_in_the_order_of_the_logs(logs):
    files = list(opened(str(logs)))
    assert [part for part, _ in read_by(2, parts(files))] == list(parts(files))


def children():
    """The readers of this process that run; one may end while it is looked for."""
    found = []
    tasks = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    for child in {child for task in tasks for child in text_of(task).split()}:
        is_reader = "hauberk.store.readers" in text_of(Path(f"/proc/{child}/cmdline"))
        found += [int(child)] if is_reader else []
    return found


def text_of(file):
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return file.read_text()
    return ""


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs Linux's /proc")
def test_lines_whose_reader_ends_are_named(logs):
    (log,) = opened(str(logs / "orders.log"))
    results = read_by(2, parts(itertools.repeat(log)))  # without end
    with pytest.raises(
        LogError, match=r"orders\.log, line [0-9,]+, to .*orders\.log, line [0-9,]+: .* status -9; "
    ):
        for _ in results:
            for child in children():
                os.kill(child, signal.SIGKILL)
    assert children() == []


RUN = """
import os, signal, sys
from pathlib import Path
from hauberk.learn.records.log import opened
from hauberk.learn.profile.profile_text import profile_text
from hauberk.store.store import open_store

root, logs, steps, stop = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4]

def told(done, of):
    global steps
    steps -= 1
    if steps == 0:
        os.kill(os.getpid(), signal.SIGKILL) if stop == "kill" else os.killpg(0, signal.SIGINT)

with open_store(root, rows_at_once=9_000) as store:
    store.ingest(opened(logs), told, workers=2)
    sys.stdout.write(profile_text(store.profile(told)))
"""


def run(root, logs, steps=0, stop=""):
    # It waits for all who have its error output: for readers that outlive it, too.
    return subprocess.run(
        [sys.executable, "-c", RUN, str(root), str(logs), str(steps), stop],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        start_new_session=True,
    )


def test_a_run_with_workers_that_is_stopped_and_begun_again_gives_the_same_bytes(logs, tmp_path):
    for steps, stop, status in ((2, "kill", 9), (3, "interrupt", 2)):
        done = run(tmp_path / "store", logs, steps, stop)
        assert done.returncode == -status
        assert "store.readers" not in done.stderr.partition("KeyboardInterrupt")[2]
        assert done.stderr.count("KeyboardInterrupt") == (stop == "interrupt")
    done = run(tmp_path / "store", logs)
    assert (done.stderr, done.stdout) == ("", EXPECTED)


def test_a_log_that_ends_too_early_is_named_with_its_line(tmp_path):
    broken = tmp_path / "cut.gz"
    noise = b"".join(os.urandom(40).hex().encode() + b"\n" for _ in range(60_000))
    broken.write_bytes(gzip.compress(noise)[:-2_000])
    with pytest.raises(LogError, match=r"cut\.gz: after line [0-9,]+: .*; name log files"):
        list(read_by(2, parts(opened(str(broken)))))
