"""How often things are done in an invocation, how many bytes are sent: log-normal by behaviour, told as the guard does.

A sandbox tells of a number when it goes a step beyond the most that it told of. How long that takes, and which step is
reached then, is drawn: no invocation in between needs to be.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import exp, log
from random import Random
from statistics import NormalDist

from hauberk.anomaly.invocation import Step, Used
from hauberk.learn.records.usage import LADDERS, Measure
from hauberk.model.activity import Activity
from hauberk.model.kind import Kind

# Of the medians of behaviours: the median of all, and how far they lie apart (the deviation of their logarithms).
MEDIANS = {Measure.TIMES: (2.0, 1.3), Measure.BYTES: (30_000.0, 2.0)}
SPREADS = {Measure.TIMES: (0.1, 0.7), Measure.BYTES: (0.3, 1.2)}  # of one behaviour's invocations
MOST_INVOCATIONS = 300  # of a sandbox
MOST_RARE = 3  # of them, that do what is rare
_STANDARD = NormalDist()


@dataclass(frozen=True, slots=True)
class Usual:
    """A behaviour's number in an invocation: its logarithm is normal."""

    middle: float
    spread: float

    def median(self) -> float:
        """The usual number."""
        return exp(self.middle)


Numbers = Mapping[Measure, Usual]


def numbers(chance: Random, kind: Kind) -> Numbers:
    """Draw what is usual of a behaviour; bytes are sent to hosts and addresses."""
    measures = [Measure.TIMES]
    if kind in (Kind.HOST, Kind.ADDRESS):
        measures.append(Measure.BYTES)
    return {one: _usual(chance, one) for one in measures}


def _usual(chance: Random, measure: Measure) -> Usual:
    median, apart = MEDIANS[measure]
    return Usual(chance.gauss(log(median), apart), chance.uniform(*SPREADS[measure]))


def step_of(measure: Measure, number: float) -> int | None:
    """The highest step that a number has reached; none below the lowest."""
    least, times = LADDERS[measure]
    if number < least:
        return None
    step = least
    while step * times <= number:
        step *= times
    return step


def telling(
    chance: Random, measure: Measure, usual: Usual, invocations: int
) -> Iterator[tuple[int, int]]:
    """Give in which of a sandbox's invocations which step is told."""
    least, times = LADDERS[measure]
    number, due = 0, least
    while True:
        beyond = 1 - _STANDARD.cdf((log(due) - usual.middle) / usual.spread)
        if beyond < 1e-9:
            return
        number += 1 + int(log(1 - chance.random()) / log(1 - min(beyond, 1 - 1e-12)))
        if number > invocations:
            return
        rank = 1 - beyond * (1 - chance.random())
        reached = exp(usual.middle + usual.spread * _STANDARD.inv_cdf(min(rank, 1 - 1e-12)))
        step = step_of(measure, max(reached, due))
        if step is None:
            return
        yield number, step
        due = step * times


def place(act: Activity) -> Activity:
    """What is counted together with it: a folder's files, a bucket's objects."""
    if act.kind is Kind.FILE or ":s3:" in act.target:
        return act._replace(target=f"{act.target.rpartition('/')[0]}/*")
    return act


def told(
    chance: Random, firsts: list[tuple[int, str, Activity, bool]], of: Mapping[Activity, Numbers]
) -> Iterator[Step]:
    """Give what a sandbox tells of the numbers of what it does: with the first time, and in later invocations."""
    invocations = chance.randrange(1, MOST_INVOCATIONS)
    for at_ms, request, act, is_common in firsts:
        many = invocations if is_common else chance.randrange(1, MOST_RARE + 1)
        for measure, usual in of[act].items():
            for number, step in telling(chance, measure, usual, many):
                is_first = number == 1
                yield Step(
                    at_ms + 1_000 * number,
                    request if is_first else f"i{number}" if is_common else f"{request}.{number}",
                    place(act),
                    False,
                    Used(measure, step),
                )
