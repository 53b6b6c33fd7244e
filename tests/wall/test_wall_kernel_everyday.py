"""Below the kernel's wall programs do what they did while they were learned, and on a kernel that has none too."""

from __future__ import annotations

import ctypes
import errno
import platform
import shutil
import struct
from pathlib import Path

import pytest
from walled import PROGRAMS, Done, Walled, found, prevent

from hauberk.model.literal import literal
from pythons import THIS, interpreter

OFF = {"HAUBERK_KERNEL": "off"}
EVERYDAY = {
    "python": [lambda: str(interpreter(THIS)), "everyday.py"],
    "node": [lambda: found("node"), "everyday.js"],
    "sh": [lambda: found("sh"), "everyday.sh"],
    "java": [lambda: found("java"), "Main.java"],
    "git": [lambda: found("git") and "sh", "git.sh"],
}


@pytest.mark.parametrize("program", EVERYDAY)
def test_what_was_learned_is_not_refused_by_the_kernel(
    walled: Walled, tmp_path: Path, program: str
) -> None:
    start, script = EVERYDAY[program]
    command = [start(), str(PROGRAMS / script)]  # type: ignore[operator]

    def run(settings: dict[str, str]) -> Done:
        folder = tmp_path / "world"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        return walled.run([*command, folder], settings)

    kinds = ("process", "file", "host", "address", "code")
    learned: dict[str, set[str]] = {kind: set() for kind in kinds}
    learned["file"] = {
        "* /tmp/**",
        "write /tmp",
        f"read {PROGRAMS}/**",
    }  # the names below are drawn at random
    for _ in range(2):
        for kind, operation, target in run({"HAUBERK_MODE": "detect"}).told("activity"):
            if kind != "file" or (target[0] == "/" and not target.startswith("/tmp/")):
                learned.setdefault(kind, set()).add(f"{operation} {literal(target)}")
    settings = prevent(**{kind: sorted(entries) for kind, entries in learned.items()})
    alone, held = run(settings | OFF), run(settings)
    print(held.walls, held.detected[:20])
    assert (held.status, sorted(held.out)) == (alone.status, sorted(alone.out)), held
    assert [error for error in held.own_log.split() if error not in alone.own_log.split()] == []


def as_on_lambda() -> None:
    """Leaves this process a kernel that has no Landlock and takes no filter of system calls."""
    libc = ctypes.CDLL(None)
    arm = platform.machine() == "aarch64"
    refused = [(444, errno.ENOSYS), (277 if arm else 317, errno.EPERM)]
    program = [(0x20, 0, 0, 0)]  # the call's number
    for number, error in refused:
        program += [(0x15, 0, 1, number), (0x06, 0, 0, 0x0005_0000 | error)]
    program += [(0x06, 0, 0, 0x7FFF_0000)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *one) for one in program))
    filtered = struct.pack("HxxxxxxP", len(program), ctypes.addressof(code))
    libc.prctl(38, 1, 0, 0, 0)
    assert libc.prctl(22, 2, filtered, 0, 0) == 0


def test_a_kernel_that_holds_nothing_leaves_all_to_the_library(
    walled: Walled, raw: Path, tmp_path: Path
) -> None:
    for lists in ({"process": []}, {"process": ["start /usr/bin/env"], "file": [], "address": []}):
        done = walled.run(["true"], prevent(**lists), preexec_fn=as_on_lambda)
        assert done.status == 0
        told = done.walls
        assert {told[kind] for kind in lists if told[kind] != "library"} <= {
            "library: this kernel has no Landlock",
            "library: the addresses of hosts are let pass with every port",
        }
        assert "kernel" not in told.values()
    other = tmp_path / "other"
    other.write_text("")
    done = walled.run([raw, "write", other], prevent(file=[]), preexec_fn=as_on_lambda)
    assert done.error == 0
