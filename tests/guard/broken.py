"""Layers that are broken on purpose, so that a test of an invariant can be seen to notice."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

GUARD = "hauberk/lib/hauberk/guard"


class DoesNotApply(Exception):
    """The text that a patch replaces is not there: the guard has changed, so must the patch."""


class Patch(NamedTuple):
    """A text of one of the guard's files, and what takes its place."""

    file: str
    old: str
    new: str


class Breakage(NamedTuple):
    """The check that is to notice, what is broken, and how."""

    check: str
    what: str
    patch: Patch


def patch(file: str, difference: str) -> Patch:
    """A patch from lines that begin with `-` (to go), `+` (to come) or a space (to stay)."""
    lines = difference.strip("\n").splitlines(keepends=True)
    if any(line[0] not in "-+ " for line in lines):
        raise DoesNotApply(f"{file}: not a difference: {difference}")
    old = "".join(line[1:] for line in lines if line[0] in "- ")
    new = "".join(line[1:] for line in lines if line[0] in "+ ")
    return Patch(file, old.rstrip("\n") + "\n", new.rstrip("\n") + "\n")


def broken(layer: Path, patches: Iterable[Patch], into: Path) -> Path:
    """A copy of the layer in which each patch is made and nothing hides it."""
    copy = shutil.copytree(layer, into)
    for one in patches:
        file = copy / GUARD / one.file
        text = file.read_text()
        if text.count(one.old) != 1:
            raise DoesNotApply(f"{one.file} has {text.count(one.old)} times: {one.old}")
        file.write_text(text.replace(one.old, one.new))
        compile(file.read_text(), str(file), "exec")
        for bytecode in file.parent.glob(f"__pycache__/{file.stem}.*.pyc"):
            bytecode.unlink()
    (copy / "hauberk" / "sizes").unlink(missing_ok=True)  # it would tell, and not arm the guard
    return copy
