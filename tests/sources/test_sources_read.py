"""Each form of list gives its addresses, says what it leaves out, and is refused with place and remedy."""

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stix_bundle import bundle, indicator

from hauberk.sources import MOST_BYTES, Form, SourceError, read_list

NOW = 1_795_651_200  # 2026-11-26
FIREHOL = """\
#
# firehol_level1
#
# ipv4 hash:net ipset
# Maintainer      : FireHOL
# Source File Date: Fri Nov 20 12:00:00 UTC 2026
# This File Date  : Fri Nov 20 12:10:00 UTC 2026
# Entries         : 3 subnets, 5 unique IPs
#
203.0.113.0/24
198.51.100.7
192.0.2.0/31
"""
DROP_TEXT = """\
; Spamhaus DROP List 2026/11/20 - (c) 2026 The Spamhaus Project
; Last-Modified: Fri, 20 Nov 2026 12:00:00 GMT
; Expires: Sat, 21 Nov 2026 12:00:00 GMT
203.0.113.0/24 ; SBL256893
2001:db8::/32 ; SBL286275
"""
DROP_JSON = """\
{"cidr":"203.0.113.0/24","sblid":"SBL256894","rir":"apnic"}
{"cidr":"2001:db8::/32","sblid":"SBL256895","rir":"ripencc"}
{"type":"metadata","timestamp":1795176000,"size":2,"records":2,"copyright":"(c)","terms":"t"}
"""
PLAIN = """\
# ours
203.0.113.7   # scanner
  198.51.100.0/24\t; hoster

2001:db8::1\r
"""


def attribute(kind, value, **more):
    return {"type": kind, "value": value, "to_ids": True, **more}


def event(*attributes, **more):
    return {
        "Event": {
            "info": "i",
            "publish_timestamp": "1795176000",
            "Attribute": list(attributes),
            **more,
        }
    }


STATED = 1_795_176_000  # what all of these state
LISTS = [
    # the list         its form      its addresses
    (PLAIN, Form.PLAIN, ["203.0.113.7", "198.51.100.0/24", "2001:db8::1"]),
    (FIREHOL, Form.PLAIN, ["203.0.113.0/24", "198.51.100.7", "192.0.2.0/31"]),
    (DROP_TEXT, Form.PLAIN, ["203.0.113.0/24", "2001:db8::/32"]),
    (DROP_JSON, Form.SPAMHAUS, ["203.0.113.0/24", "2001:db8::/32"]),
    ("", Form.PLAIN, []),
    ("\ufeff203.0.113.7\n", Form.PLAIN, ["203.0.113.7"]),
    (bundle(indicator("[ipv4-addr:value = '203.0.113.7']")), Form.STIX, ["203.0.113.7"]),
    (json.dumps(event(attribute("ip-src", "203.0.113.7"))), Form.MISP, ["203.0.113.7"]),
    (json.dumps([event(attribute("ip-dst", "203.0.113.7"))]), Form.MISP, ["203.0.113.7"]),
    (
        json.dumps({"response": [event(attribute("ip-src|port", "203.0.113.7|80"))]}),
        Form.MISP,
        ["203.0.113.7"],
    ),
    (
        json.dumps({"response": {"Attribute": [attribute("ip-dst|port", "2001:db8::1|80")]}}),
        Form.MISP,
        ["2001:db8::1"],
    ),
    (
        json.dumps(
            event(Object=[{"name": "o", "Attribute": [attribute("ip-src", "203.0.113.7")]}])
        ),
        Form.MISP,
        ["203.0.113.7"],
    ),
    (
        json.dumps(
            {"name": "Known resolvers", "type": "cidr", "version": 1, "list": ["192.0.2.1"]}
        ),
        Form.WARNING_LIST,
        ["192.0.2.1"],
    ),
]


@pytest.mark.parametrize(("text", "form", "addresses"), LISTS)
def test_a_list_is_recognised_and_read(text, form, addresses):
    imported = read_list(text.encode(), "list", NOW)
    assert (imported.form, imported.prefixes) == (form, addresses)
    assert len(imported.places) == len(addresses)


@pytest.mark.parametrize("text", [FIREHOL, DROP_TEXT, DROP_JSON, LISTS[6][0], LISTS[7][0]])
def test_a_list_says_of_when_it_is(text):
    assert read_list(text.encode(), "list", NOW).stated == STATED


def test_a_list_that_does_not_say_of_when_it_is_says_nothing():
    assert read_list(PLAIN.encode(), "list", NOW).stated is None


