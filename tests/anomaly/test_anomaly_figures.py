"""In a small fleet with known truth the promise is kept, and what is rare is found where a model was not poisoned."""

import pytest
from bench.anomaly import falsely, functions_of, page, poisoned, recall
from bench.anomaly_attacks import PREPARED

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


def test_figures_are_written_as_tables():
    text = page([(("a", "b"), [("1", "2")])], 3, 1)
    assert "| a | b |\n|---|---|\n| 1 | 2 |\n" in text
