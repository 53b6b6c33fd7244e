"""What an expression may be, as far as the code tells: a set of these values; an empty set is never reached."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hauberk.scan.scope import Scope
from hauberk.scan.text import Hole, Text

if TYPE_CHECKING:
    from hauberk.scan.frame import Frame

MOST_VALUES = 12
MOST_HELD = 1_000


@dataclass(frozen=True, slots=True)
class Unknown:
    """Anything."""

    source: str = ""


@dataclass(frozen=True, slots=True)
class Flag:
    """`True`, `False` or `None`."""

    value: bool | None


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number."""

    value: int


@dataclass(frozen=True, slots=True)
class External:
    """What a module that is not followed calls so: `boto3.client`, `os.environ`."""

    name: str


@dataclass(frozen=True, slots=True)
class Made:
    """An object that an external call made, and what it was made of."""

    type: str
    of: tuple[tuple[str, Values], ...] = ()

    def get(self, name: str) -> Values:
        """Give what it was made of by a name."""
        return dict(self.of).get(name, UNKNOWN)

    def text(self, name: str) -> str:
        """Give a part that is known whole; else an empty text."""
        found = [one.whole for one in self.get(name) if isinstance(one, Text)]
        return found[0] or "" if len(found) == 1 else ""


@dataclass(frozen=True, slots=True)
class Bound:
    """A method of an external object, or of a text."""

    of: Value
    name: str


@dataclass(frozen=True, slots=True)
class Items:
    """A list or tuple, item by item."""

    values: tuple[Values, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A dictionary whose keys are known."""

    entries: tuple[tuple[str, Values], ...]
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class ModuleOf:
    """A module of the package, or one of its folders."""

    name: str


@dataclass(frozen=True, slots=True)
class Arguments:
    """What a call passes on."""

    positional: tuple[Values, ...] = ()
    named: tuple[tuple[str, Values], ...] = ()
    is_whole: bool = True  # no `*more`, `**more` that is not known

    def get(self, position: int | None, *names: str) -> Values | None:
        """Give an argument by its place or one of its names; None where it is not given."""
        if position is not None and position < len(self.positional):
            return self.positional[position]
        return next((value for name, value in self.named if name in names), None)


@dataclass(frozen=True, slots=True)
class Called:
    """A function or a class of the package; `frame` is where it was defined."""

    scope: Scope
    self: Value | None = None
    home: Frame | None = None  # that it was defined in


@dataclass(frozen=True, slots=True)
class Instance:
    """An object of a class of the package, and what it was made with."""

    scope: Scope
    arguments: Arguments = field(default_factory=Arguments)
    home: Frame | None = None  # where its class was defined


Value = (
    Unknown
    | Flag
    | Number
    | Text
    | External
    | Made
    | Bound
    | Items
    | Table
    | ModuleOf
    | Called
    | Instance
)
Values = frozenset[Value]

UNKNOWN: Values = frozenset((Unknown(),))
NOTHING: Values = frozenset((Flag(None),))


def some_of(values: Values) -> Values:
    """Give what has some of these for its items, nobody knows how many and in which order."""
    return frozenset((Made("each", (("element", values),)),))


def light(value: Value) -> Values:
    """Give a value; anything, where it holds too much to be compared."""
    count, waiting = 0, [value]
    while waiting:
        count += 1
        if count > MOST_HELD:
            return UNKNOWN
        waiting += [inner for values in _held(waiting.pop()) for inner in values]
    return frozenset((value,))


def _held(value: Value) -> Iterable[Values]:
    if isinstance(value, Items):
        return value.values
    if isinstance(value, Table):
        return [one for _, one in value.entries]
    if isinstance(value, Made):
        return [one for _, one in value.of]
    if isinstance(value, Bound):
        return [frozenset((value.of,))]
    if isinstance(value, Instance):
        return [*value.arguments.positional, *(one for _, one in value.arguments.named)]
    return [frozenset((value.self,))] if isinstance(value, Called) and value.self else ()


def either(parts: Iterable[Values]) -> Values:
    """Give what one or another may be; anything, where that is too much."""
    found: set[Value] = set()
    for part in parts:
        found |= part
        if len(found) > MOST_VALUES:
            return frozenset(sorted(found, key=repr)[:MOST_VALUES]) | UNKNOWN
    return frozenset(found) or UNKNOWN


def text(value: Value) -> Text:
    """Give a value as a text."""
    if isinstance(value, Text):
        return value
    if isinstance(value, Number):
        return Text((str(value.value),))
    if isinstance(value, Made) and value.type == "path":
        return next((text(one) for one in value.get("text")), Text((Hole(),)))
    if isinstance(value, Made) and value.type == "typed":
        return Text((Hole(value.text("type")),))
    return Text((Hole("", value.source if isinstance(value, Unknown) else ""),))


def choices(parts: Iterable[Values]) -> list[tuple[Text, ...]]:
    """Give the texts that each part may be; where there are too many ways to put them together, nothing is known."""
    found = [texts(one) or (Text((Hole(),)),) for one in parts]
    total = 1
    for one in found:
        total *= len(one)
    return (
        found
        if total <= MOST_VALUES
        else [one if len(one) == 1 else (Text((Hole(),)),) for one in found]
    )


def texts(values: Values | None) -> tuple[Text, ...]:
    """Give all texts that a value may be, without repetition; `None` is none."""
    found = [text(one) for one in values or () if one != Flag(None)]
    return tuple(dict.fromkeys(sorted(found, key=repr)))
