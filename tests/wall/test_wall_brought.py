"""A library that was brought in acts: it is told of, and refused what the program itself may do in the same run."""

from __future__ import annotations

import errno
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from walled import Done, Walled, prevent

from contract import policy

KINDS = ("process", "file", "host", "address", "code")
EVERYTHING = {
    kind: [{"operation": "*", "target": "*" if kind == "address" else "**"}] for kind in KINDS
}
PREVENT = {"HAUBERK_POLICY": policy(mode="prevent", allowlist=EVERYTHING), "HAUBERK_KERNEL": "off"}
DETECT = {"HAUBERK_POLICY": policy(mode="detect", allowlist=EVERYTHING)}
TARGET, SHELL = "{target}", "/bin/sh"
COMMAND = ": > {target}"


class Attack(NamedTuple):
    """A function of the library, what it is given, the kind of its act, and the target that is told."""

    act: str
    given: str
    kind: str
    told: str


ATTACKS = [
    Attack("writes", TARGET, "file", TARGET),
    Attack("opens_to_write", TARGET, "file", TARGET),
    Attack("streams", TARGET, "file", TARGET),
    Attack("removes", TARGET, "file", TARGET),
    Attack("renames", TARGET, "file", TARGET),
    Attack("by_number", TARGET, "file", TARGET),
    Attack("runs", COMMAND, "process", SHELL),
    Attack("pipes", COMMAND, "process", SHELL),
    Attack("spawns", COMMAND, "process", SHELL),
    Attack("forks", COMMAND, "process", SHELL),
    Attack("forks_lightly", COMMAND, "process", SHELL),
    Attack("looks_up", "localhost", "host", "localhost"),
    Attack("connects", "{port}", "address", "127.0.0.1:{port}"),
    Attack("in_thread", TARGET, "file", TARGET),
    Attack("in_handler", TARGET, "file", TARGET),
    Attack("in_handler_apart", TARGET, "file", TARGET),
    Attack("sorts", TARGET, "file", TARGET),
    Attack("looked_up", TARGET, "file", TARGET),
    Attack("through_program", TARGET, "file", TARGET),
]
MISSES = [
    ("jumps", COMMAND, "its frame is gone when the C library is asked"),
    ("starts_thread_in_libc", COMMAND, "nothing of it is on that thread's stack"),
    ("through_machine_code", TARGET, "code of no file has no table that leads to its caller"),
]
EACH = pytest.mark.parametrize("row", ATTACKS, ids=[row.act for row in ATTACKS])
# What is there before, since the act is about it.
THERE = ("opens_to_write", "removes", "renames")
Bring = Callable[..., Done]


@pytest.fixture(scope="session")
def library(compiled: Callable[..., Path]) -> Path:
    return compiled("brought", "-shared", "-fPIC")


@pytest.fixture(scope="session")
def program(compiled: Callable[..., Path]) -> Path:
    return compiled("brings", "-rdynamic")


@pytest.fixture
def brought(library: Path, tmp_path: Path) -> Path:
    """The library where the program's own are not."""
    (tmp_path / "brought").mkdir()
    return Path(shutil.copy(library, tmp_path / "brought" / "library.so"))


@pytest.fixture
def port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "target"


@pytest.fixture
def bring(walled: Walled, program: Path, target: Path, port: int) -> Bring:
    """Has a library act, and the program itself before and after it."""

    def run(settings: dict[str, str] | None, at: Path, act: str, given: str) -> Done:
        target.unlink(missing_ok=True)
        if act in THERE:
            target.write_text("there")
        given = given.format(target=target, port=port)
        own = target.with_name("own")
        own.unlink(missing_ok=True)
        return walled.run([program, at, act, given, own], settings)

    return run


def is_done(act: str, target: Path) -> bool:
    if act == "opens_to_write":
        return not target.read_text()
    return target.exists() != (act in THERE)


def of_code(done: Done) -> list[dict[str, str]]:
    found = [record for record in done.records if record["type"] == "detection"]
    assert {record["detector"] for record in found} <= {"injected-code"}
    return found


def shown(told: str, target: Path, port: int) -> str:
    told = told.format(target=target, port=port)
    return f"{Path('/bin').resolve()}/sh" if told == SHELL else told


