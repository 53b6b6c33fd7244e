"""A profile as `profile_text` writes it, read whole or refused."""

import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from hauberk.learn.callers import Callers
from hauberk.learn.indicators import IndicatorSeen
from hauberk.learn.inputs import InputSeen
from hauberk.learn.profile import FunctionProfile, Profile, Seen, Total, VersionProfile
from hauberk.learn.profile_text import SCHEMA
from hauberk.model.activity import Activity
from hauberk.model.kind import Kind

_MARK = b'"profile":'
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
            records=int(head["records"]),
            unbelieved=int(head["unbelieved"]),
            trusted=int(head["trusted"]),
            incomplete=int(head["incomplete"]),
            unreadable=dict(head["unreadable"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ProfileError(f"{where}: a damaged profile; write it anew with --profile") from error


def _versions(lines: list[dict[str, Any]]) -> Iterator[tuple[str, VersionProfile]]:
    starts = [index for index, line in enumerate(lines) if "function" in line]
    for start, end in pairwise([*starts, len(lines)]):
        head = lines[start]
        body = lines[start + 1 : end]
        yield str(head["function"]), _version(head, body)


def _version(head: dict[str, Any], body: list[dict[str, Any]]) -> VersionProfile:
    first, bits = int(head["hours"]["first"]), int(head["hours"]["bits"], 16)
    return VersionProfile(
        version=str(head["version"]),
        seen=tuple(_seen(line) for line in body if not line.keys() & _OF_OTHERS),
        totals={Kind(kind): Total(**total) for kind, total in head["kinds"].items()},
        invocations=int(head["invocations"]),
        hours=frozenset(first + at for at in range(bits.bit_length()) if bits >> at & 1),
        attacked=int(head["attacked"]),
        is_armed=bool(head["armed"]),
        covered=frozenset(map(Kind, head["covered"])),
        gaps=frozenset(map(Kind, head["gaps"])),
        inputs=tuple(_input(line) for line in body if "input" in line),
        indicators=tuple(_indicator(line) for line in body if "indicator" in line),
        is_used=bool(head.get("used", True)),  # older profiles do not tell
    )


def _input(line: dict[str, Any]) -> InputSeen:
    structures = line["structures"]
    return InputSeen(
        path=str(line["input"]),
        events=int(line["events"]),
        blocks=int(line["blocks"]),
        sandboxes=int(line["sandboxes"]),
        types=tuple(map(str, line["types"])),
        alphabet=str(line["alphabet"]),
        least=int(line["least"]),
        most=int(line["most"]),
        structures=None if structures is None else tuple(map(str, structures)),
        is_settled=bool(line["is_settled"]),
    )


def _indicator(line: dict[str, Any]) -> IndicatorSeen:
    return IndicatorSeen(
        path=str(line["indicator"]),
        rule=str(line["rule"]),
        events=int(line["events"]),
        blocks=int(line["blocks"]),
        sandboxes=int(line["sandboxes"]),
        callers=frozenset(map(int, line["callers"])),
    )


def _seen(line: dict[str, Any]) -> Seen:
    return Seen(
        activity=Activity(Kind(line["kind"]), str(line["operation"]), str(line["target"])),
        invocations=int(line["invocations"]),
        blocks=int(line["blocks"]),
        sandboxes=int(line["sandboxes"]),
        first_ms=line["first_ms"],
        last_ms=line["last_ms"],
        is_temporary=bool(line["temporary"]),
        sites=tuple(map(str, line["sites"])),
        hours=tuple(map(int, line["hours"])),
        is_near_attack=bool(line["near_attack"]),
        callers=_callers(line.get("callers")),
        is_named=bool(line.get("named", False)),
    )


def _callers(told: dict[str, Any] | None) -> Callers:
    """Read whom it was seen from; older profiles do not tell."""
    if told is None:
        return Callers(is_partial=True)
    return Callers(int(told["lower"], 16), int(told["upper"], 16), bool(told["is_partial"]))
