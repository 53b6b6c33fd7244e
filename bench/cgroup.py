"""A group of processes that gets as much CPU as a function of 512 MB, where the machine allows it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

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
    except OSError as error:
        yield Group(None, f"no CPU limit could be set here: {error.strerror}")
    else:
        yield Group(door, f"{SHARE:.2f} vCPU, in periods of {PERIOD_US // 1000} ms")
        os.close(door)
    finally:
        if folder is not None:
            folder.rmdir()


def _made() -> Path:
    name = f"hauberk-bench-{os.getpid()}"
    quota_us = round(PERIOD_US * SHARE)
    parent, is_unified = _parent()
    folder = parent / name
    folder.mkdir()
    try:
        if is_unified:
            (folder / "cpu.max").write_text(f"{quota_us} {PERIOD_US}")
        else:
            (folder / "cpu.cfs_period_us").write_text(str(PERIOD_US))
            (folder / "cpu.cfs_quota_us").write_text(str(quota_us))
    except OSError:
        folder.rmdir()
        raise
    return folder


def _parent() -> tuple[Path, bool]:
    """The folder of our own group that can limit CPU, and whether it is of version 2."""
    own = dict(_own_groups())
    for mount, kind, options in _mounts():
        if kind == "cgroup" and "cpu" in options:
            controllers = next((names for names in own if "cpu" in names.split(",")), "")
            return Path(mount, own.get(controllers, "/").lstrip("/")), False
    for mount, kind, _ in _mounts():
        folder = Path(mount, own.get("", "/").lstrip("/"))
        if kind == "cgroup2" and "cpu" in (folder / "cgroup.subtree_control").read_text().split():
            return folder, True
    raise OSError(0, "no cgroup of ours can limit CPU")


def _own_groups() -> Iterator[tuple[str, str]]:
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        yield controllers, path


def _mounts() -> list[tuple[str, str, list[str]]]:
    lines = [line.split() for line in Path("/proc/self/mounts").read_text().splitlines()]
    return [(words[1], words[2], words[3].split(",")) for words in lines]
