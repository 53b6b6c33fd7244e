"""What the tests share: the Pythons of this machine, each with AWS's runtime client."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from layer import debian_python
from layer.bytecode import find_python

PINS = Path(__file__).parent / "local"
CACHE = Path(__file__).parents[1] / ".cache" / "local"
Runtime = Callable[[str], tuple[Path, Path]]


@pytest.fixture(scope="session")
def runtime() -> Runtime:
    """Finds the Python of a version and packages of the runtime for it, or skips with the reason."""
    return lambda version: (_interpreter(version), _packages(version))


def _interpreter(version: str) -> Path:
    if python := find_python(version):
        return Path(python)
    if version != debian_python.VERSION:
        pytest.skip(f"no python{version} on this machine, neither on PATH nor of pyenv")
    if os.environ.get("CI"):  # what can be fetched must be there
        pytest.fail(debian_python.why_missing())
    pytest.skip(debian_python.why_missing())


def _packages(version: str) -> Path:
    folder = CACHE / f"runtime-{version}"
    if folder.is_dir():
        return folder
    pins = PINS / ("runtime-3.9.txt" if version == "3.9" else "runtime.txt")
    made = CACHE / f"{folder.name}.{os.getpid()}"
    got = subprocess.run(
        [
            *(sys.executable, "-m", "pip", "install", "--quiet", "--no-compile", "--no-deps"),
            *("--require-hashes", "--requirement", pins, "--only-binary", ":all:"),
            *("--python-version", version, "--implementation", "cp", "--target", made),
            *("--platform", f"manylinux2014_{platform.machine()}"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if got.returncode != 0:
        shutil.rmtree(made, ignore_errors=True)
        pytest.skip(f"the runtime client for {version} cannot be had: {got.stderr.strip()[-300:]}")
    made.rename(folder)
    return folder
