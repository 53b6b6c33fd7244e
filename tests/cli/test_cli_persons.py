"""What people write by command: entries of lists, rules, exclusions, and exclusions made of a detection."""

import json
import os
import pwd
from datetime import UTC, datetime, timedelta

import pytest
from log_lines import START, armed, record
from typer.testing import CliRunner

pytest.importorskip("hauberk._native", reason="the native core is not built here")

from hauberk.cli import app
from hauberk.policy.check import check
from hauberk.policy.file import from_bytes

POLICY = """\
# Our shop. Ask Ada before you change it.
hauberk: 1
functions:
  orders:
    mode: prevent    # since May
    tags: {team: shop}
    allowlist:
      process:
        - {target: /var/task/bin/thumbnail}   # ours
      file: []
rules:
  - {name: no-curl, kind: process, patterns: ["**/curl"], scope: account}   # never
"""
TODAY = datetime.now(UTC).date()
SOON = (TODAY + timedelta(days=30)).isoformat()


@pytest.fixture
def hauberk(tmp_path, monkeypatch):
    (tmp_path / "hauberk.yaml").write_text(POLICY)
    monkeypatch.chdir(tmp_path)
    variables = {
        "COLUMNS": "200",
        "NO_COLOR": "1",
        "XDG_CONFIG_HOME": str(tmp_path),
        "LOGNAME": "ada",
    }

    def run(*words, status=0, **more):
        done = CliRunner().invoke(app, words, env={**variables, **more})
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        assert done.exit_code == status, done.stderr
        return done

    return run


def policy(tmp_path):
    return from_bytes((tmp_path / "hauberk.yaml").read_bytes(), "hauberk.yaml")


def kept(tmp_path):
    """Every line of the policy as it was, in its order."""
    lines = iter((tmp_path / "hauberk.yaml").read_text().splitlines())
    return all(line in lines for line in POLICY.splitlines() if "file: []" not in line)


AUTHORS = [
    # options,              variables,                        who says so
    (["--author", "bob"], {}, "bob"),
    ([], {}, "ada"),
    ([], {"LOGNAME": "", "USER": "eve"}, "eve"),
    ([], dict.fromkeys(("LOGNAME", "USER", "LNAME", "USERNAME"), ""), None),  # who is logged in
]


@pytest.mark.parametrize(("options", "variables", "author"), AUTHORS)
def test_the_author_is_who_is_named_or_logged_in(hauberk, tmp_path, options, variables, author):
    hauberk("allowlist", "add", "orders", "file", "read", "/etc/a", *options, **variables)
    (orders,) = policy(tmp_path).functions
    try:
        logged_in = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        logged_in = None
    assert orders.allowlist["file"][0].provenance.author == (author or logged_in)


def test_an_entry_is_added_by_a_person_and_taken_off(hauberk, tmp_path):
    words = ("orders", "file", "read", "/etc/app.conf")
    said = hauberk("allowlist", "add", *words, "--reason", "configuration")
    assert said.stdout == "orders may file read /etc/app.conf\n"
    assert kept(tmp_path)
    (orders,) = policy(tmp_path).functions
    (added,) = orders.allowlist["file"]
    told = added.provenance
    assert (told.author, told.reason, told.added) == ("ada", "configuration", TODAY)
    assert "nothing is changed" in hauberk("allowlist", "add", *words).stderr
    explained = hauberk("policy", "explain", *words)
    assert "allowlist, by person" in explained.stdout
    said = hauberk("allowlist", "remove", *words)
    assert "the list of file is empty: nothing of it is allowed" in said.stderr
    assert (tmp_path / "hauberk.yaml").read_text() == POLICY


