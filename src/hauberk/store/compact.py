"""Small segments become large ones, with the same rows."""

from collections.abc import Iterator
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from hauberk.store import segment
from hauberk.store.engine import quoted
from hauberk.store.ingest import FORMAT, ORDER
from hauberk.store.segment import UNDATED, Segment

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SMALL_ROWS = 250_000
LARGE_ROWS = 1_000_000
MANY = 8  # small segments that are worth the work


def compact(connection: "DuckDBPyConnection", folder: Path, swap: Lock, *, many: int = MANY) -> int:
    """Merge small segments where there are many; tell how many are gone."""
    gone = 0
    with swap:
        merges = list(_merges(segment.segments(folder), many))
    for parts in merges:
        gone += len(parts) - 1
        _merge(connection, folder, swap, parts)
    return gone


def _merges(live: tuple[Segment, ...], many: int) -> Iterator[tuple[Segment, ...]]:
    """Choose neighbours in time; what has no day stays apart."""
    for is_undated in (False, True):
        small = [
            one for one in live if one.rows < SMALL_ROWS and (one.first == UNDATED) == is_undated
        ]
        if len(small) < many:
            continue
        parts: list[Segment] = []
        for one in small:
            parts.append(one)
            if sum(part.rows for part in parts) >= LARGE_ROWS:
                yield tuple(parts)
                parts = []
        if len(parts) > 1:
            yield tuple(parts)


def _merge(
    connection: "DuckDBPyConnection", folder: Path, swap: Lock, parts: tuple[Segment, ...]
) -> None:
    draft = segment.draft(folder, "merged")
    source = segment.source(folder / one.name for one in parts)
    connection.execute(f"COPY (FROM {source} ORDER BY {ORDER}) TO {quoted(str(draft))} ({FORMAT})")
    rows = sum(one.rows for one in parts)
    with swap:
        first, last = min(one.first for one in parts), max(one.last for one in parts)
        segment.commit(draft, first, last, rows, parts)
        segment.retire(folder)
