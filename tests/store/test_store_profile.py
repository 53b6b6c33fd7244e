"""The store's queries give what the learner's own definition gives, of any logs in any pieces."""

from functools import reduce

from fresh_store import store, unheard
from hypothesis import given, settings
from hypothesis import strategies as st
from log_lines import START, activity, armed, detection, inputs, record, shape

from hauberk.learn import Partial, believe, merge, observe
from hauberk.learn.profile.profile_text import profile_text

OTHER = "f" * 32
DROPPED = record("status", "", state="gap", message="lost", dropped=3)
TIMES = [f"2026-11-{day}T{hour}:59:00.5Z" for day in (23, 24) for hour in ("00", "23")]
LINES = [
    *(
        activity(
            "file",
            "read",
            f"/tmp/{n % 5}",
            request=f"r{n % 3}",
            timestamp=TIMES[n % 4],
            **({"named_by": "body→$.q"} if n % 5 < 3 else {}),
            **({"caller": f"{(n * 1237) % 4096:03x}"} if n % 4 else {}),
        )
        for n in range(12)
    ),
    *(
        activity("file", "read", "/tmp/0", "r1", stack=[f"/var/task/app.py:{n} f"])
        for n in range(10)
    ),
    *(
        activity("host", "resolve", "a.b", f"r{n}", environment=OTHER, version=f"{n % 2}")
        for n in range(4)
    ),
    activity("host", "resolve", "a.b", request="r1", attacked=True),
    activity("file", "write", "/tmp/abcdefgh", request="r2", stack=["/l/tempfile.py:1 f"]),
    activity("file", "write", "/tmp/'; DROP TABLE x; --\U0001f600é", request="'\"\\%_"),
    activity("file", "write", "/tmp/a", request="LONE", version="\0LONE").replace(
        b"LONE", b"\\ud800"
    ),
    activity("file", "write", "/tmp/a", request="\0", version="\0" + "ud800"),
    activity("file", "write", "/tmp/b", timestamp="9999-12-31T23:59:59Z"),
    activity("file", "write", "/tmp/b", timestamp="9999-12-31T23:59:59.999999Z"),
    activity("file", "write", "/tmp/b", timestamp="0001-01-01T00:00:00Z"),
    activity("file", "write", "/tmp/b", timestamp="2026-13-01T00:00:00Z"),
    activity("file", "write", "/tmp/b", timestamp=7, id=None),
    activity("file", "write", "/tmp/b", stack=[7]),
    *(activity("file", "list", "/mnt", named_by=one) for one in ("", "?", 7)),
    *(activity("file", "list", "/tmp", caller=one) for one in ("000", "fff", "0" * 12, "FFF", 7)),
    detection("r0"),
    detection("r2", environment=OTHER),
    *(
        detection(
            f"r{n % 4}",
            protection="firewall",
            confidence=60,
            rules=["a", "b"][: n % 3],
            input={"path": f"q[{n}]", "excerpt": "x"},
            **({"caller": f"{n % 5:03x}"} if n % 4 else {}),
            **({"count": n} if n % 2 else {}),
            timestamp=TIMES[n % 4],
            environment=OTHER if n % 3 else "0123456789abcdef" * 2,
        )
        for n in range(12)
    ),
    detection(
        "r5",
        protection="firewall",
        confidence=60,
        rules=["a", 7],
        input={"path": "q", "excerpt": "x"},
    ),
    record("detection", "r1", verdict="alert", detector="outlives-invocation"),
    inputs(shape("q", 2), shape("Records[*].body→$.é", 4)),
    inputs(shape("q", 4, alphabet="0a", types=[]), timestamp=TIMES[1]),
    inputs(
        shape("q", 9, structure=[str("-" * n) for n in range(8)], alphabet="-"), environment=OTHER
    ),
    inputs(shape("q", 3, structure=[], length=[0, 9]), environment=OTHER, request="r2"),
    inputs(shape("p", 3, structure=None), version="7", timestamp=7),
    inputs(shape("p", 3), function="payments", request="r1"),
    inputs(shape("p", 3), environment="9" * 32),
    b"got " + inputs(shape("s", 2), timestamp=TIMES[2]),
    inputs(shape("t", 2), environment=OTHER)[:-30] + b"\n",
    inputs(shape("t", 0)),
    armed(),
    armed(environment=OTHER, api="gap: broken"),
    armed("payments"),
    record("status", "", environment="0" * 32, state="fault", message="x"),
    DROPPED.replace(b'"orders"', b'"payments"'),
    b"HAUBERK1 broken\n",
    b"got " + activity("host", "resolve", "c.d", "r1"),
    activity("host", "resolve", "e.f", environment=OTHER)[:-30] + b"\n",
    START,
]
LOG = st.lists(st.sampled_from(LINES), max_size=14)
LOGS = st.lists(
    st.builds(lambda begins, log: [armed_once, START, *log] if begins else log, st.booleans(), LOG),
    max_size=4,
)
armed_once = armed()


@settings(max_examples=12, deadline=None)
@given(LOGS, st.sampled_from((2, 9, 100)), st.booleans(), st.randoms(use_true_random=False))
def test_the_store_shows_what_the_definition_shows(connection, logs, at_once, trusts, chance):
    expected = believe(reduce(merge, map(observe, logs), Partial()), trust_unannounced=trusts)
    given_twice = logs + chance.sample(logs, len(logs) // 2)
    chance.shuffle(given_twice)
    with store(connection, at_once) as one:
        for log in given_twice:
            one.ingest([log], unheard)
            if chance.random() < 0.3:
                one.compact(many=2)
        assert one.profile(unheard, trust_unannounced=trusts) == expected


@settings(max_examples=4, deadline=None)
@given(LOGS, LOGS)
def test_a_store_that_grew_shows_what_one_made_at_once_shows(connection, before, after):
    with store(connection) as grown, store(connection) as made:
        grown.ingest(before, unheard)
        grown.profile(unheard)
        grown.ingest(after, unheard)
        made.ingest([*after, *before], unheard)
        assert profile_text(grown.profile(unheard)) == profile_text(made.profile(unheard))