REFUSED = [
    # what is asked                                                       what is said
    (("rule", "add", "r", "host", "--account"), "no pattern is given; give one, or a file"),
    (("rule", "add", "r", "host", "a"), "nowhere; give one of --function"),
    (("rule", "add", "r", "host", "a", "--account", "--tag", "a=b"), "more than once"),
    (("rule", "add", "r", "host", "a", "--tag", "a"), "write it like `team=shop`"),
    (("rule", "add", "no-curl", "host", "a", "--account"), "`no-curl` names two rules"),
    (("rule", "add", "r\x1b[2J", "host", "a", "--account"), "a character in `name` that is not shown"),
    (("rule", "add", "r 21\nx", "host", "a", "--account"), "remove it; write `name` on one line"),
    (("rule", "add", "r", "host", "a", "--account", "--reason", "a\nb"), "remove it; write `reason` on one line"),
    (("rule", "add", "r", "host", "a", "--account", "--expires", "2020-01-01"), "is over already"),
    (("rule", "add", "r", "host", "a", "--account", "--expires", "soon"), "write `30d`, `6w` or"),
    (("rule", "add", "r", "file", "a", "--account"), "begin it with `/` or `**/`"),
    (("rule", "remove", "no-crl"), "did you mean `no-curl`?"),
    (("exclusion", "add", "e", "a", "--account"), "write one of `kind` and `detector`"),
    (("exclusion", "add", "e", "a", "--account", "--kind", "host", "--path", "b"), "`path` says nothing here"),
    (("exclusion", "remove", "e"), "no exclusion `e`; there are none"),
    (("allowlist", "add", "orders", "host", "resolve", "a.b"), "still learning host"),
    (("allowlist", "add", "orders", "file", "write", "/tmp/../etc/x"), "write `/etc/x`"),
    (("allowlist", "add", "orders", "file", "write", "/tmp//x"), "write `/tmp/x`"),
    (("allowlist", "add", "orders", "file", "list", "/tmp/"), "write `/tmp`"),
    (("rule", "add", "r", "file", "/tmp/*/../x", "--account"), "no path as the guard writes it"),
    (("allowlist", "remove", "orders", "process", "*", "/var/task/thumbnail"), "/var/task/bin/thumbnail`?"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "said"), REFUSED)
def test_what_is_wrong_is_refused_and_nothing_changes(hauberk, tmp_path, words, said):
    told = hauberk(*words, status=2).stderr
    assert said in told
    assert told.isprintable() or "\x1b" not in told
    assert (tmp_path / "hauberk.yaml").read_text() == POLICY


def test_a_rule_is_in_force_until_its_last_day_and_told_after(hauberk, tmp_path):
    (tmp_path / "patterns.txt").write_text("**/nc\n\n  **/ncat  \n")
    words = ("rule", "add", "no-nc", "process", "**/socat", "--from", "patterns.txt")
    hauberk(*words, "--tag", "team=shop", "--expires", "30d", "--reason", "audit")
    assert kept(tmp_path)
    (told,) = json.loads(hauberk("rule", "list", "--format", "json").stdout)[1:]
    assert told == {
        "name": "no-nc",
        "kind": "process",
        "operation": "*",
        "patterns": ["**/socat", "**/nc", "**/ncat"],
        "scope": {"tag": "team=shop"},
        "author": "ada",
        "reason": "audit",
        "added": TODAY.isoformat(),
        "expires": SOON,
        "in_force": True,
    }
    assert (
        "denied by rule no-nc"
        in hauberk("policy", "explain", "orders", "process", "start", "/bin/nc").stdout
    )
    text = (tmp_path / "hauberk.yaml").read_text().replace(SOON, "2026-01-31")
    (tmp_path / "hauberk.yaml").write_text(text)
    checked = hauberk("policy", "check", "hauberk.yaml").stdout
    assert (
        "rule no-nc denies nothing since its last day, 2026-01-31; `hauberk rule remove`" in checked
    )
    explained = hauberk("policy", "explain", "orders", "process", "start", "/bin/nc").stdout
    assert "denied by rule no-nc" not in explained
    assert "rule no-nc denies nothing since its last day" in explained
    listed = hauberk("rule", "list", "--function", "orders", COLUMNS="80").stdout
    assert "2026-01-31, over" in listed and "…" not in listed
    hauberk("rule", "remove", "no-nc")
    assert (tmp_path / "hauberk.yaml").read_text() == POLICY


