"""What came late: after the list of its kind was complete, and no new version had come.

Had the list been put in force when it was complete, this would have been an alarm, at most one a week. So it is for a
person, however long the function is watched: who waits until nothing new is expected gains nothing by patience.
A list that was complete stays so until a new version opens it again: strangers' values do not open it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from hauberk.learn.complete.history import Point, curve, history
from hauberk.learn.complete.tally import LEAST_WEEKS
from hauberk.learn.evidence import Evidence, FunctionEvidence
from hauberk.learn.fold.folded import Folded
from hauberk.model.activity import Activity
from hauberk.model.kind import Kind

_HOURS_A_DAY = 24

Stretch = tuple[int, int]  # hours since 1970, from the first that counts to before the last


def settled(
    every: Iterable[Folded],
    whole: FunctionEvidence,
    told: frozenset[Activity] = frozenset(),
    *,
    least_weeks: float = LEAST_WEEKS,
) -> Mapping[Kind, tuple[Stretch, ...]]:
    """Say of each kind when its list was complete, each version from its own start; by itself, without a fleet.

    `told` is what stands on the list by the code: it was no news when it was seen.
    """
    watched = sorted(whole.hours)
    return {
        kind: tuple(_stretches(values, watched, whole.starts, least_weeks))
        for kind, values in _values(every, told).items()
    }


def curves(
    every: Iterable[Folded],
    whole: FunctionEvidence,
    told: frozenset[Activity] = frozenset(),
    *,
    least_weeks: float = LEAST_WEEKS,
) -> Mapping[Kind, tuple[Point, ...]]:
    """Say of each kind what was known of it from day to day, as `settled` does."""
    return {
        kind: curve(values, whole.hours, whole.starts, least_weeks)
        for kind, values in _values(every, told).items()
    }


def _values(every: Iterable[Folded], told: frozenset[Activity]) -> dict[Kind, list[Evidence]]:
    left = [one for one in every if not one.activities <= told]
    return {kind: [one.seen for one in left if one.kind is kind] for kind in Kind}


def lateness(seen: Evidence, stretches: Iterable[Stretch]) -> str:
    """Say how long after its list was complete something was seen first; nothing where it was not."""
    if seen.first is None:
        return ""
    start = next((start for start, end in stretches if start <= seen.first < end), None)
    if start is None:
        return ""
    days = (seen.first - start) // _HOURS_A_DAY
    return f"new on day {days + 1} after the list was complete"


def _stretches(
    values: Sequence[Evidence], watched: Sequence[int], starts: Sequence[int], least_weeks: float
) -> Iterator[Stretch]:
    for end, nights in history(values, watched, starts, least_weeks):
        hour = next((hour for hour, known in nights if known.is_complete), None)
        if hour is not None:
            yield hour, end
