"""A profile as `profile_text` writes it, read whole or refused."""

import json
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from hauberk.learn.profile.believe import HOUR_MS
from hauberk.learn.profile.callers import Callers
from hauberk.learn.profile.indicators import IndicatorSeen
from hauberk.learn.profile.inputs import InputSeen
from hauberk.learn.profile.observe import END_MS
from hauberk.learn.profile.profile import FunctionProfile, Profile, Seen, Total, VersionProfile
from hauberk.learn.profile.profile_text import MOST_SPAN, SCHEMA
from hauberk.model.activity import Activity
from hauberk.model.kind import Kind

_MARK = b'"profile":'
_HEX = re.compile(r"[0-9a-f]+")
_MOST = 1 << 53
_CALLER_DIGITS = 16
_HOUR_DIGITS = MOST_SPAN // 4
_OF_OTHERS = frozenset({"input", "indicator"})


class ProfileError(Exception):
    """A file is no profile that can be read."""


def is_profile(start: bytes) -> bool:
    """Whether a file that begins so is meant to be a profile."""
    first = start.partition(b"\n")[0]
    return first.startswith(b"{") and _MARK in first and b'"unbelieved":' in first


def read_profile(content: bytes, where: str) -> Profile:
    """Read a profile. Raises ProfileError."""
    try:
        head, *lines = [json.loads(line) for line in content.splitlines()]
        if head["profile"] != SCHEMA:
            raise ProfileError(f"{where}: a profile of another version; write it anew")
        functions: dict[str, list[VersionProfile]] = {}
        for name, version in _versions(lines):
            functions.setdefault(name, []).append(version)
        views = {name: FunctionProfile(tuple(versions)) for name, versions in functions.items()}
        return Profile(
            functions=views,
            records=_number(head["records"]),
            unbelieved=_number(head["unbelieved"]),
            trusted=_number(head["trusted"]),
            incomplete=_number(head["incomplete"]),
            unreadable={_text(why): _number(count) for why, count in head["unreadable"].items()},
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ProfileError(f"{where}: a damaged profile; write it anew with --profile") from error


def _versions(lines: list[dict[str, Any]]) -> Iterator[tuple[str, VersionProfile]]:
    starts = [index for index, line in enumerate(lines) if "function" in line]
    for start, end in pairwise([*starts, len(lines)]):
        head = lines[start]
        body = lines[start + 1 : end]
        yield _text(head["function"]), _version(head, body)


def _version(head: dict[str, Any], body: list[dict[str, Any]]) -> VersionProfile:
    return VersionProfile(
        version=_text(head["version"]),
        seen=tuple(_seen(line) for line in body if not line.keys() & _OF_OTHERS),
        totals={Kind(kind): _total(total) for kind, total in head["kinds"].items()},
        invocations=_number(head["invocations"]),
        hours=_hours(head["hours"]),
        attacked=_number(head["attacked"]),
        is_armed=_flag(head["armed"]),
        covered=frozenset(map(Kind, head["covered"])),
        gaps=frozenset(map(Kind, head["gaps"])),
        inputs=tuple(_input(line) for line in body if "input" in line),
        indicators=tuple(_indicator(line) for line in body if "indicator" in line),
        is_used=_flag(head.get("used", True)),  # older profiles do not tell
    )


def _input(line: dict[str, Any]) -> InputSeen:
    structures = line["structures"]
    return InputSeen(
        path=_text(line["input"]),
        events=_number(line["events"]),
        blocks=_number(line["blocks"]),
        sandboxes=_number(line["sandboxes"]),
        types=_texts(line["types"]),
        alphabet=_text(line["alphabet"]),
        least=_number(line["least"]),
        most=_number(line["most"]),
        structures=None if structures is None else _texts(structures),
        is_settled=_flag(line["is_settled"]),
    )


def _indicator(line: dict[str, Any]) -> IndicatorSeen:
    return IndicatorSeen(
        path=_text(line["indicator"]),
        rule=_text(line["rule"]),
        events=_number(line["events"]),
        blocks=_number(line["blocks"]),
        sandboxes=_number(line["sandboxes"]),
        callers=frozenset(map(_number, line["callers"])),
    )


def _seen(line: dict[str, Any]) -> Seen:
    return Seen(
        activity=Activity(Kind(line["kind"]), _text(line["operation"]), _text(line["target"])),
        invocations=_number(line["invocations"]),
        blocks=_number(line["blocks"]),
        sandboxes=_number(line["sandboxes"]),
        first_ms=_time(line["first_ms"]),
        last_ms=_time(line["last_ms"]),
        is_temporary=_flag(line["temporary"]),
        sites=_texts(line["sites"]),
        hours=tuple(map(_hour, line["hours"])),
        is_near_attack=_flag(line["near_attack"]),
        callers=_callers(line.get("callers")),
        is_named=_flag(line.get("named", False)),
    )


def _callers(told: dict[str, Any] | None) -> Callers:
    """Read whom it was seen from; older profiles do not tell."""
    if told is None:
        return Callers(is_partial=True)
    return Callers(
        _hex(told["lower"], _CALLER_DIGITS),
        _hex(told["upper"], _CALLER_DIGITS),
        _flag(told["is_partial"]),
    )


def _hours(told: dict[str, Any]) -> frozenset[int]:
    if "each" in told:
        return frozenset(map(_hour, told["each"]))
    first, bits = _hour(told["first"]), bin(_hex(told["bits"], _HOUR_DIGITS))[:1:-1]
    return frozenset(_hour(first + at) for at, bit in enumerate(bits) if bit == "1")


def _total(told: dict[str, Any]) -> Total:
    return Total(_number(told["invocations"]), _number(told["blocks"]), _number(told["sandboxes"]))


def _number(value: Any, end: int = _MOST) -> int:
    """Take a whole number as it is: no text, no fraction, nothing endless."""
    if type(value) is not int or not 0 <= value < end:
        raise ValueError(value)
    return value


def _time(value: Any) -> int | None:
    return None if value is None else _number(value, end=END_MS)


def _hour(value: Any) -> int:
    return _number(value, end=-(-END_MS // HOUR_MS))


def _hex(value: Any, digits: int) -> int:
    if not _HEX.fullmatch(value) or len(value) > digits:
        raise ValueError(digits)
    return int(value, 16)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError(value)
    return tuple(map(_text, value))


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError(value)
    return value
