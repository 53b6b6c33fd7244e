"""The messages of a log, however it was saved.

Sees:         text with or without a time and a request or stream before each line; JSON of FilterLogEvents, of
              `aws logs`, of subscriptions, printed on one line (of any size: `long_line.py`) or many
Does not see: results of Logs Insights

A log's first line tells its form, and every line is read in that form: in a log of text, what looks like an answer
of CloudWatch is text of the function's. So a stream's name in a message is CloudWatch's own word.
"""

import json
import re
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from typing import Any, NamedTuple

from hauberk.learn.records.long_line import TOO_LONG
from hauberk.model import record


class Message(NamedTuple):
    """One event of a log: its text, and its log stream where the form of the log names it."""

    text: str
    stream: str | None = None


class Unreadable(Exception):
    """A line cannot be read, or holds the word of records but none that can be read."""


class Mixed(Unreadable):
    """A line has not the form of its log."""


Reader = Callable[[bytes], list[Message]]

_TIME = r"\d{4}-\d\d-\d\dT[0-9:.,+-]{8,24}Z?"
_REQUEST = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_STREAM = r"\d{4}/\d\d/\d\d/\S{1,200}"
_PREFIX = re.compile(rf"(?:{_TIME}[\t ]+)?(?:(?:{_REQUEST}|{_STREAM})[\t ]+)?")
_WORD = record.WORD.encode()
# In bytes, since most lines of a log are none of these.
_TELLING = re.compile(rb"INIT_START|RESTORE_|EXTENSION|TELEMETRY|LOGS|RequestId|platform\.")
_OTHER = [Message("what a function prints")]
_BRACKETS = re.compile(r"[{}\[\]]{1,2},?")
_KEY = re.compile(r'"(\w+)"[\t ]*:[\t ]*')
_IDLE = (b'"timestamp": ', b'"ingestionTime": ', b'"eventId": ')  # most lines of such a log


def reader(first: bytes) -> Reader:
    """Choose how a log is read by its first line that is not blank."""
    start = first.strip()
    if start in (b"{", b"[") or start.startswith(b'"'):
        return _Printed().read
    try:
        _events(parsed(start))
    except Unreadable:
        return _text
    return _answer


def is_answer(first: bytes) -> bool:
    """Whether a log with this first line has answers of CloudWatch, each on a line."""
    return reader(first) is _answer


def reader_after(block: bytes, read: Reader | None) -> Reader | None:
    """Say how a log is read behind a block of its lines, `read` being how the block was."""
    if read is None:
        first = next((one for one in BytesIO(block) if one.strip()), None)
        if first is None:
            return None
        read = reader(first)
    printed = getattr(read, "__self__", None)
    return printed.after(block).read if isinstance(printed, _Printed) else read


def parsed(text: str | bytes) -> Any:
    """Read JSON, or raise `Unreadable`; a key that comes twice is somebody's who wrote between our words."""
    try:
        if isinstance(text, bytes):
            text = text.decode(json.detect_encoding(text), "surrogatepass")
        value, end = _DECODER.raw_decode(text)
        return value if end == len(text) else _DECODER.decode(text)
    except (ValueError, RecursionError) as error:
        raise Unreadable("broken JSON") from error


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError
    return found


_DECODER = json.JSONDecoder(object_pairs_hook=_distinct)  # to make one takes as long as a record


def _text(line: bytes) -> list[Message]:
    if line == TOO_LONG:
        raise Unreadable("too long")
    if _WORD not in line and not _TELLING.search(line):
        return _OTHER if line.strip() else []
    text = line.decode(errors="replace").strip()
    prefix = _PREFIX.match(text)
    return [Message(text[prefix.end() :] if prefix else text)]


def _answer(line: bytes) -> list[Message]:
    if line == TOO_LONG:
        raise Unreadable("too long")
    start = line.strip()
    if not start:
        return []
    if not start.startswith((b"{", b"[")):
        raise Mixed("not of the form of its log")
    return _events(parsed(start))


class _Printed:
    """JSON over many lines: the messages in it, each with the stream that its event names."""

    def __init__(self) -> None:
        self._event: dict[str, str] = {}
        self._of_all: str | None = None

    def read(self, line: bytes) -> list[Message]:
        start = line.lstrip()
        if start.startswith(_IDLE):
            return []
        text = start.decode(errors="replace").strip()
        if not text:
            return []
        if _BRACKETS.fullmatch(text):
            return self._ended()
        key = _KEY.match(text)
        if key:
            self._keep(key[1], text[key.end() :].removesuffix(","))
            return []
        if not text.startswith('"'):
            raise Mixed("not of the form of its log")
        message = parsed(text.removesuffix(","))
        return [_message(message, None)] if isinstance(message, str) else []

    def after(self, block: bytes) -> "_Printed":
        """Give what is known behind a block of lines: of the event that goes on there, and of all events."""
        later, lines = _Printed(), block.split(b"\n")
        later._event, later._of_all = dict(self._event), self._of_all
        ended = next((at for at in range(len(lines), 0, -1) if _is_end(lines[at - 1])), 0)
        for line in lines[:ended]:
            if b'"logStream"' in line:
                later._note(line)
        if ended:
            later._event = {}
        for line in lines[ended:]:
            later._note(line)
        return later

    def _note(self, line: bytes) -> None:
        text = line.decode(errors="replace").strip()
        if key := _KEY.match(text):
            with suppress(Unreadable):
                self._keep(key[1], text[key.end() :].removesuffix(","))

    def _keep(self, key: str, value: str) -> None:
        if key not in ("message", "logStreamName", "logStream"):
            return
        said = parsed(value)
        if not isinstance(said, str):
            return
        if key == "logStream":
            self._of_all = said
        else:
            self._event[key] = said

    def _ended(self) -> list[Message]:
        event, self._event = self._event, {}
        if "message" not in event:
            return []
        return [_message(event["message"], event.get("logStreamName", self._of_all))]


def _is_end(line: bytes) -> bool:
    return _BRACKETS.fullmatch(line.decode(errors="replace").strip()) is not None


def _events(value: Any) -> list[Message]:
    """The events of an answer of CloudWatch; not a line that a function's own logger wrote."""
    if isinstance(value, list):
        return _messages(value, None)
    if isinstance(value, dict):
        for key in ("events", "logEvents"):
            if isinstance(value.get(key), list):
                return _messages(value[key], value.get("logStream"))
        if "message" in value and isinstance(value.get("timestamp"), int) and "level" not in value:
            return _messages([value], None)
    raise Mixed("not of the form of its log")


def _messages(events: list[Any], stream: object) -> list[Message]:
    found = []
    for event in events:
        if isinstance(event, str):
            found.append(_message(event, None))
        elif isinstance(event, dict) and isinstance(event.get("message"), str):
            found.append(_message(event["message"], event.get("logStreamName", stream)))
    return found


def _message(text: str, stream: object) -> Message:
    return Message(text.strip(), stream if isinstance(stream, str) else None)
