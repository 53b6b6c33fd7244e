"""When values were seen for the first times, so that they can be counted as of any hour."""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate

from hauberk.learn.complete.tally import HOURS_A_WEEK, SELDOM, Tally, apart, covered
from hauberk.learn.evidence import MANY_SIGHTINGS, Evidence

_HOURS_A_DAY = 24


def life(seen: Evidence) -> tuple[int, ...]:
    """Give the hours of its first five sightings; of too many to tell all but the first within a day."""
    if seen.hours is None:
        first = seen.first or 0
        return (first, *[first + _HOURS_A_DAY] * (MANY_SIGHTINGS - 1))
    return tuple(apart(seen.hours))[: SELDOM + 1]


class Lives:
    """Counts values until any hour, without going through all of them again; `watched` in order."""

    def __init__(self, lives: Sequence[tuple[int, ...]], watched: Sequence[int]) -> None:
        self._nth = [sorted(one[at] for one in lives if len(one) > at) for at in range(SELDOM + 1)]
        self._watched = watched
        self._weeks = [0.0, *accumulate(covered(watched))]

    def until(self, hour: int) -> Tally:
        """Count what was seen before an hour."""
        first, second, *_, fifth = (bisect_left(one, hour) for one in self._nth)
        hours = self._weeks[bisect_left(self._watched, hour)]
        return Tally(first, first - fifth, first - second, hours / HOURS_A_WEEK)

    def after(self, weeks: float) -> Tally:
        """Count what was seen in the first weeks that were watched; in all of them where there were fewer."""
        at = bisect_left(self._weeks, weeks * HOURS_A_WEEK)
        return self.until(self._watched[at - 1] + 1 if 0 < at <= len(self._watched) else self._end)

    @property
    def _end(self) -> int:
        return self._watched[-1] + 1 if self._watched else 0
