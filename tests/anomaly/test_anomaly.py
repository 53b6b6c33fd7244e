"""Rare combinations are told, with their numbers; what is usual is not; and no order of records changes that."""

from dataclasses import replace
from functools import reduce
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hauberk.anomaly import words
from hauberk.anomaly.invocation import Invoked, Phase, Sandbox, Step, by_time, invoked
from hauberk.anomaly.lesson import learned_of, steps
from hauberk.anomaly.model import NOTHING, Seen, merge, observed
from hauberk.anomaly.score import Scored, scored
from hauberk.anomaly.trait import QUESTIONS, Family, Question, Trait, did, name_of, traits
from hauberk.learn.profile.believe import HOUR_MS
from hauberk.model.activity import Activity
from hauberk.model.kind import Kind

READ = Activity(Kind.API, "s3:GetObject", "arn:aws:s3:::orders/a.json")
OTHER = Activity(Kind.API, "s3:GetObject", "arn:aws:s3:::payroll/a.json")
HOST = Activity(Kind.HOST, "resolve", "pay.example.com")
SHELL = Activity(Kind.PROCESS, "start", "/usr/bin/bash")
TOOL = Activity(Kind.PROCESS, "start", "/var/task/bin/convert")
READ_ACT, HOST_ACT, TOOL_ACT = (
    "api s3:GetObject",
    "host resolve example.com",
    f"process {TOOL.target}",
)

NAMES = [
    # operation and target                                     class                               detail
    (SHELL, "process /usr/bin/bash", ""),
    (Activity(Kind.FILE, "write", "/tmp/a-17.csv"), "file write /tmp", "/tmp/*.csv"),
    (Activity(Kind.FILE, "read", "/mnt/efs/2026-01-02/x"), "file read /mnt/efs", "/mnt/efs/*/*."),
    (READ, READ_ACT, "arn:aws:s3:::orders"),
    (Activity(Kind.API, "s3:ListBuckets", "*"), "api s3:ListBuckets", "*"),
    (HOST, HOST_ACT, "pay.example.com"),
    (Activity(Kind.HOST, "resolve", "a.b.co.uk"), "host resolve b.co.uk", "a.b.co.uk"),
    (Activity(Kind.HOST, "resolve", "x.eu.auth0.com"), "host resolve auth0.com", "x.eu.auth0.com"),
    (Activity(Kind.ADDRESS, "connect", "10.1.2.3:5432"), "address connect private port 5432", "10.1.2.0/24"),
    (Activity(Kind.ADDRESS, "connect", "[2001:db8::1]:443"), "address connect private port 443", "2001:db8::/64"),
    (Activity(Kind.ADDRESS, "bind", "127.0.0.1:40213"), "address bind loopback port any", "127.0.0.0/24"),
    (Activity(Kind.ADDRESS, "connect", "unix:/run/x.sock"), "address connect /run/x.sock", ""),
    (Activity(Kind.CODE, "unpickle", "shop.cart.Item"), "code unpickle shop", "shop.cart.Item"),
]  # fmt: skip


@pytest.mark.parametrize(("act", "expected", "detail"), NAMES)
def test_an_activity_has_a_class_and_a_detail(act, expected, detail):
    assert name_of(act) == (expected, detail)


def one(hour, *acts, request="r1", phase=Phase.FIRST, before=(), detected=False, near=False):
    """An invocation in an hour, that did this in this order."""
    at = hour * HOUR_MS
    timed = tuple((at + n, act) for n, act in enumerate(acts))
    return Invoked("orders", "0" * 32, request, at, phase, timed, before, detected, near)


def score(found: Scored) -> float:
    """The highest of all questions."""
    return max(found.scores.values())


USUAL = [one(hour, HOST, READ) for hour in range(400)]
USUAL += [one(hour, TOOL, HOST, request="r2") for hour in range(0, 400, 2)]
MODEL = observed(USUAL)
OBJECTS = [READ._replace(target=f"arn:aws:s3:::orders/{n}.json") for n in range(100)]

RARE = [
    # what it does                                    what leads, or nothing, and of how many invocations
    (one(500, HOST, READ), None, 0),
    (one(500, TOOL, HOST), None, 0),
    (one(500, HOST, SHELL), Trait(Family.ACT, "process", "process /usr/bin/bash"), 600),
    (one(500, HOST, TOOL), Trait(Family.AFTER, TOOL_ACT, HOST_ACT), 200),
    (one(500, HOST, OTHER), Trait(Family.DETAIL, READ_ACT, "arn:aws:s3:::payroll"), 400),
    (one(500, HOST, *OBJECTS), Trait(Family.COUNT, READ_ACT, "64"), 400),
    (one(500, READ, phase=Phase.LATER, before=(HOST,)), Trait(Family.PHASE, READ_ACT, "later"), 400),
    (one(500, OBJECTS[0], before=(HOST, *OBJECTS)), Trait(Family.SANDBOX, READ_ACT, "64"), 400),
]  # fmt: skip


