"""The arm64 layer, run by Debian's Python for arm64 under qemu."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from layer.arm64_python import command

from hauberk.policy.lapse import in_force

VECTORS = Path(__file__).resolve().parents[2] / "spec" / "vectors" / "judge.jsonl"
Run = Callable[..., "subprocess.CompletedProcess[str]"]

JUDGE = """
import json, os, sys
sys.path.insert(0, os.environ["LIBRARY"])
from hauberk import _native
for line in sys.stdin:
    row = json.loads(line)
    judge = _native.Judge(json.dumps(row["policy"]).encode())
    if "suspicion" in row:
        asked = row["suspicion"]
        answer = judge.judge_suspicion(
            asked["protection"],
            asked["detector"],
            asked["confidence"],
            asked["path"],
            asked["matched"].encode(),
        )
    else:
        asked = row["activity"]
        answer = judge.judge(asked["kind"], asked["operation"], asked["target"])
    print(json.dumps(answer))
"""

FLOW = [
    # sink     resource                        input            changes its syntax?
    ("shell", "ls x; id", "x; id", True),
    ("shell", "ls 'x; id'", "x; id", False),  # quoted by the function
    ("sql", "SELECT * FROM t WHERE a = '' OR '1'='1'", "' OR '1'='1", True),
    ("sql", "SELECT * FROM t WHERE a = 'O''Hara'", "O''Hara", False),
]
ASK_FLOW = """
import json, os, sys
sys.path.insert(0, os.environ["LIBRARY"])
from hauberk import _native
rows = json.load(sys.stdin)
print(json.dumps([_native.flow(s, [r.encode()], json.dumps(i).encode()) is not None for s, r, i, _ in rows]))
"""

ATTACKED = """
import os
from hauberk import _native
handle = lambda *request: os.system("echo x; echo reached")
_native.EventGate(handle, None)(None, None, "request-1", b'{"name": "x; echo reached"}')
"""


@pytest.fixture
def run(arm64_opt: Path, tmp_path: Path) -> Run:
    """Runs a program with Python for arm64, with the guard attached where a mode is given."""
    python = command()
    if not python:
        pytest.skip("qemu-user-static, or Debian's Python for arm64 (apt), is not to be had here")

    def start(program: str, told: str = "", mode: str = "") -> subprocess.CompletedProcess[str]:
        file = tmp_path / "program.py"
        file.write_text(program)
        boot = [str(arm64_opt / "hauberk" / "boot.py")] if mode else []
        lambdas = {"AWS_LAMBDA_FUNCTION_NAME": "f", "HAUBERK_MODE": mode} if mode else {}
        library = str(arm64_opt / "hauberk" / "lib")
        return subprocess.run(
            [*python, *boot, str(file)],
            input=told,
            env={"PATH": os.environ["PATH"], "LIBRARY": library, **lambdas},
            capture_output=True,
            text=True,
            check=False,
        )

    return start


def test_arm64_judges_every_vector_as_the_contract_says(run: Run) -> None:
    rows = [json.loads(line) for line in VECTORS.read_text().splitlines()]
    asked = [row | {"policy": in_force(row["policy"], row.get("now", 0))} for row in rows]
    done = run(JUDGE, "".join(f"{json.dumps(row)}\n" for row in asked))
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert answers == [[row["action"], row["reason"]] for row in rows], done.stderr
    assert len(answers) >= 3


def test_arm64_sees_the_flow_of_an_input_into_a_sink(run: Run) -> None:
    done = run(ASK_FLOW, json.dumps(FLOW))
    assert json.loads(done.stdout) == [changes for *_, changes in FLOW], done.stderr


def test_arm64_blocks_an_injected_command_in_prevent(run: Run) -> None:
    done = run(ATTACKED, mode="prevent")
    assert done.stdout == ""
    assert "PermissionError" in done.stderr
    assert detections(done.stderr) == [("shell-injection", "block")]


def test_arm64_reports_an_injected_command_in_detect_and_lets_it_run(run: Run) -> None:
    done = run(ATTACKED, mode="detect")
    assert done.stdout.splitlines() == ["x", "reached"]
    assert done.returncode == 0
    assert detections(done.stderr) == [("shell-injection", "alert")]


def detections(log: str) -> list[tuple[str, str]]:
    records = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    return [
        (record["detector"], record["verdict"])
        for record in records
        if record["type"] == "detection"
    ]
