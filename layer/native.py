"""The native parts of a layer: cross-built for glibc 2.17 with zig as the linker."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from layer.debian import NoPackages, unpack
from layer.headers_last import headers_last
from layer.late import hidden

ARCHITECTURES = {"x86_64": "x86_64-unknown-linux-gnu", "arm64": "aarch64-unknown-linux-gnu"}
GLIBC = "2.17"
LATE = ("x86_64",)
"""Whose wall writes its own addresses, where that was run: elsewhere the loader does."""


class Libraries(NamedTuple):
    """The shared libraries of one architecture."""

    module: Path
    """`hauberk._native`, for CPython."""
    wall: Path
    """What is preloaded into the runtime and its children."""


class CannotBuild(Exception):
    """This machine has not what the build needs, and cannot get it."""


class BuildFailed(Exception):
    """The native core does not compile."""


def build_native(root: Path, architecture: str) -> Libraries:
    """Build the shared libraries for one architecture."""
    target = ARCHITECTURES[architecture]
    flags = [*_without_local_paths(root), *_standard_library(root, architecture)]
    # `cargo zigbuild` finds its program on PATH, beside this Python.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    environment = {
        **os.environ,
        "PATH": path,
        "CARGO_ENCODED_RUSTFLAGS": "\x1f".join(flags),
        "CARGO_TARGET_DIR": str(root / "native" / "target"),
        "CARGO_ZIGBUILD_CACHE_DIR": str(root / ".cache" / "zigbuild"),
        "ZIG_GLOBAL_CACHE_DIR": str(root / ".cache" / "zig"),
        "PYO3_NO_PYTHON": "1",  # the stable ABI needs no interpreter to build against
    }
    command = ["cargo", "zigbuild", "--release", "--locked"]
    command += ["--package", "hauberk-python", "--package", "hauberk-wall"]
    command += ["--target", f"{target}.{GLIBC}"]
    if subprocess.run(command, cwd=root / "native", env=environment, check=False).returncode:
        raise BuildFailed("cargo said above what is wrong")
    folder = root / "native" / "target" / target / "release"
    wall = (folder / "libhauberk_wall.so").read_bytes()
    return Libraries(
        module=_written(folder / "lib_native.layer.so", (folder / "lib_native.so").read_bytes()),
        wall=_written(
            folder / "libhauberk_wall.layer.so", hidden(wall) if architecture in LATE else wall
        ),
    )


def _written(path: Path, library: bytes) -> Path:
    path.write_bytes(headers_last(library))
    return path


def _without_local_paths(root: Path) -> list[str]:
    """Flags that keep the folders of this machine out of the library's panic messages."""
    cargo_home = os.environ.get("CARGO_HOME", str(Path.home() / ".cargo"))
    folders = {str(root / "native"): "/hauberk", cargo_home: "/cargo"}
    return [f"--remap-path-prefix={folder}={shown}" for folder, shown in folders.items()]


def _standard_library(root: Path, architecture: str) -> list[str]:
    """Flags that find Rust's standard library for the target, fetched first where it is missing."""
    target = ARCHITECTURES[architecture]
    if _has_standard_library(target):
        return []
    if shutil.which("rustup"):
        subprocess.run(["rustup", "target", "add", target], check=False)
        if _has_standard_library(target):
            return []
    return [f"--sysroot={_debian_sysroot(root, architecture)}"]


def _has_standard_library(target: str) -> bool:
    folder = Path(_rustc("--print", "target-libdir", "--target", target))
    return any(folder.glob("libstd-*.rlib"))


def _debian_sysroot(root: Path, architecture: str) -> Path:
    """Debian's standard library for the target; it fits Debian's own rustc of that version only."""
    package_version = _installed_version("rustc-web")
    upstream = package_version.partition("+")[0]
    if not upstream or f"rustc {upstream} " not in _rustc("--version"):
        command = f"rustup target add {ARCHITECTURES[architecture]}"
        raise CannotBuild(f"no Rust standard library for {architecture}; try `{command}`")
    cache = root / ".cache" / "rust-std"
    sysroot = cache / f"{architecture}-{upstream}"
    if not sysroot.is_dir():
        try:
            unpack(f"libstd-rust-web-dev={package_version}", architecture, cache, sysroot)
        except NoPackages as reason:
            raise CannotBuild(f"no Rust standard library for {architecture}: {reason}") from reason
    return sysroot / "usr"


def _installed_version(package: str) -> str:
    command = ["dpkg-query", "--show", "--showformat", "${Version}", package]
    try:
        return subprocess.check_output(command, text=True, stderr=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError):
        return ""


def _rustc(*arguments: str) -> str:
    return subprocess.check_output(["rustc", *arguments], text=True).strip()
