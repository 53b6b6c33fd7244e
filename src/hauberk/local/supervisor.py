"""Runs beside the function: builds its root, starts it, tells how it ended, leaves nothing.

Started as a program of its own, with a plan (one line of JSON) on standard input. When standard
input ends, so do the function and all it started. Standard library only, no import of ours.
"""

import contextlib
import ctypes
import errno
import json
import os
import resource
import select
import signal
import sys
import time
from collections.abc import Iterator
from typing import Any

Plan = dict[str, Any]  # sandbox.Plan as JSON: not imported, it costs the start 30 ms

CLONE_NEWNS, CLONE_NEWUSER, CLONE_NEWPID = 0x20000, 0x10000000, 0x20000000
MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_BIND, MS_REC, MS_PRIVATE = 2, 4, 8, 4096, 16384, 1 << 18
MNT_DETACH = 2
PR_SET_PDEATHSIG, PR_CAPBSET_DROP, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 1, 24, 36, 38
SYS_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
SYS_MOUNT_SETATTR = 442  # Linux 5.12, the same number everywhere
AT_FDCWD, AT_RECURSIVE, MOUNT_ATTR_RDONLY = -100, 0x8000, 1

libc = ctypes.CDLL(None, use_errno=True)


class Refused(Exception):
    """This machine does not allow the isolation that the plan asks for."""


def call(what: str, result: int) -> None:
    """Raises what libc left in `errno` when `result` says that `what` failed."""
    if result != 0:
        raise Refused(f"{what}: {os.strerror(ctypes.get_errno())}")


def mount(source: str | None, target: str, kind: str | None = None, flags: int = 0) -> None:
    """mount(2)."""
    arguments = [None if text is None else os.fsencode(text) for text in (source, target, kind)]
    call(f"mount {target}", libc.mount(*arguments, ctypes.c_ulong(flags), None))


def bind(source: str, root: str, path: str) -> None:
    """Makes `source` appear at `path` under `root`, creating the place for it in our own tmpfs."""
    target = root + path
    if not os.path.lexists(target):
        _create(target, root, is_folder=os.path.isdir(source))
    mount(source, target, flags=MS_BIND | MS_REC)


def _create(target: str, root: str, *, is_folder: bool) -> None:
    parent = os.path.dirname(target)
    if not os.path.lexists(parent):
        _create(parent, root, is_folder=True)
    if os.stat(parent).st_dev != os.stat(root).st_dev:
        raise Refused(f"{target[len(root) :]} does not exist on this machine")
    if is_folder:
        os.mkdir(target)
    else:
        os.close(os.open(target, os.O_CREAT | os.O_WRONLY))


def unshare(processes: bool) -> None:
    """Leaves the host's mounts, and its processes too; in a user namespace where that is needed."""
    flags = CLONE_NEWNS | (CLONE_NEWPID if processes else 0)
    if libc.unshare(flags) == 0:
        return
    user, group = os.geteuid(), os.getegid()
    call("unshare", libc.unshare(flags | CLONE_NEWUSER))
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{user} {user} 1"),
        ("gid_map", f"{group} {group} 1"),
    ):
        with open("/proc/self/" + name, "w") as file:
            file.write(text)


