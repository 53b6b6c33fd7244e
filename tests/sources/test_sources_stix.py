"""Indicators of STIX count where an address alone meets their pattern, and while they are valid."""

import pytest
from stix_bundle import bundle, indicator

from hauberk.sources import read_list

NOW = 1_795_651_200  # 2026-11-26

PATTERNS = [
    # the pattern                                                   the addresses that meet it
    ("[ipv4-addr:value = '203.0.113.7']", ["203.0.113.7"]),
    ("[ipv4-addr:value = '203.0.113.0/24']", ["203.0.113.0/24"]),
    ("[ipv4-addr:value ISSUBSET '203.0.113.0/24']", ["203.0.113.0/24"]),
    ("[ipv6-addr:value='2001:db8::1']", ["2001:db8::1"]),
    ("[ipv4-addr:value IN ('203.0.113.7', '203.0.113.8')]", ["203.0.113.7", "203.0.113.8"]),
    (
        "[ipv4-addr:value = '203.0.113.7' OR ipv6-addr:value = '2001:db8::1']",
        ["203.0.113.7", "2001:db8::1"],
    ),
    (
        "[ipv4-addr:value = '203.0.113.7'] OR [ipv4-addr:value = '203.0.113.8']",
        ["203.0.113.7", "203.0.113.8"],
    ),
    ("([ipv4-addr:value = '203.0.113.7'])", ["203.0.113.7"]),
    ("[domain-name:value = 'x.example' OR ipv4-addr:value = '203.0.113.7']", ["203.0.113.7"]),
    ("[file:hashes.'SHA-256' = 'ab' OR ipv4-addr:value = '203.0.113.7']", ["203.0.113.7"]),
    ("[domain-name:value = '203.0.113.7']", []),
    ("[url:value = 'http://203.0.113.7/' OR domain-name:value = 'a']", []),
    ("[ipv4-addr:value != '203.0.113.7']", []),
    ("[ipv4-addr:value NOT = '203.0.113.7']", []),
    ("[ipv4-addr:value ISSUPERSET '203.0.113.0/24']", []),
    ("[ipv4-addr:value LIKE '203.0.113.%']", []),
    ("[ipv4-addr:value = '203.0.113.7' AND network-traffic:dst_port = 80]", []),
    ("[ipv4-addr:value = '203.0.113.7'] AND [domain-name:value = 'a']", []),
    ("[ipv4-addr:value = '203.0.113.7'] FOLLOWEDBY [ipv4-addr:value = '203.0.113.8']", []),
    ("[ipv4-addr:value = '203.0.113.7'] REPEATS 5 TIMES WITHIN 60 SECONDS", []),
    (
        "[ipv4-addr:value = '203.0.113.7'] START t'2026-01-01T00:00:00Z' STOP t'2026-02-01T00:00:00Z'",
        [],
    ),
    ("[domain-name:value = 'ipv4-addr:value = \\'203.0.113.7\\'']", []),
    ("", []),
    ("'" * 100_000, []),
    ("[ipv4-addr:value = '203.0.113.7'" + " OR ipv4-addr:value = '203.0.113.7'" * 5_000 + "]", []),
]


@pytest.mark.parametrize(("pattern", "addresses"), PATTERNS)
def test_a_pattern_gives_addresses_where_an_address_alone_meets_it(pattern, addresses):
    imported = read_list(bundle(indicator(pattern)).encode(), "list", NOW)
    assert imported.prefixes == addresses
    assert imported.left_out == ({} if addresses else {"not met by an address alone": 1})


INDICATORS = [
    # what the indicator says of itself                       why it is left out
    ({}, None),
    ({"revoked": True}, "revoked"),
    ({"revoked": False}, None),
    ({"valid_until": "2026-11-25T00:00:00Z"}, "expired"),
    ({"valid_until": "2026-12-25T00:00:00Z"}, None),
    ({"valid_from": "2026-12-25T00:00:00Z"}, "not yet valid"),
    ({"valid_from": "2026-10-25T00:00:00Z"}, None),
    ({"pattern_type": "snort"}, "in another language"),
    ({"indicator_types": ["benign"]}, "benign"),
    ({"indicator_types": ["malicious-activity"]}, None),
    ({"type": "observed-data"}, "no indicator"),
]


@pytest.mark.parametrize(("more", "reason"), INDICATORS)
def test_an_indicator_counts_while_it_is_valid(more, reason):
    text = bundle({**indicator("[ipv4-addr:value = '203.0.113.7']"), **more})
    imported = read_list(text.encode(), "list", NOW)
    assert imported.prefixes == ([] if reason else ["203.0.113.7"])
    assert imported.left_out == ({reason: 1} if reason else {})


def test_the_last_version_of_an_indicator_counts():
    old = indicator("[ipv4-addr:value = '203.0.113.7']")
    new = {**old, "modified": "2026-11-21T00:00:00.000Z", "revoked": True}
    for objects in ((old, new), (new, old)):
        assert read_list(bundle(*objects).encode(), "list", NOW).prefixes == []
