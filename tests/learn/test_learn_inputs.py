"""What is learned of inputs: shapes that enough environments saw, and nothing that one stranger could make up."""

import pytest
from log_lines import START, activity, armed, detection, inputs, shape

from hauberk.learn import Partial, believe, merge, observe, propose
from hauberk.learn.edit import edited
from hauberk.policy.file import from_bytes

TOKENS = [f"{n:032x}" for n in range(1, 41)]
HOURS = [f"2026-11-23T{hour:02}:10:00Z" for hour in range(24)]


def log(token, lines):
    """One environment's log."""
    return observe([armed(environment=token, stream=f"2026/11/23/[$LATEST]{token}"), START, *lines])


def proposed(views, existing=None, **options):
    """What is proposed of the function's inputs."""
    profile = believe(_all(views))
    policy = from_bytes(existing, "hauberk.yaml") if existing else None
    (one,) = propose(profile, policy, **options).functions
    return one.inputs


def told(*shapes, tokens=TOKENS[:4], hours=HOURS[:4], **fields):
    """Views of environments that all tell the same."""
    return [
        log(token, [inputs(*shapes, environment=token, timestamp=hour, **fields)])
        for token, hour in zip(tokens, hours, strict=False)
    ]


def _all(views):
    whole = Partial()
    for one in views:
        whole = merge(whole, one)
    return whole


ROWS = [
    # what four environments tell of an input                                 what is proposed
    (
        dict(types=["integer", "number", "hex", "base64"], alphabet="0", length=[1, 4]),
        {"type": "integer", "length": [0, 8]},
    ),
    (dict(types=["date"], alphabet="-0", length=[10, 10], structure=["0-0-0"]), {"type": "date"}),
    (dict(types=["uuid"], alphabet="-0a", length=[36, 36]), {"type": "uuid"}),
    (
        dict(types=["hex", "base64"], alphabet="0a", length=[3, 8], structure=None),
        {"alphabet": "0a", "length": [1, 16]},
    ),
    (
        dict(types=["hex", "base64"], alphabet="0a", length=[32, 32], structure=None),
        {"type": "hex", "alphabet": "0a", "length": [16, 64]},
    ),
    (
        dict(types=[], alphabet="a_", length=[2, 12], structure=["a", "a_a"], events=25),
        {"alphabet": "_a", "length": [1, 24], "structure": ["a", "a_a"]},
    ),
    (
        dict(types=[], alphabet="a_", length=[2, 12], structure=["a", "a_a"], events=24),
        {"alphabet": "_a", "length": [1, 24]},
    ),
    (
        dict(types=[], alphabet="a '", length=[0, 90], structure=None, events=74),
        {"length": [0, 180]},
    ),
    (
        dict(types=[], alphabet="a '", length=[0, 90], structure=None, events=75),
        {"alphabet": " 'a", "length": [0, 180]},
    ),
    (dict(types=[], alphabet="a\x01", length=[1, 9], structure=None), {"length": [0, 18]}),
]


@pytest.mark.parametrize(("seen", "body"), ROWS)
def test_a_shape_is_proposed_as_far_as_the_evidence_goes(seen, body):
    seen = {"events": 8, **seen}
    (one,) = proposed(told(shape("body→$.q", **seen))).new
    assert (one.seen.path, dict(one.body)) == ("body→$.q", body)


def test_what_one_sandbox_or_one_hour_saw_is_left_to_a_person():
    for options, count in (({}, 0), ({"accept_review": True}, 1)):
        for views, why in (
            (told(shape("q", 99), tokens=TOKENS[:1]), "seen in one sandbox only"),
            (told(shape("q", 99), hours=HOURS[:1] * 4), "seen within one hour only"),
        ):
            found = proposed(views, **options)
            assert len(found.new) == count
            assert [one.doubt for one in found.new + found.left_out] == [why]
    assert proposed(told(shape("q", 7))).learning == 1


def test_a_kind_of_character_that_one_sandbox_saw_alone_settles_nothing():
    views = told(shape("q", 50, types=[], alphabet="a", structure=None))
    odd = log(
        TOKENS[9],
        [inputs(shape("q", 50, types=[], alphabet="a;", structure=None), environment=TOKENS[9])],
    )
    assert "alphabet" in proposed(views).new[0].body
    assert "alphabet" not in proposed([*views, odd]).new[0].body


def test_an_attacked_invocation_and_a_stranger_teach_nothing_of_inputs():
    views = told(shape("q", 50), request="r1")
    token, stranger = TOKENS[0], TOKENS[30]
    attacked = observe([detection("r1", environment=one) for one in TOKENS[:4]])
    forged = observe(
        [inputs(shape("mine", 99), environment=stranger, timestamp=hour) for hour in HOURS]
    )
    seen = log(token, [activity("host", "resolve", "a.b", "r7", environment=token)])
    assert [one.seen.path for one in proposed([*views, seen, forged]).new] == ["q"]
    assert proposed([*views, seen, attacked]).new == ()


def test_events_are_counted_by_environment_however_often_they_were_told():
    token = TOKENS[0]
    grown = [inputs(shape("q", n), environment=token, timestamp=HOURS[0]) for n in (2, 4, 8)]
    profile = believe(_all([log(token, grown), *told(shape("q", 5), tokens=TOKENS[1:2])]))
    (one,) = profile.functions["orders"].versions[0].inputs
    assert (one.events, one.sandboxes, one.blocks) == (13, 2, 1)


HELD = """hauberk: 1
functions:
  orders:
    mode: prevent  # kept
    parameters:
      q: {length: [1, 2]}  # mine
"""


def test_what_a_person_wrote_stays_and_what_is_new_is_put_beside_it():
    views = told(shape("q", 50), shape("body→$.when", 50, types=["date"]))
    for content in (HELD, "hauberk: 1\nfunctions:\n  orders: {mode: prevent}\n", None):
        existing = content.encode() if content else None
        policy = from_bytes(existing, "x") if existing else None
        change = edited(existing, "x", propose(believe(_all(views)), policy))
        (after,) = from_bytes(change.text.encode(), "x").functions
        held = {"length": [1, 2]} if content == HELD else {"type": "integer", "length": [0, 8]}
        assert after.parameters == {"q": held, "body→$.when": {"type": "date"}}
        assert content != HELD or ("# kept" in change.text and "# mine" in change.text)
        assert (
            edited(
                change.text.encode(),
                "x",
                propose(believe(_all(views)), from_bytes(change.text.encode(), "x")),
            ).text
            == change.text
        )


BAD = [
    [],
    {},
    [7],
    [{"path": "q"}],
    [shape("q"), shape("q", 3)],
    [shape("")],
    [shape("a\x1b")],
    [shape("q", 0)],
    [shape("q", True)],
    [shape("q", alphabet="abc")],
    [shape("q", structure=["secret"])],
    [shape("q", structure=["a"] * 9)],
    [shape("q", length=[4, 1])],
    [shape("q", length=[1])],
    [shape("q", types=["x"])],
    [shape("q", types=[[]])],
]


@pytest.mark.parametrize("shapes", BAD, ids=repr)
def test_a_record_of_inputs_that_is_not_as_the_guard_writes_it_is_refused(shapes):
    view = observe(
        [
            inputs(*shapes)
            if isinstance(shapes, list)
            else inputs(shape("q")).replace(b"[{", b"{").replace(b"}]", b"}")
        ]
    )
    assert (view.records, len(view.unread)) == (frozenset(), 1)
