"""From which score on a person is told: so that a function alerts at most once a week, by records that were
held back from the model until they were scored.

Alerts with the same lead within a week are one. Of the number of alerts in the weeks that were held back, which is
Poisson, the upper bound is Garwood's (1936): with less than three weeks nothing can be promised, and that is said.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from hauberk.anomaly.score import Scored
from hauberk.anomaly.trait import Trait
from hauberk.learn.gamma import CONFIDENCE, quantile
from hauberk.learn.tally import HOURS_A_WEEK

MOST_A_WEEK = 1.0
LEAST = 2.0  # what is less rare than one in a hundred is not told, however quiet a function is
NEVER = 99.0  # no score is as high: where nothing was held back, nothing is told


@dataclass(frozen=True, slots=True)
class Calibration:
    """A threshold, and what it gave in the time that was held back."""

    threshold: float
    alerts: int
    weeks: float
    invocations: int

    @property
    def most_a_week(self) -> float:
        """At most so many alerts a week, with 95 % confidence."""
        return _bound(self.alerts, self.weeks)

    @property
    def is_promised(self) -> bool:
        """Whether that is one or less."""
        return self.most_a_week <= MOST_A_WEEK


@dataclass(frozen=True, slots=True)
class Alert:
    """What a person is told: an invocation, and how many more within a week were the same."""

    first: Scored
    more: int


def alerts(every: Collection[Scored], threshold: float) -> tuple[Alert, ...]:
    """Tell of invocations over a threshold, those of one lead within a week once."""
    over = sorted(
        (one for one in every if one.score > threshold),
        key=lambda one: (one.invoked.hour, one.invoked.at_ms or 0, one.invoked.request),
    )
    told: list[list[Scored]] = []
    last: dict[Trait | None, list[Scored]] = {}
    for one in over:
        group = last.get(one.lead)
        if group is not None and one.invoked.hour - group[0].invoked.hour < HOURS_A_WEEK:
            group.append(one)
            continue
        last[one.lead] = [one]
        told.append(last[one.lead])
    return tuple(Alert(group[0], len(group) - 1) for group in told)


def calibrated(held_back: Sequence[Scored], weeks: float) -> Calibration:
    """Choose the lowest threshold that gives at most one alert a week; where none can, the highest score seen."""
    calm = [one for one in held_back if not one.invoked.is_attacked]
    if not calm:
        return Calibration(NEVER, 0, weeks, 0)
    steps = sorted({max(one.score, LEAST) for one in calm})
    low, high = 0, len(steps) - 1  # the highest gives no alert at all
    while low < high:
        middle = (low + high) // 2
        if _bound(len(alerts(calm, steps[middle])), weeks) <= MOST_A_WEEK:
            high = middle
        else:
            low = middle + 1
    threshold = steps[high]
    return Calibration(threshold, len(alerts(calm, threshold)), weeks, len(calm))


def _bound(count: int, weeks: float) -> float:
    return quantile(count + 1, CONFIDENCE) / max(weeks, 1 / HOURS_A_WEEK)
