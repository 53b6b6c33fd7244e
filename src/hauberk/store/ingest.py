"""Rows become segments: each row once, however often and in whatever order it comes.

A row is known by all that it holds. The store adds `news`, by which invocations are counted later without looking at
all of them: whether the row is the first of its invocation (4), of that and its kind (2), of that and its activity (1).
"""

from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from hauberk.store import segment
from hauberk.store.engine import quoted
from hauberk.store.row import TYPES, Row, Sort
from hauberk.store.segment import Segment, day_name

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

ROWS_AT_ONCE = 400_000
LEAST_ROWS_OF_A_DAY = 50_000  # for a segment of its own
ORDER = "sort, function, token, request, at_ms, id"
FORMAT = "FORMAT parquet, COMPRESSION zstd"

_COLUMNS = ", ".join(f'"{name}"' for name in TYPES)
_INVOCATION = "day, function, version, token, request"
_NEWS = f"""
    CASE WHEN sort > {Sort.STATUS.value} THEN 0 ELSE
      4 * (row_number() OVER (PARTITION BY sort <= {Sort.STATUS.value}, {_INVOCATION} ORDER BY is_new) = 1)::INTEGER
      + CASE WHEN sort > {Sort.ATTACKED_ACTIVITY.value} THEN 0 ELSE
        2 * (row_number() OVER (PARTITION BY {_INVOCATION}, kind ORDER BY is_new) = 1)::INTEGER
        + (row_number() OVER (PARTITION BY {_INVOCATION}, kind, operation, target ORDER BY is_new) = 1)::INTEGER
      END END"""


class Ingest:
    """Takes rows and writes segments; `flushed` says that a batch of them is in the store."""

    def __init__(
        self,
        connection: "DuckDBPyConnection",
        folder: Path,
        swap: Lock,
        rows_at_once: int = ROWS_AT_ONCE,
    ) -> None:
        self._connection = connection
        self._folder = folder
        self._swap = swap  # held while segments are named, read and made
        self._batch = segment.draft(folder, "batch")
        self._file = self._batch.open("w", encoding="ascii")
        self._rows_at_once = rows_at_once
        self._rows = 0

    def add(self, row: Row) -> bool:
        """Take one row; true where a batch went into the store with it."""
        return self.take([row.line()])

    def take(self, lines: list[str]) -> bool:
        """Take rows, each written as a line; true where a batch went into the store with one of them."""
        has_stored = False
        while lines:
            room = self._rows_at_once - self._rows
            now, lines = lines[:room], lines[room:]
            self._file.write("\n".join([*now, ""]))
            self._rows += len(now)
            if self._rows == self._rows_at_once:
                self.flush()
                has_stored = True
        return has_stored

    def flush(self) -> None:
        """Put all rows so far into the store."""
        self._file.flush()
        if self._rows:
            with self._swap:
                self._store()
        self._file.seek(0)
        self._file.truncate()
        self._rows = 0

    def close(self) -> None:
        """Forget the rows that are not in the store."""
        self._file.close()
        self._batch.unlink(missing_ok=True)

    def _store(self) -> None:
        columns = "{" + ", ".join(f"{name}: {quoted(kind)}" for name, kind in TYPES.items()) + "}"
        batch = f"read_json({quoted(str(self._batch))}, format = 'newline_delimited', columns = {columns})"
        sql = self._connection.execute
        sql(f"CREATE OR REPLACE TEMP TABLE batch AS SELECT DISTINCT * FROM {batch}")
        days = [day for (day,) in sql("SELECT DISTINCT day FROM batch").fetchall()]
        names = {day_name(day) for day in days}
        known = [one for one in segment.segments(self._folder) if one.holds_any_of(names)]
        self._find_new(known)
        for chosen in self._shares():
            self._write(chosen)

    def _find_new(self, known: list[Segment]) -> None:
        """Leave out what segments hold, and see of which invocations the rest is the first row."""
        paths = [self._folder / one.name for one in known]
        same = "WHERE token IN (SELECT DISTINCT token FROM batch)"
        held = f"SELECT {_COLUMNS} FROM {segment.source(paths) if paths else 'batch LIMIT 0'}"
        held += f" {same}" if paths else ""
        self._connection.execute(
            f"""
            CREATE OR REPLACE TEMP TABLE held AS {held};
            CREATE OR REPLACE TEMP TABLE fresh AS
              WITH added AS (SELECT * FROM batch EXCEPT SELECT * FROM held),
                every AS (SELECT *, false AS is_new FROM held UNION ALL SELECT *, true FROM added)
              SELECT * EXCLUDE (is_new) FROM
                (SELECT *, ({_NEWS})::UTINYINT AS news FROM every) WHERE is_new"""
        )

    def _shares(self) -> list[str]:
        """Choose which rows make a segment: a day with many rows has its own, the others share one."""
        counted = self._connection.execute(
            "SELECT day, count(*) FROM fresh GROUP BY day"
        ).fetchall()
        large = [day for day, rows in counted if day is not None and rows >= LEAST_ROWS_OF_A_DAY]
        small = [day for day, _ in counted if day is not None and day not in set(large)]
        shares = [f"day = {day}" for day in sorted(large)]
        if small:
            shares.append(f"day IN ({', '.join(map(str, small))})")
        if len(large) + len(small) < len(counted):
            shares.append("day IS NULL")
        return shares

    def _write(self, chosen: str) -> None:
        draft = segment.draft(self._folder, "segment")
        sql = self._connection.execute
        counted = sql(f"SELECT min(day), max(day), count(*) FROM fresh WHERE {chosen}").fetchone()
        if counted is None:
            return
        sql(f"COPY (FROM fresh WHERE {chosen} ORDER BY {ORDER}) TO {quoted(str(draft))} ({FORMAT})")
        segment.commit(draft, day_name(counted[0]), day_name(counted[1]), counted[2])
