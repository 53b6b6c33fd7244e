"""What code does in a sub-interpreter is judged as in the main one: one hook hears all of them.

The firewall and the flow rule are off: they would block the code before it runs.
"""

import pytest
from protected import oldest_and_newest, policy

pytestmark = oldest_and_newest
ACTS = [
    ("file", "open('/etc/hostname')"),
    ("file", "import posix; posix.listdir('/etc')"),
    ("process", "import posix; posix.system('id')"),
    ("process", "import posix; posix.posix_spawn('/bin/true', ['true'], {})"),
    ("address", "import socket; socket.socket().connect(('127.0.0.1', 9))"),
]


@pytest.fixture(scope="module")
def running(start):
    allowlist = {"file": [], "process": [], "address": []}
    signed = policy(allowlist=allowlist, protections={"firewall": "off", "flow": "off"})
    return start("subinterpreters", {"HAUBERK_POLICY": signed})


@pytest.mark.parametrize(("kind", "code"), ACTS)
def test_an_act_of_a_sub_interpreter_is_blocked(running, kind, code):
    seen = running.invoke({"code": code})
    assert f"blocked by Hauberk: unlisted-{kind}" in seen.value
    assert [record["detector"] for record in seen.detections] == [f"unlisted-{kind}"]


def test_what_is_allowed_there_runs(running):
    assert running.invoke({"code": "sum(range(9))"}).value == "None"
