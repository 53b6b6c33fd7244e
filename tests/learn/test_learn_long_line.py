"""An answer of CloudWatch on one line is read whatever its size; other lines that are too long are not."""

import gzip
import io
import json
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from log_lines import END, START, STREAM, activity, armed

from hauberk.learn import believe, observe
from hauberk.learn.records.log import opened
from hauberk.learn.records.long_line import MOST_LINE_BYTES, TOO_LONG, answers
from hauberk.learn.records.message import Unreadable, reader

FEW = [armed(), START, activity("file", "read", "/tmp/first"), activity("host", "resolve", "é.com")]
REST = activity("file", "read", "/tmp/last")
OTHER = [b"what a function prints: \"[{}],'\\ " + b"x" * 900 + b"\n"]
MESSAGES = [one.decode() for one in (*FEW, *OTHER * 21_000, REST, END)]
STREAMED = [{"logStreamName": STREAM, "message": one, "timestamp": 1} for one in MESSAGES]
SEEN = {"/tmp/first", "é.com", "/tmp/last"}


def subscription(*, is_before):
    stream, events = {"logStream": STREAM}, {"logEvents": [{"message": one} for one in MESSAGES]}
    return {**stream, **events} if is_before else {**events, **stream}


LONG = {
    "FilterLogEvents": {"events": STREAMED, "searchedLogStreams": [], "nextToken": "n/1"},
    "GetLogEvents": {"nextForwardToken": "f/1", "events": [{"message": one} for one in MESSAGES]},
    "a list of events": STREAMED,
    "messages only": MESSAGES,
    "a subscription": subscription(is_before=True),
    "a subscription, sorted": subscription(is_before=False),
}
FIRST = b"".join(FEW)
NOT_READ = {
    # what is long and is none, the activities before it, and how often it is told
    "text in a log of text": FIRST + b"x" * MOST_LINE_BYTES + b"x\n",
    "an answer in a log of text": FIRST + json.dumps(LONG["FilterLogEvents"]).encode() + b"\n",
    "an event alone": FIRST + b'{"message":"' + b"x" * MOST_LINE_BYTES + b'"}\n',
}


def spoken(content, tmp_path):
    file = tmp_path / "one.log"
    file.write_bytes(content)
    (log,) = opened(str(file))
    return believe(observe(log))


def targets(profile):
    return {one.target for one in profile.activities("orders")}


@pytest.mark.parametrize("form", LONG)
@pytest.mark.parametrize("has_more", [False, True])
def test_an_answer_of_any_size_is_read(tmp_path, form, has_more):
    line = json.dumps(LONG[form]).encode()
    assert len(line) > MOST_LINE_BYTES
    more = activity("process", "start", "/bin/later").decode()
    event = [{"message": more, "logStreamName": STREAM}]
    content = line + b"\n" + json.dumps(event).encode() * has_more
    profile = spoken(content, tmp_path)
    assert targets(profile) == SEEN | ({"/bin/later"} if has_more else set())
    assert (profile.unreadable, profile.unbelieved) == ({}, 0)


def test_a_long_answer_behind_a_short_one_is_read_too(tmp_path):
    short = json.dumps({"events": STREAMED[:3]}).encode()
    content = short + b"\n" + json.dumps({"events": STREAMED[3:]}).encode()
    profile = spoken(gzip.compress(content, 1), tmp_path)
    assert (targets(profile), profile.unreadable) == (SEEN, {})


@pytest.mark.parametrize("form", NOT_READ)
def test_what_else_is_too_long_is_passed_by_and_counted(tmp_path, form):
    last = activity("file", "read", "/tmp/after")
    profile = spoken(NOT_READ[form] + last, tmp_path)
    assert targets(profile) == {"/tmp/first", "é.com", "/tmp/after"}
    assert profile.unreadable == {"too long": 1}


def test_what_an_answer_is_cut_off_in_is_counted(tmp_path):
    profile = spoken(json.dumps(LONG["FilterLogEvents"]).encode()[:-2_000], tmp_path)
    assert (targets(profile), profile.unreadable) == ({"/tmp/first", "é.com"}, {"too long": 1})


def test_a_long_answer_is_read_in_bounded_memory():
    def pieces():
        yield b'{"events":['
        yield from ((json.dumps({"message": "x" * 1_000_000}) + ",").encode() for _ in range(100))
        yield b"{}]}"

    of = pieces()
    tracemalloc.start()
    assert sum(map(len, answers(lambda: next(of, b"")))) > 100_000_000
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 24_000_000


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=6),
    lambda one: st.lists(one, max_size=3) | st.dictionaries(st.text(max_size=3), one, max_size=3),
    max_leaves=8,
)
EVENTS = st.lists(st.fixed_dictionaries({"message": st.text(max_size=9)}) | VALUES, max_size=6)
ANSWERS = EVENTS | st.dictionaries(st.text(max_size=3), VALUES, max_size=3).flatmap(
    lambda others: st.builds(
        lambda key, events: {**others, key: events},
        st.sampled_from(["events", "logEvents"]),
        EVENTS,
    )
)


@settings(max_examples=300, deadline=None)
@given(ANSWERS, st.booleans(), st.integers(1, 9), st.sampled_from(["", " ", "\t"]))
def test_its_lines_say_what_it_says(answer, is_ascii, step, space):
    separators = (f",{space}", f":{space}")
    line = json.dumps(answer, ensure_ascii=is_ascii, separators=separators).encode(
        errors="surrogatepass"
    )
    pieces = io.BytesIO(space.encode() + line + b"\n")
    lines = list(answers(lambda: pieces.read(step)))
    assert [event for one in lines for event in messages(one)] == messages(line)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=30) | st.sampled_from(['{"events":[{}],"events":[]}', "[1", "[]]", "{}"]))
def test_what_is_no_answer_ends_as_too_long_and_raises_nothing(content):
    content = content.encode() if isinstance(content, str) else content
    pieces = io.BytesIO(content)
    lines = list(answers(lambda: pieces.read(3)))
    try:
        is_answer = bool(json.loads(content)) and lines[-1:] != [TOO_LONG]
    except ValueError:
        is_answer = False
    assert is_answer or lines[-1:] == [TOO_LONG] or content.strip() == b"[]"
    assert not pieces.read()


def messages(line):
    try:
        return reader(b"[]")(line)
    except Unreadable:
        return None
