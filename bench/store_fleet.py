"""A fleet's activity records, written straight into segments: 400 functions, 60 days, the same for the same seed.

An environment does ten common things, and twenty of a hundred and twenty rare ones, once each, in three invocations;
one in ten writes a file whose name never comes again, one in five hundred is attacked.
"""

from __future__ import annotations

from pathlib import Path

from hauberk.store import segment
from hauberk.store.engine import quoted
from hauberk.store.ingest import FORMAT, ORDER
from hauberk.store.row import Sort
from hauberk.store.segment import day_name
from hauberk.store.store import open_store

FUNCTIONS = 400
DAYS = 60
FIRST_DAY = 20_700
ACTS = 30
_ENVIRONMENTS = f"""
CREATE OR REPLACE TEMP TABLE fleet AS
SELECT i, d, 'function-' || floor({FUNCTIONS} * pow(chance(i, 1), 3))::INTEGER AS function,
  floor(d / 25)::INTEGER::VARCHAR AS version, md5(i || '.{{seed}}')::UUID AS token,
  ({FIRST_DAY}::BIGINT + d) * 86400000 + 60000 + (chance(i, 2) * 85000)::BIGINT * 1000 AS began_ms,
  chance(i, 3) < 0.002 AS is_attacked
FROM (SELECT i, {{day}} AS d FROM range({{first}}, {{last}}) AS r(i))"""
_CHANCE = "CREATE OR REPLACE TEMP MACRO chance(i, salt) AS (hash(i, salt, {seed}) % 1000000) / 1e6"
_NEWS = "1 + 2 * (j % 10 < 6)::INTEGER + 4 * (j > 0 AND j % 10 = 0)::INTEGER"
_ACT = f"""
SELECT {Sort.ACTIVITY.value}::UTINYINT AS sort, function, version, token,
  (token::UHUGEINT % 64)::UTINYINT AS lot, CASE WHEN j < 10 THEN '' ELSE md5(i || '.' || j // 10) END AS request,
  printf('%016x', hash(i, j, {{seed}})) AS id, began_ms + j * 1000 AS at_ms, {FIRST_DAY} + d AS day,
  ['process', 'file', 'api', 'host', 'address', 'code'][1 + j % 6] AS kind,
  ['start', 'read', 's3:GetObject', 'resolve', 'connect', 'load'][1 + j % 6] AS operation,
  CASE WHEN j = 25 AND chance(i, 4) < 0.1 THEN '/tmp/' || md5(i::VARCHAR)
    WHEN j < 10 THEN '/var/task/common/' || j
    ELSE '/var/task/rare/' || j || '/' || floor(6 * pow(chance(i * 100 + j, 5), 4)) END AS target,
  false AS is_temporary, '/var/task/app.py:' || (j * 7) || ' handler' AS site, true AS is_whole,
  false AS is_armed, false AS has_dropped, 0::UTINYINT AS covered, 0::UTINYINT AS gaps,
  CASE WHEN j >= 10 THEN (hash(i, j // 10, 6) % 4096)::USMALLINT END AS caller,
  NULL::BOOLEAN AS is_named, ({_NEWS})::UTINYINT AS news
FROM fleet, range({ACTS}) AS acts(j)"""
_FACT = """
SELECT {sort}::UTINYINT, function, version, token, (token::UHUGEINT % 64)::UTINYINT, {request},
  printf('%016x', hash(i, {sort}, {seed})), began_ms - {early}, day, NULL, NULL, NULL, false, '', true,
  {sort} = 4, false, {bits}::UTINYINT, 0::UTINYINT, NULL, NULL, {news}::UTINYINT
FROM (SELECT *, FIRST_DAY + d AS day FROM fleet) WHERE {where}""".replace(
    "FIRST_DAY", str(FIRST_DAY)
)
_FACTS = (
    (Sort.STATUS, "''", 1, 63, 4, "true"),
    (Sort.ANNOUNCED, "''", 1, 0, 0, "true"),
    (Sort.DETECTION, "md5(i || '.2')", -29_500, 0, 0, "is_attacked"),
)


def write_fleet(root: Path, records: int, seed: int) -> None:
    """Write so many activity records, a segment for each day."""
    environments = max(records // ACTS, DAYS)
    with open_store(root) as store:
        sql = store.connection.execute
        sql(_CHANCE.format(seed=seed))
        for day in range(DAYS):
            first, last = (environments * at // DAYS for at in (day, day + 1))
            sql(_ENVIRONMENTS.format(seed=seed, day=day, first=first, last=last))
            rows = " UNION ALL ".join([_ACT.format(seed=seed), *_facts(seed)])
            draft = segment.draft(store.segments, "fleet")
            sql(
                f"COPY (SELECT * FROM ({rows}) ORDER BY {ORDER}) TO {quoted(str(draft))} ({FORMAT})"
            )
            counted = sql(f"SELECT count(*) FROM read_parquet({quoted(str(draft))})").fetchone()
            name = day_name(FIRST_DAY + day)
            segment.commit(draft, name, name, counted[0] if counted else 0)


def _facts(seed: int) -> list[str]:
    return [
        _FACT.format(
            sort=sort.value,
            request=request,
            early=early,
            bits=bits,
            news=news,
            where=where,
            seed=seed,
        )
        for sort, request, early, bits, news, where in _FACTS
    ]
