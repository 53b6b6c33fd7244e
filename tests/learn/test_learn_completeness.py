"""What is still to come of a function, and when its list is complete."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hauberk.learn.complete.completeness import carry_over, completeness, next_invocation
from hauberk.learn.complete.gamma import below, quantile
from hauberk.learn.complete.history import curve
from hauberk.learn.complete.prior import FLAT
from hauberk.learn.complete.tally import Tally, sightings, tally, watched_weeks
from hauberk.learn.evidence import Evidence

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


@settings(deadline=None)
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
    known = completeness(Tally(50, seldom, 0, weeks))
    assert known.is_complete is is_complete
    assert known.bound == pytest.approx(bound, rel=2e-3)
    assert known.expected < known.bound
    assert completeness(Tally(50, seldom, 0, known.weeks_needed)).bound == pytest.approx(
        1, rel=1e-6
    )


@settings(deadline=None)
@given(st.integers(0, 200), st.floats(0.01, 50), st.integers(1, 50), st.floats(0.1, 50))
def test_more_seldom_values_raise_the_bound_and_more_time_lowers_it(seldom, weeks, more, longer):
    bound = completeness(Tally(9, seldom, 0, weeks)).bound
    assert completeness(Tally(9, seldom + more, 0, weeks)).bound > bound
    assert completeness(Tally(9, seldom, 0, weeks + longer)).bound < bound


VALUES = st.lists(st.frozensets(st.integers(0, 400), max_size=8), max_size=12)


@settings(deadline=None)
@given(VALUES, st.randoms())
def test_a_tally_asks_for_no_order_and_ignores_what_was_never_seen(values, shuffle):
    watched = frozenset(range(401))
    mixed = [*values, frozenset()]
    shuffle.shuffle(mixed)
    assert tally(mixed, watched) == tally(values, watched)


@settings(deadline=None)
@given(VALUES)
def test_writing_sightings_down_once_a_sandbox_never_makes_a_kind_look_more_complete(values):
    watched = frozenset(range(401))
    thinned = [frozenset(sorted(blocks)[::2]) for blocks in values]
    assert tally(thinned, watched).seldom >= tally(values, watched).seldom


def test_a_curve_has_a_point_for_each_day_and_ends_with_what_is_known():
    values = [Evidence(120, 9, None, first=0), Evidence(1, 1, frozenset([100]), first=100)]
    watched = frozenset(range(240))
    points = curve(values, watched)
    assert [one.day for one in points] == list(range(10))
    last = completeness(tally([frozenset(range(0, 240, 2)), frozenset([100])], watched))
    assert (points[-1].bound, points[-1].is_complete) == (last.bound, last.is_complete)
    assert points[3].bound < points[4].bound  # the second value came
    assert points[8].bound > points[9].bound
    assert curve(values, ()) == ()


def test_a_long_curve_is_thinned_and_keeps_its_end_and_a_new_version_raises_it():
    watched = frozenset(range(0, 24 * 100, 2))
    points = curve([Evidence(999, 9, None, first=0)], watched, starts=(0, 24 * 60))
    assert 20 < len(points) <= 28
    assert points[-1].day == 99
    bounds = {one.day: one.bound for one in points}
    before, after = max(day for day in bounds if day < 60), min(day for day in bounds if day >= 60)
    assert bounds[after] > 3 * bounds[before]


def test_alarms_a_week_are_a_chance_by_invocation():
    assert next_invocation(1, 10_000) == 1e-4
    assert next_invocation(3, 2) == next_invocation(1, 0) == 1


def test_a_new_version_is_open_again_however_well_the_old_one_was_known():
    held = Tally(50, 0, 0, 30)
    known = completeness(held).bound
    first, later = (carry_over(held, Tally(2, 0, 0, weeks), FLAT) for weeks in (0.1, 9))
    assert completeness(held).is_complete
    assert not first.is_complete
    assert later.is_complete
    assert known < later.bound < first.bound
    assert first.weeks_needed > 1.8
    assert carry_over(held, Tally(2, 3, 0, 9), FLAT).bound > later.bound


LEAST = [
    # weeks watched of all and by the new version, weeks that were asked for, complete
    (9, None, 31 / 7, True),
    (4, None, 31 / 7, False),  # the bound alone would be enough
    (9, 6, 31 / 7, True),
    (9, 0.05, 31 / 7, False),  # not a day of the new version
    (9, 6, 12, False),
]


@pytest.mark.parametrize(("weeks", "anew", "least", "is_complete"), LEAST)
def test_nothing_is_complete_before_the_slowest_schedule_came_round(
    weeks, anew, least, is_complete
):
    held = Tally(50, 0, 0, weeks)
    if anew is None:
        known = completeness(held, least_weeks=least)
        assert known.weeks_needed >= least
    else:
        known = carry_over(held, Tally(1, 0, 0, anew), least_weeks=least)
    assert known.is_complete is is_complete
