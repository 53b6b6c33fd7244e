"""`hauberk allowlist show`, `export` and `diff`, with what records tell."""

import csv
import json

import pytest
from log_lines import START, activity, armed
from typer.testing import CliRunner

pytest.importorskip("hauberk._native", reason="the native core is not built here")

from hauberk.cli import app
from hauberk.policy.file import from_bytes

POLICY = """\
hauberk: 1
functions:
  orders:
    mode: prevent
    allowlist:
      file:
        - {operation: write, target: "/tmp/*", origin: runtime}
        - {target: /etc/app.conf, author: ada, reason: "=1+1, said Ada", added: 2026-11-27}
      process: [{target: "=cmd"}]
      host: []
  mail: {}
"""
STACK = {"stack": ["app.py:7 handler", "boot.py:1 main"]}
LOG = armed() + START + b"".join(
    [
        activity("file", "write", "/tmp/a", "r1", **STACK),
        activity("file", "write", "/tmp/b", "r2", stack=["lib.py:9 put"], timestamp="2026-11-25T01:02:03.000Z"),
        activity("host", "resolve", "a.b", "r1"),
        activity("process", "start", "/bin/sh", "r1"),
        activity("api", "s3:GetObject", "arn:aws:s3:::b/k", "r1"),
    ]
)  # fmt: skip


@pytest.fixture
def hauberk(tmp_path, monkeypatch):
    (tmp_path / "hauberk.yaml").write_text(POLICY)
    (tmp_path / "orders.log").write_bytes(LOG)
    monkeypatch.chdir(tmp_path)
    variables = {"COLUMNS": "200", "NO_COLOR": "1", "XDG_CONFIG_HOME": str(tmp_path)}

    def run(*words, status=0):
        done = CliRunner().invoke(app, words, env=variables)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        assert done.exit_code == status, done.stderr
        return done.stdout

    return run


def test_records_tell_when_an_entry_was_used_and_by_which_code(hauberk):
    words = ("allowlist", "show", "orders", "--kind", "file", "--log", "orders.log")
    told = json.loads(hauberk(*words, "--format", "json"))["allowlist"]["file"]
    assert told[0]["seen"] == {
        "invocations": 2,
        "first_seen": "2026-11-23T19:11:00Z",
        "last_seen": "2026-11-25T01:02:03Z",
        "sites": ["app.py:7 handler", "lib.py:9 put"],
    }
    assert (told[1]["seen"], told[1]["author"], told[1]["added"]) == (None, "ada", "2026-11-27")
    text = hauberk(*words)
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in text.splitlines()]
    at = rows.index(["file", "write", "/tmp/*", "runtime"])
    seen = "2 invocations, 2026-11-23 to 2026-11-25"
    assert rows[at + 1] == ["", "", seen, ""]
    assert rows[at + 2] == ["", "", "by app.py:7 handler and 1 more", ""]
    assert "person (ada, 2026-11-27: =1+1, said Ada)" in text
    assert "no record" in text
    assert text.splitlines()[-1].startswith("seen: as the records tell")


LONG = "/var/runtime/urllib3/util/connection.py:127"


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (80, "by …/connection.py:127 "),
        (120, "by …/urllib3/util/connection.py:127 "),
        (200, f"by {LONG} has_ipv6"),
    ],
)
def test_no_line_breaks_within_the_place_of_code(tmp_path, monkeypatch, width, shown):
    act = activity("file", "write", "/tmp/a", "r1", stack=[f"{LONG} has_ipv6"])
    (tmp_path / "long.log").write_bytes(armed() + START + act)
    (tmp_path / "hauberk.yaml").write_text(POLICY)
    monkeypatch.chdir(tmp_path)
    words = ["allowlist", "show", "orders", "--log", "long.log"]
    done = CliRunner().invoke(app, words, env={"COLUMNS": str(width), "NO_COLOR": "1"})
    assert shown in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= width


FORMS = [
    ("show", "orders"),
    ("show", "orders", "--format", "json"),
    ("show", "orders", "--format", "yaml"),
    ("export", "--format", "csv"),
    ("export", "--format", "json"),
]


@pytest.mark.parametrize("words", FORMS)
def test_a_profile_tells_what_the_log_does_of_which_it_was_written(hauberk, words):
    hauberk("learn", "orders.log", "-o", "other.yaml", "--profile", "orders.profile")
    by_log = hauberk("allowlist", *words, "--log", "orders.log")
    assert hauberk("allowlist", *words, "--profile", "orders.profile") == by_log
    assert (hauberk("allowlist", *words) == by_log) is ("yaml" in words)


def test_without_records_a_list_says_where_its_use_is_known(hauberk):
    *_, said = hauberk("allowlist", "show", "orders").splitlines()
    assert (
        said
        == "how often, first, last and by which code: the records tell (--store, --log, --profile)"
    )
    assert "records" not in hauberk("allowlist", "show", "mail")


def test_callers_are_counted_where_records_tell_of_them(hauberk, tmp_path):
    first, *others = LOG.splitlines(keepends=True)
    told = [
        one.replace(b'"reason"', b'"caller":"2%02x","reason"' % n) for n, one in enumerate(others)
    ]
    (tmp_path / "orders.log").write_bytes(first + b"".join(told))
    words = ("allowlist", "show", "orders", "--kind", "file", "--log", "orders.log")
    entry, _ = json.loads(hauberk(*words, "--format", "json"))["allowlist"]["file"]
    assert entry["seen"]["callers"] == 2
    assert "to 2026-11-25, 2 callers " in hauberk(*words)
    exported = hauberk("allowlist", "export", "orders", "--log", "orders.log", "--format", "csv")
    assert next(csv.DictReader(exported.splitlines()))["callers"] in ("2", "")


