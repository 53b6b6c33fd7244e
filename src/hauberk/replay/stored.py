"""The history that a store holds: each distinct activity once, grouped and counted by the engine, and detections."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING

from hauberk.model.activity import Activity
from hauberk.model.kind import Kind
from hauberk.replay.history import MOST_REQUESTS, History, Recorded
from hauberk.replay.stored_detections import DETECTED, detections
from hauberk.store import segment
from hauberk.store.belief import decide
from hauberk.store.row import Sort, restored
from hauberk.store.store import Store

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_AT_ONCE = 10_000
_ACTS = f"sort <= {Sort.ATTACKED_ACTIVITY.value}"
_ATTACKS = f"sort IN ({Sort.ATTACKED_ACTIVITY.value}, {Sort.DETECTION.value})"
_ACTIVITY = "function, kind, operation, target"
_ATTACKED = f"""
CREATE OR REPLACE TEMP TABLE attack AS SELECT DISTINCT function, token, request FROM {{source}} WHERE {_ATTACKS}"""
_DONE = f"""
(SELECT {_ACTIVITY}, token, request, day, at_ms, news FROM {{source}} WHERE {_ACTS}) AS done
SEMI JOIN believed USING (function, token)"""
# What a detection says of an activity may be of an invocation that has a record of the same: these are counted whole.
_RECORDED = f"""
SELECT {_ACTIVITY}, count(*), count(*) FILTER (news & 1 = 1), count(attack.request)
FROM {_DONE} ANTI JOIN asked USING ({_ACTIVITY}) LEFT JOIN attack USING (function, token, request) GROUP BY ALL
UNION ALL
SELECT {_ACTIVITY}, count(*), count(DISTINCT (token, request, day)), count(*) FILTER (attacked) FROM
  (SELECT {_ACTIVITY}, token, request, day, attack.request IS NOT NULL AS attacked
   FROM {_DONE} SEMI JOIN asked USING ({_ACTIVITY}) LEFT JOIN attack USING (function, token, request)
   UNION ALL SELECT {_ACTIVITY}, token, request, day, attacked FROM asked)
GROUP BY ALL"""
_DETECTION = f"""
SELECT DISTINCT function, replace(token::VARCHAR, '-', ''), target,
  (function, token) IN (SELECT (function, token) FROM believed)
FROM {{source}} WHERE {DETECTED} AND is_whole AND id = ? AND target IS NOT NULL"""
_REQUESTS = f"""
SELECT {_ACTIVITY}, min_by(request, (at_ms, request), {MOST_REQUESTS}) FROM
  (SELECT {_ACTIVITY}, request, min(coalesce(at_ms, 0)) AS at_ms
   FROM (SELECT {_ACTIVITY}, request, at_ms FROM {_DONE} UNION ALL SELECT {_ACTIVITY}, request, at_ms FROM asked)
   JOIN wanted USING ({_ACTIVITY}) WHERE request <> '' GROUP BY ALL)
GROUP BY ALL"""


def history(store: Store, *, trust_unannounced: bool) -> History:
    """See what a store holds; it is read when `recorded` is."""
    live = segment.segments(store.segments)
    if not live:
        return History((), lambda wanted: {}, 0, 0, 0, {}, 0)
    source = segment.source(store.segments / one.name for one in live)
    belief = decide(store.connection, source, trust_unannounced=trust_unannounced)
    store.connection.execute(_ATTACKED.format(source=source))
    detected = detections(store.connection, source, store.segments)

    def requests(wanted: Iterable[Recorded]) -> dict[Recorded, tuple[str, ...]]:
        known = {one: detected.requests[one] for one in wanted if one in detected.requests}
        acts = [one for one in wanted if one not in known]
        return {**known, **_requests(store.connection, source, acts)}

    return History(
        recorded=chain(detected.requests, _recorded(store.connection, source)),
        requests=requests,
        records=belief.records,
        unbelieved=belief.unbelieved,
        trusted=belief.trusted,
        unreadable=dict(
            sorted((Counter(belief.unreadable) + Counter(detected.unreadable)).items())
        ),
        not_kept=detected.not_kept,
    )


def rows_of_detection(
    store: Store, id: str, *, trust_unannounced: bool
) -> list[tuple[str, str, str, bool]]:
    """Give of each detection with an id its function, environment, what it says, and whether it is believed."""
    live = segment.segments(store.segments)
    if not live:
        return []
    source = segment.source(store.segments / one.name for one in live)
    decide(store.connection, source, trust_unannounced=trust_unannounced)
    return store.connection.execute(_DETECTION.format(source=source), [id]).fetchall()


def _recorded(connection: "DuckDBPyConnection", source: str) -> Iterator[Recorded]:
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
