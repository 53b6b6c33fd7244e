"""An attacked invocation teaches nothing, and views merge in any order."""

import json
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st
from log_lines import START, STREAM, activity, armed, detection, record, shown

from hauberk.learn import Partial, believe, merge, observe
from hauberk.model.kind import Kind

LINES = st.sampled_from(
    [
        *(activity("file", "read", f"/tmp/{n}", request=f"r{n % 3}") for n in range(6)),
        activity("host", "resolve", "a.b", request="r1", attacked=True),
        activity("file", "write", "/tmp/abcdefgh", request="r2", stack=["/l/tempfile.py:1 f"]),
        detection("r0"),
        armed(),
        armed(api="gap: broken"),
        armed("payments"),
        b"HAUBERK1 broken\n",
        b"START\n",
    ]
)
PARTIALS = st.lists(LINES, max_size=8).map(observe)


def targets(lines, function="orders"):
    return {one.target for one in shown(lines).activities(function)}


def test_a_detection_drops_all_of_its_invocation_before_and_after_it():
    before = activity("file", "read", "/tmp/before", request="r1")
    after = activity("file", "read", "/tmp/after", request="r1")
    other = activity("file", "read", "/tmp/other", request="r2")
    assert targets([before, detection("r1"), after, other]) == {"/tmp/other"}


def test_what_an_invocation_left_is_no_attack_on_another():
    row = activity("file", "write", "/tmp/late", request="")
    left = record("detection", "", verdict="alert", detector="acts-after-response")
    runs_on = record("detection", "r1", verdict="alert", detector="outlives-invocation")
    seen = [row, left, runs_on, activity("file", "read", "/tmp/a", request="r1")]
    assert targets(seen) == {"/tmp/late", "/tmp/a"}


def test_an_attacked_activity_drops_all_of_its_invocation():
    calm = activity("file", "read", "/tmp/a", request="r1")
    attacked = activity("file", "read", "/tmp/b", request="r1", attacked=True)
    assert targets([calm, attacked]) == set()


def test_what_was_also_seen_without_an_attack_stays():
    rows = [activity("file", "read", "/tmp/a", request=one) for one in ("r1", "r2")]
    assert targets([*rows, detection("r1")]) == {"/tmp/a"}


def test_a_detection_is_about_its_own_function_only():
    seen = activity("file", "read", "/tmp/a", request="r1")
    assert targets([seen, detection("r1", "payments")]) == {"/tmp/a"}


def test_a_detection_during_init_drops_what_init_did():
    rows = [activity("file", "read", "/tmp/a", request=""), activity("file", "read", "/tmp/b")]
    assert targets([*rows, detection("")]) == {"/tmp/b"}


def test_a_detection_in_another_log_counts_too():
    log, other = [armed(), START, activity("file", "read", "/tmp/a")], [detection("r1")]
    assert believe(observe(log)).activities("orders") != frozenset()
    assert believe(merge(observe(log), observe(other))).activities("orders") == frozenset()


def test_the_stack_tells_which_names_tempfile_made():
    stacks = [
        (["/var/lang/lib/python3.11/tempfile.py:203 _get_default_tempdir", "app.py:1 f"], True),
        (["/var/lang/lib/python3.11/tempfile.py:446 close", "app.py:1 f"], True),
        (["app.py:1 f", "/var/lang/lib/python3.11/tempfile.py:203 mkstemp"], False),
        (["/var/lang/lib/python3.11/tempfile.py:563 NamedTemporaryFile"], False),  # of its folder
        (["/var/lang/lib/python3.9/tempfile.py:591 TemporaryFile"], False),  # likewise
        (["/var/lang/lib/python3.11/tempfile.py:619 opener"], False),  # likewise
        (["/var/task/mytempfile.py:2 f"], False),
        ([], False),
        ("tempfile.py:1 f", False),
        ([1], False),
        (None, False),
    ]
    for stack, is_temporary in stacks:
        profile = shown([activity("file", "write", "/tmp/a", stack=stack)])
        assert len(profile.functions["orders"].temporary) == is_temporary


SITES = [
    # stack                                                          which code did it
    (["/var/lang/lib/subprocess.py:9 _run", "/var/task/app.py:7 main"], "/var/task/app.py:7 main"),
    (["/var/task/lib/client.py:3 get", "/var/task/app.py:7 handler"], "/var/task/lib/client.py:3 get"),
    (["/var/lang/lib/a.py:1 f", "/var/tasks/app.py:7 g"], "/var/lang/lib/a.py:1 f"),
    ([7, "/opt/python/x.py:1 f"], "/opt/python/x.py:1 f"),
    *((stack, None) for stack in ([], [7], "/var/task/app.py:7 handler", None)),
]  # fmt: skip


@pytest.mark.parametrize(("stack", "site"), SITES)
def test_the_innermost_code_of_the_package_did_it(stack, site):
    (seen,) = (
        shown([activity("process", "start", "/usr/bin/wc", stack=stack)]).functions["orders"].seen
    )
    assert [one for one in seen.sites if one] == ([site] if site else [])


def test_the_stack_tells_which_sockets_multiprocessing_named():
    frame = "/var/lang/lib/python3.11/multiprocessing/forkserver.py:138 ensure_running"
    rows = [
        ("unix:/tmp/pymp-7w1q04p9/listener-fp8vtb9k", frame, True),
        ("unix:/tmp/pymp-7w1q04p9/listener-fp8vtb9k", "/var/task/app.py:1 f", False),
        ("unix:/tmp/services", frame, False),
        ("127.0.0.1:2000", frame, False),
    ]
    for target, innermost, is_temporary in rows:
        profile = shown([activity("address", "bind", target, stack=[innermost])])
        assert len(profile.functions["orders"].temporary) == is_temporary


def test_coverage_tells_which_kinds_were_watched():
    profile = shown([armed(**{"process.fork_exec": "gap: x", "file": "gap: y"})])
    assert profile.functions["orders"].watched == set(Kind) - {Kind.FILE}


def test_a_status_that_is_not_armed_arms_nothing():
    refused = armed().replace(b'"state":"armed"', b'"state":"refused"')
    assert not believe(observe([refused, START])).functions["orders"].is_armed


@given(PARTIALS, PARTIALS, PARTIALS)
def test_merging_is_associative_commutative_and_idempotent(one, two, three):
    assert merge(merge(one, two), three) == merge(one, merge(two, three))
    assert merge(one, two) == merge(two, one)
    assert merge(one, Partial()) == merge(one, one) == one


@given(st.lists(LINES, max_size=12), st.integers(1, 4))
def test_events_with_their_stream_s_name_show_the_same_in_any_pieces(lines, pieces):
    events = [
        json.dumps([{"message": line.decode(), "logStreamName": STREAM}]).encode() for line in lines
    ]
    parts = [observe(events[start::pieces]) for start in range(pieces)]
    assert reduce(merge, parts, Partial()) == observe(events)
