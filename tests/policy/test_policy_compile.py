"""Scopes are resolved and the order of decision is kept: rule, exclusion, allowlist, mode."""

import hashlib
import json
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hauberk.model.mode import Mode
from hauberk.policy import (
    PolicyError,
    compile_policy,
    compile_variable,
    read,
    shape,
    signing,
    unpack,
)
from hauberk.policy.check import check
from hauberk.policy.compile import most_bytes
from hauberk.policy.file import from_bytes
from hauberk.policy.lapse import in_force
from hauberk.policy.scope import Scope, ScopeKind

NOW = 1_790_000_000

SCOPES = [
    # the scope                              function   tags              covered?
    (Scope(ScopeKind.ACCOUNT, ""), "orders", {}, True),
    (Scope(ScopeKind.FUNCTION, "orders"), "orders", {}, True),
    (Scope(ScopeKind.FUNCTION, "orders"), "orders2", {}, False),
    (Scope(ScopeKind.FUNCTION, "ord*"), "orders", {}, False),  # a name, not a pattern
    (Scope(ScopeKind.GROUP, "ord*"), "orders", {}, True),
    (Scope(ScopeKind.GROUP, "ord*"), "reorder", {}, False),
    (Scope(ScopeKind.GROUP, "*"), "anything", {}, True),
    (Scope(ScopeKind.GROUP, "order?"), "orders", {}, True),
    (Scope(ScopeKind.GROUP, "order?"), "order", {}, False),
    (Scope(ScopeKind.GROUP, "a.c"), "abc", {}, False),  # no regular expression
    (Scope(ScopeKind.GROUP, "*" * 60 + "x"), "a" * 64, {}, False),
    (Scope(ScopeKind.TAG, "team=shop"), "orders", {"team": "shop"}, True),
    (Scope(ScopeKind.TAG, "team=shop"), "orders", {"team": "shops"}, False),
    (Scope(ScopeKind.TAG, "team=shop"), "orders", {}, False),
    (Scope(ScopeKind.TAG, "a="), "orders", {"a": ""}, True),
    (Scope(ScopeKind.TAG, "a=b=c"), "orders", {"a": "b=c"}, True),
]

PRECEDENCE = """
hauberk: 1
functions:
  orders:
    mode: prevent
    protections: {host: detect, code: off}
    allowlist:
      process: [{target: /usr/bin/convert}, {target: /usr/bin/curl}]
      file: [{operation: read, target: "/tmp/*"}]
      host: [{target: "API.example.com"}]
      code: []
rules:
  - {name: no-curl, kind: process, patterns: ["**/curl"], scope: account}
  - {name: no-keys, kind: file, patterns: ["**/*.pem"], scope: {group: "ord*"}}
  - {name: others, kind: file, patterns: ["**"], scope: {function: payments}}
exclusions:
  - {name: tools, kind: process, patterns: ["/usr/bin/*"], scope: account}
  - {name: reports, kind: file, operation: write, patterns: ["/tmp/report-*"], scope: account}
"""

DECISIONS = [
    # the activity                               action    why
    (("process", "start", "/usr/bin/curl"), "block", "rule no-curl"),  # over both others
    (("process", "start", "/usr/bin/wget"), "allow", "exclusion tools"),
    (("process", "start", "/opt/wget"), "block", "not on the allowlist"),
    (("file", "read", "/tmp/key.pem"), "block", "rule no-keys"),  # over the allowlist
    (("file", "read", "/tmp/a"), "allow", "on the allowlist"),
    (("file", "write", "/tmp/a"), "block", "not on the allowlist"),
    (("file", "write", "/tmp/report-1"), "allow", "exclusion reports"),
    (("file", "read", "/tmp/a/b"), "block", "not on the allowlist"),
    (("host", "resolve", "api.example.com"), "allow", "on the allowlist"),
    (("host", "resolve", "evil.com"), "alert", "not on the allowlist"),  # the protection's mode
    (("code", "load", "/tmp/x.so"), "allow", "off"),
    (("api", "s3:PutObject", "*"), "allow", "learning"),  # no allowlist of this kind
]


def compiled(text, function="orders", **options):
    policy = from_bytes(text.encode(), "p")
    return compile_policy(policy, function, now=NOW, **{"key": signing_key(), **options})


def signing_key():
    return Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


@pytest.mark.parametrize(("scope", "name", "tags", "is_covered"), SCOPES)
def test_a_scope_covers_what_the_table_says(scope, name, tags, is_covered):
    assert scope.covers(name, tags) is is_covered


