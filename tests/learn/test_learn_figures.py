"""The bound is true and pays, in a small fleet with known truth."""

import numpy as np
import pytest
from bench.code import SHARES, reopened
from bench.code import measured as by_code
from bench.deployment import measured as deployed
from bench.fleet import KINDS, fleet
from bench.late import measured as came_late
from bench.learning_page import Attacks, page
from bench.poison import POISONERS
from bench.poison import measured as poisoned
from bench.world import measured

from hauberk.model.kind import Kind


@pytest.fixture(scope="module", params=["log-uniform", "zipf"])
def world(request):
    return measured(request.param, 60, 56)


def test_the_bound_is_true_in_95_percent_of_all_looks_and_when_complete(world):
    for covered, outcome in zip(world.coverage, world.outcomes, strict=True):
        assert covered.least >= 0.95
        assert outcome.over <= 0.05
        assert outcome.done > 0.9


def test_fixed_numbers_need_far_more_invocations_for_no_more_alarms(world):
    for one in world.rivals:
        if one.name != "nothing new for a number of days":
            least = 1.5 if one.against == "the bound, without a fleet" else 2
            assert one.times is None or one.times >= least


def test_a_fleet_saves_a_third_of_what_is_needed(world):
    alone, fleet, _ = world.outcomes
    assert fleet.invocations < alone.invocations * 2 / 3


def test_figures_are_drawn_from_a_seed_and_written_as_tables(world):
    again = measured(world.name, 60, 56)
    assert again == world
    assert (
        page([again], [], Attacks([], {}, []), {}, (60, 56), 1).count(f"| {world.name} | the bound")
        == 6
    )


# By logs alone; with the code; where callers are known; with both. The last two are known misses.
FOUND = (
    *((1, 1, 1, 1),) * 5,
    (0, 0.7, 1, 1),
    (0.5, 0.85, 1, 1),
    *((1, 1, 1, 1),) * 2,
    (0, 0.7, 0, 0.7),
    (0.7, 0.9, 0.7, 0.9),
)


def test_attackers_are_found_as_the_table_says():
    caught, prices = poisoned(2)
    assert (
        tuple(tuple(count / one.tried for count in one.found.values()) for one in caught) == FOUND
    )
    assert len(caught) == len(POISONERS)
    alone, read = prices.values()
    assert read.for_review <= alone.for_review < alone.patterns / 2
    assert alone.sightings < 0.1  # most of that are the tables which events name


def test_who_begins_after_a_list_is_complete_is_found_and_few_of_the_honest_are():
    late = came_late("zipf", fleet("zipf", 3, 40, 63))
    assert late.found[0] == 0  # as patient as the function is watched
    assert 0.5 < late.found[14] < late.found[28] < late.found[56]
    assert late.found[56] > 0.9
    assert late.a_week < 0.2


def test_a_list_that_stays_while_what_is_new_is_open_gives_far_fewer_alarms():
    goes_on, anew, alone, stays, _ = deployed(fleet("log-uniform", 3, 60, 60), 1)
    assert stays.alarms < goes_on.alarms / 5 < anew.alarms / 5
    assert alone.protected < 0.1 < stays.protected < goes_on.protected
    assert min(alone.true, stays.true) >= 0.95


def test_what_code_tells_makes_lists_complete_sooner_and_stand_longer_and_the_bound_stays_true():
    brought = by_code("log-uniform", fleet("log-uniform", 2026, 60, 56), 2026)
    invocations = [brought.outcomes[share].invocations for share in SHARES]
    assert invocations == sorted(invocations, reverse=True) and invocations[-1] < invocations[0]
    without, *with_code = (one.protected for one in brought.goings[1:])
    apart, in_one = with_code[::2], with_code[1::2]
    assert [without, *apart] == sorted([without, *apart]) and apart[0] > without + 0.3
    assert [without, *in_one] == sorted([without, *in_one])
    assert all(one <= more for one, more in zip(in_one, apart, strict=True))
    assert all(one.true >= 0.95 for one in brought.goings)


def test_a_kind_is_open_again_where_something_new_of_it_is_not_told():
    every = fleet("zipf", 2026, 60, 1)
    group, function = every.behaviours.group, every.behaviours.function
    nothing, all_ = np.zeros(len(group), bool), np.ones(len(group), bool)
    assert not reopened(every, nothing, nothing).any()
    assert not reopened(every, all_, nothing).any()
    new = function == 3
    code = 3 * KINDS + list(Kind).index(Kind.CODE)
    assert np.flatnonzero(reopened(every, nothing, new)).tolist() == [code]
    doubtful = group == 3 * KINDS
    assert np.flatnonzero(reopened(every, doubtful, new)).tolist() == [3 * KINDS, code]
