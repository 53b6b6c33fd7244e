"""A group of processes that gets as much CPU as a function of 512 MB, where the machine allows it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from hauberk.local.cgroup import NoGroup, parent

FULL_CORE_MB = 1769  # a function of this size gets one core's time (AWS's documentation)
MEMORY_MB = 512
SHARE = MEMORY_MB / FULL_CORE_MB
PERIOD_US = 20_000


@dataclass(frozen=True, slots=True)
class Group:
    """A descriptor that takes a process in when it writes 0 to it; or why there is none."""

    door: int | None
    reason: str


@contextmanager
def limited_group() -> Iterator[Group]:
    """A group with the share of a 512 MB function, for as long as it is needed."""
    folder = None
    try:
        folder = _made()
        door = os.open(folder / "cgroup.procs", os.O_WRONLY)
    except (NoGroup, OSError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        yield Group(None, f"no CPU limit could be set here: {reason}")
    else:
        yield Group(door, f"{SHARE:.2f} vCPU, in periods of {PERIOD_US // 1000} ms")
        os.close(door)
    finally:
        if folder is not None:
            folder.rmdir()


def _made() -> Path:
    quota_us = round(PERIOD_US * SHARE)
    place = parent("cpu")
    folder = place.folder / f"hauberk-bench-{os.getpid()}"
    folder.mkdir()
    try:
        if place.is_unified:
            (folder / "cpu.max").write_text(f"{quota_us} {PERIOD_US}")
        else:
            (folder / "cpu.cfs_period_us").write_text(str(PERIOD_US))
            (folder / "cpu.cfs_quota_us").write_text(str(quota_us))
    except OSError:
        folder.rmdir()
        raise
    return folder
