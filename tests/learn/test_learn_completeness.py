"""What is still to come of a function, and when its list is complete."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hauberk.learn.completeness import (
    FLAT,
    LEAST_FUNCTIONS,
    Tally,
    carry_over,
    completeness,
    curve,
    next_invocation,
    prior_of,
    sightings,
    tally,
    watched_weeks,
)
from hauberk.learn.gamma import below, quantile

CHI_SQUARE = [
    # degrees of freedom, the 95 % point as printed in tables
    (1, 3.841),
    (2, 5.991),
    (4, 9.488),
    (10, 18.307),
    (50, 67.505),
    (100, 124.342),
]


@pytest.mark.parametrize(("degrees", "point"), CHI_SQUARE)
def test_quantiles_are_those_of_printed_tables(degrees, point):
    assert 2 * quantile(degrees / 2, 0.95) == pytest.approx(point, abs=5e-4)


@given(st.floats(0.1, 2000), st.floats(0.5, 0.999))
def test_a_quantile_is_where_its_chance_says(shape, confidence):
    assert below(shape, quantile(shape, confidence)) == pytest.approx(confidence, abs=1e-6)


SIGHTINGS = [
    # hours, sightings six hours apart, weeks watched
    ([], 0, 0),
    ([7], 1, 1 / 168),
    ([7, 8, 9, 12], 1, 6 / 168),  # a burst
    ([7, 13], 2, 7 / 168),
    ([0, 5, 6, 11, 12], 3, 13 / 168),
    (range(168), 28, 1),
    ([0, 500], 2, 25 / 168),  # between them a log may be missing
    (range(0, 24 * 14, 24), 14, (13 * 24 + 1) / 168),
]


@pytest.mark.parametrize(("blocks", "count", "weeks"), SIGHTINGS)
def test_sightings_and_watched_time_are_those_of_the_table(blocks, count, weeks):
    assert sightings(blocks) == count
    assert watched_weeks(blocks) == pytest.approx(weeks)


BOUNDS = [
    # seldom values, weeks, complete, the bound
    (0, 1, False, 1.708),
    (0, 1.83, False, 1.004),
    (0, 1.85, True, 0.995),
    (0, 0.01, False, 37.31),
    (1, 2, False, 1.467),
    (1, 3.1, True, 0.979),
    (20, 8, False, 2.426),
    (20, 26, True, 0.762),
]


@pytest.mark.parametrize(("seldom", "weeks", "is_complete", "bound"), BOUNDS)
def test_the_rule_is_one_alarm_a_week_at_95_percent(seldom, weeks, is_complete, bound):
    known = completeness(Tally(50, seldom, weeks))
    assert known.is_complete is is_complete
    assert known.bound == pytest.approx(bound, rel=2e-3)
    assert known.expected < known.bound
    assert completeness(Tally(50, seldom, known.weeks_needed)).bound == pytest.approx(1, rel=1e-6)


@given(st.integers(0, 200), st.floats(0.01, 50), st.integers(1, 50), st.floats(0.1, 50))
def test_more_seldom_values_raise_the_bound_and_more_time_lowers_it(seldom, weeks, more, longer):
    bound = completeness(Tally(9, seldom, weeks)).bound
    assert completeness(Tally(9, seldom + more, weeks)).bound > bound
    assert completeness(Tally(9, seldom, weeks + longer)).bound < bound


VALUES = st.lists(st.frozensets(st.integers(0, 400), max_size=8), max_size=12)


@given(VALUES, st.randoms())
def test_a_tally_asks_for_no_order_and_ignores_what_was_never_seen(values, shuffle):
    watched = frozenset(range(401))
    mixed = [*values, frozenset()]
    shuffle.shuffle(mixed)
    assert tally(mixed, watched) == tally(values, watched)


@given(VALUES)
def test_writing_sightings_down_once_a_sandbox_never_makes_a_kind_look_more_complete(values):
    watched = frozenset(range(401))
    thinned = [frozenset(sorted(blocks)[::2]) for blocks in values]
    assert tally(thinned, watched).seldom >= tally(values, watched).seldom


def test_a_fleet_teaches_what_its_kind_keeps_to_itself():
    chance = random.Random(5)
    quiet = [Tally(9, int(chance.random() < 0.1), 2) for _ in range(LEAST_FUNCTIONS)]
    busy = [Tally(9, chance.randrange(20), 2) for _ in range(LEAST_FUNCTIONS)]
    alone = completeness(Tally(9, 0, 0.5)).bound
    assert completeness(Tally(9, 0, 0.5), prior_of(quiet)).bound < alone / 3
    assert completeness(Tally(9, 0, 0.5), prior_of(busy)).bound > alone
    assert prior_of(quiet[1:]) == FLAT
    assert prior_of([Tally(9, 0, 0.01)] * 99) == FLAT  # nobody was watched for a day


@given(st.lists(st.integers(0, 99), min_size=LEAST_FUNCTIONS, max_size=99))
def test_any_fleet_gives_a_bound_that_is_a_number(counts):
    prior = prior_of(Tally(1, count, 1) for count in counts)
    assert 0 < completeness(Tally(1, 0, 1), prior).bound < math.inf


def test_a_curve_has_a_point_for_each_day_and_ends_with_what_is_known():
    values = [frozenset(range(0, 240, 2)), frozenset([100])]
    watched = frozenset(range(240))
    points = curve(values, watched)
    assert len(points) == 10
    assert points[-1] == completeness(tally(values, watched))
    assert [one.tally.values for one in points] == [1] * 4 + [2] * 6
    assert points[8].bound > points[9].bound


def test_alarms_a_week_are_a_chance_by_invocation():
    assert next_invocation(1, 10_000) == 1e-4
    assert next_invocation(3, 2) == next_invocation(1, 0) == 1


def test_a_new_version_is_open_again_however_well_the_old_one_was_known():
    held = Tally(50, 0, 30)
    known = completeness(held).bound
    first, later = (carry_over(held, Tally(2, 0, weeks), FLAT) for weeks in (0.1, 9))
    assert completeness(held).is_complete
    assert not first.is_complete
    assert later.is_complete
    assert known < later.bound < first.bound
    assert first.weeks_needed > 1.8
    assert carry_over(held, Tally(2, 3, 9), FLAT).bound > later.bound
