"""The profile of records in memory: which are believed, and what they show."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache

from hauberk.learn.profile.callers import callers_of
from hauberk.learn.profile.indicators import IndicatorSeen, Said, indicators_seen
from hauberk.learn.profile.inputs import InputSeen, Telling, inputs_seen
from hauberk.learn.profile.observe import Partial, Written
from hauberk.learn.profile.profile import (
    LOTS,
    MOST_HOURS,
    MOST_SITES,
    FunctionProfile,
    Profile,
    Seen,
    Total,
    VersionProfile,
)
from hauberk.learn.records.record import (
    ActivityRecord,
    DetectionRecord,
    Environment,
    InputsRecord,
    Invocation,
    StatusRecord,
    UsageRecord,
)
from hauberk.model.activity import Activity
from hauberk.model.kind import Kind
from hauberk.model.record import NO_ENVIRONMENT

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
_NUMBERS = (InputsRecord, UsageRecord)  # the profile counts no invocation by these


def believe(
    partial: Partial, *, trust_unannounced: bool = False, alias: str | None = None
) -> Profile:
    """Keep what announced environments wrote; `trust_unannounced` takes all others at their word, strangers too.

    With `alias` only environments that were invoked by it show something.
    """
    announced = partial.announced
    believed = _believed(partial, trust_unannounced=trust_unannounced)
    plain = _plain(partial)
    doubtful = [
        environment_of(one)
        for one in plain
        if environment_of(one) not in announced and environment_of(one).token != NO_ENVIRONMENT
    ]
    trusted = sum(one in believed for one in doubtful)
    incomplete = _incomplete(partial)
    chosen = believed - incomplete
    if alias is not None:
        named = (one for one in partial.records if one.alias and one.alias == alias)
        chosen &= {environment_of(one) for one in named}
    return Profile(
        functions=_functions(partial.records, chosen),
        records=len(plain),
        unbelieved=len(doubtful) - trusted,
        trusted=trusted,
        incomplete=len(believed & incomplete),
        unreadable=dict(sorted(Counter(one.why for one in partial.unread).items())),
    )


def teaching(partial: Partial, *, trust_unannounced: bool = False) -> frozenset[Environment]:
    """Name the environments whose records are believed and none of them lost."""
    return _believed(partial, trust_unannounced=trust_unannounced) - _incomplete(partial)


def _believed(partial: Partial, *, trust_unannounced: bool) -> frozenset[Environment]:
    if not trust_unannounced:
        return partial.announced
    return partial.announced | {environment_of(one) for one in _plain(partial) if one.is_whole}


def _plain(partial: Partial) -> list[Written]:
    """All records but those that an invocation without anything new writes as well."""
    return [one for one in partial.records if not isinstance(one.record, _NUMBERS)]


def environment_of(one: Written) -> Environment:
    """Whose record it is."""
    return one.record.invocation.environment


def _incomplete(partial: Partial) -> frozenset[Environment]:
    """Those that dropped records, or had some damaged that no log holds whole."""
    whole = {(environment_of(one), one.id) for one in partial.records if one.id}
    dropped = {
        environment_of(one)
        for one in partial.records
        if isinstance(one.record, StatusRecord) and one.record.has_dropped
    }
    return frozenset(dropped | {one.environment for one in partial.damaged if one not in whole})


def _functions(
    records: Iterable[Written], believed: frozenset[Environment]
) -> dict[str, FunctionProfile]:
    mine = [one for one in records if environment_of(one) in believed]
    attacked = frozenset(one.record.invocation for one in mine if _is_attacked(one))
    groups: dict[str, dict[str, list[Written]]] = defaultdict(lambda: defaultdict(list))
    for one in mine:
        if not isinstance(one.record, _NUMBERS):
            groups[environment_of(one).function][one.version].append(one)
    inputs, indicators = _inputs(mine, attacked), _indicators(mine)
    return {
        name: FunctionProfile(
            tuple(
                replace(
                    _version(version, group, attacked),
                    inputs=inputs.get((name, version), ()),
                    indicators=indicators.get((name, version), ()),
                )
                for version, group in sorted(versions.items())
            )
        )
        for name, versions in sorted(groups.items())
    }


def _inputs(
    rows: Iterable[Written], attacked: frozenset[Invocation]
) -> dict[tuple[str, str], tuple[InputSeen, ...]]:
    told: dict[tuple[str, str], list[Telling]] = defaultdict(list)
    for one in rows:
        record, (function, token) = one.record, environment_of(one)
        if isinstance(record, InputsRecord) and record.invocation not in attacked:
            hour = one.at_ms // HOUR_MS if one.at_ms is not None else None
            telling = Telling(token, lot_of(token), hour, record.shapes)
            told[function, one.version].append(telling)
    return {key: inputs_seen(sorted(all_, key=lambda one: one.token)) for key, all_ in told.items()}


def _indicators(rows: Iterable[Written]) -> dict[tuple[str, str], tuple[IndicatorSeen, ...]]:
    said: dict[tuple[str, str], list[Said]] = defaultdict(list)
    for one in rows:
        record, (function, token) = one.record, environment_of(one)
        if isinstance(record, DetectionRecord) and record.attacked:
            hour = one.at_ms // HOUR_MS if one.at_ms is not None else None
            request = record.invocation.request_id
            said[function, one.version].append(
                Said(token, lot_of(token), request, hour, record.indicator)
            )
    return {key: indicators_seen(every) for key, every in said.items()}


def _version(
    version: str,
    group: list[Written],
    attacked: frozenset[Invocation],
) -> VersionProfile:
    statuses = [one.record for one in group if isinstance(one.record, StatusRecord)]
    nothing: frozenset[Kind] = frozenset()
    near = frozenset(one.environment for one in attacked)
    acts: dict[Activity, list[Written]] = {}
    for one in group:
        if isinstance(one.record, ActivityRecord):
            calm = acts.setdefault(one.record.activity, [])
            calm += [one] if one.record.invocation not in attacked else []
    return VersionProfile(
        version=version,
        seen=tuple(_seen(activity, rows, near) for activity, rows in sorted(acts.items())),
        totals=_totals(acts),
        invocations=_invocations(group),
        hours=_hours(group),
        attacked=len({one.record.invocation for one in group if _is_attacked(one)}),
        is_armed=any(one.is_armed for one in statuses),
        covered=nothing.union(*(one.covered for one in statuses)),
        gaps=nothing.union(*(one.gaps for one in statuses)),
        is_used=any(one.record.invocation.request_id for rows in acts.values() for one in rows),
    )


def _seen(activity: Activity, rows: list[Written], near: frozenset[Environment]) -> Seen:
    times, hours = _times(rows), _hours(rows)
    records = [one.record for one in rows if isinstance(one.record, ActivityRecord)]
    return Seen(
        activity,
        _invocations(rows),
        len(hours),
        _sandboxes(rows),
        min(times, default=None),
        max(times, default=None),
        any(one.is_temporary for one in records),
        tuple(sorted({one.site for one in rows if one.site})[:MOST_SITES]),
        tuple(sorted(hours)) if len(hours) <= MOST_HOURS else (),
        bool(rows) and near.issuperset(environment_of(one) for one in rows),
        callers_of(one.caller for one in records),
        bool(records) and all(one.is_named for one in records),
    )


def _totals(acts: Mapping[Activity, list[Written]]) -> dict[Kind, Total]:
    kinds: dict[Kind, list[Written]] = defaultdict(list)
    for activity, rows in acts.items():
        kinds[activity.kind] += rows
    return {
        kind: Total(_invocations(rows), len(_hours(rows)), _sandboxes(rows))
        for kind, rows in sorted(kinds.items())
        if rows
    }


def _is_attacked(one: Written) -> bool:
    return isinstance(one.record, (ActivityRecord, DetectionRecord)) and one.record.attacked


def _invocations(rows: Iterable[Written]) -> int:
    return len({(one.record.invocation, day_of(one.at_ms)) for one in rows})


def _hours(rows: Iterable[Written]) -> frozenset[int]:
    return frozenset(at // HOUR_MS for at in _times(rows))


def _sandboxes(rows: Iterable[Written]) -> int:
    return len({lot_of(environment_of(one).token) for one in rows})


def _times(rows: Iterable[Written]) -> list[int]:
    return [one.at_ms for one in rows if one.at_ms is not None]


def day_of(at_ms: int | None) -> int | None:
    """Which day since 1970 it was, by the clock of UTC."""
    return at_ms // DAY_MS if at_ms is not None else None


@lru_cache(1 << 14)
def lot_of(token: str) -> int:
    """Draw one of 64 lots: different ones are different environments."""
    return int(token, 16) % LOTS
