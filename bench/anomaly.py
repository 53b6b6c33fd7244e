"""`python -m bench.anomaly`: what the model of rare combinations finds, how often it errs; writes docs/anomaly.md."""

import argparse
import dataclasses
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from rich.console import Console
from rich.table import Table

from bench import machine
from bench.anomaly_attacks import ATTACKS, NUMBERED, PREPARED, Preparation, prepared
from bench.anomaly_fleet import FIRST_HOUR, Life, lives
from bench.fleet import HOURS_A_WEEK, WORLDS, fleet
from bench.page import write
from hauberk.anomaly.invocation import Invoked
from hauberk.anomaly.lesson import Learned, learned_of
from hauberk.anomaly.score import scored
from hauberk.anomaly.threshold import alerts, over

SEED = 2027  # not that of the fleets by which the score was chosen
LEARNED_DAYS, TRIED_DAYS = 70, 56
SHORT_DAYS = (7, 21)  # too few for a promise
TRIES = 4  # of each attack, at each function
LOOKED_AT = ("log-uniform", "zipf", "rare jobs")
COUNTED = ", with numbers"  # behind the name of a fleet whose policy has `learn_usage`
IN_NUMBERS = LOOKED_AT[:2]
EVERY = {**ATTACKS, **NUMBERED}
POISONED = {
    "a shell, after something usual": LOOKED_AT[0],
    "a usual call on another resource": LOOKED_AT[0],
    "a known API, fifty times as often": f"{LOOKED_AT[0]}{COUNTED}",
    "a known host, a thousand times the usual bytes": f"{LOOKED_AT[0]}{COUNTED}",
}


@dataclass(frozen=True, slots=True)
class Alarms:
    """Alerts of a fleet that nobody attacks."""

    fleet: str
    functions: int
    promised: float  # the share of functions of which one alert a week is promised
    a_week: float  # alerts a function and week, in the mean of all
    kept: float  # the share of functions with a promise that had no more than they were promised
    a_week_promised: float


@dataclass(frozen=True, slots=True)
class Found:
    """The share of an attack's invocations over the threshold."""

    attack: str
    by_fleet: dict[str, float]


@dataclass(frozen=True, slots=True)
class Poisoned:
    """The same, where the attacker prepared it while the function learned."""

    how: str
    attack: str
    share: float


@dataclass(frozen=True, slots=True)
class Taught:
    """A function that was learned, and what came after."""

    life: Life
    known: Learned
    weeks: float


def functions_of(
    world: str, count: int, days: int = LEARNED_DAYS, *, has_numbers: bool = False
) -> list[Taught]:
    """Let a fleet run, and learn of each function that told of anything."""
    found = []
    run = fleet(world, SEED, count, LEARNED_DAYS + TRIED_DAYS)
    for life in lives(run, SEED, has_numbers=has_numbers):
        known = _learned(life, days)
        if known is not None:
            found.append(Taught(life, known, TRIED_DAYS / 7))
    return found


def _learned(
    life: Life, days: int, more: Callable[[], list[Invoked]] | None = None
) -> Learned | None:
    end = FIRST_HOUR + LEARNED_DAYS * 24
    earlier = [one for one in life.invocations if end - days * 24 <= one.hour < end]
    if len(earlier) < 2:
        return None
    earlier += more() if more else []
    return learned_of(earlier, frozenset(one.hour for one in earlier))


def falsely(world: str, every: list[Taught]) -> Alarms:
    """Count the alerts of weeks in which nothing was wrong."""
    counts, promised = [], []
    for one in every:
        end = FIRST_HOUR + LEARNED_DAYS * 24
        later = [each for each in one.life.invocations if each.hour >= end]
        found = [scored(one.known.model, each) for each in later]
        counts.append(len(alerts(found, one.known.calibration.thresholds)) / one.weeks)
        promised.append(one.known.calibration.is_promised)
    sure = [count for count, is_sure in zip(counts, promised, strict=True) if is_sure]
    return Alarms(
        world,
        len(every),
        len(sure) / len(every),
        sum(counts) / len(every),
        sum(count <= 1 for count in sure) / max(len(sure), 1),
        sum(sure) / max(len(sure), 1),
    )


def recall(every: list[Taught], name: str, known: Callable[[Taught], Learned]) -> float:
    """Give the share of tries of an attack that were told."""
    hits = tries = 0
    for index, one in enumerate(every):
        learned = known(one)
        for number in range(TRIES):
            chance = Random(f"{SEED}.{name}.{index}.{number}")
            hour = FIRST_HOUR + LEARNED_DAYS * 24 + chance.randrange(TRIED_DAYS * 24)
            attack = EVERY[name](chance, one.life, hour)
            hits += over(scored(learned.model, attack), learned.calibration.thresholds) is not None
            tries += 1
    return hits / max(tries, 1)


