"""Debian packages of another architecture or suite, unpacked into a folder: no root, no installation.

apt verifies them as it verifies what it installs: a repository's signature by the keys this machine
trusts, each file by its hash. What it cannot verify is not taken.
"""

import re
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
MIRROR = re.compile(r"'([^']+/debian)/+dists/[^']+/InRelease'")


class NoPackages(Exception):
    """Debian's packages are not to be had here, and why."""


class Suite(NamedTuple):
    """A suite of Debian that this machine does not run, and the keys that sign it."""

    name: str
    keyring: Path = KEYRING


def unpack(package: str, architecture: str, cache: Path, target: Path) -> None:
    """Unpack `package` (`name` or `name=version`) alone into `target`, or raise NoPackages."""
    _unpack(["download", package], architecture, cache, target, None)


def unpack_whole(
    packages: str, architecture: str, cache: Path, target: Path, suite: Suite | None = None
) -> None:
    """Unpack `packages` (names, with a space between) and what they depend on into `target`, or raise NoPackages."""
    install = ["install", "--download-only", "--no-install-recommends", "--yes", *packages.split()]
    _unpack(install, architecture, cache, target, suite)


def _unpack(
    request: list[str], architecture: str, cache: Path, target: Path, suite: Suite | None
) -> None:
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        raise NoPackages("apt-get and dpkg-deb are needed, as on Debian")
    archives = cache / "apt" / "archives"
    shutil.rmtree(cache / "apt", ignore_errors=True)
    apt = ["apt-get", *_private_state(architecture, cache / "apt")]
    if suite:
        apt += _sources_of(suite, apt, cache / "apt")
    _run([*apt, "update"], cache)
    _run([*apt, *request], archives)
    packages = sorted(archives.glob("*.deb"))
    if not packages:
        raise NoPackages("apt fetched nothing: its sources are folders of this machine")
    unfinished = target.with_name(target.name + ".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    for file in packages:
        _run(["dpkg-deb", "--extract", str(file), str(unfinished)], cache)
    shutil.rmtree(target, ignore_errors=True)
    unfinished.replace(target)
    shutil.rmtree(cache / "apt")


def _private_state(architecture: str, state: Path) -> list[str]:
    """Settings that give apt its own lists, with one architecture and nothing installed."""
    for folder in (state / "lists" / "partial", state / "archives" / "partial"):
        folder.mkdir(parents=True, exist_ok=True)
    (state / "status").touch()
    return _options(
        {
            "APT::Architecture": architecture,
            "APT::Architectures": architecture,
            "APT::Get::AllowUnauthenticated": "false",
            "APT::Sandbox::User": "root",
            "Acquire::AllowInsecureRepositories": "false",
            "Acquire::Languages": "none",
            "Dir::State": str(state),
            "Dir::State::status": str(state / "status"),
            "Dir::Cache": str(state),
            "Dir::Log": str(state),
        }
    )


def _sources_of(suite: Suite, apt: list[str], state: Path) -> list[str]:
    """Settings that let apt see `suite` alone, on the mirror that this machine takes Debian from."""
    if not suite.keyring.exists():
        raise NoPackages(f"no {suite.keyring}; install debian-archive-keyring")
    mirror = MIRROR.search(_run([*apt, "update", "--print-uris"], state))
    if not mirror:
        raise NoPackages("this machine's apt knows no mirror of Debian")
    sources = state / "sources.list"
    sources.write_text(f"deb [signed-by={suite.keyring}] {mirror[1]} {suite.name} main\n")
    return _options(
        {
            "APT::Update::Error-Mode": "any",
            "Dir::Etc::sourcelist": str(sources),
            "Dir::Etc::sourceparts": "-",
        }
    )


def _options(settings: dict[str, str]) -> list[str]:
    return [word for name, value in settings.items() for word in ("-o", f"{name}={value}")]


def _run(command: list[str], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)
    if done.returncode:
        raise NoPackages(f"{command[0]}: {done.stderr.strip()}")
    return done.stdout
