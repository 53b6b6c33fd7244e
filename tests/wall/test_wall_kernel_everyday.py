"""Below the kernel's wall programs do what they did while they were learned, and on a kernel that has none too."""

from __future__ import annotations

import ctypes
import errno
import platform
import shutil
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from runtimes import DOTNETS, JAVAS, NODES, java, node, of_dotnet, of_java
from walled import PROGRAMS, Done, Walled, found, prevent

from hauberk.model.literal import literal
from pythons import THIS, interpreter

OFF = {"HAUBERK_KERNEL": "off"}
EVERYDAY: dict[str, Callable[[Path], list[str]]] = {
    "python": lambda _: [str(interpreter(THIS)), str(PROGRAMS / "everyday.py")],
    "node": lambda _: [found("node"), str(PROGRAMS / "everyday.js")],
    "sh": lambda _: [found("sh"), str(PROGRAMS / "everyday.sh")],
    "java": lambda _: [found("java"), str(PROGRAMS / "Main.java")],
    "git": lambda _: [found("git") and "sh", str(PROGRAMS / "git.sh")],
    "ruby": lambda _: [found("ruby"), str(PROGRAMS / "everyday.rb")],
}
EVERYDAY |= {
    f"node {version}": lambda _, version=version: [node(version), str(PROGRAMS / "everyday.js")]
    for version in NODES
}
EVERYDAY |= {
    f"dotnet {version}": lambda folder, version=version: of_dotnet(version, "Everyday", folder)
    for version in DOTNETS
}
EVERYDAY |= {
    f"java {version}": lambda folder, version=version: [java(version), *of_java("Main", folder)]
    for version in JAVAS
}


@pytest.mark.parametrize("program", EVERYDAY)
def test_what_was_learned_is_refused_by_no_wall(
    walled: Walled, tmp_path: Path, program: str
) -> None:
    compiled = tmp_path / "compiled"
    compiled.mkdir()
    nothing_is_refused(walled, tmp_path, EVERYDAY[program](compiled))


def test_curl_has_what_it_asks_for(walled: Walled, tmp_path: Path, served: str) -> None:
    command = [found("curl"), "-sS", "--noproxy", "*", f"http://{served}/file", "-o", "/dev/stdout"]
    nothing_is_refused(walled, tmp_path, [*command, "--output-dir"])


def nothing_is_refused(walled: Walled, tmp_path: Path, command: list[str]) -> None:
    """Learns what the program does, below all walls in detect; then it may do that, and does it."""

    def run(settings: dict[str, str] | None) -> Done:
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
    lists = {kind: sorted(entries) for kind, entries in learned.items()}
    allowed = prevent(only_told=["written-then-executed"], **lists)  # git runs a hook that it wrote
    plain = run(None)
    for settings in (allowed | OFF, allowed):
        done = run(settings)
        print(done.walls, done.detected[:20])
        assert (done.status, sorted(done.out)) == (plain.status, sorted(plain.out)), done
        assert [word for word in done.own_log.split() if word not in plain.own_log.split()] == []


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
