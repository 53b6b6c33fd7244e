"""An address is a host's if a look-up of the host gave it, and by nobody's word besides."""

import socket
import threading

import pytest
from protected import oldest_and_newest, policy

ALLOWLIST = {"host": [{"operation": "resolve", "target": "localhost"}], "address": []}
STRICT = {"HAUBERK_POLICY": policy(mode="prevent", allowlist=ALLOWLIST)}
# What each answers to who tries it: no such thing, or no error.
LIES = {
    "of_a_lambda": ["TypeError"],
    "of_another_builtin": ["TypeError"],
    "of_a_module_of_its_name": ["TypeError"],
    "of_another_function_of_the_module": ["TypeError"],
    "by_a_call_of_its_name": ["AttributeError"],
    "told_after_a_call": [],
    "behind_the_guards": [],
    "changed_answer": [],
    "armed_again": ["TypeError"],
}


@pytest.fixture(scope="module")
def port():
    """Who listens at every address of this machine."""
    with socket.create_server(("0.0.0.0", 0)) as listener:
        threading.Thread(target=_accepting, args=[listener], daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


def _accepting(listener):
    try:
        while True:
            listener.accept()[0].close()
    except OSError:
        return


@oldest_and_newest
@pytest.mark.parametrize("act", LIES)
def test_what_code_says_vouches_for_nothing(start, port, act):
    running = start("vouching", STRICT)
    asked = {"act": act, "port": port, "addresses": ["127.0.0.2"]}
    assert running.invoke(asked).value == [*LIES[act], "ConnectionRefusedError"]
    # The guard has put back what was changed by now.
    after = {**asked, "act": "nothing"}
    assert running.invoke(after).value == ["ConnectionRefusedError"]


ELSEWHERE = {
    "below_a_domain": "localhost.other.test",
    "by_an_alias": "hostaliases=/tmp/aliases",
    "name_of_an_address": "2001:db8::736f:6d65",
    "name_of_an_end": "198.51.100.7",
}


@oldest_and_newest
@pytest.mark.parametrize("act", ELSEWHERE)
def test_what_a_look_up_asks_besides_is_judged(start, port, act):
    seen = start("vouching", STRICT).invoke(
        {"act": act, "port": port, "addresses": [], "asks": False}
    )
    assert seen.value == ["gaierror"], seen.answer.log
    told = [one["target"] for one in seen.detections]
    assert [one.lower() for one in told] == [ELSEWHERE[act]]


@oldest_and_newest
def test_this_machines_own_name_is_asked_of_nobody(start, port):
    asked = {"act": "name_of_this_machine", "port": port, "addresses": [], "asks": False}
    seen = start("vouching", STRICT).invoke(asked)
    assert seen.value == []
    assert seen.detections == []


@oldest_and_newest
def test_what_a_look_up_answers_does(start, port):
    running = start("vouching", STRICT)
    asked = {"act": "nothing", "port": port, "addresses": ["127.0.0.1", "127.0.0.2"]}
    assert running.invoke({**asked, "asks": False}).value == ["ConnectionRefusedError"] * 2
    assert running.invoke(asked).value == ["connected", "ConnectionRefusedError"]


DENIED = {"name": "no", "kind": "address", "patterns": ["127.0.0.2"], "scope": "account"}


@oldest_and_newest
def test_a_rule_about_an_address_is_kept_where_its_name_is_connected_to(start, port, has_namespace):
    """The guard sees the name alone, whose verdict its addresses have; the second wall sees the address."""
    if not has_namespace:
        pytest.skip("without a mount namespace the name is not to be had")
    allowlist = {"host": [{"operation": "resolve", "target": "db.example"}], "address": []}
    asked = {"act": "nothing", "port": port, "addresses": ["db.example"], "asks": False}
    for rules, answer in (([], "connected"), ([DENIED], "ConnectionRefusedError")):
        text = policy(mode="prevent", allowlist=allowlist, document={"rules": rules})
        running = start("vouching", {"HAUBERK_POLICY": text}, hosts={"db.example": "127.0.0.2"})
        seen = running.invoke(asked)
        assert seen.value == [answer], seen.answer.log
        told = [(one["detector"], one["target"]) for one in seen.detections]
        assert told == [("denied-address", f"127.0.0.2:{port}")] * len(rules)
