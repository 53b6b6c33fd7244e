"""A log that nobody reads: the function goes on, and what the log could not take is counted and told."""

from __future__ import annotations

import json
import os
import shutil

import pytest
from protected import is_record, record_schema

PIPE_BUF = 4096
MANY = 30
LONGEST_WAIT_MS = 50
DETECT = {"HAUBERK_MODE": "detect"}
# Gives the function a log that stays open, whoever reads it or not.
TO_A_PIPE = '#!/bin/sh\nexec 2<>"$WORLD/log"\nexec "$@"\n'
TO_NOBODY = '#!/bin/bash\nexec 2> >(:)\nexec "$@"\n'


class Pipe:
    """The function's log, which is read when the test says so."""

    def __init__(self, path) -> None:
        os.mkfifo(path)
        self._descriptor = os.open(path, os.O_RDWR | os.O_NONBLOCK)

    def fill(self) -> None:
        with pytest.raises(BlockingIOError):
            while True:
                os.write(self._descriptor, b"x" * (PIPE_BUF - 1) + b"\n")

    def make_room(self, pages: int) -> None:
        for _ in range(pages):
            assert len(os.read(self._descriptor, PIPE_BUF)) == PIPE_BUF

    def lines(self) -> list[str]:
        """What is in the log and was not there before it was full; it is empty afterwards."""
        read = b""
        while True:
            try:
                read += os.read(self._descriptor, 1 << 16)
            except BlockingIOError:
                return [line for line in read.decode().splitlines() if not line.startswith("xx")]

    def records(self) -> list[dict]:
        lines = self.lines()
        assert all(map(is_record, lines))
        found = [json.loads(line) for line in lines]
        for record in found:
            record_schema().validate(record)
        return found

    def close(self) -> None:
        os.close(self._descriptor)


@pytest.fixture
def with_log(start, layer, tmp_path):
    """Starts the function with a log of the given kind; its first invocation is over."""

    def begun(wrapper):
        own = shutil.copytree(layer, tmp_path / "layer")
        (own / "first").write_text(wrapper)
        (own / "first").chmod(0o755)
        before = {"AWS_LAMBDA_EXEC_WRAPPER": "/opt/first"}
        return start("full_log", DETECT, own_layer=own, environment=before)

    return begun


@pytest.fixture
def unread(with_log):
    """The function with a log that nobody reads but the test."""
    pipes = []

    def begun():
        running = with_log(TO_A_PIPE)
        pipe = Pipe(running.outside / "log")
        pipes.append(pipe)
        assert running.invoke({}).answer.error is None
        return running, pipe

    yield begun
    for pipe in pipes:
        pipe.close()


def test_a_function_whose_log_is_full_goes_on_after_one_short_wait(unread):
    running, pipe = unread()
    assert [one.get("state") for one in pipe.records()][:1] == ["armed"]
    pipe.fill()
    first = running.invoke({"many": MANY, "name": "a"})
    assert first.value is None
    assert LONGEST_WAIT_MS * 0.9 < first.answer.duration_ms < LONGEST_WAIT_MS * MANY / 2
    more = [running.invoke({"many": MANY, "name": f"b{number}"}) for number in range(5)]
    assert all(seen.value is None for seen in more)
    assert min(seen.answer.duration_ms for seen in more) < LONGEST_WAIT_MS / 2


def test_an_invocation_waits_once_however_often_its_log_is_full(unread):
    running, pipe = unread()
    pipe.lines()
    pipe.fill()
    seen = running.invoke({"act": "room comes and goes"})
    assert seen.value is None
    assert seen.answer.duration_ms < LONGEST_WAIT_MS * 5
    records = pipe.records()
    assert sum(one.get("state") == "gap" for one in records) >= 5


def test_records_that_a_full_log_had_no_room_for_are_told_of_once_it_is_read(unread):
    running, pipe = unread()
    pipe.lines()
    pipe.fill()
    for name in ("a", "b"):
        running.invoke({"many": MANY, "name": name})
    assert pipe.records() == []
    running.invoke({})
    (told,) = pipe.records()
    assert (told["level"], told["state"], told["dropped"]) == ("ERROR", "gap", 2 * MANY)
    running.invoke({})
    assert pipe.records() == []


@pytest.mark.parametrize("pages", [1, 2, 3])
def test_each_record_is_in_the_log_or_counted_as_dropped(unread, pages):
    running, pipe = unread()
    pipe.lines()
    pipe.fill()
    pipe.make_room(pages)
    running.invoke({"many": MANY, "name": "a"})
    kept = pipe.records()
    assert 0 < len(kept) < MANY
    names = [one["target"].rpartition("/")[2] for one in kept]
    assert names == [f"a{number}" for number in range(len(kept))]
    running.invoke({"many": 2, "name": "b"})
    told, *after = pipe.records()
    assert told["dropped"] == MANY - len(kept)
    assert [one["target"].rpartition("/")[2] for one in after] == ["b0", "b1"]


def test_a_record_is_never_longer_than_a_pipe_takes_in_one_piece(unread):
    running, pipe = unread()
    pipe.lines()
    running.invoke({"act": "long"})
    (line,) = pipe.lines()
    assert PIPE_BUF / 2 < len(line) < PIPE_BUF
    start = json.loads(line)["target"].removesuffix("…")
    assert len(start) >= 300
    assert ("/tmp/" + "\x01" * 900).startswith(start)


def test_a_long_record_that_a_full_log_has_no_room_for_leaves_no_piece(unread):
    running, pipe = unread()
    pipe.lines()
    pipe.fill()
    running.invoke({"act": "long"})
    assert pipe.lines() == []
    assert running.invoke({"many": 1, "name": "b"}).value is None
    told, after = map(json.loads, pipe.lines())
    assert (told["state"], told["dropped"]) == ("gap", 1)
    assert after["target"].endswith("/b0")


def test_the_function_s_own_writes_to_its_log_wait_as_without_the_guard(unread):
    running, _ = unread()
    flags = running.invoke({"act": "flags"}).value
    assert flags & os.O_NONBLOCK == 0
    assert flags & os.O_ACCMODE == os.O_RDWR


def test_a_log_whose_reader_is_gone_ends_no_function(with_log):
    """Not even one that has itself ended when it writes to nobody."""
    running = with_log(TO_NOBODY)
    assert running.invoke({"act": "without a reader"}).value == "alive"
