"""What is left for a person to decide, and what is not: dangers and their look-alikes, narrow and broad evidence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hauberk.learn.danger import danger
from hauberk.learn.evidence import Evidence, FunctionEvidence, evidence_of, together
from hauberk.learn.fold.folded import folded
from hauberk.learn.profile.callers import NOBODY, all_of, callers_of
from hauberk.learn.profile.profile import FunctionProfile, Seen, VersionProfile
from hauberk.learn.review import doubt
from hauberk.model.activity import Activity
from hauberk.model.kind import OPERATIONS, Kind

S3 = "arn:aws:s3:::orders"

DANGERS = [
    # kind, operation, dangerous, its look-alike
    ("process", "start", "/bin/sh", "/usr/bin/sha256sum"),
    ("process", "start", "busybox", "/usr/bin/busyworker"),
    ("process", "start", "/usr/bin/bash", "/var/task/bin/bashful"),
    ("process", "start", "/usr/bin/curl", "/usr/bin/convert"),
    ("process", "start", "/usr/bin/nc.openbsd", "/usr/bin/ncdu"),
    ("process", "start", "/tmp/kworker", "/var/task/bin/kworker"),
    ("process", "start", "/dev/shm/x", "/opt/bin/x"),
    ("process", "start", "-", "-x"),
    ("process", "start", "$program", "/opt/bin/a$b"),
    ("process", "start", "`which convert`", "convert"),
    (
        "process",
        "arguments",
        "/usr/bin/python3 -c <code>",
        "/usr/bin/python3 /var/task/a.py -c <text>",
    ),
    (
        "process",
        "arguments",
        "/usr/bin/tar -xf /tmp/<path> --to-command=<code>",
        "/usr/bin/tar -xf /tmp/<path> --to-stdout",
    ),
    (
        "process",
        "arguments",
        "/usr/bin/python3 /tmp/<script>",
        "/usr/bin/python3 /var/task/a.py /tmp/<path>",
    ),
    ("process", "arguments", "/usr/bin/find /tmp -exec rm {} ;", "/usr/bin/find /tmp -executable"),
    (
        "process",
        "arguments",
        "/usr/bin/a -v <rest-0a1b2c3d> <code>",
        "/usr/bin/a -v <rest-0a1b2c3d>",
    ),
    ("file", "read", "/proc/self/environ", "/proc/self/stat"),
    ("file", "read", "/proc/12/maps", "/proc/meminfo"),
    ("file", "read", "/proc/12/task/12/environ", "/proc/12/task/12/stat"),
    ("file", "write", "/proc/12/mem", "/proc/12/oom_score_adj"),
    ("file", "read", "/etc/shadow", "/etc/shadows.d/theme"),
    ("file", "read", "/home/app/.aws/credentials", "/home/app/aws/credentials"),
    ("file", "write", "/var/task/app.py", "/var/tasks/app.py"),
    ("file", "write", "/opt/python/x.pth", "/mnt/opt/x.pth"),
    ("file", "delete", "/etc/hosts", "/tmp/etc/hosts"),
    ("host", "resolve", "abc.ngrok-free.app", "ngrok-free.app.example.com"),
    ("host", "resolve", "webhook.site", "mywebhook.site.example"),
    ("host", "resolve", "metadata.google.internal", "metadata.example.internal"),
    ("address", "connect", "169.254.169.254:80", "169.255.169.254:80"),
    ("address", "connect", "[fd00:ec2::254]:80", "[fd00:ec3::254]:80"),
    ("address", "connect", "unix:/var/run/docker.sock", "unix:/tmp/app.sock"),
    ("api", "iam:PutRolePolicy", "arn:aws:iam::123456789012:role/x", None),
    ("api", "iam:CreateUser", "*", None),
    ("api", "lambda:UpdateFunctionCode", "*", None),
    ("api", "s3:PutBucketPolicy", S3, None),
    ("api", "cloudtrail:StopLogging", "*", None),
    ("api", "kms:CreateGrant", "*", None),
    ("code", "unpickle", "posix.system", "positions.system"),
    ("code", "unpickle", "builtins.eval", "builtins.set"),
    ("code", "unpickle", "subprocess:Popen", "decimal.Decimal"),
    ("code", "load", "/tmp/x.so", "/opt/lib/x.so"),
    ("code", "call", "system", "systemd_now"),
]
HARMLESS = [
    ("file", "read", "/var/task/app.py"),
    ("file", "read", "/opt/python/x.py"),
    ("file", "read", "/etc/hosts"),
    ("api", "iam:GetRole", "*"),
    ("api", "lambda:InvokeFunction", "*"),
    ("api", "s3:PutObject", f"{S3}/a"),
    ("api", "sts:AssumeRole", "arn:aws:iam::123456789012:role/x"),
    ("api", "cloudtrail:LookupEvents", "*"),
    ("address", "bind", "[::1]:0"),
    ("process", "start", "/var/lang/bin/python3"),
]


@pytest.mark.parametrize(("kind", "operation", "target", "alike"), DANGERS)
def test_what_is_dangerous_is_told_from_what_looks_like_it(kind, operation, target, alike):
    assert danger(Activity(Kind(kind), operation, target))
    if alike is not None:
        assert not danger(Activity(Kind(kind), operation, alike))


@pytest.mark.parametrize(("kind", "operation", "target"), HARMLESS)
def test_what_functions_do_is_no_danger(kind, operation, target):
    assert not danger(Activity(Kind(kind), operation, target))


@given(st.sampled_from(Kind), st.text(max_size=30), st.text(max_size=60))
def test_every_activity_has_an_answer(kind, operation, target):
    assert isinstance(danger(Activity(kind, (*OPERATIONS[kind], operation)[0], target)), str)


WIDE = {"hours": frozenset(range(90)), "sandboxes": 60, "callers": callers_of(range(9)), "most": 60}
OFTEN = {"sandboxes": 20, "hours": frozenset(range(20)), "callers": callers_of(range(5))}
ONE_HOUR = {"hours": frozenset([7])}

LONELY = [
    # what differs of a value, what differs of the function, why a person is to look
    ({}, {}, ""),
    (ONE_HOUR, {}, "seen within one hour only, of 90"),
    (ONE_HOUR, {"hours": frozenset(range(23))}, ""),  # a short log
    ({"sandboxes": 1}, {}, "seen in one sandbox only, of 60"),
    ({"sandboxes": 1}, {"sandboxes": 7}, ""),
    ({"callers": callers_of([7])}, {}, "seen from one caller only, of 9"),
    ({"callers": callers_of([7, 7])}, {}, "seen from one caller only, of 9"),
    ({"callers": callers_of([7, 71])}, {}, ""),  # alike in one half
    ({"callers": callers_of([7])}, {"callers": callers_of(range(4))}, ""),
    ({"callers": callers_of([7])}, {"sandboxes": 7}, ""),  # a short log
    ({"callers": callers_of([7])}, {"most": 40}, "seen from one caller only, of 9"),
    (
        {"callers": callers_of([7])},
        {"most": 39},
        "",
    ),  # what most sandboxes do: one caller started them
    ({"callers": callers_of([7, None])}, {}, ""),  # one record tells of nobody: it may be another's
    ({"callers": callers_of([None])}, {}, ""),  # nobody knows
    ({"callers": NOBODY}, {}, ""),
    ({"is_named": True}, {}, "a caller named it, each time"),
    ({"is_named": True}, {"sandboxes": 1, "hours": frozenset([7])}, "a caller named it, each time"),
    ({"is_near_attack": True}, {"most": 80}, "seen only in sandboxes that were attacked"),
    ({"is_near_attack": True}, {"most": 79}, ""),  # so many were attacked: the internet scans it
    ({"is_near_attack": True}, {"sandboxes": 7}, ""),
    ({"hours": frozenset()}, {}, ""),  # no times: no word on hours
    ({"hours": None}, {}, ""),  # too many to tell
]
CALM = {Activity(Kind.FILE, "read", f"/mnt/{one}"): Evidence(9, 9, None) for one in "abcdefghi"}


def weighed(activities, value, function, explained=frozenset()):
    seen = dict.fromkeys(activities, Evidence(20, **{**OFTEN, **value}))
    whole = FunctionEvidence(CALM | seen, explained=explained, **{**WIDE, **function})
    every = folded(whole, frozenset())
    return [doubt(one, whole) for one in every if not one.activities & CALM.keys()]


@pytest.mark.parametrize(("value", "function", "why"), LONELY)
def test_a_value_that_was_seen_too_narrowly_is_for_a_person(value, function, why):
    assert weighed([Activity(Kind.HOST, "resolve", "a.example")], value, function) == [why]


@pytest.mark.parametrize("value", [{}, {"sandboxes": 1}, {"is_named": True}])
def test_what_the_code_explains_is_for_nobody(value):
    shell = Activity(Kind.PROCESS, "start", "/bin/sh")
    assert weighed([shell], value, {}) == ["starts a shell"]
    assert weighed([shell], value, {}, frozenset([shell])) == [""]


def test_values_that_fold_are_judged_together_but_a_danger_among_them_is_one():
    many = [Activity(Kind.FILE, "write", f"/tmp/order-{n}.pdf") for n in range(5)]
    assert weighed(many, {"sandboxes": 1}, {}) == [""]  # each in a sandbox of its own
    dumps = [Activity(Kind.FILE, "read", f"/mnt/.aws/{n}-a") for n in range(5)]
    assert weighed(dumps, {}, {}) == ["touches credentials"]


def test_what_a_caller_named_once_and_the_code_another_time_is_for_nobody():
    one, other = Evidence(20, **OFTEN), Evidence(20, **OFTEN, is_named=True)
    act = Activity(Kind.HOST, "resolve", "a.example")
    for parts, why in (((other, other), "a caller named it, each time"), ((one, other), "")):
        whole = FunctionEvidence(CALM | {act: together(parts)}, **WIDE)
        (found,) = [each for each in folded(whole, frozenset()) if act in each.activities]
        assert doubt(found, whole) == why


def test_where_most_is_near_attacks_that_tells_nothing():
    seen = {one: Evidence(9, 9, None, is_near_attack=True) for one in CALM}
    whole = FunctionEvidence(seen, **WIDE | {"most": 9})
    assert [doubt(one, whole) for one in folded(whole, frozenset())] == [""] * len(CALM)


@pytest.mark.parametrize(("sandboxes", "most"), [(7, 10), (15, 60)])
def test_how_many_things_are_done_near_attacks_turns_nothing_off(sandboxes, most):
    near = Evidence(sandboxes, sandboxes, None, is_near_attack=True)
    many = {Activity(Kind.FILE, "read", f"/opt/{one}"): near for one in "abcdefghijklmnopqrst"}
    whole = FunctionEvidence(CALM | many, **WIDE | {"most": most})
    every = folded(whole, frozenset())
    doubts = [doubt(one, whole) for one in every if one.activities & many.keys()]
    assert set(doubts) == {"seen only in sandboxes that were attacked"}


HOURS = st.none() | st.frozensets(st.integers(0, 9))
NUMBERS = st.lists(st.none() | st.integers(0, 4095), max_size=6)
EVIDENCE = st.builds(
    Evidence, st.integers(0, 9), st.integers(0, 9), HOURS, st.builds(callers_of, NUMBERS),
    st.booleans(), st.none() | st.integers(0, 9), st.booleans(),
)  # fmt: skip


@given(st.lists(EVIDENCE, min_size=2), st.randoms())
def test_evidence_adds_up_in_any_order(parts, chance):
    mixed = list(parts)
    chance.shuffle(mixed)
    assert together([together(mixed[:1]), together(mixed[1:])]) == together(parts)
    assert together(mixed) == together(parts)


@given(NUMBERS, NUMBERS, NUMBERS)
def test_callers_add_up_in_any_order_and_one_is_told_from_several(one, other, more):
    together = callers_of(one + other + more)
    assert all_of(map(callers_of, (one, other, more))) == together
    assert all_of((callers_of(more), together, callers_of(other + one), NOBODY)) == together
    known = {*one, *other, *more} - {None}
    assert together.is_one == (len(known) == 1 and None not in one + other + more)
    assert len(known) ** 0.5 <= together.at_least <= len(known)


def version(name, hours, *targets):
    acts = [Activity(Kind.FILE, "read", one) for one in targets]
    seen = tuple(Seen(one, len(hours), len(hours), 1, hours=tuple(hours)) for one in acts)
    return VersionProfile(name, seen, {}, 9, frozenset(hours), 0, True, frozenset(), frozenset())


def test_what_only_the_newest_version_did_is_fresh():
    old, new = version("9", (1, 2, 30), "/a", "/b"), version("10", (40, 41), "/a", "/c")
    whole = evidence_of(FunctionProfile((new, old)))
    assert {one.target for one in whole.fresh} == {"/c"}
    assert whole.fresh_hours == {40, 41}
    assert whole.seen[Activity(Kind.FILE, "read", "/a")].hours == {1, 2, 30, 40, 41}
    alone = evidence_of(FunctionProfile((old,)))
    assert (alone.fresh, alone.fresh_hours) == (frozenset(), frozenset())
