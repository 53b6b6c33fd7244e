"""What the new versions of a fleet brought tells of the next one."""

from dataclasses import replace

import pytest

from hauberk.learn.complete.completeness import carry_over, completeness
from hauberk.learn.complete.lives import Lives
from hauberk.learn.complete.prior import FLAT, LEAST_FUNCTIONS, Fleet, prior_of
from hauberk.learn.complete.tally import HOURS_A_WEEK, Tally
from hauberk.learn.evidence import Evidence, FunctionEvidence, Release, evidence_of
from hauberk.learn.fold.fold import Fold
from hauberk.learn.fold.folded import Folded, fleet_of, folded, known
from hauberk.learn.profile.believe import HOUR_MS
from hauberk.learn.profile.profile import FunctionProfile, Seen, VersionProfile
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
    release = Release(fresh_hours, dict.fromkeys(acts, once))
    whole = FunctionEvidence(
        {act: one.seen for one in every for act in one.activities},
        hours,
        fresh=acts if has_versions else frozenset(),
        fresh_hours=fresh_hours,
        reopened=frozenset(Kind) if has_versions else frozenset(),
        releases=(release,) if has_versions else (),
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


@pytest.mark.parametrize("asks_first", [False, True])
def test_a_fleet_without_news_knows_nothing_of_what_the_same_with_news_was_asked(asks_first):
    fleet = fleet_of(QUIET)
    prior = fleet.prior(Kind.FILE, (OLD_DAYS + NEW_DAYS) / 7)
    of_news = fleet_of(QUIET).of_news(Kind.FILE, NEW_DAYS / 7, prior)
    if asks_first:
        fleet.of_news(Kind.FILE, NEW_DAYS / 7, prior)
    assert replace(fleet, news=()).of_news(Kind.FILE, NEW_DAYS / 7, prior) is prior
    assert fleet.of_news(Kind.FILE, NEW_DAYS / 7, prior) == of_news != prior


def test_without_a_word_of_new_versions_the_fleet_of_functions_stands_in():
    held, fresh = Tally(9, 2, 1, 4), Tally(1, 1, 1, 0.4)
    prior = prior_of([Tally(9, 2, 1, 4)] * LEAST_FUNCTIONS, 4)
    assert Fleet().of_news(Kind.FILE, 0.4, prior) is prior
    assert carry_over(held, fresh, prior, of_news=prior) == carry_over(held, fresh, prior)
    assert carry_over(held, fresh).expected == pytest.approx(
        completeness(held, FLAT).expected + completeness(fresh, FLAT).expected
    )


DEPLOYED = 10  # days from one version to the next


def versions(number, count, *, news, at=5):
    """A function with so many versions after its first, each of which reads so many new files on a day of its own."""
    every = []
    for version in range(count + 1):
        start = version * DEPLOYED * DAY
        hours = range(start, start + DEPLOYED * DAY)
        old = [_seen(f"/mnt/{number}/{one}", (start + 1, start + 50)) for one in range(4)]
        new = [
            _seen(f"/srv/{number}/{version}-{one}/a", (start + at * DAY,))
            for one in range(news if version else 0)
        ]
        seen = tuple(sorted([*old, *new], key=lambda one: one.activity))
        kinds = frozenset(Kind)
        every.append(
            VersionProfile(
                f"{version:02}", seen, {}, 9, frozenset(hours), 0, True, kinds, frozenset()
            )
        )
    whole = evidence_of(FunctionProfile(tuple(every)))
    return folded(whole, frozenset()), whole


def _seen(target, hours):
    act = Activity(Kind.FILE, "read", target)
    return Seen(
        act, len(hours), len(hours), 1, hours[0] * HOUR_MS, hours[-1] * HOUR_MS, hours=hours
    )


OWN = [
    # why, how many functions, versions after the first of each, whether these tell
    ("of one function that was deployed often", 1, 40, True),
    ("too seldom", 1, 39, False),
    ("of eight that were deployed five times", 8, 5, True),
    ("one deployment too few", 8, 4, False),
]


@pytest.mark.parametrize(("why", "functions", "count", "tells"), OWN, ids=[one[0] for one in OWN])
def test_versions_of_a_few_functions_are_a_fleet_too(why, functions, count, tells):
    fleet = fleet_of([versions(number, count, news=0) for number in range(functions)])
    prior = fleet.prior(Kind.FILE, 4)
    assert prior is FLAT
    assert (fleet.of_news(Kind.FILE, DEPLOYED / 7, prior) != prior) is tells, why


def test_earlier_versions_are_asked_what_they_had_brought_by_then():
    fleet = fleet_of([versions(number, 5, news=3, at=5) for number in range(8)])
    soon, later = (fleet.of_news(Kind.FILE, days / 7, FLAT) for days in (2, 9))
    assert soon.most(0) < later.most(0)


def test_where_many_functions_tell_one_that_is_deployed_often_does_not_drown_them():
    quiet = [versions(number, 5, news=0) for number in range(10)]
    busy = versions(99, 60, news=9)
    fleet = fleet_of([*quiet, busy])
    assert len(fleet.news) == 10 * 5 + 8


def test_what_a_version_brought_is_counted_until_any_time():
    lives = Lives([(10,), (10, 20, 30, 40, 50), (60, 70)], range(100))
    counts = [lives.after(hours / HOURS_A_WEEK) for hours in (10, 11, 21, 71, 100, 1000)]
    assert [(one.values, one.seldom, one.once) for one in counts] == [
        (0, 0, 0), (2, 2, 2), (2, 2, 1), (3, 2, 1), (3, 2, 1), (3, 2, 1),
    ]  # fmt: skip
    assert [round(one.weeks * HOURS_A_WEEK) for one in counts] == [10, 11, 21, 71, 100, 100]
