"""A part of a log becomes rows, wherever it is read: in this process, or in another one beside it.

What a part alone does not tell, its log tells: how its lines are read, and whether its announcements are believed.
"""

from collections.abc import Iterable, Iterator
from functools import partial
from io import BytesIO
from itertools import groupby
from typing import NamedTuple

from hauberk.learn.records.announcement import Witness
from hauberk.learn.records.log import Log
from hauberk.learn.records.message import Reader, reader_after
from hauberk.learn.records.notes import Notes
from hauberk.learn.records.walk import walk
from hauberk.store.row import Stated, rows_of, vouched


class Part(NamedTuple):
    """Lines of a log: where they stand, and how they are read where they are not its first."""

    log: int  # which of all logs
    name: str
    first_line: int
    reader: Reader | None
    lines: bytes


class Read(NamedTuple):
    """What a part shows: its rows, each written as a line, and what it holds for the witness of its log."""

    rows: list[str]
    notes: Notes
    stated: Stated


def parts(logs: Iterable[Iterable[bytes]]) -> Iterator[Part]:
    """Give logs in parts; one that is no more than its lines, line by line."""
    for number, log in enumerate(logs):
        named = log if isinstance(log, Log) else Log(f"log {number + 1}", partial(iter, log))
        reader: Reader | None = None
        before, line = b"", 1
        for block in named.blocks():
            if before:
                reader = reader_after(before, reader)
                line += before.count(b"\n")
            yield Part(number, named.name, line, reader, block)
            before = block


def read(part: Part) -> Read:
    """Read a part. Answers for every line."""
    notes = Notes()
    stated: Stated = {}
    found = walk(BytesIO(part.lines), notes, part.reader)
    return Read([row.line() for row in rows_of(found, stated)], notes, stated)


def row_lines(results: Iterable[tuple[Part, Read]]) -> Iterator[list[str]]:
    """Give the rows of all parts, and behind each log's those of what it vouches for."""
    for _, log in groupby(results, key=lambda one: one[0].log):
        witness = Witness()
        stated: Stated = {}
        for _, one in log:
            yield one.rows
            one.notes.told(witness)
            for environment, at_ms in one.stated.items():
                stated.setdefault(environment, at_ms)
        yield [row.line() for row in vouched(witness, stated)]
