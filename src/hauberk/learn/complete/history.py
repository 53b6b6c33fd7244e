"""What was known of a kind at the end of each day of records, by the function's own records, without a fleet."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from hauberk.learn.complete.completeness import Completeness, carry_over, completeness
from hauberk.learn.complete.lives import Lives, life
from hauberk.learn.complete.prior import FLAT
from hauberk.learn.complete.tally import LEAST_WEEKS
from hauberk.learn.evidence import Evidence

MOST_POINTS = 28
_HOURS_A_DAY = 24

Nights = Iterator[tuple[int, Completeness]]  # the hour since 1970, and what was known by then


class Point(NamedTuple):
    """What was known at the end of one day."""

    day: int  # since 1970
    bound: float  # alarms a week, at most
    is_complete: bool


def curve(
    values: Iterable[Evidence],
    hours: Iterable[int],
    starts: Sequence[int] = (),
    least_weeks: float = LEAST_WEEKS,
) -> tuple[Point, ...]:
    """Give what was known of a kind from day to day, the last day included; of many days some, evenly."""
    watched = sorted(hours)
    if not watched:
        return ()
    days = watched[-1] // _HOURS_A_DAY - watched[0] // _HOURS_A_DAY + 1
    step = -(-days // MOST_POINTS)
    night = (watched[-1] // _HOURS_A_DAY + 1) * _HOURS_A_DAY
    every = [
        Point(hour // _HOURS_A_DAY - 1, known.bound, known.is_complete)
        for _, nights in history(list(values), watched, starts, least_weeks, night + 1)
        for hour, known in nights
        if (night - hour) // _HOURS_A_DAY % step == 0
    ]
    return tuple(every)


def history(
    values: Sequence[Evidence],
    watched: Sequence[int],
    starts: Sequence[int],
    least_weeks: float,
    until: int | None = None,
) -> Iterator[tuple[int, Nights]]:
    """Give of each version when it ends, and what was known at the end of each day before that; hours in order.

    The last one ends with the last hour that was watched, or at `until`.
    """
    if not watched:
        return
    first = watched[0]
    ends = sorted({first, *starts, until or watched[-1] + 1})
    days = sorted({(hour // _HOURS_A_DAY + 1) * _HOURS_A_DAY for hour in watched})
    lives = [found for one in values if (found := life(one))]
    held = Lives(lives, watched)
    for start, end in pairwise(ends):
        anew = [one for one in lives if one[0] >= start]
        fresh = Lives(anew, watched[bisect_left(watched, start) :]) if start > first else None
        hours = days[bisect_right(days, start) : bisect_left(days, end)]
        yield end, _nights(held, fresh, hours, least_weeks)


def _nights(held: Lives, fresh: Lives | None, hours: Sequence[int], least_weeks: float) -> Nights:
    for hour in hours:
        old = held.until(hour)
        if fresh is None:
            yield hour, completeness(old, FLAT, least_weeks)
        else:
            yield hour, carry_over(old, fresh.until(hour), FLAT, least_weeks)
