"""Which environments are believed, which of their invocations were attacked: `hauberk.learn.profile.believe`, in SQL.

All of it is in the rows that are no plain activities: few, and sorted to the end of each segment.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hauberk.model.record import NO_ENVIRONMENT
from hauberk.store.engine import quoted
from hauberk.store.row import Sort

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_RECORD = f"sort <= {Sort.STATUS.value}"
_WRITTEN = f"({_RECORD} OR sort IN ({Sort.INPUTS.value}, {Sort.USAGE.value}))"
_ATTACK = f"sort IN ({Sort.ATTACKED_ACTIVITY.value}, {Sort.DETECTION.value})"
_KEY = "function, token"
_STEPS = f"""
CREATE OR REPLACE TEMP TABLE fact AS
  SELECT sort, {_KEY}, version, request, id, at_ms, day, news, is_armed, has_dropped, covered, gaps
  FROM {{source}} WHERE sort >= {Sort.ATTACKED_ACTIVITY.value} AND sort <> {Sort.USAGE.value};
CREATE OR REPLACE TEMP TABLE announced AS
  SELECT DISTINCT {_KEY} FROM fact WHERE sort = {Sort.ANNOUNCED.value};
CREATE OR REPLACE TEMP TABLE believed AS FROM announced {{claimed}};
CREATE OR REPLACE TEMP TABLE damaged AS
  SELECT DISTINCT {_KEY}, id FROM fact WHERE sort = {Sort.DAMAGED.value};
CREATE OR REPLACE TEMP TABLE incomplete AS
  SELECT {_KEY} FROM fact WHERE sort = {Sort.STATUS.value} AND has_dropped
  UNION SELECT {_KEY} FROM damaged ANTI JOIN {{whole}} USING ({_KEY}, id);
CREATE OR REPLACE TABLE environment AS
  WITH attacked AS (SELECT {_KEY}, list(DISTINCT request) AS attacked FROM fact WHERE {_ATTACK} GROUP BY ALL)
  SELECT {_KEY}, attacked FROM believed ANTI JOIN incomplete USING ({_KEY}) {{named}}
  LEFT JOIN attacked USING ({_KEY});
CREATE OR REPLACE TEMP TABLE stated AS
  SELECT function, version,
    count(DISTINCT (token, request)) FILTER ({_ATTACK}) AS attacked,
    bool_or(is_armed) AS is_armed, bit_or(covered) AS covered, bit_or(gaps) AS gaps
  FROM fact SEMI JOIN environment USING ({_KEY}) WHERE {_RECORD} GROUP BY ALL;
CREATE OR REPLACE TEMP TABLE stated_day AS
  SELECT function, version, day, count(*) FILTER (news & 4 = 4) AS invocations,
    coalesce(bit_or(1::UINTEGER << (at_ms // 3600000 % 24)::UINTEGER), 0) AS hours
  FROM fact SEMI JOIN environment USING ({_KEY}) WHERE sort >= {Sort.DETECTION.value} AND {_RECORD} GROUP BY ALL;
DROP TABLE fact;
CREATE OR REPLACE TEMP TABLE told AS
  SELECT {_KEY}, version, at_ms, target FROM {{source}} JOIN environment USING ({_KEY})
  WHERE sort = {Sort.INPUTS.value} AND NOT coalesce(list_contains(attacked, request), false);
CREATE OR REPLACE TEMP TABLE said AS
  SELECT {_KEY}, version, request, at_ms, target FROM {{source}} SEMI JOIN environment USING ({_KEY})
  WHERE sort = {Sort.DETECTION.value}
"""
_CLAIMED = f"UNION SELECT {_KEY} FROM {{source}} WHERE {_RECORD} AND is_whole"
_NAMED = f"""
  SEMI JOIN (SELECT {_KEY} FROM {{source}} WHERE sort = {Sort.ALIAS.value} AND target = {{alias}}) USING ({_KEY})"""
_COUNTS = f"""
WITH writer AS (SELECT {_KEY}, count(*) AS records FROM {{source}} WHERE {_RECORD} GROUP BY ALL),
  doubtful AS (FROM writer ANTI JOIN announced USING ({_KEY}) WHERE token <> '{NO_ENVIRONMENT}'::UUID)
SELECT (SELECT coalesce(sum(records), 0)::BIGINT FROM writer),
  (SELECT coalesce(sum(records), 0)::BIGINT FROM doubtful),
  (SELECT coalesce(sum(records), 0)::BIGINT FROM doubtful SEMI JOIN believed USING ({_KEY})),
  (SELECT count(*) FROM believed SEMI JOIN incomplete USING ({_KEY}))
"""


@dataclass(frozen=True, slots=True)
class Belief:
    """How much is believed; which environments are is in the engine's table `environment`."""

    records: int
    unbelieved: int
    trusted: int
    incomplete: int
    unreadable: Mapping[str, int]


def decide(
    connection: "DuckDBPyConnection",
    source: str,
    *,
    trust_unannounced: bool,
    alias: str | None = None,
) -> Belief:
    """Decide about all rows of `source`; leave the tables `environment`, `stated`, `stated_day`, `told`, `said`.

    With `alias` these are about environments that were invoked by it.
    """
    whole = f"(SELECT {_KEY}, id FROM {source} WHERE {_WRITTEN} AND id <> '')"
    claimed = _CLAIMED.format(source=source) if trust_unannounced else ""
    named = _NAMED.format(source=source, alias=quoted(alias)) if alias is not None else ""
    connection.execute(_STEPS.format(source=source, whole=whole, claimed=claimed, named=named))
    row = connection.execute(_COUNTS.format(source=source)).fetchone()
    records, doubtful, trusted, incomplete = row or (0, 0, 0, 0)
    unread = connection.execute(
        f"""SELECT operation, count(DISTINCT target) FROM {source}
            WHERE sort = {Sort.UNREAD.value} GROUP BY ALL ORDER BY ALL"""
    )
    return Belief(records, doubtful - trusted, trusted, incomplete, dict(unread.fetchall()))
