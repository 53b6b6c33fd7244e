"""A fleet of functions with known truth: what each does, how often, in which hours, and when it is seen.

Drawn from a seed. Traffic is log-normal (10 to 10^6 invocations a day) with a rhythm of day and week. Each
function has common behaviours of each kind and, in some kinds, rare ones: some come in bursts, some with cold
starts only, some in a window of the day or at weekends only. A sandbox writes what it does once, so that what
is common is recorded with cold starts only.
"""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from hauberk.model.kind import Kind

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

HOURS_A_DAY, HOURS_A_WEEK = 24, 168
KINDS = len(Kind)
BURST_HOURS = 3.0
SANDBOX_HOURS = 4.0
IDLE_AN_HOUR = 6.0  # a sandbox is gone after ten minutes without an invocation

WORLDS = {
    "log-uniform": "rare behaviours from one in 10^6 invocations to one in three, each decade alike",
    "zipf": "the n-th behaviour comes with 0.3 / n^1.1 of the invocations",
    "steep zipf": "with 0.3 / n^2",
    "rare jobs": "a third of the rare behaviours come about once in four weeks, whatever the traffic",
    "monthly": "all rare behaviours do: nothing that was seen foretells them",
}
# Of each kind: the share of functions that have no rare behaviour, how many the others have (median), common ones.
RARE = (
    (0.75, 3, 0.5),  # process
    (0.30, 14, 4.0),  # file
    (0.35, 8, 2.0),  # api
    (0.50, 5, 1.5),  # host
    (0.50, 5, 1.5),  # address
    (0.80, 3, 0.5),  # code
)


@dataclass(frozen=True, slots=True)
class Behaviours:
    """One row a behaviour; `group` is its function and kind."""

    function: Ints
    group: Ints
    chance: Floats  # an invocation, or a cold start, while it is active
    is_cold: Flags
    duty: Floats  # the share of hours in which a bursty one is active, else 1
    window: Ints  # 0 always, 1 four hours of the day, 2 weekends


@dataclass(frozen=True, slots=True)
class Fleet:
    """What happened, by hour, and what is true of the week to come."""

    behaviours: Behaviours
    traffic: Floats  # invocations a day, by function
    invocations: Floats  # by function and hour
    recorded: Flags  # by behaviour and hour: some sandbox did it for its first time
    first: Ints  # the hour of the first sight, a large number where none was
    weekly: Floats  # the chance that a week sees it

    @property
    def groups(self) -> int:
        """How many functions, times kinds."""
        return len(self.traffic) * KINDS


def fleet(world: str, seed: int, functions: int, days: int) -> Fleet:
    """Draw a fleet, and let it run."""
    chance = np.random.default_rng([seed, list(WORLDS).index(world)])
    traffic = np.clip(np.exp(chance.normal(np.log(3000), 2.0, functions)), 10, 1e6)
    volume = _volume(chance, traffic, days * HOURS_A_DAY)
    cold = np.minimum(
        volume * np.exp(-volume / IDLE_AN_HOUR)
        + np.maximum(volume * 0.2 / 3600, 1 - np.exp(-volume)) / SANDBOX_HOURS,
        volume,
    )
    behaviours = _behaviours(chance, world, traffic)
    return _run(chance, behaviours, traffic, volume, cold)


def _volume(chance: Generator, traffic: Floats, hours: int) -> Floats:
    hour = np.arange(hours)[None]
    day = 1 + 0.8 * np.sin(2 * np.pi * (hour / HOURS_A_DAY + chance.random((len(traffic), 1))))
    is_weekend = hour // HOURS_A_DAY % 7 >= 5
    week = np.where(is_weekend & (chance.random((len(traffic), 1)) < 0.5), 0.4, 1.0)
    return np.asarray(traffic[:, None] / HOURS_A_DAY * day * week)


