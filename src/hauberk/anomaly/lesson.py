"""A function's model and thresholds: each week of its records is scored by what came before it, and then learned.

So all counts that was new at its time. A model that knows more finds what it does not know rarer: the scores of those
that knew less are raised by as much.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from math import log10
from types import MappingProxyType

from hauberk.anomaly.invocation import Invoked, invoked
from hauberk.anomaly.model import NOTHING, Model, merge, observed
from hauberk.anomaly.score import Scored, scored
from hauberk.anomaly.threshold import Calibration, calibrated
from hauberk.anomaly.told import Told
from hauberk.learn.complete.tally import HOURS_A_WEEK, watched_weeks

LEARNED_FIRST = 1 / 3  # of the time; what comes after is scored before it is learned
SHORTEST_STEP_HOURS = 24


@dataclass(frozen=True, slots=True)
class Learned:
    """What is known of one function."""

    model: Model
    calibration: Calibration


def steps(hours: frozenset[int]) -> tuple[int, int]:
    """Give the first hour that is scored, and how many hours from there on are learned at once: at most a week."""
    if not hours:
        return 0, HOURS_A_WEEK
    first, last = min(hours), max(hours) + 1
    step = min(HOURS_A_WEEK, max(SHORTEST_STEP_HOURS, round((last - first) / 6)))
    return first + round((last - first) * LEARNED_FIRST), step


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
    first, step = steps(hours)
    blocks: dict[int, list[Invoked]] = defaultdict(list)
    for one in every:
        blocks[0 if one.hour < first else 1 + (one.hour - first) // step].append(one)
    model, told = before, list[tuple[int, Scored]]()
    for block, mine in sorted(blocks.items()):
        if block and model.whole.hours:
            told += [(model.whole.hours, scored(model, one)) for one in mine]
        model = merge(model, observed(mine, since_hour=min(hours, default=0)))
    weeks = watched_weeks(hour for hour in hours if hour >= first)
    raised = [_raised(one, model.whole.hours / known) for known, one in told]
    return Learned(model, calibrated(raised, weeks))


def _raised(one: Scored, times: float) -> Scored:
    """The scores by a model that knows so many times as much: what is not seen is rarer by as much, at most."""
    more = log10(times)
    raised = {question: score + more for question, score in one.scores.items() if score}
    return replace(one, scores=raised)


def scores(told: Told, known: Mapping[str, Learned]) -> Iterator[Scored]:
    """Score what is told of functions that are known."""
    for sandbox in told.sandboxes():
        if sandbox.function in known:
            model = known[sandbox.function].model
            yield from (scored(model, one) for one in invoked(sandbox))
