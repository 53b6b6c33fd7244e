"""How much a function still keeps to itself: the false alarms to expect of its allowlist, with a bound.

A false alarm is the first sight of something benign that is not on the list. What is counted is how often each
value was seen, in sightings at least six hours apart: a burst counts once, and a sandbox writes a value once.
Values seen one to four times (*seldom*) tell of those not seen yet (Good 1953; Robbins 1968; for incidence, Chao
1984). Their number is Poisson, its mean's upper bound is Garwood's (1936), as Esty (1983) bounds the unseen mass;
with the values seen twice to four times it is steadier than singletons alone. How the counts of one to four relate
is that of rates whose density falls with the power `1 + SLOPE` (Fisher, Corbet and Williams 1943; Pitman and Yor
1997), and the same gives how many new ones a week brings after so many weeks (Good and Toulmin 1956).

Where a fleet is known, what other functions keep to themselves is a gamma prior (Robbins 1955): the bound then holds
of 95 % of a fleet's functions, not for each one. `bench/learning.py` measures where it holds and where not.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from hauberk.learn.gamma import quantile

HOURS_A_WEEK = 168
APART_HOURS = 6
LONGEST_PAUSE_HOURS = 24  # a longer time without any record may be a log that is missing
SELDOM = 4
SLOPE = 0.5
CONFIDENCE = 0.95
MOST_ALARMS_A_WEEK = 1.0
LEAST_WEEKS = 1 / 7  # a day has hours of its own
LEAST_FUNCTIONS = 40
_SHAPES = (0.1, 50.0)

Blocks = frozenset[int]


@dataclass(frozen=True, slots=True)
class Tally:
    """What was counted of one kind: values, seldom ones among them, and the weeks that were watched."""

    values: int
    seldom: int
    weeks: float


@dataclass(frozen=True, slots=True)
class Prior:
    """What is thought of a kind before anything is seen: a gamma distribution of the values seen once."""

    shape: float = 1.0
    rate: float = 0.0


FLAT = Prior()


@dataclass(frozen=True, slots=True)
class Completeness:
    """What is known of one kind of a function."""

    tally: Tally
    expected: float  # alarms in the coming week
    bound: float  # at most so many, with 95 % confidence
    weeks_needed: float  # watched in all, if nothing more is seldom

    @property
    def is_complete(self) -> bool:
        """The rule: at most one alarm a week, with 95 % confidence, and a day was watched."""
        return self.bound <= MOST_ALARMS_A_WEEK and self.tally.weeks >= LEAST_WEEKS


def sightings(blocks: Iterable[int]) -> int:
    """Count the sightings that are six hours apart."""
    count, last = 0, None
    for block in sorted(blocks):
        if last is None or block - last >= APART_HOURS:
            count, last = count + 1, block
    return count


def watched_weeks(blocks: Iterable[int]) -> float:
    """Give the time that records cover; of a pause without any, no more than a day."""
    ordered = sorted(blocks)
    if not ordered:
        return 0.0
    pauses = (later - earlier for earlier, later in pairwise(ordered))
    hours = sum(min(pause, LONGEST_PAUSE_HOURS) for pause in pauses)
    return (hours + 1) / HOURS_A_WEEK


def tally(values: Iterable[Blocks], watched: Blocks) -> Tally:
    """Count values of one kind by the hours in which each was seen."""
    counts = [sightings(blocks) for blocks in values if blocks]
    return tallied(counts, watched_weeks(watched))


def tallied(counts: Sequence[int], weeks: float) -> Tally:
    """Count values by how often each was seen."""
    return Tally(len(counts), sum(count <= SELDOM for count in counts), weeks)


def completeness(counted: Tally, prior: Prior = FLAT) -> Completeness:
    """Say how many alarms a week the list of a kind would give, and what it takes to be complete."""
    shape, rate = prior.shape + counted.seldom, prior.rate + _seldom_for_one()
    most = quantile(shape, CONFIDENCE) / rate
    ahead = _new_in_a_week(counted.weeks)
    return Completeness(
        tally=counted,
        expected=shape / rate * ahead,
        bound=most * ahead,
        weeks_needed=max(LEAST_WEEKS, _weeks_for(MOST_ALARMS_A_WEEK / most)),
    )


def carry_over(held: Tally, fresh: Tally, prior: Prior = FLAT) -> Completeness:
    """Say what is known of a new version: the list of those before stays, what the version does anew is open.

    `held` counts all values of all versions; `fresh` what only the new version did, in the time that it was watched.
    The bounds add up: what was still unseen of the old may come as well.
    """
    before, anew = completeness(held, prior), completeness(fresh, prior)
    needed = max(before.weeks_needed - held.weeks, 0) + fresh.weeks
    return Completeness(
        tally=Tally(held.values, held.seldom, fresh.weeks),
        expected=before.expected + anew.expected,
        bound=before.bound + anew.bound,
        weeks_needed=max(needed, anew.weeks_needed),
    )


def next_invocation(alarms_a_week: float, invocations_a_week: float) -> float:
    """Give the chance that the next invocation does something new; at most `alarms_a_week` are spread over a week."""
    return min(1.0, alarms_a_week / invocations_a_week) if invocations_a_week > 0 else 1.0


def prior_of(fleet: Iterable[Tally]) -> Prior:
    """Learn from one kind of many functions what to think of another; too few of them teach nothing."""
    counts = [one.seldom for one in fleet if one.weeks >= LEAST_WEEKS]
    if len(counts) < LEAST_FUNCTIONS:
        return FLAT
    mean = max(sum(counts) / len(counts), 1 / len(counts))
    variance = sum((count - mean) ** 2 for count in counts) / len(counts)
    spread = max(variance - mean, 1e-9)  # beyond that of a Poisson count
    shape = min(max(mean * mean / spread, _SHAPES[0]), _SHAPES[1])
    return Prior(shape, shape * _seldom_for_one() / mean)


def curve(values: Sequence[Blocks], watched: Blocks, prior: Prior = FLAT) -> list[Completeness]:
    """Give what was known of a kind after each day of records."""
    days = sorted({block // 24 for block in watched})
    return [
        completeness(tally((_until(blocks, day) for blocks in values), _until(watched, day)), prior)
        for day in days
    ]


def _until(blocks: Blocks, day: int) -> Blocks:
    return frozenset(block for block in blocks if block < (day + 1) * 24)


def _seldom_for_one() -> float:
    """How many seldom values there are for each that was seen once."""
    total = part = 1.0
    for count in range(1, SELDOM):
        part *= (count - SLOPE) / (count + 1)
        total += part
    return total


def _new_in_a_week(weeks: float) -> float:
    """How many values the coming week brings for each that was seen once in `weeks`."""
    ahead = 1 / max(weeks, 1 / HOURS_A_WEEK)
    return float(((1 + ahead) ** SLOPE - 1) / SLOPE)


def _weeks_for(new: float) -> float:
    """After how many weeks a week brings so few."""
    return float(1 / ((1 + SLOPE * new) ** (1 / SLOPE) - 1))
