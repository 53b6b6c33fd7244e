"""`hauberk policy explain`: what it prints, and its exit status."""

import json

import pytest
from log_lines import START, armed, detection
from typer.testing import CliRunner

pytest.importorskip("hauberk._native", reason="the native core is not built here")

from hauberk.cli import app
from hauberk.learn.records.log import opened
from hauberk.store.store import open_store

POLICY = """
hauberk: 1
functions:
  orders:
    mode: prevent
    allowlist:
      file: [{target: /tmp/**, origin: runtime}]
      host: [{operation: resolve, target: API.example.com}]
exclusions:
  - {name: reports, kind: file, patterns: ["/tmp/report-*"], scope: account}
rules:
  - {name: no-exe, kind: file, patterns: ["**/*.exe"], scope: {function: orders}}
"""


@pytest.fixture
def hauberk(tmp_path, monkeypatch):
    (tmp_path / "hauberk.yaml").write_text(POLICY)
    monkeypatch.chdir(tmp_path)
    variables = {"COLUMNS": "160", "NO_COLOR": "1", "XDG_CONFIG_HOME": str(tmp_path)}

    def run(*arguments):
        done = CliRunner().invoke(app, ["policy", *arguments], env=variables)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done

    return run


ID = "00c0ffee00c0ffee"
SEEN = {"input": {"path": "body→$.q", "excerpt": "1 OR 1"}, "id": ID}


@pytest.mark.parametrize("where", [("--log", "orders.log"), ("--store", "records")])
def test_a_recorded_detection_is_explained_by_the_policy_of_today(hauberk, tmp_path, where):
    (tmp_path / "orders.log").write_bytes(armed() + START + detection(**SEEN))
    with open_store(tmp_path / "records") as store:
        store.ingest(opened("orders.log"), lambda done, of: None)
    done = hauberk("explain", "--detection", ID, *where)
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.startswith(
        "orders: sql-injection (100) by flow: body→$.q\nblock: detected\n"
    )
    told = json.loads(
        hauberk("explain", "--detection", ID, *where, "--mode", "detect", "--format", "json").stdout
    )
    assert (told["action"], told["is_sure"], told["matched"]) == ("alert", True, "1 OR 1")


HALF = [
    (),
    ("orders",),
    ("orders", "file", "read"),
    ("orders", "file", "read", "/tmp/a", "--detection", ID, "--log", "orders.log"),
    ("--detection", ID),
    ("--detection", "xyz", "--log", "orders.log"),
]


@pytest.mark.parametrize("words", HALF, ids=" ".join)
def test_a_half_question_is_refused(hauberk, tmp_path, words):
    (tmp_path / "orders.log").write_bytes(armed() + START + detection(**SEEN))
    done = hauberk("explain", *words)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "name " in done.stderr or "give its `id`" in done.stderr


def rows(text):
    return [[cell.strip() for cell in line.split("│")[1:-1]] for line in text.splitlines()]


def test_text_names_what_decides_and_what_loses(hauberk):
    done = hauberk("explain", "orders", "file", "write", "/tmp/report-1.exe")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.startswith(
        "orders: file write /tmp/report-1.exe\nblock: denied by rule no-exe\n"
    )
    before = "rule no-exe is before it"
    assert [one for one in rows(done.stdout) if one] == [
        ["decides", "rule no-exe", "* **/*.exe", "denies"],
        ["loses", "exclusion reports", "* /tmp/report-*", before],
        ["loses", "allowlist, by runtime", "* /tmp/**", before],
        ["decides", "mode prevent", "", "blocks what a rule denies"],
    ]


def test_json_says_the_same(hauberk):
    words = ("orders", "host", "resolve", "api.example.com", "--format", "json")
    told = json.loads(hauberk("explain", *words).stdout)
    assert (told["action"], told["reason"]) == ("allow", "on the allowlist")
    assert told["entry"] == "resolve api.example.com"
    (step,) = (one for one in told["steps"] if one["role"] == "decides")
    assert (step["part"], step["origin"]) == ("allowlist", "person")


def test_a_compiled_value_is_explained_likewise(hauberk, tmp_path):
    assert hauberk("key").exit_code == 0
    value = hauberk("compile", "hauberk.yaml", "--function", "orders").stdout
    (tmp_path / "policy.txt").write_text(value)
    words = ("orders", "file", "write", "/etc/x", "--policy", "policy.txt", "--mode", "detect")
    done = hauberk("explain", *words)
    assert "alert: not on the allowlist" in done.stdout
    assert "the platform's own files, which every list allows in the function" in done.stdout


WRONG = [
    (("order", "file", "read", "/a"), "no function `order`"),
    (("orders", "file", "reed", "/a"), "file has no operation `reed`; did you mean `read`?"),
    (("orders", "api", "s3", "*"), "write an action as IAM does"),
    (("orders", "disk", "read", "/a"), "Invalid value for"),
    (("orders", "file", "read", "\udcff"), "the target is no UTF-8"),
    (("orders", "file", "read", "/a", "--policy", "none.yaml"), "none.yaml: no such file"),
    (("orders", "file", "read", "tmp/a"), "`tmp/a` is not an absolute path"),
    (("orders", "process", "start", "bin/wc"), "`bin/wc` is not an absolute path"),
    (("orders", "host", "resolve", "https://a.b/"), "`https://a.b/` is not a host name"),
    (("orders", "address", "connect", "10.0.0.5"), "`10.0.0.5` has no port; write `IP:port`"),
    (("orders", "address", "connect", "10.0.0.0/8:80"), "`10.0.0.0/8:80` is not one address"),
    (("orders", "address", "connect", "db:5432"), "`db` is not an address"),
    (("orders", "api", "s3:PutObject", "bucket/key"), "`bucket/key` is not an ARN"),
    (("orders", "file", "read", "/tmp/‹redacted›/a"), "is a part of a target"),  # noqa: RUF001
]

