"""Debian packages of another architecture, unpacked into a folder: no root, no installation."""

import shutil
import subprocess
from pathlib import Path


class NoPackages(Exception):
    """Debian's packages are not to be had here, and why."""


def unpack(packages: list[str], architecture: str, cache: Path, target: Path) -> None:
    """Unpack `packages` (`name` or `name=version`) into `target`, or raise NoPackages."""
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        raise NoPackages("apt-get and dpkg-deb are needed, as on Debian")
    apt = ["apt-get", *_private_state(architecture, cache)]
    downloads = cache / "debs"
    shutil.rmtree(downloads, ignore_errors=True)
    downloads.mkdir(parents=True)
    _run([*apt, "update"], cache)
    _run([*apt, "download", *packages], downloads)
    unfinished = target.with_name(target.name + ".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    for file in sorted(downloads.glob("*.deb")):
        _run(["dpkg-deb", "--extract", str(file), str(unfinished)], cache)
    shutil.rmtree(target, ignore_errors=True)
    unfinished.replace(target)


def _private_state(architecture: str, cache: Path) -> list[str]:
    """Settings that give apt its own lists, with one architecture and nothing installed."""
    state = cache / "apt"
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
        "DPkg::Post-Invoke": "",
    }
    return [word for name, value in settings.items() for word in ("-o", f"{name}={value}")]


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, check=False, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        raise NoPackages(f"{command[0]}: {done.stderr.strip()}")
