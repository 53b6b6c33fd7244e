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

from hauberk.learn.records.long_line import MOST_LINE_BYTES, TOO_LONG, answers
from hauberk.learn.records.message import is_answer

BLOCK_BYTES = 1 << 20
_ANSWERS = [[b"["], [b"{"], [b'"request_id":']]  # the first words of its lines


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
    """Open a file, every file in a folder, or standard input (`-`). Raises LogError."""
    if not name:
        raise LogError("the name of a log is empty; name a file or a folder, `.` for this one")
    if name == "-":
        yield Log("standard input", lambda: _blocks(sys.stdin.buffer))
        return
    path = Path(name)
    files = sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]
    if not files:
        raise LogError(f"{name}: no file is in it; name a folder that holds logs, or a file")
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
    first = b""  # the first line that is not blank
    begun = b""  # the line of which the end is still to come
    while more := file.read(BLOCK_BYTES):
        while len(begun) + (more.find(b"\n") + 1 or len(more)) > MOST_LINE_BYTES:
            rest = _Rest(file, begun, more)
            for line in _long(rest, first):
                first = first or line
                yield line
            begun, more = b"", rest.after
        last = more.rfind(b"\n") + 1
        if last:
            block = begun + more[:last]
            first = first or next((one for one in io.BytesIO(block) if one.strip()), b"")
            yield block
            begun = b""
        begun += more[last:]
    if begun:
        yield begun


def _long(rest: "_Rest", first: bytes) -> Iterator[bytes]:
    """Read a line that is too long: only in a log of answers is it one, whatever a function prints."""
    if first and not is_answer(first):
        while rest():
            pass
        yield TOO_LONG
    else:
        yield from answers(rest)


class _Rest:
    """What is to come of a line, piece by piece; after its end, what follows it."""

    def __init__(self, file: "IO[bytes] | gzip.GzipFile", *read: bytes) -> None:
        self._file = file
        self._read = [one for one in read if one]
        self._is_over = False
        self.after = b""

    def __call__(self) -> bytes:
        if self._is_over:
            return b""
        piece = self._read.pop(0) if self._read else self._file.read(BLOCK_BYTES)
        end = piece.find(b"\n") + 1
        self._is_over = not piece or end > 0
        if end:
            piece, self.after = piece[:end], piece[end:]
        return piece
