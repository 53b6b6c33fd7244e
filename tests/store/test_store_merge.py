"""Shards merge in any order, some of them twice, to the same bytes."""

import contextlib
import random
from functools import reduce
from threading import Lock

import pytest
from fresh_store import store, unheard
from hypothesis import given, settings
from hypothesis import strategies as st
from log_lines import START, activity, armed, detection

from hauberk.learn import believe
from hauberk.learn import merge as merge_logs
from hauberk.learn import observe as observe_log
from hauberk.learn.profile.profile import FunctionProfile, Profile
from hauberk.learn.profile.profile_text import profile_text
from hauberk.store import segment
from hauberk.store.belief import decide
from hauberk.store.engine import files
from hauberk.store.ingest import Ingest
from hauberk.store.observe import Partial, merge, observe, whole
from hauberk.store.row import rows

SHARDS = 64
ROWS_OF_A_SHARD = 8
FUNCTIONS = ("orders", "payments")


def log(function, token):
    """What one environment did: the same things, at different times, one invocation attacked."""
    acts = [
        activity(
            ("file", "host")[n % 2],
            ("read", "resolve")[n % 2],
            ("/tmp/{}", "h{}.example.org")[n % 2].format(n * 7 % 17),
            request=f"r{n % 5}",
            function=function,
            environment=token,
            version=f"{n % 3}",
            timestamp=f"2026-11-{10 + n % 7}T{n % 24:02}:00:00Z",
            stack=[f"/var/task/app.py:{n % 10} f"],
            **({"named_by": "q"} if n % 7 or token.endswith("8") else {}),
            **({"caller": f"{(n % 4 * 65 + int(token, 16)) % 4096:03x}"} if n % 6 else {}),
        )
        for n in range(28)
    ]
    attack = detection("r3", function, environment=token)
    return [armed(function, environment=token), START, *acts, attack]


LOGS = [log(FUNCTIONS[n % 2], f"{n * 7919:032x}") for n in range(17)]


def shown(connection, partial, belief):
    functions = {}
    for name, version in whole(connection, partial):
        functions.setdefault(name, []).append(version)
    profiles = {
        name: FunctionProfile(tuple(sorted(functions[name], key=lambda one: one.version)))
        for name in sorted(functions)
    }
    counts = (belief.records, belief.unbelieved, belief.trusted, belief.incomplete)
    return profile_text(Profile(profiles, *counts, belief.unreadable))


@pytest.fixture(scope="module")
def sharded(connection):
    """64 partials, what is believed, and the bytes that they are to give."""
    with store(connection) as one:
        with contextlib.closing(
            Ingest(connection, one.segments, Lock(), ROWS_OF_A_SHARD)
        ) as ingest:
            for row in (row for lines in LOGS for row in rows(lines)):
                ingest.add(row)
            ingest.flush()
        live = segment.segments(one.segments)
        source = files(one.segments / shard.name for shard in live)
        belief = decide(connection, source, trust_unannounced=False)
        partials = [observe(connection, one.segments, shard, one.pieces) for shard in live]
        expected = believe(reduce(merge_logs, map(observe_log, LOGS)))
        yield partials, belief, profile_text(expected)


def test_there_are_as_many_shards_as_promised(sharded):
    assert len(sharded[0]) >= SHARDS


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 1 << 32))
def test_shards_in_any_order_some_twice_give_the_same_bytes(connection, sharded, seed):
    partials, belief, expected = sharded
    chance = random.Random(seed)
    heap = partials + chance.sample(partials, len(partials) // 3)
    while len(heap) > 1:
        chance.shuffle(heap)
        heap.append(merge(heap.pop(), heap.pop()))
    assert shown(connection, heap[0], belief) == expected


def test_a_shard_that_is_missing_shows(connection, sharded):
    partials, belief, expected = sharded
    assert shown(connection, reduce(merge, partials[1:], Partial()), belief) != expected


def test_one_shard_of_all_gives_the_same_bytes(connection, sharded):
    with store(connection) as one:
        one.ingest(LOGS, unheard)
        assert profile_text(one.profile(unheard)) == sharded[2]
