"""What weighs less at one place: indicators of many callers' harmless values, nothing that a few could bring about."""

import json

import pytest
from log_lines import START, activity, armed, detection

from hauberk.cli.learned_inputs import as_json
from hauberk.learn import Partial, believe, merge, observe, propose
from hauberk.learn.edit import edited
from hauberk.learn.profile.profile_file import read_profile
from hauberk.learn.profile.profile_text import profile_text
from hauberk.policy.file import from_bytes

TOKENS = [f"{n:032x}" for n in range(1, 41)]
HOURS = [f"2026-11-23T{hour:02}:10:00Z" for hour in range(24)]
RULES = ["shell-downloader", "resembles-shell-injection"]


def indicator(request, caller, *, is_block=False, **fields):
    """A line about a value that is only like an attack."""
    said = {"protection": "firewall", "confidence": 70, "rules": RULES}
    seen = {"path": "body→$.items[3].note", "excerpt": "x"}
    caller = {"caller": f"{caller:03x}"} if caller is not None else {}
    line = detection(request, **caller, **{"input": seen, **said, **fields})
    return line.replace(b'"verdict":"alert"', b'"verdict":"block"') if is_block else line


def start(token):
    """How an environment begins, and what it does that is nothing but usual."""
    stream = f"2026/11/23/[$LATEST]{token}"
    usual = activity("host", "resolve", "a.b", "r200", environment=token)
    return (armed(environment=token, stream=stream), START, usual)


def views(environments=4, callers=10, hours=4, apart=0, **fields):
    """What environments tell, in each of which so many callers made the same rules speak; `apart` makes them others."""
    whole = Partial()
    for number in range(environments):
        token = TOKENS[number]
        lines = [
            indicator(
                f"r{at}",
                at + apart * number,
                count=at + 1,
                environment=token,
                timestamp=HOURS[number % hours],
                **fields,
            )
            for at in range(callers)
        ]
        one = observe([*start(token), *lines])
        whole = merge(whole, one)
    return whole


def proposed(partial, existing=None):
    policy = from_bytes(existing.encode(), "x") if existing else None
    (one,) = propose(believe(partial), policy).functions
    return {each.seen.path: dict(each.body) for each in one.inputs.new}


def with_lines(partial, *lines, number=0):
    token = TOKENS[number]
    return merge(
        partial, observe([one.replace(b"0123456789abcdef" * 2, token.encode()) for one in lines])
    )


def test_what_many_callers_make_speak_weighs_less_there():
    assert proposed(views()) == {
        "body→$.items[*].note": {"lowered": dict.fromkeys(sorted(RULES), 40)}
    }


def test_callers_of_several_environments_are_counted_once_each():
    assert proposed(views(environments=10, callers=3, apart=1))  # twelve in all
    assert not proposed(views(environments=10, callers=3))


NOTHING = [
    ("seven callers", dict(environments=6, callers=7)),
    ("one sandbox", dict(environments=1, callers=40)),
    ("one hour", dict(hours=1)),
    ("too few events", dict(environments=2)),
    ("a structure", dict(confidence=90)),
    ("no alert", dict(is_block=True)),
    ("it reached a sink", dict(protection="flow")),
    ("no rule is named", dict(rules=[])),
    ("a path that was cut", dict(input={"path": "body→$.x…", "excerpt": "x"})),
]


@pytest.mark.parametrize(("why", "fields"), NOTHING, ids=[one[0] for one in NOTHING])
def test_what_a_few_could_bring_about_lowers_nothing(why, fields):
    assert proposed(views(**fields)) == {}


def test_callers_that_nobody_tells_are_none_and_one_caller_is_one():
    for caller in (None, 7):
        lines = [
            (
                token,
                [
                    indicator(f"r{at}", caller, count=at + 1, environment=token, timestamp=HOURS[n])
                    for at in range(10)
                ],
            )
            for n, token in enumerate(TOKENS[:4])
        ]
        whole = Partial()
        for token, told in lines:
            whole = merge(whole, observe([*start(token), *told]))
        assert proposed(whole) == {}, caller


def test_a_profile_that_was_written_proposes_the_same():
    profile = believe(views())
    read = read_profile(profile_text(profile).encode(), "x")
    assert read == profile
    (one,) = propose(read, None).functions
    assert {each.seen.path for each in one.inputs.new} == {"body→$.items[*].note"}


def test_an_invocation_with_an_attack_beside_it_does_not_count():
    attacks = [detection(f"r{at}", confidence=100) for at in range(3)]
    partial = views()
    for number in range(4):
        partial = with_lines(partial, *attacks, number=number)
    assert proposed(partial) == {}


def test_what_is_written_seldom_counts_as_often_as_it_came():
    partial = views(environments=2, callers=8)
    more = [indicator("r99", 1, count=64, timestamp=HOURS[0])]
    assert proposed(partial) == {}
    assert list(proposed(with_lines(partial, *more))) == ["body→$.items[*].note"]


HELD = """hauberk: 1
functions:
  orders:
    mode: prevent  # kept
    parameters:
      "body→$.items[*].note": {length: [1, 90]MINE}
      q: {length: [1, 2]}  # mine
"""


def test_it_is_put_beside_what_is_held_and_a_person_s_own_stays():
    content = HELD.replace("MINE", "").encode()
    change = edited(content, "x", propose(believe(views()), from_bytes(content, "x")))
    (after,) = from_bytes(change.text.encode(), "x").functions
    weights = dict.fromkeys(sorted(RULES), 40)
    assert after.parameters["body→$.items[*].note"] == {"length": [1, 90], "lowered": weights}
    assert "# kept" in change.text and "# mine" in change.text
    own = HELD.replace("MINE", ", lowered: {shell-injection: 70}")
    assert proposed(views(), own) == {}
    again = edited(
        change.text.encode(), "x", propose(believe(views()), from_bytes(change.text.encode(), "x"))
    )
    assert again.text == change.text


def test_callers_are_told_with_it():
    (one,) = propose(believe(views()), None).functions
    (told,) = as_json(one.inputs)["new"]
    assert json.loads(json.dumps(told))["callers"] == 10
    assert told["events"] == 40 and told["sandboxes"] == 4
