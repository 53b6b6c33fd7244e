"""What a person puts into a policy or takes out of it changes no other line."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hauberk.model.kind import Kind
from hauberk.policy import PolicyError
from hauberk.policy.amend import with_entry, with_named, without_entry, without_named
from hauberk.policy.file import from_bytes
from hauberk.policy.yaml_tree import parse

HEAD = "# shop\nhauberk: 1\nfunctions:\n  orders:\n    mode: prevent  # since May\n"
ENTRY = {"operation": "read", "target": "/new", "origin": "person"}
ENTRY_LINE = "{operation: read, target: /new, origin: person}"
RULE = {"name": "r", "kind": "host", "patterns": ["a"], "scope": "account"}
RULE_LINE = "{name: r, kind: host, patterns: [a], scope: account}"

ADDED = [
    # of the function, before                                after
    ("    allowlist:\n      file:\n        - {target: /a}  # one\n# end\n",
     f"    allowlist:\n      file:\n        - {{target: /a}}  # one\n        - {ENTRY_LINE}\n# end\n"),
    ("    allowlist:\n      file:\n      - target: /a\n        origin: code\n\nrules: []\n",
     f"    allowlist:\n      file:\n      - target: /a\n        origin: code\n      - {ENTRY_LINE}\n\nrules: []\n"),
    ("    allowlist:\n      file: []  # none\n      host: []\n",
     f"    allowlist:\n      file:\n        - {ENTRY_LINE}  # none\n      host: []\n"),
    ("    allowlist: {file: [], host: []}  # x\n",
     f"    allowlist:\n      file:\n        - {ENTRY_LINE}\n      host: []  # x\n"),
    ("    tags: {a: b}\n", f"    tags: {{a: b}}\n    allowlist:\n      file:\n        - {ENTRY_LINE}\n"),
    ("    allowlist:\n      file:\n        - target: |\n            /a\n      host: []\n",
     None),  # a text over lines, which ends with a line break: refused before it is changed
]  # fmt: skip


@pytest.mark.parametrize(("before", "after"), ADDED)
def test_an_entry_goes_in_and_every_other_line_stays(before, after):
    content = (HEAD + before).encode()
    place = ("orders", Kind.FILE)
    if after is None:
        with pytest.raises(PolicyError):
            with_entry(content, "p", place, ENTRY, begins=True)
        return
    change = with_entry(content, "p", place, ENTRY, begins=True)
    assert (change.text, change.is_rewritten) == (HEAD + after, False)
    again = with_entry(change.text.encode(), "p", place, ENTRY, begins=False)
    assert again.text == change.text
    taken = without_entry(change.text.encode(), "p", place, ENTRY)
    assert ENTRY_LINE not in taken.text
    value = parse(taken.text.encode(), "p").value["functions"]["orders"]["allowlist"]
    held = parse(content, "p").value["functions"]["orders"].get("allowlist", {})
    assert value == {**held, "file": held.get("file", [])}


REMOVED = [
    # the list                                                          without /a
    ("        - {target: /a}   # a\n        # of b\n        - {target: /b}\n",
     "        # of b\n        - {target: /b}\n"),
    ("        - target: /b\n        # of a\n        - target: /a\n          origin: code\n",
     "        - target: /b\n        # of a\n"),
    ("        -\n          target: /a\n        - {target: /b}\n", None),  # the dash has a line of its own
    ("        - {target: /b}\n        - {target: \"/a\",\n           origin: code}  # c\n",
     "        - {target: /b}\n"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after"), REMOVED)
def test_an_entry_goes_out_and_every_other_line_stays(before, after):
    head = HEAD + "    allowlist:\n      file:\n"
    content = (head + before + "# end\n").encode()
    change = without_entry(content, "p", ("orders", Kind.FILE), {"target": "/a"})
    (orders,) = from_bytes(change.text.encode(), "p").functions
    assert [one.target for one in orders.allowlist[Kind.FILE]] == ["/b"]
    assert change.text.startswith(HEAD)
    assert change.text.endswith("# end\n")
    if after is not None:
        assert (change.text, change.is_rewritten) == (head + after + "# end\n", False)


def test_the_last_entry_leaves_an_empty_list_and_no_learning_kind():
    text = (
        HEAD + "    allowlist:\n      file:      # files\n        - {target: /a}\n      host: []\n"
    )
    change = without_entry(text.encode(), "p", ("orders", Kind.FILE), {"target": "/a"})
    after = HEAD + "    allowlist:\n      file: []      # files\n      host: []\n"
    assert (change.text, change.is_rewritten) == (after, False)


def test_comments_that_cannot_be_kept_are_told():
    text = (
        HEAD
        + "    allowlist:\n      file: [\n        {target: /a},  # why\n        {target: /b}]\n"
    )
    change = without_entry(text.encode(), "p", ("orders", Kind.FILE), {"target": "/a"})
    assert "# why" not in change.text
    assert change.is_rewritten


SECTIONS = [
    # before                                after
    ("", f"rules:\n  - {RULE_LINE}\n"),
    ("rules: []  # none\n", f"rules:\n  - {RULE_LINE}  # none\n"),
    ("rules:\n- name: q\n  kind: host\n  patterns: |\n    b\n  scope: account\nsources: {}\n",
     f"rules:\n- name: q\n  kind: host\n  patterns: |\n    b\n  scope: account\n- {RULE_LINE}\nsources: {{}}\n"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after"), SECTIONS)
def test_a_rule_goes_in_and_out(before, after):
    change = with_named((HEAD + before).encode(), "p", "rules", RULE)
    assert (change.text, change.is_rewritten) == (HEAD + after, False)
    taken = without_named(change.text.encode(), "p", "rules", "r")
    names = [one.name for one in from_bytes(taken.text.encode(), "p").rules]
    assert names == (["q"] if "name: q" in before else [])


def adds(kind, **entry):
    """Puts an entry on the list of a kind, which may be new."""
    return lambda text: with_entry(text, "p", ("orders", kind), entry, begins=True)


def rules(**fields):
    return lambda text: with_named(text, "p", "rules", {**RULE, **fields})


REFUSALS = [
    # the call                                                        what, and the remedy
    (lambda text: with_entry(text, "p", ("order", Kind.FILE), ENTRY, begins=True), "did you mean `orders`?"),
    (lambda text: with_entry(text, "p", ("orders", Kind.FILE), ENTRY, begins=False), "--new-list"),
    (adds(Kind.HOST, target="http://a"), "name only"),
    (adds(Kind.HOST, target="a\x07"), "use `?`"),
    (adds(Kind.HOST, target="a", reason="b\u202e"), "`reason`"),
    (lambda text: without_entry(text, "p", ("orders", Kind.FILE), ENTRY), "has no list of file; `hauberk allow"),
    (lambda text: without_entry(text, "p", ("orders", Kind.CODE), ENTRY), "no entry `read /new`"),
    (rules(patterns="\n \n"), "nothing is in it"),
    (rules(patterns="a\n" + "b" * 2049), "at most 2048"),
    (rules(expires="2027-02-30"), "is not a date"),
    (rules(author=""), "nothing is in it"),
    (lambda text: without_named(text, "p", "rules", "r"), "no rule `r`; there are none"),
    (lambda text: with_named(text + b"rules: &a []\n", "p", "rules", RULE), "an anchor or alias"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "said"), REFUSALS)
def test_what_cannot_be_is_refused_with_a_remedy(call, said):
    text = HEAD + "    allowlist: {code: [{target: a}]}\n"
    with pytest.raises(PolicyError) as refused:
        call(text.encode())
    assert said in str(refused.value)


NAMES = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Cf", "Zl", "Zp"]), min_size=1, max_size=12
)


@settings(max_examples=15, deadline=None)
@given(st.lists(NAMES, unique=True, min_size=1, max_size=5), st.data())
def test_what_goes_in_comes_out_and_nothing_else(names, data):
    content = (HEAD + "# end\n").encode()
    for name in names:
        body = {**RULE, "name": name, "reason": name, "patterns": ["a\\*?é"]}
        content = with_named(content, "p", "rules", body).text.encode()
    gone = data.draw(st.sampled_from(names))
    content = without_named(content, "p", "rules", gone).text.encode()
    rules = from_bytes(content, "p").rules
    assert [one.name for one in rules] == [name for name in names if name != gone]
    assert all(one.provenance.reason == one.name for one in rules)
    assert content.decode().startswith(HEAD)
    assert content.decode().endswith("# end\n")
