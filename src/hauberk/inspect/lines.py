"""Lines of files, each of bounded length."""

from collections.abc import Iterator
from typing import BinaryIO

MOST_BYTES = 24 << 20  # four times what Lambda takes as an event: spaces and escapes


class LineError(Exception):
    """A line cannot be inspected, and why."""


def lines_of(file: BinaryIO) -> Iterator[bytes]:
    """Give the lines that hold something, without their ends; raises LineError."""
    number = 0
    while line := file.readline(MOST_BYTES + 1):
        number += 1
        if len(line) > MOST_BYTES:
            raise LineError(
                f"line {number} has more than {MOST_BYTES:,} bytes; put one event on each line"
            )
        if text := line.strip():
            yield text
