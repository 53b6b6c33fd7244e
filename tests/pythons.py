"""The Pythons of this machine, and what a function on each of them can import."""

from __future__ import annotations

import fcntl
import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.metadata import files
from pathlib import Path

import pytest
from layer.interpreters import VERSIONS, find_python, why_missing

EVERY = VERSIONS
THIS = f"{sys.version_info.major}.{sys.version_info.minor}"
ROOT = Path(__file__).parents[1]
PINS = Path(__file__).parent / "local"
CACHE = ROOT / ".cache" / "local"
SDK = ("boto3", "botocore", "jmespath", "s3transfer", "python-dateutil", "six", "urllib3")


def interpreter(version: str) -> Path:
    """The Python of a version, the one that runs now if it is its; skips where there is none."""
    if version == THIS:
        return Path(sys.executable).resolve()
    python = find_python(version)
    if python is None:
        pytest.skip(why_missing(version))
    return Path(python)


def runtime_packages(version: str, folder: Path) -> Path:
    """Fills `folder` with what Lambda's runtime of a version holds: AWS's client and SDK."""
    pins = (PINS / ("runtime-3.9.txt" if version == "3.9" else "runtime.txt")).read_text()
    for entry in _installed(f"runtime-{version}", version, pins).iterdir():
        (folder / entry.name).symlink_to(entry)
    if not (folder / "boto3").exists():  # this Python's own: it holds no code for one version
        for name, place in _top_level(SDK).items():
            (folder / name).symlink_to(place)
    return folder


def runtime_client(version: str, sha256: str) -> Path:
    """Another version of AWS's runtime client for this Python, and what it needs."""
    blocks = re.split(r"^(?=\S)", (PINS / "runtime.txt").read_text(), flags=re.M)
    others = [block for block in blocks if not block.startswith("awslambdaric==")]
    pins = "".join((f"awslambdaric=={version} --hash=sha256:{sha256}\n", *others))
    return _installed(f"client-{version}", THIS, pins)


def drivers(version: str, names: Iterable[str]) -> Path:
    """The locked versions of some packages, built for a version of Python."""
    blocks = re.split(r"^(?=\S)", (ROOT / "requirements" / "dev.txt").read_text(), flags=re.M)
    wanted = tuple(f"{name}==" for name in names)
    pins = "".join(block for block in blocks if block.startswith(wanted))
    return _installed(f"drivers-{version}", version, pins)


def packages_of(group: str) -> Path:
    """All that a group of pyproject.toml holds, as locked for this Python."""
    pins = (ROOT / "requirements" / f"{group}.txt").read_text()
    return _installed(f"{group}-{THIS}", THIS, pins)


def built() -> Path:
    """What functions import and no wheel holds, built for this Python from its locked sources."""
    if shutil.which("mariadb_config") is None:
        pytest.skip("no mariadb_config on this machine; Debian's package is libmariadb-dev")
    blocks = re.split(r"^(?=\S)", (ROOT / "requirements" / "built.txt").read_text(), flags=re.M)
    makers = "".join(block for block in blocks if block.startswith("setuptools=="))
    made = "".join(block for block in blocks if not block.startswith("setuptools=="))
    path = str(_installed(f"makers-{THIS}", THIS, makers))
    return _installed(f"built-{THIS}", THIS, made, makers=path)


def put_together(folder: Path, *sources: Path) -> Path:
    """Fills a function's folder, without symbolic links: below a root of its own it may not have what they lead to."""
    for source in sources:
        shutil.copytree(source, folder, copy_function=_same_file, dirs_exist_ok=True)
    return folder


def _same_file(source: str, target: str) -> None:
    """Give a file another name, or copy it to another disk."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _top_level(packages: Iterable[str]) -> dict[str, Path]:
    found = {}
    for package in packages:
        for file in files(package) or ():
            if ".." not in file.parts and file.parts[0] != "__pycache__":
                below = len(file.parts) - 1
                found[file.parts[0]] = Path(str(file.locate())).parents[below] / file.parts[0]
    return found


def _of_another(version: str) -> tuple[str, ...]:
    kinds = [f"{kind}_{platform.machine()}" for kind in ("manylinux2014", "manylinux_2_28")]
    wheels = [word for kind in kinds for word in ("--platform", kind)]
    return ("--python-version", version, "--implementation", "cp", *wheels)


def _installed(name: str, version: str, pins: str, makers: str = "") -> Path:
    folder = CACHE / f"{name}-{hashlib.sha256(pins.encode()).hexdigest()[:8]}"
    with one_at_a_time(folder):
        if not folder.is_dir():
            _install(folder, version, pins, makers)
    return folder


@contextmanager
def one_at_a_time(file: Path) -> Iterator[None]:
    """While one process makes a file of the cache, the others wait for it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with open(file.with_name(f"{file.name}.lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _install(folder: Path, version: str, pins: str, makers: str) -> None:
    """Installs wheels, or sources that what is in the folder `makers` builds."""
    kind = (
        ("--no-binary", ":all:", "--no-build-isolation") if makers else ("--only-binary", ":all:")
    )
    made = CACHE / f"{folder.name}.{os.getpid()}"
    pinned = made.with_suffix(".txt")
    pinned.write_text(pins)
    got = subprocess.run(
        [
            *(sys.executable, "-m", "pip", "install", "--quiet", "--no-compile", "--no-deps"),
            *("--require-hashes", "--requirement", pinned, *kind),
            *("--target", made),
            *(() if version == THIS else _of_another(version)),
        ],
        env={**os.environ, "PYTHONPATH": makers} if makers else None,
        capture_output=True,
        text=True,
        check=False,
    )
    pinned.unlink()
    if got.returncode != 0:
        shutil.rmtree(made, ignore_errors=True)
        pytest.skip(f"{folder.name} cannot be had: {got.stderr.strip()[-300:]}")
    made.rename(folder)
