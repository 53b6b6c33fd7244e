"""`python -m bench.learning`: when learning may stop, what folding and review bring; writes docs/completeness.md."""

import argparse
import dataclasses
import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from bench import machine
from bench.curves import drawn
from bench.fleet import WORLDS, fleet
from bench.folding import TRAINED, TRIED, Folding
from bench.folding import measured as folded
from bench.poison import Caught, Price
from bench.poison import measured as poisoned
from bench.stopping import SWEEPS, History, Outcome, bounds, matched, sweep
from hauberk.learn.completeness import LEAST_FUNCTIONS, MOST_ALARMS_A_WEEK

BEGIN, END = "<!-- figures: written by the benchmark -->", "<!-- end of figures -->"
OURS = {"the bound": 0, "the bound, with a fleet": LEAST_FUNCTIONS}
LOOKS = (1, 3, 7, 14, 28, 56)
SEED = 2026


@dataclass(frozen=True, slots=True)
class Coverage:
    """The share of functions and kinds of which the bound is true, by day of the look."""

    name: str
    by_day: tuple[tuple[int, float], ...]

    @property
    def least(self) -> float:
        """The worst day's."""
        return min(share for _, share in self.by_day)


@dataclass(frozen=True, slots=True)
class Rival:
    """Another rule, with the number that gives no more alarms than ours; None where none does."""

    against: str
    name: str
    number: float | None
    outcome: Outcome | None
    times: float | None  # invocations, as a multiple of ours


@dataclass(frozen=True, slots=True)
class World:
    """What was measured of one fleet."""

    name: str
    outcomes: tuple[Outcome, ...]
    coverage: tuple[Coverage, ...]
    rivals: tuple[Rival, ...]
    played: dict[str, tuple[tuple[float, float], ...]]  # alarms a week, invocations; by rule


def measured(name: str, functions: int, days: int) -> World:
    """Play every rule over one fleet."""
    history = History(fleet(name, SEED, functions, days))
    outcomes, coverage, rivals = [], [], []
    played = {rule: list(sweep(history, rule)) for rule in SWEEPS}
    curves = {rule: _points([one for _, one in every]) for rule, every in played.items()}
    for ours, size in OURS.items():
        stated = bounds(history, fleet_size=size)
        outcome = history.outcome(ours, history.stopped(stated <= MOST_ALARMS_A_WEEK))
        outcomes.append(outcome)
        looks = [day for day in LOOKS if day <= days]
        holds = [float((stated >= history.truth)[:, day - 1].mean()) for day in looks]
        coverage.append(Coverage(ours, tuple(zip(looks, holds, strict=True))))
        rivals += [_rival(outcome, rule, every) for rule, every in played.items()]
        limits = np.geomspace(0.05, 20, 15)
        curves[ours] = _points([history.outcome("", history.stopped(stated <= x)) for x in limits])
    return World(name, tuple(outcomes), tuple(coverage), tuple(rivals), curves)


def _points(outcomes: list[Outcome]) -> tuple[tuple[float, float], ...]:
    return tuple((one.alarms, one.invocations) for one in outcomes if one.alarms > 0)


def _rival(ours: Outcome, rule: str, played: list[tuple[float, Outcome]]) -> Rival:
    found = matched(ours, played)
    if found is None:
        return Rival(ours.name, rule, None, None, None)
    return Rival(ours.name, rule, found[0], found[1], found[1].invocations / ours.invocations)


def outcome_rows(worlds: list[World]) -> list[tuple[str, ...]]:
    """Say of each world and rule of ours what it costs, and in how many cases the bound is true."""
    return [
        (
            world.name,
            one.name,
            f"{one.done:.1%}",
            f"{one.days:.0f}",
            f"{one.invocations:,.0f}",
            f"{one.alarms:.3f}",
            f"{1 - one.over:.1%}",
            f"{covered.least:.1%}",
        )
        for world in worlds
        for one, covered in zip(world.outcomes, world.coverage, strict=True)
    ]


OUTCOME_HEAD = (
    "fleet",
    "rule",
    "complete within the run",
    "days, median",
    "invocations",
    "alarms a week",
    "true when complete",
    "true on the worst day",
)
RIVAL_HEAD = ("fleet", "no more alarms than", *SWEEPS)


def rival_rows(worlds: list[World]) -> list[tuple[str, ...]]:
    """Say how many times our invocations other rules need for no more alarms."""
    return [
        (
            world.name,
            ours,
            *(_told(one) for one in world.rivals if one.against == ours),
        )
        for world in worlds
        for ours in OURS
    ]


def _told(one: Rival) -> str:
    if one.outcome is None or one.times is None or one.number is None:
        return "never"
    least = "" if one.outcome.done > 0.99 else f"; {one.outcome.done:.0%} complete"
    return f"{one.times:.1f} times ({one.number:,.0f}{least})"


