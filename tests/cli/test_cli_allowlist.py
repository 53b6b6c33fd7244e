"""`hauberk allowlist show`: the list of a function, by kind, with where each entry comes from."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

pytest.importorskip("hauberk._native", reason="the native core is not built here")

from hauberk.cli import app
from hauberk.model.kind import Kind
from hauberk.policy.file import from_bytes

POLICY = """
hauberk: 1
functions:
  arn:aws:lambda:eu-west-1:123456789012:function:orders:
    mode: prevent
    allowlist:
      file:
        - {operation: write, target: "/tmp/*", origin: runtime}
        - {target: '/tmp/a"b: \\\\*'}
      host: []
"""


@pytest.fixture
def show(tmp_path, monkeypatch):
    (tmp_path / "hauberk.yaml").write_text(POLICY)
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        variables = {"COLUMNS": "120", "NO_COLOR": "1"}
        done = CliRunner().invoke(app, ["allowlist", "show", *arguments], env=variables)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done

    return run


def test_text_shows_entries_what_is_empty_and_what_learns(show):
    done = show("orders")
    assert (done.exit_code, done.stderr) == (0, "")
    rows = [
        [cell.strip() for cell in line.split("│")[1:-1]]
        for line in done.stdout.splitlines()
        if "│" in line
    ]
    learns = "still learning"
    assert rows == [
        ["process", "", learns, ""],
        ["file", "write", "/tmp/*", "runtime"],
        ["file", "*", '/tmp/a"b: \\\\*', "person"],
        ["api", "", learns, ""],
        ["host", "", "nothing is listed", ""],
        ["address", "", learns, ""],
        ["code", "", learns, ""],
    ]
    assert "\n2 entries\n" in done.stdout


def test_json_shows_the_kinds_that_are_asked_for(show):
    told = json.loads(show("orders", "--kind", "file", "--kind", "api", "--format", "json").stdout)
    assert told == {
        "function": "orders",
        "mode": "prevent",
        "allowlist": {
            "file": [
                {"operation": "write", "target": "/tmp/*", "origin": "runtime"},
                {"operation": "*", "target": '/tmp/a"b: \\\\*', "origin": "person"},
            ]
        },
        "learning": ["api"],
    }


def read_back(text):
    inner = "".join(f"    {line}\n" for line in text.splitlines())
    policy = from_bytes(f"hauberk: 1\nfunctions:\n  orders:\n{inner}".encode(), "shown")
    return dict(policy.functions[0].allowlist)


TARGETS = st.text(
    st.characters(codec="utf-8", exclude_characters="./\\\ufeff", exclude_categories=("C", "Z")),
    min_size=1,
    max_size=20,
).map("/".__add__)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.sampled_from(["*", "read"]), TARGETS), max_size=4))
def test_yaml_is_read_back_as_the_same_list(show, tmp_path, entries):
    listed = [{"operation": operation, "target": target} for operation, target in entries]
    policy = {"hauberk": 1, "functions": {"orders": {"allowlist": {"file": listed, "code": []}}}}
    content = json.dumps(policy, ensure_ascii=False).encode()
    (tmp_path / "own.yaml").write_bytes(content)
    done = show("orders", "--policy", "own.yaml", "--format", "yaml")
    assert done.exit_code == 0, done.stderr
    expected = from_bytes(content, "own.yaml").functions[0].allowlist
    assert read_back(done.stdout) == dict(expected)


def test_a_function_without_a_list_learns_all(show, tmp_path):
    (tmp_path / "own.yaml").write_text("hauberk: 1\nfunctions: {orders: {mode: detect}}\n")
    words = ("orders", "--policy", "own.yaml", "--format")
    assert show(*words, "yaml").stdout == "allowlist: {}\n"
    assert json.loads(show(*words, "json").stdout)["learning"] == [one.value for one in Kind]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("order",), "no function `order`; add it under `functions`, or did you mean `orders`?"),
        (("orders", "--kind", "disk"), "Invalid value for"),
        (("orders", "--policy", "none.yaml"), "none.yaml: no such file"),
    ],
)
def test_wrong_use_is_told(show, words, said):
    done = show(*words)
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr
