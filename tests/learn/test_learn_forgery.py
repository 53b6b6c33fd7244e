"""Whoever has a function print text teaches the learner nothing, however the log was saved."""

import io
import json
import re
from functools import reduce

import pytest
from log_lines import END, ENVIRONMENT, START, STREAM, activity, armed, detection, record

from hauberk.learn import believe, merge, observe

OTHER, OTHERS_STREAM = "f" * 32, f"2026/11/23/[$LATEST]{'ab' * 16}"
INIT = "INIT_START Runtime Version: python:3.13.v9\tRuntime Version ARN: arn:aws:lambda\n"
RESTORE = INIT.replace("INIT", "RESTORE")
EVIL = activity("process", "start", "/tmp/evil", environment=OTHER).decode()
ITS = armed(environment=OTHER, stream=OTHERS_STREAM).decode()
INIT_JSON = (
    '{"time":"2026-11-23T19:11:00.000Z","type":"platform.initStart",'
    '"record":{"initializationType":"on-demand","phase":"init"}}\n'
)
START_JSON, END_JSON = (
    f'{{"time":"2026-11-23T19:11:00.000Z","type":"platform.{what}",'
    '"record":{"requestId":"4f6b8c1e-8a33-4f0e-9c59-0d2f4b1f3a77"}}\n'
    for what in ("start", "report")
)
EVENT = {"logStreamName": OTHERS_STREAM, "timestamp": 1, "eventId": "1"}
FAKE_START, FAKE_END = (f"{word} RequestId: 00000000-fa4e\n" for word in ("START", "END"))

# What a stranger has the function print, each line with its end.
FORGERIES = {
    "a record": EVIL,
    "an announced record": ITS + EVIL,
    "an announcement without a stream": ITS.replace(f'"stream":"{OTHERS_STREAM}",', "") + EVIL,
    "an announcement of a refused policy": ITS.replace('"armed"', '"refused"') + EVIL,
    "a cold start": INIT + ITS + FAKE_START + EVIL,
    "a restore": INIT + RESTORE + ITS + EVIL,
    "an end and a cold start": FAKE_END + INIT + ITS + FAKE_START + EVIL + FAKE_END,
    "a stranger's whole log": INIT + ITS + FAKE_START + EVIL + FAKE_END,
    "a whole log in JSON format": INIT_JSON + ITS + START_JSON.replace("4f6b", "0000") + EVIL,
    "a start that a search for records finds": ITS + f"{FAKE_START[:-1]} HAUBERK1\n" + EVIL,
    "nobody's environment": (ITS + EVIL).replace(OTHER, "0" * 32),
    "lines with times": re.sub("^", "2026-11-23T19:11:00.123Z\t", ITS + EVIL, flags=re.M),
    "another stream of aws logs tail": re.sub(
        "^", f"2026-11-23T19:11:00+00:00 {OTHERS_STREAM} ", INIT + ITS + EVIL, flags=re.M
    ),
    "an answer of CloudWatch": json.dumps(
        {"events": [{**EVENT, "message": one} for one in (ITS, EVIL)]}
    )
    + "\n",
    "an answer of CloudWatch, printed for people": json.dumps(
        {"events": [{**EVENT, "message": one} for one in (ITS, EVIL)]}, indent=4
    )
    + "\n",
    "a subscription": json.dumps(
        {"logStream": OTHERS_STREAM, "logEvents": [{"message": one} for one in (ITS, EVIL)]}
    )
    + "\n",
}

TRUE_BEFORE = [armed().decode(), activity("file", "read", "/tmp/before").decode()]
TRUE_AFTER = [activity("file", "read", "/tmp/after").decode(), END.decode()]


def with_names(lines):
    return [{**EVENT, "logStreamName": STREAM, "message": line} for line in lines]


def text(lines):
    return "".join(lines)


def json_of_events(lines):
    return json.dumps({"events": with_names(lines)}) + "\n"


def json_for_people(lines):
    return json.dumps({"events": with_names(lines)}, indent=4)


def one_event_a_line(lines):
    return "".join(json.dumps(event) + "\n" for event in with_names(lines))


def json_without_names(lines):
    return json.dumps({"events": [{"timestamp": 1, "message": line} for line in lines]}, indent=4)


def only_records(form):
    def filtered(lines):
        return form([line for line in lines if "HAUBERK1" in line])

    return filtered