FOLDING_HEAD = (
    "kind",
    "folding",
    "entries",
    "new values in 10^6",
    "an attacker's let in",
    "µs a value",
)


def folding_rows(measures: list[Folding]) -> list[tuple[str, ...]]:
    """Say what each way of folding leaves new, and what it lets in."""
    return [
        (
            one.kind,
            one.way,
            f"{one.patterns:,}",
            f"{one.new:,}",
            f"{len(one.accepted)} of {one.of}",
            f"{one.microseconds:.0f}",
        )
        for one in measures
    ]


POISON_HEAD = ("who", "acts", "found, by logs alone", "found, where callers are known")


def poison_rows(caught: list[Caught]) -> list[tuple[str, ...]]:
    """Say of each attacker how much is found after learning."""
    return [
        (
            one.name,
            f"{one.tried}",
            f"{one.found / one.tried:.0%}",
            f"{one.found_with_callers / one.tried:.0%}",
        )
        for one in caught
    ]


def price_told(price: Price) -> str:
    """Say what the benign cost a person."""
    return (
        f"For that a person looks at {price.for_review:.0f} of the {price.patterns:.0f} entries of a function, "
        f"in the mean; they hold {price.sightings:.1%} of what was seen."
    )


def page(
    worlds: list[World],
    folds: list[Folding],
    poison: tuple[list[Caught], Price],
    size: tuple[int, int],
    took: float,
) -> str:
    """Write the figures as Markdown."""
    date = time.strftime("%Y-%m-%d", time.gmtime())
    functions, days = size
    return "\n".join(
        [
            f"Measured {date}: {machine.description()}; {functions} functions of {days} days in each fleet, "
            f"{took:.0f} s.",
            "",
            *(f"- *{name}*: {what}." for name, what in WORLDS.items()),
            "",
            *_markdown(OUTCOME_HEAD, outcome_rows(worlds)),
            "",
            *_markdown(RIVAL_HEAD, rival_rows(worlds)),
            "",
            f"Folding, learned from {TRAINED:,} values and tried with {TRIED:,}:",
            "",
            *_markdown(FOLDING_HEAD, folding_rows(folds)),
            "",
            "Attackers who act while a function learns for four weeks:",
            "",
            *_markdown(POISON_HEAD, poison_rows(poison[0])),
            "",
            price_told(poison[1]),
            "",
        ]
    )


def _markdown(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    lines = [f"| {' | '.join(row)} |" for row in (head, *rows)]
    return [lines[0], "|" + "---|" * len(head), *lines[1:]]


def _show(
    worlds: list[World], folds: list[Folding], poison: tuple[list[Caught], Price], console: Console
) -> None:
    for head, rows in (
        (OUTCOME_HEAD, outcome_rows(worlds)),
        (RIVAL_HEAD, rival_rows(worlds)),
        (FOLDING_HEAD, folding_rows(folds)),
        (POISON_HEAD, poison_rows(poison[0])),
    ):
        table = Table(*head)
        for row in rows:
            table.add_row(*row)
        console.print(table)


def main() -> int:
    """Measure, print, and write where that is asked for."""
    parser = argparse.ArgumentParser(prog="bench.learning", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a small fleet, within half a minute")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument(
        "--write", type=Path, help="also put the figures into this page, and curves beside it"
    )
    options = parser.parse_args()
    functions, days = (60, 60) if options.quick else (400, 90)
    began = time.monotonic()
    worlds = [measured(name, functions, days) for name in WORLDS]
    folds, poison = list(folded()), poisoned()
    took = time.monotonic() - began
    if options.format == "json":
        fleets = [dataclasses.asdict(one) for one in worlds]
        told = {
            "fleets": fleets,
            "folding": [dataclasses.asdict(one) for one in folds],
            "attackers": [dataclasses.asdict(one) for one in poison[0]],
            "price": dataclasses.asdict(poison[1]),
        }
        print(json.dumps(told, indent=2))
    else:
        _show(worlds, folds, poison, Console(highlight=False))
    if options.write:
        _write(options.write, page(worlds, folds, poison, (functions, days), took))
        options.write.with_suffix(".svg").write_text(drawn(worlds[0].name, worlds[0].played))
    return 0


def _write(file: Path, figures: str) -> None:
    before, _, rest = file.read_text().partition(BEGIN)
    _, found, after = rest.partition(END)
    if not found:
        raise SystemExit(f"{file}: no lines `{BEGIN}` and `{END}` to write between")
    file.write_text(f"{before}{BEGIN}\n{figures}{END}{after}")


if __name__ == "__main__":
    sys.exit(main())