@pytest.mark.parametrize(("it", "lead", "of"), RARE)
def test_what_is_rare_leads_and_says_of_how_many(it, lead, of):
    found = scored(MODEL, it)
    assert [each.trait for each in found.why[:1]] == [lead] * bool(lead)
    if lead:
        assert found.scores[QUESTIONS[lead.family]] == score(found) > 1.9
        assert found.why[0].of.invocations == of
        assert f"0 of {of:,} invocations" in words.told(found.why[0])


MANY = [Activity(Kind.PROCESS, "start", f"/var/task/bin/{name}") for name in "abcdefgh"]
IN_ORDER = observed([one(hour, *MANY) for hour in range(400)])
LIFTED = [MANY[-1], *MANY[:-1]]


def test_many_things_in_another_order_are_rarer_than_one_that_comes_early():
    usual, lifted, turned = (
        score(scored(IN_ORDER, one(500, *acts))) for acts in (MANY, LIFTED, MANY[::-1])
    )
    assert usual < 0.1 < lifted + 1 < turned


@settings(deadline=None)
@given(st.permutations(MANY))
def test_no_order_is_rarer_than_that_which_is_turned_round(acts):
    found = score(scored(IN_ORDER, one(500, *acts)))
    assert (found < 0.1) == (acts == MANY)
    assert found <= score(scored(IN_ORDER, one(500, *MANY[::-1])))


def test_with_a_rare_thing_anything_is_rare_and_that_is_no_surprise():
    rare = [one(hour, SHELL, HOST) for hour in range(0, 400, 100)]  # not before what is usual
    model = observed([*USUAL, *rare])
    after = next(
        each
        for each in scored(model, one(500, SHELL, READ)).why
        if each.trait.family is not Family.ACT
    )
    assert after.of.hours == len(rare)
    assert after.points <= 1


REACHED = [(2, 1), (4, 2), (16, 4), (64, 6)]


@pytest.mark.parametrize("family", ["count", "sandbox"])
def test_where_no_step_was_reached_each_is_a_tenth_as_likely(family):
    shares = {}
    for most, _ in REACHED:
        some = OBJECTS[:most]
        it = one(500, *some) if family == "count" else one(500, some[0], before=tuple(some))
        shares[most] = next(
            each.share for each in scored(MODEL, it).why if each.trait.family == family
        )
    steps = dict(REACHED)
    for most, share in shares.items():
        assert share == pytest.approx(shares[2] * 0.1 ** (steps[most] - 1))


def test_where_new_values_keep_coming_a_new_one_is_no_surprise():
    names = (f"b{chr(97 + hour % 26)}{hour // 26 * 'x'}" for hour in range(300))
    targets = (f"arn:aws:s3:::{name}/1" for name in names)
    keeps = [one(hour, READ._replace(target=target)) for hour, target in enumerate(targets)]
    assert score(scored(observed(keeps), one(900, OTHER))) < 1
    assert score(scored(MODEL, one(900, OTHER))) > 2


def test_a_thousand_times_in_an_hour_count_as_one():
    flood = [one(401, HOST, TOOL, request=f"f{n}") for n in range(1000)]
    assert score(scored(observed([*USUAL, *flood]), one(500, HOST, TOOL))) > 1.5


POISON = [
    # who prepares it in forty hours                         is it rare after
    ({"detected": True, "near": True}, True),
    ({"near": True}, True),  # in sandboxes with a detection, and in no others
    ({}, False),  # one who is never detected is learned from
]


@pytest.mark.parametrize(("how", "is_rare"), POISON)
def test_what_came_with_detections_teaches_nothing(how, is_rare):
    before = [one(hour * 10, HOST, OTHER, request="p", **how) for hour in range(40)]
    found = scored(observed([*USUAL, *before]), one(500, HOST, OTHER))
    assert (score(found) > 2) is is_rare
    lead = Trait(Family.DETAIL, READ_ACT, "arn:aws:s3:::payroll")
    assert found.why[0].trait == found.lead(Question.THINGS) == lead
    assert found.lead(Question.NUMBERS) is None


NEAR = [
    # in how many of 400 hours it was seen near attacks alone, with how many other things, and is it rare after
    (40, 0, True),
    (40, 90, True),  # however many things strangers have done
    (101, 0, False),  # a function that is attacked all the time: nothing is told by that
]


@pytest.mark.parametrize(("hours", "others", "is_rare"), NEAR)
def test_strangers_do_not_choose_whether_what_is_near_attacks_counts(hours, others, is_rare):
    things = [Activity(Kind.API, f"s3:Get{number}", "arn:aws:s3:::x/y") for number in range(others)]
    before = [one(hour * 3, HOST, OTHER, *things, request="p", near=True) for hour in range(hours)]
    found = scored(observed([*USUAL, *before]), one(500, HOST, OTHER))
    assert (score(found) > 2) is is_rare


