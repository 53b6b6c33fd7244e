"""`python -m bench.callers`: what is found by the number of a caller, and what honest values it puts before a person.

Each function of a fleet has one to ten thousand callers, some of whom call far more often than others. Of its rare
behaviours one in five is of one caller alone, such as a customer's own file; the others are of whoever calls. One
function in five has a monitor, which starts most sandboxes and does what is common. What comes with cold starts tells
of nobody.
"""

import argparse
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.random import Generator

from bench import machine
from bench.fleet import HOURS_A_DAY, KINDS, WORLDS, Fleet, fleet
from bench.learning_page import markdown
from bench.page import write
from bench.world import SEED
from hauberk.learn.complete.late import settled
from hauberk.learn.evidence import Evidence, FunctionEvidence
from hauberk.learn.fold.fold import Fold
from hauberk.learn.fold.folded import Folded
from hauberk.learn.profile.callers import NOBODY, all_of, callers_of
from hauberk.learn.profile.profile import MOST_HOURS
from hauberk.learn.review import doubt
from hauberk.model.activity import Activity
from hauberk.model.kind import Kind

MOST_CALLERS = 10_000
OWN = 0.2  # of the rare behaviours, those of one caller
STEEPEST = 2.0  # the n-th caller calls as often as 1 / n to this power, at most
MONITORED = 0.2  # of the functions
COMMON = 0.3  # what is done by this share of invocations
NUMBERS = 4096
MONITOR = 77
BEGIN = "<!-- figures of callers: written by the benchmark -->"


@dataclass(frozen=True, slots=True)
class Poisoner:
    """Who acts from a function's first day on, harmless by name, never detected."""

    name: str
    every_days: int
    addresses: int


POISONERS = (
    Poisoner("once a day, from one address", 1, 1),
    Poisoner("once in three days, from one address", 3, 1),
    Poisoner("once a week, from one address", 7, 1),
    Poisoner("once a day, from two addresses in turn", 1, 2),
    Poisoner("once a day, each day from another address", 1, 1_000),
)


@dataclass(frozen=True, slots=True)
class Price:
    """Honest values for review since one caller only did them."""

    a_week: float  # of a function, in the mean
    most: float  # of the function of twenty that has most
    of_anybody: float  # the share of the values of whoever calls
    own: float  # of those of one caller


PRICE_HEAD = (
    "fleet",
    "honest for review by it, a function and week",
    "one function in twenty more than",
    "of what whoever calls does",
    "of what one caller alone does",
)


@dataclass(frozen=True, slots=True)
class Told:
    """What was measured of one fleet."""

    fleet: str
    found: dict[
        str, float
    ]  # the share of functions in which a poisoner is, where callers are known
    alone: dict[str, float]  # by the other rules
    price: Price


def measured(name: str, every: Fleet, seed: int) -> Told:
    """Let each poisoner act in each function, and count the honest values that the rule holds back."""
    chance = np.random.default_rng([seed, list(WORLDS).index(name), 7])
    days = every.recorded.shape[1] // HOURS_A_DAY
    functions = len(every.traffic)
    found, alone = dict.fromkeys(_names(), 0), dict.fromkeys(_names(), 0)
    held, values = np.zeros((functions, 2)), np.zeros(2)
    for function in range(functions):
        honest = list(_values(chance, every, function))
        whole = _whole(every, function, [one for one, _ in honest])
        blind = replace(whole, callers=NOBODY)
        for one, is_own in honest:
            values[int(is_own)] += 1
            held[function, int(is_own)] += bool(doubt(one, whole)) and not doubt(_blind(one), blind)
        for poisoner in POISONERS:
            act = _act(chance, poisoner, days)
            found[poisoner.name] += bool(doubt(act, whole))
            alone[poisoner.name] += bool(doubt(_blind(act), blind))
    weeks = days / 7
    of_function = held.sum(1) / weeks
    shares = held.sum(0) / np.maximum(values, 1)
    price = Price(
        float(of_function.mean()), float(np.quantile(of_function, 0.95)), *map(float, shares)
    )
    return Told(name, _shares(found, functions), _shares(alone, functions), price)


def _names() -> list[str]:
    return [one.name for one in POISONERS]


def _shares(counts: dict[str, int], functions: int) -> dict[str, float]:
    return {name: count / functions for name, count in counts.items()}


