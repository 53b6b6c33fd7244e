"""Files of JSON: one value a line, or one value in all of the file."""

import json
from collections.abc import Iterator
from io import BytesIO
from typing import BinaryIO, NamedTuple

MOST_BYTES = 24 << 20  # four times what Lambda takes as an event: spaces and escapes
_MARK = b"\xef\xbb\xbf"  # of the byte order, in front of UTF-8


class LineError(Exception):
    """A line is not what was asked for, and why."""


class Line(NamedTuple):
    """What stands in a line, or in a whole file: then the line is its first one."""

    number: int
    text: bytes
    is_json: bool
    is_too_long: bool


def lines_of(file: BinaryIO) -> Iterator[Line]:
    """Give the lines that hold something, without their ends; all as one where only all of it is JSON.

    Of a line that is too long nothing is given but that it is there.
    """
    first = next(_lines(file, 1, b""), None)
    if first is None:
        return
    text = first.text.removeprefix(_MARK)
    if is_json(text) or first.is_too_long:
        yield Line(first.number, text, not first.is_too_long, first.is_too_long)
        yield from _told(_lines(file, first.number + 1, b""))
        return
    rest = file.read(MOST_BYTES + 1)
    whole = text + b"\n" + rest
    if len(whole) <= MOST_BYTES and is_json(whole):
        yield Line(first.number, whole, is_json=True, is_too_long=False)
        return
    yield Line(first.number, text, is_json=False, is_too_long=False)
    yield from _told(_lines(file, first.number + 1, rest))


def is_json(text: bytes) -> bool:
    """Is the text one JSON value?"""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _told(lines: Iterator[Line]) -> Iterator[Line]:
    return (one._replace(is_json=not one.is_too_long and is_json(one.text)) for one in lines)


def _lines(file: BinaryIO, number: int, begun: bytes) -> Iterator[Line]:
    """Lines of what was read already and of what follows it."""
    for line in BytesIO(begun):
        is_whole = line.endswith(b"\n") or len(line) > MOST_BYTES
        end = b"" if is_whole else file.readline(MOST_BYTES + 1 - len(line))
        yield from _line(file, number, line + end)
        number += 1
    while line := file.readline(MOST_BYTES + 1):
        yield from _line(file, number, line)
        number += 1


def _line(file: BinaryIO, number: int, line: bytes) -> Iterator[Line]:
    is_too_long = len(line) > MOST_BYTES
    end = line
    while is_too_long and end and not end.endswith(b"\n"):
        end = file.readline(MOST_BYTES)
    if text := line.strip():
        yield Line(number, b"" if is_too_long else text, False, is_too_long)
