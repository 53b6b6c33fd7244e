"""Runs a use without the guard, below all walls in detect, and in prevent by what was learned of that."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from package_rows import Place, Row
from package_servers import Servers
from protected import Running, Seen

from contract import KEY
from hauberk.model.mode import Mode
from hauberk.policy import compile_policy, read

HERE = Path(__file__).parent
HAUBERK = Path(sys.executable).with_name("hauberk")
TOLD, SECRET = "<p>told 8b.</p>\n", "<p>secret.</p>\n"


@dataclass(frozen=True)
class Turn:
    """One environment of a use, and what its first invocations gave."""

    running: Running
    world: Path
    seen: tuple[Seen, ...]

    @property
    def coverage(self) -> dict[str, str]:
        return dict(self.seen[0].statuses[0]["coverage"])

    @property
    def walls(self) -> dict[str, str]:
        return dict(self.seen[0].statuses[0]["walls"])


class Use:
    """A row, run in each way once, when a test first asks for it."""

    def __init__(
        self, row: Row, start: Callable[..., Running], code: Path, servers: Servers, folder: Path
    ) -> None:
        if row.program and not shutil.which(row.program):
            pytest.skip(f"{row.program} is not installed")
        if row.server in servers.missing:
            pytest.skip(servers.missing[row.server])
        self.row = row
        self._start, self._code, self._folder = start, code, folder
        self._door = servers.doors.get(row.server or "")

    @cached_property
    def unprotected(self) -> Turn:
        return self._turn(None)

    @cached_property
    def detect(self) -> Turn:
        return self._turn({"HAUBERK_MODE": "detect"}, times=self.row.learned_from)

    @cached_property
    def prevent(self) -> Turn:
        return self._turn({"HAUBERK_POLICY": self._learned()})

    @cached_property
    def event(self) -> dict[str, Any]:
        return {"file": "told", "act": "usual", "port": self._door.to if self._door else 0}

    def beyond(self, turn: Turn) -> tuple[Seen, bool]:
        """Does what no list allows, and says whether it happened."""
        other = {"file": "secret", "act": "mark", "port": self._door.port if self._door else 0}
        mark = turn.world / "mark"
        before = self._door.came if self._door else 0
        seen = turn.running.invoke({**self.event, self.row.beyond: other[self.row.beyond]})
        came = self._door is not None and self._door.came > before
        is_told = "error" not in seen.value and seen.payload != turn.seen[0].payload
        happened = came or mark.exists() or is_told
        mark.unlink(missing_ok=True)
        return seen, happened

    def expected(self, turn: Turn) -> tuple[str, str, str]:
        """The kind, operation and target of what must be refused."""
        world = turn.running.world if self.row.is_as_on_lambda else str(self._folder)
        place = Place(world, self._door.port if self._door else 0)
        return place.filled(self.row)

    def close(self) -> None:
        for name in ("unprotected", "detect", "prevent"):
            if name in self.__dict__:
                self.__dict__[name].running.close()

    def _turn(self, settings: dict[str, str] | None, times: int = 1) -> Turn:
        environment = {"USES": self.row.module, "PROGRAM": self.row.program or "", "HOME": "/tmp"}
        fields: dict[str, Any] = {"timeout_s": 60, "memory_mb": 2048, "environment": environment}
        if not self.row.is_as_on_lambda:
            environment["WORLD"] = str(self._folder)  # the same for each turn
            fields["namespace"] = False
        running = self._start(self._code, settings, **fields)
        world = running.outside if self.row.is_as_on_lambda else self._folder
        (world / "told").write_text(TOLD)
        (world / "secret").write_text(SECRET)
        seen = tuple(running.invoke(self.event) for _ in range(times))
        return Turn(running, world, seen)

    def _learned(self) -> str:
        """The policy that `hauberk learn` makes of the log in detect, to be enforced."""
        log, file = self._folder / "learning.log", self._folder / "hauberk.yaml"
        log.write_text("".join(one.answer.log for one in self.detect.seen))
        review = ["--accept-review"] if self.row.is_reviewed else []
        command = [str(HAUBERK), "learn", str(log), "-o", str(file), *review]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        policy = read(file)
        now = int(time.time())
        return compile_policy(policy, "function", key=KEY, now=now, mode=Mode.PREVENT).variable
