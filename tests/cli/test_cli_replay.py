"""`hauberk replay`: what a policy would have stopped, and its exit status."""

import json

import pytest
from log_lines import START, activity, armed, detection
from typer.testing import CliRunner

from hauberk.cli import app

pytest.importorskip("hauberk._native", reason="the native core is not built here")

POLICY = """
hauberk: 1
functions:
  orders: {mode: detect, allowlist: {file: [{target: /tmp/order-*}], host: []}}
rules:
  - {name: no-curl, kind: process, patterns: ["**/curl"], scope: account}
"""
LOG = b"".join(
    [
        armed(),
        START,
        *(activity("file", "write", f"/tmp/order-{n}", request=f"r{n}") for n in range(5)),
        activity("process", "start", "/usr/bin/curl", request="r7"),
        activity("host", "resolve", "x\x1b[31m.example", request="r8"),
        activity("host", "resolve", "api.example", request="r9"),
        detection("r9", input={"path": "body→$.q", "excerpt": "1 OR 1=1"}),
        b"HAUBERK1 but broken\n",
    ]
)


@pytest.fixture
def hauberk(tmp_path, monkeypatch):
    """Runs the command in a folder of its own, in this process: each start would take most of a second."""
    (tmp_path / "hauberk.yaml").write_text(POLICY)
    (tmp_path / "orders.log").write_bytes(LOG)
    monkeypatch.chdir(tmp_path)
    variables = {"COLUMNS": "200", "NO_COLOR": "1", "XDG_CONFIG_HOME": str(tmp_path)}

    def run(*arguments, given=None, **more):
        done = CliRunner().invoke(app, arguments, input=given, env={**variables, **more})
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done

    return run


def test_text_names_what_would_be_stopped_and_what_decided(hauberk):
    done = hauberk("replay", "orders.log", "--mode", "prevent")
    assert done.exit_code == 0
    told = done.stdout
    for words in (
        "orders, prevent",
        "block: denied by rule no-curl",
        "allow: on the allowlist",
        "host resolve api.example",
        "sql-injection (100) by flow: body→$.q",
        "3 records of 3 things would be blocked, nothing would be alerted; 5 allowed, 1 cannot stand on a list",
    ):
        assert words in told, words
    # a name with signs that drive a terminal cannot be a host
    assert (
        b"warning: 1 activity cannot stand on a list (cut, masked or unwritable"
        in done.stderr_bytes
    )
    assert b"warning: 1 line was passed by: not a record of its own" in done.stderr_bytes


def test_a_terminal_of_eighty_columns_cuts_no_table(hauberk):
    told = hauberk("replay", "orders.log", "--mode", "prevent", COLUMNS="80").stdout
    rows = [line for line in told.splitlines() if line.startswith(("│", "┃"))]
    assert len(rows) > 9 and all(row.endswith(row[0]) for row in rows), told
    assert "request r9" in told


def test_json_tells_each_thing_with_its_requests(hauberk):
    told = json.loads(hauberk("replay", "-", "--format", "json", given=LOG).stdout)
    assert (told["records"], told["unbelieved"]) == (9, 0)
    assert told["total"]["alert"] == {"things": 3, "records": 3}
    (orders,) = told["functions"]
    assert (orders["name"], orders["mode"]) == ("orders", "detect")
    (curl,) = (one for one in orders["told"] if one.get("kind") == "process")
    assert curl == {
        "kind": "process",
        "operation": "start",
        "target": "/usr/bin/curl",
        "action": "alert",
        "reason": "denied by rule no-curl",
        "entry": "* **/curl",
        "is_sure": True,
        "records": 1,
        "invocations": 1,
        "attacked": 0,
        "requests": ["r7"],
    }


STATUSES = [
    # words                                                   status
    (("orders.log", "--fail-on", "block"), 0),
    (("orders.log", "--fail-on", "alert"), 1),
    (("orders.log", "--fail-on", "block", "--mode", "prevent"), 1),
    (("orders.log", "--fail-on", "alert", "--mode", "off"), 0),
    (("orders.log", "--function", "orders"), 0),
    (("orders.log", "--function", "order"), 2),
    (("orders.log", "--policy", "missing.yaml"), 2),
    (("missing.log",), 2),
    (("orders.log", "--store", "records"), 2),
    ((), 2),
    (("--store", "records"), 2),
]


@pytest.mark.parametrize(("words", "status"), STATUSES)
def test_the_exit_status_tells(hauberk, words, status):
    done = hauberk("replay", *words)
    assert done.exit_code == status, done.stderr


def test_a_compiled_value_and_a_store_are_asked_likewise(hauberk, tmp_path):
    assert hauberk("policy", "key").exit_code == 0
    value = hauberk("policy", "compile", "hauberk.yaml", "--function", "orders").stdout
    (tmp_path / "policy.txt").write_text(value)
    assert hauberk("learn", "orders.log", "--store", "records", "-o", "new.yaml").exit_code == 0
    words = ("--policy", "policy.txt", "--mode", "prevent", "--format", "json")
    logs, store = (
        hauberk("replay", *where, *words) for where in (("orders.log",), ("--store", "records"))
    )
    told = [json.loads(done.stdout)["functions"][0]["told"] for done in (logs, store)]
    assert told[0] == told[1]
    assert [one.get("detector") for one in told[1]].count("sql-injection") == 1
    done = hauberk("replay", "orders.log", "--policy", "policy.txt", "--function", "bills")
    assert (done.exit_code, done.stdout) == (2, "")
    (tmp_path / "policy.txt").write_text(value[:-9] + "AAAAAAAA\n")
    done = hauberk("replay", "orders.log", "--policy", "policy.txt")
    assert (done.exit_code, done.stdout) == (2, "")


def test_a_policy_that_names_none_of_the_functions_says_so(hauberk):
    done = hauberk("replay", "-", given=LOG.replace(b'"orders"', b'"bills"'))
    assert done.exit_code == 2
    assert (
        b"9 records are of bills" not in done.stderr_bytes
    )  # the status is no thing that was done
    assert b"8 records are of bills, which the policy does not name" in done.stderr_bytes


def test_of_many_functions_those_are_shown_of_which_most_would_be_stopped(hauberk, tmp_path):
    names = [f"f{number}" for number in range(12)]
    listed = "".join(f"  {name}: {{mode: prevent, allowlist: {{host: []}}}}\n" for name in names)
    (tmp_path / "many.yaml").write_text(f"hauberk: 1\nfunctions:\n{listed}")
    acts = [
        activity("host", "resolve", f"h{of}.example", function=name)
        for number, name in enumerate(names)
        for of in range(number + 1)
    ]
    (tmp_path / "many.log").write_bytes(b"".join([*map(armed, names), START, *acts]))
    words = ("many.log", "--policy", "many.yaml", "--trust-unannounced")
    told = hauberk("replay", *words).stdout
    assert [name for name in names if f"{name}, prevent" in told] == names[2:]
    assert "and 2 more functions, of which less would be stopped" in told
    assert len(json.loads(hauberk("replay", *words, "--format", "json").stdout)["functions"]) == 12
