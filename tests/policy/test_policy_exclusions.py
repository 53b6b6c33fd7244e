"""Exclusions silence a detector where their paths say, in real events, and nowhere else."""

import base64
import json

import pytest

from hauberk.policy import compile_policy
from hauberk.policy.file import from_bytes

native = pytest.importorskip("hauberk._native", reason="the native core is not built here")

ATTACK = "1' UNION SELECT password FROM users --"


def sqs(*bodies):
    return {"Records": [{"eventSource": "aws:sqs", "body": json.dumps(body)} for body in bodies]}


def kinesis(value):
    data = base64.b64encode(json.dumps(value).encode()).decode()
    return {"Records": [{"eventSource": "aws:kinesis", "kinesis": {"data": data}}]}


ROWS = [
    # the exclusion's path              the event                                  is it silent?
    ("Records[*].body→$.q", sqs({"q": ATTACK}), True),
    ("Records[*].body→$.q", sqs({"a": 1}, {"b": 2}, {"q": ATTACK}), True),
    ("Records[0].body→$.q", sqs({"a": "x"}, {"q": ATTACK}), False),
    ("Records[*].body→$.q", sqs({"p": ATTACK}), False),
    ("Records[*].body→$.q", sqs({"q": "x", "p": ATTACK}), False),
    ("Records[*].body→$.filters[*].value", sqs({"filters": [{}, {"value": ATTACK}]}), True),
    ("Records[*].body→$.filters[*].value", sqs({"filters": [{}, {"values": ATTACK}]}), False),
    ("Records[*].kinesis.data→base64→$.q", kinesis({"q": ATTACK}), True),
    ("Records[*].kinesis.data→base64→$.q", kinesis({"p": ATTACK}), False),
    ("Records[*].kinesis.data→**", kinesis({"q": ATTACK}), True),
    ("body→$.q", {"body": json.dumps({"q": ATTACK})}, True),
    ("body→$.q", {"body": json.dumps({"a": {"q": ATTACK}})}, False),
    ("body→$.**", {"body": json.dumps({"a": {"q": ATTACK}})}, True),
    ("queryStringParameters.q", {"queryStringParameters": {"q": ATTACK}}, True),
    ("queryStringParameters.q", {"queryStringParameters": {"q2": ATTACK}}, False),
    ("**", {"anything": ATTACK}, True),
]


@pytest.mark.parametrize(("path", "event", "is_silent"), ROWS)
def test_an_exclusion_is_for_its_path(path, event, is_silent, key):
    exclusion = {
        "name": "ours",
        "detector": "sql-injection",
        "path": path,
        "patterns": ["**"],
        "scope": "account",
    }
    text = json.dumps({"hauberk": 1, "functions": {"a": {}}, "exclusions": [exclusion]})
    policy = compile_policy(from_bytes(text.encode(), "p"), "a", key=key, now=0).text
    said = native.Inspector(policy).inspect(json.dumps(event).encode())[1]
    found = [one["detector"] for one in said if one["detector"] == "sql-injection"]
    assert found == ([] if is_silent else ["sql-injection"])
