"""A function of an OS-only runtime (`provided.al2023`) has the wall when its `bootstrap` asks for it, and says so."""

from __future__ import annotations

import http.server
import json
import os
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from walled import LIBRARY, found

from contract import is_record, policy, record_schema


class Given(NamedTuple):
    """What an invocation gave: the function's answer, and its records."""

    answer: str
    records: list[dict[str, Any]]

    @property
    def detected(self) -> set[tuple[str, str, str]]:
        found = [one for one in self.records if one["type"] == "detection"]
        return {(one["verdict"], one["detector"], one["target"]) for one in found}


class RuntimeApi(http.server.ThreadingHTTPServer):
    """Hands one event over, and says then that there is none."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.events: list[str] = []
        self.answer = ""
        self.address = f"127.0.0.1:{self.server_port}"


class _Handler(http.server.BaseHTTPRequestHandler):
    server: RuntimeApi

    def do_GET(self) -> None:
        events = self.server.events
        body = json.dumps(events.pop()).encode() if events else b""
        self._answer(200 if body else 410, body)

    def do_POST(self) -> None:
        self.server.answer = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self._answer(200, b"{}")

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Lambda-Runtime-Aws-Request-Id", "5e9a0d4e-1f3b-4b1e-9d0c-1d2f3a4b5c6d")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def api() -> Iterator[RuntimeApi]:
    server = RuntimeApi()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


SHELLS = """#!/bin/sh
next=http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation
while event=$(curl -sf --noproxy '*' -D head "$next/next"); do
    id=$(sed -n 's/^Lambda-Runtime-Aws-Request-Id: \\([0-9a-f-]*\\).*/\\1/p' head)
    file=$(echo "$event" | tr -d '"')
    read -r own < "$file" || own=refused
    child=$(env -i cat "$file" 2>&-) || child=refused
    curl -sf --noproxy '*' -o answer -d "$own $child" "$next/$id/response"
done
"""
Stage = Callable[..., Given]


@pytest.fixture
def stage(layer: Path, api: RuntimeApi, compiled: Callable[..., Path], tmp_path: Path) -> Stage:
    """Starts the package's `bootstrap` as Lambda starts it, until there is no event."""
    task = tmp_path / "task"
    task.mkdir()
    bootstrap = task / "bootstrap"

    def invoke(how: str, event: Path, **settings: str) -> Given:
        api.events, api.answer = [str(event)], ""
        bootstrap.unlink(missing_ok=True)
        variables: dict[str, str] = {}
        if how == "by a shell":
            bootstrap.write_text(SHELLS)
        elif how == "by the wrapper":
            (task / "runtime").write_bytes(compiled("bootstrap").read_bytes())
            (task / "runtime").chmod(0o755)
            bootstrap.write_text(f'#!/bin/sh\nexec {layer}/hauberk/wrapper {task}/runtime "$@"\n')
        else:
            options = ("-static",) if how == "linked statically" else ()
            bootstrap.write_bytes(compiled("bootstrap", *options).read_bytes())
        if how != "by the wrapper" and settings:
            variables = {"LD_PRELOAD": str(layer / LIBRARY), "HAUBERK_WALL": "alone"}
        bootstrap.chmod(0o755)
        environment = {"PATH": os.environ["PATH"], "AWS_LAMBDA_FUNCTION_NAME": "function"}
        environment |= {"AWS_LAMBDA_RUNTIME_API": api.address, "LAMBDA_TASK_ROOT": str(task)}
        given = environment | variables | settings
        done = subprocess.run(
            [bootstrap], env=given, cwd=task, capture_output=True, check=False, timeout=60
        )
        lines = [line for line in done.stderr.decode().split("\n") if is_record(line)]
        records = [json.loads(line) for line in lines]
        for record in records:
            record_schema().validate(record)
        return Given(api.answer.replace("\n", ""), records)

    return invoke


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    file = tmp_path / "secret"
    file.write_text("s3cret\n")
    return file


NOTHING: list[dict[str, str]] = []
DETECT = {"HAUBERK_MODE": "detect"}


@pytest.mark.parametrize("how", ["by the wrapper", "by variables"])
def test_a_bootstrap_that_asks_for_the_wall_has_it(stage: Stage, secret: Path, how: str) -> None:
    assert stage("without", secret).answer == "s3cret s3cret"
    seen = stage(how, secret, **DETECT)
    assert seen.answer == "s3cret s3cret"
    first = seen.records[0]
    assert (first["state"], first["coverage"]["children"]) == ("armed", "armed")
    assert first["coverage"]["event"].startswith("gap: there is no guard for this runtime")
    told = {(one.get("operation"), one.get("target")) for one in seen.records}
    assert ("read", str(secret)) in told
    assert seen.detected == set()

    prevent = policy(allowlist={"file": NOTHING})
    seen = stage(how, secret, HAUBERK_POLICY=prevent)
    assert seen.answer == "refused refused"
    assert ("block", "unlisted-file", str(secret)) in seen.detected


def test_a_shell_that_asks_for_events_by_curl_needs_an_exclusion(
    stage: Stage, api: RuntimeApi, secret: Path
) -> None:
    found("curl")
    assert stage("by a shell", secret).answer == "s3cret s3cret"
    seen = stage("by a shell", secret, **DETECT)
    assert seen.answer == "s3cret s3cret"
    assert seen.detected == {("alert", "runtime-api-access", api.address)}
    seen = stage("by a shell", secret, HAUBERK_MODE="prevent")
    assert (seen.answer, seen.detected) == ("", {("block", "runtime-api-access", api.address)})
    own = {
        "name": "own-runtime",
        "detector": "runtime-api-access",
        "path": "**",
        "patterns": ["**"],
    }
    document = {"exclusions": [{**own, "scope": "account"}]}
    settings = {"HAUBERK_POLICY": policy(document=document)}
    seen = stage("by a shell", secret, **settings)
    assert (seen.answer, seen.detected) == ("s3cret s3cret", set())


def test_a_bootstrap_that_is_linked_statically_has_no_wall_and_its_children_have(
    stage: Stage, secret: Path
) -> None:
    """A known miss: nothing is preloaded into it, and nobody is there to tell."""
    seen = stage("linked statically", secret, HAUBERK_POLICY=policy(allowlist={"file": NOTHING}))
    assert seen.answer == "s3cret refused"
