"""What the learner's decisions ask of a profile: of each activity, how often, when and where it was seen."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hauberk.learn.completeness import Tally, counted_sightings, counted_weeks, tallied
from hauberk.learn.profile import FunctionProfile, Seen
from hauberk.model.activity import Activity

HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was seen of one or more values, in invocations that were not attacked."""

    invocations: int  # with a record of it: each sandbox writes it once
    blocks: int = 0  # hours, at most; 0 where no time is known
    sandboxes: int = 0  # at most
    first_ms: int | None = None  # since 1970
    last_ms: int | None = None
    callers: int = 0  # 0 where none is known
    is_near_attack: bool = False  # no sandbox did it that was never attacked

    @property
    def span_hours(self) -> float:
        """The time between the first sight and the last."""
        if self.first_ms is None or self.last_ms is None:
            return 0.0
        return (self.last_ms - self.first_ms) / HOUR_MS


@dataclass(frozen=True, slots=True)
class FunctionEvidence:
    """All of one function, and how far the evidence spans."""

    seen: Mapping[Activity, Evidence]
    blocks: int = 0  # hours with records
    sandboxes: int = 0
    weeks: float = 0.0  # watched
    callers: int = 0
    explained: frozenset[Activity] = frozenset()  # found in the code


def together(parts: Iterable[Evidence]) -> Evidence:
    """Add up what was seen of several values, or of one in several versions."""
    every = tuple(parts)
    return Evidence(
        invocations=sum(one.invocations for one in every),
        blocks=sum(one.blocks for one in every),
        sandboxes=sum(one.sandboxes for one in every),
        first_ms=min((one.first_ms for one in every if one.first_ms is not None), default=None),
        last_ms=max((one.last_ms for one in every if one.last_ms is not None), default=None),
        callers=sum(one.callers for one in every),
        is_near_attack=bool(every) and all(one.is_near_attack for one in every),
    )


def evidence_of(
    view: FunctionProfile, explained: frozenset[Activity] = frozenset()
) -> FunctionEvidence:
    """Take what a profile knows of a function, all its versions together."""
    rows: dict[Activity, list[Evidence]] = defaultdict(list)
    for one in view.seen:
        if not one.is_attacked_only:
            rows[one.activity].append(_evidence(one))
    totals = [total for version in view.versions for total in version.totals.values()]
    blocks = max((total.blocks for total in totals), default=0)
    seen = {activity: together(parts) for activity, parts in sorted(rows.items())}
    span = together(seen.values()).span_hours
    return FunctionEvidence(
        seen=seen,
        blocks=blocks,
        sandboxes=max((total.sandboxes for total in totals), default=0),
        weeks=counted_weeks(blocks, span),
        explained=explained,
    )


def tally_of(values: Iterable[Evidence], weeks: float) -> Tally:
    """Count the values of one kind, folded ones as one."""
    counts = [max(1, counted_sightings(one.blocks, one.span_hours)) for one in values]
    return tallied(counts, weeks)


def _evidence(seen: Seen) -> Evidence:
    return Evidence(seen.invocations, seen.blocks, seen.sandboxes, seen.first_ms, seen.last_ms)
