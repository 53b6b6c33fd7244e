"""What is compared: a function without the guard, and the ways to put the guard before it."""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from hauberk.local.attach import attach
from hauberk.local.function import Function
from hauberk.policy import compile_policy, read, signing

FUNCTIONS = Path(__file__).parent / "functions"
POLICY = Path(__file__).parent / "policy.yaml"


@dataclass(frozen=True, slots=True)
class Layers:
    """The layer as it was built, unpacked, and the same without its bytecode."""

    built: Path
    bare: Path
    zipped_bytes: int | None
    unzipped_bytes: int
    has_bytecode: bool


def unprotected(name: str) -> Function:
    """The function `name` as it is."""
    return Function(code=FUNCTIONS / name, name="bench")


def detecting(function: Function, layer: Path) -> Function:
    """With the guard in detect, by the wrapper and without a policy: as it is first attached."""
    return attach(function, layer, {"HAUBERK_MODE": "detect"})


def by_pth(function: Function, layer: Path) -> Function:
    """With the guard by the layer's `.pth` alone."""
    settings = {**function.environment, "HAUBERK_MODE": "detect"}
    return replace(function, layers=(layer,), environment=settings)


def preventing(function: Function, layer: Path) -> Function:
    """With the guard in prevent, under a signed policy that allows what the functions here do."""
    return attach(function, layer, {"HAUBERK_POLICY": _signed_policy()})


def _signed_policy() -> str:
    with tempfile.TemporaryDirectory() as folder:
        key = signing.create(Path(folder, "key.pem"))
    compiled = compile_policy(read(POLICY), "bench", key=key, now=int(time.time()))
    return compiled.variable


@contextmanager
def unpacked(layer: Path) -> Iterator[Layers]:
    """Both forms of `layer`, a zip file or a folder, as long as they are needed."""
    with tempfile.TemporaryDirectory(prefix="hauberk-bench-") as scratch:
        Path(scratch).chmod(0o755)
        built, bare = Path(scratch, "built"), Path(scratch, "bare")
        _unpack(layer, built)
        shutil.copytree(built, bare, ignore=shutil.ignore_patterns("__pycache__"))
        tag = sys.implementation.cache_tag
        yield Layers(
            built=built,
            bare=bare,
            zipped_bytes=layer.stat().st_size if layer.is_file() else None,
            unzipped_bytes=sum(file.stat().st_size for file in _files(built)),
            has_bytecode=any(f".{tag}." in file.name for file in _files(built)),
        )


def _unpack(layer: Path, into: Path) -> None:
    if layer.is_dir():
        shutil.copytree(layer, into)
        return
    with zipfile.ZipFile(layer) as archive:
        for entry in archive.infolist():
            path = Path(archive.extract(entry, into))
            if not entry.is_dir():
                path.chmod((entry.external_attr >> 16) & 0o777)


def _files(folder: Path) -> Iterator[Path]:
    return (file for file in folder.rglob("*") if file.is_file())
