"""What a person wrote survives learning, to the last comment; learning twice changes nothing."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from log_lines import STREAM, activity, armed, record, shown

from hauberk.learn import propose
from hauberk.learn.edit import edited
from hauberk.model.kind import Kind
from hauberk.policy.file import Entry, from_bytes
from hauberk.policy.yaml_text import flow
from hauberk.policy.yaml_tree import parse

PERSONS = """\
# Our shop. Ask Ada before you change it.
hauberk: 1

functions:
  payments:          # not in these logs
    mode: prevent
    allowlist: {host: [{target: bank.example.com}]}

  orders:
    mode: prevent    # since May
    tags: {team: shop}
    allowlist:
      # thumbnails
      process:
        - {target: /var/task/bin/thumbnail, origin: person}   # ours
      host: []       # nothing allowed
      code:
      - target: "numpy.**"
        origin: code

rules:
  - {name: no-curl, kind: process, patterns: ["**/curl"], scope: account}   # never
exclusions: [{name: e, kind: file, patterns: ["/tmp/r-*"], scope: {function: orders}}]
sources: {deny: [203.0.113.0/24]}
"""

LEARNED = """\
# Our shop. Ask Ada before you change it.
hauberk: 1

functions:
  payments:          # not in these logs
    mode: prevent
    allowlist: {host: [{target: bank.example.com}]}

  orders:
    mode: prevent    # since May
    tags: {team: shop}
    allowlist:
      # thumbnails
      process:
        - {target: /var/task/bin/thumbnail, origin: person}   # ours
        - {target: /usr/bin/convert, origin: runtime}
      host:
        - {target: "api.example.com", origin: runtime}       # nothing allowed
      code:
      - target: "numpy.**"
        origin: code
      - {operation: unpickle, target: "decimal.Decimal", origin: runtime}
      file:
        - {operation: read, target: /tmp/a, origin: runtime}
      api: []
      address: []

rules:
  - {name: no-curl, kind: process, patterns: ["**/curl"], scope: account}   # never
