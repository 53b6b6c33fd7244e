"""Debian packages of another architecture, unpacked into a folder: no root, no installation."""

import shutil
import subprocess
from pathlib import Path


class NoPackages(Exception):
    """Debian's packages are not to be had here, and why."""


def unpack(package: str, architecture: str, cache: Path, target: Path) -> None:
    """Unpack `package` (`name` or `name=version`) alone into `target`, or raise NoPackages."""
    _unpack(["download", package], architecture, cache, target)


def unpack_whole(package: str, architecture: str, cache: Path, target: Path) -> None:
    """Unpack `package` and all that it depends on into `target`, or raise NoPackages."""
    install = ["install", "--download-only", "--no-install-recommends", "--yes", package]
    _unpack(install, architecture, cache, target)


def _unpack(request: list[str], architecture: str, cache: Path, target: Path) -> None:
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        raise NoPackages("apt-get and dpkg-deb are needed, as on Debian")
    archives = cache / "apt" / "archives"
    shutil.rmtree(cache / "apt", ignore_errors=True)
    apt = ["apt-get", *_private_state(architecture, cache / "apt")]
    _run([*apt, "update"], cache)
    _run([*apt, *request], archives)
    unfinished = target.with_name(target.name + ".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    for file in sorted(archives.glob("*.deb")):
        _run(["dpkg-deb", "--extract", str(file), str(unfinished)], cache)
    shutil.rmtree(target, ignore_errors=True)
    unfinished.replace(target)
    shutil.rmtree(cache / "apt")


def _private_state(architecture: str, state: Path) -> list[str]:
    """Settings that give apt its own lists, with one architecture and nothing installed."""
    for folder in (state / "lists" / "partial", state / "archives" / "partial"):
        folder.mkdir(parents=True, exist_ok=True)
    (state / "status").touch()
    settings = {
        "APT::Architecture": architecture,
        "APT::Architectures": architecture,
        "APT::Sandbox::User": "root",
        "Acquire::Languages": "none",
        "Dir::State": str(state),
        "Dir::State::status": str(state / "status"),
        "Dir::Cache": str(state),
        "Dir::Log": str(state),
    }
    return [word for name, value in settings.items() for word in ("-o", f"{name}={value}")]


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, check=False, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        raise NoPackages(f"{command[0]}: {done.stderr.strip()}")