def _behaviours(chance: Generator, world: str, traffic: Floats) -> Behaviours:
    counts, groups, odds = [], [], []
    for function in range(len(traffic)):
        for kind, (none, median, common) in enumerate(RARE):
            usual = 1 + chance.poisson(common)
            rare = 0
            if chance.random() >= none:
                rare = 1 + min(int(median * np.exp(chance.normal(0, 1.0))), 300)
            counts.append((usual, rare))
            groups.append(function * KINDS + kind)
            odds += [chance.uniform(0.3, 1.0, usual), _odds(chance, world, rare, traffic[function])]
    is_rare = np.concatenate([np.repeat((False, True), pair) for pair in counts])
    group = np.repeat(groups, [sum(pair) for pair in counts])
    size = len(group)
    is_bursty = is_rare & (chance.random(size) < 0.5)
    window = np.where(chance.random(size) < 0.1, chance.integers(1, 3, size), 0)
    return Behaviours(
        function=group // KINDS,
        group=group,
        chance=np.concatenate(odds),
        is_cold=is_rare & (chance.random(size) < 0.1),
        duty=np.where(is_bursty, 10 ** chance.uniform(-2, -0.5, size), 1.0),
        window=np.where(is_rare & ~is_bursty, window, 0),
    )


def _odds(chance: Generator, world: str, rare: int, traffic: float) -> Floats:
    rank = np.arange(1, rare + 1)
    if world == "zipf":
        return np.asarray(0.3 * rank**-1.1)
    if world == "steep zipf":
        return np.asarray(0.3 * rank**-2.0)
    drawn = np.asarray(10 ** chance.uniform(-6, np.log10(0.3), rare))
    jobs = {"rare jobs": 1 / 3, "monthly": 1.0}.get(world, 0.0)
    return np.where(chance.random(rare) < jobs, 1 / (28 * traffic), drawn)


def _run(chance: Generator, of: Behaviours, traffic: Floats, volume: Floats, cold: Floats) -> Fleet:
    hours = volume.shape[1]
    odds = np.minimum(of.chance / of.duty, 1.0)
    recorded = np.zeros((len(odds), hours), bool)
    first = np.full(len(odds), 10**9)
    weekly = np.zeros(len(odds))
    for start in range(0, len(odds), 4096):  # a part of the fleet at a time: memory
        part = slice(start, start + 4096)
        mine = Behaviours(*(getattr(of, name)[part] for name in Behaviours.__slots__))
        acts, noted = _intensity(mine, odds[part], volume[mine.function], cold[mine.function])
        active = _active(chance, mine, hours)
        drawn = chance.random(active.shape)
        seen = drawn < 1 - np.exp(-acts * active)
        row = np.flatnonzero(seen.any(1))
        first[start + row] = seen[row].argmax(1)
        recorded[part] = drawn < 1 - np.exp(-noted * active)
        recorded[start + row, first[start + row]] = True
        weekly[part] = _weekly(mine, acts, active)
    return Fleet(of, traffic, volume, recorded, first, weekly)


def _intensity(of: Behaviours, odds: Floats, volume: Floats, cold: Floats) -> tuple[Floats, Floats]:
    """How often in an hour, and how often for the first time in a sandbox."""
    odd = odds[:, None]
    acts = np.where(of.is_cold[:, None], cold, volume) * odd
    a_sandbox = volume / np.maximum(cold, 1e-12)
    noted = np.where(of.is_cold[:, None], acts, cold * (1 - np.exp(-odd * a_sandbox)))
    return acts, np.minimum(noted, acts)


def _active(chance: Generator, of: Behaviours, hours: int) -> Flags:
    """In which hours a behaviour is active: bursts begin by chance, and last three hours in the mean."""
    hour = np.arange(hours)[None]
    begins = chance.integers(0, HOURS_A_DAY, (len(of.duty), 1))
    is_open = np.where(of.window[:, None] == 1, (hour - begins) % HOURS_A_DAY < 4, True)
    is_open &= np.where(of.window[:, None] == 2, hour // HOURS_A_DAY % 7 >= 5, True)
    bursty = np.flatnonzero(of.duty < 1)
    duty = of.duty[bursty]
    start = duty / (1 - duty) / BURST_HOURS
    state = chance.random(len(bursty)) < duty
    for index in range(hours):
        is_open[bursty, index] &= state
        drawn = chance.random(len(bursty))
        state = np.where(state, drawn > 1 / BURST_HOURS, drawn < start)
    return np.asarray(is_open)


def _weekly(of: Behaviours, acts: Floats, active: Flags) -> Floats:
    mean = acts.mean(1)
    steady = 1 - np.exp(-HOURS_A_WEEK * (acts * np.where(of.duty[:, None] < 1, 1, active)).mean(1))
    bursts = HOURS_A_WEEK * of.duty / BURST_HOURS
    bursty = 1 - np.exp(-bursts * (1 - 1 / (1 + mean * BURST_HOURS)))
    return np.asarray(np.where(of.duty < 1, bursty, steady), np.float64)
