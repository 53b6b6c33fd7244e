"""What a fleet teaches of a kind: how much it keeps to itself, how steep it is; and when it teaches nothing."""

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hauberk.learn.complete.completeness import completeness
from hauberk.learn.complete.growth import (
    LEAST_SLOPE,
    SLOPE,
    STEEPEST,
    new_in_a_week,
    seldom_for_one,
    slope_for,
    weeks_for,
)
from hauberk.learn.complete.prior import FLAT, LEAST_FUNCTIONS, prior_of
from hauberk.learn.complete.tally import Tally


def fleet(counts, *, once=0.59, weeks=2.0):
    """Functions that showed so many seldom values, such a share of them once."""
    return [Tally(9, count, round(once * count), weeks) for count in counts]


def bound(seldom, prior, weeks=0.5):
    return completeness(Tally(9, seldom, 0, weeks), prior).bound


def test_a_fleet_teaches_what_its_kind_keeps_to_itself():
    chance = random.Random(5)
    busy = [chance.randrange(20) for _ in range(LEAST_FUNCTIONS)]
    quiet = [*busy[:2], *[0] * 400]
    assert bound(0, prior_of(fleet(quiet), 2)) < bound(0, FLAT) / 2
    assert bound(0, prior_of(fleet(busy), 2)) > bound(0, FLAT)


def test_a_few_that_hide_much_are_not_lost_among_many_that_hide_nothing():
    """A curve of one form, drawn through all of them, would say that nobody hides anything."""
    few, none = prior_of(fleet([0] * 36 + [9] * 4), 2), prior_of(fleet([0] * 40), 2)
    assert few.most(0) >= none.most(0)
    assert few.most(2) > 2 * none.most(0)
    assert few.most(9) > 12


def test_where_all_that_is_seldom_was_seen_once_more_is_still_to_come():
    counts = [5] * LEAST_FUNCTIONS
    monthly, steady = (prior_of(fleet(counts, once=share), 2) for share in (1, 0.5))
    assert (steady.slope, round(monthly.slope, 1)) == (LEAST_SLOPE, STEEPEST)
    assert bound(5, monthly) > 1.5 * bound(5, steady)
    assert prior_of(fleet([0] * LEAST_FUNCTIONS), 2).slope == STEEPEST  # nothing tells


NOTHING = [
    # functions, weeks that they were watched, weeks of the one that is asked about
    (LEAST_FUNCTIONS - 1, 2, 2),
    (99, 0.01, 0.01),  # not a day
    (99, 9, 2),  # far longer
    (99, 2, 9),
]


@pytest.mark.parametrize(("functions", "watched", "weeks"), NOTHING)
def test_too_few_functions_that_are_alike_teach_nothing(functions, watched, weeks):
    assert prior_of(fleet([1] * functions, weeks=watched), weeks) == FLAT
    assert prior_of(fleet([1] * 99, weeks=max(weeks, 1)), max(weeks, 1)) != FLAT


COUNTS = st.lists(st.integers(0, 3000), min_size=LEAST_FUNCTIONS, max_size=60)


@settings(deadline=None)
@given(COUNTS, st.floats(0, 1), st.integers(0, 3000), st.randoms())
def test_any_fleet_gives_a_bound_that_is_a_number_in_any_order(counts, once, seldom, chance):
    prior = prior_of(fleet(counts, once=once), 2)
    mixed = list(counts)
    chance.shuffle(mixed)
    assert prior_of(fleet(mixed, once=once), 2) == prior
    known = completeness(Tally(1, seldom, 0, 1), prior)
    assert 0 < known.expected <= known.bound * 1.05 < math.inf  # means are known in steps


@settings(deadline=None)
@given(COUNTS, st.integers(0, 300), st.integers(1, 90))
def test_more_seldom_values_never_lower_the_bound_of_a_fleet(counts, seldom, more):
    prior = prior_of(fleet(counts), 2)
    assert bound(seldom + more, prior) >= bound(seldom, prior)


@settings(deadline=None)
@given(st.floats(SLOPE, STEEPEST), st.floats(0.01, 60))
def test_slopes_and_weeks_are_found_again(slope, weeks):
    assert slope_for(1 / seldom_for_one(slope)) == pytest.approx(slope, abs=1e-6)
    assert weeks_for(new_in_a_week(weeks, slope), slope) == pytest.approx(weeks)


@settings(deadline=None)
@given(st.floats(0.2, 60), st.floats(SLOPE, STEEPEST))
def test_no_slope_foretells_more_than_that_of_what_never_comes_again(weeks, slope):
    assert new_in_a_week(weeks, slope) <= new_in_a_week(weeks, STEEPEST) * (1 + 1e-9)
    assert new_in_a_week(weeks, STEEPEST) == pytest.approx(1 / weeks)
