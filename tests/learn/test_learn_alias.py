"""Of a function that is invoked by aliases, each alias can be learned alone; a record tells its own."""

import itertools

import pytest
from log_lines import START, activity, armed, detection

from hauberk.learn import Partial, believe, merge, observe

TOKENS = {"live": "1" * 32, "canary": "2" * 32, "both": "3" * 32, "none": "4" * 32}


def log(who, *aliases):
    """What one environment did, invoked by these aliases in turn."""
    token = TOKENS[who]
    acts = [
        activity("file", "read", f"/tmp/{who}-{n}", f"{who}{n}", environment=token, **named)
        for n, named in enumerate([{"alias": one} for one in aliases] or [{}])
    ]
    return [armed(environment=token), START, *acts]


LOGS = [
    log("live", "live", "live"),
    [*log("canary", "canary"), detection("x", environment=TOKENS["canary"], alias="canary")],
    log("both", "live", "canary"),
    log("none"),
]
SHOWN = [
    # alias, targets
    (None, {"live-0", "live-1", "canary-0", "both-0", "both-1", "none-0"}),
    ("live", {"live-0", "live-1", "both-0", "both-1"}),
    ("canary", {"canary-0", "both-0", "both-1"}),
    ("liv", set()),
    ("", set()),
    ("live' OR '1", set()),
]


@pytest.mark.parametrize(("alias", "targets"), SHOWN)
def test_an_alias_shows_what_the_environments_did_that_it_invoked(alias, targets):
    whole = Partial()
    for lines in LOGS:
        whole = merge(whole, observe(lines))
    profile = believe(whole, alias=alias)
    acts = profile.activities("orders") if profile.functions else set()
    assert {one.target.removeprefix("/tmp/") for one in acts} == targets


@pytest.mark.parametrize("alias", [7, None, "a b", "", ["live"], "a" * 129, "live\n"])
def test_what_is_no_alias_names_none_and_the_record_still_counts(alias):
    lines = [armed(), START, activity("file", "read", "/tmp/a", alias=alias)]
    assert {one.target for one in believe(observe(lines)).activities("orders")} == {"/tmp/a"}
    assert not believe(observe(lines), alias="live").functions


def test_an_alias_that_a_stranger_printed_of_another_environment_brings_nothing_in():
    forged = activity("file", "read", "/tmp/evil", environment="f" * 32, alias="live")
    lines = [armed(), START, forged, activity("file", "read", "/tmp/a")]
    assert not believe(observe(lines), alias="live").functions


def test_any_order_shows_the_same():
    views = [observe(lines) for lines in LOGS]
    expected = None
    for order in itertools.permutations(views):
        whole = Partial()
        for view in order:
            whole = merge(merge(whole, view), view)
        expected = expected or believe(whole, alias="canary")
        assert believe(whole, alias="canary") == expected
