"""Each call by which a program acts is judged: what it does unprotected is not done in prevent, and told."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from walled import EACH, Done, Walled, prevent

pytestmark = EACH
DETECT = {"HAUBERK_MODE": "detect"}
World = dict[str, Path]

# Which file the call is about, and what is left of the world when it was done.
READS = [
    "open", "open64", "open_2", "openat", "fopen", "fopen64", "freopen", "link_and_open", "syscall_openat",
    "syscall_openat2", "handle", "namespace", "open64_2", "openat_2", "openat64_2", "openat64", "freopen64", "version",
]  # fmt: skip
MAKES = {
    "creat": "write", "open_new": "write", "fopen_new": "write", "openat_new": "write", "syscall_new": "write",
    "mkdir": "write", "mkfifo": "write", "rename_to": "rename", "link_to": "link", "symlink_to": "link",
    "open_alias": "write", "mknod": "write", "xmknod": "write", "mkfifoat": "write", "link_followed": "link",
    "syscall_mkdir": "write", "syscall_mkdirat": "write", "syscall_mknod": "write", "syscall_mknodat": "write",
    "syscall_link": "link", "syscall_linkat": "link", "syscall_symlink": "link", "syscall_symlinkat": "link",
    "syscall_rename": "rename", "syscall_renameat2": "rename",
}  # fmt: skip
ENDS = {
    "unlink": "delete", "unlinkat": "delete", "remove": "delete", "rename": "rename", "renameat2": "rename",
    "syscall_unlinkat": "delete", "syscall_unlink": "delete", "rmdir": "delete", "renameat": "rename",
}  # fmt: skip
CHANGES = {
    "truncate": "write", "open_empty": "write", "chmod": "chmod", "fchmodat": "chmod", "utime": "write",
    "utimes": "write", "utimensat": "write", "syscall_truncate": "write", "syscall_chmod": "chmod",
    "syscall_fchmodat": "chmod", "syscall_utimes": "write", "syscall_utimensat": "write", "lutimes": "write",
    "futimesat": "write", "chown": "chmod", "lchown": "chmod", "fchownat": "chmod", "setxattr": "write",
    "lsetxattr": "write", "removexattr": "write", "lremovexattr": "write",
}  # fmt: skip
# Of what was opened to be read, which may be.
OPENED = {
    "fchmod": "chmod", "fchown": "chmod", "futimens": "write", "futimes": "write", "syscall_utimensat_opened": "write",
    "fchownat_opened": "chmod", "syscall_fchmod": "chmod", "syscall_fchown": "chmod", "fsetxattr": "write",
}  # fmt: skip
STARTS = [
    "execve", "execv", "execvp", "execvpe", "execl", "execl_long", "execlp", "execle", "execle_long", "execveat",
    "fexecve", "vfork", "syscall_execve", "posix_spawn", "posix_spawnp", "system", "system_cleared", "popen",
]  # fmt: skip


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Two folders of the same files: what is in `listed` may be done, what is in `other` may not."""
    for name in ("listed", "other"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "file").write_text("s3cret")
        program = folder / "program"
        program.write_text('#!/bin/sh\necho "$0" > "$1"\n')
        program.chmod(0o755)
    (tmp_path / "spare").write_text("spare")
    return {name: tmp_path / name for name in ("listed", "other", "spare", "mark")}


def only_listed(world: World) -> dict[str, str]:
    files = [f"* {world['listed']}/**", f"* {world['spare']}", f"* {world['mark']}"]
    return prevent(file=files, process=["start **/sh", f"start {world['listed']}/**"], address=[])


Act = Callable[[World, str, "dict[str, str] | None"], Done]


def refused_and_told(done: Done, detector: str, target: Path) -> None:
    assert done.out == f"error {errno.EACCES}\n"
    assert (detector, str(target)) in done.detected
    assert all(
        record["verdict"] == "block" for record in done.records if record["type"] == "detection"
    )


def alerted(done: Done, kind: str, operation: str, target: Path) -> None:
    assert done.out.endswith("done\n")
    assert (kind, operation, str(target)) in done.told("activity")
    assert done.detected == []


