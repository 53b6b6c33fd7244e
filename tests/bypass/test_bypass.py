"""Every technique of the table: its effect unprotected, who sees it, that it is refused, that a look-alike passes."""

from __future__ import annotations

import pytest
from peer import Peer
from rows import CASES
from stage import HERE, SHELL, Stage, compiled, matches, outcome, walls, without_wall
from technique import ALLOWED, REFUSED, Row, marked_later

from pythons import EVERY, THIS, drivers, put_together

pytestmark = pytest.mark.pythons(*EVERY)
# What techniques use, as it is locked: for no older Python.
PACKAGES = ("cffi", "grpcio", "psycopg", "psycopg-binary", "psycopg2-binary", "pycurl", "uvloop")
NEEDED = ("pycparser", "typing-extensions")
OLD = ("3.9", "3.10")
# What runs on after a response is told of, whatever it does.
LEFT = ("acts-after-response", "outlives-invocation")
EACH = pytest.mark.parametrize(
    ("kind", "row"), [pytest.param(kind, row, id=row.name) for kind, row in CASES]
)
SEEN = pytest.mark.parametrize(
    ("kind", "row"),
    [pytest.param(kind, row, id=row.name) for kind, row in CASES if row.wall != "none"],
)
NOT_BY_GUARD = pytest.mark.parametrize(
    ("kind", "row"),
    [pytest.param(kind, row, id=row.name) for kind, row in CASES if row.wall != "language"],
)
MISSED = pytest.mark.parametrize(
    ("kind", "row"),
    [pytest.param(kind, row, id=row.name) for kind, row in CASES if row.earlier],
)


HELD = pytest.mark.parametrize(
    ("kind", "row"), [pytest.param(kind, row, id=row.name) for kind, row in CASES if row.held]
)
# What must be the kernel's for a technique of a kind to be held.
HELD_BY = {"process": "process.programs", "file": "file.write", "address": "address.tcp"}


@pytest.fixture(scope="session")
def native(tmp_path_factory):
    return compiled(tmp_path_factory.mktemp("native"))


@pytest.fixture(scope="module")
def packages(python, tmp_path_factory):
    """The function's folder, and why a package is not in it."""
    folder = tmp_path_factory.mktemp("bypass") / "code"
    version = python["python"].name.removeprefix("python")
    code = HERE / "functions" / "bypass"
    if version in OLD:
        why = "the packages that techniques use are locked for later Pythons"
        return put_together(folder, code), dict.fromkeys(PACKAGES, why)
    try:
        return put_together(folder, code, drivers(version, (*PACKAGES, *NEEDED))), {}
    except pytest.skip.Exception as error:
        return put_together(folder, code), dict.fromkeys(PACKAGES, str(error))


@pytest.fixture(scope="module")
def stage(start, layer, packages, native, has_namespace, tmp_path_factory):
    if not has_namespace:
        pytest.skip("without a mount namespace the names that techniques look up are not to be had")
    peer = Peer()
    wall_less = without_wall(layer, tmp_path_factory.mktemp("layer") / "without-wall")
    yield Stage(start, packages[0], native, peer, wall_less)
    peer.close()


@pytest.fixture
def at(stage, packages):
    """Acts under a policy: what was seen, and whether the effect is there."""

    def act(row: Row, place: str, use: str, kind: str | None = None, technique: str | None = None):
        if row.of_package in packages[1]:
            pytest.skip(packages[1][row.of_package])
        running = stage.environment(use, kind)
        there = stage.place(running, row, place)
        seen = stage.act(running, row, place, technique)
        has_happened = row.effect(there, seen)
        records = list(seen.records)
        if row.effect is marked_later:
            records += stage.act(running, row, place, "nothing").records
        return seen, records, has_happened

    return act


@EACH
def test_unprotected_it_has_its_effect(at, kind, row):
    seen, _, has_happened = at(row, REFUSED, "unprotected")
    assert has_happened, seen.answer


@EACH
def test_in_detect_the_guard_sees_it_or_misses_it_as_the_table_says(stage, at, kind, row):
    seen, records, has_happened = at(row, REFUSED, "detect-without-wall")
    assert has_happened, seen.answer
    assert is_seen(stage, kind, row, records) == (row.wall == "language"), seen.answer.log


@NOT_BY_GUARD
def test_in_detect_the_wall_sees_it_or_misses_it_as_the_table_says(stage, at, kind, row):
    seen, records, has_happened = at(row, REFUSED, "detect")
    assert has_happened, seen.answer
    assert is_seen(stage, kind, row, records) == (row.wall == "library"), seen.answer.log


def is_seen(stage, kind, row, records):
    act = stage.step(row, (kind, row.act), REFUSED)
    return any(matches(record, kind, act) for record in records)


@SEEN
def test_in_prevent_it_fails_as_its_call_fails_and_nothing_has_happened(stage, at, kind, row):
    seen, records, has_happened = at(row, REFUSED, "prevent", kind)
    assert not has_happened, seen.answer
    act = stage.step(row, (kind, row.act), REFUSED)
    found = [record for record in records if matches(record, kind, act)]
    assert [record["verdict"] for record in found][:1] == ["block"], (act, seen.answer.log)
    assert outcome(seen) in row.fails, seen.answer


@HELD
def test_in_prevent_the_kernel_holds_it_where_it_can_and_the_other_walls_do_not(
    stage, at, python, kind, row
):
    if python["python"].name != f"python{THIS}":
        pytest.skip("what the kernel holds is the same on each Python: this one shows it")
    running = stage.environment("kernel", kind if kind == "file" else None)
    stage.act(running, row, ALLOWED, "nothing")
    told = walls(running)
    if "kernel" not in (told[kind], told.get(HELD_BY[kind])):
        pytest.skip(f"this kernel does not hold it: {told[kind]}")
    assert at(row, REFUSED, "without-kernel", kind)[2], "it happens without the kernel's wall"
    there = stage.place(running, row, REFUSED)
    seen = stage.act(running, row, REFUSED, is_there=False)
    assert not row.effect(there, seen), seen.answer
    assert not is_seen(stage, kind, row, list(seen.records)), "nobody tells of it"


@MISSED
def test_without_the_wall_it_is_refused_at_its_earlier_step(stage, at, python, kind, row):
    if row.wall != "none" and python["python"].name != f"python{THIS}":
        pytest.skip("the same steps are shown on each Python by what nobody sees")
    seen, records, has_happened = at(row, REFUSED, "strict", row.earlier[0])
    assert not has_happened, seen.answer
    steps = [stage.step(row, step, REFUSED) for step in (row.earlier, SHELL)]
    blocked = [record for record in records if record.get("verdict") == "block"]
    is_told = any(matches(one, row.earlier[0], step) for one in blocked for step in steps)
    # What is refused time and again is not written each time.
    is_known = f"blocked by Hauberk: unlisted-{row.earlier[0]}".encode() in seen.payload
    assert is_told or is_known, seen.answer


@EACH
def test_its_look_alike_that_is_allowed_passes(at, kind, row):
    seen, records, has_happened = at(row, ALLOWED, "prevent", kind, row.look_alike)
    told = [record for record in records if record["type"] == "detection"]
    assert not [one for one in told if one["detector"] not in LEFT], seen.answer
    assert has_happened or row.look_alike, seen.answer
