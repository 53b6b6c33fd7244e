"""Entries of lists with what records tell of them, as `hauberk allowlist` shows and exports them."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hauberk.cli.recorded import profiled
from hauberk.learn.profile.profile import Profile
from hauberk.learn.profile.profile_file import read_profile
from hauberk.learn.profile.sighting import Sighting, sightings
from hauberk.learn.records.log import LogError
from hauberk.model.escaped import escaped
from hauberk.model.kind import Kind
from hauberk.policy.amend import entry_body
from hauberk.policy.compile import entry_line
from hauberk.policy.file import Entry, FunctionPolicy

Sightings = Mapping[tuple[Kind, str], Sighting]
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_COLUMNS = (
    "function", "kind", "operation", "target", "origin", "author", "reason", "added",
    "invocations", "first_seen", "last_seen", "callers", "sites",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One entry of a list; what was seen of it is None where no records were named, or none shows it."""

    function: str
    kind: Kind
    entry: Entry
    seen: Sighting | None


@dataclass(frozen=True, slots=True)
class Records:
    """Where it is known what was seen: logs, a store, or what `hauberk learn --profile` wrote of them."""

    log: list[str] | None = None
    store: Path | None = None
    profile: Path | None = None


def seen_of(functions: Iterable[FunctionPolicy], records: Records) -> dict[str, Sightings] | None:
    """Look up what records tell of each function's entries; None where none are named.

    Raises LogError, StoreError, ProfileError.
    """
    profile = _profile(records)
    if profile is None:
        return None
    return {
        one.name: sightings(profile.functions[one.name], one.allowlist)
        for one in functions
        if one.name in profile.functions
    }


def _profile(records: Records) -> Profile | None:
    is_recorded = bool(records.log) or records.store is not None
    if records.profile is None:
        return (
            profiled(records.log or (), records.store, trust_unannounced=False)
            if is_recorded
            else None
        )
    if is_recorded:
        raise LogError("a profile tells all by itself; name --profile, or --log and --store")
    return read_profile(records.profile.read_bytes(), str(records.profile))


def rows(one: FunctionPolicy, kinds: list[Kind], seen: Mapping[str, Sightings] | None) -> list[Row]:
    """Give the entries of a function's lists."""
    mine = (seen or {}).get(one.name, {})
    return [
        Row(
            one.name, kind, entry, mine.get((kind, entry_line(kind, entry.operation, entry.target)))
        )
        for kind in kinds
        for entry in one.allowlist.get(kind, ())
    ]


def as_json(row: Row, *, is_seen: bool) -> dict[str, Any]:
    """Write an entry; what was seen of it where that was asked for."""
    about = {"operation": row.entry.operation, **entry_body(row.entry)}
    return {**about, "seen": _seen(row.seen)} if is_seen else about


def as_csv(every: Iterable[Row]) -> Iterator[str]:
    """Give lines for a spreadsheet, in which no cell is a formula."""
    for cells in (_COLUMNS, *map(_cells, every)):
        line = io.StringIO()
        csv.writer(line, lineterminator="").writerow(map(_cell, cells))
        yield line.getvalue()


def moment(at_ms: int | None) -> str | None:
    """Write a time (UTC)."""
    if at_ms is None:
        return None
    return datetime.fromtimestamp(at_ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _cells(row: Row) -> tuple[str, ...]:
    body = as_json(row, is_seen=True)
    seen = body.pop("seen") or {}
    sites = " ".join(seen.pop("sites", ()))
    values = {**body, **seen, "function": row.function, "kind": row.kind.value, "sites": sites}
    return tuple(str(values.get(column) or "") for column in _COLUMNS)


def _cell(text: str) -> str:
    """A spreadsheet runs what begins like a formula, and targets may be strangers' words."""
    shown = escaped(text)
    return f"'{shown}" if shown.startswith(_FORMULA) else shown


def _seen(seen: Sighting | None) -> dict[str, Any] | None:
    if seen is None:
        return None
    return {
        "invocations": seen.invocations,
        "first_seen": moment(seen.first_ms),
        "last_seen": moment(seen.last_ms),
        **({"callers": count} if (count := seen.callers.at_least) else {}),
        "sites": list(seen.sites),
    }
