"""Programs do under the wall what they do without it, in whatever state they call."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from walled import EACH, PROGRAMS, Walled, found, is_same

from pythons import EVERY, interpreter

DETECT = {"HAUBERK_MODE": "detect"}


@pytest.mark.parametrize("version", EVERY)
def test_python(walled: Walled, version: str) -> None:
    is_same(walled, [str(interpreter(version)), str(PROGRAMS / "everyday.py")])


def test_node(walled: Walled) -> None:
    is_same(walled, [found("node"), str(PROGRAMS / "everyday.js")])


@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_shells(walled: Walled, tmp_path: Path, shell: str) -> None:
    is_same(walled, [found(shell), str(PROGRAMS / "everyday.sh"), str(tmp_path)])


def test_git(walled: Walled, tmp_path: Path) -> None:
    found("git")
    # It writes a hook, which git then runs.
    told = ("written-then-executed",)
    is_same(walled, ["sh", str(PROGRAMS / "git.sh"), str(tmp_path)], told=told)


def test_ruby(walled: Walled) -> None:
    is_same(walled, [found("ruby"), str(PROGRAMS / "everyday.rb")])


def test_java(walled: Walled) -> None:
    is_same(walled, [found("java"), str(PROGRAMS / "Main.java")])


ASKED = {
    **dict.fromkeys(["php", "perl", "chromium"], "--version"),
    **dict.fromkeys(["ffmpeg", "convert-im6.q16"], "-version"),
    "go": "version",
}


@pytest.mark.parametrize("program", ASKED)
def test_other_programs_start(walled: Walled, program: str) -> None:
    is_same(walled, [found(program), ASKED[program]], tells=False)


def test_a_compiler_and_what_it_makes(walled: Walled, tmp_path: Path) -> None:
    (tmp_path / "x.c").write_text(
        '#include <stdio.h>\nint main(void) { return puts("made") < 0; }\n'
    )
    command = f"cd {tmp_path} && {found('cc')} -O1 x.c -o x && ./x"
    is_same(walled, ["sh", "-c", command], told=("written-then-executed",))


def test_curl(walled: Walled, served: str) -> None:
    is_same(walled, [found("curl"), "-sS", "--noproxy", "*", f"http://{served}/file"])
    is_same(walled, [found("curl"), "-s", "--noproxy", "*", "http://127.0.0.1:1/"])


@EACH
def test_threads_forks_and_signals_at_once(
    walled: Walled, compiled: object, tmp_path: Path
) -> None:
    program = compiled("stress")  # type: ignore[operator]
    rounds = "6" if walled.is_emulated else "60"
    for settings in ({}, DETECT, {"HAUBERK_MODE": "prevent"}):
        done = walled.run([program, rounds, tmp_path], settings)
        assert (done.status, done.out) == (0, "failed 0, signalled 1\n")
        assert done.detected == []


def test_a_library_that_is_no_library_is_passed_by(walled: Walled, tmp_path: Path) -> None:
    broken = tmp_path / "libhauberk_wall.so"
    for content in (b"", b"nonsense", walled.library.read_bytes()[:60]):
        broken.write_bytes(content)
        done = Walled(broken).run(["echo", "runs"], DETECT)
        assert (done.status, done.out) == (0, "runs\n")


def test_a_program_of_musl_ends_before_it_begins(walled: Walled, tmp_path: Path) -> None:
    """A known miss: its loader ends a program of which a library cannot be loaded (docs/runtimes.md)."""
    source, program = tmp_path / "x.c", tmp_path / "x"
    source.write_text('#include <stdio.h>\nint main(void) { return puts("runs") < 0; }\n')
    subprocess.run([found("musl-gcc"), str(source), "-o", str(program)], check=True)
    assert walled.run([program]).out == "runs\n"
    done = walled.run([program], DETECT)
    assert (done.status, done.out) == (127, "")
    assert "libhauberk_wall.so" in done.own_log


def test_memory_stays_small(walled: Walled, tmp_path: Path) -> None:
    code = f"""
import os
def used(): return int(open("/proc/self/statm").read().split()[1]) * 4096
def act(n):
    for i in range(n):
        open({str(tmp_path)!r} + f"/f{{i % 50}}", "w").close()
        if i % 100 == 0: os.waitpid(os.posix_spawn("/bin/true", ["true"], {{}}), 0)
act(500)
before = used()
act(10_000)
print(used() - before)
"""
    done = walled.run([sys.executable, "-I", "-S", "-c", code], DETECT)
    assert int(done.out) < 300_000