@pytest.mark.parametrize(("day", "is_over"), [("2026-01-30", True), ("2026-01-31", False)])
def test_the_last_day_is_a_whole_day(day, is_over):
    now = int(datetime(2026, 1, 31, 23, 59, 59, tzinfo=UTC).timestamp())
    rule = f"rules: [{{name: r, kind: host, patterns: a.b, scope: account, expires: {day}}}]"
    checked = check(f"hauberk: 1\nfunctions: {{orders: {{}}}}\n{rule}".encode(), "p", now)
    assert (checked.functions[0].rules, len(checked.warnings)) == (int(not is_over), int(is_over))
    assert checked.problems == ()


def test_why_and_by_whom_is_in_the_explanation(hauberk):
    hauberk("exclusion", "add", "reports", "/tmp/report-*", "--kind", "file", "--operation", "write",
            "--function", "orders", "--reason", "nightly")  # fmt: skip
    words = ("policy", "explain", "orders", "file", "write", "/tmp/report-1")
    assert "exclusion reports, by ada" in hauberk(*words).stdout
    told = json.loads(hauberk(*words, "--format", "json").stdout)
    step = next(one for one in told["steps"] if one["name"] == "reports")
    assert (step["author"], step["reason"], step["role"]) == ("ada", "nightly", "decides")


ID = "00000000000000ff"
CUT = "…' OR 1=1 ‹redacted›"  # noqa: RUF001
DETECTIONS = [
    # what was detected: detector, protection, then what it was about       what is excluded
    (("unlisted-file", "file", "file write /tmp/a*"),
     {"kind": "file", "operation": "write", "patterns": ["/tmp/a\\*"]}),
    (("unlisted-process", "process", "process start /bin/ls"),
     {"kind": "process", "patterns": ["/bin/ls"]}),
    (("cross-site-scripting", "firewall", ("Records[3].body→$.html", "<b>*</b>")),
     {"detector": "cross-site-scripting", "path": "Records[*].body→$.html", "patterns": ["<b>\\*</b>"]}),
    (("sql-injection", "flow", ("body→$.q", CUT)),
     {"detector": "sql-injection", "path": "body→$.q", "patterns": ["**' OR 1=1 **"]}),
    (("malicious-source", "firewall", ("a.b", "203.0.113.9")),
     {"detector": "malicious-source", "patterns": ["203.0.113.9"]}),
    (("credential-read", "lambda", "file read /proc/self/environ"),
     {"detector": "credential-read", "patterns": ["/proc/self/environ"]}),
]  # fmt: skip


def line_of(detector, protection, what, **fields):
    if isinstance(what, str):
        fields |= dict(zip(("kind", "operation", "target"), what.split(" "), strict=True))
    else:
        fields["input"] = dict(zip(("path", "excerpt"), what, strict=True))
    said = {"verdict": "alert", "confidence": 100, "reason": "x", "id": ID, **fields}
    return record("detection", detector=detector, protection=protection, **said)


def log_of(tmp_path, *detected, **fields):
    function = fields.get("function", "orders")
    log = armed(function) + START + line_of(*detected, **fields)
    (tmp_path / "orders.log").write_bytes(log)


def exclude(hauberk, *words, **options):
    return hauberk("exclude", ID, "--log", "orders.log", *words, **options)


@pytest.mark.parametrize(("detected", "excluded"), DETECTIONS)
def test_a_detection_becomes_the_narrowest_exclusion(hauberk, tmp_path, detected, excluded):
    log_of(tmp_path, *detected)
    told = exclude(hauberk, "--expires", "30d", "--reason", "ours", "--name", "e")
    assert kept(tmp_path)
    (one,) = json.loads(hauberk("exclusion", "list", "--format", "json").stdout)
    shown = {key: value for key, value in one.items() if value is not None}
    assert shown.pop("scope") == {"function": "orders"}
    assert (shown.pop("author"), shown.pop("reason"), shown.pop("expires")) == ("ada", "ours", SOON)
    expected = {"name": "e", "added": TODAY.isoformat(), "in_force": True, **excluded}
    assert shown == ({"operation": "*", **expected} if "kind" in excluded else expected)
    is_cut = "**" in excluded["patterns"][0]
    assert ("shows a part of the text only" in told.stderr) == is_cut
    assert "nothing is changed" in exclude(hauberk).stderr
    replayed = json.loads(
        hauberk("replay", "orders.log", "--mode", "prevent", "--format", "json").stdout
    )
    assert not replayed["functions"][0].get("block"), replayed