ATTRIBUTES = [
    # the attribute                                             why it is left out
    (attribute("ip-src", "203.0.113.7"), None),
    (attribute("ip-src", "203.0.113.7", to_ids=False), "not for detection (to_ids)"),
    (attribute("ip-src", "203.0.113.7", to_ids="1"), None),
    (attribute("ip-src", "203.0.113.7", deleted=True), "deleted"),
    (attribute("domain|ip", "a.example|203.0.113.7"), "no address"),
    (attribute("comment", "203.0.113.7"), "no address"),
    (attribute("ip-src", 7), "no address"),
]


@pytest.mark.parametrize(("one", "reason"), ATTRIBUTES)
def test_an_attribute_counts_where_it_is_for_detection(one, reason):
    imported = read_list(json.dumps(event(one)).encode(), "list", NOW)
    assert imported.prefixes == ([] if reason else ["203.0.113.7"])
    assert imported.left_out == ({reason: 1} if reason else {})


REFUSED = [
    # the list                                          line  what, remedy
    (b"203.0.113.7 80\n", 1, "more than one word", "one address"),
    (b"# x\n\n203.0.113.7 bad host\n", 3, "more than one word", "one address"),
    (b"203.0.113.7\n\xff\xfe\n", 2, "not UTF-8", "plain text"),
    (b"\x1f\x8b\x08\x00", 0, "compressed by gzip", "gunzip"),
    (b"<!DOCTYPE html><html>", 0, "a page, not a list", "fetch"),
    (b"{", 1, "not JSON", "fetch"),
    (b'{\n"a": 1,\n}', 3, "not JSON", "fetch"),
    (b"[" * 100_000, 0, "JSON", "plain text"),
    (b'{"a": 1}', 0, "JSON of an unknown form", "plain text"),
    (b"[1, 2]", 0, "JSON of an unknown form", "plain text"),
    (b"[]", 0, "JSON of an unknown form", "plain text"),
    (b'{"cidr":"203.0.113.0/24"}\n{"type":"metadata","records":2}', 0, "cut off: 1 of 2", "fetch"),
    (b'{"cidr":"203.0.113.0/24"}\n{"cidr":"203.0.1', 2, "not JSON", "fetch"),
    (b'{"cidr":"203.0.113.0/24"}\n{"sblid":"x"}', 2, "neither `cidr`", "fetch"),
    (b'{"0a": {"info": "i", "Orgc": {}, "timestamp": 1}}', 0, "table of contents", "events"),
    (b"x" * (MOST_BYTES + 1), 0, "longer than 64 MB", "split"),
]


@pytest.mark.parametrize(("content", "line", "what", "remedy"), REFUSED)
def test_a_list_that_cannot_be_read_is_refused_with_place_and_remedy(content, line, what, remedy):
    with pytest.raises(SourceError) as refused:
        read_list(content, "list", NOW)
    assert refused.value.line == line
    assert what in refused.value.what
    assert remedy in refused.value.remedy
    assert str(refused.value).startswith(f"list:{line}: " if line else "list: ")


def test_the_form_may_be_given():
    assert read_list(DROP_TEXT.encode(), "list", NOW, Form.PLAIN).prefixes
    with pytest.raises(SourceError, match="not JSON"):
        read_list(PLAIN.encode(), "list", NOW, Form.STIX)
    with pytest.raises(SourceError, match="no warning list"):
        read_list(b"{}", "list", NOW, Form.WARNING_LIST)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200), st.sampled_from([None, *Form]))
def test_any_bytes_are_a_list_or_refused(content, form):
    try:
        read_list(content, "list", NOW, form)
    except SourceError as refused:
        assert refused.remedy


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=8)
    | st.just("[ipv4-addr:value = '::1']"),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "objects",
                    "Event",
                    "Attribute",
                    "Object",
                    "type",
                    "pattern",
                    "list",
                    "name",
                    "value",
                    "id",
                    "modified",
                    "to_ids",
                    "response",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@settings(max_examples=300, deadline=None)
@given(JSON, st.sampled_from([None, Form.STIX, Form.MISP, Form.WARNING_LIST]))
def test_any_json_is_a_list_or_refused(document, form):
    try:
        read_list(json.dumps(document).encode(), "list", NOW, form)
    except SourceError as refused:
        assert refused.remedy


def test_a_long_list_takes_time_in_proportion():
    lines = b"203.0.113.7 ; SBL1\n"
    started = time.process_time()
    assert len(read_list(lines * 200_000, "list", NOW).prefixes) == 200_000
    assert time.process_time() - started < 10
