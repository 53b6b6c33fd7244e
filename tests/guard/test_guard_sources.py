"""Lists of sources in a running guard: in force with their age, or a gap that is told; never nothing."""

import json
import os
import subprocess
import sys
import time

import pytest

native = pytest.importorskip("hauberk._native", reason="the native core is not built here")

from protected import KEY, record_schema  # noqa: E402 - as above

from hauberk.policy import compile_policy, read  # noqa: E402
from hauberk.sources import compile_lists, read_list  # noqa: E402

PROGRAM = """
import sys
from hauberk.guard.start import start
start("/opt/hauberk")
from hauberk import _native
def handle(*request):
    print("ran")
def refuse(reason, response):
    return lambda *request: print("refused", reason)
gate = _native.EventGate(lambda client, handler, *rest: handler(), refuse)
gate(None, handle, "request-1", b'{"requestContext": {"http": {"sourceIp": "203.0.113.7"}}}')
"""
DAY = 86_400


def run(tmp_path, spoil=None, age_days=0, sources="at: PATH"):
    """The output and the records of a guarded process whose policy names a list."""
    made = int(time.time()) - age_days * DAY
    imported = read_list(b"203.0.113.0/24", "bad", made)
    path = tmp_path / "bad.sources"
    path.write_bytes(compile_lists([imported], now=made).content)
    where = f", at: {path}" if sources else ""
    file = tmp_path / "hauberk.yaml"
    file.write_text(
        "hauberk: 1\nfunctions: {f: {mode: prevent}}\n"
        f"sources: {{lists: [{{file: bad.sources{where}}}]}}\n"
    )
    variable = compile_policy(read(file), "f", key=KEY, now=int(time.time())).variable
    if spoil:
        spoil(path)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, "HAUBERK_POLICY": variable, "AWS_LAMBDA_FUNCTION_NAME": "f"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    records = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
    for record in records:
        record_schema().validate(record)
    return done.stdout, records


@pytest.mark.parametrize("sources", ["at: PATH", ""])
def test_a_list_denies_from_the_start_and_its_age_is_told(tmp_path, sources):
    out, (armed, detection) = run(tmp_path, age_days=2, sources=sources)
    assert (
        armed["message"] == "prevent: armed; denied sources: bad.sources (1 prefixes, 2 days old)"
    )
    assert armed["coverage"].get("sources.bad.sources") == ("armed" if sources else None)
    assert out.startswith(
        "refused malicious-source: the caller 203.0.113.7 is on the list bad.sources of 20"
    )
    assert detection["input"] == {"path": "requestContext.http.sourceIp", "excerpt": "203.0.113.7"}
    assert detection["verdict"] == "block"


def test_a_stale_list_is_said_and_stays_in_force(tmp_path):
    out, (armed, _) = run(tmp_path, age_days=31)
    assert "31 days old, stale but in force" in armed["message"]
    assert out.startswith("refused")


def pipe(path):
    path.unlink()
    os.mkfifo(path)


SPOILED = [
    ("missing", lambda path: path.unlink(), "No such file"),
    ("altered", lambda path: path.write_bytes(path.read_bytes() + b"x"), "SHA-256"),
    ("a directory", lambda path: (path.unlink(), path.mkdir()), "it is no file"),
    ("a pipe", pipe, "it is no file"),
]


@pytest.mark.parametrize(("why", "spoil", "said"), SPOILED, ids=[row[0] for row in SPOILED])
def test_a_list_that_cannot_be_used_is_a_gap_and_the_function_runs(tmp_path, why, spoil, said):
    out, (armed, gap) = run(tmp_path, spoil)
    assert out == "ran\n"
    assert armed["coverage"]["sources.bad.sources"].startswith("gap: ")
    assert said in armed["coverage"]["sources.bad.sources"]
    assert (gap["state"], gap["type"]) == ("gap", "status")
    assert "sources.bad.sources denies nobody" in gap["message"]
    assert said in gap["message"]
