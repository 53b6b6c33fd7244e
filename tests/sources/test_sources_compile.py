"""Lists are compiled into one set, which is refused with its line where it would deny too much."""

import json

import pytest

from hauberk.sources import SourceError, compile_lists, is_compiled, read_list

native = pytest.importorskip("hauberk._native", reason="the native core is not built here")

NOW = 1_795_651_200  # 2026-11-26
DAY = 86_400
WARNING_LIST = json.dumps({"name": "resolvers", "type": "cidr", "list": ["203.0.113.53"]})


def listed(text, name="list"):
    return read_list(text.encode(), name, NOW)


def compiled(*texts, without=(), **options):
    lists = [listed(text, f"list{number}") for number, text in enumerate(texts)]
    exceptions = [listed(text, "exceptions") for text in without]
    return compile_lists(lists, exceptions, now=NOW, **options)


def stix(*patterns):
    return json.dumps({"objects": [{"type": "indicator", "pattern": one} for one in patterns]})


ANSWERS = [
    # the lists                              without           an address        the prefix that it is in
    (["203.0.113.0/24"], [], "203.0.113.7", "203.0.113.0/24"),
    (["203.0.113.0/24"], [], "203.0.114.7", None),
    (["203.0.113.0/25\n203.0.113.128/25"], [], "203.0.113.7", "203.0.113.0/24"),  # merged
    (["203.0.113.0/25", "203.0.113.128/25"], [], "203.0.113.7", "203.0.113.0/24"),
    (["203.0.113.9/24"], [], "203.0.113.7", "203.0.113.0/24"),  # bits beyond the length
    (["2001:db8::/32"], [], "2001:db8:1::1", "2001:db8::/32"),
    (["203.0.113.0/24"], [WARNING_LIST], "203.0.113.53", None),
    (["203.0.113.0/24"], [WARNING_LIST], "203.0.113.54", "203.0.113.54/31"),
    (["203.0.113.7\n10.0.0.0/8"], [], "10.1.2.3", None),  # not public
    (["203.0.113.7\n::1"], [], "::1", None),
    (
        [
            stix(
                "[ipv4-addr:value = '203.0.113.7']",
                "[ipv4-addr:value LIKE '203.%']",
                "[url:value = 'x']",
                "[url:value = 'y']",
            )
        ],
        [],
        "203.0.113.7",
        "203.0.113.7",
    ),  # half is understood; the others are not of addresses
]


@pytest.mark.parametrize(("texts", "without", "address", "prefix"), ANSWERS)
def test_a_compiled_list_holds_what_its_lists_hold(texts, without, address, prefix):
    done = compiled(*texts, without=without)
    assert is_compiled(done.content)
    assert native.SourceList(done.content).prefix_of(address) == prefix


def test_private_addresses_are_kept_when_asked_for():
    assert compiled("10.0.0.0/8\n203.0.113.7").special == 1
    done = compiled("10.0.0.0/8", private=True)
    assert native.SourceList(done.content).prefix_of("10.1.2.3") == "10.0.0.0/8"
    assert done.about["unusual"] == ["private"]


REFUSED = [
    # the lists                              list, line, what, remedy
    (["203.0.113.7\n\n0.0.0.0/0"], "list0:3", "0.0.0.0/0 would deny", "`--unsafe-deny-most`"),
    (["203.0.113.7", "# x\n::/0"], "list1:2", "::/0 would deny", "`--unsafe-deny-most`"),
    (["203.0.113.7/3"], "list0:1", "203.0.113.7/3 would deny", "correct it"),
    (["203.0.113.7\n203.0.113.256"], "list0:2", "not an IP address", "write an IP"),
    (["203.0.113.0/33"], "list0:1", "not an IP address", "write an IP"),
    (["x" * 10_000], "list0:1", "not an IP address", "write an IP"),
    (["example.com"], "list0:1", "not an IP address", "write an IP"),
    ([json.dumps({"objects": [{"type": "indicator", "pattern": "[ipv4-addr:value = '1.1.1.1\\n2.2.2.2']"}]})],
     "list0:1", "not an IP address", "write an IP"),  # two lines in one address
    (["\n".join(f"{n}.0.0.0/8" for n in range(1, 200))], "list0", "half of the internet", "deny-most"),
    ([WARNING_LIST], "list0", "names harmless addresses", "`--without` it"),
    ([""], "list0", "holds no address", "fetch the list again; `hauberk sources compile --unsafe-incomplete`"),
    (["203.0.113.7", " \n\t\n"], "list1", "holds no address", "--unsafe-incomplete"),
    (["# firehol_level1\n; 0 entries\n"], "list0", "holds no address", "--unsafe-incomplete"),
    ([stix("[domain-name:value = 'x']")], "list0", "no address (left out: 1 not met by", "--unsafe-incomplete"),
    ([stix("[ipv4-addr:value = '203.0.113.7']", *["[ipv4-addr:value LIKE '203.%']"] * 2)],
     "list0", "mostly not understood: 2 indicators", "--unsafe-incomplete"),
]  # fmt: skip


@pytest.mark.parametrize(("texts", "where", "what", "remedy"), REFUSED)
def test_a_list_that_cannot_be_meant_is_refused_with_place_and_remedy(texts, where, what, remedy):
    with pytest.raises(SourceError) as refused:
        compiled(*texts)
    assert str(refused.value).startswith(f"{where}: ")
    assert what in refused.value.what
    assert remedy in refused.value.remedy
    assert len(str(refused.value)) < 300


def test_a_fault_of_an_exception_is_told_with_its_own_place():
    with pytest.raises(SourceError, match="exceptions:2: not an IP address"):
        compiled("203.0.113.7", without=["203.0.113.8\nx"])


def test_exceptions_that_say_nothing_are_refused_too():
    with pytest.raises(SourceError, match="exceptions: holds no address; fetch the list again"):
        compiled("203.0.113.7", without=["# cut off"])


def test_an_empty_list_is_taken_only_by_a_name_that_says_so():
    done = compiled("", unsafe_incomplete=True)
    assert done.about["unusual"] == ["incomplete"]
    assert native.SourceList(done.content).size[:2] == (0, 0)


def test_everything_is_denied_only_by_a_name_that_says_so():
    done = compiled("0.0.0.0/0", unsafe_most=True)
    assert done.about["unusual"] == ["most"]
    assert native.SourceList(done.content).prefix_of("8.8.8.8") is not None
    assert native.SourceList(done.content).prefix_of("10.0.0.1") is None


def test_a_compiled_list_says_of_what_it_was_made_and_of_when():
    drop = "; Last-Modified: Fri, 20 Nov 2026 12:00:00 GMT\n203.0.113.0/24"
    done = compiled("198.51.100.7", drop, without=["203.0.113.9"])
    about = json.loads(native.SourceList(done.content).about)
    assert about == {
        "made": NOW,
        "of": [
            {"name": "list0", "format": "plain", "stated": None, "prefixes": 1},
            {"name": "list1", "format": "plain", "stated": 1_795_176_000, "prefixes": 1},
        ],
        "without": ["exceptions"],
    }
    read = native.SourceList(done.content)
    assert (read.day, read.age_days(NOW), read.age_days(NOW + 2 * DAY)) == ("2026-11-20", 5, 7)


def test_what_was_changed_is_no_compiled_list():
    content = compiled("203.0.113.0/24\n2001:db8::/32").content
    for broken in (content[:-1], content + b"x", content[:30], b"", b"x" + content):
        with pytest.raises(ValueError, match="hauberk sources compile"):
            native.SourceList(broken)