def build_root(plan: Plan) -> None:
    """Makes the plan's root the root of this process."""
    root, masked = plan["root"], set(plan["masked"])
    mount(None, "/", flags=MS_REC | MS_PRIVATE)
    mount("tmpfs", root, "tmpfs", MS_NOSUID | MS_NODEV)
    _copy_entries("/", root, masked | {"/proc"})
    for folder in masked:
        os.makedirs(root + folder, exist_ok=True)
    _copy_entries("/var", root, set(plan["replaced"]))
    if plan["isolation"] == "processes":
        os.makedirs(root + "/proc", exist_ok=True)
        mount("proc", root + "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)
    else:
        bind("/proc", root, "/proc")
    for source, path in plan["binds"]:
        bind(source, root, path)
    for path in plan["emptied"]:
        if os.path.isdir(root + path):
            mount("tmpfs", root + path, "tmpfs", MS_NOSUID | MS_NODEV)
    _make_read_only(root)
    mount(plan["tmp"], root + "/tmp", flags=MS_BIND | MS_REC)  # noqa: S108 - the function's own
    _enter(root)


def _copy_entries(folder: str, root: str, without: set[str]) -> None:
    for entry in os.scandir(folder):
        if entry.path in without:
            continue
        if entry.is_symlink():
            os.symlink(os.readlink(entry.path), root + entry.path)
        elif entry.is_dir() or entry.is_file():
            bind(entry.path, root, entry.path)


def _make_read_only(root: str) -> None:
    attributes = (ctypes.c_uint64 * 4)(MOUNT_ATTR_RDONLY, 0, 0, 0)
    result = libc.syscall(
        SYS_MOUNT_SETATTR,
        AT_FDCWD,
        os.fsencode(root),
        AT_RECURSIVE,
        ctypes.byref(attributes),
        ctypes.sizeof(attributes),
    )
    call("mount_setattr (Linux 5.12 or later)", result)


def _enter(root: str) -> None:
    os.chdir(root)
    number = SYS_PIVOT_ROOT[os.uname().machine]
    call("pivot_root", libc.syscall(number, b".", b"."))
    call("umount", libc.umount2(b".", MNT_DETACH))
    os.chdir("/")


def start(plan: Plan, door: int | None) -> int:
    """Starts the function's process, in the group behind `door` if there is one; its number."""
    process = os.fork()
    if process:
        return process
    try:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if door is not None:
            os.write(door, b"0")
        if plan["isolation"] != "none":
            _give_up_privileges()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.chdir(plan["directory"])
        os.execve(plan["command"][0], plan["command"], plan["variables"])  # noqa: S606
    except OSError as error:
        os.write(2, f"cannot start {plan['command'][0]}: {error}\n".encode())
    finally:
        os._exit(126)


def _give_up_privileges() -> None:
    with open("/proc/sys/kernel/cap_last_cap") as file:
        last = int(file.read())
    for capability in range(last + 1):
        libc.prctl(PR_CAPBSET_DROP, capability)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def wait(process: int, wakeup: int) -> dict[str, float] | None:
    """How the function's process ended, or None when standard input ended first."""
    while True:
        ready = select.select([0, wakeup], [], [])[0]
        if wakeup in ready:
            os.read(wakeup, 4096)
            ended = _reap(process)
            if ended:
                return ended
        if 0 in ready and not os.read(0, 4096):
            return None


def _reap(process: int) -> dict[str, float] | None:
    while True:
        try:
            number, status, used = os.wait4(-1, os.WNOHANG)
        except ChildProcessError:
            return None
        if number == 0:
            return None
        if number == process:
            return {
                "status": status,
                "cpu_s": used.ru_utime + used.ru_stime,
                "max_rss_kb": used.ru_maxrss,
            }


def children(process: int) -> Iterator[int]:
    """The child processes of `process`."""
    try:
        for thread in os.listdir(f"/proc/{process}/task"):
            with open(f"/proc/{process}/task/{thread}/children") as file:
                yield from map(int, file.read().split())
    except OSError as error:
        if error.errno not in (errno.ENOENT, errno.ESRCH):
            raise


def kill_all() -> None:
    """Ends every process below this one."""
    while True:
        below = list(children(os.getpid()))
        if not below:
            return
        for process in below:
            for grandchild in list(children(process)):
                _kill(grandchild)
            _kill(process)
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def _kill(process: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)


def main(status: int, door: int | None = None) -> None:
    """Does what the plan on standard input says; tells of it on the descriptor `status`."""
    os.set_inheritable(status, False)
    if door is not None:
        os.set_inheritable(door, False)
    plan = json.loads(sys.stdin.buffer.readline())
    try:
        if plan["isolation"] != "none":
            unshare(plan["isolation"] == "processes")
        if plan["isolation"] == "processes":
            _become_first()
        if plan["isolation"] != "none":
            build_root(plan)
    except (Refused, OSError) as error:
        return _tell(status, {"refused": str(error)})
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    wakeup, woken = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(woken)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    _tell(status, {"started": time.monotonic()})
    ended = wait(start(plan, door), wakeup)
    kill_all()
    if ended:
        _tell(status, {"ended": ended})


def _become_first() -> None:
    first = os.fork()
    if first:
        os.waitpid(first, 0)
        os._exit(0)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _tell(status: int, what: dict[str, object]) -> None:
    os.write(status, json.dumps(what).encode() + b"\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
