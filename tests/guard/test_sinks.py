"""Each watched call: recorded while learning, refused by an empty allowlist, its effect absent."""

import re
import uuid
from functools import cache
from pathlib import Path

import pytest
from protected import policy
from sink_rows import MISSES, ROWS, Place

from pythons import EVERY

pytestmark = pytest.mark.pythons(*EVERY)
FUNCTIONS = Path(__file__).parent / "functions"
SINKS = Path(__file__).parents[2] / "native" / "python" / "src" / "sinks" / "mod.rs"
PROGRAMS = {
    # The folder's links are followed, the program's own name stays.
    "sh": str(Path("/bin").resolve() / "sh"),
    "touch": str(Path("/usr/bin").resolve() / "touch"),
}
NEEDED = {"code": [{"operation": "load", "target": "_ctypes"}]}  # before what a row is about
# Acts of test_code.py and test_injected_code.py.
OF_SENT = {"http.client.send"}  # test_credentials_sent.py
OF_CODE = {"compile", "marshal.loads", "marshal.load", "exec", "function.__new__"}
OF_EXTENSIONS = {"sqlite3.load_extension", "sqlite3.enable_load_extension"}  # rows of tests/bypass
CASES = [pytest.param(kind, row, id=row.act) for kind, rows in ROWS.items() for row in rows]


@pytest.fixture(scope="module")
def with_kind(start):
    """One environment for each kind and use of it: a host once resolved vouches for addresses.

    Reports of processes have one for three rows: what is frequent is not written each time, and
    `subprocess` starts some of them by `os.posix_spawn`, so that each counts twice.
    """

    @cache
    def environment(kind, use, lot=0):
        document = {
            "allowlist": {kind: NEEDED.get(kind, [])},
            "mode": "detect" if use == "alert" else "prevent",
        }
        return start("sinks", {"HAUBERK_POLICY": policy(**document)})

    return environment


@pytest.fixture(scope="module")
def learning(start):
    """An environment records an activity once: of the rows that share one, each has another.

    The nth rows of all kinds have one together. Addresses come before the hosts that vouch for them.
    """
    assert list(ROWS).index("address") < list(ROWS).index("host")
    shared = cache(lambda number: start("sinks", {"HAUBERK_MODE": "prevent"}))

    def environment(kind, row):
        is_of_row_only = "{path}" in str(row.targets)
        return shared(0 if is_of_row_only else ROWS[kind].index(row))

    return environment


@pytest.fixture
def place(layer):
    """Prepares the place of an act in an environment's folder."""
    listeners = []

    def prepare(running, row):
        library = layer / "hauberk/lib/hauberk/_native.abi3.so"
        made = Place(running.outside / row.act, f"secret{uuid.uuid4().hex}", library)
        row.before(made)
        listeners.append(made.listener)
        return made

    yield prepare
    for listener in filter(None, listeners):
        listener.close()


def act(running, row, there):
    return running.invoke({"act": row.act, "port": there.port})


def activities(kind, row, there, running):
    names = {
        "path": f"{running.world}/{row.act}",
        "port": there.port,
        "library": there.library.name,
        **PROGRAMS,
    }
    targets = row.targets if isinstance(row.targets, tuple) else (row.targets,)
    return {(kind, row.operation, target.format(**names)) for target in targets}


def told_activity(record):
    return record.get("kind"), record.get("operation"), record.get("target")


@pytest.mark.parametrize(("kind", "row"), CASES)
def test_a_call_is_recorded_as_its_activity_while_learning(learning, place, kind, row):
    running = learning(kind, row)
    there = place(running, row)
    seen = act(running, row, there)
    assert seen.answer.error is None, seen.answer.log
    assert row.happened(there, seen)
    expected = activities(kind, row, there, running)
    found = [record for record in seen.activities if told_activity(record) in expected]
    assert {told_activity(record) for record in found} == expected, seen.answer.log
    assert all(record["reason"] == "learning" for record in found)
    assert all(record["stack"] for record in found)
    assert not seen.detections