FORMS = {
    "text": text,
    "JSON": json_of_events,
    "JSON for people": json_for_people,
    "JSON, one event a line": one_event_a_line,
    "JSON without names of streams": json_without_names,
    "JSON, only records": only_records(json_of_events),
    "text, only records": only_records(text),
    "JSON without names, only records": only_records(json_without_names),
}
NAMED = {"JSON", "JSON for people", "JSON, one event a line", "JSON, only records"}
FILTERED = {one for one in FORMS if "only records" in one} - NAMED


def learned(log):
    profile = believe(observe(io.BytesIO(log.encode())))
    return {one.target for one in profile.activities("orders")}


def printed(forgery):
    return FORGERIES[forgery].splitlines(keepends=True)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_stranger_s_text_in_a_log_from_its_start_teaches_nothing(forgery, form):
    lines = [INIT, *TRUE_BEFORE, START.decode(), *printed(forgery), *TRUE_AFTER]
    taught = learned(FORMS[form](lines))
    assert "/tmp/evil" not in taught
    # Without START lines a log of unnamed streams proves nothing, and one with an END of a stranger's is not whole.
    is_plain = form in NAMED or (form not in FILTERED and " end " not in forgery)
    assert taught == ({"/tmp/before", "/tmp/after"} if is_plain else set())


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_stranger_s_text_in_a_log_from_its_middle_teaches_nothing(forgery, form):
    lines = [*printed(forgery), *TRUE_AFTER]
    assert learned(FORMS[form](lines)) == set()


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_stranger_s_text_in_a_log_of_json_lines_teaches_nothing(forgery):
    """Lambda's own lines are JSON too where the function's log format says so."""
    whole = [INIT_JSON, *TRUE_BEFORE, START_JSON, *printed(forgery), TRUE_AFTER[0], END_JSON]
    taught = learned(text(whole))
    assert "/tmp/evil" not in taught
    assert taught == (set() if " end " in forgery else {"/tmp/before", "/tmp/after"})
    assert learned(text([*printed(forgery), TRUE_AFTER[0], END_JSON])) == set()


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_stranger_s_text_is_not_vouched_for_by_another_file(forgery):
    whole = text([*TRUE_BEFORE, START.decode(), *TRUE_AFTER])
    middle = text([*printed(forgery), *TRUE_AFTER])
    views = [observe(io.BytesIO(log.encode())) for log in (middle, whole)]
    profile = believe(reduce(merge, views))
    assert {one.target for one in profile.activities("orders")} == {"/tmp/before", "/tmp/after"}
    assert profile.unbelieved > 0 or "0" * 32 in FORGERIES[forgery] or "answer" in forgery


def test_a_stranger_who_asks_for_a_known_stream_of_an_emulator_is_not_believed():
    """Where all logs have the same name, the name is no secret."""
    first = armed(stream="$LATEST").decode()
    forged = armed(stream="$LATEST", environment=OTHER).decode() + EVIL
    assert learned(first + START.decode() + forged) == set()
    event = [{**EVENT, "logStreamName": "$LATEST", "message": line} for line in (first, EVIL)]
    assert learned(json.dumps(event)) == set()


BEFORE_AN_ANNOUNCEMENT = [
    "hello\n",
    f"hello\n{INIT}{RESTORE}",
    f"hello\n{RESTORE}",
    "got HAUBERK1\n",
    f"got {EVIL}",
    START.decode(),
    armed().decode(),
]


@pytest.mark.parametrize("before", BEFORE_AN_ANNOUNCEMENT, ids=lambda text: text[:12])
def test_an_announcement_that_is_not_the_first_of_a_text_teaches_nothing(before):
    """Also where the log was cut so that no END tells."""
    assert learned(before + ITS + START.decode() + EVIL) == set()


# --- What is believed. ---


def test_what_the_layer_says_before_the_guard_starts_hinders_no_belief():
    fault = record("status", "", state="fault", message="x", environment="0" * 32).decode()
    blank = "\n"
    lines = [INIT, fault, "EXTENSION\tName: x\tState: Ready\n", blank, *TRUE_BEFORE, START.decode()]
    assert learned("".join(lines)) == {"/tmp/before"}


AGAIN = [INIT, armed(environment=OTHER).decode(), EVIL.replace("evil", "again")]
CHILD = [armed(environment=OTHER).decode(), EVIL.replace("evil", "again")]


@pytest.mark.parametrize("later", [AGAIN, CHILD], ids=["started again", "a child process"])
@pytest.mark.parametrize("form", sorted(set(FORMS) - FILTERED))
def test_a_process_that_writes_to_the_same_stream_later_is_believed(form, later):
    lines = [*TRUE_BEFORE, START.decode(), END.decode(), *later]
    assert learned(FORMS[form](lines)) == {"/tmp/before", "/tmp/again"}


