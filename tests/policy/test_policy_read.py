"""`hauberk.yaml` is read whole, or refused with the line, what is wrong and what to do."""

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hauberk.model.kind import Kind
from hauberk.model.mode import Mode, OnError
from hauberk.policy import PolicyError, read
from hauberk.policy.file import Entry, from_bytes
from hauberk.policy.yaml_tree import MOST_BYTES

HEAD = "hauberk: 1\n"

ERRORS = [
    # the file after `hauberk: 1`                    line, what, remedy
    ("fuctions: {}", 2, "unknown key `fuctions`", "did you mean `functions`?"),
    (
        "functions:\n  a:\n    mod: off",
        4,
        "unknown key `mod` in functions.a",
        "did you mean `mode`?",
    ),
    ("functions: {a: {mode: prevnt}}", 2, "`prevnt` is not known", "did you mean `prevent`?"),
    ("functions:\n  a: {allowlist: {files: []}}", 3, "unknown key `files`", "did you mean `file`?"),
    ("functions: {a: {protections: {sql: off}}}", 2, "unknown key `sql`", "use one of `firewall`"),
    (
        "functions:\n  a: {detectors: {sql-injecton: {mode: off}}}",
        3,
        "unknown key `sql-injecton` in functions.a.detectors",
        "did you mean `sql-injection`?",
    ),
    ("functions: {a: {detectors: {log4shell: {mode: on}}}}", 2, "`on` is not known", "`off`"),
    ("functions: {a: {detectors: {log4shell: {block: 1}}}}", 2, "key `block`", "`block_from`?"),
    ("functions: {a: {detectors: {'*': {block_from: 101}}}}", 2, "out of range", "at most 100"),
    ("functions: {a: {detectors: {'*': {}}}}", 2, "nothing is in it", "at least one"),
    (
        "functions:\n  a:\n    detectors:\n      '*': {block_from: 70}\n      log4shell: {alert_from: 80}",
        6,
        "`log4shell` alerts from 80 and blocks from 70",
        "block from 80 or more",
    ),
    ("functions: {a: {parameters: {b: {type: word}}}}", 2, "`word` is not known", "use one of"),
    ("functions: {a: {parameters: {b: {length: [3, 2]}}}}", 2, "3 is above 2", "`[2, 3]`"),
    ("functions: {a: {parameters: {b: {alphabet: b}}}}", 2, "has the wrong form", "like"),
    ("functions: {a: {parameters: {b: {lowered: {x: -1}}}}}", 2, "out of range", "at least 0"),
    ("functions: {a: {mode: yes}}", 2, "`yes` is not known", "`off`, `detect`, `prevent`"),
    ("functions: {a: {expires: 2027-02-30}}", 2, "`2027-02-30` is not a date", "`2027-06-30`"),
    ("functions: {a: {expires: 0001-01-01}}", 2, "`0001-01-01` is before 1970", "a later day"),
    ("functions: {a: {expires: 1969-12-31}}", 2, "`1969-12-31` is before 1970", "a later day"),
    ("functions: {a: {expires: tomorrow}}", 2, "has the wrong form", "like `2027-06-30`"),
    ("functions: {a: {tags: {team: 7}}}", 2, "`7` where text is expected", "put it in quotes"),
    ("functions: {a b: {}}", 2, "`a b` is not a function", "its ARN without version"),
    ("functions: {a: }", 2, "nothing where keys with values is expected", "write keys"),
    ("functions: [a]", 2, "a list where keys with values is expected", "write keys"),
    ("functions:\n  a: {}\n  a: {}", 4, "`a` is here twice (first on line 3)", "keep one"),
    (
        "functions:\n  a: {}\n  arn:aws:lambda:eu-west-1:123456789012:function:a: {}",
        4,
        "function `a` is here twice",
        "one file a region",
    ),
    ("functions: {a: {allowlist: {file: [{}]}}}", 2, "`target` is missing", "add `target`"),
    ("functions: {a: {allowlist: {file: ['/a']}}}", 2, "`/a` where keys", "write keys"),
    ("functions: {a: {allowlist: {file: [{target: tmp}]}}}", 2, "not an absolute path", "with `/`"),
    (
        "functions: {a: {allowlist: {file: [{target: /a/../b}]}}}",
        2,
        "no path as the guard",
        "write `/b`",
    ),
    (
        "functions: {a: {allowlist: {file: [{target: /a/./b/}]}}}",
        2,
        "no path as the guard",
        "`/a/b`",
    ),
    (
        "functions: {a: {allowlist: {file: [{target: /a, operation: raed}]}}}",
        2,
        "file has no operation `raed`",
        "did you mean `read`?",
    ),
    ("functions: {a: {allowlist: {host: [{target: 'http://b.c'}]}}}", 2, "not a host", "name only"),
    ("functions: {a: {allowlist: {api: [{target: bucket}]}}}", 2, "not an ARN", "`arn:`"),
    (
        "functions: {a: {allowlist: {api: [{operation: PutObject, target: '*'}]}}}",
        2,
        "not an AWS action",
        "`s3:GetObject`",
    ),
    ("functions: {a: {allowlist: {address: [{target: db:5432}]}}}", 2, "not an address", "CIDR"),
    (
        "functions: {a: {allowlist: {address: [{target: 10.0.0.1/8}]}}}",
        2,
        "bits set",
        "`10.0.0.0/8`",
    ),
    ("functions: {a: {allowlist: {address: [{target: '1.2.3.4:'}]}}}", 2, "no valid port", "65535"),
    ("functions: {a: {allowlist: {address: [{target: '[::1]:70000'}]}}}", 2, "valid port", "65535"),
    (r"functions: {a: {allowlist: {file: [{target: /a\}]}}}", 2, "a lone `\\`", "double it"),
    ('functions: {a: {allowlist: {file: [{target: "/a\\tb"}]}}}', 2, "control character", "`?`"),
    ('functions: {a: {tags: {b: "\\0"}}}', 2, "NUL", "remove it"),
    ("rules: [{kind: file, patterns: [/a], scope: account}]", 2, "`name` is missing", "add `name`"),
    ("rules:\n  - name: r\n    scope: account", 3, "`kind`, `patterns` are missing", "add `kind`"),
    ("rules: [{name: r, kind: file, patterns: [], scope: account}]", 2, "nothing is in", "one"),
    ("rules: [{name: r, kind: file, patterns: [/a], scope: acount}]", 2, "`acount`", "`account`"),
    ("rules: [{name: r, kind: file, patterns: [/a], scope: {}}]", 2, "nothing is in it", "one"),
    ("rules: [{name: r, kind: file, patterns: [/a], scope: {tag: a}}]", 2, "form", "`team=shop`"),
    ("exclusions: [{name: e, patterns: [/a], scope: account}]", 2, "for a kind or", "one of"),
    (
        "exclusions: [{name: e, detector: xss, patterns: ['**'], scope: account}]",
        2,
        "`xss` is not known",
        "use one of",
    ),
    (
        "exclusions:\n  - {name: e, kind: file, path: body, patterns: [/a], scope: account}",
        3,
        "`path` says nothing here",
        "remove it",
    ),
    (
        "rules:\n- {name: r, kind: host, patterns: [a], scope: account}\n"
        "- {name: r, kind: host, patterns: [b], scope: account}",
        4,
        "`r` names two rules",
        "give each its own",
    ),
    ("sources: {deny: [everyone]}", 2, "`everyone` is not an address", "203.0.113.0/24"),
    ("functions: &a {}", 2, "an anchor or alias", "write the value out"),
    ("rules: [{name: r, kind: host, patterns: [*.evil.com]}]", 2, "not YAML", "in quotes"),
    ("functions: !!python/object/apply:os.system [id]", 2, "a tag", "remove it"),
    ("functions: {<<: {}}", 2, "`<<` is not a function", "its name"),
    ("? [a]\n: b", 2, "a key that is not text", "name as the key"),
    ("functions: {a: {}", 3, "not YAML", "around this line"),
    ("--- {}", 2, "a second document", "keep one"),
]

