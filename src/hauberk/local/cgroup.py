"""Linux's control groups, of version 1 and 2: where a group of ours can be made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


class NoGroup(Exception):
    """This machine lets us make no group that a controller limits, and why."""


@dataclass(frozen=True, slots=True)
class Parent:
    """A folder in which groups of one controller can be made."""

    folder: Path
    is_unified: bool


def parent(controller: str) -> Parent:
    """Where groups that `controller` limits can be made; raises NoGroup where nowhere."""
    try:
        return next(_parents(controller))
    except StopIteration:
        raise NoGroup(f"no control group of ours can limit {controller}") from None
    except OSError as error:
        raise NoGroup(f"control groups cannot be read: {error.strerror}") from error


def _parents(controller: str) -> Iterator[Parent]:
    own = dict(_own_groups())
    for mount, kind, options in _mounts():
        if kind == "cgroup" and controller in options:
            names = next((names for names in own if controller in names.split(",")), "")
            yield Parent(_below(mount, own.get(names, "/")), is_unified=False)
    for mount, kind, _ in _mounts():
        if kind == "cgroup2":
            group = _below(mount, own.get("", "/"))
            # A group with processes has no groups with limits: a neighbour of ours has to do.
            for folder in dict.fromkeys((group, group.parent)):
                if folder.is_relative_to(mount) and controller in _passed_on(folder):
                    yield Parent(folder, is_unified=True)


def _below(mount: str, group: str) -> Path:
    return Path(mount, group.lstrip("/"))


def _passed_on(folder: Path) -> list[str]:
    """The controllers that limit the groups in `folder`."""
    file = folder / "cgroup.subtree_control"
    return file.read_text().split() if file.exists() else []


def _own_groups() -> Iterator[tuple[str, str]]:
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        yield controllers, path


def _mounts() -> list[tuple[str, str, list[str]]]:
    lines = [line.split() for line in Path("/proc/self/mounts").read_text().splitlines()]
    return [(words[1], words[2], words[3].split(",")) for words in lines]