@pytest.mark.parametrize(("kind", "row"), CASES)
def test_a_call_that_is_not_allowed_fails_and_nothing_has_happened(with_kind, place, kind, row):
    running = with_kind(kind, "block")
    there = place(running, row)
    seen = act(running, row, there)
    assert seen.error == row.error, seen.answer.log
    assert "blocked by Hauberk: unlisted-" in seen.message
    assert not row.happened(there, seen)
    record = seen.detections[0]
    assert (record["detector"], record["protection"]) == (f"unlisted-{kind}", kind)
    assert (record["verdict"], record["level"]) == ("block", "FATAL")
    assert told_activity(record) in activities(kind, row, there, running)


@pytest.mark.parametrize(("kind", "row"), CASES)
def test_a_call_that_is_not_allowed_is_reported_in_detect_and_happens(with_kind, place, kind, row):
    running = with_kind(kind, "alert", ROWS[kind].index(row) // 3 if kind == "process" else 0)
    there = place(running, row)
    seen = act(running, row, there)
    assert seen.answer.error is None, seen.answer.log
    assert row.happened(there, seen)
    found = {
        told_activity(record): (record["detector"], record["verdict"], record["level"])
        for record in seen.detections
    }
    for one in activities(kind, row, there, running):
        assert found[one] == (f"unlisted-{kind}", "alert", "ERROR")


@pytest.mark.parametrize("miss", MISSES, ids=[f"{miss.act}-{miss.kind}" for miss in MISSES])
def test_a_known_miss_is_still_missed(with_kind, place, miss):
    running = with_kind(miss.kind, "block")
    there = place(running, miss)
    seen = act(running, miss, there)
    assert miss.happened(there, seen), f"no longer missed ({miss.why}): {seen.answer.log}"
    assert not [record for record in seen.records if record.get("kind") == miss.kind]


def test_a_record_names_the_code_that_called(start):
    lines = (FUNCTIONS / "sinks" / "app.py").read_text().split("\n")
    handler = 1 + lines.index(
        '    return act(os.path.join(WORLD, event["act"]), event.get("port"))'
    )
    act = 1 + next(at for at, line in enumerate(lines) if '"open_write"' in line)
    seen = start("sinks", {"HAUBERK_MODE": "detect"}).invoke({"act": "open_write"})
    (record,) = [one for one in seen.activities if one["target"].endswith("/open_write")]
    calls = [call.rsplit("/", 1)[1] for call in record["stack"]]
    assert calls[:2] == [f"app.py:{act} <lambda>", f"app.py:{handler} handler"]


def test_what_is_allowed_goes_unseen(start):
    """The allowlist is no obstacle: what is on it happens, and nothing is said."""
    allowed = [{"operation": "write", "target": "**/open_*"}]
    running = start("sinks", {"HAUBERK_POLICY": policy(allowlist={"file": allowed})})
    running.invoke({"act": "open_write"})
    seen = running.invoke({"act": "open_append"})
    assert seen.answer.error is None
    assert not seen.records


def test_a_file_cannot_be_renamed_out_of_what_is_allowed(start):
    allowed = [{"target": "**/rename"}]
    running = start("sinks", {"HAUBERK_POLICY": policy(allowlist={"file": allowed})})
    (running.outside / "rename").write_text("text")
    seen = running.invoke({"act": "rename"})
    assert seen.error == "PermissionError"
    assert (running.outside / "rename").exists()
    assert seen.detections[0]["target"].endswith("/rename_to")


def test_every_watched_event_has_a_row():
    body = SINKS.read_text().split("fn named(")[1].split("_ => return None")[0]
    watched = set(re.findall(r'b"([\w.]+)"', body)) - OF_CODE - OF_SENT
    rows = {row.event for rows in ROWS.values() for row in rows}
    assert watched - OF_EXTENSIONS == rows - {""}
    assert len(watched) > 20
