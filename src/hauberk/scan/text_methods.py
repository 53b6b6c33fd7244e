"""What methods of texts and dates give."""

from __future__ import annotations

import re

from hauberk.scan.text import MOST_CHARACTERS, Hole, Text, joined, text_of
from hauberk.scan.value import UNKNOWN, Arguments, Items, Value, Values, either, texts

_SAME = frozenset(("encode", "decode"))
_CHANGES = frozenset(
    ("strip", "lstrip", "rstrip", "lower", "upper", "title", "replace", "removeprefix", "removesuffix")
)  # fmt: skip
_MOST_PARTS = 64
_DATES = {"%Y-%m-%d": "date", "%Y%m%d": "number", "%Y": "number", "%m": "number", "%d": "number", "%H": "number",
          "%M": "number", "%S": "number", "%s": "number", "%f": "number", "%j": "number", "%y": "number"}  # fmt: skip


def of_text_method(value: Text, name: str, arguments: Arguments) -> Values:
    """Give what a method of a text answers."""
    whole = value.whole
    if whole is not None and name == "format":
        return _formatted(whole, arguments)
    if whole is not None and name == "join" and arguments.positional:
        return either(_joined(whole, one) for one in arguments.positional[0])
    if name in _SAME:
        return frozenset((value,))
    given = [texts(one) for one in arguments.positional]
    known = [one[0].whole for one in given if len(one) == 1]
    words = [one for one in known if one is not None]
    if whole is None or len(words) != len(given) or arguments.named:
        return UNKNOWN
    return _changed(whole, name, words)


def _changed(whole: str, name: str, words: list[str]) -> Values:
    if len(whole) * max(map(len, ("", *words))) > MOST_CHARACTERS:
        return UNKNOWN
    try:
        if name in _CHANGES:
            return frozenset((text_of(getattr(whole, name)(*words)),))
        if name == "split" and len(words) <= 1:
            parts = whole.split(words[0] if words else None)
            if len(parts) > _MOST_PARTS:
                return UNKNOWN
            return frozenset((Items(tuple(frozenset((text_of(one),)) for one in parts)),))
    except (TypeError, ValueError):
        return UNKNOWN
    return UNKNOWN


def _formatted(pattern: str, arguments: Arguments) -> Values:
    parts: list[Text] = []
    count = 0
    for piece in re.split(r"(\{\{|\}\}|\{[^{}]*\})", pattern):
        if piece in ("{{", "}}"):
            parts.append(text_of(piece[0]))
        elif piece.startswith("{"):
            name = re.split(r"[!:.\[]", piece[1:-1])[0]
            place = int(name) if name.isdigit() else count if not name else None
            count += not name
            found = texts(arguments.get(place, name)) if piece[1:-1] == name else ()
            parts.append(found[0] if len(found) == 1 else Text((Hole(),)))
        else:
            parts.append(text_of(piece))
    return frozenset((joined(parts),))


def _joined(between: str, items: Value) -> Values:
    if not isinstance(items, Items):
        return UNKNOWN
    parts: list[Text] = []
    for index, one in enumerate(items.values):
        found = texts(one)
        parts += [text_of(between)] * bool(index)
        parts.append(found[0] if len(found) == 1 else Text((Hole(),)))
    return frozenset((joined(parts),))


def dated(pattern: Text) -> Values:
    """Give what a date is written as."""
    whole = pattern.whole
    if whole is None:
        return UNKNOWN
    names = "|".join(sorted(_DATES, key=len, reverse=True))
    parts = [
        Text((Hole(_DATES[one]),)) if one in _DATES else text_of(one)
        for one in re.split(f"({names})", whole)
    ]
    return frozenset((joined(parts),)) if "%" not in re.sub(names, "", whole) else UNKNOWN


def shaped(written: str) -> Values:
    """Give what a value is written as by the format that an f-string gives it; `\\0` stands for what is not known."""
    if "%" in written:
        return dated(text_of(written))
    if "\0" in written or written[-1:] not in tuple("dfxX"):
        return UNKNOWN
    return frozenset((Text((Hole("number" if written[-1] in "df" else "hex"),)),))
