"""Segments: Parquet files that never change, named by their days, rows and content.

A segment is there when its name is. One that was merged of others names them in a file beside it, which is written
first: once the segment is there they count no more, removed or not.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from hauberk.store.engine import files

UNDATED = "undated"
_SUFFIX = ".parquet"
_REPLACES = ".replaces"
_DRAFT = ".draft"
_EPOCH = date(1970, 1, 1).toordinal()
_BLOCK = 1 << 20
# Columns that older segments do not have, and their types.
_LATER = {"caller": "USMALLINT", "is_named": "BOOLEAN"}


@dataclass(frozen=True, slots=True, order=True)
class Segment:
    """One file of rows, and the days that it holds."""

    first: str  # day, `2026-11-23`, or UNDATED
    last: str
    rows: int
    digest: str

    @property
    def name(self) -> str:
        """What its file is called."""
        return f"{self.first}_{self.last}_{self.rows}_{self.digest}{_SUFFIX}"

    def holds_any_of(self, days: Iterable[str]) -> bool:
        """Whether it may hold rows of one of these days."""
        return any(self.first <= day <= self.last for day in days)


def source(paths: Iterable[Path]) -> str:
    """Name segments in a query, and give older ones the columns that came later."""
    later = ", ".join(f"NULL::{kind} AS {name}" for name, kind in _LATER.items())
    return f"(FROM {files(paths, by_name=True)} UNION ALL BY NAME SELECT {later} WHERE false)"


def day_name(day: int | None) -> str:
    """Write a day as segments do."""
    return UNDATED if day is None else date.fromordinal(_EPOCH + day).isoformat()


def segments(folder: Path) -> tuple[Segment, ...]:
    """Name all segments of a folder that count, in order."""
    there = {entry.name for entry in os.scandir(folder)}
    replaced = {name for one in _replacing(there) for name in _replaced(folder, one)}
    return tuple(
        sorted(_read(name) for name in there if name.endswith(_SUFFIX) and name not in replaced)
    )


def damaged(folder: Path) -> Iterator[Segment]:
    """Find the segments that are not as they were written."""
    return (one for one in segments(folder) if _digest(folder / one.name) != one.digest)


def draft(folder: Path, label: str) -> Path:
    """Name a file that is none yet."""
    return folder / f"{label}{_DRAFT}"


def commit(
    written: Path, first: str, last: str, rows: int, replaced: tuple[Segment, ...] = ()
) -> Segment:
    """Make a draft a segment of its folder, in the stead of those that it was merged of."""
    folder = written.parent
    segment = Segment(first, last, rows, _digest(written))
    if segment in replaced:
        written.unlink()
        return segment
    synced(written)
    if replaced:
        names = folder / (segment.name + _REPLACES)
        names.write_text("".join(f"{one.name}\n" for one in replaced))
        synced(names)
    written.replace(folder / segment.name)
    synced(folder)
    return segment


def retire(folder: Path) -> None:
    """Remove what was replaced."""
    there = {entry.name for entry in os.scandir(folder)}
    for name in _replacing(there):
        for replaced in _replaced(folder, name):
            (folder / replaced).unlink(missing_ok=True)
        synced(folder)
        (folder / (name + _REPLACES)).unlink()


def recover(folder: Path) -> None:
    """Remove what a writer that was stopped has left, and what was replaced."""
    retire(folder)
    for entry in list(os.scandir(folder)):
        if entry.name.endswith((_DRAFT, _REPLACES)):
            Path(entry).unlink()


def _replacing(there: set[str]) -> list[str]:
    return [name for name in there if name.endswith(_SUFFIX) and name + _REPLACES in there]


def _replaced(folder: Path, name: str) -> list[str]:
    return (folder / (name + _REPLACES)).read_text().splitlines()


def _read(name: str) -> Segment:
    first, last, rows, digest = name.removesuffix(_SUFFIX).split("_")
    return Segment(first, last, int(rows), digest)


def _digest(file: Path) -> str:
    digest = hashlib.blake2b(digest_size=16)
    with file.open("rb") as content:
        while block := content.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def synced(path: Path) -> None:
    """Have a file, or the names of a folder, on the disk before anything else is done."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
