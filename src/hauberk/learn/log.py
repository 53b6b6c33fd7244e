"""Logs, line by line, however they were saved, and what in a line may be a record.

Sees:         Lambda's own lines, with or without a time and a request or stream before them;
              JSON of FilterLogEvents, of `aws logs`, of subscriptions; the same in .gz
Does not see: results of Logs Insights; records that stand inside another text, since whoever sends
              a function something that it logs could put one there
"""

import gzip
import json
import re
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from hauberk.model import record

MOST_LINE_BYTES = 16 << 20
MOST_RECORD_CHARACTERS = record.MOST_BYTES
TOO_LONG = b"\x00" + record.WORD.encode()  # stands for a line that was not read

Candidate = dict[str, Any] | str  # a record's document, or the text of one

_WORD = record.WORD.encode()
_TIME = r"\d{4}-\d\d-\d\dT[0-9:.,+-]{8,24}Z?"
_REQUEST = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_STREAM = r"\d{4}/\d\d/\d\d/\S{1,200}"
_PREFIX = re.compile(rf"(?:{_TIME}[\t ]+)?(?:(?:{_REQUEST}|{_STREAM})[\t ]+)?(?=[\[{{])")
_PRETTY = re.compile(r'[\t ]*(?:"message"[\t ]*:[\t ]*)?(?=")')


class LogError(Exception):
    """A log cannot be read at all."""


class Unreadable(Exception):
    """A line holds the word of records but none that can be read."""


def lines(name: str) -> Iterator[bytes]:
    """Read the lines of a file, of every file in a folder, or of standard input (`-`)."""
    if name == "-":
        yield from _bounded(sys.stdin.buffer)
        return
    path = Path(name)
    files = sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]
    for file in files:
        try:
            yield from _lines_of(file)
        except (OSError, EOFError, zlib.error) as error:
            what = str(getattr(error, "strerror", None) or error).lower()
            raise LogError(f"{file}: {what}; name log files that can be read") from error


def candidates(line: bytes) -> list[Candidate]:
    """Take from a line what claims to be a record; raise where the line cannot be read."""
    if _WORD not in line:
        return []
    if line == TOO_LONG:
        raise Unreadable("too long")
    text = line.decode(errors="replace").strip()
    prefix = _PREFIX.match(text)
    if prefix:
        return _claims(_parsed(text[prefix.end() :]))
    pretty = _PRETTY.match(text)
    if pretty is None:
        raise Unreadable("not a record of its own")
    message = _parsed(text[pretty.end() :].removesuffix(","))
    return [message] if isinstance(message, str) else []


def document(candidate: Candidate) -> dict[str, Any]:
    """Read the document of a candidate, or raise `Unreadable`."""
    if isinstance(candidate, dict):
        return candidate
    if len(candidate) > MOST_RECORD_CHARACTERS:
        raise Unreadable("too long")
    value = _parsed(candidate)
    if not isinstance(value, dict) or value.get("hauberk") != record.WORD:
        raise Unreadable("not a record of its own")
    return value


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


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unreadable("broken JSON") from error


def _claims(value: Any) -> list[Candidate]:
    if isinstance(value, dict) and value.get("hauberk") == record.WORD:
        return [value]
    messages = (one.get("message") if isinstance(one, dict) else one for one in _events(value))
    return [one for one in messages if isinstance(one, str) and record.WORD in one]


def _events(value: Any) -> list[Any]:
    """The events of an answer of CloudWatch; not a line that a function's own logger wrote."""
    if isinstance(value, list):
        return value
    for key in ("events", "logEvents"):
        events = value.get(key)
        if isinstance(events, list):
            return events
    if "message" in value and isinstance(value.get("timestamp"), int) and "level" not in value:
        return [value]
    raise Unreadable("not a record of its own")
