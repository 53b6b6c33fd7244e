"""The kernel's wall: what asks the kernel by itself is held to the allowlist where the kernel can hold it."""

from __future__ import annotations

import errno
import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from walled import Walled, prevent

OFF = {"HAUBERK_KERNEL": "off"}
World = dict[str, Path]


@pytest.fixture(scope="session")
def has_kernel(walled: Walled) -> bool:
    """Whether this kernel can hold files."""
    done = walled.run(["true"], prevent(file=[]))
    return "file.write" in done.walls


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Two folders of the same things: what is in `listed` may be changed, what is in `other` may not."""
    for name in ("listed", "other"):
        folder = tmp_path / name
        (folder / "empty").mkdir(parents=True)
        (folder / "file").write_text("s3cret")
        program = folder / "program"
        program.write_text('#!/bin/sh\necho started > "$1"\n')
        program.chmod(0o755)
    (tmp_path / "spare").mkdir()
    (tmp_path / "spare" / "file").write_text("spare")
    return {name: tmp_path / name for name in ("listed", "other", "spare")}


FILES = {
    "write": "file", "empty": "file", "truncate": "file", "create": "new", "mkdir": "new", "symlink": "new",
    "unlink": "file", "rmdir": "empty", "rename": "file", "rename_to": "new", "link_to": "new",
}  # fmt: skip


@pytest.mark.parametrize("call", FILES)
def test_a_file_is_changed_only_where_that_is_listed(
    walled: Walled, raw: Path, world: World, has_kernel: bool, call: str
) -> None:
    needs(has_kernel)
    settings = prevent(file=[f"* {world['listed']}/**", f"* {world['spare']}/**"])

    def change(folder: str, more: dict[str, str]) -> tuple[int, bool]:
        shutil.rmtree(world[folder])
        (world[folder] / "empty").mkdir(parents=True)
        (world[folder] / "file").write_text("s3cret")
        (world["spare"] / "file").write_text("spare")
        before = seen(world[folder])
        mark = world["spare"] / ("file" if call.endswith("_to") else "moved")
        done = walled.run([raw, call, world[folder] / FILES[call], mark], settings | more)
        assert done.detected == [], "the second wall sees nothing of it"
        return done.error, seen(world[folder]) == before

    assert change("other", OFF)[0] == 0
    number, is_same = change("other", {})
    assert (number in (errno.EACCES, errno.EXDEV), is_same) == (True, True), number
    number, is_same = change("listed", {})
    assert (number, is_same or call == "write") == (0, call == "write")


def seen(folder: Path) -> list[tuple[str, int]]:
    return sorted((one.name, one.lstat().st_size) for one in folder.iterdir())


def needs(has_kernel: bool) -> None:
    if not has_kernel:
        pytest.skip("this kernel has no Landlock of version 2 or later")


def test_a_file_is_read_only_where_that_is_listed(
    walled: Walled, raw: Path, world: World, has_kernel: bool
) -> None:
    needs(has_kernel)
    package = {"environment": {"LAMBDA_TASK_ROOT": str(raw.parent)}}
    settings = prevent(file=[f"read {world['listed']}/**"], process=[], code=[])

    def read(folder: str, more: dict[str, str]) -> int:
        return walled.run([raw, "read", world[folder] / "file"], settings | more, **package).error

    assert read("other", OFF) == 0
    assert read("other", {}) == errno.EACCES
    assert read("listed", {}) == 0


@pytest.mark.parametrize("call", ["open", "openat", "fopen", "syscall_openat", "handle"])
def test_what_libc_is_asked_to_read_is_told_though_the_kernel_refuses_it_first(
    walled: Walled, acts: Path, world: World, has_kernel: bool, call: str
) -> None:
    needs(has_kernel)
    package = {"environment": {"LAMBDA_TASK_ROOT": str(acts.parent)}}
    settings = prevent(file=[f"read {world['listed']}/**"], process=[], code=[])
    (world["other"] / "gone").symlink_to(world["other"] / "nowhere")
    refused = f"error {errno.EACCES}\n"
    rows = [
        ("other/file", refused, True), ("listed/file", "s3cretdone\n", False),
        ("other/gone", None, False), ("other/nowhere", None, False), ("other/empty", None, False),
    ]  # fmt: skip
    for name, out, is_told in rows:
        target = world["spare"].parent / name
        done = walled.run([acts, call, target], settings, **package)
        assert out in (None, done.out), name
        assert done.detected == [("unlisted-file", str(target))] * is_told, name


STARTS = {"start": errno.EACCES, "narrow_start": errno.EACCES, "loader": errno.EACCES}


@pytest.mark.parametrize("call", STARTS)
def test_no_program_is_started_where_none_is_listed(
    walled: Walled, raw: Path, world: World, call: str
) -> None:
    def start(settings: dict[str, str]) -> tuple[int, bool]:
        mark = world["spare"] / "mark"
        mark.unlink(missing_ok=True)
        program = "/bin/true" if call == "loader" else world["other"] / "program"
        return walled.run([raw, call, program, mark], settings).error, mark.exists()

    settings = prevent(process=[])
    number, is_marked = start(settings | OFF)
    if number == errno.ENOSYS or (number and call == "narrow_start"):
        pytest.skip("this kernel runs no 32-bit programs")
    assert (number, is_marked) == (0, call != "loader")
    assert start(settings) == (errno.EACCES, False)
    assert start(prevent(host=[])) == (0, call != "loader")


def test_only_a_listed_program_is_started_and_what_runs_it(
    walled: Walled, raw: Path, world: World, has_kernel: bool
) -> None:
    needs(has_kernel)
    mark = world["spare"] / "mark"

    def start(program: Path, settings: dict[str, str]) -> int:
        return walled.run([raw, "start", program, mark], settings).error

    scripts = [world[folder] / "program" for folder in ("listed", "other")]
    settings = prevent(file=[f"* {world['spare']}/**"], process=[f"start {scripts[0]}"])
    assert [start(program, settings | OFF) for program in scripts] == [0, 0]
    assert [start(program, settings) for program in scripts] == [0, errno.EACCES]
    told = walled.run(["true"], settings).walls
    assert told["process"].startswith("library: the loader")
    assert told["process.programs"] == "kernel"


@pytest.fixture
def ports() -> Iterator[list[int]]:
    """Two ports of this machine where somebody waits."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
    yield [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()


WAYS = {"connect": errno.EACCES, "fast_open": errno.EOPNOTSUPP, "other_tcp": errno.EPROTONOSUPPORT}


@pytest.mark.parametrize("call", WAYS)
def test_a_port_is_reached_only_where_it_is_listed(
    walled: Walled, raw: Path, ports: list[int], call: str
) -> None:
    listed, other = ports

    def reach(port: int, more: dict[str, str]) -> int:
        settings = prevent(address=[f"connect 127.0.0.1:{listed}"], host=[])
        return walled.run([raw, call, str(port)], settings | more).error

    told = walled.run(["true"], prevent(address=[], host=[])).walls
    if told.get("address.tcp") != "kernel":
        pytest.skip("this kernel has no Landlock of version 4 or later")
    if reach(other, OFF):
        pytest.skip("not to be had on this machine")
    assert reach(other, {}) == WAYS[call]
    assert reach(listed, {}) == (0 if call == "connect" else WAYS[call])


def test_a_port_is_waited_at_only_where_it_is_listed(walled: Walled, raw: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        free = str(server.getsockname()[1])
    settings = prevent(address=[f"bind 127.0.0.1:{free}"], host=[])
    if walled.run(["true"], settings).walls.get("address.tcp") != "kernel":
        pytest.skip("this kernel has no Landlock of version 4 or later")
    assert walled.run([raw, "bind", free], settings).error == 0
    assert walled.run([raw, "bind", free], prevent(address=[], host=[]) | OFF).error == 0
    assert walled.run([raw, "bind", free], prevent(address=[], host=[])).error == errno.EACCES


def test_a_socket_with_a_name_alone_is_reached_only_where_it_is_listed(
    walled: Walled, raw: Path
) -> None:
    name = f"hauberk-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("\0" + name)
        server.listen()
        settings = prevent(address=[])
        assert walled.run([raw, "name", name], settings | OFF).error == 0
        if walled.run([raw, "name", name], settings).error == 0:
            pytest.skip("this kernel has no Landlock of version 6 or later")
        assert walled.run([raw, "name", name], settings).error == errno.EPERM
        listed = prevent(address=[f"connect unix:?{name}"])
        assert walled.run([raw, "name", name], listed).error == 0


@pytest.mark.parametrize(
    ("call", "number"), [("ring", errno.ENOSYS), ("other_memory", errno.EPERM)]
)
def test_what_would_undo_the_walls_is_refused_where_something_is_held(
    walled: Walled, raw: Path, call: str, number: int
) -> None:
    if walled.run([raw, call]).error:
        pytest.skip("not to be had on this machine")
    assert walled.run([raw, call], prevent(file=[])).error == number
    assert walled.run([raw, call], prevent(file=[]) | OFF).error == 0
    assert walled.run([raw, call], {"HAUBERK_MODE": "prevent"}).error == 0
    assert walled.run([raw, call], {"HAUBERK_MODE": "detect"}).error == 0


def test_each_kind_has_its_wall_in_the_first_record(walled: Walled, has_kernel: bool) -> None:
    library = dict.fromkeys(["process", "file", "host", "address", "code"], "library")
    assert walled.run(["true"], {"HAUBERK_MODE": "detect"}).walls == library | {"api": "none"}
    every = prevent(process=[], file=[], address=[], host=[], code=[])
    told = walled.run(["true"], every | OFF).walls
    off = "library: HAUBERK_KERNEL is off"
    assert told == library | {"process": off, "file": off, "address": off, "api": "none"}
    needs(has_kernel)
    told = walled.run(["true"], every).walls
    assert (told["process"], told["file"]) == ("kernel", "kernel")
    told = walled.run(["true"], prevent(process=["start /tmp/**"], file=["* /**"])).walls
    assert told["process"] == "library: a listed program has a wildcard"
    assert told["file"].startswith("library: a listed file has a wildcard")
