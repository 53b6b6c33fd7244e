"""A root of arm64 on a machine of another kind, in which qemu runs whatever program is started."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from layer.arm64_python import ROOT, command, emulator

ROW = (
    r":qemu-aarch64:M::\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00"
    r":\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff"
)
# Of a user namespace of its own: the machine's own list of formats stays as it is.
BUILD = """
set -e
mount -t binfmt_misc none /proc/sys/fs/binfmt_misc
printf %s "$1:$2:F" >/proc/sys/fs/binfmt_misc/register
mount -t tmpfs none /mnt
cd /mnt
mkdir upper work root
mount -t overlay none -o "lowerdir=$3,upperdir=upper,workdir=work" root
echo '127.0.0.1 localhost' >root/etc/hosts
echo 'hosts: files dns' >root/etc/nsswitch.conf
echo arm64 >root/etc/hostname
shift 3
for folder in /dev /proc "$@"; do
    mkdir -p "root$folder"
    mount --rbind "$folder" "root$folder"
done
echo built
read -r end
"""
# What cannot be run so, and why.
LACKS = dict.fromkeys(
    [
        f"syscall_{name}"
        for name in ("mkdir", "mknod", "link", "symlink", "rename", "unlink", "chmod", "utimes")
    ],
    "no such system call on arm64",
)
LACKS |= dict.fromkeys(["execveat", "syscall_openat2"], "qemu does not know this system call")

GLIBC = "2.34"  # the first that has all that the programs call

libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Root:
    """The namespaces in which the root is, of users and of mounts."""

    namespaces: tuple[int, ...]

    def enter(self) -> None:
        """Has this process, which is about to become another program, in the root."""
        for namespace in self.namespaces:
            if libc.setns(namespace, 0):
                raise OSError(ctypes.get_errno(), "setns")
        os.chroot("/mnt/root")
        os.chdir("/")


@contextmanager
def root(*folders: Path) -> Iterator[Root]:
    """The root, in which nothing is written but to the folders; or a skip that says why there is none."""
    if not command() or not (program := emulator()):
        pytest.skip("qemu-user-static, or Debian's Python for arm64 (apt), is not to be had here")
    words = [ROW, program, str(ROOT), *map(str, folders)]
    enter = ["nsenter", "--preserve-credentials"]
    with (
        _user_namespace() as user,
        subprocess.Popen(
            [*enter, f"--user={user}", "unshare", "--mount", "sh", "-c", BUILD, "sh", *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as built,
    ):
        if _line(built) != b"built\n":
            why = built.stderr.read().decode() if built.stderr else ""
            pytest.skip(f"no root for arm64 in a user namespace here: {why}")
        of = f"/proc/{built.pid}/ns"
        files = tuple(os.open(f"{of}/{kind}", os.O_RDONLY) for kind in ("user", "mnt"))
        yield Root(files)
        for file in files:
            os.close(file)


@contextmanager
def _user_namespace() -> Iterator[str]:
    """One that has this one's users, as far as may be."""
    with subprocess.Popen(
        ["unshare", "--user", "sh", "-c", "echo made; read -r end"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        if _line(process) != b"made\n":
            pytest.skip("no user namespace here")
        of = Path(f"/proc/{process.pid}")
        try:
            for name in ("uid_map", "gid_map"):
                (of / name).write_text("0 0 65536")
        except PermissionError:  # only root has others there, too
            (of / "setgroups").write_text("deny")
            (of / "uid_map").write_text(f"0 {os.geteuid()} 1")
            (of / "gid_map").write_text(f"0 {os.getegid()} 1")
        yield str(of / "ns" / "user")


def _line(process: subprocess.Popen[bytes]) -> bytes:
    return process.stdout.readline() if process.stdout else b""


def layer() -> Path:
    """The layer, or a skip."""
    path = ROOT.parents[2] / "dist" / "hauberk-python-arm64.zip"
    if not path.exists():
        pytest.skip(f"{path.name} is not built; `make layer` builds it, or says why it cannot")
    return path


def compiler() -> list[str]:
    """The command that compiles C for arm64."""
    cache = f"ZIG_GLOBAL_CACHE_DIR={ROOT.parents[1] / 'zig'}"
    zig = ["env", cache, sys.executable, "-m", "ziglang"]
    return [*zig, "cc", "-target", f"aarch64-linux-gnu.{GLIBC}", "-fno-sanitize=undefined"]