REFUSED_WHOLE = [
    # the file                         what
    (b"", "empty"),
    (b"# nothing\n", "empty"),
    (b"hauberk: 2", "`2` is not a version that is known"),
    (b"functions: {}", "`hauberk` is missing"),
    (b"[]", "a list where keys with values is expected"),
    (b"just text", "where keys with values is expected"),
    (b"hauberk: 1\nfunctions: \xff", "not UTF-8"),
    (b"hauberk: 1\n\x00", "not YAML"),
]


@pytest.mark.parametrize(("text", "line", "what", "remedy"), ERRORS)
def test_a_mistake_is_told_with_line_and_remedy(text, line, what, remedy):
    with pytest.raises(PolicyError) as refused:
        from_bytes((HEAD + text).encode(), "hauberk.yaml")
    (problem, *_) = refused.value.problems
    assert problem.line == line
    assert what in problem.what
    assert remedy in problem.remedy
    assert str(refused.value).startswith(f"hauberk.yaml:{problem.line}: ")


@pytest.mark.parametrize(("content", "what"), REFUSED_WHOLE)
def test_a_file_that_is_no_policy_is_refused(content, what):
    with pytest.raises(PolicyError) as refused:
        from_bytes(content, "p")
    assert what in refused.value.problems[0].what


def test_all_mistakes_are_told_at_once():
    text = HEAD + "functions:\n  a: {mod: off}\n  b: {mode: onn}\nruls: []"
    with pytest.raises(PolicyError) as refused:
        from_bytes(text.encode(), "p.yaml")
    assert [one.line for one in refused.value.problems] == [3, 4, 5]
    assert "and 2 more: `hauberk policy check p.yaml` shows all" in str(refused.value)


