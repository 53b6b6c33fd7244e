"""Records name the alias that an invocation came by, and nothing else that an ARN may end with."""

import json
import os
import subprocess
import sys

import pytest

pytest.importorskip("hauberk._native", reason="the native core is not built here")

from protected import record_schema

ARN = "arn:aws:lambda:eu-central-1:123456789012:function:orders"
PROGRAM = """
import sys
from hauberk.guard.start import start
start("/opt/hauberk")
from hauberk import _native
count = 0
def handle(*request):
    global count
    count += 1
    open(f"/tmp/{count}-of-{sys.argv[1]}", "w").close()
gate = _native.EventGate(lambda client, handler, *rest, **named: handler(), lambda *said: handle)
arn = sys.argv[2]
for given, named in (
    ((None, None, None, arn + ":live"), {}),
    ((None, None, None, arn + ":7"), {}),
    ((), {"invoked_function_arn": arn + ":canary"}),
    ((None, None, None, arn + ":$LATEST"), {}),
    ((None, None, None, None), {}),
    ((), {}),
    ((None, None, None, (arn + ":bytes").encode()), {}),
    ((None, None, None, arn + ":li ve"), {}),
):
    gate(None, handle, f"r{count}", b"{}", *given, **named)
"""


def test_each_record_of_an_invocation_names_its_alias_and_no_other_does(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(os.getpid()), ARN],
        env={**os.environ, "AWS_LAMBDA_FUNCTION_NAME": "orders"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    records = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
    for record in records:
        record_schema().validate(record)
    acts = [one for one in records if f"-of-{os.getpid()}" in one.get("target", "")]
    told = [(one["request_id"], one.get("alias")) for one in acts]
    assert told == [
        ("r0", "live"),
        ("r1", None),
        ("r2", "canary"),
        ("r3", None),
        ("r4", None),
        ("r5", None),
        ("r6", "bytes"),
        ("r7", None),
    ]
    assert [one.get("alias") for one in records if one["type"] == "status"] == [None]