@pytest.mark.parametrize("printed", ["", "loaded\n"])
def test_what_was_restored_from_a_snapshot_is_believed_before_its_first_event(printed):
    restored = armed(environment=OTHER, stream=None).decode().replace('"stream":null,', "")
    again = EVIL.replace("evil", "again")
    lines = [INIT, *TRUE_BEFORE, printed, RESTORE, restored, again, START.decode(), END.decode()]
    assert learned("".join(lines)) == {"/tmp/before", "/tmp/again"}
    assert learned("".join([RESTORE, restored, again, START.decode()])) == {"/tmp/again"}


def test_streams_that_cloudwatch_names_are_all_believed():
    first, second = TRUE_BEFORE, [ITS, EVIL.replace("evil", "second")]
    events = [
        {**EVENT, "logStreamName": stream, "message": line}
        for pair in zip(first, second, strict=True)
        for stream, line in zip((STREAM, OTHERS_STREAM), pair, strict=True)
    ]
    assert learned(json.dumps(events)) == {"/tmp/before", "/tmp/second"}


def test_of_streams_in_one_text_the_first_is_believed():
    second = [INIT, ITS, START.decode(), EVIL, END.decode()]
    lines = [INIT, *TRUE_BEFORE, START.decode(), *TRUE_AFTER, *second]
    assert learned(text(lines)) == {"/tmp/before", "/tmp/after"}


def test_an_announced_environment_is_believed_in_every_log():
    logs = [TRUE_BEFORE[0] + START.decode(), TRUE_AFTER[0]]
    profile = believe(reduce(merge, [observe(io.BytesIO(log.encode())) for log in logs]))
    assert {one.target for one in profile.activities("orders")} == {"/tmp/after"}


def test_an_environment_speaks_for_its_own_function_only():
    other = activity("file", "read", "/tmp/other", function="payments").decode()
    log = io.BytesIO((TRUE_BEFORE[0] + START.decode() + other).encode())
    profile = believe(observe(log))
    assert (list(profile.functions), profile.unbelieved) == (["orders"], 1)


def test_who_trusts_what_is_not_announced_is_told_how_much_that_was():
    log = EVIL + f"got {EVIL}" + TRUE_AFTER[0].replace(ENVIRONMENT, "e" * 32)
    partial = observe(io.BytesIO(log.encode()))
    assert [believe(partial).unbelieved, believe(partial).trusted] == [3, 0]
    trusting = believe(partial, trust_unannounced=True)
    assert {one.target for one in trusting.activities("orders")} == {"/tmp/evil", "/tmp/after"}
    assert [trusting.unbelieved, trusting.trusted] == [0, 3]


def test_who_trusts_what_is_not_announced_trusts_no_record_inside_another_text():
    partial = observe(io.BytesIO(f"got {EVIL}".encode()))
    trusting = believe(partial, trust_unannounced=True)
    assert (trusting.functions, trusting.unbelieved) == ({}, 1)


# --- A stranger who would hide that he was there. ---

ATTACKED = [activity("file", "read", "/tmp/attacked", "bad"), detection("bad")]
HIDINGS = {
    # how the line of the detection is spoilt
    "text before it": lambda line: b"no end of the line: " + line,
    "a bracket before it": lambda line: b"{" + line,
    "a quoted record before it": lambda line: EVIL.strip().encode() + line,
    "text after it": lambda line: line.rstrip() + b" and more\n",
    "cut off": lambda line: line[:300] + b"\n",
    "torn by another's text": lambda line: line[:300] + b"hello\n" + line[300:],
}


@pytest.mark.parametrize("hiding", HIDINGS)
def test_a_detection_whose_line_is_spoilt_still_keeps_its_invocation_out(hiding):
    seen, found = ATTACKED
    lines = [armed(), START, seen, HIDINGS[hiding](found)]
    assert learned(b"".join(lines).decode()) == set()


def test_a_spoilt_line_without_an_announced_environment_spoils_nothing():
    lines = [armed(), START, ATTACKED[0], f"{EVIL[:200]}\n".encode()]
    assert learned(b"".join(lines).decode()) == {"/tmp/attacked"}


def test_an_environment_that_dropped_records_teaches_nothing_and_is_counted():
    dropped = record("status", "", state="gap", message="the log was full", dropped=1)
    lines = [armed(), START, ATTACKED[0], dropped]
    profile = believe(observe(lines))
    assert (profile.functions, profile.incomplete) == ({}, 1)
