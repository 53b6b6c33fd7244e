"""A run that is stopped anywhere loses nothing, and the next one doubles nothing."""

import shutil
import signal
import subprocess
import sys

import pytest
from fresh_store import store, unheard
from log_lines import ENVIRONMENT, START, activity, armed

from hauberk.learn import believe, merge, observe
from hauberk.learn.profile.profile_text import profile_text
from hauberk.store import StoreError, segment
from hauberk.store.row import Sort
from hauberk.store.store import open_store

LOG = [
    armed(),
    START,
    *(
        activity(
            "file", "read", f"/tmp/{n % 9}", f"r{n}", timestamp=f"2026-11-{1 + n % 25:02}T00:00:00Z"
        )
        for n in range(200)
    ),
]
RUN = """
import os, signal, sys
from pathlib import Path
from hauberk.learn.profile.profile_text import profile_text
from hauberk.store.store import open_store

root, log, steps = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])

def told(done, of):
    global steps
    steps -= 1
    if steps == 0:
        os.kill(os.getpid(), signal.SIGKILL)

with open_store(root, rows_at_once=30) as store, log.open("rb") as lines:
    store.ingest([lines], told)
    sys.stdout.write(profile_text(store.profile(told)))
"""


def run(root, log, steps=0):
    return subprocess.run(
        [sys.executable, "-c", RUN, str(root), str(log), str(steps)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_a_run_that_is_killed_and_begun_again_gives_the_same_bytes(tmp_path):
    log = tmp_path / "orders.log"
    log.write_bytes(b"".join(LOG))
    for steps in (1, 4, 8):  # the last one while it profiles
        assert run(tmp_path / "store", log, steps).returncode == -signal.SIGKILL
    done = run(tmp_path / "store", log)
    assert (done.stderr, done.stdout) == ("", profile_text(believe(observe(LOG))))


def test_a_merge_that_is_stopped_before_it_cleans_up_doubles_nothing(connection, tmp_path):
    with store(connection, rows_at_once=20) as one:
        one.ingest([LOG[:100]], unheard)
        before = segment.segments(one.segments)
        kept = tmp_path / "kept"
        shutil.copytree(one.segments, kept)
        expected = profile_text(one.profile(unheard))
        assert one.compact(many=2) > 0
        (merged,) = set(segment.segments(one.segments)) - set(before)
        (one.segments / f"{merged.name}.replaces").write_text(
            "".join(f"{old.name}\n" for old in before if old.first != segment.UNDATED)
        )
        shutil.copytree(kept, one.segments, dirs_exist_ok=True)
        assert set(before) - set(segment.segments(one.segments))
        assert profile_text(one.profile(unheard)) == expected
        segment.recover(one.segments)
        assert profile_text(one.profile(unheard)) == expected
        assert not list(one.segments.glob("*.replaces"))


def test_what_a_writer_left_half_done_is_no_segment(connection):
    with store(connection) as one:
        one.ingest([LOG], unheard)
        expected = profile_text(one.profile(unheard))
        for name in (
            "segment.draft",
            "merged.draft",
            "2026-11-01_2026-11-02_9_ab.parquet.replaces",
        ):
            (one.segments / name).write_text("2026-11-01_2026-11-25_201_0.parquet\n")
        assert profile_text(one.profile(unheard)) == expected
        segment.recover(one.segments)
        assert {file.suffix for file in one.segments.iterdir()} == {".parquet"}


def test_a_torn_record_is_no_loss_once_a_log_holds_it_whole(connection):
    torn = [*LOG[:9], LOG[9][:-20]]
    assert believe(observe(torn)).incomplete == 1
    grown = [torn, LOG]
    expected = believe(merge(observe(torn), observe(LOG)))
    assert (expected.incomplete, len(expected.functions)) == (0, 1)
    for logs in (grown, grown[::-1]):
        with store(connection) as one:
            for log in logs:
                one.ingest([log], unheard)
            assert one.profile(unheard) == expected


def test_a_torn_record_that_no_log_holds_whole_teaches_nothing(connection):
    with store(connection) as one:
        one.ingest([[*LOG[:9], LOG[9][:-20]], LOG[:9]], unheard)
        profile = one.profile(unheard)
        assert (profile.incomplete, profile.functions) == (1, {})


def test_the_same_logs_again_write_no_segment(connection):
    with store(connection) as one:
        one.ingest([LOG], unheard)
        before = segment.segments(one.segments)
        one.ingest([LOG, LOG], unheard)
        assert segment.segments(one.segments) == before


def test_compacting_keeps_every_row_and_leaves_few_segments(connection):
    with store(connection, rows_at_once=10) as one:
        one.ingest([LOG], unheard)
        live = segment.segments(one.segments)
        assert len(live) < len(LOG) // 10
        assert sum(row.rows for row in live) == len(LOG) - 1 + 1  # START is none, ANNOUNCED is one


def test_records_of_one_function_do_not_vouch_for_another_with_its_token(connection):
    forged = activity("process", "start", "/tmp/evil", function="payments")
    with store(connection) as one:
        one.ingest([[*LOG, forged]], unheard)
        profile = one.profile(unheard)
        assert (profile.unbelieved, sorted(profile.functions)) == (1, ["orders"])


def test_a_folder_that_is_no_store_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("x")
    with (
        pytest.raises(StoreError, match="neither a store nor an empty folder"),
        open_store(tmp_path),
    ):
        pass
    assert [one.name for one in tmp_path.iterdir()] == ["mine.txt"]


def test_a_segment_that_is_broken_is_named(tmp_path):
    with open_store(tmp_path / "s") as one:
        one.ingest([LOG], unheard)
    (file,) = (tmp_path / "s" / "local" / "segments").glob("2026*")
    file.write_bytes(file.read_bytes()[:100])
    with pytest.raises(StoreError, match=file.name), open_store(tmp_path / "s") as one:
        one.profile(unheard)


def test_a_hundred_thousand_targets_of_one_function_are_all_there(connection):
    count = 100_000
    with store(connection) as one:
        one.ingest([[armed(), START]], unheard)
        target = "'/tmp/' || repeat('x', 90) || n"
        connection.execute(
            f"""COPY (SELECT {Sort.ACTIVITY.value}::UTINYINT AS sort, 'orders' AS function, '$LATEST' AS version,
                '{ENVIRONMENT}'::UUID AS token, 0::UTINYINT AS lot, 'r' AS request, '' AS id, n AS at_ms, 0 AS day,
                'file' AS kind, 'read' AS operation, {target} AS target, false AS is_temporary, '' AS site,
                true AS is_whole, false AS is_armed, false AS has_dropped, 0::UTINYINT AS covered,
                0::UTINYINT AS gaps, 7::UTINYINT AS news FROM range({count}) AS r(n))
                TO '{one.segments / "x.draft"}' (FORMAT parquet)"""
        )
        segment.commit(one.segments / "x.draft", "1970-01-01", "1970-01-01", count)
        (orders,) = one.profile(unheard).functions.values()
        assert len(orders.activities) == count