@EACH
def test_in_detect_it_acts_and_is_told_of_by_its_file(
    bring: Bring, brought: Path, target: Path, port: int, row: Attack
) -> None:
    done = bring(DETECT, brought, row.act, row.given)
    assert done.out == "0 0\n"
    assert row.kind in ("host", "address") or is_done(row.act, target)
    record = next(one for one in of_code(done) if one["target"] == shown(row.told, target, port))
    assert (record["kind"], record["verdict"], record["protection"]) == (
        row.kind,
        "alert",
        "lambda",
    )
    assert record["reason"].endswith(f": {brought}")


@EACH
def test_in_prevent_it_is_refused_what_the_program_does_in_the_same_run(
    bring: Bring, brought: Path, target: Path, port: int, row: Attack
) -> None:
    done = bring(PREVENT, brought, row.act, row.given)
    number, own = done.out.split()
    assert (number in (str(errno.EACCES), str(errno.ECONNREFUSED)), own) == (True, "0")
    assert row.kind in ("host", "address") or not is_done(row.act, target)
    found = of_code(done)
    assert {(one["target"], one["verdict"]) for one in found} == {
        (shown(row.told, target, port), "block")
    }


def test_it_may_look(bring: Bring, brought: Path) -> None:
    done = bring(PREVENT, brought, "looks", "/etc/hostname")
    assert (done.out, done.detected) == ("0 0\n", [])


@pytest.mark.parametrize(("act", "given", "why"), MISSES)
def test_a_known_miss_is_still_missed(
    bring: Bring, brought: Path, target: Path, act: str, given: str, why: str
) -> None:
    done = bring(PREVENT, brought, act, given)
    assert target.exists(), f"no longer missed: {why}"
    assert of_code(done) == []


@pytest.mark.parametrize("act", ["writes", "runs", "sorts"])
def test_a_library_beside_the_program_or_below_the_package_is_its_own(
    bring: Bring, library: Path, target: Path, tmp_path: Path, act: str
) -> None:
    given = COMMAND if act == "runs" else TARGET
    done = bring(PREVENT, library, act, given)
    assert (done.out, done.detected, target.exists()) == ("0 0\n", [], True)
    package = tmp_path / "task" / "lib"
    package.mkdir(parents=True)
    at = Path(shutil.copy(library, package / "library.so"))
    for variable in ("LAMBDA_TASK_ROOT", "PYTHONPATH", "LD_LIBRARY_PATH"):
        settings = {**PREVENT, variable: str(tmp_path / "task")}
        done = bring(settings, at, act, given)
        assert (done.out, done.detected, target.exists()) == ("0 0\n", [], True), variable


def test_a_person_allows_it_by_its_file(bring: Bring, brought: Path, target: Path) -> None:
    for patterns, number in ((f"{brought.parent}/**", 0), ("/tmp/sls-py-req/**", errno.EACCES)):
        allowed = {
            "name": "x",
            "detector": "injected-code",
            "patterns": [patterns],
            "scope": "account",
        }
        document = {"exclusions": [allowed]}
        settings = {
            "HAUBERK_POLICY": policy(mode="prevent", allowlist=EVERYTHING, document=document),
            "HAUBERK_KERNEL": "off",
        }
        done = bring(settings, brought, "writes", TARGET)
        assert (done.out, target.exists()) == (f"{number} 0\n", number == 0)


def test_it_is_judged_by_the_detectors_own_mode(bring: Bring, brought: Path, target: Path) -> None:
    detectors = {"injected-code": {"mode": "detect"}}
    settings = {"HAUBERK_POLICY": policy(mode="prevent", allowlist=EVERYTHING, detectors=detectors)}
    done = bring(settings, brought, "writes", TARGET)
    assert (done.out, [one["verdict"] for one in of_code(done)]) == ("0 0\n", ["alert"])
    off = prevent(only_told=(), file=["* **"], code=["* **"])
    assert bring(off, brought, "writes", TARGET).out == f"{errno.EACCES} 0\n"


def test_a_list_speaks_of_what_no_detector_blocks(bring: Bring, brought: Path) -> None:
    own = {"operation": "*", "target": "**/own"}
    lists = {**EVERYTHING, "file": [own]}
    settings = {"HAUBERK_POLICY": policy(mode="detect", allowlist=lists)}
    done = bring(settings, brought, "writes", TARGET)
    assert [detector for detector, _ in done.detected] == ["injected-code", "unlisted-file"]


