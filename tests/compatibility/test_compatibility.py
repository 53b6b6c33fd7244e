"""What packages do goes on below all walls by what was learned of it, and nothing besides."""

from __future__ import annotations

import subprocess
import sys

import pytest
from package_rows import ROWS
from package_servers import serving
from package_table import PAGE, page
from package_use import HERE, Use

from pythons import packages_of, put_together

# What no wall sees is told of in each environment.
GAPS = {"system-calls"}


@pytest.fixture(scope="module")
def servers():
    with serving() as running:
        yield running


@pytest.fixture(scope="module")
def code(tmp_path_factory, has_namespace):
    if not has_namespace:
        pytest.skip("without a mount namespace nothing is as on Lambda")
    folder = tmp_path_factory.mktemp("compatibility")
    put_together(folder, HERE / "functions" / "uses", packages_of("compatibility"))
    # Compiled once, and not by each environment: it may not write beside its code.
    uses = ", ".join(f"uses_{row.module}" for row in ROWS)
    environment = {"WORLD": str(folder), "PROGRAM": ""}
    subprocess.run(
        [sys.executable, "-c", f"import {uses}"], cwd=folder, env=environment, check=True
    )
    return folder


@pytest.fixture(scope="module", params=ROWS, ids=lambda row: row.name)
def use(request, start, code, servers, tmp_path_factory):
    made = Use(request.param, start, code, servers, tmp_path_factory.mktemp("use"))
    yield made
    made.close()


def test_it_gives_the_same_below_all_walls(use):
    plain = use.unprotected.seen[0]
    assert "error" not in plain.value, plain.answer
    for seen in (*use.detect.seen, *use.prevent.seen):
        assert seen.payload == plain.payload, seen.answer.log
        assert seen.own_log == plain.own_log


def test_nothing_is_told_of_what_was_learned(use):
    for turn in (use.detect, use.prevent):
        assert [one for seen in turn.seen for one in seen.detections] == []
        assert [one["state"] for seen in turn.seen for one in seen.statuses] == ["armed"]
    assert use.prevent.seen[0].activities == []


def test_all_walls_stand(use):
    for turn in (use.detect, use.prevent):
        gaps = {name for name, state in turn.coverage.items() if state.startswith("gap")}
        assert gaps <= GAPS
        assert "none" not in turn.walls.values()
    if "library: this kernel has no Landlock" in use.prevent.walls.values():
        pytest.skip("this kernel has no third wall")
    held = {kind for kind, wall in use.prevent.walls.items() if wall == "kernel"}
    assert held == set(use.row.held), use.prevent.walls


def test_what_was_not_learned_is_refused_and_the_function_goes_on(use):
    if not use.row.beyond:
        pytest.skip("it does nothing but compute")
    seen, happened = use.beyond(use.unprotected)
    assert happened, seen.answer
    seen, happened = use.beyond(use.prevent)
    assert not happened, seen.answer
    assert seen.value == {"error": use.row.fails}, seen.answer.log
    told = {(one["kind"], one["operation"], one["target"]) for one in seen.detections}
    assert use.expected(use.prevent) in told
    assert {one["verdict"] for one in seen.detections} == {"block"}
    again = use.prevent.running.invoke(use.event)
    assert (again.payload, again.detections) == (use.prevent.seen[0].payload, [])


def test_the_page_says_what_the_suite_runs():
    text = PAGE.read_text()
    assert page(text) == text, "write it anew: python tests/compatibility/package_table.py"
