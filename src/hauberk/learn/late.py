"""What came late: after the list of its kind was complete, and no new version had come.

Had the list been put in force when it was complete, this would have been an alarm, at most one a week. So it is for a
person, however long the function is watched: who waits until nothing new is expected gains nothing by patience.
A list that was complete stays so until a new version opens it again: strangers' values do not open it.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, pairwise

from hauberk.learn.completeness import carry_over, completeness
from hauberk.learn.evidence import MANY_SIGHTINGS, Evidence, FunctionEvidence
from hauberk.learn.folded import Folded
from hauberk.learn.prior import FLAT
from hauberk.learn.tally import HOURS_A_WEEK, LEAST_WEEKS, SELDOM, Tally, apart, covered
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
    left = [one for one in every if not one.activities <= told]
    return {
        kind: tuple(
            _stretches(
                [one.seen for one in left if one.kind is kind], watched, whole.starts, least_weeks
            )
        )
        for kind in Kind
    }


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
    if not watched:
        return
    ends = sorted({watched[0], *starts, watched[-1] + 1})
    nights = sorted({(hour // _HOURS_A_DAY + 1) * _HOURS_A_DAY for hour in watched})
    lives = [life for one in values if (life := _life(one))]
    held = _Counter(lives, watched)
    for start, end in pairwise(ends):
        anew = [one for one in lives if one[0] >= start]
        fresh = _Counter(anew, watched[bisect_left(watched, start) :])
        for hour in nights[bisect_right(nights, start) : bisect_left(nights, end)]:
            old = held.until(hour)
            known = (
                completeness(old, FLAT, least_weeks)
                if start == ends[0]
                else carry_over(old, fresh.until(hour), FLAT, least_weeks)
            )
            if known.is_complete:
                yield hour, end
                break


def _life(seen: Evidence) -> tuple[int, ...]:
    """The hours of its first five sightings; of too many to tell all but the first within a day."""
    if seen.hours is None:
        first = seen.first or 0
        return (first, *[first + _HOURS_A_DAY] * (MANY_SIGHTINGS - 1))
    return tuple(apart(seen.hours))[: SELDOM + 1]


class _Counter:
    """Counts values until any hour, without going through all of them again."""

    def __init__(self, lives: Sequence[tuple[int, ...]], watched: Sequence[int]) -> None:
        self._nth = [sorted(one[at] for one in lives if len(one) > at) for at in range(SELDOM + 1)]
        self._watched = watched
        self._weeks = [0.0, *accumulate(covered(watched))]

    def until(self, hour: int) -> Tally:
        """Count what was seen before an hour."""
        first, second, *_, fifth = (bisect_left(one, hour) for one in self._nth)
        hours = self._weeks[bisect_left(self._watched, hour)]
        return Tally(first, first - fifth, first - second, hours / HOURS_A_WEEK)
