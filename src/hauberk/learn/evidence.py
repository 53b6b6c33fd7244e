"""What the learner's decisions ask of a profile: of each activity, how often, when and where it was seen."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from hauberk.learn.complete.tally import Tally, sightings, tallied, watched_weeks
from hauberk.learn.profile.believe import HOUR_MS
from hauberk.learn.profile.callers import NOBODY, Callers, all_of
from hauberk.learn.profile.profile import FunctionProfile, Seen, VersionProfile
from hauberk.model.activity import Activity
from hauberk.model.kind import Kind

_FRAME = re.compile(r":\d+(?: |$)")  # of Python; of a program the path stands alone
MANY_SIGHTINGS = 5  # more than 24 hours hold at least five sightings that are six hours apart


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was seen of one or more values, in invocations that were not attacked."""

    invocations: int  # with a record of it: each sandbox writes it once
    sandboxes: int = 0  # at most
    hours: frozenset[int] | None = (
        frozenset()
    )  # since 1970, empty where no time is known; None: too many to tell
    callers: Callers = NOBODY
    is_near_attack: bool = False  # no sandbox did it that was never attacked
    first: int | None = None  # the hour since 1970 of the first sight
    is_named: bool = False  # by an input, each time


@dataclass(frozen=True, slots=True)
class Release:
    """What one version did that none before it did, for as long as it ran."""

    hours: frozenset[int]  # since 1970, in which it wrote records
    fresh: Mapping[
        Activity, Evidence
    ]  # by what was seen of this version; of two versions they have nothing in common


@dataclass(frozen=True, slots=True)
class FunctionEvidence:
    """All of one function, and how far the evidence spans."""

    seen: Mapping[Activity, Evidence]
    hours: frozenset[int] = frozenset()  # with records
    sandboxes: int = 0
    callers: Callers = NOBODY
    most: int = 0  # invocations that told one activity: about as many as there were sandboxes
    explained: frozenset[Activity] = frozenset()  # found in the code
    fresh: frozenset[Activity] = frozenset()  # what only the newest of several versions did
    fresh_hours: frozenset[int] = (
        frozenset()
    )  # in which that one wrote records; empty where there is one version
    newest: frozenset[Activity] = frozenset()  # what that one did, where there are several
    reopened: frozenset[Kind] = (
        frozenset()
    )  # kinds of which a new version may do more than the older ones
    strange: frozenset[Activity] = (
        frozenset()
    )  # what nothing in the code does, where all of it was read
    starts: tuple[int, ...] = ()  # the first hour of each version
    releases: tuple[Release, ...] = ()  # each version but the first, in order
    by_programs: frozenset[Activity] = frozenset()  # what a program or a library in C did
    temporary: frozenset[Activity] = frozenset()  # what the module tempfile named
    settled: Mapping[Kind, tuple[tuple[int, int], ...]] = field(
        default_factory=dict
    )  # when the list of a kind was complete (`late.py`)
    outdated: Mapping[Activity, str] = field(
        default_factory=dict
    )  # what only older code does, and where

    @property
    def weeks(self) -> float:
        """The time that was watched."""
        return watched_weeks(self.hours)

    @property
    def near_attack(self) -> int:
        """So many sandboxes were attacked, at least: as did one and the same thing that no other did."""
        near = (one.invocations for one in self.seen.values() if one.is_near_attack)
        return max(near, default=0)


def together(parts: Iterable[Evidence]) -> Evidence:
    """Add up what was seen of several values, or of one in several versions."""
    every = tuple(parts)
    known = [one.hours for one in every if one.hours is not None]
    return Evidence(
        invocations=sum(one.invocations for one in every),
        sandboxes=sum(one.sandboxes for one in every),
        hours=frozenset[int]().union(*known) if len(known) == len(every) else None,
        callers=all_of(one.callers for one in every),
        is_near_attack=bool(every) and all(one.is_near_attack for one in every),
        first=min((one.first for one in every if one.first is not None), default=None),
        is_named=bool(every) and all(one.is_named for one in every),
    )


