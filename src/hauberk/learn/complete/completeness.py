"""How much a function still keeps to itself: the false alarms to expect of its allowlist, with a bound.

A false alarm is the first sight of something benign that is not on the list. Values that were seen seldom (`tally.py`)
tell of those not seen yet (Good 1953; Robbins 1968; for incidence, Chao 1984). Their number is Poisson, its mean's
upper bound is Garwood's (1936), as Esty (1983) bounds the unseen mass; with the values seen twice to four times it is
steadier than singletons alone. `growth.py` says how many new ones they foretell, `prior.py` what a fleet adds: the
bound then holds of 95 % of a fleet's functions, not for each one. `bench/learning.py` measures where it holds and
where not.
"""

from dataclasses import dataclass
from math import hypot

from hauberk.learn.complete.growth import new_in_a_week, seldom_for_one, weeks_for
from hauberk.learn.complete.prior import FLAT, Prior
from hauberk.learn.complete.tally import LEAST_WEEKS, Tally

MOST_ALARMS_A_WEEK = 1.0


@dataclass(frozen=True, slots=True)
class Completeness:
    """What is known of one kind of a function."""

    tally: Tally
    expected: float  # alarms in the coming week
    bound: float  # at most so many, with 95 % confidence
    weeks_needed: float  # watched in all, if nothing more is seldom
    least_weeks: float = LEAST_WEEKS  # watched in any case

    @property
    def is_complete(self) -> bool:
        """The rule: at most one alarm a week, with 95 % confidence, and watched for the least time."""
        return self.bound <= MOST_ALARMS_A_WEEK and self.tally.weeks >= self.least_weeks


def completeness(
    counted: Tally, prior: Prior = FLAT, least_weeks: float = LEAST_WEEKS
) -> Completeness:
    """Say how many alarms a week the list of a kind would give, and what it takes to be complete."""
    for_one = seldom_for_one(prior.slope)
    most = prior.most(counted.seldom) / for_one
    ahead = new_in_a_week(counted.weeks, prior.slope)
    return Completeness(
        tally=counted,
        expected=prior.expected(counted.seldom) / for_one * ahead,
        bound=most * ahead,
        weeks_needed=max(least_weeks, weeks_for(MOST_ALARMS_A_WEEK / most, prior.slope)),
        least_weeks=least_weeks,
    )


def carry_over(
    held: Tally,
    fresh: Tally,
    prior: Prior = FLAT,
    least_weeks: float = LEAST_WEEKS,
    *,
    of_news: Prior | None = None,
) -> Completeness:
    """Say what is known of a new version: the list of those before stays, what the version does anew is open.

    `held` counts all values of all versions; `fresh` what only the new version did, in the time that it was watched;
    `of_news` is what is thought of that, `prior` where nothing is.
    What was still unseen of the old may come as well: the means add up, and the doubts as those of two that err by
    themselves (Zou and Donner 2008).
    """
    before, anew = completeness(held, prior, least_weeks), completeness(fresh, of_news or prior)
    needed = max(before.weeks_needed - held.weeks, 0) + fresh.weeks
    return Completeness(
        tally=Tally(held.values, held.seldom, held.once, fresh.weeks),
        expected=before.expected + anew.expected,
        bound=before.expected
        + anew.expected
        + hypot(*(one.bound - one.expected for one in (before, anew))),
        weeks_needed=max(needed, anew.weeks_needed),
        least_weeks=max(LEAST_WEEKS, fresh.weeks + max(least_weeks - held.weeks, 0)),
    )


def next_invocation(alarms_a_week: float, invocations_a_week: float) -> float:
    """Give the chance that the next invocation does something new; at most `alarms_a_week` are spread over a week."""
    return min(1.0, alarms_a_week / invocations_a_week) if invocations_a_week > 0 else 1.0
