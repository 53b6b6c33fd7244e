"""A line too long to be held whole, read on: an answer of CloudWatch on one line becomes many of the same form.

Sees:         one answer of any size, of which no event has 16 MB
Does not see: other long lines; bytes that are not UTF-8
"""

import json
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterator
from typing import Any

from hauberk.model import record

MOST_LINE_BYTES = 16 << 20
TOO_LONG = (
    b"\x00" + record.WORD.encode()
)  # stands for a line, or the rest of one, that was not read

_EVENTS = ("events", "logEvents")
_OF_A_LINE = 1 << 20  # characters of events, at least, but in the last line
_SPACE = " \t\r\n"
_BEHIND = frozenset(f",:]}}{_SPACE}")  # a value
_DECODER = json.JSONDecoder()


def answers(more: Callable[[], bytes]) -> Iterator[bytes]:
    """Give a line as lines that each hold some of its events; `more` gives its next bytes, none at its end."""
    try:
        yield from _lines(_Text(more))
    except (ValueError, RecursionError):
        yield TOO_LONG
    while more():
        pass


class _Text:
    """A line of which only what is not yet taken is held."""

    def __init__(self, more: Callable[[], bytes]) -> None:
        self._more = more
        self._decode = getincrementaldecoder("utf-8")("surrogatepass").decode
        self._held, self._at = "", 0
        self._is_whole = False

    def sign(self) -> str:
        """Give the next character that is no space, without taking it; nothing at the end."""
        while True:
            while self._at < len(self._held) and self._held[self._at] in _SPACE:
                self._at += 1
            if self._at < len(self._held) or self._is_whole:
                return self._held[self._at : self._at + 1]
            self._grow()

    def take(self, signs: str) -> str:
        """Take the next character, which is one of these. Raises ValueError."""
        sign = self.sign()
        if not sign or sign not in signs:
            raise ValueError
        self._at += 1
        return sign

    def value(self) -> tuple[Any, str]:
        """Take a value: what it says, and as it is written. Raises ValueError."""
        self.sign()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._held, self._at)
            except ValueError:
                if self._is_whole:
                    raise
            else:
                # A number may go on.
                if self._is_whole or self._held[end : end + 1] in _BEHIND:
                    written, self._at = self._held[self._at : end], end
                    return value, written
            self._grow()

    def _grow(self) -> None:
        self._held, self._at = self._held[self._at :], 0
        if len(self._held) > MOST_LINE_BYTES:
            raise ValueError
        wanted = 2 * len(self._held)  # an event is read anew a few times only, however large it is
        parts = [self._held]
        while len(parts) == 1 or sum(map(len, parts)) < wanted:
            piece = self._more()
            parts.append(self._decode(piece, final=not piece))
            if not piece:
                self._is_whole = True
                break
        self._held = "".join(parts)


def _lines(text: _Text) -> Iterator[bytes]:
    if text.sign() == "[":
        yield from _events(text, "[", "]")
    else:
        yield from _of_object(text)
    if text.sign():
        raise ValueError


def _of_object(text: _Text) -> Iterator[bytes]:
    text.take("{")
    known: dict[str, Any] = {}
    while True:
        key, written = text.value()
        text.take(":")
        if not isinstance(key, str) or key in known:
            raise ValueError
        if key in _EVENTS and text.sign() == "[":
            if not known.keys().isdisjoint(_EVENTS):
                raise ValueError
            known[key] = True
            stream = json.dumps(known.get("logStream"))
            yield from _events(text, f'{{"logStream":{stream},{written}:[', "]}")
        else:
            known[key] = text.value()[0]
        if text.take(",}") == "}":
            break
    if known.keys().isdisjoint(_EVENTS):
        raise ValueError


def _events(text: _Text, head: str, tail: str) -> Iterator[bytes]:
    text.take("[")
    if text.sign() == "]":
        text.take("]")
        return
    events: list[str] = []
    is_last = False
    while not is_last:
        events.append(text.value()[1])
        is_last = text.take(",]") == "]"
        if is_last or sum(map(len, events)) >= _OF_A_LINE:
            line = f"{head}{','.join(events)}{tail}\n"
            yield line.encode(errors="surrogatepass")
            events = []