def evidence_of(view: FunctionProfile, new: Mapping[str, int] | None = None) -> FunctionEvidence:
    """Take what a profile knows of a function, all its versions together.

    `new` are versions that count as the newest, each from an hour since 1970 on, 0 from its start; else it is the one
    that came last.
    """
    rows: dict[Activity, list[Evidence]] = defaultdict(list)
    for one in view.seen:
        if not one.is_attacked_only:
            rows[one.activity].append(_evidence(one))
    totals = [total for version in view.versions for total in version.totals.values()]
    ordered = in_order(view)
    parts = _parted(view, new or {ordered[-1].version: 0})
    return FunctionEvidence(
        seen={activity: together(parts) for activity, parts in sorted(rows.items())},
        hours=frozenset[int]().union(*(version.hours for version in view.versions)),
        sandboxes=max((total.sandboxes for total in totals), default=0),
        callers=all_of(one.callers for one in view.seen),
        most=max((one.invocations for parts in rows.values() for one in parts), default=0),
        fresh=parts.done - parts.before,
        fresh_hours=parts.hours,
        newest=parts.done,
        by_programs=frozenset(
            one.activity for one in view.seen if not all(map(_FRAME.search, one.sites))
        ),
        temporary=view.temporary,
        starts=tuple(sorted({min(one.hours) for one in view.versions if one.hours} | parts.starts)),
        reopened=frozenset(Kind) if parts.hours else frozenset(),
        releases=tuple(_releases(ordered)),
    )


def in_order(view: FunctionProfile) -> tuple[VersionProfile, ...]:
    """Give the versions of a function, the one that came last at the end; of one hour by their numbers."""
    return tuple(sorted(view.versions, key=_age))


def _age(one: VersionProfile) -> tuple[int, int, str]:
    digits = len(one.version) if one.version.isdigit() else 0  # 10 comes after 9
    return min(one.hours, default=0), digits, one.version


def _releases(ordered: Sequence[VersionProfile]) -> Iterator[Release]:
    before: set[Activity] = set()
    for at, version in enumerate(ordered):
        done = {
            one.activity: _evidence(one)
            for one in version.seen
            if not one.is_attacked_only and one.activity not in before
        }
        if at > 0 and version.hours:
            yield Release(version.hours, done)
        before.update(done)


@dataclass(frozen=True, slots=True)
class _Parts:
    """What is new of a function and what was there before; all empty where nothing was."""

    done: frozenset[Activity] = frozenset()
    before: frozenset[Activity] = frozenset()
    hours: frozenset[int] = frozenset()  # of what is new
    starts: frozenset[int] = frozenset()  # of it, within a version


def _parted(view: FunctionProfile, new: Mapping[str, int]) -> _Parts:
    pairs = [(one, new.get(one.version)) for one in view.versions]
    starts = frozenset(since for one, since in pairs if since and min(one.hours, default=0) < since)
    if not starts and all(since is not None for _, since in pairs):
        return _Parts()
    rows = [(seen, since) for one, since in pairs for seen in one.seen if not seen.is_attacked_only]
    return _Parts(
        done=frozenset(seen.activity for seen, since in rows if _is_new(seen, since)),
        before=frozenset(seen.activity for seen, since in rows if _is_old(seen, since)),
        hours=frozenset(
            hour for one, since in pairs if since is not None for hour in one.hours if hour >= since
        ),
        starts=starts,
    )


def _is_new(seen: Seen, since: int | None) -> bool:
    return since == 0 or (since is not None and (seen.last_ms or 0) >= since * HOUR_MS)


def _is_old(seen: Seen, since: int | None) -> bool:
    return since is None or (since > 0 and (seen.first_ms or 0) < since * HOUR_MS)


def tally_of(values: Iterable[Evidence], weeks: float) -> Tally:
    """Count the values of one kind, folded ones as one; of unknown time as seen once."""
    counts = [
        MANY_SIGHTINGS if one.hours is None else max(1, sightings(one.hours)) for one in values
    ]
    return tallied(counts, weeks)


def _evidence(seen: Seen) -> Evidence:
    hours = None if seen.blocks and not seen.hours else frozenset(seen.hours)
    first = seen.first_ms // HOUR_MS if seen.first_ms is not None else None
    near = seen.is_near_attack
    return Evidence(
        seen.invocations, seen.sandboxes, hours, seen.callers, near, first, seen.is_named
    )
