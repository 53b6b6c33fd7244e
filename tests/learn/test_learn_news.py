"""What the new versions of a fleet brought tells of the next one."""

from dataclasses import replace

import pytest

from hauberk.learn.completeness import carry_over, completeness
from hauberk.learn.evidence import Evidence, FunctionEvidence
from hauberk.learn.fold import Fold
from hauberk.learn.folded import Folded, fleet_of, known
from hauberk.learn.prior import FLAT, LEAST_FUNCTIONS, Fleet, prior_of
from hauberk.learn.tally import Tally
from hauberk.model.activity import Activity
from hauberk.model.kind import Kind

DAY = 24
OLD_DAYS, NEW_DAYS = 28, 3


def function(number, *, news=0, has_versions=True):
    """One that read four files twice in weeks, and whose newest version read so many more, once each."""
    hours = frozenset(range((OLD_DAYS + NEW_DAYS) * DAY))
    fresh_hours = frozenset(range(OLD_DAYS * DAY, max(hours) + 1)) if has_versions else frozenset()
    twice = Evidence(2, 2, frozenset([9, 99]), first=9)
    old = [_file(f"/mnt/{number}/{at}", twice) for at in range(4)]
    once = Evidence(1, 1, frozenset([OLD_DAYS * DAY + 9]), first=OLD_DAYS * DAY + 9)
    new = [_file(f"/srv/{number}/{at}", once) for at in range(news)]
    every = (*old, *new)
    acts = frozenset[Activity]().union(*(one.activities for one in new))
    whole = FunctionEvidence(
        {act: one.seen for one in every for act in one.activities},
        hours,
        fresh=acts if has_versions else frozenset(),
        fresh_hours=fresh_hours,
        reopened=frozenset(Kind) if has_versions else frozenset(),
    )
    return every, whole


def _file(target, seen):
    acts = frozenset([Activity(Kind.FILE, "read", target)])
    return Folded(Kind.FILE, "read", Fold(target, (target,), ""), acts, seen)


QUIET = [function(number) for number in range(LEAST_FUNCTIONS)]
BUSY = [function(number, news=9) for number in range(LEAST_FUNCTIONS)]
FLEETS = [
    # why, the fleet, whether its new versions tell
    ("nothing new in any", QUIET, True),
    ("much new in each", BUSY, True),
    ("one function too few", QUIET[1:], False),
    ("no new versions", [function(n, has_versions=False) for n in range(50)], False),
]


@pytest.mark.parametrize(("why", "every", "tells"), FLEETS, ids=[one[0] for one in FLEETS])
def test_what_a_version_brings_is_judged_by_what_those_of_others_brought(why, every, tells):
    fleet = fleet_of(every)
    assert len(fleet.tallies) == len(every)
    prior = fleet.prior(Kind.FILE, (OLD_DAYS + NEW_DAYS) / 7)
    of_news = fleet.of_news(Kind.FILE, NEW_DAYS / 7, prior)
    assert (of_news != prior) is tells, why


def test_a_quiet_fleet_closes_a_version_sooner_and_a_busy_one_later():
    every, whole = function(99)
    bounds = [
        known(every, whole, fleet)[Kind.FILE].bound
        for fleet in (
            fleet_of(QUIET * 4),
            replace(fleet_of(QUIET * 4), news=()),
            fleet_of(BUSY * 4),
        )
    ]
    assert bounds[0] < bounds[1] < bounds[2]


def test_without_a_word_of_new_versions_the_fleet_of_functions_stands_in():
    held, fresh = Tally(9, 2, 1, 4), Tally(1, 1, 1, 0.4)
    prior = prior_of([Tally(9, 2, 1, 4)] * LEAST_FUNCTIONS, 4)
    assert Fleet().of_news(Kind.FILE, 0.4, prior) is prior
    assert carry_over(held, fresh, prior, of_news=prior) == carry_over(held, fresh, prior)
    assert carry_over(held, fresh).expected == pytest.approx(
        completeness(held, FLAT).expected + completeness(fresh, FLAT).expected
    )
