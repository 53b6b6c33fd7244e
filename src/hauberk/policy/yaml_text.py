"""Values as YAML text: blocks, with what is short on one line and every doubtful word in quotes."""

import re
from collections.abc import Iterator
from typing import Any

_PLAIN_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_PLAIN_PATH = re.compile(r"/[A-Za-z0-9_./-]*")
_PLAIN_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WORDS = frozenset(("y", "n", "yes", "no", "on", "true", "false", "null"))  # `off` is a mode
_FEW_CHARACTERS = 96


def block(value: dict[str, Any], indent: int) -> list[str]:
    """Write a mapping as lines."""
    return [f"{' ' * indent}{line}" for line in _mapping(value)]


def items(values: list[Any], indent: int) -> list[str]:
    """Write the items of a list as lines."""
    return [f"{' ' * indent}{line}" for value in values for line in _item(value)]


def flow(value: Any) -> str:
    """Write a value on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{flow(key)}: {flow(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow(one) for one in value) + "]"
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    return _word(value) if isinstance(value, str) else str(value)


def _mapping(value: dict[str, Any]) -> Iterator[str]:
    for key, one in value.items():
        if not one or not isinstance(one, (dict, list)) or _is_leaf(one):
            yield f"{_word(key)}: {flow(one)}"
            continue
        yield f"{_word(key)}:"
        inner = (
            _mapping(one)
            if isinstance(one, dict)
            else (line for each in one for line in _item(each))
        )
        yield from (f"  {line}" for line in inner)


def _item(value: Any) -> Iterator[str]:
    if not isinstance(value, dict) or len(flow(value)) <= _FEW_CHARACTERS or set(value) <= _ENTRY:
        yield f"- {flow(value)}"
        return
    lines = list(_mapping(value))
    yield f"- {lines[0]}"
    yield from (f"  {line}" for line in lines[1:])


_ENTRY = {"operation", "target", "origin"}


def _is_leaf(value: dict[str, Any] | list[Any]) -> bool:
    inner = value.values() if isinstance(value, dict) else value
    return (
        not any(isinstance(one, (dict, list)) for one in inner)
        and len(flow(value)) <= _FEW_CHARACTERS
    )


def _word(text: str) -> str:
    if (
        _PLAIN_PATH.fullmatch(text)
        or _PLAIN_DATE.fullmatch(text)
        or (_PLAIN_KEY.fullmatch(text) and text.lower() not in _WORDS)
    ):
        return text
    return '"' + "".join(_escaped(one) for one in text) + '"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    if character.isprintable():
        return character
    return f"\\U{ord(character):08x}"
