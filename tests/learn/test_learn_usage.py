"""Records of how much is done in an invocation are read whole, or refused with the reason."""

import json

import pytest
from log_lines import usage

from hauberk.learn.records.message import Unreadable
from hauberk.learn.records.record import read_record

HOST = ("host", "resolve", "api.example.com")
MIB = 1 << 20

READ = [
    # kind, operation, target                     what is told
    (HOST, {"times": 1}),
    (HOST, {"times": 8}),
    (HOST, {"times": 1 << 20}),
    (HOST, {"bytes": 64 << 10}),
    (HOST, {"bytes": 16 * MIB}),
    (("file", "read", "/tmp/*"), {"times": 16}),
    (("api", "s3:GetObject", "*"), {"times": 16}),
    # what is not counted by itself
    (("host", "resolve", "*"), {"bytes": 64 << 10}),
    (("address", "connect", "*"), {"times": 8}),
    (("process", "start", "*"), {"times": 8}),
    (("file", "read", "*"), {"times": 8}),
    (("code", "load", "*"), {"times": 8}),
]
REFUSED = [
    # kind, operation, target                     what is told              why not
    (HOST, {}, "no number, or several"),
    (HOST, {"times": 8, "bytes": 64 << 10}, "no number, or several"),
    (HOST, {"times": 2}, "not a step"),
    (HOST, {"times": 24}, "not a step"),
    (HOST, {"times": 0}, "not a step"),
    (HOST, {"times": -8}, "not a step"),
    (HOST, {"times": True}, "not a step"),
    (HOST, {"times": 8.0}, "not a step"),
    (HOST, {"times": 1 << 63}, "not a step"),
    (HOST, {"bytes": 1}, "not a step"),
    (HOST, {"bytes": 128 << 10}, "not a step"),
    (HOST, {"bytes": "64"}, "not a step"),
    (("host", "read", "a"), {"times": 8}, "unknown operation"),
    (("house", "read", "a"), {"times": 8}, "unknown kind"),
    (("file", "read", "/tmp/a…"), {"times": 8}, "cut, masked or unwritable target"),
]  # fmt: skip


@pytest.mark.parametrize(("act", "number"), READ)
def test_what_the_guard_writes_is_read(act, number):
    record = read_record(json.loads(usage(*act, **number)))
    assert (record.activity, {record.measure.value: record.step}) == (act, number)


@pytest.mark.parametrize(("act", "number", "why"), REFUSED)
def test_what_it_does_not_write_is_refused(act, number, why):
    with pytest.raises(Unreadable, match=why):
        read_record(json.loads(usage(*act, **number)))