def test_the_example_of_the_architecture_is_read_as_it_says(example):
    policy = read(example)
    (orders,) = policy.functions
    assert (orders.mode, orders.on_error) == (Mode.PREVENT, OnError.OPEN)
    assert orders.expires.isoformat() == "2027-06-30"
    assert orders.allowlist[Kind.PROCESS] == (Entry("*", "/var/task/bin/thumbnail", "runtime"),)
    assert orders.allowlist[Kind.HOST] == ()
    assert Kind.FILE not in orders.allowlist
    assert [rule.name for rule in policy.rules] == ["no-downloaders"]
    assert policy.sources.deny == ("203.0.113.0/24",)
    assert policy.warnings == ()


def test_off_is_a_mode_and_no_boolean():
    policy = from_bytes(b"hauberk: 1\nfunctions: {on: {mode: off, tags: {no: off}}}", "p")
    assert policy.functions[0].mode is Mode.OFF
    assert (policy.functions[0].name, policy.functions[0].tags) == ("on", {"no": "off"})


WARNINGS = [
    ("functions: {a: {allowlist: {file: [{target: '**'}]}}}", "allows every file activity"),
    ("functions: {a: {allowlist: {address: [{target: '*'}]}}}", "allows every address activity"),
    (
        "functions: {a: {allowlist: {process: [{target: /g}, {operation: arguments, target: /g x}]}}}",
        "an entry for `arguments`, which the guard does not watch",
    ),
    (
        "functions: {a: {allowlist: {process: [{operation: start, target: '**'}]}}}",
        "allows every process",
    ),
    (
        "functions: {orders: {}}\n"
        "rules: [{name: r, kind: host, patterns: [a], scope: {function: ordres}}]",
        "no function is called `ordres`",
    ),
]


@pytest.mark.parametrize(("text", "what"), WARNINGS)
def test_what_is_probably_not_meant_is_a_warning(text, what):
    (warning,) = from_bytes((HEAD + text).encode(), "p").warnings
    assert what in warning.what


BOMBS = {
    "billion laughs": b"a: &a [x,x]\n"
    + b"".join(b"%c: &%c [*%c,*%c]\n" % (98 + i, 98 + i, 97 + i, 97 + i) for i in range(20)),
    "nested lists": b"hauberk: " + b"[" * 10_000,
    "nested maps": b"hauberk: " + b"{a: " * 10_000,
    "nested blocks": b"\n".join(b" " * i + b"a:" for i in range(3_000)),
    "ten megabytes": b"hauberk: 1\n" + b"#" * (10 << 20),
    "many values": b"[" + b"1," * 500_000 + b"]",
    "one long word": b"functions: {" + b"a" * (MOST_BYTES - 100) + b": {}}",
    "a long number": b"hauberk: " + b"9" * 100_000,
    "many mistakes": b"hauberk: 1\nfunctions:\n"
    + b"".join(b"  f%d: {mode: x}\n" % i for i in range(20_000)),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_hostile_file_is_refused_within_seconds(name):
    start = time.process_time()
    with pytest.raises(PolicyError) as refused:
        from_bytes(BOMBS[name], "p")
    assert time.process_time() - start < 10
    assert len(str(refused.value)) < 2_000


def test_a_file_that_never_ends_is_not_read_to_its_end():
    with pytest.raises(PolicyError, match="larger than 4 MB"):
        read(Path("/dev/zero"))


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(PolicyError, match="no such file"):
        read(tmp_path / "none.yaml")
    with pytest.raises(PolicyError, match="is a directory"):
        read(tmp_path)


SIGNS = (*"{}[],'\"&*!|%\t\n", ": ", "- ", "  ")
WORDS = st.sampled_from(("hauberk: 1\n", "functions", "rules", "name", "kind", "é", *SIGNS))


@settings(max_examples=300, deadline=None)
@given(st.lists(WORDS, max_size=40).map("".join) | st.text(max_size=60))
def test_any_text_is_read_or_refused(text):
    try:
        from_bytes(text.encode("utf-8", "surrogatepass"), "p")
    except PolicyError as error:
        assert error.problems[0].remedy
