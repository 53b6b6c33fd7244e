"""Records are found however a log was saved, and only where they are records of their own."""

import gzip
import io
import json
import random
import tempfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from log_lines import activity, armed, detection, record

from hauberk.learn import Partial, observe
from hauberk.learn.log import MOST_LINE_BYTES, LogError, lines
from hauberk.model.activity import Activity
from hauberk.model.kind import Kind

SEEN = {Activity(Kind.FILE, "read", "/tmp/é")}
LINE = activity("file", "read", "/tmp/é").decode().rstrip()
REQUEST = "4f6b8c1e-8a33-4f0e-9c59-0d2f4b1f3a77"
EVENT = {"eventId": "1", "timestamp": 1790000000000, "message": LINE + "\n", "logStreamName": "s"}
SUBSCRIPTION = {"messageType": "DATA_MESSAGE", "logEvents": [{"id": "1", "message": LINE}]}

SAVED = {
    "as Lambda writes it": LINE,
    "with time and request": f"2026-11-23T19:11:00.123Z\t{REQUEST}\t{LINE}",
    "with time": f"2026-11-23T19:11:00.123Z {LINE}",
    "as aws logs tail": f"2026-11-23T19:11:00+00:00 2026/11/23/[$LATEST]0f1e {LINE}",
    "with a carriage return": f"{LINE}\r",
    "FilterLogEvents on one line": json.dumps({"events": [EVENT]}),
    "FilterLogEvents, printed for people": json.dumps({"events": [EVENT]}, indent=4),
    "FilterLogEvents, unescaped": json.dumps({"events": [EVENT]}, indent=4, ensure_ascii=False),
    "a list of events": json.dumps([EVENT]),
    "one event a line": json.dumps(EVENT),
    "messages only": json.dumps([LINE, "START"], indent=2),
    "a subscription": json.dumps(SUBSCRIPTION),
}

NOT_RECORDS = {
    # what a stranger's text in a log may look like, and what breaks
    "in a logger's message": f"[INFO]\t2026-11-23T19:11:00.123Z\t{REQUEST}\t{LINE}",
    "after other words": f"got {LINE}",
    "in a logger's JSON": json.dumps({"timestamp": "t", "level": "INFO", "message": LINE}),
    "in a logger's JSON with a number": json.dumps({"timestamp": 1, "level": "I", "message": LINE}),
    "inside another document": json.dumps({"body": json.loads(LINE)}),
    "inside a message": json.dumps({"events": [{"message": f"got {LINE}"}]}),
    "on a later line of a message": json.dumps({"events": [{"message": f"got\n{LINE}"}]}),
    "cut off": LINE[:-20],
    "with more after it": LINE + "}",
    "only the word": "HAUBERK1",
    "deep": "[" * 100_000 + "HAUBERK1",
    "deep maps": '{"a":' * 100_000 + '"HAUBERK1"',
    "a number of many digits": '{"hauberk":"HAUBERK1","n":' + "9" * 10_000 + "}",
    "too long for a record": json.dumps({"events": [{"message": LINE[:-1] + " " * 9_000 + "}"}]}),
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
    {"attacked": "no"},
    {"type": "note"},
    {"type": 3},
]


def of(text):
    return observe(io.BytesIO(text.encode("utf-8", "surrogatepass")))


def why(partial):
    return dict(partial.unreadable)


@pytest.mark.parametrize("form", SAVED)
def test_a_record_is_found_in_a_log_saved(form):
    partial = of(SAVED[form])
    assert partial.activities("orders") == SEEN
    assert why(partial) == {}


@pytest.mark.parametrize("form", NOT_RECORDS)
def test_text_that_only_holds_a_record_teaches_nothing_and_is_counted(form):
    partial = of(NOT_RECORDS[form] + "\n" + LINE.replace("/tmp/é", "/tmp/b"))
    assert partial.activities("orders") == {Activity(Kind.FILE, "read", "/tmp/b")}
    assert sum(why(partial).values()) == 1


@pytest.mark.parametrize("fields", WRONG_FIELDS, ids=str)
def test_a_record_with_a_wrong_field_teaches_nothing_and_is_counted(fields):
    document = {**json.loads(LINE), **fields}
    partial = of(json.dumps(document))
    assert partial.seen == frozenset()
    assert sum(why(partial).values()) == 1


def test_one_bad_event_of_an_answer_does_not_hide_the_others():
    events = [{"message": "{HAUBERK1"}, EVENT, {"message": 5}, 6]
    partial = of(json.dumps({"events": events}))
    assert partial.activities("orders") == SEEN
    assert why(partial) == {"broken JSON": 1}


def test_an_overlong_line_is_passed_by_and_counted():
    long = b"HAUBERK1" * (MOST_LINE_BYTES // 8 + 10)
    partial = observe(lines_of(long + b"\n" + LINE.encode()))
    assert partial.activities("orders") == SEEN
    assert why(partial) == {"too long": 1}


def lines_of(content):
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        yield from lines(file.name)


def test_lines_of_other_writers_are_no_news():
    assert of("START RequestId: 1\nhello\n\n\x00\n{}\n[]\n") == Partial()


def test_folders_and_packed_files_are_read_whole(tmp_path):
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "one.log").write_text(LINE)
    (tmp_path / "a" / "b" / "two").write_bytes(gzip.compress(activity("host", "resolve", "b.c")))
    partial = observe(lines(str(tmp_path)))
    assert {one.target for one in partial.activities("orders")} == {"/tmp/é", "b.c"}


def test_a_log_that_cannot_be_read_is_refused_by_name(tmp_path):
    broken = tmp_path / "cut.gz"
    broken.write_bytes(gzip.compress(random.Random(1).randbytes(9_000))[:4_000])
    for name in (str(tmp_path / "none"), str(broken), str(tmp_path)):
        with pytest.raises(LogError, match=r"none|cut\.gz"):
            list(lines(name))


TEXTS = b'HAUBERK1|"message": "|"events": |2026-11-23T19:11:00.123Z\t|{|}|[|]|,|\n|\\|"|\xff'
PIECES = st.sampled_from(
    (LINE.encode(), armed(), detection(), record("status"), *TEXTS.split(b"|"))
)


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES, max_size=12).map(b"".join) | st.binary(max_size=60))
def test_no_log_makes_the_learner_raise(content):
    partial = observe(io.BytesIO(content))
    assert partial.records >= 0
