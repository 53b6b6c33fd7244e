"""Records of how much is done are kept, change no profile, and read from a store as from the logs themselves."""

from functools import reduce

import pytest
from fresh_store import store, unheard
from log_lines import START, activity, armed, detection, usage

from hauberk.anomaly.invocation import invoked
from hauberk.anomaly.logged import told as logged
from hauberk.anomaly.stored import told as stored
from hauberk.learn import Partial, believe, merge, observe

HOST = ("host", "resolve", "api.example.com")
WITHOUT = [
    armed(),
    START,
    activity(*HOST, "r1"),
    detection("r4"),
    activity(*HOST[:2], "b.example", "r4"),
]
NUMBERS = [
    usage(*HOST, "r1", times=8),
    usage(*HOST, "r2", bytes=1 << 20),
    usage("process", "start", "/usr/bin/convert", "r3", times=1),
    usage(*HOST, "r4", bytes=1 << 24),
    usage(*HOST, "r5", bytes=1 << 22),
]
LOGS = [[*WITHOUT, *NUMBERS], [*WITHOUT[:2], *NUMBERS[::-1]]]


def sandboxes(told):
    return [(one.function, one.token, one.steps) for one in told.sandboxes()]


def test_the_profile_is_that_of_the_logs_without_them(connection):
    whole = reduce(merge, map(observe, LOGS), Partial())
    assert believe(whole) == believe(observe(WITHOUT))
    with store(connection, rows_at_once=4) as one:
        one.ingest([*LOGS, *LOGS], unheard)
        one.compact(many=2)
        assert one.profile(unheard) == believe(whole)


def test_a_store_tells_of_them_what_the_logs_do(connection):
    whole = reduce(merge, map(observe, LOGS), Partial())
    expected = logged(whole)
    (sandbox,) = expected.sandboxes()
    found = {one.request: one for one in invoked(sandbox)}
    assert {name: [used.step for _, used in one.used] for name, one in found.items()} == {
        "r1": [8],
        "r2": [1 << 20],
        "r3": [],
        "r4": [1 << 24],
        "r5": [1 << 22],
    }
    assert [act.target for _, act in found["r3"].acts] == ["/usr/bin/convert"]
    assert [name for name, one in found.items() if one.is_attacked] == ["r4"]
    with store(connection, rows_at_once=3) as one:
        one.ingest(LOGS, unheard)
        told = stored(one)
        assert sandboxes(told) == sandboxes(expected)
        assert (told.hours(), told.heard()) == (expected.hours(), expected.heard())


DAMAGED = usage(*HOST, "r6", times=16)


@pytest.mark.parametrize(("is_found", "count"), [(False, 0), (True, 1)])
def test_one_that_is_torn_costs_its_environment_until_it_is_read_whole(connection, is_found, count):
    torn = [*WITHOUT, DAMAGED[: len(DAMAGED) // 2 + 60] + b"\n"]
    logs = [torn, [*WITHOUT[:2], DAMAGED]] if is_found else [torn]
    whole = reduce(merge, map(observe, logs), Partial())
    assert len(believe(whole).functions) == count
    with store(connection) as one:
        one.ingest(logs, unheard)
        assert one.profile(unheard) == believe(whole)
