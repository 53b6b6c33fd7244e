"""What differs between two policies is told, each thing once, with whether more or less is allowed."""

import pytest

from hauberk.policy import compile_policy
from hauberk.policy.decompiled import decompiled
from hauberk.policy.difference import difference
from hauberk.policy.file import from_bytes

BASE = """
hauberk: 1
functions:
  orders:
    mode: detect
    protections: {file: prevent}
    allowlist:
      file: [{operation: read, target: /a, origin: runtime}]
      host: []
      process: [{target: /g}]
rules:
  - {name: r, kind: host, patterns: [a.b], scope: account}
exclusions:
  - {name: e, kind: file, patterns: [/b], scope: account}
sources: {deny: [203.0.113.0/24], allow: [203.0.113.7]}
"""

ONE_RULE = "  - {{name: s, kind: host, patterns: [c.d], scope: {}}}\nexclusions:"
ONE_EXCLUSION = "  - {{name: s, kind: file, patterns: [/c], scope: {}}}\nsources:"
OF_ARGUMENTS = "{operation: arguments, target: /g x}"
CHANGES = [
    # what is written in place of what                         what is told of it, from the one to the other
    ("host: []", "host: [{target: c.d}]", ["+ allowlist host * c.d wider"]),
    ("host: []", "code: []", ["~ allowlist host host wider", "~ allowlist code code narrower"]),
    ("[{operation: read, target: /a, origin: runtime}]", "[]", ["- allowlist file read /a narrower"]),
    ("origin: runtime", "author: ada", ["~ allowlist file read /a other"]),
    ("      host: []\n", "", ["~ allowlist host host wider"]),
    ("mode: detect", "mode: off", [f"~ mode {one} wider" for one in
      ("firewall", "flow", "lambda", "process", "api", "host", "address", "code")]),
    ("file: prevent", "file: detect", ["~ mode file wider"]),
    ("file: prevent", "file: prevent, code: prevent", ["~ mode code narrower"]),
    ("mode: detect", "mode: detect\n    on_error: block", ["~ setting on_error other"]),
    ("rules:\n  - {name: r, kind: host, patterns: [a.b], scope: account}\n", "", ["- rules r wider"]),
    ("exclusions:", ONE_RULE.format("{group: 'o*'}"), ["+ rules s narrower"]),
    ("exclusions:", ONE_RULE.format("{group: 'z*'}"), ["+ rules s other"]),
    ("sources:", ONE_EXCLUSION.format("{tag: a=b}"), ["+ exclusions s other"]),
    ("sources:", ONE_EXCLUSION.format("{function: orders}"), ["+ exclusions s wider"]),
    ("[a.b], scope: account", "[a.c], scope: account", ["~ rules r other"]),
    ("[a.b], scope: account", "[a.b], scope: account, expires: 2099-01-01", ["~ rules r other"]),
    ("name: e", "name: f", ["- exclusions e narrower", "+ exclusions f wider"]),
    ("deny: [203.0.113.0/24]", "deny: []", ["- sources deny wider"]),
    ("allow: [203.0.113.7]", "allow: [203.0.113.8]", ["- sources allow narrower", "+ sources allow wider"]),
    ("  orders:", "  mail: {}\n  orders:", ["+ function mail narrower"]),
    ("mode: detect", "mode: detect\n    watch_arguments: true", ["~ setting watch_arguments other"]),
    ("[{target: /g}]", "[{target: /g}, {target: /h}]", ["+ allowlist process * /h wider"]),
    # The first entry for arguments makes the list decide about them.
    ("[{target: /g}]", f"[{{target: /g}}, {OF_ARGUMENTS}]", ["+ allowlist process arguments /g x narrower"]),
    ("# nothing", "# else", []),
]  # fmt: skip
OTHERWISE = {
    "wider": "narrower",
    "narrower": "wider",
    "other": "other",
    "+": "-",
    "-": "+",
    "~": "~",
}


def told(old, new):
    return [
        f"{'~' if one.before and one.after else '+' if one.after else '-'} "
        f"{one.section} {one.what} {one.effect}"
        for one in difference(old, new)
    ]


