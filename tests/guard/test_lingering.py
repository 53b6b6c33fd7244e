"""What runs on, or acts, when the response is out is told of; what functions keep for the next event is not."""

import time

import pytest
from protected import oldest_and_newest, policy

STAY = (
    *("child_stays", "forked_stays", "daemon_stays", "shell_leaves_one"),
    "one_of_the_init_starts_one",
)
DO_NOT_STAY = (
    *(
        "waited_for",
        "not_waited_for",
        "resource_tracker",
        "slow_tracker",
        "fork_server",
        "waiting_thread",
    ),
    *("those_of_the_init_begin", "idle_pool", "sleeping_thread", "refreshing_timer", "nothing"),
)
BROUGHT_IN = {
    "thread_of_text": "<string>",
    "thread_of_text_itself": "<string>",
    "thread_of_written_file": "/brought.py",
    "pool_of_text": "<string>",
}
ACT = {
    "writes": ("file", "write"),
    "starts": ("process", "start"),
    "connects": ("address", "connect"),
    "sends": ("address", "send"),
    "looks_up": ("host", "resolve"),
    "forked_write": ("file", "write"),
}
DO_NOT_ACT = ("reads", "sends_to_daemon", "connects_to_agent", "exports")
WAITED_FOR = (*ACT, *DO_NOT_ACT)
DETECTORS = ("outlives-invocation", "acts-after-response")


def told(*invocations):
    found = [one for seen in invocations for one in seen.detections]
    return [one for one in found if one["detector"] in DETECTORS]


def outliving(*invocations):
    return [one for one in told(*invocations) if one["detector"] == "outlives-invocation"]


def afterwards(running, act):
    """What is said until the next event but one, once what the function left is done."""
    done = running.outside / "done"
    done.unlink(missing_ok=True)
    seen = [running.invoke(act)]
    limit = time.monotonic() + 5
    while time.monotonic() < limit and act in STAY and not outliving(*seen):  # slow to begin
        seen.append(running.invoke("nothing"))
    while time.monotonic() < limit and act in WAITED_FOR and not done.exists():
        time.sleep(0.02)
    return [*seen, running.invoke("nothing"), running.invoke("nothing")]


@pytest.fixture(scope="module")
def running(start):
    """In prevent, with no list of any kind yet: what lingers is told of, and not stopped."""
    return start("lingering", {"HAUBERK_POLICY": policy(mode="prevent")})


@oldest_and_newest
@pytest.mark.parametrize("act", STAY)
def test_a_process_that_outlives_its_invocation_is_told_of_once(start, act):
    running = start("lingering", {"HAUBERK_POLICY": policy(mode="prevent")})
    seen = afterwards(running, act)
    assert {one.answer.error for one in seen} == {None}
    # One that is slow to begin may also be told of as it begins, after the response.
    (found,) = outliving(*seen)
    assert found in told(*seen[1:]), "when the next event begins, or the one after it"
    assert found["verdict"] == "alert"


@oldest_and_newest
@pytest.mark.parametrize("act", DO_NOT_STAY)
def test_what_has_ended_or_is_kept_for_all_is_not(running, act):
    assert told(*afterwards(running, act)) == []


@oldest_and_newest
@pytest.mark.parametrize("act", BROUGHT_IN)
def test_a_thread_that_runs_on_with_code_that_was_brought_in_is_told_of_once(start, act):
    running = start("lingering", {"HAUBERK_POLICY": policy(mode="prevent")})
    running.invoke("nothing")  # what was there before the first event is for all that comes
    first, *others = afterwards(running, act)
    (found,) = outliving(first, *others)
    assert found in outliving(others[0]), "when the next event begins"
    assert (found["verdict"], found["protection"]) == ("alert", "lambda")
    assert found["reason"].endswith(BROUGHT_IN[act])
    assert found["stack"]


@oldest_and_newest
@pytest.mark.parametrize("act", ACT)
def test_an_act_after_the_response_is_told_of(start, act):
    running = start("lingering", {"HAUBERK_POLICY": policy(mode="prevent")})
    found = [
        one for one in told(*afterwards(running, act)) if one["detector"] == "acts-after-response"
    ]
    assert {(one["kind"], one["operation"]) for one in found} >= {ACT[act]}
    assert {one["verdict"] for one in found} == {"alert"}


@oldest_and_newest
@pytest.mark.parametrize("act", DO_NOT_ACT)
def test_telemetry_and_what_only_reads_is_not(running, act):
    seen = afterwards(running, act)
    assert [one for one in told(*seen) if "/done" not in one["target"]] == []


def test_what_a_list_names_may_be_done_at_any_time(start):
    lists = {"file": [{"operation": "*", "target": "/tmp/world/**"}]}
    running = start("lingering", {"HAUBERK_POLICY": policy(mode="prevent", allowlist=lists)})
    assert told(*afterwards(running, "writes")) == []


def test_a_program_may_be_excluded(start):
    exclusion = {
        "name": "browser",
        "detector": "outlives-invocation",
        "path": "**",
        "patterns": ["**/sleep"],
        "scope": "account",
    }
    document = {"exclusions": [exclusion]}
    running = start("lingering", {"HAUBERK_POLICY": policy(document=document)})
    assert told(*afterwards(running, "child_stays")) == []
