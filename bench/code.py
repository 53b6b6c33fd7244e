"""`python -m bench.code`: what code brings to a list, and to what a new version leaves standing, if it tells so much.

A share of the behaviours of each fleet stands in the code, drawn from the seed, common ones and rare ones alike: they
are on the list before they are seen, so that they are neither counted nor alarms. No fleet has code: the shares are
assumed. After a new version a kind is open again where the code says that the change may do more of it than it tells:
where something of the kind is not told that stands in a changed file, and `code` in any case. Of what is not told,
`MISSED` opens nothing, as the scan does not know of it.
"""

import argparse
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np

from bench import machine
from bench.deployment import DAY, Going, brought, deployed, going
from bench.fleet import HOURS_A_DAY, KINDS, Behaviours, Flags, Fleet, Floats, fleet
from bench.learning_page import GOING_HEAD, going_rows, markdown
from bench.page import write
from bench.stopping import AFTER_DAYS, History, Outcome, bounds
from bench.world import SEED
from hauberk.learn.complete.completeness import MOST_ALARMS_A_WEEK, carry_over, completeness
from hauberk.learn.complete.tally import SELDOM, Tally
from hauberk.model.kind import Kind

SHARES = (0.0, 0.5, 0.8, 0.95)
FLEETS = ("log-uniform", "zipf", "monthly")
MISSED = (
    2 / 7
)  # of seven needed actions that were missed of 28 functions (docs/scan.md), two were not said to be
OLD = "no new version came"
ALL = "what is new is open; without code"
CHANGED = {"new code is in files of its own": True, "all code is in one file": False}
BEGIN = "<!-- figures of code: written by the benchmark -->"
HEAD = (
    "fleet",
    "of the behaviours, in the code",
    "complete within the run",
    "days, median",
    "invocations",
    "alarms a week",
    "true when complete",
)


@dataclass(frozen=True, slots=True)
class Brought:
    """What code brings to one fleet, by the share that it tells."""

    fleet: str
    outcomes: dict[float, Outcome]
    goings: list[Going]


def measured(name: str, whole: Fleet, seed: int) -> Brought:
    """Let the code tell each share in turn: a larger one tells all that a smaller one does."""
    drawn = np.random.default_rng([seed, len(name)]).random(len(whole.first))
    unseen = np.random.default_rng([seed, len(name), 1]).random(len(whole.first)) < MISSED
    outcomes = {}
    for share in SHARES:
        history = History(untold(whole, drawn < share))
        stated = bounds(history, fleet_size=0)
        outcomes[share] = history.outcome(name, history.stopped(stated <= MOST_ALARMS_A_WEEK))
    changed, new = deployed(whole, seed), brought(whole, seed)
    goings = [_going(OLD, whole, np.zeros(whole.groups, bool))]
    goings += [_going(ALL, changed, np.ones(whole.groups, bool))]
    for share in SHARES[1:]:
        left = untold(changed, told := drawn < share)
        for files, is_apart in CHANGED.items():
            doubtful = ~told & ~unseen & (new if is_apart else True)
            way = f"open is what the code leaves open; {share:.0%} told, {files}"
            goings.append(_going(way, left, reopened(changed, doubtful, new)))
    return Brought(name, outcomes, goings)


def untold(whole: Fleet, told: Flags) -> Fleet:
    """Leave out what the code tells."""
    of = Behaviours(*(getattr(whole.behaviours, one.name)[~told] for one in fields(Behaviours)))
    rows = {name: getattr(whole, name)[~told] for name in ("recorded", "first", "weekly")}
    return replace(whole, behaviours=of, **rows)


def reopened(changed: Fleet, doubtful: Flags, new: Flags) -> Flags:
    """Say which functions and kinds are open again, by what is not told in changed files, and by what is new."""
    of = changed.behaviours
    functions = np.unique(of.function[new])
    found = np.zeros(changed.groups, bool)
    found[of.group[doubtful & np.isin(of.function, functions)]] = True
    found[functions * KINDS + list(Kind).index(Kind.CODE)] = True
    return found


def _going(name: str, left: Fleet, is_open: Flags) -> Going:
    """Go on after the new version with some functions and kinds open; `left` is what no code tells."""
    history = History(left)
    stated = _stated(history, is_open)
    until = np.full(left.groups, history.days)
    for index in reversed(range(AFTER_DAYS)):
        until[stated[:, index + 1] <= MOST_ALARMS_A_WEEK] = DAY + index + 1
    until[~is_open & (stated[:, 0] <= MOST_ALARMS_A_WEEK)] = DAY  # it was in force, and goes on
    truth = history.truth[:, DAY : DAY + AFTER_DAYS]
    is_true = (stated[:, 1:] >= truth).mean(0).min()
    return replace(going(name, history, until, left.first), true=float(is_true))


def _stated(history: History, is_open: Flags) -> Floats:
    """State the bound of each function and kind at the end of the day before the new version, and of each after it."""
    counts = history.counts
    is_new = (history.fleet.first >= DAY * HOURS_A_DAY)[:, None]
    seldom = (counts >= 1) & (counts <= SELDOM)
    held, fresh = (history.sums(one).astype(np.int64) for one in (seldom, seldom & is_new))
    stated = np.zeros((history.fleet.groups, AFTER_DAYS + 1))
    for index in range(AFTER_DAYS + 1):
        at = DAY + index - 1
        rows = list(zip(held[:, at].tolist(), fresh[:, at].tolist(), is_open.tolist(), strict=True))
        known = {row: _bound(*row, at + 1) for row in set(rows)}
        stated[:, index] = [known[row] for row in rows]
    return stated


def _bound(held: int, fresh: int, is_open: bool, days: int) -> float:
    old = Tally(held, held, 0, days / 7)
    if not is_open:
        return completeness(old).bound
    return carry_over(old, Tally(fresh, fresh, 0, (days - DAY) / 7)).bound


def rows(every: list[Brought]) -> Iterator[tuple[str, ...]]:
    """Say of each fleet and share what the list costs and brings."""
    for each in every:
        for share, one in each.outcomes.items():
            yield (
                each.fleet,
                f"{share:.0%}",
                f"{one.done:.1%}",
                f"{one.days:.0f}",
                f"{one.invocations:,.0f}",
                f"{one.alarms:.3f}",
                f"{1 - one.over:.1%}",
            )


def page(every: list[Brought], size: tuple[int, int], took: float) -> str:
    """Write the figures as Markdown."""
    date = time.strftime("%Y-%m-%d", time.gmtime())
    of = f"{size[0]} functions of {size[1]} days in each fleet, {took:.0f} s"
    return "\n".join(
        [
            f"Measured {date}: {machine.description()}; {of}.",
            "",
            *markdown(HEAD, list(rows(every))),
            "",
            "A new version on day 28, in which 15 % of the behaviours are new; of each function and kind:",
            "",
            *markdown(GOING_HEAD, going_rows({one.fleet: one.goings for one in every})),
            "",
        ]
    )


def main() -> int:
    """Measure, print, and write where that is asked for."""
    parser = argparse.ArgumentParser(prog="bench.code", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a small fleet, within seconds")
    parser.add_argument("--write", type=Path, help="also put the figures into this page")
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    functions, days = (60, 60) if options.quick else (400, 90)
    began = time.monotonic()
    every = [
        measured(name, fleet(name, options.seed, functions, days), options.seed) for name in FLEETS
    ]
    text = page(every, (functions, days), time.monotonic() - began)
    print(text)
    if options.write:
        write(options.write, text, BEGIN)
    return 0


if __name__ == "__main__":
    sys.exit(main())
