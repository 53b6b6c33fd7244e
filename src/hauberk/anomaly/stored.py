"""What a store tells, sandbox by sandbox, in the engine's order: no more than one of them is in memory."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from hauberk.anomaly.invocation import Sandbox, Step, Used, by_time, used
from hauberk.anomaly.told import Told
from hauberk.learn.profile.believe import HOUR_MS
from hauberk.learn.records.usage import Measure
from hauberk.model.activity import Activity
from hauberk.model.kind import Kind
from hauberk.store import segment
from hauberk.store.belief import decide
from hauberk.store.row import Sort, restored
from hauberk.store.store import Store

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_AT_ONCE = 10_000
_ACTS = f"(sort <= {Sort.ATTACKED_ACTIVITY.value} OR sort = {Sort.USAGE.value})"
_STEPS = f"""
SELECT function, token::VARCHAR, request, at_ms, kind, operation, target,
  coalesce(list_contains(attacked, request), false), CASE WHEN sort = {Sort.USAGE.value} THEN site END
FROM {{source}} JOIN environment USING (function, token) WHERE {_ACTS} ORDER BY function, token"""
_HOURS = f"""
SELECT DISTINCT function, coalesce(at_ms, 0) // {HOUR_MS}
FROM {{source}} SEMI JOIN environment USING (function, token) WHERE {_ACTS}"""

_HEARD = "SELECT DISTINCT function FROM {source} SEMI JOIN environment USING (function, token)"


def told(store: Store, *, trust_unannounced: bool = False) -> Told:
    """See what a store tells."""
    live = segment.segments(store.segments)
    if not live:
        return Told(lambda: iter(()), dict)
    source = segment.source(store.segments / one.name for one in live)
    belief = decide(store.connection, source, trust_unannounced=trust_unannounced)
    return Told(
        lambda: _sandboxes(store.connection, source),
        lambda: _hours(store.connection, source),
        lambda: _heard(store.connection, source),
        belief.unbelieved,
        belief.trusted,
        belief.unreadable,
    )


def _sandboxes(connection: "DuckDBPyConnection", source: str) -> Iterator[Sandbox]:
    def rows() -> Iterator[tuple[str, str, str, int | None, str, str, str, bool, str | None]]:
        cursor = connection.cursor().execute(_STEPS.format(source=source))
        while some := cursor.fetchmany(_AT_ONCE):
            yield from some

    for (function, token), mine in groupby(rows(), key=lambda row: (row[0], row[1])):
        steps = by_time(
            Step(
                at_ms,
                restored(request),
                Activity(Kind(kind), operation, target),
                is_attacked,
                _used(told),
            )
            for _, _, request, at_ms, kind, operation, target, is_attacked, told in mine
        )
        yield Sandbox(restored(function), token.replace("-", ""), steps)


def _used(told: str | None) -> Used | None:
    measure, _, step = (told or "").partition(" ")
    return used(Measure(measure), int(step)) if told else None


def _hours(connection: "DuckDBPyConnection", source: str) -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    for function, hour in connection.execute(_HOURS.format(source=source)).fetchall():
        found[restored(function)].add(hour)
    return {name: frozenset(hours) for name, hours in found.items()}


def _heard(connection: "DuckDBPyConnection", source: str) -> frozenset[str]:
    rows = connection.execute(_HEARD.format(source=source)).fetchall()
    return frozenset(restored(function) for (function,) in rows)
