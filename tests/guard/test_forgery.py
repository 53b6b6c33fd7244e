"""A function that prints what strangers send: its own guard is believed, the stranger is not."""

import json
import re

import pytest

from hauberk.learn import believe, observe

TOKEN = re.compile("[0-9a-f]{32}")
THEIRS, THEIR_STREAM = "f" * 32, f"2026/11/23/[$LATEST]{'ab' * 16}"


@pytest.fixture
def running(start):
    return start("prints", {"HAUBERK_MODE": "detect"})


def forged(true_record):
    """What a stranger who knows Hauberk's source sends: a cold start of his own, and what it learned."""
    mine = {**true_record, "environment": THEIRS, "id": "f" * 16, "request_id": ""}
    del mine["stack"]  # of paths that the firewall knows
    status = {
        "type": "status",
        "state": "armed",
        "message": "detect: armed",
        "stream": THEIR_STREAM,
        "coverage": {"process": "armed", "host": "armed"},
    }
    lines = [
        "INIT_START Runtime Version: python:3.13.v9",
        json.dumps({**mine, **status}, separators=(",", ":")),
        "START RequestId: 00000000-0000-4000-8000-000000000000 Version: $LATEST",
        json.dumps({**mine, "target": "/tmp/evil"}, separators=(",", ":")),
    ]
    return "\n" + "\n".join(lines) + "\n"


def names(profile):
    targets = [one.target.rpartition("/")[2] for one in profile.activities("function")]
    return {name for name in targets if name in ("before", "after", "again", "evil")}


def as_events(log, stream):
    """The same log as CloudWatch's FilterLogEvents gives it."""
    events = [
        {"logStreamName": stream, "timestamp": number, "message": line}
        for number, line in enumerate(log.splitlines(keepends=True))
    ]
    return json.dumps({"events": events})


def test_what_a_stranger_has_the_function_print_is_not_learned(running):
    before = running.invoke({"act": "touch", "name": "before"})
    note = forged(before.activities[0])
    after = running.invoke({"act": "touch", "name": "after", "note": note})
    assert after.answer.log.count("/tmp/evil") == 2
    log = before.answer.log + after.answer.log
    for saved in (log, as_events(log, before.statuses[0]["stream"])):
        profile = believe(observe(saved.encode().splitlines(keepends=True)))
        assert names(profile) == {"before", "after"}
        assert profile.unbelieved == 2  # each was printed twice
    assert names(believe(observe(after.answer.log.encode().split(b"\n")))) == set()


def test_a_stranger_s_text_without_an_end_hides_no_record(running):
    before = running.invoke({"act": "touch", "name": "before"})
    after = running.invoke({"act": "touch", "name": "after", "note": "no end"})
    log = before.answer.log + after.answer.log
    assert '\nno endno end{"timestamp"' in log
    assert names(believe(observe(log.encode().split(b"\n")))) == {"before", "after"}


def test_the_announcement_comes_before_all_that_the_function_prints(running):
    first = running.invoke({"act": "touch", "name": "before"})
    init, announcement, *rest = first.answer.log.split("\n")
    assert init.startswith("INIT_START")
    assert json.loads(announcement)["state"] == "armed"
    assert "a word at import" in rest


def test_all_records_of_an_environment_have_its_token_and_no_other_environment_has_it(start):
    tokens = set()
    for number in range(2):
        running = start("prints", {"HAUBERK_MODE": "detect"})
        acts = ["touch", "fork", "thread"]
        records = [
            record
            for act in acts
            for record in running.invoke({"act": act, "name": f"{act}{number}"}).records
        ]
        assert {one["type"] for one in records} == {"status", "activity"}
        assert len(records) >= 1 + len(acts)
        (token,) = {one["environment"] for one in records}
        assert TOKEN.fullmatch(token)
        tokens.add(token)
    assert len(tokens) == 2


def test_a_process_that_is_started_again_has_a_token_of_its_own_and_is_believed(running):
    before = running.invoke({"act": "touch", "name": "before"})
    ended = running.invoke({"act": "end"})
    again = running.invoke({"act": "touch", "name": "again"})
    first, second = before.statuses[0], again.statuses[0]
    assert first["environment"] != second["environment"]
    assert first["stream"] == second["stream"]
    log = "".join(one.answer.log for one in (before, ended, again))
    assert names(believe(observe(log.encode().split(b"\n")))) == {"before", "again"}