@pytest.mark.parametrize(("activity", "action", "why"), DECISIONS)
def test_the_judge_decides_in_the_documented_order(activity, action, why):
    native = pytest.importorskip("hauberk._native", reason="the native core is not built here")
    said = native.Judge(compiled(PRECEDENCE).text).judge(*activity)
    assert said[0] == action
    assert why in said[1]


def test_the_example_is_compiled_as_the_architecture_says(example, key):
    done = compile_policy(read(example), "orders", key=key, now=NOW)
    assert done.document == {
        "hauberk": 1,
        "function": "orders",
        "serial": NOW,
        "issued": NOW,
        "expires": int(datetime(2027, 7, 1, tzinfo=UTC).timestamp()),  # the day itself is fresh
        "key": "A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg",
        "mode": "prevent",
        "protections": {"file": "detect"},
        "detectors": {"sql-injection": {"mode": "detect", "alert_from": 60, "block_from": 95}},
        "on_error": "open",
        "allowlist": {"process": ["* /var/task/bin/thumbnail"], "host": []},
        "rules": [
            {"name": "no-downloaders", "kind": "process", "patterns": ["* **/curl", "* **/wget"]}
        ],
        "exclusions": [
            {"name": "reports", "kind": "file", "patterns": ["* /tmp/report-*"]},
            {
                "name": "blog",
                "detector": "cross-site-scripting",
                "path": "body→$.html",
                "patterns": ["**"],
            },
        ],
        "parameters": {
            "body→$.sort": {"alphabet": "a_", "length": [2, 12], "lowered": {"sql-injection": 40}}
        },
        "sources": {
            "deny": ["203.0.113.0/24"],
            "allow": ["203.0.113.7"],
            "trusted_proxies": ["198.51.100.0/24"],
        },
    }
    shape.validator("policy").validate(done.document)
    assert unpack(done.variable).document == json.loads(done.text) == done.document
    assert done.warnings == ()


@pytest.mark.parametrize(
    ("line", "key", "expected"),
    [
        ("{}", "batch", None),
        ("{batch: whole}", "batch", None),
        ("{batch: report-item-failures}", "batch", "report-item-failures"),
        ("{}", "not_inspected", None),
        ("{not_inspected: allow}", "not_inspected", None),
        ("{not_inspected: alert}", "not_inspected", "alert"),
        ("{not_inspected: block}", "not_inspected", "block"),
    ],
)
def test_what_becomes_of_events_is_compiled_where_it_is_not_as_usual(line, key, expected):
    native = pytest.importorskip("hauberk._native", reason="the native core is not built here")
    done = compiled(f"hauberk: 1\nfunctions: {{a: {line}}}", "a")
    assert done.document.get(key) == expected
    shape.validator("policy").validate(done.document)
    assert native.Judge(done.text)  # the guard reads it


def test_what_is_compiled_of_detectors_is_what_the_guard_reads():
    native = pytest.importorskip("hauberk._native", reason="the native core is not built here")
    text = """
hauberk: 1
functions:
  a:
    mode: prevent
    detectors: {"*": {mode: detect}, sql-injection: {mode: prevent, block_from: 70}, log4shell: {mode: off}}
exclusions:
  - {name: batch, detector: "sql-injection", path: "Records[*].body→$.q**", patterns: ["**"], scope: account}
"""
    judge = native.Judge(compiled(text, "a").text)
    rows = [
        # detector, confidence, path                            action   why
        (("sql-injection", 70, "body"), "block", "detected"),
        (("sql-injection", 69, "body"), "alert", "confidence"),
        (("sql-injection", 99, "Records[3].body→$.q→url"), "allow", "exclusion batch"),
        (("sql-injection", 99, "Records[3].body→$.p"), "block", "detected"),
        (("shell-injection", 99, "body"), "alert", "detected"),
        (("log4shell", 99, "body"), "allow", "the detector is off"),
    ]
    for (detector, confidence, path), action, why in rows:
        said = judge.judge_suspicion("firewall", detector, confidence, path, b"x")
        assert said[0] == action
        assert why in said[1]


def test_rules_of_other_scopes_stay_out():
    names = [rule["name"] for rule in compiled(PRECEDENCE).document["rules"]]
    assert names == ["no-curl", "no-keys"]


def test_the_mode_may_be_given_at_compilation():
    done = compiled(PRECEDENCE, mode=Mode.DETECT)
    assert done.document["mode"] == "detect"
    assert done.document["protections"] == {"host": "detect", "code": "off"}


