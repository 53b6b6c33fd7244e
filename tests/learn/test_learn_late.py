"""What is new after the list of its kind was complete waits for a person; what came before, or with a version, not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hauberk.learn.complete.completeness import completeness
from hauberk.learn.complete.late import lateness, settled
from hauberk.learn.complete.tally import tally
from hauberk.learn.evidence import Evidence, FunctionEvidence
from hauberk.learn.fold.folded import folded
from hauberk.learn.review import doubt
from hauberk.model.activity import Activity
from hauberk.model.kind import Kind

WEEK = 168
SEASON = range(0, 8 * WEEK, 6)  # hours with records


def act(name):
    return Activity(Kind.PROCESS, "start", f"/var/task/bin/{name}")  # never folded


def seen(hours):
    hours = frozenset(hours)
    few = hours if len(hours) <= 24 else None
    return Evidence(len(hours), 9, few, first=min(hours, default=None))


def function(values, watched=SEASON, starts=(0,)):
    found = {act(name): seen(hours) for name, hours in values.items()}
    return FunctionEvidence(found, frozenset(watched), sandboxes=9, starts=starts)


def stretches(whole, told=(), **settings):
    return settled(folded(whole, frozenset()), whole, frozenset(told), **settings)[Kind.PROCESS]


ALWAYS = {"a": SEASON, "b": range(3, 8 * WEEK, 12)}
STRETCHES = [
    # values, versions begin, settled in days, least weeks
    (ALWAYS, (0,), [(14, 56)], 0),
    (ALWAYS, (0,), [(36, 56)], 5),  # a slow schedule
    ({**ALWAYS, "c": [30]}, (0,), [(22, 56)], 0),
    ({**ALWAYS, "c": [30 * 24]}, (0,), [(14, 56)], 0),  # late: it opens nothing
    ({**ALWAYS, **{f"c{n}": [30] for n in "abcdefghij"}}, (0,), [], 0),
    (ALWAYS, (0, 10 * 24), [(29, 56)], 0),
    (ALWAYS, (0, 28 * 24), [(14, 28), (44, 56)], 0),
]


@pytest.mark.parametrize(("values", "starts", "days", "least"), STRETCHES)
def test_a_list_is_settled_from_when_it_is_complete_until_the_next_version(
    values, starts, days, least
):
    found = stretches(function(values, starts=starts), least_weeks=least)
    assert [(start // 24, (end + 23) // 24) for start, end in found] == days


LATE = [
    # hours in which a value was seen, versions begin, why a person is to look
    (range(0, 999, 30), (0,), ""),
    (range(100, 1300, 30), (0,), ""),
    (range(14 * 24, 1300, 30), (0,), "new on day 1 after the list was complete"),
    (range(30 * 24, 1300, 6), (0,), "new on day 17 after the list was complete"),  # often since
    (range(30 * 24, 1300, 6), (0, 29 * 24), ""),  # with a new version
    (range(50 * 24, 1300, 6), (0, 29 * 24), "new on day 6 after the list was complete"),
]


@pytest.mark.parametrize(("hours", "starts", "why"), LATE)
def test_what_is_new_after_that_is_for_a_person(hours, starts, why):
    whole = function({**ALWAYS, "late": hours}, starts=starts)
    every = folded(whole, frozenset())
    known = FunctionEvidence(
        whole.seen, whole.hours, whole.sandboxes, settled=settled(every, whole)
    )
    asked = {one.activities: doubt(one, known) for one in every}
    assert asked[frozenset([act("late")])] == why
    assert asked[frozenset([act("a")])] == ""


def test_what_the_code_explains_is_no_news():
    late = act("late")
    whole = function({**ALWAYS, "late": range(30 * 24, 1300, 6)})
    every = folded(whole, frozenset())
    known = FunctionEvidence(
        whole.seen,
        whole.hours,
        whole.sandboxes,
        explained=frozenset([late]),
        settled=settled(every, whole),
    )
    assert [doubt(one, known) for one in every if late in one.activities] == [""]


def test_without_times_or_records_nothing_is_settled():
    assert stretches(FunctionEvidence({act("a"): Evidence(9)}, frozenset(SEASON))) != ()
    assert stretches(FunctionEvidence({act("a"): seen(SEASON)})) == ()
    assert lateness(Evidence(9), ((0, 9),)) == ""


HOURS = st.frozensets(st.integers(0, 900), min_size=1, max_size=12)
VALUES = st.dictionaries(st.sampled_from("abcdefgh"), HOURS, max_size=8)


@settings(deadline=None)
@given(VALUES, st.frozensets(st.integers(0, 900)))
def test_the_first_stretch_begins_at_the_first_night_on_which_the_rule_holds(values, watched):
    watched = watched.union(*values.values()) or frozenset([0])
    whole = function(values, watched, starts=(min(watched),))
    nights = sorted({(hour // 24 + 1) * 24 for hour in watched})
    expected = next(
        (
            night
            for night in nights
            if night <= max(watched)
            and completeness(
                tally(
                    (frozenset(h for h in one if h < night) for one in values.values()),
                    frozenset(h for h in watched if h < night),
                )
            ).is_complete
        ),
        None,
    )
    found = stretches(whole)
    assert (found[0][0] if found else None) == expected
    assert all(end == max(watched) + 1 for _, end in found)


@settings(deadline=None)
@given(VALUES, HOURS)
def test_whatever_comes_later_never_unsettles_a_list(values, hours):
    before = stretches(function(values))
    after = stretches(function({**values, "z": [hour + 901 for hour in hours]}))
    early = [start for start, _ in before if start <= 901]
    assert early == [start for start, _ in after if start <= 901]
