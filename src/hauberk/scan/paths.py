"""Paths, as `os.path`, `pathlib` and `tempfile` make them."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from itertools import product

from hauberk.scan.text import Hole, Text, joined, text_of
from hauberk.scan.value import UNKNOWN, Arguments, Made, Values, choices, texts

_TMP = "/tmp"  # noqa: S108 - Lambda's


def path(parts: list[Text]) -> Text:
    """Put a path together as `os.path.join` does."""
    found: list[Text] = []
    for part in parts:
        if part.start.startswith("/"):
            found = [part]
        elif part.pieces:
            ends = found and found[-1].pieces and str(found[-1].pieces[-1]).endswith("/")
            found += [part] if not found or ends else [text_of("/"), part]
    return joined(found)


def of_path_method(value: Made, name: str, arguments: Arguments) -> Values:
    """Give what a method of a path answers."""
    if name in ("joinpath", "__truediv__"):
        return paths([value.get("text"), *arguments.positional])
    if name in ("resolve", "absolute", "expanduser"):
        return frozenset((value,))
    if name in ("as_posix", "__str__"):
        return value.get("text")
    if name == "open":
        return frozenset((Made("file", value.of),))
    return UNKNOWN


def paths(parts: list[Values]) -> Values:
    """Give the paths that parts make, for all that each may be."""
    found = product(*choices(parts))
    return frozenset(Made("path", (("text", frozenset((path(list(one)),))),)) for one in found)


def folder(one: Text) -> Text:
    """Give the folder that a path is in."""
    pieces = list(one.pieces)
    while pieces:
        last = pieces.pop()
        if isinstance(last, str) and "/" in last:
            return joined(
                (Text(tuple(pieces)), text_of(last.rpartition("/")[0] or ("" if pieces else "/")))
            )
    return Text((Hole(),))


def drawn(arguments: Arguments, prefix_at: int, suffix_at: int, folder_at: int) -> Values:
    """Give the name that tempfile draws, by its places of prefix, suffix and folder."""
    folders = texts(arguments.get(folder_at, "dir")) or (text_of(_TMP),)
    prefixes = texts(arguments.get(prefix_at, "prefix")) or (text_of("tmp"),)
    suffixes = texts(arguments.get(suffix_at, "suffix")) or (Text(),)
    names = [
        joined((before, Text((Hole("temporary"),)), after))
        for before in prefixes
        for after in suffixes
    ]
    return frozenset(path([folder, name]) for folder in folders for name in names)


def made_of_drawn(kind: str, *places: int) -> Callable[[Arguments], Values]:
    """Give what makes an object with such a name."""
    return lambda arguments: frozenset((Made(kind, (("text", drawn(arguments, *places)),)),))


def base(arguments: Arguments) -> Values:
    """Give the last name of a path."""
    wholes = [one.whole for one in texts(arguments.get(0))]
    return (
        frozenset(
            text_of(posixpath.basename(one)) if one is not None else Text((Hole(),))
            for one in wholes
        )
        or UNKNOWN
    )
