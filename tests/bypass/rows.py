"""Every technique of the suite: techniques by which code acts, and the wall that sees each."""

from __future__ import annotations

from code_rows import CODES
from file_rows import FILES
from network_rows import ADDRESSES, HOSTS
from process_rows import PROCESSES
from technique import Row

ROWS: dict[str, tuple[Row, ...]] = {
    "process": PROCESSES,
    "file": FILES,
    "address": ADDRESSES,
    "host": HOSTS,
    "code": CODES,
}
CASES = [(kind, row) for kind, rows in ROWS.items() for row in rows]
