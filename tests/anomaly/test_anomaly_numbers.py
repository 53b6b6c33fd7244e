"""An unusual rate and an unusual volume lead, with their numbers; what is usual for a thing that varies does not."""

from itertools import pairwise

import pytest

from hauberk.anomaly import words
from hauberk.anomaly.invocation import Invoked, Phase, Used
from hauberk.anomaly.model import merge, observed
from hauberk.anomaly.score import scored
from hauberk.anomaly.trait import Family, Question, Trait
from hauberk.learn.profile.believe import HOUR_MS
from hauberk.learn.records.usage import Measure
from hauberk.model.activity import Activity
from hauberk.model.kind import Kind

KB, MB = 1 << 10, 1 << 20
HOST = Activity(Kind.HOST, "resolve", "pay.example.com")
SHIP = Activity(Kind.HOST, "resolve", "ship.example.com")
READ = Activity(Kind.API, "s3:GetObject", "arn:aws:s3:::orders/*")
BULK = Activity(Kind.API, "s3:GetObject", "arn:aws:s3:::archive/*")
TO = Activity(Kind.ADDRESS, "connect", "198.51.100.7:443")
TOOL = Activity(Kind.PROCESS, "start", "/var/task/bin/convert")
HOST_ACT, READ_ACT = "host resolve example.com", "api s3:GetObject"
TIMES, BYTES = Measure.TIMES, Measure.BYTES


def one(hour, *acts, request="r1", used=(), detected=False):
    """An invocation in an hour, that did this so often."""
    timed = tuple((hour * HOUR_MS + n, act) for n, act in enumerate(acts))
    told = tuple((act, Used(measure, step)) for act, measure, step in used)
    at_ms, sandbox = hour * HOUR_MS, "0" * 32
    return Invoked("orders", sandbox, request, at_ms, Phase.FIRST, timed, (), detected, detected, told)  # fmt: skip


# Each sandbox sends 64 KB to 256 KB to one host, little to the other; of one bucket it reads tens of objects, of the
# other thousands; to an address it sends sometimes little and sometimes much.
USUAL = [
    one(
        hour,
        *(HOST, SHIP, READ, BULK, TO, TOOL),
        used=(
            (HOST, BYTES, 64 * KB if hour % 4 else 256 * KB),
            *([(TO, BYTES, (64 * KB) << 2 * (hour % 5))] if hour % 2 else []),
            (READ, TIMES, 16 if hour % 3 else 32),
            (BULK, TIMES, 4096),
        ),
    )
    for hour in range(400)
]
MODEL = observed(USUAL)
PAYS, SHIPS = (f"{HOST_ACT}, on {each.target}" for each in (HOST, SHIP))

ROWS = [
    # what is told of one invocation             what leads where it is rare                        and in words
    ([(HOST, BYTES, 16 * MB)], Trait(Family.BYTES, HOST_ACT, str(16 * MB)), "sent 16 MB or more to example.com"),
    ([(SHIP, BYTES, 16 * MB)], Trait(Family.BYTES, SHIPS, str(16 * MB)), "sent 16 MB or more to ship.example.com"),
    ([(SHIP, BYTES, 64 * KB)], Trait(Family.BYTES, SHIPS, str(64 * KB)), "sent 64 KB or more to ship.example.com"),
    ([(READ, TIMES, 1024)], Trait(Family.TIMES, f"{READ_ACT}, on arn:aws:s3:::orders", "1024"), "1024 times or more"),
    ([(TOOL, TIMES, 64)], Trait(Family.TIMES, f"process {TOOL.target}", "64"), "64 times or more in one invocation"),
    # look-alikes: what it does anyhow
    ([(HOST, BYTES, 256 * KB)], None, ""),
    ([(HOST, BYTES, 64 * KB)], None, ""),
    ([(TO, BYTES, 16 * MB)], None, ""),  # goes to as much there now and then
    ([(READ, TIMES, 32)], None, ""),
    ([(BULK, TIMES, 4096)], None, ""),
    # known misses: what stays within a step of what was reached
    ([(READ, TIMES, 32), (TOOL, TIMES, 1)], None, ""),
]  # fmt: skip


@pytest.mark.parametrize(("used", "lead", "said"), ROWS)
def test_what_is_rare_leads_and_what_is_usual_is_silent(used, lead, said):
    found = scored(MODEL, one(500, request="r2", used=used))
    assert (found.scores[Question.NUMBERS] > 2) is bool(lead), found
    if lead:
        assert found.lead(Question.NUMBERS) == lead
        assert said in words.told(found.why[0])


def test_a_number_says_below_what_it_was_in_how_many_invocations():
    found = scored(MODEL, one(500, request="r2", used=[(HOST, BYTES, 16 * MB)]))
    assert words.told(found.why[0]).startswith(
        "sent 16 MB or more to example.com in one invocation: less than 1 MB in 400 invocations that did, in 400 hours"
    )


FALLING = [
    # of 400 hours those with 64 KB, 256 KB, 1 MB    the chance in as many hours again, a step further
    (
        (400, 200, 100),
        0.5,
        0.1,
    ),  # of a hundred hours none went a step beyond: so steep it is at least
    ((8, 4, 2), 0.5, 0.5),  # it falls off slowly, and so it goes on
    ((400, 40, 4), 4 * 5 / 41, 5 / 41),  # a tenth each time
    ((400, 400, 2), 2 * 3 / 401, 0.1),  # steeply at the end
    ((400, 400, 400), 0.5, 0.1),  # nothing tells how steeply, but that none went beyond
    ((0, 0, 0), 0.5, 0.1),
    ((400, 1, 0), 0.5, 0.1),  # what one hour alone showed counts as not seen
]


@pytest.mark.parametrize(("hours", "first", "further"), FALLING)
def test_beyond_what_was_reached_it_goes_on_falling_off(hours, first, further):
    def steps(hour):
        reached = [64 * KB << 2 * n for n, most in enumerate(hours) if hour < most]
        return [(HOST, BYTES, reached[-1])] if reached else []

    model = observed([one(hour, HOST, used=steps(hour)) for hour in range(400)])
    unseen = sum(most > 1 for most in hours)
    shares = [
        model.share(Trait(Family.BYTES, HOST_ACT, str(64 * KB << 2 * (unseen + n))))
        for n in range(4)
    ]
    assert shares[0] == pytest.approx(first / 401)
    for former, later in pairwise(shares):
        assert later == pytest.approx(former * further)


PREPARED = [
    # who prepares it in forty hours          is it rare after
    ({"detected": True}, True),
    ({}, False),  # one who is never detected is learned from
]


@pytest.mark.parametrize(("how", "is_rare"), PREPARED)
def test_who_was_detected_teaches_no_number(how, is_rare):
    before = [one(n * 10, request="p", used=[(HOST, BYTES, 16 * MB)], **how) for n in range(40)]
    found = scored(
        observed([*USUAL, *before]), one(500, request="r2", used=[(HOST, BYTES, 16 * MB)])
    )
    assert (found.scores[Question.NUMBERS] > 2) is is_rare


def test_of_what_was_never_done_the_act_leads():
    other = Activity(Kind.HOST, "resolve", "collector.example.net")
    found = scored(MODEL, one(500, request="r2", used=[(other, BYTES, 16 * MB)]))
    assert found.why[0].trait == Trait(Family.ACT, "host", "host resolve example.net")
    assert found.scores[Question.NUMBERS] == 0


def test_parts_by_hours_add_up():
    halves = [observed([it for it in USUAL if it.hour % 2 == part]) for part in (0, 1)]
    assert merge(*halves) == merge(*halves[::-1]) == MODEL