def poisoned(every: list[Taught], name: str, how: Preparation) -> Poisoned:
    """Have an attacker prepare a function while it learns, and try again."""

    def known(one: Taught) -> Learned:
        chance = Random(f"{SEED}.{how.name}.{one.life.name}")
        more = list(prepared(chance, one.life, EVERY[name], how))
        found = _learned(one.life, LEARNED_DAYS, lambda: more)
        return found or one.known

    return Poisoned(how.name, name, recall(every, name, known))


FALSE_HEAD = (
    "fleet", "functions", "one a week promised", "alerts a week, all", "alerts a week, where promised",
    "promise kept",
)  # fmt: skip


def false_rows(every: list[Alarms]) -> list[tuple[str, ...]]:
    """Write alerts without a cause as a table."""
    return [
        (
            one.fleet,
            f"{one.functions}",
            f"{one.promised:.0%}",
            f"{one.a_week:.2f}",
            f"{one.a_week_promised:.2f}" if one.promised else "not promised",
            f"{one.kept:.1%}" if one.promised else "not promised",
        )
        for one in every
    ]  # fmt: skip


def found_rows(every: list[Found]) -> list[tuple[str, ...]]:
    """Write what was found as a table."""
    worlds = list(dict.fromkeys(world for one in every for world in one.by_fleet))
    return [
        (
            one.attack,
            *(
                f"{one.by_fleet[world]:.0%}" if world in one.by_fleet else "not told"
                for world in worlds
            ),
        )
        for one in every
    ]


POISON_HEAD = ("prepared", "attack", "found")


def poison_rows(every: list[Poisoned]) -> list[tuple[str, ...]]:
    """Write what was found of prepared attacks as a table."""
    return [(one.how, one.attack, f"{one.share:.0%}") for one in every]


def page(
    tables: list[tuple[tuple[str, ...], list[tuple[str, ...]]]], functions: int, took_s: float
) -> str:
    """Write the figures for the page."""
    lines = [
        f"Measured {time.strftime('%Y-%m-%d')}: {machine.description()}; {functions} functions in each fleet, "
        f"learned from {LEARNED_DAYS} days, tried with {TRIED_DAYS}; {took_s:.0f} s.",
    ]
    for head, rows in tables:
        lines += ["", f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
        lines += [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Measure, print, and write where that is asked for."""
    parser = argparse.ArgumentParser(prog="bench.anomaly", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a small fleet, within half a minute")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument("--write", type=Path, help="also put the figures into this page")
    options = parser.parse_args()
    count = 4 if options.quick else 16
    began = time.monotonic()
    fleets = {name: functions_of(name, count) for name in LOOKED_AT if name in WORLDS}
    fleets |= {
        f"{name}{COUNTED}": functions_of(name, count, has_numbers=True) for name in IN_NUMBERS
    }
    wrong = [falsely(name, every) for name, every in fleets.items()]
    first = LOOKED_AT[0]
    wrong += [
        falsely(f"{first}, learned from {days} days", functions_of(first, count, days))
        for days in SHORT_DAYS
    ]
    found = [
        Found(
            attack,
            {
                name: recall(every, attack, lambda one: one.known)
                for name, every in fleets.items()
                if attack in ATTACKS or name.endswith(COUNTED)
            },
        )
        for attack in EVERY
    ]
    poison = [
        poisoned(fleets[world][: max(count // 3, 4)], attack, how)
        for attack, world in POISONED.items()
        for how in PREPARED
    ]
    took = time.monotonic() - began
    tables = [
        (FALSE_HEAD, false_rows(wrong)),
        (("attack", *fleets), found_rows(found)),
        (POISON_HEAD, poison_rows(poison)),
    ]
    if options.format == "json":
        told: dict[str, list[Any]] = {"false": wrong, "found": found, "poisoned": poison}
        print(
            json.dumps(
                {name: [dataclasses.asdict(one) for one in rows] for name, rows in told.items()},
                indent=2,
            )
        )
    else:
        for head, rows in tables:
            table = Table(*head)
            for row in rows:
                table.add_row(*row)
            Console(highlight=False).print(table)
        Console(highlight=False).print(f"{took:.0f} s; {HOURS_A_WEEK} hours are a week")
    if options.write:
        write(options.write, page(tables, count, took))
    return 0


if __name__ == "__main__":
    sys.exit(main())
