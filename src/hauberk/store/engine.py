"""DuckDB, held to the memory and the folder that it is given, and to what it has already."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MEMORY = "900MB"
THREADS = 2


def connected(spill: Path) -> "DuckDBPyConnection":
    """Open an engine of its own, which puts what is too much for memory into `spill`."""
    import duckdb  # takes longer to import than most commands run

    connection = duckdb.connect(
        config={
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "memory_limit": MEMORY,
            "preserve_insertion_order": False,
            "temp_directory": str(spill),
            "threads": THREADS,
        }
    )
    return _silent(connection)


def another(connection: "DuckDBPyConnection") -> "DuckDBPyConnection":
    """Open one more connection to the same engine, for another thread; temporary tables are each one's own."""
    return _silent(connection.cursor())


def _silent(connection: "DuckDBPyConnection") -> "DuckDBPyConnection":
    connection.execute("SET enable_progress_bar = false")
    return connection


def files(paths: Iterable[Path], *, by_name: bool = False) -> str:
    """Name Parquet files in a query; `by_name` where they have not all the same columns."""
    listed = ", ".join(quoted(str(path)) for path in paths)
    return f"read_parquet([{listed}]{', union_by_name = true' if by_name else ''})"


def quoted(text: str) -> str:
    """Write a text as SQL does."""
    return "'" + text.replace("'", "''") + "'"