@pytest.mark.parametrize("call", READS)
def test_a_file_is_read_only_where_that_is_listed(
    walled: Walled, acts: Path, world: World, call: str
) -> None:
    def read(folder: str, settings: dict[str, str] | None) -> Done:
        world["mark"].unlink(missing_ok=True)
        return walled.run([acts, call, world[folder] / "file", world["mark"]], settings)

    settings = only_listed(world)
    refused_and_told(read("other", settings), "unlisted-file", world["other"] / "file")
    alerted(read("other", DETECT), "file", "read", world["other"] / "file")
    if walled.is_emulated:
        return
    assert read("other", None).out == "s3cretdone\n"
    done = read("listed", settings)
    assert (done.out, done.detected) == ("s3cretdone\n", [])


@pytest.mark.parametrize("call", MAKES)
def test_a_file_is_made_only_where_that_is_listed(
    walled: Walled, acts: Path, world: World, call: str
) -> None:
    def make(folder: str, settings: dict[str, str] | None) -> tuple[Done, bool]:
        world["spare"].write_text("spare")
        target = world[folder] / "new"
        done = walled.run([acts, call, target, world["spare"]], settings)
        is_there = os.path.lexists(target)
        if is_there:
            shutil.rmtree(target) if target.is_dir() else target.unlink()
        return done, is_there

    settings = only_listed(world)
    done, is_there = make("other", settings)
    assert not is_there
    refused_and_told(done, "unlisted-file", world["other"] / "new")
    done, is_there = make("other", DETECT)
    assert is_there
    alerted(done, "file", MAKES[call], world["other"] / "new")
    if walled.is_emulated:
        return
    assert make("other", None)[1]
    done, is_there = make("listed", settings)
    assert (done.out, is_there, done.detected) == ("done\n", True, [])


def state(path: Path) -> tuple[object, ...]:
    found = path.stat()
    whose = found.st_uid, found.st_gid
    return found.st_mode, found.st_size, found.st_mtime_ns, whose, sorted(os.listxattr(path))


def made_anew(path: Path, call: str) -> None:
    """The file that is to be changed, or a folder where the call is about one."""
    if path.is_dir():
        path.rmdir()
    path.unlink(missing_ok=True)
    if call == "rmdir":
        return path.mkdir()
    path.write_text("s3cret")
    path.chmod(0o600)
    if "xattr" in call:
        try:
            os.setxattr(path, "user.mark", b"x")
        except OSError as error:
            pytest.skip(f"no attributes of files here: {error}")


@pytest.mark.parametrize("call", ENDS | CHANGES)
def test_a_file_is_changed_only_where_that_is_listed(
    walled: Walled, acts: Path, world: World, call: str
) -> None:
    def change(folder: str, settings: dict[str, str] | None) -> tuple[Done, bool]:
        target = world[folder] / "file"
        made_anew(target, call)
        before = state(target)
        done = walled.run([acts, call, target, world["spare"]], settings)
        is_same = target.exists() and state(target) == before
        return done, is_same

    if "chown" in call and os.geteuid() != 0:
        pytest.skip("only root gives files away")
    settings = only_listed(world)
    done, is_same = change("other", settings)
    assert is_same
    refused_and_told(done, "unlisted-file", world["other"] / "file")
    done, is_same = change("other", DETECT)
    assert not is_same
    alerted(done, "file", (ENDS | CHANGES)[call], world["other"] / "file")
    if walled.is_emulated:
        return
    assert not change("other", None)[1]
    done, is_same = change("listed", settings)
    assert (done.out, is_same, done.detected) == ("done\n", False, [])


