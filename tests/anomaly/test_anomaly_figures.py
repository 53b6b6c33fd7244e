"""In a small fleet with known truth the promise is kept, and what is rare is found where a model was not poisoned."""

from math import exp, log
from random import Random

import pytest
from bench.anomaly import falsely, functions_of, page, poisoned, recall
from bench.anomaly_attacks import PREPARED
from bench.anomaly_numbers import Usual, step_of, telling

from hauberk.learn.records.usage import Measure

SHELL = "a shell, after something usual"


@pytest.fixture(scope="module")
def functions():
    return functions_of("zipf", 1)


def test_the_promise_is_kept(functions):
    alarms = falsely("zipf", functions)
    assert alarms.promised == 1
    assert alarms.a_week <= 1


# The last is the known miss: hardly anything tells it from what the function does by itself.
FOUND = [
    # attack                                     at least, at most
    (SHELL, 0.7, 1),
    ("two hundred objects in one invocation", 0.5, 1),
    ("one rare thing of its own", 0, 0.3),
]


@pytest.mark.parametrize(("attack", "least", "most"), FOUND)
def test_attacks_are_found_as_far_as_the_table_says(functions, attack, least, most):
    assert least <= recall(functions, attack, lambda one: one.known) <= most


def test_who_floods_an_hour_gains_nothing_and_who_is_never_detected_is_learned_from(functions):
    before, flooded, _, _, unseen = (
        poisoned(functions[:1], SHELL, how).share if index in (0, 1, 4) else None
        for index, how in enumerate(PREPARED)
    )
    assert flooded >= before > unseen


def _one_by_one(chance, usual, invocations):
    """The highest step that is reached, with a number drawn for each invocation."""
    most = max(exp(chance.gauss(usual.middle, usual.spread)) for _ in range(invocations))
    return step_of(Measure.TIMES, most)


def test_what_is_told_of_numbers_is_what_drawing_each_of_them_gives():
    chance, usual, rounds = Random(7), Usual(log(6), 0.5), 4_000
    drawn = [_one_by_one(chance, usual, 20) for _ in range(rounds)]
    told = [list(telling(chance, Measure.TIMES, usual, 20)) for _ in range(rounds)]
    for steps in told:
        assert all(1 <= at <= 20 for at, _ in steps)
        assert [step for _, step in steps] == sorted({step for _, step in steps})
    for step in (None, 8, 16, 32):
        share = sum(one == step for one in drawn) / rounds
        highest = sum((steps[-1][1] if steps else None) == step for steps in told) / rounds
        assert highest == pytest.approx(share, abs=0.03)


def test_with_numbers_the_promise_is_kept_and_an_unusual_rate_is_found():
    counted = functions_of("zipf", 1, has_numbers=True)
    assert falsely("zipf", counted).a_week <= 1
    assert recall(counted, "a known API, fifty times as often", lambda one: one.known) >= 0.5
    assert recall(counted, SHELL, lambda one: one.known) >= 0.7


def test_figures_are_written_as_tables():
    text = page([(("a", "b"), [("1", "2")])], 3, 1)
    assert "| a | b |\n|---|---|\n| 1 | 2 |\n" in text