exclusions: [{name: e, kind: file, patterns: ["/tmp/r-*"], scope: {function: orders}}]
sources: {deny: [203.0.113.0/24]}
"""

LINES = [
    armed(),
    activity("process", "start", "/usr/bin/convert"),
    activity("process", "start", "/var/task/bin/thumbnail"),
    activity("host", "resolve", "api.example.com"),
    activity("code", "unpickle", "decimal.Decimal"),
    activity("file", "read", "/tmp/a"),
]

LAYOUTS = [
    # a file of another layout                            is it rewritten whole?
    ("hauberk: 1", False),
    ("hauberk: 1\n", False),
    ("hauberk: 1  # new\n\n# end\n", False),
    ("hauberk: 1\nfunctions: {}\n", False),
    ("hauberk: 1\nfunctions: {payments: {mode: off}}\n", False),
    ("hauberk: 1\nfunctions:\n  orders: {}\n", False),
    ("hauberk: 1\nfunctions:\n  orders: {mode: off, allowlist: {file: []}}  # x\n", False),
    ("hauberk: 1\nfunctions:\n  orders:\n    mode: off", False),
    ("hauberk: 1\nfunctions:\n  orders:\n    allowlist: {}\n    mode: off\n", False),
    ("hauberk: 1\nfunctions:\n    orders:\n        allowlist:\n            file: []\n", False),
    ('{"hauberk": 1, "functions": {"orders": {"allowlist": {"file": []}}}}', True),
    ("{hauberk: 1}", True),
    ("hauberk: 1\r\nfunctions:\r\n  orders:\r\n    mode: off\r\n", False),
]


def learned(text, lines=LINES, **options):
    content = None if text is None else text.encode()
    existing = from_bytes(content, "p") if content else None
    return edited(content, "p", propose(shown(lines), existing, **options))


def test_a_new_file_holds_all_six_kinds():
    text = learned(None).text
    (function,) = from_bytes(text.encode(), "p").functions
    assert set(function.allowlist) == set(Kind)
    assert function.allowlist[Kind.ADDRESS] == ()
    assert text.startswith("hauberk: 1\n\nfunctions:\n  orders:\n    mode: detect\n")


def test_new_entries_go_in_and_every_other_line_stays():
    change = learned(PERSONS)
    assert change.text == LEARNED
    assert not change.is_rewritten


def test_learning_twice_changes_nothing():
    for start in (None, PERSONS):
        once = learned(start).text
        assert learned(once).text == once


@pytest.mark.parametrize(("text", "is_rewritten"), LAYOUTS)
def test_any_layout_takes_new_entries(text, is_rewritten):
    before = parse(text.encode(), "p").value
    change = learned(text)
    after = parse(change.text.encode(), "p").value
    policy = from_bytes(change.text.encode(), "p")
    (orders,) = (one for one in policy.functions if one.name == "orders")
    assert orders.allowlist[Kind.FILE] == (Entry("read", "/tmp/a", "runtime"),)
    assert change.is_rewritten is is_rewritten
    held = before.get("functions", {})
    assert [one.key for one in policy.functions][: len(held)] == list(held)
    for key, body in held.items():
        kept = {name: one for name, one in after["functions"][key].items() if name != "allowlist"}
        assert kept == {name: one for name, one in body.items() if name != "allowlist"}
    comments = [line.partition("#")[2] for line in text.splitlines() if "#" in line]
    assert all(one in change.text for one in comments)
    assert learned(change.text).text == change.text


CRLF = [
    PERSONS,
    '{"hauberk": 1, "functions": {"orders": {"allowlist": {"file": []}}}}\n',
    "hauberk: 1\n",
]


@pytest.mark.parametrize("text", CRLF)
def test_lines_end_as_they_did(text):
    change, dos = learned(text), learned(text.replace("\n", "\r\n"))
    assert dos.text == change.text.replace("\n", "\r\n")
    assert dos.is_rewritten is change.is_rewritten
    assert "\r" not in change.text


def test_lines_that_end_in_two_ways_are_left_alone():
    mixed = PERSONS.replace("\n", "\r\n", 5)
    lines = learned(mixed).text.split("\n")
    assert [line for line in lines if line.endswith("\r")] == mixed.split("\n")[:5]


def test_a_function_under_its_arn_is_not_written_twice():
    arn = "arn:aws:lambda:eu-west-1:123456789012:function:orders"
    text = learned(f"hauberk: 1\nfunctions:\n  {arn}:\n    mode: prevent\n").text
    (function,) = from_bytes(text.encode(), "p").functions
    assert function.key == arn
    assert function.allowlist[Kind.FILE]


def test_several_functions_are_learned_at_once():
    lines = [*LINES, armed("mail"), activity("host", "resolve", "b.c", function="mail")]
    policy = from_bytes(learned(PERSONS, lines).text.encode(), "p")
    assert [one.name for one in policy.functions] == ["payments", "orders", "mail"]
    assert not learned(PERSONS, lines).is_rewritten


def test_later_logs_add_to_what_was_learned():
    first = learned(None, [armed(), activity("file", "read", "/tmp/a")]).text
    second = learned(first, [armed(), activity("file", "read", "/tmp/b")]).text
    (function,) = from_bytes(second.encode(), "p").functions
    assert [entry.target for entry in function.allowlist[Kind.FILE]] == ["/tmp/a", "/tmp/b"]


HELD = [
    # what a list holds                  what is done                 what is added
    ({"target": "/tmp/o-*.json"}, ["/tmp/o-3.json"], []),
    ({"target": "/tmp/o-*.json"}, [f"/tmp/o-{n}.json" for n in range(5)], []),
    ({"target": "/tmp/**"}, ["/tmp/o-3.json", "/tmp/a/b"], []),
    ({"target": "/tmp/o-*.json", "operation": "read"}, ["/tmp/o-3.json"], ["/tmp/o-3.json"]),
    ({"target": "/tmp/o-?.json"}, ["/tmp/o-30.json"], ["/tmp/o-30.json"]),
    ({"target": "/tmp/*"}, ["/tmp/a/b", "/tmp/c"], ["/tmp/a/b"]),
    ({"target": "/tmp/o-1.json"}, [f"/tmp/o-{n}.json" for n in range(5)], ["/tmp/o-*.json"]),
]  # fmt: skip


@pytest.mark.parametrize(("held", "done", "added"), HELD)
def test_what_an_entry_allows_is_not_added_beside_it(held, done, added):
    text = f"hauberk: 1\nfunctions: {{orders: {{allowlist: {{file: [{flow(held)}]}}}}}}\n"
    lines = [armed(), *(activity("file", "write", one) for one in done)]
    (function,) = from_bytes(learned(text, lines).text.encode(), "p").functions
    assert [one.target for one in function.allowlist[Kind.FILE]][1:] == added


def test_a_host_that_an_entry_allows_is_not_added_in_other_case():
    text = "hauberk: 1\nfunctions: {orders: {allowlist: {host: [{target: '*.Example.com'}]}}}\n"
    lines = [
        armed(),
        activity("host", "resolve", "api.example.com"),
        activity("host", "resolve", "b.c"),
    ]
    (function,) = from_bytes(learned(text, lines).text.encode(), "p").functions
    assert [one.target for one in function.allowlist[Kind.HOST]][1:] == ["b.c"]


def test_a_kind_that_was_not_watched_goes_on_learning():
    lines = [armed(api="gap: broken"), activity("file", "read", "/tmp/a")]
    (function,) = from_bytes(learned(None, lines).text.encode(), "p").functions
    assert Kind.API not in function.allowlist
    assert Kind.HOST in function.allowlist


def test_only_seen_writes_only_what_was_seen():
    (function,) = from_bytes(learned(None, only_seen=True).text.encode(), "p").functions
    assert set(function.allowlist) == {Kind.PROCESS, Kind.HOST, Kind.CODE, Kind.FILE}


def test_a_function_that_was_never_armed_is_named():
    refused = record("status", "", "mail", state="refused", message="", stream=STREAM)
    seen = activity("file", "read", "/a", function="mail")
    proposal = propose(shown([*LINES, refused, seen]), None)
    assert proposal.unarmed == ("mail",)


def test_nothing_is_learned_of_an_attacked_invocation():
    attacked = activity("process", "start", "/usr/bin/id", request="bad", attacked=True)
    (function,) = propose(
        shown([attacked, *LINES[:1], activity("file", "read", "/tmp/a")]), None
    ).functions
    assert (function.dropped, function.attacked, function.new[Kind.PROCESS]) == (1, 1, ())


ODD = st.text("ab\u2028\u0085 :#-\\\"'*", max_size=8)


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30) | ODD)
def test_any_word_is_written_as_it_is_read(word):
    text = f"a: {flow(word)}\nb: [{flow(word)}, 1]\n"
    assert parse(text.encode(), "p").value == {"a": word, "b": [word, 1]}
