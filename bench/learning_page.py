"""The figures of learning as tables, and as the page that holds them."""

import time
from dataclasses import dataclass

from bench import machine
from bench.deployment import Going
from bench.fleet import WORLDS
from bench.folding import TRAINED, TRIED, Folding
from bench.late import BEGINS, Late
from bench.poison import WAYS, Caught, Price
from bench.stopping import SWEEPS
from bench.world import OURS, Rival, World


@dataclass(frozen=True, slots=True)
class Attacks:
    """What of attackers is found, and what that costs."""

    caught: list[Caught]
    prices: dict[str, Price]
    late: list[Late]


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
            f"{min(covered.by_kind):.1%}",
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
    "of the worst kind",
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


POISON_HEAD = ("who", "acts", *(f"found, {way}" for way in WAYS))


def poison_rows(caught: list[Caught]) -> list[tuple[str, ...]]:
    """Say of each attacker how much is found after learning."""
    return [
        (one.name, f"{one.tried}", *(f"{one.found[way] / one.tried:.0%}" for way in WAYS))
        for one in caught
    ]


LATE_HEAD = (
    "fleet",
    *(f"found, begins on day {day}" for day in BEGINS),
    "honest for review, a function and week",
    "one function in twenty more than",
    "of all honest values",
)


def late_rows(every: list[Late]) -> list[tuple[str, ...]]:
    """Say what of patient attackers is found, and what of the honest comes as late."""
    return [
        (
            one.fleet,
            *(f"{one.found[day]:.0%}" if day in one.found else "" for day in BEGINS),
            f"{one.a_week:.2f}",
            f"{one.most:.2f}",
            f"{one.share:.1%}",
        )
        for one in every
    ]


GOING_HEAD = (
    "fleet",
    "after the new version",
    "alarms in two weeks",
    "time protected",
    "true on the worst day",
)


def going_rows(goings: dict[str, list[Going]]) -> list[tuple[str, ...]]:
    """Say what each way of going on costs after a deployment."""
    return [
        (
            world,
            one.name,
            f"{one.alarms:.2f}",
            f"{one.protected:.0%}",
            "" if one.true is None else f"{one.true:.1%}",
        )
        for world, every in goings.items()
        for one in every
    ]


def price_told(prices: dict[str, Price]) -> str:
    """Say what the benign cost a person."""
    rows = "; ".join(
        f"{way} at {price.for_review:.0f} of the {price.patterns:.0f} entries of a function, which hold "
        f"{price.sightings:.1%} of what was seen"
        for way, price in prices.items()
    )
    return f"For that a person looks, in the mean: {rows}."


def page(
    worlds: list[World],
    folds: list[Folding],
    attacks: Attacks,
    goings: dict[str, list[Going]],
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
            *markdown(OUTCOME_HEAD, outcome_rows(worlds)),
            "",
            *markdown(RIVAL_HEAD, rival_rows(worlds)),
            "",
            f"Folding, learned from {TRAINED:,} values and tried with {TRIED:,}:",
            "",
            *markdown(FOLDING_HEAD, folding_rows(folds)),
            "",
            "Attackers who act while a function learns for four weeks:",
            "",
            *markdown(POISON_HEAD, poison_rows(attacks.caught)),
            "",
            price_told(attacks.prices),
            "",
            "Attackers who act once a day from some day on, many callers, never detected, harmless names, by logs:",
            "",
            *markdown(LATE_HEAD, late_rows(attacks.late)),
            "",
            "A new version on day 28, in which 15 % of the behaviours are new; "
            "of each function and kind:",
            "",
            *markdown(GOING_HEAD, going_rows(goings)),
            "",
        ]
    )


def markdown(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    """Write a table."""
    lines = [f"| {' | '.join(row)} |" for row in (head, *rows)]
    return [lines[0], "|" + "---|" * len(head), *lines[1:]]