@pytest.mark.parametrize("verdict", ["alert", "block"])
def test_what_a_blocked_call_would_have_led_to_is_said_to_be_unknown(hauberk, tmp_path, verdict):
    log_of(tmp_path, *DETECTIONS[2][0], verdict=verdict)
    assert ("it was blocked: what would have come behind it" in exclude(hauberk).stderr) == (
        verdict == "block"
    )
    told = hauberk("policy", "explain", "--detection", ID, "--log", "orders.log").stdout
    assert "allowed by exclusion" in told
    assert "of this detection alone" in told


EXCLUDED_NOT = [
    # what was detected                                          of which function, what is said
    (("denied-process", "process", "process start /bin/curl"), "orders", "no exclusion is before a rule; narrow"),
    (("unlisted-process", "process", "process start /bin/curl"), "orders", "all the same: denied by rule no-curl"),
    (("unlisted-file", "file", "file read /a…"), "orders", "write the exclusion by hand"),
    (("unlisted-file", "file", "file read /a"), "mail", "no function `mail`"),
]  # fmt: skip


@pytest.mark.parametrize(("detected", "function", "said"), EXCLUDED_NOT)
def test_what_no_exclusion_helps_is_told(hauberk, tmp_path, detected, function, said):
    log_of(tmp_path, *detected, function=function)
    assert said in exclude(hauberk, status=2).stderr
    assert (tmp_path / "hauberk.yaml").read_text() == POLICY


def test_a_forged_detection_is_not_excluded(hauberk, tmp_path):
    log_of(tmp_path, *DETECTIONS[0][0])
    forged = line_of("unlisted-process", "process", "process start /bin/sh", environment="ab" * 16)
    log = (tmp_path / "orders.log").read_bytes()
    (tmp_path / "orders.log").write_bytes(log + forged)
    exclude(hauberk)
    (one,) = policy(tmp_path).exclusions
    assert one.patterns == ("/tmp/a\\*",)
    (tmp_path / "orders.log").write_bytes(armed() + START + forged)
    assert "may have forged it" in exclude(hauberk, status=2).stderr
    assert (
        "no detection 00000000000000fe is there"
        in hauberk("exclude", "00000000000000fe", "--log", "orders.log", status=2).stderr
    )
    assert "no id of a record" in hauberk("exclude", "ff", "--log", "orders.log", status=2).stderr


def test_a_detection_in_a_store_is_excluded_as_in_its_log(hauberk, tmp_path):
    pytest.importorskip("duckdb", reason="the engine of stores is not here")
    log = armed() + START + line_of(*DETECTIONS[3][0])
    (tmp_path / "orders.log").write_bytes(log)
    forged = line_of("unlisted-process", "process", "process start /bin/sh", environment="ab" * 16)
    (tmp_path / "other.log").write_bytes(forged)
    hauberk("learn", "orders.log", "other.log", "--store", "records", "--only-seen", "-o", "o.yaml")
    words = ("exclude", ID, "--name", "e", "--store", "records")
    hauberk(*words)
    stored = policy(tmp_path).exclusions
    (tmp_path / "hauberk.yaml").write_text(POLICY)
    exclude(hauberk, "--name", "e")
    assert stored == policy(tmp_path).exclusions
    assert "name its --log, or a --store" in hauberk(*words, "--log", "orders.log", status=2).stderr
    assert "is not believed" in hauberk("exclude", ID, "--log", "other.log", status=2).stderr
