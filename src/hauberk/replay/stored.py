"""The history that a store holds: each distinct activity once, grouped and counted by the engine.

Does not see: what detectors said; these are counted and told, and given one by one, by their ids.
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from hauberk.model.activity import Activity
from hauberk.model.kind import Kind
from hauberk.replay.history import MOST_REQUESTS, History, Recorded
from hauberk.store import segment
from hauberk.store.belief import decide
from hauberk.store.engine import files
from hauberk.store.row import Sort, restored
from hauberk.store.store import Store

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_AT_ONCE = 10_000
_ACTS = f"sort <= {Sort.ATTACKED_ACTIVITY.value}"
_DETECTED = f"sort IN ({Sort.DETECTION.value}, {Sort.LEFT.value})"
_ATTACKS = f"sort IN ({Sort.ATTACKED_ACTIVITY.value}, {Sort.DETECTION.value})"
_ACTIVITY = "function, kind, operation, target"
_ATTACKED = f"""
CREATE OR REPLACE TEMP TABLE attack AS SELECT DISTINCT function, token, request FROM {{source}} WHERE {_ATTACKS}"""
_RECORDED = f"""
SELECT {_ACTIVITY}, count(*), count(*) FILTER (news & 1 = 1), count(attack.request)
FROM (SELECT {_ACTIVITY}, token, request, news FROM {{source}} WHERE {_ACTS})
SEMI JOIN believed USING (function, token) LEFT JOIN attack USING (function, token, request) GROUP BY ALL"""
_DETECTION = f"""
SELECT DISTINCT function, replace(token::VARCHAR, '-', ''), target,
  (function, token) IN (SELECT (function, token) FROM believed)
FROM {{source}} WHERE {_DETECTED} AND is_whole AND id = ? AND target IS NOT NULL"""
_REQUESTS = f"""
SELECT {_ACTIVITY}, min_by(request, at_ms, {MOST_REQUESTS}) FROM
  (SELECT {_ACTIVITY}, request, min(coalesce(at_ms, 0)) AS at_ms
   FROM {{source}} SEMI JOIN believed USING (function, token) JOIN wanted USING ({_ACTIVITY})
   WHERE {_ACTS} AND request <> '' GROUP BY ALL)
GROUP BY ALL"""


def history(store: Store, *, trust_unannounced: bool) -> History:
    """See what a store holds; it is read when `recorded` is."""
    live = segment.segments(store.segments)
    if not live:
        return History((), lambda wanted: {}, 0, 0, 0, {}, 0)
    source = files(store.segments / one.name for one in live)
    sql = store.connection.execute
    belief = decide(store.connection, source, trust_unannounced=trust_unannounced)
    counted = sql(f"SELECT count(*) FROM {source} WHERE {_DETECTED}").fetchone()

    def requests(wanted: Iterable[Recorded]) -> dict[Recorded, tuple[str, ...]]:
        return _requests(store.connection, source, wanted)

    return History(
        recorded=_recorded(store.connection, source),
        requests=requests,
        records=belief.records,
        unbelieved=belief.unbelieved,
        trusted=belief.trusted,
        unreadable=belief.unreadable,
        not_kept=counted[0] if counted else 0,
    )


def rows_of_detection(
    store: Store, id: str, *, trust_unannounced: bool
) -> list[tuple[str, str, str, bool]]:
    """Give of each detection with an id its function, environment, what it says, and whether it is believed."""
    live = segment.segments(store.segments)
    if not live:
        return []
    source = files(store.segments / one.name for one in live)
    decide(store.connection, source, trust_unannounced=trust_unannounced)
    return store.connection.execute(_DETECTION.format(source=source), [id]).fetchall()


def _recorded(connection: "DuckDBPyConnection", source: str) -> Iterator[Recorded]:
    connection.execute(_ATTACKED.format(source=source))
    cursor = connection.execute(_RECORDED.format(source=source))
    while rows := cursor.fetchmany(_AT_ONCE):
        for function, kind, operation, target, *counts in rows:
            yield Recorded(restored(function), Activity(Kind(kind), operation, target), *counts)


def _requests(
    connection: "DuckDBPyConnection", source: str, wanted: Iterable[Recorded]
) -> dict[Recorded, tuple[str, ...]]:
    acts = {(one.function, *map(str, one.what)): one for one in wanted}
    if not acts:
        return {}
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE wanted (function VARCHAR, kind VARCHAR, operation VARCHAR, target VARCHAR)"
    )
    connection.executemany("INSERT INTO wanted VALUES (?, ?, ?, ?)", [list(one) for one in acts])
    rows = connection.execute(_REQUESTS.format(source=source)).fetchall()
    return {acts[tuple(key)]: tuple(map(restored, found)) for *key, found in rows}
