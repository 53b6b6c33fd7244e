"""Assembles `/var/runtime` of Python: AWS's runtime client and SDK as Lambda's images hold them."""

from __future__ import annotations

import compileall
import hashlib
import importlib.metadata
import os
import shutil
import sys
import tempfile
from pathlib import Path

from hauberk.local.function import InputError, LocalError
from hauberk.local.interpreter import Interpreter
from hauberk.local.variables import Paths

CLIENT = ("awslambdaric", "snapshot-restore-py", "simplejson")
SDK = ("boto3", "botocore", "jmespath", "s3transfer", "python-dateutil", "six", "urllib3")


def runtime_packages(python: Interpreter, given: Path | None, scratch: Path) -> Path:
    """A folder with the packages of the runtime for `python`: `given`, or our own, cached."""
    if given is not None:
        if not (given / "awslambdaric").is_dir():
            raise InputError(
                f"no awslambdaric in {given}; fill it with "
                f"`{python.program} -m pip install --target {given} awslambdaric boto3`"
            )
        return given.resolve()
    if python.version[:2] != sys.version_info[:2]:
        raise InputError(
            f"this Python's runtime packages do not fit {python.program}; give it its own: "
            f"`{python.program} -m pip install --target DIR awslambdaric boto3`, "
            "then --runtime-packages DIR"
        )
    return _cached(_installed(), scratch)


def _installed() -> list[importlib.metadata.Distribution]:
    found = []
    for name in (*CLIENT, *SDK):
        try:
            found.append(importlib.metadata.distribution(name))
        except importlib.metadata.PackageNotFoundError as error:
            if name in CLIENT:
                raise LocalError(
                    f"{name} is not installed; install it with `pip install 'hauberk[local]'`"
                ) from error
    return found


def _cached(packages: list[importlib.metadata.Distribution], scratch: Path) -> Path:
    names = [f"{package.name}=={package.version}" for package in packages]
    key = hashlib.sha256(" ".join((sys.implementation.cache_tag, *names)).encode()).hexdigest()
    home = _cache_home(scratch)
    folder = home / f"runtime-{key[:16]}"
    if folder.is_dir():
        return folder
    made = Path(tempfile.mkdtemp(prefix="runtime-", dir=home))
    made.chmod(0o755)
    for package in packages:
        _copy(package, made)
    compileall.compile_dir(made, quiet=1, ddir=Paths().runtime)  # read-only once it is mounted
    try:
        made.rename(folder)
    except OSError:  # another process was first
        shutil.rmtree(made)
    return folder


def _cache_home(scratch: Path) -> Path:
    named = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    home = Path(named) / "hauberk"
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError:
        return scratch
    return home if os.access(home, os.W_OK) else scratch


def _copy(package: importlib.metadata.Distribution, folder: Path) -> None:
    for file in package.files or ():
        if ".." in file.parts or file.suffix == ".pyc":
            continue
        target = folder / file
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file.locate(), target)
