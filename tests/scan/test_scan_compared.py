"""What the code tells, laid beside what the guard records when it runs."""

import json
import re
from pathlib import Path

import pytest

from hauberk.learn.code.of_code import explained
from hauberk.learn.code.unexplained import unexplained
from hauberk.local import Environment, Function, LocalError
from hauberk.local.attach import attach, own_layer
from hauberk.model.activity import Activity
from hauberk.model.kind import Kind
from hauberk.policy.decision import Entries
from hauberk.scan import Sure, opened, scan

CODE = Path(__file__).parent / "functions"
VARIABLES = {"API": "http://first.invalid"}
EVENTS = (
    {"id": "17", "tool": "who", "program": "hostname", "host": "third.invalid"},
    {"id": "18", "tool": "up", "program": "hostname", "host": "third.invalid"},
)
NOT_TOLD = {  # in the code, the event says them
    "file write /tmp/by-17.txt",
    "file write /tmp/by-18.txt",
    "process start /usr/bin/hostname",
    "host resolve third.invalid",
}
# What tempfile tries its folder with, once, and a file without a name.
PYTHONS_OWN = re.compile(r"file (?:write|delete) /tmp(?:/[a-z0-9_]{8})?")


@pytest.fixture(scope="module")
def done():
    """What the guard records of the function's own: not what the platform's modules do at their start."""
    try:
        layer = own_layer(())
    except LocalError as error:
        pytest.skip(str(error))
    function = attach(Function(CODE, environment=VARIABLES), layer, {"HAUBERK_MODE": "detect"})
    with Environment(function) as environment:
        logs = [environment.invoke(event).log for event in EVENTS]
    records = [json.loads(line) for log in logs for line in log.split("\n") if '"HAUBERK1"' in line]
    return {
        Activity(Kind(one["kind"]), one["operation"], one["target"])
        for one in records
        if one["type"] == "activity"
    }


@pytest.fixture(scope="module")
def profile():
    return scan(opened(CODE), "app.handler", VARIABLES)


def told_by(profile, *sure):
    return [
        (one, Entries(one.kind, [f"{one.operation} {pattern}" for pattern in one.patterns]))
        for one in profile.findings
        if one.sure in sure
    ]


def test_all_that_is_recorded_and_does_not_hang_on_the_event_stands_in_the_code(done, profile):
    told = told_by(profile, Sure.EXACT, Sure.TYPED)
    untold = {str(one) for one in done if not any(entries.first(one) for _, entries in told)}
    assert {one for one in untold if not PYTHONS_OWN.fullmatch(one)} == NOT_TOLD


def test_what_hangs_on_the_event_is_told_as_such(done, profile):
    places = {str(one.site) for one in profile.unread}
    assert places == {"app.py:59", "app.py:65"}
    partly = told_by(profile, Sure.PARTLY)
    assert [one.target for one, _ in partly] == ["/tmp/by-*.txt"]
    assert sum(bool(entries.first(one)) for one in done for _, entries in partly) == 2


def test_nothing_that_the_function_does_is_strange_to_its_code(done, profile):
    possible = explained(profile, done).possible
    temporary = {one for one in done if PYTHONS_OWN.fullmatch(str(one))}
    assert unexplained(profile, done, possible, temporary=temporary) == set()
    stranger = Activity(Kind.FILE, "write", "/mnt/stranger.txt")
    assert unexplained(profile, [*done, stranger], possible, temporary=temporary) == {stranger}


def test_all_that_the_code_tells_is_recorded_when_it_runs(done, profile):
    told = told_by(profile, Sure.EXACT, Sure.TYPED, Sure.NAMED, Sure.PARTLY)
    assert [one.act for one, entries in told if not any(map(entries.first, done))] == []
