"""The messages of a log, however it was saved.

Sees:         text with or without a time and a request or stream before each line; JSON of FilterLogEvents, of
              `aws logs`, of subscriptions, printed on one line or many
Does not see: results of Logs Insights

A log's first line tells its form, and every line is read in that form: in a log of text, what looks like an answer
of CloudWatch is text of the function's. So a stream's name in a message is CloudWatch's own word.
"""

import json
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from hauberk.learn.log import TOO_LONG
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
_TELLING = re.compile(  # in bytes, since most lines of a log are none of these
    rb"INIT_START|RESTORE_|EXTENSION|TELEMETRY|LOGS|RequestId|platform\.|" + record.WORD.encode()
)
_OTHER = [Message("what a function prints")]
_BRACKETS = re.compile(r"[{}\[\]]{1,2},?")
_PAIR = re.compile(r'"(\w+)"[\t ]*:[\t ]*(.*?),?')


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


def parsed(text: str | bytes) -> Any:
    """Read JSON, or raise `Unreadable`; a key that comes twice is somebody's who wrote between our words."""
    try:
        return json.loads(text, object_pairs_hook=_distinct)
    except (ValueError, RecursionError) as error:
        raise Unreadable("broken JSON") from error


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError
    return found


def _text(line: bytes) -> list[Message]:
    if line == TOO_LONG:
        raise Unreadable("too long")
    if not _TELLING.search(line):
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
        text = line.decode(errors="replace").strip()
        if not text:
            return []
        if _BRACKETS.fullmatch(text):
            return self._ended()
        pair = _PAIR.fullmatch(text)
        if pair:
            self._keep(pair[1], pair[2])
            return []
        if not text.startswith('"'):
            raise Mixed("not of the form of its log")
        message = parsed(text.removesuffix(","))
        return [_message(message, None)] if isinstance(message, str) else []

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
