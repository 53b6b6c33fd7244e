"""Programs below the wall alone: no guard, no runtime; what they did to the world, and what the wall said."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from contract import is_record, policy, record_schema

# What the wrapper gave: a status, what the program said, the records, the rest of its log.
Started = tuple[int, str, list[dict[str, Any]], str]
Start = Callable[..., Started]

HERE = {"aarch64": "arm64"}.get(platform.machine(), platform.machine())
# Runs a test on this machine's architecture, and on the other of Lambda's where it can be run.
EACH = pytest.mark.parametrize(
    "architecture", sorted({HERE, "arm64"}), indirect=True, scope="session"
)

PROGRAMS = Path(__file__).parent / "programs"
LIBRARY = "hauberk/lib/libhauberk_wall.so"


@dataclass(frozen=True)
class Done:
    """What became of a program."""

    status: int
    out: str
    log: str

    @cached_property
    def records(self) -> list[dict[str, Any]]:
        """The wall's records, each of which obeys the schema."""
        found = [json.loads(line) for line in self.log.split("\n") if is_record(line)]
        for record in found:
            record_schema().validate(record)
        return found

    @property
    def own_log(self) -> str:
        """What the program itself wrote to its log."""
        return "\n".join(line for line in self.log.split("\n") if not is_record(line))

    def told(self, record_type: str) -> list[tuple[str, str, str]]:
        """Kind, operation and target of each record of a type."""
        return [
            (record["kind"], record["operation"], record["target"])
            for record in self.records
            if record["type"] == record_type
        ]

    @property
    def walls(self) -> dict[str, str]:
        """Which wall holds what, as the first record says."""
        return dict(self.records[0]["walls"])

    @property
    def error(self) -> int:
        """The number of the error that a program's act ended with, as it says; 0 where it was done."""
        return 0 if self.out == "done\n" else int(self.out.removeprefix("error "))

    @property
    def detected(self) -> list[tuple[str, str]]:
        """Detector and target of each detection."""
        return [
            (record["detector"], record["target"])
            for record in self.records
            if record["type"] == "detection"
        ]


@dataclass(frozen=True)
class Walled:
    """Runs programs below the wall, or without it."""

    library: Path
    python: str = sys.executable
    enter: Callable[[], None] | None = None
    """Where programs run elsewhere than on this machine: has a process there."""
    lacks: Mapping[str, str] = field(default_factory=dict)
    """What of a command cannot be run there, and why."""
    root: Path = Path("/")
    """Where this process finds what programs there have."""

    @property
    def is_emulated(self) -> bool:
        """Whether each run is dear: a table's rows then show what is refused, and what is told, alone."""
        return self.enter is not None

    def run(
        self,
        command: Sequence[str | Path],
        settings: Mapping[str, str] | None = None,
        **given: Any,
    ) -> Done:
        """`settings` are the HAUBERK_… variables; None leaves the program without the wall."""
        for word in map(str, command):
            if word in self.lacks:
                pytest.skip(self.lacks[word])
        environment = {"PATH": os.environ["PATH"], **given.pop("environment", {})}
        if settings is not None:
            environment |= {"LD_PRELOAD": str(self.library), "AWS_LAMBDA_FUNCTION_NAME": "function"}
            environment |= settings
        done = subprocess.run(
            [str(word) for word in command],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            **{"preexec_fn": self.enter, **given},
        )
        return Done(done.returncode, done.stdout, done.stderr)


def prevent(*, only_told: Sequence[str] = (), **allowlist: Sequence[str]) -> dict[str, str]:
    """Settings by which only what is listed may be done: `file=["read /tmp/a"]`; detectors that only tell."""
    entries = {
        kind: [
            dict(zip(("operation", "target"), entry.split(" ", 1), strict=True)) for entry in listed
        ]
        for kind, listed in allowlist.items()
    }
    detectors = {name: {"mode": "detect"} for name in only_told}
    return {"HAUBERK_POLICY": policy(mode="prevent", allowlist=entries, detectors=detectors)}


def found(name: str) -> str:
    """A program of this machine, or a skip that says which is missing."""
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not installed")
    return path


def is_same(
    walled: Walled, command: list[str], *, tells: bool = True, told: tuple[str, ...] = ()
) -> None:
    """Whether a program says the same, and ends the same, with the wall and without; `told` are the detectors."""
    plain, under = walled.run(command), walled.run(command, {"HAUBERK_MODE": "detect"})
    assert under.out == plain.out
    assert under.status == plain.status
    assert under.own_log.strip() == plain.log.strip()
    assert {detector for detector, _ in under.detected} == set(told)
    assert not tells or under.records
    assert not any(record.get("faults") for record in under.records)
