"""The variable's value: what was changed after the signature is noticed, in each part."""

import json
import zlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from hauberk.model.mode import OnError
from hauberk.policy import PolicyError, compile_policy, read, signing, unpack
from hauberk.policy.check import check
from hauberk.policy.envelope import MOST_DOCUMENT_BYTES, decoded, encoded, is_variable, seal
from hauberk.policy.file import from_bytes


@pytest.fixture
def variable(example, key):
    return compile_policy(read(example), "orders", key=key, now=1_790_000_000).variable


def deflated(text):
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    return encoded(deflate.compress(text) + deflate.flush())


def test_the_value_has_the_five_parts_of_the_architecture(variable, key):
    version, on_error, fingerprint, payload, signature = variable.split(".")
    public = signing.public_bytes(key.public_key())
    assert (version, on_error, fingerprint) == ("1", "open", signing.fingerprint(public))
    document = json.loads(zlib.decompress(decoded(payload), -15))
    assert decoded(document["key"]) == public
    key.public_key().verify(decoded(signature), variable.rpartition(".")[0].encode())


def test_an_untouched_value_is_signed(variable):
    unpacked = unpack(f"  {variable}\n")
    assert unpacked.is_signed
    assert unpacked.on_error is OnError.OPEN
    assert unpacked.size == len(variable)


def test_the_native_core_opens_what_is_sealed_here(variable):
    native = pytest.importorskip("hauberk._native", reason="the native core is not built here")
    document, fingerprint = native.open_policy(variable)
    assert json.loads(document) == unpack(variable).document
    assert fingerprint == unpack(variable).fingerprint


def test_another_key_cannot_sign_for_this_one(variable, key):
    other = Ed25519PrivateKey.generate()
    document = dict(unpack(variable).document)
    forged = seal(document, OnError.OPEN, other)
    assert unpack(forged).faults == (
        "its fingerprint is not that of its key",
        "its signature is wrong: it was changed after it was signed",
    )
    document["key"] = encoded(signing.public_bytes(other.public_key()))
    assert unpack(seal(document, OnError.OPEN, other)).fingerprint != unpack(variable).fingerprint


def with_a_last_digit_of_its_key(payload, digit):
    """Of the key's last digit two bits are left over; bytes that are sealed leave them empty."""
    document = json.loads(zlib.decompress(decoded(payload), -15))
    document["key"] = document["key"][:-1] + digit
    return deflated(json.dumps(document).encode())


TAMPERED = [
    # the part  what is made of it                      refused, or signed badly
    (0, lambda part: "2", "an unknown form"),
    (1, lambda part: "block", "its two `on_error` differ"),
    (1, lambda part: "shut", "an unknown form"),
    (2, lambda part: "0" * 32, "its fingerprint is not"),
    (2, lambda part: part.upper(), "its fingerprint is not"),
    (3, lambda part: part[:-4], "its payload"),
    (3, lambda part: part + "AAAA", "its payload is cut off or too large"),
    (3, lambda part: deflated(b"{}"), "not a compiled policy"),
    (3, lambda part: deflated(b"[" * 100_000), "its payload cannot be read"),
    (3, lambda part: deflated(b" " * (MOST_DOCUMENT_BYTES + 1)), "cut off or too large"),
    (3, lambda part: "=" + part, "its payload cannot be read"),
    (3, lambda part: "é", "its payload cannot be read"),
    (3, lambda part: "", "its payload"),
    (3, lambda part: with_a_last_digit_of_its_key(part, "_"), "its key cannot be read"),
    (4, lambda part: "A" * len(part), "its signature is wrong"),
    (4, lambda part: part + "=", "its signature is wrong"),
    (4, lambda part: "", "its signature is wrong"),
]


@pytest.mark.parametrize(("part", "change", "what"), TAMPERED)
def test_a_change_in_any_part_is_noticed(variable, part, change, what):
    parts = variable.split(".")
    parts[part] = change(parts[part])
    changed = ".".join(parts)
    (problem, *_) = check(changed.encode(), "-", 0).problems
    assert what in problem.what


def test_a_changed_payload_is_noticed_though_it_is_a_policy(variable):
    parts = variable.split(".")
    document = {**unpack(variable).document, "mode": "off"}
    parts[3] = deflated(json.dumps(document).encode())
    assert unpack(".".join(parts)).faults == (
        "its signature is wrong: it was changed after it was signed",
    )


def test_a_value_without_signature_is_refused(variable):
    with pytest.raises(PolicyError, match="not signed"):
        unpack(variable.rpartition(".")[0])


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_no_single_changed_character_passes(data):
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    policy = from_bytes(b"hauberk: 1\nfunctions: {a: {mode: prevent}}", "p")
    value = compile_policy(policy, "a", key=key, now=1).variable
    at = data.draw(st.integers(0, len(value) - 1))
    other = data.draw(st.sampled_from("AZaz09-_.=").filter(lambda one: one != value[at]))
    changed = value[:at] + other + value[at + 1 :]
    assert check(changed.encode(), "-", 0).problems or not is_variable(changed.encode())


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40) | st.lists(st.text("1.openblck_-A", max_size=9)).map(".".join))
def test_any_value_is_read_or_refused(text):
    try:
        unpack(text)
    except PolicyError as error:
        assert error.problems[0].remedy


@pytest.mark.parametrize(("now", "is_stale"), [(1_814_399_999, False), (1_814_400_000, True)])
def test_a_policy_is_stale_after_its_last_day(variable, now, is_stale):
    told = " ".join(one.what for one in check(variable.encode(), "-", now).problems)
    assert ("in force, but stale" in told) is is_stale
