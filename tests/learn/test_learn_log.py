"""Records are found however a log was saved, and only where they are records of their own."""

import functools
import gzip
import io
import json
import random
import tempfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from log_lines import END, ENVIRONMENT, START, STREAM, activity, armed, detection, record, shown

from hauberk.learn import Partial, believe, merge, observe
from hauberk.learn.records.log import LogError, opened
from hauberk.learn.records.long_line import MOST_LINE_BYTES
from hauberk.model.activity import Activity
from hauberk.model.kind import Kind

SEEN = {Activity(Kind.FILE, "read", "/tmp/é")}
LINE = activity("file", "read", "/tmp/é").decode().rstrip()
REQUEST = "4f6b8c1e-8a33-4f0e-9c59-0d2f4b1f3a77"
BEGINNING = [armed().decode(), START.decode()]
MESSAGES = [*BEGINNING, LINE + "\n", "hello\n"]
EVENTS = [
    {"logStreamName": STREAM, "timestamp": 1790000000000 + n, "message": message, "eventId": str(n)}
    for n, message in enumerate(MESSAGES)
]
BACKWARDS = [dict(reversed(event.items())) for event in EVENTS]
OF_ONE_STREAM = [{"timestamp": n, "message": message} for n, message in enumerate(MESSAGES)]
SUBSCRIPTION = {
    "messageType": "DATA_MESSAGE",
    "logStream": STREAM,
    "logEvents": [{"id": str(n), "message": message} for n, message in enumerate(MESSAGES)],
}


def each(form):
    return "".join(form.format(message) for message in MESSAGES)


SAVED = {
    "as Lambda writes it": "".join(MESSAGES),
    "with time and request": each(f"2026-11-23T19:11:00.123Z\t{REQUEST}\t{{}}"),
    "with time": each("2026-11-23T19:11:00.123Z {}"),
    "as aws logs tail": each("2026-11-23T19:11:00+00:00 2026/11/23/[$LATEST]0f1e {}"),
    "with carriage returns": "".join(MESSAGES).replace("\n", "\r\n"),
    "FilterLogEvents on one line": json.dumps({"events": EVENTS}),
    "FilterLogEvents, printed for people": json.dumps({"events": EVENTS}, indent=4),
    "FilterLogEvents, backwards": json.dumps({"events": BACKWARDS}, indent=4),
    "FilterLogEvents, unescaped": json.dumps({"events": EVENTS}, indent=4, ensure_ascii=False),
    "GetLogEvents": json.dumps({"events": OF_ONE_STREAM, "nextForwardToken": "f/1"}, indent=4),
    "a list of events": json.dumps(EVENTS),
    "one event a line": "\n".join(map(json.dumps, EVENTS)),
    "messages only": json.dumps(MESSAGES, indent=2),
    "one message a line": "\n".join(map(json.dumps, MESSAGES)),
    "a subscription": json.dumps(SUBSCRIPTION),
    "a subscription, printed for people": json.dumps(SUBSCRIPTION, indent=2),
}

NOT_RECORDS = {
    # what a stranger's text in a log may look like, and what breaks
    "in a logger's message": f"[INFO]\t2026-11-23T19:11:00.123Z\t{REQUEST}\t{LINE}",
    "after other words": f"got {LINE}",
    "in a logger's JSON": json.dumps({"timestamp": "t", "level": "INFO", "message": LINE}),
    "in a logger's JSON with a number": json.dumps({"timestamp": 1, "level": "I", "message": LINE}),
    "inside another document": json.dumps({"body": json.loads(LINE)}),
    "in an answer of CloudWatch": json.dumps({"events": [{"message": LINE}]}),
    "in an answer of a line": f'"message": {json.dumps(LINE)}',
    "cut off": LINE[:-20],
    "with more after it": LINE + "}",
    "only the word": "HAUBERK1",
    "deep": "[" * 100_000 + "HAUBERK1",
    "deep maps": '{"a":' * 100_000 + '"HAUBERK1"',
    "a number of many digits": '{"hauberk":"HAUBERK1","n":' + "9" * 5_000 + "}",
    "too long for a record": LINE[:-1] + " " * 9_000 + "}",
}