WRITTEN = [
    # as a person writes it                       as the guard does
    (("file", "write", "/tmp/../etc/passwd2"), "/etc/passwd2"),
    (("file", "write", "/tmp//a/./b/"), "/tmp/a/b"),
    (("file", "list", "/"), "/"),
    (("host", "resolve", "API.Example.com."), "api.example.com"),
    (("process", "start", "/usr/bin/../bin/wc"), "/usr/bin/wc"),
    (("process", "start", "-"), "-"),
    (("process", "start", "$SHELL/x"), "$SHELL/x"),
    (("address", "connect", "[FD00:0::1]:0443"), "[fd00::1]:443"),
    (("address", "connect", "[::ffff:10.0.0.5]:80"), "10.0.0.5:80"),
    (("address", "connect", "unix:/tmp/s"), "unix:/tmp/s"),
    (("address", "open", "socket:vsock"), "socket:vsock"),
    (("api", "s3:PutObject", "*"), "*"),
    (("code", "load", "/opt/lib/../a.so"), "/opt/a.so"),
    (("code", "unpickle", "a.b.C"), "a.b.C"),
]


@pytest.mark.parametrize(("words", "target"), WRITTEN)
def test_a_target_is_asked_about_as_the_guard_writes_it(hauberk, words, target):
    done = hauberk("explain", "orders", *words, "--format", "json")
    assert (done.exit_code, done.stderr) == (0, "")
    assert json.loads(done.stdout)["target"] == target


def test_what_climbs_out_of_a_list_is_not_on_it(hauberk):
    done = hauberk("explain", "orders", "file", "write", "/tmp/../etc/passwd2")
    assert done.stdout.startswith("orders: file write /etc/passwd2\nblock: not on the allowlist\n")


def test_a_name_of_a_program_without_a_folder_is_said_to_be_another_target(hauberk):
    done = hauberk("explain", "orders", "process", "start", "wc")
    assert done.stdout.startswith("orders: process start wc\n")
    assert "`wc` alone is a program that is nowhere found" in done.stderr


WRONG += [
    (("orders", "file", "read", ""), "the target is empty; write it as records show it"),
    (("orders", "file", "*", "/a"), "file has no operation `*`"),
    (("orders", "api", "*", "*"), "write an action as IAM does"),
    (
        ("orders", "host", "resolve", "a.b", "--log", "orders.log"),
        "are of a --detection; name one, or leave",
    ),
    (
        ("orders", "host", "resolve", "a.b", "--store", "records"),
        "are of a --detection; name one, or leave",
    ),
    (
        ("arn:aws:lambda:eu-west-1:123456789012:function:order", "file", "read", "/a"),
        "did you mean `orders`?",
    ),
    (
        ("arn:aws:lambda:eu-west-1:123456789012:layer:orders", "file", "read", "/a"),
        "no function `arn:",
    ),
]


@pytest.mark.parametrize(("words", "said"), WRONG)
def test_wrong_use_is_told(hauberk, words, said):
    done = hauberk("explain", *words)
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr


ARN = "arn:aws:lambda:eu-west-1:123456789012:function:orders"
NAMED = [
    # the key in the file, what is asked for,                   is it that function?
    ("orders", "orders", True),
    ("orders", ARN, True),
    ("orders", f"{ARN}:prod", True),
    ("orders", f"{ARN}-2", False),
    (ARN, "orders", True),
    (ARN, ARN, True),
    (ARN, f"{ARN}:7", True),
    (ARN, ARN.replace("12:", "13:"), False),
    (ARN, ARN.replace("eu-west", "us-east"), False),
]


@pytest.mark.parametrize(("key", "asked", "is_found"), NAMED)
def test_a_function_is_found_by_its_name_and_its_arn(hauberk, tmp_path, key, asked, is_found):
    text = f"hauberk: 1\nfunctions:\n  {key}: {{mode: prevent, allowlist: {{file: []}}}}\n"
    (tmp_path / "one.yaml").write_text(text)
    words = ("file", "read", "/a", "--policy", "one.yaml")
    assert (hauberk("explain", asked, *words).exit_code == 0) is is_found
    assert hauberk("key").exit_code == 0
    compiled = hauberk("compile", "one.yaml", "--function", asked)
    assert (compiled.exit_code == 0) is is_found


@pytest.mark.parametrize(("kind", "target"), [("process", "/usr/bin/curl"), ("host", "a.b")])
def test_the_operation_of_lists_is_the_only_one_of_its_kind(hauberk, kind, target):
    told = json.loads(hauberk("explain", "orders", kind, "*", target, "--format", "json").stdout)
    only = {"process": "start", "host": "resolve"}[kind]
    assert told == json.loads(
        hauberk("explain", "orders", kind, only, target, "--format", "json").stdout
    )
    assert told["operation"] == only
