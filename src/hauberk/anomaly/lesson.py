"""A function's model and threshold: learned from its earlier records, calibrated by its later ones."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from types import MappingProxyType

from hauberk.anomaly.invocation import Invoked, invoked
from hauberk.anomaly.model import NOTHING, Model, merge, observed
from hauberk.anomaly.score import Scored, scored
from hauberk.anomaly.threshold import Calibration, calibrated
from hauberk.anomaly.told import Told
from hauberk.learn.completeness import HOURS_A_WEEK, watched_weeks

PROMISING_WEEKS = 3.1  # as few alerts as none in these are at most one a week
HELD_BACK = 1 / 3


@dataclass(frozen=True, slots=True)
class Learned:
    """What is known of one function: a model of its records until an hour, a threshold by those after it."""

    model: Model
    calibration: Calibration


def first_held_back(hours: frozenset[int]) -> int:
    """Give the hour from which on records are held back: a third of the time, more where that promises nothing."""
    if not hours:
        return 0
    first, last = min(hours), max(hours) + 1
    third = (last - first) * HELD_BACK
    wanted = max(third, min(PROMISING_WEEKS * HOURS_A_WEEK, (last - first) / 2))
    return last - round(wanted)


def learned(told: Told, before: Mapping[str, Model] = MappingProxyType({})) -> dict[str, Learned]:
    """Learn of each function, on top of models of earlier records."""
    hours = told.hours()
    return {
        name: learned_of(
            (one for sandbox in mine for one in invoked(sandbox)),
            hours[name],
            before.get(name, NOTHING),
        )
        for name, mine in groupby(told.sandboxes(), key=lambda one: one.function)
    }


def learned_of(every: Iterable[Invoked], hours: frozenset[int], before: Model = NOTHING) -> Learned:
    """Learn of one function, whose records are of these hours."""
    cut = first_held_back(hours)
    earlier: list[Invoked] = []
    later: list[Invoked] = []
    for one in every:
        (earlier if one.hour < cut else later).append(one)
    model = merge(before, observed(earlier, since_hour=min(hours, default=0)))
    weeks = watched_weeks(hour for hour in hours if hour >= cut)
    return Learned(model, calibrated([scored(model, one) for one in later], weeks))


def scores(told: Told, known: Mapping[str, Learned]) -> Iterator[Scored]:
    """Score what is told of functions that are known."""
    for sandbox in told.sandboxes():
        if sandbox.function in known:
            model = known[sandbox.function].model
            yield from (scored(model, one) for one in invoked(sandbox))
