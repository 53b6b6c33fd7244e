"""What records tell of the shapes of inputs, and what these show together. No value is in them."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeGuard

from hauberk.learn.records.message import Unreadable

TYPES = (
    "boolean",
    "integer",
    "number",
    "uuid",
    "date",
    "email",
    "url",
    "address",
    "hex",
    "base64",
    "json",
)
MOST_STRUCTURES = 8
_MOST_SHAPES = 256
_MOST_PATH_CHARACTERS = 256
_MOST_STRUCTURE_CHARACTERS = 64
_MOST_EVENTS = 1 << 40
_MOST_BYTES = 1 << 32


class InputShape(NamedTuple):
    """The shape of an input's values in one environment until then."""

    path: str
    events: int
    types: frozenset[str]  # that each value is; `text`, which all are, left out
    alphabet: frozenset[str]  # kinds of characters
    least: int  # bytes
    most: int
    structures: frozenset[str] | None  # none where any may come


@dataclass(frozen=True, slots=True)
class InputSeen:
    """The shape of an input's values in all environments of a version."""

    path: str
    events: int  # that were looked at
    blocks: int  # hours of the clock in which it was told
    sandboxes: int  # at least so many environments, as in `Seen`
    types: tuple[str, ...]
    alphabet: str
    least: int
    most: int
    structures: tuple[str, ...] | None
    is_settled: bool  # no kind of character, and no structure, came in one sandbox alone


class Telling(NamedTuple):
    """What one record tells, in which environment and when."""

    token: str
    lot: int
    hour: int | None
    shapes: tuple[InputShape, ...]


def read_shapes(given: Any) -> tuple[InputShape, ...]:
    """Read the shapes of a record, or raise `Unreadable`; in the order of their paths."""
    if not isinstance(given, list) or not 0 < len(given) <= _MOST_SHAPES:
        raise Unreadable("wrong types")
    shapes = tuple(sorted((_shape(one) for one in given), key=lambda one: one.path))
    if len({one.path for one in shapes}) < len(shapes):
        raise Unreadable("an input twice")
    return shapes


def shapes_text(shapes: Iterable[InputShape]) -> str:
    """Write shapes as a record has them; the same shapes have the same text."""
    return json.dumps([_document(one) for one in shapes], separators=(",", ":"))


def inputs_seen(tellings: Iterable[Telling]) -> tuple[InputSeen, ...]:
    """Put together what a version's records tell; those of one environment stand together."""
    gathered: dict[str, _Gathered] = {}
    token, events = "", Counter[str]()
    for one in tellings:
        if one.token != token:
            _add_events(gathered, events)
            token, events = one.token, Counter()
        for shape in one.shapes:
            gathered.setdefault(shape.path, _Gathered()).take(one, shape)
            events[shape.path] = max(events[shape.path], shape.events)
    _add_events(gathered, events)
    return tuple(one.seen(path) for path, one in sorted(gathered.items()))


def _add_events(gathered: Mapping[str, "_Gathered"], events: Counter[str]) -> None:
    for path, count in events.items():
        gathered[path].events += count


@dataclass(slots=True)
class _Gathered:
    events: int = 0
    hours: set[int] = field(default_factory=set)
    lots: int = 0  # one bit for each
    types: frozenset[str] = frozenset(TYPES)
    alphabet: dict[str, int] = field(default_factory=dict)  # the lots in which each came
    least: int = _MOST_BYTES
    most: int = 0
    structures: dict[str, int] | None = field(default_factory=dict)

    def take(self, telling: Telling, shape: InputShape) -> None:
        lot = 1 << telling.lot
        self.lots |= lot
        self.hours |= set() if telling.hour is None else {telling.hour}
        self.types &= shape.types
        self.least, self.most = min(self.least, shape.least), max(self.most, shape.most)
        _note(self.alphabet, shape.alphabet, lot)
        if shape.structures is None or self.structures is None:
            self.structures = None
            return
        _note(self.structures, shape.structures, lot)
        if len(self.structures) > MOST_STRUCTURES:
            self.structures = None

    def seen(self, path: str) -> InputSeen:
        marks = [*self.alphabet.values(), *(self.structures or {}).values()]
        return InputSeen(
            path,
            self.events,
            len(self.hours),
            self.lots.bit_count(),
            tuple(one for one in TYPES if one in self.types),
            "".join(sorted(self.alphabet)),
            self.least,
            self.most,
            None if self.structures is None else tuple(sorted(self.structures)),
            all(one.bit_count() > 1 for one in marks),
        )


def _note(marks: dict[str, int], seen: Iterable[str], lot: int) -> None:
    for one in seen:
        marks[one] = marks.get(one, 0) | lot


def _shape(given: Any) -> InputShape:
    if not isinstance(given, dict):
        raise Unreadable("wrong types")
    path, alphabet = given.get("path"), given.get("alphabet")
    if not _is_text(path, _MOST_PATH_CHARACTERS) or not path or not path.isprintable():
        raise Unreadable("not the path of an input")
    if not _is_text(alphabet, 128) or not all(map(_is_kind, alphabet)):
        raise Unreadable("not an alphabet")
    types, structures = given.get("types"), given.get("structure")
    if not isinstance(types, list) or not all(one in TYPES for one in types):
        raise Unreadable("unknown type of a value")
    length = given.get("length")
    if not isinstance(length, list) or len(length) != 2:
        raise Unreadable("wrong types")
    least, most = (_number(one, 0, _MOST_BYTES) for one in length)
    if least > most:
        raise Unreadable("a least length above the most")
    return InputShape(
        path,
        _number(given.get("events"), 1, _MOST_EVENTS),
        frozenset(types),
        frozenset(alphabet),
        least,
        most,
        _structures(structures),
    )


def _structures(given: Any) -> frozenset[str] | None:
    if given is None:
        return None
    if not isinstance(given, list) or len(given) > MOST_STRUCTURES:
        raise Unreadable("wrong types")
    if not all(_is_structure(one) for one in given):
        raise Unreadable("not a structure")
    return frozenset(given)


def _is_structure(one: Any) -> bool:
    return _is_text(one, _MOST_STRUCTURE_CHARACTERS) and all(map(_is_kind, one))


def _document(one: InputShape) -> dict[str, Any]:
    structures = {} if one.structures is None else {"structure": sorted(one.structures)}
    return {
        "path": one.path,
        "events": one.events,
        "types": sorted(one.types),
        "alphabet": "".join(sorted(one.alphabet)),
        "length": [one.least, one.most],
        **structures,
    }


def _is_text(value: Any, most: int) -> TypeGuard[str]:
    return isinstance(value, str) and len(value) <= most


def _is_kind(character: str) -> bool:
    """Whether it stands for a kind of characters: a letter or digit that stands for itself would be a value's."""
    return character in "aA0é" or (character.isascii() and not character.isalnum())


def _number(value: Any, least: int, most: int) -> int:
    if type(value) is not int or not least <= value <= most:
        raise Unreadable("wrong types")
    return value
