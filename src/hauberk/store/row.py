"""What the store keeps of a log: one row for each record, announcement, damaged record and unread line."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import IntEnum
from json.encoder import encode_basestring_ascii
from types import NoneType
from typing import Any, NamedTuple

from hauberk.learn.profile.believe import day_of, environment_of, lot_of
from hauberk.learn.profile.inputs import shapes_text
from hauberk.learn.profile.observe import Written, written
from hauberk.learn.records.announcement import Witness
from hauberk.learn.records.record import (
    ActivityRecord,
    DetectionRecord,
    Environment,
    InputsRecord,
    StatusRecord,
    UsageRecord,
)
from hauberk.learn.records.walk import Found, Spoilt, walk
from hauberk.model.kind import Kind
from hauberk.model.record import NO_ENVIRONMENT


class Sort(IntEnum):
    """What a row is about; those up to STATUS are records."""

    ACTIVITY = 0
    ATTACKED_ACTIVITY = 1
    DETECTION = 2
    LEFT = 3  # a detection of what an invocation before has left
    STATUS = 4
    ANNOUNCED = 5  # a log vouches for the environment
    DAMAGED = 6  # a record of the environment that a log holds in part
    UNREAD = 7  # `operation` says why, `target` tells it from others
    INPUTS = 8  # `target` holds the shapes that a record tells; no record of an invocation
    ALIAS = 9  # the environment was invoked by the alias that `target` names
    USAGE = 10  # `site` holds the measure and the step, `times 64`; no record of an invocation


_Written = tuple[int, str, str, str, int, str, str, int | None, int | None]
_JSON: dict[type, Callable[[Any], str]] = {
    str: encode_basestring_ascii,
    Kind: encode_basestring_ascii,
    bool: lambda value: "true" if value else "false",
    int: int.__repr__,
    Sort: int.__repr__,
    NoneType: lambda value: "null",
}


class Row(NamedTuple):
    """One row of a segment, without what the store adds: which counts it is the first of."""

    sort: int
    function: str
    version: str
    token: str  # of the execution environment
    lot: int
    request: str
    id: str
    at_ms: int | None  # since 1970
    day: int | None
    kind: str | None = None
    operation: str | None = None
    target: str | None = None
    is_temporary: bool = False
    site: str = ""
    is_whole: bool = True
    is_armed: bool = False
    has_dropped: bool = False
    covered: int = 0  # one bit for each kind
    gaps: int = 0
    caller: int | None = None
    is_named: bool | None = None  # None of what no input named, as of rows that are older

    def line(self) -> str:
        """Write it as one line of JSON; `json.dumps` takes three times as long, and every row comes by here."""
        return _LINE % tuple([_JSON[type(it)](it) for it in self])


TYPES = {
    "sort": "UTINYINT",
    "function": "VARCHAR",
    "version": "VARCHAR",
    "token": "UUID",
    "lot": "UTINYINT",
    "request": "VARCHAR",
    "id": "VARCHAR",
    "at_ms": "BIGINT",
    "day": "INTEGER",
    "kind": "VARCHAR",
    "operation": "VARCHAR",
    "target": "VARCHAR",
    "is_temporary": "BOOLEAN",
    "site": "VARCHAR",
    "is_whole": "BOOLEAN",
    "is_armed": "BOOLEAN",
    "has_dropped": "BOOLEAN",
    "covered": "UTINYINT",
    "gaps": "UTINYINT",
    "caller": "USMALLINT",
    "is_named": "BOOLEAN",
}

_LINE = "{" + ",".join(f'"{name}":%s' for name in TYPES) + "}"
_TOLD = (
    "timestamp", "verdict", "detector", "protection", "confidence", "reason", "kind", "operation", "target",
    "caller", "count",
)  # fmt: skip
_BITS = {kind: 1 << bit for bit, kind in enumerate(Kind)}


Stated = dict[Environment, int | None]


def rows(lines: Iterable[bytes]) -> Iterator[Row]:
    """Give the rows of one log; what it vouches for comes last. Answers for every line."""
    witness = Witness()
    stated: Stated = {}
    yield from rows_of(walk(lines, witness), stated)
    yield from vouched(witness, stated)


def rows_of(found: Iterable[Found | Spoilt], stated: Stated) -> Iterator[Row]:
    """Give the rows of what a part of a log holds; note in `stated` when an environment first spoke of itself."""
    named: set[tuple[Environment, str]] = set()
    for one in found:
        if isinstance(one, Spoilt):
            yield from _of_spoilt(one)
            continue
        record = written(one)
        if record.alias and (who := (environment_of(record), record.alias)) not in named:
            named.add(who)
            yield _row(Sort.ALIAS, who[0])._replace(target=record.alias)
        row = _of_record(record)
        if isinstance(record.record, DetectionRecord):
            row = row._replace(target=told(one.document))
        yield row
        if isinstance(record.record, StatusRecord):
            stated.setdefault(one.record.invocation.environment, record.at_ms)


def vouched(witness: Witness, stated: Stated) -> Iterator[Row]:
    """Give the rows of what a whole log vouches for."""
    for environment in sorted(witness.announced()):
        yield _row(Sort.ANNOUNCED, environment, at_ms=stated.get(environment))


def told(document: Mapping[str, Any]) -> str:
    """Write what a detection says: the `target` of its row, which has none of its own."""
    texts = {key: document.get(key) for key in _TOLD}
    given = document.get("input")
    seen = {key: given.get(key) for key in ("path", "excerpt")} if isinstance(given, dict) else {}
    kept = {key: one for key, one in texts.items() if isinstance(one, (str, int))}
    shown = {key: one for key, one in seen.items() if isinstance(one, str)}
    rules = document.get("rules")
    are_texts = isinstance(rules, list) and all(isinstance(one, str) for one in rules)
    more: dict[str, Any] = {"input": shown, "rules": rules if are_texts else []}
    return json.dumps(kept | {key: one for key, one in more.items() if one}, separators=(",", ":"))


def kinds(bits: int) -> frozenset[Kind]:
    """Read a set of kinds."""
    return frozenset(kind for kind, bit in _BITS.items() if bits & bit)


def storable(text: str) -> str:
    """Write any text so that UTF-8 can hold it, and different ones differently."""
    if text.startswith("\0") or not (text.isascii() or _is_utf8(text)):
        return "\0" + text.encode("utf-8", "surrogatepass").hex()
    return text


def restored(text: str) -> str:
    """Read what `storable` wrote."""
    if text.startswith("\0"):
        return bytes.fromhex(text[1:]).decode("utf-8", "surrogatepass")
    return text


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _of_spoilt(one: Spoilt) -> Iterator[Row]:
    nobody = Environment("", NO_ENVIRONMENT)
    yield _row(Sort.UNREAD, nobody)._replace(operation=one.why, target=one.digest)
    for fragment in sorted(one.fragments):
        yield _row(Sort.DAMAGED, fragment.environment, id=fragment.id)


def _of_record(one: Written) -> Row:
    record = one.record
    if isinstance(record, ActivityRecord):
        sort = Sort.ATTACKED_ACTIVITY if record.attacked else Sort.ACTIVITY
        what = (*record.activity, record.is_temporary, one.site)
        row = Row(*_written(sort, one), *what, one.is_whole, caller=record.caller)
        return row._replace(is_named=True) if record.is_named else row
    row = Row(*_written(_sort(one), one), is_whole=one.is_whole)
    if isinstance(record, UsageRecord):
        kind, operation, target = record.activity
        told = f"{record.measure} {record.step}"
        return row._replace(kind=kind, operation=operation, target=target, site=told)
    if isinstance(record, StatusRecord):
        return row._replace(
            is_armed=record.is_armed,
            has_dropped=record.has_dropped,
            covered=sum(_BITS[kind] for kind in record.covered),
            gaps=sum(_BITS[kind] for kind in record.gaps),
        )
    if isinstance(record, InputsRecord):
        return row._replace(target=shapes_text(record.shapes))
    return row


def _sort(one: Written) -> Sort:
    if isinstance(one.record, DetectionRecord):
        return Sort.DETECTION if one.record.attacked else Sort.LEFT
    if isinstance(one.record, UsageRecord):
        return Sort.USAGE
    return Sort.INPUTS if isinstance(one.record, InputsRecord) else Sort.STATUS


def _written(sort: Sort, one: Written) -> _Written:
    """Give what all records have: the first columns of their rows."""
    (function, token), request = one.record.invocation
    return (
        sort,
        storable(function),
        storable(one.version),
        token,
        lot_of(token),
        storable(request),
        one.id,
        one.at_ms,
        day_of(one.at_ms),
    )


def _row(sort: Sort, environment: Environment, *, id: str = "", at_ms: int | None = None) -> Row:
    function, token = storable(environment.function), environment.token
    return Row(sort, function, "", token, lot_of(token), "", id, at_ms, day_of(at_ms))