def _whole(every: Fleet, function: int, values: list[Folded]) -> FunctionEvidence:
    rows = np.flatnonzero(every.behaviours.function == function)
    hours = frozenset(np.flatnonzero(every.recorded[rows].any(0)).tolist())
    return FunctionEvidence(
        {},
        hours,
        len(hours),
        all_of(one.seen.callers for one in values),
        max((one.seen.invocations for one in values), default=0),
        settled=settled(values, FunctionEvidence({}, hours)),
    )


def _values(chance: Generator, every: Fleet, function: int) -> Iterator[tuple[Folded, bool]]:
    """Give what a function did, and whether one caller alone does it."""
    callers = round(MOST_CALLERS ** chance.random())
    weights = np.arange(1, callers + 1) ** -chance.uniform(0, STEEPEST)
    shares = weights.cumsum() / weights.sum()
    numbers = chance.integers(0, NUMBERS, callers)
    monitor = chance.uniform(0.9, 1.0) if chance.random() < MONITORED else 0.0
    of = every.behaviours
    for row in np.flatnonzero(of.function == function):
        hours = np.flatnonzero(every.recorded[row]).tolist()
        is_rare = bool(of.chance[row] < COMMON)
        is_own = is_rare and bool(chance.random() < OWN)
        if not hours:
            continue
        who = np.searchsorted(shares, chance.random(1 if is_own else len(hours)))
        is_monitor = chance.random(len(who)) < (0.0 if is_rare else monitor)
        told = np.where(is_monitor, MONITOR, numbers[who]).tolist()
        few = frozenset(hours) if len(hours) <= MOST_HOURS else None
        known = callers_of([None] if of.is_cold[row] else told)
        seen = Evidence(len(hours), len(hours), few, known, first=hours[0])
        yield _folded(str(row), list(Kind)[int(of.group[row]) % KINDS], seen), is_own


def _act(chance: Generator, poisoner: Poisoner, days: int) -> Folded:
    hours = [day * HOURS_A_DAY + 12 for day in range(0, days, poisoner.every_days)]
    numbers = chance.integers(0, NUMBERS, min(poisoner.addresses, len(hours))).tolist()
    few = frozenset(hours) if len(hours) <= MOST_HOURS else None
    seen = Evidence(len(hours), len(hours), few, callers_of(numbers), first=hours[0])
    return _folded("cdn-metrics.example", Kind.HOST, seen)


def _folded(name: str, kind: Kind, seen: Evidence) -> Folded:
    return Folded(kind, "*", Fold(name, (name,), ""), frozenset([Activity(kind, "*", name)]), seen)


def _blind(one: Folded) -> Folded:
    return replace(one, seen=replace(one.seen, callers=NOBODY))


def page(every: list[Told], size: tuple[int, int], took: float) -> str:
    """Write the figures as Markdown."""
    date = time.strftime("%Y-%m-%d", time.gmtime())
    of = f"{size[0]} functions of {size[1]} days in each fleet, {took:.0f} s"
    who = ("who acts, from a function's first day on", *(one.fleet for one in every))
    found = [
        (name, *(f"{one.found[name]:.0%} ({one.alone[name]:.0%})" for one in every))
        for name in _names()
    ]
    return "\n".join(
        [
            f"Measured {date}: {machine.description()}; {of}.",
            "",
            "Found where callers are known (by the other rules alone):",
            "",
            *markdown(who, found),
            "",
            *markdown(PRICE_HEAD, [_price_row(one) for one in every]),
            "",
        ]
    )


def _price_row(one: Told) -> tuple[str, ...]:
    of_all = one.price
    shares = (f"{of_all.of_anybody:.1%}", f"{of_all.own:.1%}")
    return (one.fleet, f"{of_all.a_week:.2f}", f"{of_all.most:.2f}", *shares)


def main() -> int:
    """Measure, print, and write where that is asked for."""
    parser = argparse.ArgumentParser(prog="bench.callers", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a small fleet, within seconds")
    parser.add_argument("--write", type=Path, help="also put the figures into this page")
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    functions, days = (60, 60) if options.quick else (150, 90)
    began = time.monotonic()
    told = [
        measured(name, fleet(name, options.seed, functions, days), options.seed) for name in WORLDS
    ]
    text = page(told, (functions, days), time.monotonic() - began)
    print(text)
    if options.write:
        write(options.write, text, BEGIN)
    return 0


if __name__ == "__main__":
    sys.exit(main())
