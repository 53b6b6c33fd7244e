"""How often a function does a thing in one invocation, and how much it sends, is told where a policy asks for it."""

import pytest
from certificates import server_context
from protected import oldest_and_newest, policy
from test_credentials_sent import Sink

pytestmark = oldest_and_newest
MIB = 1 << 20
SIZE = MIB + MIB // 4
WAYS = ("posted", "posted_file", "encrypted", "streamed", "by_descriptor", "datagrams")
NAMES = ("look-up.example", "look-up-in-threads.example", "a.example")
HOSTS = {f"{way.replace('_', '-')}.example": f"127.0.0.{20 + n}" for n, way in enumerate(WAYS)}
HOSTS |= dict.fromkeys(NAMES, "127.0.0.19")
LISTED = {
    "host": [{"operation": "*", "target": "**"}],
    "address": [{"operation": "*", "target": "*"}],
    "file": [{"operation": "*", "target": "/**"}],
    "process": [],
    "code": [{"operation": "*", "target": "**"}],
    "api": [],
}


@pytest.fixture(scope="module")
def sinks(tmp_path_factory):
    made = {
        False: Sink(),
        True: Sink(server_context("a.example", tmp_path_factory.mktemp("tls") / "both.pem")),
    }
    yield made
    for one in made.values():
        one.close()


@pytest.fixture(scope="module", autouse=True)
def names(has_namespace):
    if not has_namespace:
        pytest.skip("without a mount namespace the names that are asked for are not to be had")


@pytest.fixture(scope="module")
def counting(start):
    settings = {"HAUBERK_POLICY": policy(mode="detect", learn_usage=True)}
    return start("usage", settings, hosts=HOSTS, timeout_s=30)


def told(seen, target):
    """What is told of a target, in the order of the log."""
    of = [one for one in seen.of_type("usage") if one["target"] == target]
    return [one.get("times") or one["bytes"] for one in of]


ROWS = [
    # way, how often in each invocation, what is told of it each time
    ("look_up", [7, 7, 8, 100, 100, 128], [[], [], [8], [16, 32, 64], [], [128]]),
    ("look_up_in_threads", [20, 20], [[8, 16], []]),
]


@pytest.mark.parametrize(("way", "times", "expected"), ROWS)
def test_a_rate_is_told_in_the_invocation_that_reaches_it(counting, way, times, expected):
    name = f"{way.replace('_', '-')}.example"
    for count, steps in zip(times, expected, strict=True):
        seen = counting.invoke({"way": way, "name": name, "times": count})
        assert told(seen, name) == steps, seen.answer.log
        assert seen.answer.error is None
        for one in seen.of_type("usage"):
            assert (
                one["request_id"] == seen.activities[0]["request_id"] if seen.activities else True
            )
            assert any("app.py:" in frame for frame in one["stack"])


def test_files_of_a_folder_are_counted_together(counting):
    seen = counting.invoke({"way": "write", "times": 40})
    assert told(seen, "/tmp/*") == [8, 16, 32]


@pytest.mark.parametrize("way", WAYS)
def test_bytes_are_told_of_the_host_whichever_way_they_go(counting, sinks, way):
    host = f"{way.replace('_', '-')}.example"
    port = sinks[way in ("encrypted", "streamed")].port
    seen = counting.invoke({"way": way, "host": host, "port": port, "size": SIZE})
    assert seen.answer.error is None, seen.answer.log
    sent = [one["bytes"] for one in seen.of_type("usage") if "bytes" in one]
    assert sent == [one for one in told(seen, host) if one >= 1 << 16] and sent[-1] == MIB, sent
    again = counting.invoke({"way": way, "host": host, "port": port, "size": SIZE})
    assert [one for one in again.of_type("usage") if "bytes" in one] == []


def test_where_all_is_listed_the_first_time_is_told_and_nothing_of_it_again(start):
    settings = {"HAUBERK_POLICY": policy(mode="prevent", learn_usage=True, allowlist=LISTED)}
    running = start("usage", settings, hosts=HOSTS, timeout_s=30)
    first = running.invoke({"way": "look_up", "name": "a.example", "times": 1})
    assert first.answer.error is None and not first.activities
    assert told(first, "a.example") == [1]
    assert (
        told(running.invoke({"way": "look_up", "name": "a.example", "times": 1}), "a.example") == []
    )
    assert told(
        running.invoke({"way": "look_up", "name": "a.example", "times": 9}), "a.example"
    ) == [8]


def test_a_policy_that_does_not_ask_has_nothing_told(start):
    running = start("usage", {"HAUBERK_POLICY": policy(mode="detect")}, hosts=HOSTS, timeout_s=30)
    for times in (1, 100):
        seen = running.invoke({"way": "look_up", "name": "a.example", "times": times})
        assert seen.of_type("usage") == []
