"""What logs show of functions: partial views, which merge in any order to the same whole."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, NamedTuple

from hauberk.learn.records.announcement import Witness
from hauberk.learn.records.record import ActivityRecord, Environment, Fragment, Record
from hauberk.learn.records.walk import Found, Spoilt, walk

_ID = re.compile(r"[0-9a-f]{16}")
_ALIAS = re.compile(r"[A-Za-z0-9_-]{1,128}")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?Z")
_MOST_SITE_CHARACTERS = 200
END_MS = 253_402_300_800_000  # of the year 9999: a fraction of its last second may round up to it
_PACKAGE = "/var/task/"  # as records name the code of the function itself


class Written(NamedTuple):
    """A record as a log holds it; two copies of one are equal."""

    record: Record
    id: str  # empty where it has none
    at_ms: int | None  # since 1970
    version: str
    site: str  # the code that acted, innermost, `file:line function`
    is_whole: bool  # stood on a line of its own
    alias: str = (
        ""  # by which the function was invoked; empty by a version, and where no invocation ran
    )


class Unread(NamedTuple):
    """A line or message that cannot be read: why, and what tells it from others."""

    why: str
    digest: str


@dataclass(frozen=True, slots=True)
class Partial:
    """What some logs show, believed or not; `observe` makes it and `merge` adds two. Seen twice is seen once."""

    records: frozenset[Written] = frozenset()
    announced: frozenset[Environment] = frozenset()
    damaged: frozenset[Fragment] = frozenset()
    unread: frozenset[Unread] = frozenset()


def observe(lines: Iterable[bytes]) -> Partial:
    """See what the lines of one log show. Answers for every line; raises for none."""
    witness = Witness()
    records: set[Written] = set()
    damaged: set[Fragment] = set()
    unread: set[Unread] = set()
    for one in walk(lines, witness):
        if isinstance(one, Spoilt):
            unread.add(Unread(one.why, one.digest))
            damaged.update(one.fragments)  # what is damaged may be a detection
        else:
            records.add(written(one))
    return Partial(frozenset(records), witness.announced(), frozenset(damaged), frozenset(unread))


def merge(one: Partial, other: Partial) -> Partial:
    """Add two views. Associative, commutative and idempotent."""
    return Partial(
        *(getattr(one, field.name) | getattr(other, field.name) for field in fields(Partial))
    )


def written(found: Found) -> Written:
    """Take of a record what learning needs besides what it says."""
    document = found.document
    return Written(
        found.record,
        _matching(_ID, document.get("id")),
        _milliseconds(_matching(_TIME, document.get("timestamp"))),
        version if isinstance(version := document.get("version"), str) else "",
        _site(document.get("stack")) if isinstance(found.record, ActivityRecord) else "",
        found.is_whole,
        _matching(_ALIAS, document.get("alias")),
    )


def _matching(pattern: re.Pattern[str], value: Any) -> str:
    return value if isinstance(value, str) and pattern.fullmatch(value) else ""


def _milliseconds(text: str) -> int | None:
    try:
        at = int(datetime.fromisoformat(text).timestamp() * 1000)
    except ValueError:
        return None
    return at if 0 <= at < END_MS else None


def _site(stack: Any) -> str:
    """Say which code did it: the innermost of the package, not what that calls; else the innermost of all."""
    site = ""
    for frame in stack if isinstance(stack, list) else ():
        if not isinstance(frame, str):
            continue
        if frame.startswith(_PACKAGE):
            site = frame
            break
        site = site or frame
    return site[:_MOST_SITE_CHARACTERS].encode(errors="replace").decode()
