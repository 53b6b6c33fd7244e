"""Log files, line by line or in blocks of lines: plain or in .gz, one by one or all of a folder."""

import gzip
import io
import sys
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import IO

from hauberk.model import record

MOST_LINE_BYTES = 16 << 20
BLOCK_BYTES = 1 << 20
_ANSWERS = [[b"["], [b"{"], [b'"request_id":']]  # the first words of its lines
TOO_LONG = b"\x00" + record.WORD.encode()  # stands for a line that was not read


class LogError(Exception):
    """A log cannot be read at all."""


@dataclass(frozen=True, slots=True)
class Log:
    """One log; it is read when its lines or its blocks are asked for."""

    name: str
    _read: Callable[[], Iterator[bytes]]

    def __iter__(self) -> Iterator[bytes]:
        """Give its lines; in the place of one that is too long, TOO_LONG."""
        for block in self.blocks():
            yield from io.BytesIO(block)

    def blocks(self) -> Iterator[bytes]:
        """Give the same, many whole lines at once."""
        blocks, lines = self._read(), 0
        try:
            for number, block in enumerate(blocks):
                if not number:
                    _refuse_answers(block, self.name)
                yield block
                lines += block.count(b"\n")
        except (OSError, EOFError, zlib.error) as error:
            what = str(getattr(error, "strerror", None) or error).lower()
            where = f"after line {lines:,}: " if lines else ""
            raise LogError(
                f"{self.name}: {where}{what}; name log files that can be read"
            ) from error


def opened(name: str) -> Iterator[Log]:
    """Open a file, every file in a folder, or standard input (`-`)."""
    if name == "-":
        yield Log("standard input", lambda: _blocks(sys.stdin.buffer))
        return
    path = Path(name)
    files = sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]
    for file in files:
        yield Log(str(file), partial(_blocks_of, file))


def _refuse_answers(block: bytes, name: str) -> None:
    first = islice(io.BytesIO(block), len(_ANSWERS))
    if [one.split()[:1] for one in first] == _ANSWERS:
        raise LogError(
            f"{name}: not a log, but answers that `hauberk local` printed with --format json; "
            "run it without --format json and keep its log: `2> first.log`"
        )


def _blocks_of(file: Path) -> Iterator[bytes]:
    with file.open("rb") as raw:
        is_packed = raw.peek(2)[:2] == b"\x1f\x8b"
        if not is_packed:
            yield from _blocks(raw)
            return
        with gzip.open(raw) as unpacked:
            yield from _blocks(unpacked)


def _blocks(file: "IO[bytes] | gzip.GzipFile") -> Iterator[bytes]:
    begun, is_lost = (
        b"",
        False,
    )  # the line of which the end is still to come; whether it is too long
    while more := file.read(BLOCK_BYTES):
        end = more.find(b"\n") + 1
        if is_lost or len(begun) + (end or len(more)) > MOST_LINE_BYTES:
            is_lost = not end
            if end:
                yield TOO_LONG
            begun, more = b"", more[end:] if end else b""
        last = more.rfind(b"\n") + 1
        if last:
            yield begun + more[:last]
            begun = b""
        begun += more[last:]
    if is_lost or len(begun) >= MOST_LINE_BYTES:
        yield TOO_LONG
    elif begun:
        yield begun
