"""When learning may stop: rules played over fleets with known truth, each function and kind by itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from bench.fleet import HOURS_A_DAY, KINDS, Flags, Fleet, Floats, Ints
from hauberk.learn.complete.completeness import MOST_ALARMS_A_WEEK, completeness
from hauberk.learn.complete.prior import FLAT, LEAST_FUNCTIONS, Prior, prior_of
from hauberk.learn.complete.tally import APART_HOURS, SELDOM, Tally

AFTER_DAYS = 14
NEVER = -1


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a rule cost and brought, over all functions and kinds of a fleet."""

    name: str
    done: float  # the share that was ever complete
    days: float  # median; those that were never complete count as the whole run
    invocations: float  # geometric mean
    alarms: float  # a week, in the two weeks after, for each function and kind; NaN where the run ends before
    over: (
        float  # the share of those complete of which more than one alarm a week was to be expected
    )


class History:
    """What was known at the end of each day, by function and kind, and what was true."""

    def __init__(self, fleet: Fleet) -> None:
        self.fleet = fleet
        self.days = fleet.recorded.shape[1] // HOURS_A_DAY
        self.group = fleet.behaviours.group
        self.day = np.arange(1, self.days + 1)
        self.kind = np.arange(fleet.groups) % KINDS

    @cached_property
    def counts(self) -> Ints:
        """Sightings six hours apart, by behaviour and day."""
        recorded = self.fleet.recorded
        last = np.full(len(recorded), -(10**6))
        count = np.zeros(len(recorded), np.int64)
        found = np.zeros((len(recorded), self.days), np.int64)
        for hour in range(self.days * HOURS_A_DAY):
            hit = recorded[:, hour] & (hour - last >= APART_HOURS)
            count[hit] += 1
            last[hit] = hour
            if hour % HOURS_A_DAY == HOURS_A_DAY - 1:
                found[:, hour // HOURS_A_DAY] = count
        return found

    @cached_property
    def truth(self) -> Floats:
        """Alarms that the coming week is to bring."""
        unseen = self.fleet.first[:, None] >= self.day * HOURS_A_DAY
        return self.sums(unseen * self.fleet.weekly[:, None])

    @cached_property
    def invocations(self) -> Floats:
        """Since the start, by function and kind."""
        by_hour = self.fleet.invocations.cumsum(1)
        return np.repeat(by_hour[:, HOURS_A_DAY - 1 :: HOURS_A_DAY], KINDS, axis=0)

    @cached_property
    def newest(self) -> Ints:
        """The hour of the newest value, by the end of each day."""
        found = np.zeros((self.fleet.groups, self.days), np.int64)
        for index, day in enumerate(self.day):
            known = np.where(self.fleet.first < day * HOURS_A_DAY, self.fleet.first, 0)
            np.maximum.at(found[:, index], self.group, known)
        return found

    def sums(self, by_behaviour: Floats | Flags) -> Floats:
        """Add up what is given by behaviour and day, by function and kind."""
        found = np.zeros((self.fleet.groups, by_behaviour.shape[1]))
        np.add.at(found, self.group, by_behaviour)
        return found

    def stopped(self, is_done: Flags) -> Ints:
        """Give the first day at whose end a rule holds."""
        return np.where(is_done.any(1), is_done.argmax(1), NEVER)

    def outcome(self, name: str, stop: Ints) -> Outcome:
        """Say what a rule brings that stops at the end of these days."""
        done = stop != NEVER
        at = np.where(done, stop, self.days - 1)
        row = np.arange(len(stop))
        judged = done & (at + AFTER_DAYS < self.days)
        start = (at + 1)[self.group] * HOURS_A_DAY
        first = self.fleet.first
        alarm = (first >= start) & (first < start + AFTER_DAYS * HOURS_A_DAY)
        alarms = np.bincount(self.group[alarm], minlength=len(stop))
        invocations = self.invocations[row, at]
        over = self.truth[row, at] > MOST_ALARMS_A_WEEK
        return Outcome(
            name=name,
            done=float(done.mean()),
            days=float(np.median(at + 1)),
            invocations=float(np.exp(np.log(invocations).mean())),
            alarms=float(alarms[judged].mean() / AFTER_DAYS * 7) if judged.any() else np.nan,
            over=float(over[done].mean()) if done.any() else 0.0,
        )


def bounds(history: History, *, fleet_size: int) -> Floats:
    """State a bound for each function, kind and day; the prior is of so many functions, 0 for none."""
    counts = history.counts
    seldom = history.sums((counts >= 1) & (counts <= SELDOM)).astype(np.int64)
    once = history.sums(counts == 1).astype(np.int64)
    stated = np.zeros(seldom.shape)
    for index in range(history.days):
        weeks = (index + 1) / 7
        for kind in range(KINDS):
            mine = history.kind == kind
            of_all = prior(seldom[mine, index], once[mine, index], weeks, fleet_size)
            known = {
                int(count): completeness(Tally(int(count), int(count), 0, weeks), of_all).bound
                for count in np.unique(seldom[mine, index])
            }
            stated[mine, index] = [known[int(count)] for count in seldom[mine, index]]
    return stated


def prior(seldom: Ints, once: Ints, weeks: float, fleet_size: int) -> Prior:
    """Learn from so many functions of one kind, 0 for none."""
    if fleet_size < LEAST_FUNCTIONS:
        return FLAT
    rows = zip(seldom[:fleet_size].tolist(), once[:fleet_size].tolist(), strict=True)
    return prior_of((Tally(many, many, one, weeks) for many, one in rows), weeks)


def fixed_days(history: History, days: float) -> Ints:
    """Stop after so many days."""
    return history.stopped(np.broadcast_to(history.day >= days, history.truth.shape))


def fixed_invocations(history: History, count: float) -> Ints:
    """Stop after so many invocations."""
    return history.stopped(history.invocations >= count)


def quiet_days(history: History, days: float) -> Ints:
    """Stop when nothing was new for so many days."""
    return history.stopped(history.day * HOURS_A_DAY - history.newest >= days * HOURS_A_DAY)


def quiet_invocations(history: History, count: float) -> Ints:
    """Stop when nothing was new in so many invocations."""
    by_hour = np.pad(history.fleet.invocations.cumsum(1), ((0, 0), (1, 0)))
    function = np.arange(history.fleet.groups)[:, None] // KINDS
    then = by_hour[function, history.newest]
    return history.stopped(history.invocations - then >= count)


SWEEPS = {
    "a fixed number of days": (fixed_days, np.arange(1, 77)),
    "nothing new for a number of days": (quiet_days, np.arange(1, 61)),
    "a fixed number of invocations": (fixed_invocations, np.geomspace(100, 1e7, 41)),
    "nothing new in a number of invocations": (quiet_invocations, np.geomspace(100, 1e7, 41)),
}


def sweep(history: History, name: str) -> Iterator[tuple[float, Outcome]]:
    """Play a rule with every size of its number."""
    rule, sizes = SWEEPS[name]
    for size in sizes:
        yield float(size), history.outcome(name, rule(history, float(size)))


def matched(wanted: Outcome, played: list[tuple[float, Outcome]]) -> tuple[float, Outcome] | None:
    """Find the smallest number with which a rule gives no more alarms than `wanted`; None where none does."""
    return next(((size, one) for size, one in played if one.alarms <= wanted.alarms), None)
