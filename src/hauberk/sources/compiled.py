"""A compiled list: a line that says what it is, a line of JSON about it, and the set of its prefixes."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hauberk.sources.imported import Form, Imported, SourceError, excerpt

FIRST_LINE = b"HAUBERK-SOURCES 1\n"
_ADDRESS = "write an IP, or a CIDR such as `203.0.113.0/24`"
_WIDE = "correct it, or deny so much with `--unsafe-deny-most`"
_INCOMPLETE = (
    "fetch the list again; `hauberk sources compile --unsafe-incomplete` takes it as it is"
)


@dataclass(frozen=True, slots=True)
class CompiledList:
    """A compiled list, and how many of its prefixes hold no public address."""

    content: bytes
    about: Mapping[str, Any]
    special: int


def is_compiled(content: bytes) -> bool:
    """Is it a compiled list?"""
    return content.startswith(FIRST_LINE)


def compile_lists(
    lists: Sequence[Imported],
    exceptions: Sequence[Imported] = (),
    *,
    now: int,
    private: bool = False,
    unsafe_most: bool = False,
    unsafe_incomplete: bool = False,
) -> CompiledList:
    """Compile lists into one, without the addresses of `exceptions`; raises SourceError."""
    for one in lists:
        if one.form is Form.WARNING_LIST:
            what = "a warning list, which names harmless addresses"
            raise SourceError(one.name, 0, what, "take them out of the others: `--without` it")
    if not unsafe_incomplete:
        for one in (*lists, *exceptions):
            _refuse_incomplete(one)
    if exceptions:
        _draw(exceptions, "", private=True, most=True)  # a fault in them is told with its place
    drawn, special = _draw(lists, _lines(exceptions), private=private, most=unsafe_most)
    unusual = {"private": private, "most": unsafe_most, "incomplete": unsafe_incomplete}
    about = _about(lists, exceptions, now, unusual)
    line = json.dumps(about, ensure_ascii=False, separators=(",", ":")).encode()
    return CompiledList(FIRST_LINE + line + b"\n" + drawn, about, special)


def _refuse_incomplete(one: Imported) -> None:
    """Refuse a list that says nothing, as a download that was cut off does: it would deny nobody, or except nobody."""
    if not one.prefixes:
        left_out = "; ".join(f"{count:,} {reason}" for reason, count in one.left_out.items())
        what = f"holds no address{left_out and f' (left out: {left_out})'}"
        raise SourceError(one.name, 0, what, _INCOMPLETE)
    if one.not_understood > len(set(one.places)):
        what = f"mostly not understood: {one.not_understood:,} indicators that may be of addresses"
        raise SourceError(one.name, 0, what, _INCOMPLETE)


def _draw(
    lists: Sequence[Imported], exceptions: str, *, private: bool, most: bool
) -> tuple[bytes, int]:
    from hauberk._native import draw_sources  # noqa: PLC0415 - policies without lists need no native core

    try:
        return draw_sources(_lines(lists), exceptions, private, most)
    except ValueError as error:
        raise _refused(error, lists) from error


def _lines(lists: Sequence[Imported]) -> str:
    """Write all prefixes, one a line: so none may hold the end of one."""
    for one in lists:
        for prefix, place in zip(one.prefixes, one.places, strict=True):
            if not prefix or not prefix.isprintable():
                what = f"not an IP address or CIDR prefix: `{excerpt(prefix)}`"
                raise SourceError(one.name, place, what, _ADDRESS)
    return "\n".join(prefix for one in lists for prefix in one.prefixes)


def _refused(error: ValueError, lists: Sequence[Imported]) -> SourceError:
    what, at = error.args
    if at is None:
        return SourceError(lists[0].name, 0, what, _WIDE)
    for one in lists:
        if at < len(one.prefixes):
            _, is_wide, why = what.partition(" would deny")
            remedy = _WIDE if is_wide else _ADDRESS
            what = f"{excerpt(one.prefixes[at])}{is_wide}{why}" if is_wide else what
            return SourceError(one.name, one.places[at], what, remedy)
        at -= len(one.prefixes)
    raise AssertionError("the core names a prefix that it was given")


def _about(
    lists: Sequence[Imported], exceptions: Sequence[Imported], now: int, unusual: Mapping[str, bool]
) -> dict[str, Any]:
    left_out: Counter[str] = Counter()
    for one in lists:
        left_out.update(one.left_out)
    about: dict[str, Any] = {
        "made": now,
        "of": [
            {
                "name": one.name.rpartition("/")[2],
                "format": str(one.form),
                "stated": one.stated,
                "prefixes": len(one.prefixes),
            }
            for one in lists
        ],
    }
    optional = {
        "left_out": dict(left_out),
        "without": [one.name.rpartition("/")[2] for one in exceptions],
        "unusual": [name for name, is_asked in unusual.items() if is_asked],
    }
    return {**about, **{key: value for key, value in optional.items() if value}}
