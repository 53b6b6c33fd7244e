"""Log files, line by line: plain or in .gz, one by one or all of a folder."""

import gzip
import sys
import zlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import IO

from hauberk.model import record

MOST_LINE_BYTES = 16 << 20
_ANSWERS = [[b"["], [b"{"], [b'"request_id":']]  # the first words of its lines
TOO_LONG = b"\x00" + record.WORD.encode()  # stands for a line that was not read


class LogError(Exception):
    """A log cannot be read at all."""


def opened(name: str) -> Iterator[Iterator[bytes]]:
    """Open a file, every file in a folder, or standard input (`-`), and give the lines of each."""
    if name == "-":
        yield _not_answers(_bounded(sys.stdin.buffer), "standard input")
        return
    path = Path(name)
    files = sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]
    for file in files:
        yield _told(file)


def _told(file: Path) -> Iterator[bytes]:
    try:
        yield from _not_answers(_lines_of(file), str(file))
    except (OSError, EOFError, zlib.error) as error:
        what = str(getattr(error, "strerror", None) or error).lower()
        raise LogError(f"{file}: {what}; name log files that can be read") from error


def _not_answers(lines: Iterator[bytes], where: str) -> Iterator[bytes]:
    first = list(islice(lines, len(_ANSWERS)))
    if [one.split()[:1] for one in first] == _ANSWERS:
        raise LogError(
            f"{where}: not a log, but answers that `hauberk local` printed with --format json; "
            "run it without --format json and keep its log: `2> first.log`"
        )
    yield from first
    yield from lines


def _lines_of(file: Path) -> Iterator[bytes]:
    with file.open("rb") as raw:
        is_packed = raw.peek(2)[:2] == b"\x1f\x8b"
        if not is_packed:
            yield from _bounded(raw)
            return
        with gzip.open(raw) as unpacked:
            yield from _bounded(unpacked)


def _bounded(file: "IO[bytes] | gzip.GzipFile") -> Iterator[bytes]:
    while line := file.readline(MOST_LINE_BYTES):
        if line.endswith(b"\n") or len(line) < MOST_LINE_BYTES:
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = file.readline(MOST_LINE_BYTES)
        yield TOO_LONG
