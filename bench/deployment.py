"""A new version: what of three ways of going on costs, over a fleet in which some behaviours are new on one day."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from bench.fleet import HOURS_A_DAY, KINDS, Flags, Fleet, Floats, Ints
from bench.stopping import AFTER_DAYS, History
from hauberk.learn.completeness import MOST_ALARMS_A_WEEK, carry_over
from hauberk.learn.prior import LEAST_FUNCTIONS, Prior, prior_of
from hauberk.learn.tally import SELDOM, Tally

DAY, NEW = 28, 0.15


@dataclass(frozen=True, slots=True)
class Going:
    """How a list went on after a deployment."""

    name: str
    alarms: float  # a function and kind, in the two weeks after
    protected: float  # the share of these two weeks, in the mean


def deployed(fleet: Fleet, seed: int) -> Fleet:
    """Let the fleet have a new version: some behaviours were not there before."""
    fresh = np.random.default_rng(seed).random(len(fleet.first)) < NEW
    recorded = fleet.recorded.copy()
    recorded[fresh, : DAY * HOURS_A_DAY] = False
    seen = recorded.any(1)
    first = np.where(seen, recorded.argmax(1), 10**9)
    return replace(fleet, recorded=recorded, first=first)


def measured(fleet: Fleet, seed: int) -> list[Going]:
    """Go on with the old list, learn anew for a day, or keep the list and open what is new."""
    history = History(deployed(fleet, seed))
    start = np.full(history.fleet.groups, DAY)
    again = history.fleet.recorded[:, DAY * HOURS_A_DAY :]
    anew = np.where(again.any(1), again.argmax(1), 10**9) + DAY * HOURS_A_DAY
    return [
        _going("the old list goes on", history, start, history.fleet.first),
        _going("all is learned anew, for a day", history, start + 1, anew),
        _going(
            "the list stays, what is new is open",
            history,
            _open_until(history),
            history.fleet.first,
        ),
    ]


def _open_until(history: History) -> Ints:
    counts = history.counts
    seldom = _sums(history, lambda day: (counts[:, day] >= 1) & (counts[:, day] <= SELDOM))
    once = _sums(history, lambda day: counts[:, day] == 1)
    is_new = history.fleet.first >= DAY * HOURS_A_DAY
    fresh = _sums(history, lambda day: is_new & (counts[:, day] >= 1) & (counts[:, day] <= SELDOM))
    until = np.full(history.fleet.groups, history.days)
    for day in range(history.days - 1, DAY - 1, -1):
        held, anew = (day + 1) / 7, (day + 1 - DAY) / 7
        priors = [
            _prior(seldom[history.kind == kind, day], once[history.kind == kind, day], held)
            for kind in range(KINDS)
        ]
        rows = zip(history.kind.tolist(), seldom[:, day], fresh[:, day], strict=True)
        stated = [
            carry_over(Tally(0, int(old), 0, held), Tally(0, int(new), 0, anew), priors[kind]).bound
            for kind, old, new in rows
        ]
        until[np.array(stated) <= MOST_ALARMS_A_WEEK] = day + 1
    return until


def _prior(seldom: Floats, once: Floats, weeks: float) -> Prior:
    rows = zip(seldom[:LEAST_FUNCTIONS], once[:LEAST_FUNCTIONS], strict=True)
    return prior_of((Tally(0, int(many), int(one), weeks) for many, one in rows), weeks)


def _sums(history: History, wanted: Callable[[int], Flags]) -> Floats:
    return history.sums(np.stack([wanted(day) for day in range(history.days)], axis=1))


def _going(name: str, history: History, armed: Ints, first: Ints) -> Going:
    end = (DAY + AFTER_DAYS) * HOURS_A_DAY
    alarm = (first >= armed[history.group] * HOURS_A_DAY) & (first < end)
    covered = np.clip((DAY + AFTER_DAYS - armed) / AFTER_DAYS, 0, 1)
    return Going(name, float(alarm.sum() / history.fleet.groups), float(covered.mean()))
