"""What detectors said, as a store holds it: each thing once, and the activities that it was about.

Does not see: what a store took in before it kept what detections say; that is counted.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from hauberk.learn.records.message import Unreadable
from hauberk.model.activity import Activity
from hauberk.policy.decision import Suspicion
from hauberk.replay.history import MOST_REQUESTS, Recorded
from hauberk.replay.logged import what_was_detected
from hauberk.store import segment
from hauberk.store.engine import quoted
from hauberk.store.row import Sort, restored

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

DETECTED = f"sort IN ({Sort.DETECTION.value}, {Sort.LEFT.value})"
_AT_ONCE = 10_000
_SAID = f"""
SELECT function, replace(token::VARCHAR, '-', ''), request, day, coalesce(at_ms, 0), target, attack.request IS NOT NULL
FROM (SELECT function, token, request, day, at_ms, target FROM {{source}} WHERE {DETECTED})
SEMI JOIN believed USING (function, token) LEFT JOIN attack USING (function, token, request)"""
_ASKED = {
    "function": "VARCHAR", "token": "UUID", "request": "VARCHAR", "day": "INTEGER", "at_ms": "BIGINT",
    "attacked": "BOOLEAN", "kind": "VARCHAR", "operation": "VARCHAR", "target": "VARCHAR",
}  # fmt: skip


class _Said(NamedTuple):
    function: str
    token: str
    request: str
    day: int | None
    at_ms: int
    text: str | None
    attacked: bool

    def what(self) -> Activity | Suspicion:
        told = json.loads(self.text or "{}")
        of = {"function": restored(self.function), "environment": self.token, "request_id": ""}
        return what_was_detected({**told, **of})


@dataclass(slots=True)
class _Group:
    """All that was said of one thing."""

    records: int = 0
    attacked: int = 0
    invocations: set[tuple[str, str, int | None]] = field(default_factory=set)
    first: dict[str, int] = field(default_factory=dict)  # requests, and when

    def take(self, one: _Said) -> None:
        self.records += 1
        self.attacked += one.attacked
        self.invocations.add((one.token, one.request, one.day))
        if not one.request:
            return
        request = restored(one.request)
        self.first[request] = min(one.at_ms, self.first.get(request, one.at_ms))
        if len(self.first) > MOST_REQUESTS:
            del self.first[self.requests()[-1]]

    def requests(self) -> tuple[str, ...]:
        return tuple(sorted(self.first, key=lambda request: (self.first[request], request)))


@dataclass(frozen=True, slots=True)
class Detections:
    """What detectors said; the activities among it are in the engine's table `asked`, one line for each record."""

    requests: Mapping[Recorded, tuple[str, ...]]  # of all that was said of inputs and targets
    unreadable: Mapping[str, int]
    not_kept: int


def detections(connection: "DuckDBPyConnection", source: str, folder: Path) -> Detections:
    """Read what detectors said of believed environments; needs the tables `believed` and `attack`."""
    groups: dict[tuple[str, Suspicion], _Group] = {}
    unreadable: Counter[str] = Counter()
    not_kept = 0
    draft = segment.draft(folder, "asked")
    with draft.open("w", encoding="ascii") as asked:
        for one in _said(connection, source):
            if one.text is None:
                not_kept += 1
                continue
            try:
                what = one.what()
            except Unreadable as error:
                unreadable[str(error)] += 1
                continue
            if isinstance(what, Activity):
                asked.write(json.dumps(_line(one, what)) + "\n")
            else:
                groups.setdefault((restored(one.function), what), _Group()).take(one)
    columns = ", ".join(f"{name}: {quoted(kind)}" for name, kind in _ASKED.items())
    read = f"read_json({quoted(str(draft))}, format = 'newline_delimited', columns = {{{columns}}})"
    connection.execute(f"CREATE OR REPLACE TEMP TABLE asked AS FROM {read}")
    draft.unlink()
    return Detections(
        {_recorded(*key, one): one.requests() for key, one in groups.items()}, unreadable, not_kept
    )


def _said(connection: "DuckDBPyConnection", source: str) -> Iterator[_Said]:
    cursor = connection.execute(_SAID.format(source=source))
    while rows := cursor.fetchmany(_AT_ONCE):
        yield from map(_Said._make, rows)


def _line(one: _Said, what: Activity) -> dict[str, Any]:
    said = one._asdict()
    del said["text"]
    return {**said, **what._asdict()}


def _recorded(function: str, what: Suspicion, one: _Group) -> Recorded:
    return Recorded(function, what, one.records, len(one.invocations), one.attacked)
