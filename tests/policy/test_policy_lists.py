"""Lists of sources come with the policy, or are named by it and pinned."""

import hashlib
import os

import pytest

from hauberk.policy import PolicyError, compile_policy, read, shape, unpack
from hauberk.policy.check import check

native = pytest.importorskip("hauberk._native", reason="the native core is not built here")

from hauberk.sources import compile_lists, read_list  # noqa: E402 - needs the native core

NOW = 1_795_651_200


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "bad.txt").write_text("203.0.113.0/24\n")
    os.utime(tmp_path / "bad.txt", (NOW - 3 * 86_400, NOW - 3 * 86_400))
    imported = read_list(b"198.51.100.0/24", "all", NOW)
    (tmp_path / "all.sources").write_bytes(compile_lists([imported], now=NOW).content)
    (tmp_path / "long.txt").write_text(
        "\n".join(f"{11 + n % 180}.{n >> 8}.{n & 255}.{n % 251}" for n in range(60_000))
    )
    return tmp_path


def policy(folder, sources):
    file = folder / "hauberk.yaml"
    file.write_text(f"hauberk: 1\nfunctions: {{a: {{mode: prevent}}}}\nsources:\n{sources}")
    return file


def compiled(folder, sources, key):
    return compile_policy(read(policy(folder, sources)), "a", key=key, now=NOW)


def verdict(document, address, lists=()):
    event = b'{"requestContext": {"http": {"sourceIp": "%s"}}}' % address.encode()
    return native.Inspector(document, list(lists)).inspect(event)[0]


def test_a_small_list_comes_with_the_policy(folder, key):
    done = compiled(folder, "  lists: [{file: bad.txt}]\n  allow: [203.0.113.7]", key)
    shape.validator("policy").validate(done.document)
    (one,) = done.document["sources"]["lists"]
    assert set(one) == {"name", "packed"}
    assert one["name"] == "bad.txt"
    assert len(done.variable) < 1_000
    opened, _ = native.open_policy(done.variable)
    assert [verdict(opened, one) for one in ("203.0.113.8", "203.0.113.7", "192.0.2.1")] == [
        "block",
        "allow",
        "allow",
    ]
    assert unpack(done.variable).is_signed


def test_a_list_that_does_not_say_of_when_it_is_is_as_old_as_its_file(folder, key):
    import base64  # noqa: PLC0415

    done = compiled(folder, "  lists: [{file: bad.txt}]", key)
    (one,) = done.document["sources"]["lists"]
    assert native.SourceList(base64.b64decode(one["packed"])).age_days(NOW) == 3


def test_a_large_list_is_named_with_its_place_and_hash(folder, key):
    lists = "  lists: [{file: all.sources, name: drop, at: /opt/lists/all.sources}]"
    done = compiled(folder, lists, key)
    shape.validator("policy").validate(done.document)
    content = (folder / "all.sources").read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    assert done.document["sources"]["lists"] == [
        {"name": "drop", "path": "/opt/lists/all.sources", "sha256": digest}
    ]
    assert verdict(done.text, "198.51.100.1", [content]) == "block"
    assert verdict(done.text, "198.51.100.1") == "allow"
    assert native.Inspector(done.text).missing_lists == ["drop"]
    assert native.Inspector(done.text, [content]).missing_lists == []


def test_proxies_and_ages_are_compiled(folder, key):
    done = compiled(folder, "  trusted_proxies: [198.51.100.0/24]\n  stale_after_days: 7", key)
    shape.validator("policy").validate(done.document)
    assert done.document["sources"] == {
        "deny": [],
        "allow": [],
        "trusted_proxies": ["198.51.100.0/24"],
        "stale_after_days": 7,
    }
    native.Judge(done.text)


REFUSED = [
    # under `sources`                                            line, what, remedy
    ("  lists: [{file: none.txt}]", 4, "list none.txt: no such file", "beside this file"),
    ("  lists:\n    - {file: bad.txt}\n    - {file: long.txt}", 6, "too many for a policy", "`at`"),
    ("  lists: [{file: bad.txt, at: /opt/bad}]", 4, "not compiled cannot be deployed", "compile"),
    ("  lists: [{file: bad.txt}, {file: x/bad.txt}]", 4, "names two lists", "`name`"),
    ("  lists: [{file: bad.txt, at: opt}]", 4, "has the wrong form", "like"),
    ("  lists: [bad.txt]", 4, "where keys with values is expected", "write keys"),
    ("  trusted_proxies: [0.0.0.0/0]", 4, "say who called", "own networks"),
    ("  trusted_proxies: [10.0.0.1/8]", 4, "bits set", "`10.0.0.0/8`"),
    ("  stale_after_days: 0", 4, "out of range", "at least 1"),
]


@pytest.mark.parametrize(("sources", "line", "what", "remedy"), REFUSED)
def test_a_mistake_about_sources_is_told_with_line_and_remedy(
    sources, line, what, remedy, folder, key
):
    with pytest.raises(PolicyError) as refused:
        compiled(folder, sources, key)
    (problem, *_) = refused.value.problems
    assert problem.line == line
    assert what in problem.what
    assert remedy in problem.remedy


def test_a_fault_in_a_list_is_told_with_the_lists_own_line(folder, key):
    (folder / "bad.txt").write_text("203.0.113.7\nnowhere\n")
    with pytest.raises(PolicyError, match=r"bad\.txt:2: not an IP address"):
        compiled(folder, "  lists: [{file: bad.txt}]", key)


def test_denying_everybody_is_warned_of(folder):
    file = policy(folder, "  deny: [0.0.0.0/0]\n  allow: [203.0.113.7]")
    (warning,) = check(file.read_bytes(), str(file), NOW).warnings
    assert "denies a large part of the internet" in warning.what