@pytest.mark.parametrize("call", STARTS)
def test_a_program_is_started_only_where_that_is_listed(
    walled: Walled, acts: Path, world: World, call: str
) -> None:
    def start(folder: str, settings: dict[str, str] | None) -> tuple[Done, bool]:
        world["mark"].unlink(missing_ok=True)
        # Whoever starts the other program may read it: only its start is not listed.
        done = walled.run([acts, call, world[folder] / "program", world["mark"]], settings)
        return done, world["mark"].exists()

    settings = prevent(process=["start **/sh", f"start {world['listed']}/**"])
    done, is_marked = start("other", settings)
    assert not is_marked
    refused_and_told(done, "unlisted-process", world["other"] / "program")
    done, is_marked = start("other", DETECT)
    assert is_marked
    alerted(done, "process", "start", world["other"] / "program")
    # What the child did is seen though its environment was empty: the mark is written by the shell.
    assert ("file", "write", str(world["mark"])) in done.told("activity")
    if walled.is_emulated:
        return
    assert start("other", None)[1]
    done, is_marked = start("listed", settings)
    assert (done.out, is_marked, done.detected) == ("done\n", True, [])


@pytest.mark.parametrize("call", OPENED)
def test_what_is_open_to_be_read_is_changed_only_where_that_is_listed(
    walled: Walled, acts: Path, world: World, call: str
) -> None:
    target = world["other"] / "file"

    def change(settings: dict[str, str] | None) -> tuple[Done, bool]:
        target.unlink(missing_ok=True)
        target.write_text("s3cret")
        target.chmod(0o600)
        before = state(target)
        done = walled.run([acts, call, target, world["spare"]], settings)
        return done, state(target) == before

    read = f"read {target}"
    plain, is_same = change(None)
    if is_same:
        pytest.skip(f"this machine does not let it be done: {plain.out}")
    done, is_same = change(prevent(file=[read]))
    assert is_same
    refused_and_told(done, "unlisted-file", target)
    done, is_same = change(prevent(file=[read, f"{OPENED[call]} {target}"]))
    assert (done.out, is_same, done.detected) == ("done\n", False, [])
    alerted(change(DETECT)[0], "file", OPENED[call], target)


@pytest.mark.parametrize(
    "call", ["fchmod_same", "fchmod_nameless", "fchmod_in_memory", "ftruncate"]
)
def test_what_changes_nothing_or_has_no_name_or_was_opened_to_be_written_is_no_act_of_its_own(
    walled: Walled, acts: Path, world: World, call: str
) -> None:
    target, folder = world["listed"] / "file", world["other"]
    listed = prevent(
        file=[f"read {target}", *(f"write {one}" for one in (target, folder, f"{folder}/**"))]
    )
    done = walled.run([acts, call, target, folder], listed)
    assert (done.out, done.detected) == ("done\n", [])


FED = [("fed_by_connection", "reverse-shell"), ("fed_by_pair", "unlisted-process")]


@pytest.mark.parametrize(("call", "detector"), FED)
def test_a_program_that_a_connection_commands_is_told_of_as_such_where_no_list_names_it_too(
    walled: Walled, acts: Path, world: World, call: str, detector: str
) -> None:
    command = [acts, call, world["other"] / "program", world["mark"]]
    assert (walled.run(command).out, world["mark"].exists()) == ("done\n", True)
    world["mark"].unlink()
    done = walled.run(command, prevent(process=[]))
    assert (done.detected, world["mark"].exists()) == (
        [(detector, str(world["other"] / "program"))],
        False,
    )
    if detector == "unlisted-process":
        assert walled.run(command, prevent(process=["start **"])).detected == []


@pytest.mark.parametrize(
    "call", ["getaddrinfo", "gethostbyname", "gethostbyname_r", "getaddrinfo_a"]
)
def test_a_host_is_looked_up_only_where_it_is_listed(walled: Walled, acts: Path, call: str) -> None:
    settings = prevent(host=[])
    assert walled.run([acts, call, "localhost"]).out == "done\n"
    done = walled.run([acts, call, "LocalHost."], settings)
    assert done.out.startswith("error")
    assert done.detected == [("unlisted-host", "localhost")]
    # An address is no name: nothing is looked up.
    done = walled.run([acts, call, "127.0.0.1"], settings)
    assert (done.out, done.detected) == ("done\n", [])
    done = walled.run([acts, call, "localhost"], prevent(host=["resolve localhost"]))
    assert (done.out, done.detected) == ("done\n", [])
