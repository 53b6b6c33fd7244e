"""A new version: what of three ways of going on costs, over a fleet in which some behaviours are new on one day."""

from dataclasses import dataclass, replace

import numpy as np

from bench.fleet import HOURS_A_DAY, KINDS, Flags, Fleet, Floats, Ints
from bench.stopping import AFTER_DAYS, History, prior
from bench.world import FLEETS
from hauberk.learn.complete.completeness import MOST_ALARMS_A_WEEK, carry_over
from hauberk.learn.complete.tally import SELDOM, Tally

DAY, NEW = 28, 0.15


@dataclass(frozen=True, slots=True)
class Going:
    """How a list went on after a deployment."""

    name: str
    alarms: float  # a function and kind, in the two weeks after
    protected: float  # the share of these two weeks, in the mean
    true: float | None = (
        None  # the share of stated bounds that are true, on the worst of these days
    )


def brought(fleet: Fleet, seed: int) -> Flags:
    """Say which behaviours a new version brings."""
    return np.random.default_rng(seed).random(len(fleet.first)) < NEW


def deployed(fleet: Fleet, seed: int) -> Fleet:
    """Let the fleet have a new version: some behaviours were not there before."""
    recorded = fleet.recorded.copy()
    recorded[brought(fleet, seed), : DAY * HOURS_A_DAY] = False
    seen = recorded.any(1)
    first = np.where(seen, recorded.argmax(1), 10**9)
    return replace(fleet, recorded=recorded, first=first)


def measured(fleet: Fleet, seed: int) -> list[Going]:
    """Go on with the old list, learn anew for a day, or keep the list and open what is new."""
    history = History(deployed(fleet, seed))
    start = np.full(history.fleet.groups, DAY)
    again = history.fleet.recorded[:, DAY * HOURS_A_DAY :]
    anew = np.where(again.any(1), again.argmax(1), 10**9) + DAY * HOURS_A_DAY
    first = history.fleet.first
    return [
        going("the old list goes on", history, start, first),
        going("all is learned anew, for a day", history, start + 1, anew),
        *(_kept(history, told, size) for told, size in FLEETS.items()),
    ]


def _kept(history: History, told: str, size: int) -> Going:
    stated = _stated(history, size)
    until = np.full(history.fleet.groups, history.days)
    for index in reversed(range(AFTER_DAYS)):
        until[stated[:, index] <= MOST_ALARMS_A_WEEK] = DAY + index + 1
    name = f"the list stays, what is new is open; {told}"
    is_true = stated >= history.truth[:, DAY : DAY + AFTER_DAYS]
    found = going(name, history, until, history.fleet.first)
    return replace(found, true=float(is_true.mean(0).min()))


def _stated(history: History, size: int) -> Floats:
    """State the bound of each function and kind at the end of each day; the priors are of so many functions."""
    counts = history.counts
    is_new = (history.fleet.first >= DAY * HOURS_A_DAY)[:, None]
    is_seldom, is_once = (counts >= 1) & (counts <= SELDOM), counts == 1
    every = [
        history.sums(wanted).astype(np.int64)
        for wanted in (is_seldom, is_once, is_seldom & is_new, is_once & is_new)
    ]
    stated = np.zeros((history.fleet.groups, AFTER_DAYS))
    for index in range(AFTER_DAYS):
        for kind in range(KINDS):
            mine = history.kind == kind
            stated[mine, index] = _of_kind([one[mine, DAY + index] for one in every], index, size)
    return stated


def _of_kind(every: list[Ints], index: int, size: int) -> list[float]:
    held, anew = (DAY + index + 1) / 7, (index + 1) / 7
    seldom, once, fresh, fresh_once = every
    of_all, of_news = prior(seldom, once, held, size), prior(fresh, fresh_once, anew, size)
    rows = list(zip(seldom.tolist(), fresh.tolist(), strict=True))
    known = {
        (old, new): carry_over(
            Tally(old, old, 0, held), Tally(new, new, 0, anew), of_all, of_news=of_news
        ).bound
        for old, new in set(rows)
    }
    return [known[row] for row in rows]


def going(name: str, history: History, armed: Ints, first: Ints, *, since: int = DAY) -> Going:
    """Say what it cost that a list was in force from these days on, of the two weeks since a deployment."""
    end = (since + AFTER_DAYS) * HOURS_A_DAY
    alarm = (first >= armed[history.group] * HOURS_A_DAY) & (first < end)
    covered = np.clip((since + AFTER_DAYS - armed) / AFTER_DAYS, 0, 1)
    return Going(name, float(alarm.sum() / history.fleet.groups), float(covered.mean()))
