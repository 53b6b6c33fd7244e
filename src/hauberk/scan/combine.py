"""Values put together: texts, lists, patterns with `%`; what a loop takes of them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from hauberk.scan.scope import Change
from hauberk.scan.text import Hole, Text, joined, text_of
from hauberk.scan.value import (
    UNKNOWN,
    External,
    Items,
    Made,
    Table,
    Unknown,
    Value,
    Values,
    choices,
    either,
    texts,
)

MOST_ITEMS = 64
_CONSTANTS = {
    "sys.executable": "/var/lang/bin/python3",
    "os.sep": "/",
    "os.path.sep": "/",
    "os.linesep": "\n",
}


def constant(value: External) -> Values | None:
    """Give an external constant that is known."""
    known = _CONSTANTS.get(value.name)
    return frozenset((text_of(known),)) if known else None


def texts_joined(parts: list[Values]) -> Values:
    """Put texts together, for all that each may be; of too many it is not known which."""
    return frozenset(joined(one) for one in product(*choices(parts)))


def lists_joined(left: Values, right: Values) -> Values:
    """Put two lists together."""
    first = [one for one in left if isinstance(one, Items)]
    second = [one for one in right if isinstance(one, Items)]
    if len(first) != 1 or len(left) != 1:
        return UNKNOWN
    rest = second[0].values if len(second) == len(right) == 1 else (UNKNOWN,)
    whole = (*first[0].values, *rest)
    return frozenset((Items(whole),)) if len(whole) <= MOST_ITEMS else UNKNOWN


def elements(value: Value) -> Values:
    """Give what a loop over a value gives."""
    if isinstance(value, Items):
        return either(value.values)
    if isinstance(value, Made) and value.type in ("collection", "each"):
        return value.get("element")
    if isinstance(value, Table) and value.is_whole:
        return either(frozenset((text_of(name),)) for name, _ in value.entries)
    if isinstance(value, Unknown):
        return frozenset((value,))
    return UNKNOWN


def percent(pattern: Text, right: Values) -> Values:
    """Give a text with `%s` and `%d` filled in."""
    whole = pattern.whole
    items = [one.values for one in right if isinstance(one, Items)]
    values = list(items[0]) if len(items) == 1 else [right]
    if whole is None or (items and len(right) > 1):
        return UNKNOWN
    parts: list[Text] = []
    pieces = whole.replace("%d", "%s").replace("%i", "%s").split("%s")
    if "%" in "".join(pieces).replace("%%", ""):
        return UNKNOWN
    for index, piece in enumerate(pieces):
        if index:
            found = texts(values[index - 1]) if index <= len(values) else ()
            parts.append(found[0] if len(found) == 1 else Text((Hole(),)))
        parts.append(text_of(piece.replace("%%", "%")))
    return frozenset((joined(parts),))


def changed(value: Value, rows: Sequence[tuple[str | None, Change, Values]]) -> Value:
    """Give a list or a dictionary with what is put into it: by its key, the change and the value."""
    if isinstance(value, Table):
        entries = dict(value.entries)
        for key, _, what in rows:
            if key is not None:
                entries[key] = either((entries[key], what)) if key in entries else what
        is_whole = value.is_whole and all(key is not None for key, _, _ in rows)
        return Table(tuple(entries.items()), is_whole)
    if isinstance(value, Items) and all(one.is_appended for _, one, _ in rows):
        whole = (*value.values, *(what for _, _, what in rows))
        return Items(whole) if len(whole) <= MOST_ITEMS else Unknown()
    return Unknown() if isinstance(value, Items) else value
