"""What pairs of measurements say: medians, quartiles, and how sure the difference is.

The first of a pair is without the guard, the second with it, one right after the other, so that what
else the machine does weighs on both.
"""

from __future__ import annotations

import math
import random
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

RESAMPLES = 4_000
SEED = 20_260_101


@dataclass(frozen=True, slots=True)
class Spread:
    """The middle of some figures, and the half of them around it."""

    median: float
    lower_quartile: float
    upper_quartile: float


@dataclass(frozen=True, slots=True)
class Difference:
    """What pairs differ by: the 95 % interval is of the median, by bootstrap over the pairs.

    `sign_p` is how likely so lopsided a count of signs is where there is no difference.
    """

    pairs: int
    without: Spread
    with_guard: Spread
    added: Spread
    added_low: float
    added_high: float
    ratio: float | None
    sign_p: float


def spread(figures: Sequence[float]) -> Spread:
    """Median and quartiles; of one figure, itself."""
    if len(figures) == 1:
        return Spread(figures[0], figures[0], figures[0])
    lower, median, upper = statistics.quantiles(figures, n=4, method="inclusive")
    return Spread(median, lower, upper)


def compare(without: Sequence[float], with_guard: Sequence[float]) -> Difference:
    """What the second of each pair has more than the first."""
    added = [after - before for before, after in zip(without, with_guard, strict=True)]
    low, high = interval_of_median(added)
    ratios = [after / before for before, after in zip(without, with_guard, strict=True) if before]
    return Difference(
        pairs=len(added),
        without=spread(without),
        with_guard=spread(with_guard),
        added=spread(added),
        added_low=low,
        added_high=high,
        ratio=statistics.median(ratios) if ratios else None,
        sign_p=sign_test(added),
    )


def interval_of_median(figures: Sequence[float]) -> tuple[float, float]:
    """The 95 % bootstrap interval (percentiles) of the median; the same figures give the same."""
    chance = random.Random(SEED)  # noqa: S311  no secret
    medians = sorted(
        statistics.median(chance.choices(figures, k=len(figures))) for _ in range(RESAMPLES)
    )
    return medians[round(RESAMPLES * 0.025)], medians[round(RESAMPLES * 0.975) - 1]


def sign_test(differences: Sequence[float]) -> float:
    """The two-sided p of a sign test; ties count for nothing."""
    more = sum(one > 0 for one in differences)
    less = sum(one < 0 for one in differences)
    count, fewer = more + less, min(more, less)
    tail = sum(math.comb(count, k) for k in range(fewer + 1)) / float(2**count)
    return min(1.0, 2 * tail)