def test_a_list_is_exported_whole_and_no_cell_is_a_formula(hauberk):
    lines = hauberk("allowlist", "export", "--format", "csv", "--log", "orders.log").splitlines()
    rows = list(csv.DictReader(lines))
    assert [(one["kind"], one["target"]) for one in rows] == [
        ("process", "'=cmd"),
        ("file", "/tmp/*"),
        ("file", "/etc/app.conf"),
    ]
    assert (rows[1]["invocations"], rows[1]["sites"]) == ("2", "app.py:7 handler lib.py:9 put")
    assert rows[2]["reason"] == "'=1+1, said Ada"
    orders, mail = json.loads(hauberk("allowlist", "export"))
    assert orders["allowlist"]["host"] == []
    assert orders["allowlist"]["file"][0] == {
        "operation": "write",
        "target": "/tmp/*",
        "origin": "runtime",
    }
    assert (mail["function"], mail["allowlist"]) == ("mail", {})
    exported = from_bytes(hauberk("allowlist", "export", "--format", "yaml").encode(), "exported")
    given = from_bytes(POLICY.encode(), "given")
    assert [one.allowlist for one in exported.functions] == [
        one.allowlist for one in given.functions
    ]


def test_two_files_differ_as_people_and_programs_read(hauberk, tmp_path):
    changed = POLICY.replace("host: []", "host: [{target: c.d}]").replace(
        "mode: prevent", "mode: detect"
    )
    (tmp_path / "new.yaml").write_text(changed)
    words = ("allowlist", "diff", "hauberk.yaml", "new.yaml")
    text = hauberk(*words)
    assert "  + host * c.d: person  (wider)\n" in text
    assert "  ~ mode file: prevent → detect  (wider)\n" in text
    assert text.endswith("10 wider\n")
    told = json.loads(hauberk(*words, "--format", "json"))
    assert (told["wider"], told["narrower"], told["other"]) == (10, 0, 0)
    assert {"function": "orders", "section": "allowlist host", "what": "* c.d", "before": None,
            "after": "person", "effect": "wider"} in told["changes"]  # fmt: skip
    hauberk(*words, "--fail-on", "wider", status=1)
    back = ("allowlist", "diff", "new.yaml", "hauberk.yaml", "--fail-on")
    hauberk(*back, "wider")
    hauberk(*back, "any", status=1)
    assert (
        hauberk("allowlist", "diff", "hauberk.yaml", "hauberk.yaml", "--fail-on", "any")
        == "no difference\n"
    )


def test_the_entries_of_a_list_that_begins_or_ends_stand_below_it(hauberk, tmp_path):
    (tmp_path / "new.yaml").write_text(
        POLICY.replace("      host: []\n", "      code: [{target: a.b}, {target: c.d}]\n")
    )
    there = hauberk("allowlist", "diff", "hauberk.yaml", "new.yaml").splitlines()
    at = there.index("  ~ code: learning → a list  (narrower)")
    assert there[at + 1 : at + 3] == ["      * a.b: person", "      * c.d: person"]
    assert there[-1] == "1 wider, 1 narrower"
    back = hauberk("allowlist", "diff", "new.yaml", "hauberk.yaml").splitlines()
    at = back.index("  ~ code: a list → learning  (wider)")
    assert back[at + 1 : at + 3] == ["      * a.b: person", "      * c.d: person"]
    hauberk("allowlist", "diff", "new.yaml", "hauberk.yaml", "--fail-on", "wider", status=1)


def test_a_compiled_value_is_compared_with_the_file_that_it_came_from(hauberk, tmp_path):
    hauberk("policy", "key")
    value = hauberk("policy", "compile", "hauberk.yaml", "--function", "orders")
    (tmp_path / "policy.txt").write_text(value)
    words = ("allowlist", "diff", "policy.txt", "hauberk.yaml")
    assert hauberk(*words) == "no difference\n"
    (tmp_path / "hauberk.yaml").write_text(POLICY.replace("host: []", "code: []"))
    assert "~ host: a list → learning  (wider)" in hauberk(*words)


def test_a_fresh_proposal_is_told_and_nothing_is_written(hauberk, tmp_path):
    told = json.loads(
        hauberk("allowlist", "diff", "hauberk.yaml", "--log", "orders.log", "--format", "json")
    )
    entries = {(one["section"], one["what"], one["effect"]) for one in told["changes"]}
    assert ("allowlist host", "* a.b", "wider") in entries
    assert ("allowlist api", "api", "narrower") in entries
    assert [(one["target"], one["why"]) for one in told["review"]] == [
        ("/bin/sh", "starts a shell")
    ]
    assert (tmp_path / "hauberk.yaml").read_text() == POLICY


@pytest.mark.parametrize(
    "words",
    [
        ("diff", "hauberk.yaml"),
        ("diff", "hauberk.yaml", "hauberk.yaml", "--log", "orders.log"),
        ("diff", "none.yaml", "hauberk.yaml"),
        ("diff", "hauberk.yaml", "hauberk.yaml", "--function", "order"),
        ("export", "order"),
        ("show", "orders", "--log", "none.log"),
        ("show", "orders", "--profile", "orders.log"),
        ("export", "--profile", "orders.log", "--log", "orders.log"),
        ("export", "--profile", "none.profile", "--store", "none"),
    ],
)
def test_wrong_use_is_told(hauberk, words):
    hauberk("allowlist", *words, status=2)
