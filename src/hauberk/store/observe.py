"""The profile kernel: `observe` makes a piece of one segment, `merge` adds pieces, `whole` makes the profile of them.

A piece has one line for each activity, day and code that did it, of believed environments. A partial is a set of
pieces, each named by its segment: so `merge` is a union, and what is merged twice is there once. All that a piece holds
are sums of what its segment alone holds, least and greatest values, and sets as bits: they add up in any order.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, groupby
from pathlib import Path
from typing import TYPE_CHECKING

from hauberk.learn.profile.believe import lot_of
from hauberk.learn.profile.callers import HALF_BITS, Callers
from hauberk.learn.profile.indicators import (
    IndicatorSeen,
    Said,
    indicators_seen,
    read_indicator,
)
from hauberk.learn.profile.inputs import InputSeen, Telling, inputs_seen, read_shapes
from hauberk.learn.profile.profile import MOST_HOURS, MOST_SITES, Seen, Total, VersionProfile
from hauberk.model.activity import Activity
from hauberk.model.kind import Kind
from hauberk.store.engine import files, quoted
from hauberk.store.row import Sort, kinds, restored
from hauberk.store.segment import Segment
from hauberk.store.segment import source as rows_in

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

LINES_AT_ONCE = 1_500_000
_ROWS_AT_ONCE = 10_000
_Key = tuple[str, str]
_HOUR = 3_600_000
_HALF = (1 << HALF_BITS) - 1
_VERSION = "function, version"
_ACTIVITY = f"{_VERSION}, kind, operation, target"
_ACTS = f"sort <= {Sort.ATTACKED_ACTIVITY.value}"
# Few environments are not believed (their `attacked` is NULL) or attacked: a join with all would take thrice as long.
_SPECIAL = """
CREATE OR REPLACE TEMP TABLE special AS
SELECT function, token, attacked FROM (SELECT DISTINCT function, token FROM {source})
LEFT JOIN (SELECT *, true AS is_believed FROM environment) USING (function, token)
WHERE is_believed IS NULL OR attacked IS NOT NULL"""
_BELIEF = "SELECT count(*), bit_xor(hash(function, token, list_sort(attacked))) FROM special"
_PIECE = f"""
SELECT {_ACTIVITY}, day, CASE WHEN calm THEN site ELSE '' END AS site,
  count(*) FILTER (calm AND news & 1 = 1) AS invocations,
  count(*) FILTER (calm AND news & 2 = 2) AS of_kind,
  count(*) FILTER (news & 4 = 4) AS of_version,
  coalesce(bit_or(1::UINTEGER << (at_ms // {_HOUR} % 24)::UINTEGER) FILTER (calm AND at_ms IS NOT NULL), 0) AS hours,
  coalesce(bit_or(1::UBIGINT << lot::UBIGINT) FILTER (calm), 0) AS lots,
  min(at_ms) FILTER (calm) AS earliest, max(at_ms) FILTER (calm) AS latest,
  coalesce(bit_or(1::UINTEGER << (at_ms // {_HOUR} % 24)::UINTEGER), 0) AS any_hours,
  bool_or(is_temporary AND calm) AS is_temporary, bool_or(calm AND is_apart) AS is_apart,
  bool_or(calm AND request <> '') AS is_used,
  coalesce(bit_or(1::UBIGINT << (caller & {_HALF})::UBIGINT) FILTER (calm), 0) AS lower_callers,
  coalesce(bit_or(1::UBIGINT << (caller >> {HALF_BITS})::UBIGINT) FILTER (calm), 0) AS upper_callers,
  bool_or(calm AND caller IS NULL) AS is_partial, bool_and(coalesce(is_named, false)) FILTER (calm) AS is_named
FROM (
  SELECT *, true AS calm, true AS is_apart FROM {{source}} ANTI JOIN special USING (function, token) WHERE {_ACTS}
  UNION ALL BY NAME
  SELECT * EXCLUDE (attacked), NOT list_contains(attacked, request) AS calm, false AS is_apart
  FROM {{source}} JOIN (SELECT * FROM special WHERE attacked IS NOT NULL) USING (function, token) WHERE {_ACTS})
GROUP BY ALL"""
# A piece of another query is none.
_QUERY = hashlib.blake2b(_PIECE.encode(), digest_size=4).hexdigest()
_DAYS = """
  bit_or(hours) AS hours, bit_or(lots) AS lots, min(earliest) AS earliest, max(latest) AS latest,
  bool_or(is_temporary) AS is_temporary, bool_or(is_apart) AS is_apart,
  bit_or(lower_callers) AS lower_callers, bit_or(upper_callers) AS upper_callers, bool_or(is_partial) AS is_partial,
  bool_and(is_named) AS is_named"""
_SEEN = f"""
WITH of_day AS (SELECT {_ACTIVITY}, day, sum(invocations) AS invocations, {_DAYS},
    min(site) FILTER (site <> '') AS site, max(site) AS last_site FROM piece GROUP BY ALL),
  seen AS (SELECT {_ACTIVITY}, sum(invocations)::BIGINT AS invocations, sum(bit_count(hours))::BIGINT AS blocks,
    bit_count(bit_or(lots)) AS sandboxes, min(earliest) AS earliest, max(latest) AS latest,
    bool_or(is_temporary) AS is_temporary, bool_or(is_apart) AS is_apart,
    bit_or(lower_callers) AS lower_callers, bit_or(upper_callers) AS upper_callers, bool_or(is_partial) AS is_partial,
    coalesce(bool_and(is_named), false) AS is_named,
    min(site) AS site, max(last_site) AS last_site,
    list(day::BIGINT << 24 | hours) FILTER (hours > 0) AS days FROM of_day GROUP BY ALL),
  many AS (SELECT {_ACTIVITY}, min(site, {MOST_SITES}) AS sites
    FROM (SELECT DISTINCT {_ACTIVITY}, site FROM piece SEMI JOIN (FROM seen WHERE site <> last_site) USING ({_ACTIVITY})
      WHERE site <> '') GROUP BY ALL)
SELECT {_VERSION}, kind, operation, target, invocations, blocks, sandboxes, earliest, latest, is_temporary,
  CASE WHEN site IS NULL THEN [] ELSE coalesce(sites, [site]) END,
  CASE WHEN blocks <= {MOST_HOURS} THEN days END, invocations > 0 AND NOT is_apart,
  lower_callers, upper_callers, is_partial, is_named
FROM seen LEFT JOIN many USING ({_ACTIVITY}) ORDER BY {_ACTIVITY}"""
_TOTALS = f"""
WITH of_day AS (SELECT {_VERSION}, kind, day, sum(of_kind) AS invocations, bit_or(hours) AS hours, bit_or(lots) AS lots
  FROM piece GROUP BY ALL)
SELECT {_VERSION}, kind, sum(invocations)::BIGINT AS invocations, sum(bit_count(hours))::BIGINT, bit_count(bit_or(lots))
FROM of_day GROUP BY ALL HAVING sum(invocations) > 0 ORDER BY {_VERSION}, kind"""
_VERSIONS = f"""
WITH of_day AS (SELECT {_VERSION}, day, sum(of_version) AS invocations, bit_or(any_hours) AS hours,
      bool_or(is_used) AS is_used
    FROM piece GROUP BY ALL
    UNION ALL SELECT {_VERSION}, day, invocations, hours, false FROM stated_day WHERE {{bucket}}),
  of_version AS (SELECT {_VERSION}, sum(invocations)::BIGINT AS invocations,
    list(day::BIGINT << 24 | hours) FILTER (hours > 0) AS days, bool_or(is_used) AS is_used FROM of_day GROUP BY ALL)
SELECT {_VERSION}, invocations, days, coalesce(attacked, 0), coalesce(is_armed, false), coalesce(covered, 0),
  coalesce(gaps, 0), is_used
FROM of_version LEFT JOIN stated USING ({_VERSION}) ORDER BY {_VERSION}"""
_TOLD = f"""
SELECT {_VERSION}, token, at_ms // {_HOUR}, target FROM told WHERE {{bucket}} ORDER BY {_VERSION}, token"""
_SAID = f"""
SELECT {_VERSION}, token, request, at_ms // {_HOUR}, target FROM said WHERE {{bucket}} ORDER BY {_VERSION}"""


@dataclass(frozen=True, slots=True, order=True)
class Piece:
    """What one segment shows, in a file of its own; a segment has one piece for what is believed of it."""

    segment: str
    belief: str
    file: Path


@dataclass(frozen=True, slots=True)
class Partial:
    """What some segments show."""

    pieces: frozenset[Piece] = frozenset()


def observe(
    connection: "DuckDBPyConnection", folder: Path, segment: Segment, pieces: Path
) -> Partial:
    """See what a segment shows of the environments in the engine's table `environment`."""
    source = rows_in([folder / segment.name])
    belief = _belief(connection, source)
    file = pieces / f"{segment.digest}_{belief}_{_QUERY}.parquet"
    if not file.exists():
        draft = file.with_suffix(".draft")
        query = _PIECE.format(source=source)
        connection.execute(f"COPY ({query}) TO {quoted(str(draft))} (FORMAT parquet)")
        draft.replace(file)
    return Partial(frozenset([Piece(segment.digest, belief, file)]))


def merge(one: Partial, other: Partial) -> Partial:
    """Add what different segments show. Associative, commutative and idempotent."""
    return Partial(one.pieces | other.pieces)


def whole(
    connection: "DuckDBPyConnection", partial: Partial
) -> Iterator[tuple[str, VersionProfile]]:
    """Give what the pieces show of each version of each function; needs the tables that `decide` leaves."""
    paths = [one.file for one in sorted(partial.pieces)]
    if not paths:
        return
    source = files(paths)
    counted = connection.execute(f"SELECT count(*) FROM {source}").fetchone()
    buckets = 1 + (counted[0] if counted else 0) // LINES_AT_ONCE
    for bucket in range(buckets):
        mine = f"hash(function) % {buckets} = {bucket}"
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE piece AS SELECT * FROM {source} WHERE {mine}"
        )
        yield from _versions(connection, mine)


def _versions(connection: "DuckDBPyConnection", mine: str) -> Iterator[tuple[str, VersionProfile]]:
    totals: dict[_Key, dict[Kind, Total]] = {}
    for function, version, kind, *numbers in connection.execute(_TOTALS).fetchall():
        totals.setdefault((function, version), {})[Kind(kind)] = Total(*numbers)
    stated = connection.execute(_VERSIONS.format(bucket=mine)).fetchall()
    seen = _seen(connection)
    inputs, indicators = _inputs(connection, mine), _indicators(connection, mine)
    for function, version, invocations, days, attacked, is_armed, covered, gaps, is_used in stated:
        key = (function, version)
        yield (
            restored(function),
            VersionProfile(
                restored(version),
                tuple(seen.pop(key, ())),
                totals.get(key, {}),
                invocations,
                frozenset(_hours(days or ())),
                attacked,
                is_armed,
                kinds(covered),
                kinds(gaps),
                inputs.get(key, ()),
                indicators.get(key, ()),
                is_used,
            ),
        )


def _seen(connection: "DuckDBPyConnection") -> dict[_Key, list[Seen]]:
    found: dict[_Key, list[Seen]] = {}
    cursor = connection.execute(_SEEN)
    while rows := cursor.fetchmany(_ROWS_AT_ONCE):
        for function, version, kind, operation, target, *told in rows:
            *_, sites, days, _, lower, upper, is_partial, is_named = told
            told[-7:-5] = tuple(sites), tuple(sorted(_hours(days or ())))
            told[-4:] = Callers(lower, upper, is_partial), is_named
            one = Seen(Activity(Kind(kind), operation, target), *told)
            found.setdefault((function, version), []).append(one)
    return found


def _inputs(connection: "DuckDBPyConnection", mine: str) -> dict[_Key, tuple[InputSeen, ...]]:
    cursor = connection.execute(_TOLD.format(bucket=mine))
    versions = groupby(_told(cursor), key=lambda one: one[0])
    return {key: inputs_seen(telling for _, telling in told) for key, told in versions}


def _told(cursor: "DuckDBPyConnection") -> Iterator[tuple[_Key, Telling]]:
    while rows := cursor.fetchmany(_ROWS_AT_ONCE):
        for function, version, token, hour, target in rows:
            told = Telling(token.hex, lot_of(token.hex), hour, read_shapes(json.loads(target)))
            yield (function, version), told


def _indicators(
    connection: "DuckDBPyConnection", mine: str
) -> dict[_Key, tuple[IndicatorSeen, ...]]:
    cursor = connection.execute(_SAID.format(bucket=mine))
    versions = groupby(_said(cursor), key=lambda one: one[0])
    return {key: indicators_seen(said for _, said in every) for key, every in versions}


def _said(cursor: "DuckDBPyConnection") -> Iterator[tuple[_Key, Said]]:
    while rows := cursor.fetchmany(_ROWS_AT_ONCE):
        for function, version, token, request, hour, target in rows:
            indicator = read_indicator(json.loads(target or "{}"))  # of old it is not there
            said = Said(token.hex, lot_of(token.hex), restored(request), hour, indicator)
            yield (function, version), said


def _hours(days: Iterable[int]) -> Iterator[int]:
    """Read days, each with a bit for each of its hours."""
    return chain.from_iterable(map(_hours_of, days))


@lru_cache(1 << 14)  # most things are done in one hour of a day
def _hours_of(day: int) -> tuple[int, ...]:
    return tuple((day >> 24) * 24 + hour for hour in range(24) if day >> hour & 1)


def _belief(connection: "DuckDBPyConnection", source: str) -> str:
    """Find the environments of a segment that need a closer look; tell what is believed of them from all else."""
    connection.execute(_SPECIAL.format(source=source))
    count, told = connection.execute(_BELIEF).fetchone() or (0, 0)
    return f"{count}-{told or 0:016x}"
