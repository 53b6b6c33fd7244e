"""Few functions that were deployed some times: what their earlier versions brought tells of the last one."""

from dataclasses import replace

import numpy as np

from bench.deployment import Going, going
from bench.fleet import HOURS_A_DAY, KINDS, Fleet, Floats, Ints
from bench.stopping import AFTER_DAYS, History
from hauberk.learn.complete.completeness import MOST_ALARMS_A_WEEK, carry_over
from hauberk.learn.complete.prior import FLAT, Prior, prior_of
from hauberk.learn.complete.tally import SELDOM, Tally

FUNCTIONS = 8
VERSIONS = (14, 28, 42, 56, 70)  # the days on which they come, after a first one
NEW = 0.1  # of the behaviours, in each
_LAST = VERSIONS[-1]


def released(fleet: Fleet, seed: int) -> Fleet:
    """Let the fleet have versions: in each some behaviours are there that were not before."""
    drawn = np.random.default_rng(seed).random(len(fleet.first)) / NEW
    recorded = fleet.recorded.copy()
    for at, day in enumerate(VERSIONS):
        recorded[(drawn >= at) & (drawn < at + 1), : day * HOURS_A_DAY] = False
    first = np.where(recorded.any(1), recorded.argmax(1), 10**9)
    return replace(fleet, recorded=recorded, first=first)


def measured(fleet: Fleet, seed: int) -> list[Going]:
    """Keep the list at the last version and open what is new, by no other version and by those before.

    Nothing where the fleet did not run for so long.
    """
    if fleet.recorded.shape[1] < (_LAST + AFTER_DAYS) * HOURS_A_DAY:
        return []
    history = History(released(fleet, seed))
    fresh = _fresh(history)
    return [
        _kept(history, fresh, "without a fleet", is_aided=False),
        _kept(
            history,
            fresh,
            f"with {FUNCTIONS} functions of {len(VERSIONS)} new versions each",
            is_aided=True,
        ),
    ]


def _fresh(history: History) -> Ints:
    """Count by function and kind, version and day of its life what it did first: seldom, and once."""
    first = history.fleet.first
    found = np.zeros((history.fleet.groups, len(VERSIONS), AFTER_DAYS, 2), np.int64)
    for at, day in enumerate(VERSIONS):
        mine = (first >= day * HOURS_A_DAY) & (first < (day + AFTER_DAYS) * HOURS_A_DAY)
        counts = history.counts[:, day : day + AFTER_DAYS]
        for which, wanted in enumerate(((counts >= 1) & (counts <= SELDOM), counts == 1)):
            found[:, at, :, which] = history.sums(wanted & mine[:, None])
    return found


def _kept(history: History, fresh: Ints, told: str, *, is_aided: bool) -> Going:
    stated = _stated(history, fresh, is_aided=is_aided)
    until = np.full(history.fleet.groups, _LAST + AFTER_DAYS)
    for index in reversed(range(AFTER_DAYS)):
        until[stated[:, index] <= MOST_ALARMS_A_WEEK] = _LAST + index + 1
    is_true = stated >= history.truth[:, _LAST : _LAST + AFTER_DAYS]
    name = f"the sixth version, on day {_LAST}, {NEW:.0%} new: the list stays, what is new is open; {told}"
    found = going(name, history, until, history.fleet.first, since=_LAST)
    return replace(found, true=float(is_true.mean(0).min()))


def _stated(history: History, fresh: Ints, *, is_aided: bool) -> Floats:
    """State the bound of each function and kind at the end of each day of the last version."""
    counts = history.counts
    held = history.sums((counts >= 1) & (counts <= SELDOM)).astype(np.int64)
    stated = np.zeros((history.fleet.groups, AFTER_DAYS))
    function = np.arange(history.fleet.groups) // KINDS
    for index in range(AFTER_DAYS):
        weeks = (index + 1) / 7
        for team in range(-(-len(history.fleet.traffic) // FUNCTIONS)):
            for kind in range(KINDS):
                mine = np.flatnonzero((function // FUNCTIONS == team) & (history.kind == kind))
                of_news = _prior(fresh[mine, :, index], weeks) if is_aided else FLAT
                for group in mine:
                    old, new = int(held[group, _LAST + index]), int(fresh[group, -1, index, 0])
                    watched = Tally(old, old, 0, (_LAST + index + 1) / 7)
                    anew = Tally(new, new, 0, weeks)
                    stated[group, index] = carry_over(watched, anew, of_news=of_news).bound
    return stated


def _prior(every: Ints, weeks: float) -> Prior:
    rows = every.reshape(-1, 2).tolist()
    return prior_of((Tally(many, many, once, weeks) for many, once in rows), weeks)