def test_what_it_does_as_it_is_loaded_is_its_own(
    bring: Bring, brought: Path, target: Path, program: Path, walled: Walled
) -> None:
    for settings, number, verdict in ((PREVENT, errno.EACCES, "block"), (DETECT, 0, "alert")):
        target.unlink(missing_ok=True)
        environment = {**settings, "WHEN_LOADED": str(target)}
        done = walled.run([program, brought, "was_refused", ""], environment)
        assert (done.out, target.exists()) == (f"{number} 0\n", number == 0)
        assert [one["verdict"] for one in of_code(done)] == [verdict]


def test_a_library_without_tables_for_exceptions_is_known_by_its_frame(
    bring: Bring, brought: Path, target: Path
) -> None:
    bare = brought.with_name("bare.so")
    command = ["objcopy", "-R", ".eh_frame", "-R", ".eh_frame_hdr", str(brought), str(bare)]
    if shutil.which("objcopy") is None or subprocess.run(command, check=False).returncode:
        pytest.skip("objcopy is not here, or does not take the tables away")
    done = bring(PREVENT, bare, "writes", TARGET)
    assert (done.out, target.exists()) == (f"{errno.EACCES} 0\n", False)
    assert of_code(done)[0]["reason"].endswith(f": {bare}")


@pytest.mark.parametrize("name", ["/tmp/gone.so", "/memfd:gone"])
def test_a_library_whose_file_is_gone_is_known_by_its_name(
    walled: Walled, program: Path, brought: Path, target: Path, name: str
) -> None:
    """It is loaded by a descriptor."""
    code = "import os, sys\n"
    if name.startswith("/memfd:"):
        code += "file = os.memfd_create('gone', 0)\n"
        code += f"os.write(file, open({str(brought)!r}, 'rb').read())\n"
    else:
        code += f"file = os.open({str(brought)!r}, os.O_RDONLY)\nos.unlink({str(brought)!r})\n"
    code += "os.set_inheritable(file, True)\n"
    code += f"os.execv({str(program)!r}, ['brings', f'/proc/self/fd/{{file}}', 'writes', {str(target)!r}])\n"
    python = ["/usr/bin/env", "python3", "-c", code]
    done = walled.run(python, {**PREVENT, "PYTHONPATH": str(program.parent)})
    assert (done.out, target.exists()) == (f"{errno.EACCES} 0\n", False)
    reason = next(one["reason"] for one in done.records if one.get("detector") == "injected-code")
    assert reason.endswith(": /memfd:gone" if name.startswith("/memfd:") else f": {brought}")


@pytest.mark.parametrize("variable", ["LD_PRELOAD", "LD_LIBRARY_PATH"])
def test_a_child_that_is_given_it_is_known_for_it(
    walled: Walled, program: Path, brought: Path, library: Path, target: Path, variable: str
) -> None:
    asked = brought if variable == "LD_PRELOAD" else brought.name
    given = brought if variable == "LD_PRELOAD" else brought.parent
    command = f"{variable}={given} {program} {asked} writes {target}; true"
    done = walled.run(["sh", "-c", command], {**PREVENT, "PYTHONPATH": str(program.parent)})
    assert (done.out, target.exists()) == (f"{errno.EACCES} 0\n", False)
    assert of_code(done)[0]["reason"].endswith(f": {brought}")


def test_what_a_program_does_that_was_brought_in_itself_is_that_programs(
    walled: Walled, program: Path, brought: Path, target: Path
) -> None:
    """Its start was judged: each of its acts says nothing more."""
    other = Path(shutil.copy(program, brought.with_name("program")))
    done = walled.run(["sh", "-c", f"{other} {brought} writes {target}; true"], PREVENT)
    assert (done.out, done.detected, target.exists()) == ("0 0\n", [], True)


def test_what_a_child_is_given_acts_before_the_wall_stands(
    walled: Walled, program: Path, brought: Path, target: Path
) -> None:
    """A known miss: libraries that are preloaded begin in an order in which ours is the last."""
    command = f"WHEN_LOADED={target} LD_PRELOAD={brought} {program} {brought} was_refused x; true"
    done = walled.run(["sh", "-c", command], {**PREVENT, "PYTHONPATH": str(program.parent)})
    assert target.exists(), "no longer missed"
    assert of_code(done) == []