@pytest.mark.parametrize(("before", "after", "expected"), CHANGES)
def test_a_change_is_told_once_and_back_the_other_way_round(before, after, expected):
    text = BASE.replace(before, after)
    old, new = (from_bytes(one.encode(), "p") for one in (BASE, text))
    assert told(old, new) == expected
    assert told(old, old) == told(new, new) == []
    back = [
        " ".join([OTHERWISE[sign], *middle, OTHERWISE[effect]])
        for sign, *middle, effect in (one.split(" ") for one in expected)
    ]
    assert sorted(told(new, old)) == sorted(back)


HELD = [
    # kind, what a list holds,            what comes to it,                          what that does
    ("process", "target: '/opt/bin/*'", "target: /opt/bin/a", "other"),
    ("file", "target: /tmp/o-*", "operation: read, target: /tmp/o-3", "other"),
    ("file", "target: /tmp/o-*", "target: /tmp/o-3", "other"),
    ("file", "target: '/**'", "target: '/tmp/a\\*b'", "other"),
    ("file", "target: /tmp/o-*", "target: /tmp/o-1*", "wider"),  # a pattern, of which the judge cannot be asked
    ("file", "target: /tmp/o-*, operation: read", "target: /tmp/o-3", "wider"),
    ("file", "target: /tmp/o-?", "target: /tmp/o-33", "wider"),
    ("host", "target: '*.Example.com'", "target: API.example.com", "other"),
    ("host", "target: '*.example.com'", "target: example.com", "wider"),
    ("address", "target: 10.0.0.0/8", "target: '10.0.0.5:5432'", "other"),
    ("address", "target: '10.0.0.0/8:443'", "target: 10.0.0.5", "wider"),
    ("address", "target: '10.0.0.5:443'", "target: '10.0.0.5:444'", "wider"),
    ("api", "operation: 's3:*', target: '*'", "operation: 's3:GetObject', target: 'arn:aws:s3:::a/b'", "other"),
    ("api", "operation: 's3:*', target: '*'", "operation: 's3:*', target: 'arn:aws:s3:::a/b'", "wider"),
    ("api", "operation: 's3:*', target: 'arn:aws:s3:::a/*'", "operation: 's3:GetObject', target: '*'", "wider"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "held", "more", "effect"), HELD)
def test_an_entry_for_what_another_one_allows_makes_nothing_wider_or_narrower(
    kind, held, more, effect
):
    lists = (f"[{{{held}}}]", f"[{{{held}}}, {{{more}}}]")
    old, new = (
        from_bytes(f"hauberk: 1\nfunctions: {{f: {{allowlist: {{{kind}: {one}}}}}}}".encode(), "p")
        for one in lists
    )
    assert [one.effect for one in difference(old, new)] == [effect]
    assert [one.effect for one in difference(new, old)] == [OTHERWISE[effect]]


def test_a_second_entry_for_arguments_allows_more():
    listed = BASE.replace("[{target: /g}]", f"[{OF_ARGUMENTS}]")
    more = listed.replace(OF_ARGUMENTS, f"{OF_ARGUMENTS}, {OF_ARGUMENTS.replace('x', 'y')}")
    old, new = (from_bytes(one.encode(), "p") for one in (listed, more))
    assert told(old, new) == ["+ allowlist process arguments /g y wider"]
    assert told(new, old) == ["- allowlist process arguments /g y narrower"]


@pytest.mark.parametrize(("before", "after", "expected"), CHANGES)
def test_compiled_policies_differ_as_their_files_do(key, before, after, expected):
    texts = (BASE, BASE.replace(before, after))
    old, new = (
        decompiled(
            compile_policy(from_bytes(one.encode(), "p"), "orders", key=key, now=0).document, "v"
        )
        for one in texts
    )
    of_file_only = ("other", "function mail")
    kept = [one for one in expected if not any(word in one for word in of_file_only)]
    assert [one for one in told(old, new) if not one.endswith("other")] == kept
    assert told(old, old) == []