WRONG_FIELDS = [
    {"kind": "files"},
    {"kind": 1},
    {"kind": ["file"]},
    {"operation": "connect"},
    {"operation": "re ad"},
    {"operation": None},
    {"target": ""},
    {"target": "relative"},
    {"target": {"a": 1}},
    {"target": "/tmp/\u0000"},
    {"target": "/tmp/\n- {target: '**'}"},
    {"target": "/tmp/\ud800"},
    {"target": "/tmp/" + "a" * 2_000},
    {"target": "/tmp/cut…"},
    {"target": "/tmp/\u2039redacted\u203a"},
    {"target": "/tmp/\N{REPLACEMENT CHARACTER}"},
    {"function": "a b"},
    {"function": "../etc"},
    {"function": 7},
    {"request_id": None},
    {"environment": None},
    {"environment": ENVIRONMENT.upper()},
    {"environment": ENVIRONMENT[1:]},
    {"attacked": "no"},
    {"type": "note"},
    {"type": 3},
]


def of(text):
    return observe(io.BytesIO(text.encode("utf-8", "surrogatepass")))


@pytest.mark.parametrize("form", SAVED)
def test_a_record_is_found_in_a_log_saved(form):
    profile = believe(of(SAVED[form]))
    assert profile.activities("orders") == SEEN
    assert (profile.unreadable, profile.unbelieved) == ({}, 0)


@pytest.mark.parametrize("form", NOT_RECORDS)
def test_text_that_only_holds_a_record_teaches_nothing_and_is_counted(form):
    forged = NOT_RECORDS[form].replace(ENVIRONMENT, "f" * 32) + "\n"
    profile = shown([forged.encode(), LINE.replace("/tmp/é", "/tmp/b").encode()])
    assert profile.activities("orders") == {Activity(Kind.FILE, "read", "/tmp/b")}
    assert sum(profile.unreadable.values()) + profile.unbelieved == 1


@pytest.mark.parametrize("fields", WRONG_FIELDS, ids=str)
def test_a_record_with_a_wrong_field_teaches_nothing_and_is_counted(fields):
    document = {**json.loads(LINE), **fields}
    profile = shown([json.dumps(document).encode()])
    assert profile.activities("orders") == frozenset()
    assert sum(profile.unreadable.values()) == 1


def test_a_record_into_which_another_writer_put_a_field_teaches_nothing_and_is_counted():
    twice = LINE.replace('"target"', '"target":"/tmp/forged","target"', 1)
    profile = shown([twice.encode()])
    assert profile.activities("orders") == frozenset()
    assert profile.unreadable == {"broken JSON": 1}


def test_one_bad_event_of_an_answer_does_not_hide_the_others():
    events = [{"message": "{HAUBERK1"}, *EVENTS, {"message": 5}, 6]
    profile = believe(of(json.dumps({"events": events})))
    assert profile.activities("orders") == SEEN
    assert profile.unreadable == {"broken JSON": 1}


def test_an_overlong_line_is_passed_by_and_counted():
    long = b"HAUBERK1" * (MOST_LINE_BYTES // 8 + 10)
    profile = shown(lines_of(long + b"\n" + LINE.encode()))
    assert profile.activities("orders") == SEEN
    assert profile.unreadable == {"too long": 1}


def lines_of(content):
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        (log,) = opened(file.name)
        yield from log


def test_lines_of_other_writers_are_no_news():
    assert of("START RequestId: 1\nhello\n\n\x00\n{}\n[]\n") == Partial()


def test_folders_and_packed_files_are_read_whole(tmp_path):
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "one.log").write_text("".join([*BEGINNING, LINE]))
    (tmp_path / "a" / "b" / "two").write_bytes(gzip.compress(activity("host", "resolve", "b.c")))
    whole = functools.reduce(merge, map(observe, opened(str(tmp_path))))
    assert {one.target for one in believe(whole).activities("orders")} == {"/tmp/é", "b.c"}


def test_a_log_that_cannot_be_read_is_refused_by_name(tmp_path):
    broken = tmp_path / "cut.gz"
    broken.write_bytes(gzip.compress(random.Random(1).randbytes(9_000))[:4_000])
    for name in (str(tmp_path / "none"), str(broken), str(tmp_path)):
        with pytest.raises(LogError, match=r"none|cut\.gz"):
            [line for log in opened(name) for line in log]


TEXTS = b'HAUBERK1|"message": "|"events": |2026-11-23T19:11:00.123Z\t|{|}|[|]|,|\n|\\|"|\xff'
PIECES = st.sampled_from(
    (LINE.encode(), armed(), START, END, detection(), record("status"), *TEXTS.split(b"|"))
)


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES, max_size=12).map(b"".join) | st.binary(max_size=60))
def test_no_log_makes_the_learner_raise(content):
    for trusts in (False, True):
        assert believe(observe(io.BytesIO(content)), trust_unannounced=trusts).records >= 0
