"""What the guard costs those who are not attacked: no log line, no module that it need not load."""

import json

import pytest
from protected import oldest_and_newest, policy

pytestmark = oldest_and_newest
CODE = """
import json, os, sqlite3, subprocess, urllib.parse

def handler(event, context):
    with open("/tmp/orders", "a") as file:
        file.write(event["q"])
    with sqlite3.connect("/tmp/orders.db") as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS orders (name)")
        connection.execute("INSERT INTO orders VALUES (?)", (event["q"],))
    if event["n"] % 50 == 0:
        subprocess.run(["true"])
    return {"statusCode": 200, "body": json.dumps(event)}
"""
EVENTS = [
    {"n": n, "q": text, "path": f"/orders/{n}", "headers": {"user-agent": "Mozilla/5.0 (X11)"}}
    for n, text in enumerate(
        ["blue shoes", "O'Hara", "a/b", "page 3 of 5", "50% off; today", "naïve ☕"] * 34
    )
]
ALLOWED = {
    "process": [{"target": "**/true"}],
    "file": [{"target": "/tmp/orders*"}, {"target": "**/orders*"}],
    "host": [],
    "address": [],
    "api": [],
    "code": [],
}


@pytest.mark.parametrize(
    "settings",
    [
        {"HAUBERK_MODE": "detect"},
        {"HAUBERK_MODE": "prevent"},
        {"HAUBERK_POLICY": policy(allowlist=ALLOWED)},
    ],
    ids=["detect", "prevent", "allowlist"],
)
def test_200_clean_warm_invocations_write_no_byte(start, settings):
    running = start(CODE, settings)
    first = running.invoke(EVENTS[0])
    assert first.answer.error is None
    assert len(first.statuses) == 1
    assert len(EVENTS) > 200
    for event in EVENTS[1:]:
        seen = running.invoke(event)
        assert (seen.own_log, seen.record_lines) == ("", []), event
        assert json.loads(seen.value["body"]) == event


MODULES = """
import sys
INIT = set(sys.modules)

def handler(event, context):
    for name in event:
        __import__(name)
    return [sorted(INIT), sorted(set(sys.modules) - INIT)]
"""
OURS = {
    f"hauberk{name}"
    for name in (
        "",
        "._native",
        ".guard",
        ".guard.aws_wire",
        ".guard.start",
        ".guard.fence",
        ".guard.imports",
        ".guard.runtime",
        ".guard.sinks",
    )
}
# What starting a program in a program's place needs: `runpy` and its own imports.
TO_START = {"runpy", "pkgutil", "importlib.util", "importlib.machinery", "importlib._abc"} | {
    "_posixsubprocess"  # where it is built in, which costs nothing
}
# What looks for the guard's own objects, and what sends: built in, or there before the handler is.
TO_KEEP = {"gc", "_socket"}
# What reading a `.pth` loads, whosever it is.
TO_READ_PTH = {"_bootlocale", "encodings.utf_8_sig"}


def modules(start, settings, wanted):
    return [set(names) for names in start(MODULES, settings).invoke(wanted).value]


def test_the_guard_loads_its_own_modules_and_what_starts_the_runtime(start):
    plain, _ = modules(start, None, [])
    guarded, _ = modules(start, {"HAUBERK_MODE": "prevent"}, [])
    assert plain <= guarded
    assert guarded - plain <= OURS | TO_START | TO_KEEP | TO_READ_PTH
    assert guarded >= OURS


LATER = [
    # imported    the guard's part for it
    ("socket", {"hauberk.guard.hosts"}),
    ("sqlite3", {"hauberk.guard.held", "hauberk.guard.sql"}),
    ("json", set()),
    ("ssl", {"hauberk.guard.hosts"}),
    (
        "boto3",
        {
            f"hauberk.guard.{part}"
            for part in ("aws_api", "held", "hosts", "http_clients", "xml_parsers")
        },
    ),
]


@pytest.mark.parametrize(("name", "parts"), LATER)
def test_a_part_of_the_guard_is_loaded_with_what_it_watches(start, python, name, parts):
    _, plain = modules(start, None, [name])
    _, guarded = modules(start, {"HAUBERK_MODE": "prevent"}, [name])
    already = OURS | TO_START | TO_KEEP
    if "3.9" in str(python.get("python", "")) and "hauberk.guard.http_clients" in parts:
        already |= {"hauberk.guard.sent"}  # http.client tells the audit hook nothing there
    assert {one for one in guarded - plain if one not in already} == parts
    assert plain <= guarded | already | {"typing"}
