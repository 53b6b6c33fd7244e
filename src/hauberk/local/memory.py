"""The memory that a function may use: a control group that the kernel ends it in when it takes more.

Counts:          all that the function's processes hold, the files they cache too; what is cached and
                 not in use goes before anything is ended
Does not count:  files that were in memory before, such as the interpreter's own: some 10 MB
"""

from __future__ import annotations

import contextlib
import errno
import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from hauberk.local.cgroup import NoGroup, Parent, parent


class Files(NamedTuple):
    """The names of a group's files."""

    limit: str
    with_swap: str
    peak: str
    events: str


VERSION_1 = Files(
    "memory.limit_in_bytes",
    "memory.memsw.limit_in_bytes",
    "memory.max_usage_in_bytes",
    "memory.oom_control",
)
VERSION_2 = Files("memory.max", "memory.swap.max", "memory.peak", "memory.events")
PROCESSES = "cgroup.procs"
MAPPED = ("mapped_file", "file_mapped")  # in version 1, in version 2


@dataclass(frozen=True, slots=True)
class MemoryLimit:
    """A group of processes with a limit; a process that writes 0 to `door` is in it."""

    folder: Path
    files: Files
    limit_kb: int
    door: int

    def has_ended_one(self) -> bool:
        """Has the kernel ended a process because the limit was reached?"""
        return _numbers(self.folder / self.files.events).get("oom_kill", 0) > 0

    def peak_kb(self, of_one_kb: int) -> int:
        """The most that all processes held at once; one alone held `of_one_kb`.

        It is an estimate: the files that are cached now are taken off, those removed are not.
        """
        if self.has_ended_one():
            return self.limit_kb
        used = _numbers(self.folder / "memory.stat")
        mapped = sum(used.get(name, 0) for name in MAPPED)
        cached = max(0, used.get("inactive_file", 0) + used.get("active_file", 0) - mapped)
        peak = self.folder / self.files.peak  # version 2 has it since Linux 5.19
        all_kb = (int(peak.read_text()) - cached) // 1024 if peak.exists() else 0
        return min(self.limit_kb, max(of_one_kb, all_kb))

    def close(self) -> None:
        """Removes the group, unless a process is left in it whose supervisor someone has killed."""
        os.close(self.door)
        with contextlib.suppress(OSError):
            self.folder.rmdir()


def memory_limit(limit_mb: int) -> MemoryLimit:
    """A new group that may use `limit_mb`; raises NoGroup where this machine gives none."""
    place = parent("memory")
    try:
        folder = Path(tempfile.mkdtemp(prefix="hauberk-local-", dir=place.folder))
    except OSError as error:
        raise NoGroup(f"no control group can be made: {error.strerror}") from error
    try:
        _require_entry(folder)
        return _limited(folder, place, limit_mb)
    except OSError as error:
        folder.rmdir()
        raise NoGroup(f"no control group can be used: {error.strerror}") from error


def _require_entry(folder: Path) -> None:
    """Tries it with a process of no use: who may make a group may still not put one into it."""
    enter = ("sh", "-c", 'echo 0 >"$0"', str(folder / PROCESSES))
    if subprocess.run(enter, check=False, stderr=subprocess.DEVNULL).returncode != 0:
        raise PermissionError(errno.EPERM, "no process can be put into it")


def _limited(folder: Path, place: Parent, limit_mb: int) -> MemoryLimit:
    files = VERSION_2 if place.is_unified else VERSION_1
    limit = limit_mb * 1024 * 1024
    (folder / files.limit).write_text(str(limit))
    if (folder / files.with_swap).exists():  # version 1 limits both together, 2 swap alone
        (folder / files.with_swap).write_text("0" if place.is_unified else str(limit))
    door = os.open(folder / PROCESSES, os.O_WRONLY)
    return MemoryLimit(folder, files, limit_mb * 1024, door)


def _numbers(file: Path) -> dict[str, int]:
    lines = (line.split() for line in file.read_text().splitlines())
    return {words[0]: int(words[1]) for words in lines}
