"""YAML, read strictly: one document, no duplicate keys, no anchors, no tags, all within bounds.

A plain word is text unless it is a whole number, `true`, `false` or `null`: `off` stays `off`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from hauberk.policy.problem import PolicyError, Problem, shortened

MOST_BYTES = 4 << 20
MOST_DEPTH = 12
MOST_NODES = 400_000

Path = tuple[str | int, ...]

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,17})")


@dataclass(frozen=True, slots=True)
class Node:
    """Where a value stands: its lines and columns count from 0, `line` (of its key) from 1."""

    line: int
    start: tuple[int, int]
    end: tuple[int, int]
    is_flow: bool


@dataclass(frozen=True, slots=True)
class Tree:
    """A document: its plain value, and where each part of it stands."""

    value: Any
    nodes: dict[Path, Node]

    def line(self, path: Path) -> int:
        """The line of `path`, or of the nearest part around it that has one."""
        while path and path not in self.nodes:
            path = path[:-1]
        return self.nodes[path].line


@dataclass(slots=True)
class _Open:
    path: Path
    container: dict[str, Any] | list[Any]
    line: int
    start: tuple[int, int]
    is_flow: bool
    key: str | None = None
    key_line: int = 0


class _Refused(Exception):
    def __init__(self, line: int, what: str, remedy: str) -> None:
        super().__init__(what)
        self.problem = Problem(line, what, remedy)


@dataclass(slots=True)
class _Builder:
    value: Any = None
    documents: int = 0
    end: tuple[int, int] = (0, 0)
    nodes: dict[Path, Node] = field(default_factory=dict)
    stack: list[_Open] = field(default_factory=list)
    count: int = 0

    def take(self, event: Any) -> None:
        _refuse_tricks(event)
        if isinstance(event, yaml.DocumentStartEvent):
            self._document(event)
        elif isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
        elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            self._start(event)
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            self._finish(event)

    def _document(self, event: Any) -> None:
        self.documents += 1
        if self.documents > 1:
            raise _Refused(_line(event), "a second document", "keep one, without `---` after it")

    def _scalar(self, event: Any) -> None:
        parent = self.stack[-1] if self.stack else None
        self._limit(event)
        if parent and isinstance(parent.container, dict) and parent.key is None:
            self._key(parent, event)
            return
        start, self.end = _position(event.start_mark), _position(event.end_mark)
        path, line = self._place(event)
        self.nodes[path] = Node(line, start, self.end, is_flow=True)
        self._put(_resolved(event))

    def _key(self, parent: _Open, event: Any) -> None:
        if event.value in parent.container:
            first = self.nodes[(*parent.path, event.value)].line
            what = f"`{shortened(event.value)}` is here twice (first on line {first})"
            raise _Refused(_line(event), what, "keep one of the two")
        parent.key, parent.key_line = event.value, _line(event)

    def _start(self, event: Any) -> None:
        parent = self.stack[-1] if self.stack else None
        self._limit(event)
        if len(self.stack) >= MOST_DEPTH:
            what = f"nested more than {MOST_DEPTH} levels deep"
            raise _Refused(_line(event), what, "a policy needs no more than 7")
        if parent and isinstance(parent.container, dict) and parent.key is None:
            raise _Refused(_line(event), "a key that is not text", "use a name as the key")
        path, line = self._place(event)
        container: dict[str, Any] | list[Any]
        container = {} if isinstance(event, yaml.MappingStartEvent) else []
        start = _position(event.start_mark)
        self.stack.append(_Open(path, container, line, start, bool(event.flow_style)))

    def _finish(self, event: Any) -> None:
        done = self.stack.pop()
        if done.is_flow:
            self.end = _position(event.end_mark)
        self.nodes[done.path] = Node(done.line, done.start, self.end, done.is_flow)
        self._put(done.container)

    def _limit(self, event: Any) -> None:
        self.count += 1
        if self.count > MOST_NODES:
            raise _Refused(_line(event), f"more than {MOST_NODES} values", "split the file")

    def _place(self, event: Any) -> tuple[Path, int]:
        if not self.stack:
            return (), _line(event)
        parent = self.stack[-1]
        if isinstance(parent.container, list):
            return (*parent.path, len(parent.container)), _line(event)
        return (*parent.path, parent.key or ""), parent.key_line

    def _put(self, value: Any) -> None:
        if not self.stack:
            self.value = value
            return
        parent = self.stack[-1]
        if isinstance(parent.container, list):
            parent.container.append(value)
            return
        parent.container[parent.key or ""] = value
        parent.key = None


def parse(content: bytes, where: str) -> Tree:
    """Read `content` whole, or refuse it."""
    if len(content) > MOST_BYTES:
        what = f"larger than {MOST_BYTES >> 20} MB"
        raise PolicyError(where, [Problem(0, what, "split it: one file for each account or team")])
    text = _decoded(content, where)
    builder = _Builder()
    try:
        for event in _events(text):
            builder.take(event)
    except _Refused as refused:
        raise PolicyError(where, [refused.problem]) from refused
    except yaml.YAMLError as error:
        raise PolicyError(where, [_unreadable(error, text)]) from error
    if () not in builder.nodes:
        raise PolicyError(where, [Problem(0, "empty", "begin it with `hauberk: 1`")])
    return Tree(builder.value, builder.nodes)


def _events(text: str) -> Iterator[Any]:
    events: Iterator[Any] = yaml.parse(text, Loader=_LOADER)
    return events


def _decoded(content: bytes, where: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise PolicyError(where, [Problem(line, "not UTF-8 text", "save it as UTF-8")]) from error


def _refuse_tricks(event: Any) -> None:
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        raise _Refused(
            _line(event),
            "an anchor or alias (`&`, `*`)",
            "write the value out in full; quote a pattern",
        )
    if getattr(event, "tag", None):
        raise _Refused(
            _line(event),
            f"a tag, `{shortened(event.tag)}`",
            "remove it; quote text that begins with `!`",
        )


def _resolved(event: Any) -> Any:
    text: str = event.value
    if any("\ud800" <= one <= "\udfff" or one == "\0" for one in text):
        raise _Refused(_line(event), "text with NUL or half a character", "remove it")
    if event.style:
        return text
    if text in _WORDS:
        return _WORDS[text]
    return int(text) if _NUMBER.fullmatch(text) else text


def _unreadable(error: yaml.YAMLError, text: str) -> Problem:
    mark = getattr(error, "problem_mark", None)
    position = getattr(error, "position", None)
    line = mark.line + 1 if mark else text.count("\n", 0, position) + 1 if position else 0
    said = getattr(error, "problem", None) or getattr(error, "reason", None) or "cannot be read"
    context = str(getattr(error, "context", ""))
    remedy = "correct the text around this line"
    if "alias" in context or "anchor" in context:
        remedy = "put a pattern that begins with `*` in quotes"
    return Problem(line, f"not YAML: {shortened(str(said))}", remedy)


def _position(mark: Any) -> tuple[int, int]:
    return mark.line, mark.column


def _line(event: Any) -> int:
    line: int = event.start_mark.line + 1
    return line