def test_a_function_is_found_by_its_arn_too():
    arn = "arn:aws:lambda:eu-west-1:123456789012:function:orders"
    text = f"hauberk: 1\nfunctions: {{{arn}: {{on_error: block}}}}"
    for name in (arn, "orders"):
        done = compiled(text, name)
        assert (done.function, done.variable[:8]) == ("orders", "1.block.")


def test_a_function_that_is_not_there_is_refused_with_a_suggestion():
    with pytest.raises(PolicyError, match=r"no function `ordres`.*did you mean `orders`"):
        compiled(PRECEDENCE, "ordres")


def test_a_stale_policy_says_so():
    done = compiled("hauberk: 1\nfunctions: {a: {expires: 2020-01-01}}", "a")
    assert done.warnings == (
        "expired after 2020-01-01: in force, but stale; set a later `expires`",
    )


@pytest.mark.parametrize(
    ("entries", "said"), [(60, "bytes of the 4096 that all"), (2_000, "Lambda gives all variables")]
)
def test_a_large_policy_says_so(entries, said):
    names = [hashlib.sha256(b"%d" % n).hexdigest() for n in range(entries)]
    lines = "\n".join(f"        - {{target: /var/task/{name}}}" for name in names)
    text = f"hauberk: 1\nfunctions:\n  a:\n    allowlist:\n      file:\n{lines}"
    (warning,) = compiled(text, "a").warnings
    assert said in warning


def test_the_local_variable_is_signed_with_a_key_of_this_machine(example, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    signing.create(signing.default_path())
    first, second = compile_variable(example, "orders"), compile_variable(example, "orders")
    own = signing.load(signing.default_path()).public_key()
    own_fingerprint = signing.fingerprint(signing.public_bytes(own))
    assert {unpack(one).fingerprint for one in (first, second)} == {own_fingerprint}
    assert unpack(first).is_signed
    assert unpack(compile_variable(example, "orders", mode=Mode.OFF)).document["mode"] == "off"


LASTING = """
hauberk: 1
functions: {orders: {mode: prevent, allowlist: {file: []}}}
rules: [{name: r, kind: host, patterns: [a], scope: account, expires: 2026-01-31}]
exclusions:
  - {name: e, kind: file, patterns: [/a], scope: account, expires: 2026-01-31}
  - {name: d, detector: log4shell, patterns: ["**"], scope: account, expires: 2026-01-31}
"""
LAST_SECOND = int(datetime(2026, 1, 31, 23, 59, 59, tzinfo=UTC).timestamp())


@pytest.mark.parametrize(("now", "count"), [(LAST_SECOND, 1), (LAST_SECOND + 1, 0)])
def test_a_compiled_policy_knows_the_last_second_of_rules_and_exclusions(key, now, count):
    document = compile_policy(
        from_bytes(LASTING.encode(), "p"), "orders", key=key, now=LAST_SECOND
    ).document
    assert shape.validator("policy").is_valid(document)
    assert [one["expires"] for one in (*document["rules"], *document["exclusions"])] == [
        LAST_SECOND + 1
    ] * 3
    later = in_force(document, now)
    assert (len(later["rules"]), len(later["exclusions"])) == (count, 2 * count)
    anew = compile_policy(from_bytes(LASTING.encode(), "p"), "orders", key=key, now=now)
    assert (len(anew.document["rules"]), len(anew.document["exclusions"])) == (count, 2 * count)
    assert len(anew.warnings) == 3 * (1 - count)


def test_a_compiled_value_tells_of_what_is_over(key):
    compiled = compile_policy(from_bytes(LASTING.encode(), "p"), "orders", key=key, now=LAST_SECOND)
    before, after = (
        check(compiled.variable.encode(), "p", now).warnings
        for now in (LAST_SECOND, LAST_SECOND + 1)
    )
    assert before == ()
    assert [str(one).partition(";")[0] for one in after] == [
        f"{name} says nothing since 2026-01-31 is over"
        for name in ("rule r", "exclusion e", "exclusion d")
    ]


def test_how_long_a_value_is_at_most_hangs_on_no_key_and_no_time():
    file = from_bytes(
        b"hauberk: 1\nfunctions:\n  orders: {allowlist: {file: [{target: /tmp/a}, {target: /opt/b}]}}\n",
        "p",
    )
    every = [
        compile_policy(
            file, "orders", key=Ed25519PrivateKey.generate(), now=1_790_000_000 + step**5
        )
        for step in range(60)
    ]
    (most,) = {most_bytes(one.document) for one in every}
    longest = max(len(one.variable) for one in every)
    assert longest <= most <= longest + 40
