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
rules:
  - {name: r, kind: host, patterns: [a.b], scope: account}
exclusions:
  - {name: e, kind: file, patterns: [/b], scope: account}
sources: {deny: [203.0.113.0/24], allow: [203.0.113.7]}
"""

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
    ("[a.b], scope: account", "[a.c], scope: account", ["~ rules r other"]),
    ("[a.b], scope: account", "[a.b], scope: account, expires: 2099-01-01", ["~ rules r other"]),
    ("name: e", "name: f", ["- exclusions e narrower", "+ exclusions f wider"]),
    ("deny: [203.0.113.0/24]", "deny: []", ["- sources deny wider"]),
    ("allow: [203.0.113.7]", "allow: [203.0.113.8]", ["- sources allow narrower", "+ sources allow wider"]),
    ("  orders:", "  mail: {}\n  orders:", ["+ function mail narrower"]),
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
