"""`hauberk doctor` on the logs of real functions: whole, broken, without the wall, in another language."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hauberk.local import Environment, Function, LocalError
from hauberk.local.attach import attach, own_layer
from hauberk.local.folders import layer_folder
from hauberk.local.nodejs import client, node
from here import run_here

CODE = "import sqlite3\ndef handler(event, context):\n    print(event.get('print', ''))\n"
Doctor = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def layer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    try:
        return layer_folder((own_layer(()),), tmp_path_factory.mktemp("layer"))
    except LocalError as error:
        pytest.skip(str(error))


@pytest.fixture
def log(layer: Path, tmp_path: Path) -> Callable[..., str]:
    """The log of one invocation of a function with the layer, or with a changed copy of it."""

    def log_of(
        settings: dict[str, str], *, event: Any = None, change: Callable[[Path], None] | None = None
    ) -> str:
        used = layer
        if change is not None:
            used = shutil.copytree(layer, tmp_path / "changed")
            change(used)
        (tmp_path / "code").mkdir(exist_ok=True)
        (tmp_path / "code/app.py").write_text(CODE)
        function = attach(Function(tmp_path / "code", name="orders"), used, settings)
        with Environment(function) as environment:
            return environment.invoke(event or {}).log

    return log_of


@pytest.fixture
def doctor(tmp_path: Path) -> Doctor:
    def run(log: str, *options: str, columns: int = 160) -> tuple[int, str, str]:
        wide = {"COLUMNS": str(columns), "NO_COLOR": "1"}
        done = run_here(("doctor", "-", *options), tmp_path, log.encode(), wide)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    return run


def found(doctor: Doctor, log: str) -> tuple[int, Any]:
    status, out, _ = doctor(log, "--format", "json")
    (function,) = json.loads(out)["functions"]
    return status, function


def states(function: Any) -> dict[str, str]:
    return {
        sink["name"]: sink["state"] for group in function["coverage"] for sink in group["sinks"]
    }


def test_a_whole_guard_is_well(doctor: Doctor, log: Callable[..., str]) -> None:
    text = log({"HAUBERK_MODE": "prevent"})
    status, function = found(doctor, text)
    assert (status, function["is_well"], function["modes"]) == (0, True, ["prevent"])
    assert states(function)["process"] == "armed"
    assert states(function)["sql.sqlite3"] == "waiting"
    assert states(function)["system-calls"] == "limit"
    walls = {group["kind"]: group["walls"] for group in function["coverage"]}
    assert {"library", "language"} <= set(walls["process"]) and walls["event"] == ["language"]
    status, out, _ = doctor(text)
    assert status == 0 and "orders: 1 environment, prevent, policy built-in, well" in out
    assert "limit: system-calls" in out
    _, narrow, _ = doctor(text, columns=80)
    rows = [line for line in narrow.splitlines() if line.startswith("│")]
    assert len(rows) > 9 and all(len(row) == 80 and row.endswith("│") for row in rows), narrow
    assert all(name in narrow for name in states(function) if name.startswith("sql."))


def test_a_missing_wall_is_a_gap_with_its_remedy(doctor: Doctor, log: Callable[..., str]) -> None:
    text = log({}, change=lambda layer: (layer / "hauberk/lib/libhauberk_wall.so").unlink())
    status, function = found(doctor, text)
    assert status == 1
    assert states(function)["children"] == "gap"
    status, out, _ = doctor(text)
    assert status == 1 and "do: start the function by the wrapper" in out and "not well" in out


def test_a_refused_policy_and_a_broken_guard_are_problems(
    doctor: Doctor, log: Callable[..., str]
) -> None:
    status, function = found(doctor, log({"HAUBERK_POLICY": "1.open.00.x.y"}))
    assert status == 1
    assert any("the built-in policy is in force" in one["what"] for one in function["problems"])

    def break_boot(layer: Path) -> None:
        (layer / "hauberk/boot.py").write_text("nonsense(")
        shutil.rmtree(layer / "hauberk/__pycache__", ignore_errors=True)

    status, function = found(doctor, log({}, change=break_boot))
    assert status == 1
    assert any("boot.py is missing" in one["what"] for one in function["problems"])


def test_what_a_function_prints_does_not_count(doctor: Doctor, log: Callable[..., str]) -> None:
    real = log({}, change=lambda layer: (layer / "hauberk/lib/libhauberk_wall.so").unlink())
    (status_line,) = [line for line in real.splitlines() if '"type":"status"' in line]
    forged = json.loads(status_line)
    forged["coverage"] = dict.fromkeys(forged["coverage"], "armed")
    forged["environment"] = "ab" * 16
    del forged["stream"]  # which strangers do not know
    text = real.replace("\nEND ", f"\n{json.dumps(forged, separators=(',', ':'))}\nEND ")
    assert found(doctor, text)[1]["environments"] == 1
    printed_only = text[text.index("START ") :]
    status, _, told = doctor(printed_only)
    assert status == 2 and "--trust-unannounced" in told


def test_what_drives_a_terminal_is_spelt_out(doctor: Doctor, log: Callable[..., str]) -> None:
    text = log({"HAUBERK_MODE": "detect"})
    (told,) = [line for line in text.splitlines() if '"type":"status"' in line]
    evil = json.loads(told)
    evil["coverage"]["sql.\x1b[2J"] = "gap: \x1b[31mred\nhauberk: all is well"
    status, out, _ = doctor(text.replace(told, json.dumps(evil, separators=(",", ":"))))
    assert status == 1 and "\x1b" not in out and "\nhauberk: all is well" not in out


def test_nothing_to_go_by_is_no_good_news(doctor: Doctor) -> None:
    status, _, told = doctor("START RequestId: x Version: $LATEST\nhello\n")
    assert status == 2 and "no record of Hauberk" in told


def test_another_runtime_shows_that_the_wall_stands_alone(
    doctor: Doctor, layer: Path, tmp_path: Path
) -> None:
    try:
        node(None), client(None)
    except LocalError as error:
        pytest.skip(str(error))
    (tmp_path / "index.mjs").write_text("export const handler = async () => 1;")
    function = attach(Function(tmp_path, "index.handler", "nodejs", name="orders"), layer, {})
    with Environment(function) as environment:
        status, told = found(doctor, environment.invoke({}).log)
    assert status == 0
    walls = {group["kind"]: group["walls"] for group in told["coverage"]}
    assert "language" not in {wall for names in walls.values() for wall in names}
    assert "library" in walls["process"] and walls["event"] == ["none"]
