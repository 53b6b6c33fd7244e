"""Thresholds keep their promise where they were found; each question has its own, and what is allowed is shared out."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hauberk.anomaly.invocation import Invoked, Phase
from hauberk.anomaly.lesson import learned_of
from hauberk.anomaly.model import Seen
from hauberk.anomaly.score import Rarity, Scored, scored
from hauberk.anomaly.share import HIGHEST, LOWEST, shared
from hauberk.anomaly.threshold import LEAST, MARGIN, MOST_A_WEEK, NEVER, alerts, calibrated, level
from hauberk.anomaly.trait import QUESTIONS, Family, Question, Trait
from hauberk.learn.complete.tally import LEAST_WEEKS
from hauberk.learn.profile.believe import HOUR_MS
from hauberk.model.activity import Activity
from hauberk.model.kind import Kind

HOST = Activity(Kind.HOST, "resolve", "pay.example.com")
SHELL = Activity(Kind.PROCESS, "start", "/usr/bin/bash")
FAMILY = {question: family for family, question in QUESTIONS.items()}


def one(hour, *acts):
    """An invocation in an hour, that did this in this order."""
    timed = tuple((hour * HOUR_MS + n, act) for n, act in enumerate(acts))
    return Invoked(
        "orders", "0" * 32, f"r{hour}", hour * HOUR_MS, Phase.FIRST, timed, (), False, False
    )


def told(hour, value="", **scores):
    """An invocation with these scores, each of a trait with a value."""
    mine = {Question(name): score for name, score in scores.items()}
    why = tuple(
        Rarity(Trait(FAMILY[question], "x", value), Seen(), Seen(), 0.1, 0, score)
        for question, score in mine.items()
    )
    return Scored(one(hour), mine, why)


SCORES = st.integers(0, 5000).map(lambda thousandths: thousandths / 1000)


def held_back(questions):
    """Any invocations of eight weeks, with scores of these questions."""
    scores = st.dictionaries(st.sampled_from(questions), SCORES, min_size=1)
    return st.lists(
        st.builds(
            lambda hour, value, mine: told(hour, value, **mine),
            st.integers(0, 24 * 7 * 8),
            st.sampled_from("abc"),
            scores,
        ),
        max_size=60,
    )


@given(held_back([each.value for each in Question]), st.floats(0, 12))
@example([told(1, things=3)], 1 / 168)
def test_the_thresholds_keep_their_promise_where_they_were_held_back(every, weeks):
    found = calibrated(every, weeks)
    if not every or weeks < LEAST_WEEKS:
        assert (found.thresholds, found.invocations) == (level(NEVER), 0)
        return
    assert found.alerts == len(alerts(every, found.thresholds))
    assert min(found.thresholds.values()) >= LEAST
    if not replace(found, alerts=0).is_promised:
        assert found.alerts == 0 and len(set(found.thresholds.values())) == 1
        return
    assert found.is_promised


@given(held_back(["things"]), st.floats(3, 12))
def test_no_lower_threshold_would_keep_it(every, weeks):
    found = calibrated(every, weeks)
    mine = [it.scores[Question.THINGS] for it in every]
    lower = [score for score in mine if LEAST <= score < found.thresholds[Question.THINGS]]
    if every and lower:
        more = len(alerts(every, level(max(lower))))
        assert not replace(found, alerts=more).is_promised


NOISE = [told(hour, str(hour), things=3.1, late=1.2) for hour in range(0, 24 * 7 * 10, 24)]


def test_what_one_question_often_has_leaves_the_others_thresholds_low():
    found = calibrated(NOISE, 10)
    assert found.thresholds == {
        **level(LEAST + MARGIN),
        Question.THINGS: 3.1,  # as one for all would be
    }
    (alert,) = alerts([*NOISE, told(2000, things=3.1, late=2.9)], found.thresholds)
    assert (alert.question, alert.score, alert.threshold) == (Question.LATE, 2.9, LEAST + MARGIN)
    assert alert.why[0].trait.family is Family.PHASE


@given(
    st.lists(
        st.lists(st.floats(1, 5), min_size=4, max_size=4).map(
            lambda one: sorted(one, reverse=True)
        ),
        min_size=len(Question),
        max_size=len(Question),
    )
)
def test_no_other_share_of_the_allowed_alerts_finds_more(ladders):
    named = dict(zip(Question, ladders, strict=True))

    def cost(chosen):
        return sum(
            min(max(threshold, LOWEST), HIGHEST) * list(QUESTIONS.values()).count(question)
            for question, threshold in chosen.items()
        )

    others = (
        {question: named[question][n] for question, n in zip(Question, spent, strict=True)}
        for spent in product(range(4), repeat=len(Question))
        if sum(spent) == 3
    )
    found = shared(named)
    assert cost(found) == pytest.approx(min(map(cost, others)))
    assert all(threshold in named[question] for question, threshold in found.items())


def test_where_nothing_was_held_back_nothing_is_told():
    known = learned_of([one(7, HOST)], frozenset([7]))
    assert not alerts([scored(known.model, one(8, SHELL))], known.calibration.thresholds)
    assert not known.calibration.is_promised
    assert known.calibration.most_a_week > MOST_A_WEEK


def test_alerts_that_lead_with_the_same_are_one_within_a_week():
    every = [told(hour, things=9.0) for hour in (0, 5, 167, 168, 400)]
    found = [(it.first.invoked.hour, it.more) for it in alerts(every, level(1.0))]
    assert found == [(0, 2), (168, 0), (400, 0)]