_ACTS = st.lists(
    st.sampled_from([READ, OTHER, HOST, SHELL, TOOL, *OBJECTS[:3]]), min_size=1, max_size=6
)
_ONES = st.lists(
    st.builds(
        lambda hour, acts, hit: one(hour, *acts, detected=hit, near=hit),
        st.integers(0, 40),
        _ACTS,
        st.booleans(),
    ),
    max_size=20,
)


@settings(max_examples=30)
@given(_ONES, st.integers(1, 7), st.randoms(use_true_random=False))
def test_parts_by_hours_add_up_in_any_order(every, parts, chance):
    shares = [[it for it in every if it.hour % parts == part] for part in range(parts)]
    models = [observed(share) for share in shares]
    chance.shuffle(models)
    shuffled = every.copy()
    chance.shuffle(shuffled)
    whole = observed(every)
    assert reduce(merge, models, NOTHING) == whole == observed(shuffled)
    left = merge(merge(models[0], models[-1]), whole)
    assert left == merge(models[0], merge(models[-1], whole))


@settings(max_examples=30)
@given(_ONES, _ACTS)
def test_every_invocation_has_a_score_and_the_numbers_are_those_of_the_model(every, acts):
    model = observed(every)
    found = scored(model, one(99, *acts))
    assert score(found) >= 0
    assert found.scores.keys() == {QUESTIONS[trait.family] for trait in traits(found.invoked)}
    for rarity in found.why:
        assert 0 < rarity.share <= 1
        assert rarity.seen.invocations <= rarity.of.invocations
        assert rarity.seen == model.traits.get(rarity.trait, Seen())


STEPS = [
    # hours of records     the first that is scored, hours that are learned at once
    (0, (0, 168)),
    (1, (1000, 24)),
    (24, (1008, 24)),
    (24 * 7, (1056, 28)),
    (24 * 70, (1560, 168)),
]


@pytest.mark.parametrize(("hours", "expected"), STEPS)
def test_a_third_is_learned_first_and_then_a_week_at_once(hours, expected):
    assert steps(frozenset(range(1000, 1000 + hours))) == expected


def test_each_week_is_scored_by_what_came_before_it_and_then_learned():
    new = [one(hour, HOST, SHELL, request=f"s{hour}") for hour in range(500, 700, 10)]
    hours = frozenset(range(1200))
    known = learned_of([*(one(hour, HOST, READ) for hour in hours), *new], hours)
    # Its first week scores high, later ones do not; all of it is in the model.
    assert known.calibration.alerts == 1 and known.calibration.is_promised
    assert known.model.traits[did("process /usr/bin/bash")].invocations == len(new)
    assert known.model == observed([*(one(hour, HOST, READ) for hour in hours), *new])


def test_a_sandbox_is_taken_apart_in_the_order_of_time():
    rows = [
        (5, "", HOST, False),
        (9, "b", READ, False),
        (7, "a", TOOL, True),
        (10, "a", READ, True),
    ]
    steps = by_time(Step(*row) for row in rows)
    Random(1).shuffle(rows)
    assert steps == by_time(Step(*row) for row in rows)
    found = list(invoked(Sandbox("orders", "0" * 32, steps)))
    assert [(it.request, it.phase, it.is_attacked) for it in found] == [
        ("", Phase.INIT, False),
        ("a", Phase.FIRST, True),
        ("b", Phase.LATER, False),
    ]
    assert all(it.is_near for it in found)
    assert found[2].before == (HOST, TOOL, READ)


def test_nothing_is_told_of_an_order_within_one_millisecond():
    same = replace(one(1, HOST, READ), acts=((7, HOST), (7, READ)))
    assert not any(trait.family is Family.AFTER for trait in traits(same))
    assert any(trait.family is Family.AFTER for trait in traits(one(1, HOST, READ)))


LATE = [
    # what a later invocation does                     is it late
    (READ, True),  # which every start does
    (OTHER, False),  # which is done late, in the same class
]


@pytest.mark.parametrize(("act", "is_late"), LATE)
def test_what_is_late_is_asked_of_each_thing_by_itself(act, is_late):
    later = [one(hour, OTHER, request="r3", phase=Phase.LATER) for hour in range(0, 400, 2)]
    found = scored(observed([*USUAL, *later]), one(500, act, phase=Phase.LATER))
    assert (found.scores[Question.LATE] > 2) is is_late
    where = f"{READ_ACT}, on arn:aws:s3:::orders"
    assert found.lead(Question.LATE) == (Trait(Family.PHASE, where, "later") if is_late else None)
