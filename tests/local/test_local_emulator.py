"""The same function under AWS's own emulator, in the same root: it agrees with ours.

The emulator is the file `aws-lambda-rie` of the aws-sam-cli wheel. Unlike Lambda it writes no
INIT_START, loads the function after START, measures neither Init Duration nor Max Memory Used,
writes no END and REPORT for a process that ends, and answers a timeout with plain text; in these
only the rest is compared.
"""

import http.client
import json
import os
import platform
import re
import shutil
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from hauberk.local import Environment, Function, LocalError
from hauberk.local.log import Log
from hauberk.local.nodejs import client, node
from hauberk.local.process import Process
from hauberk.local.sandbox import Isolation, sandbox
from pythons import one_at_a_time

HERE = Path(__file__).parent
CACHE = HERE.parents[1] / ".cache" / "local"
MACHINES = {"x86_64": "x86_64", "aarch64": "arm64"}
PATH = "/2015-03-31/functions/function/invocations"
TIMEOUT_S = 3  # an emulated start counts too

CODE = """
import json, os, sys, time

print("loading")

def handler(event, context):
    print("got", json.dumps(event))
    print("as", context.function_name, context.memory_limit_in_mb, file=sys.stderr)
    act = event.get("act")
    if act == "raise":
        raise ValueError("boom")
    if act == "object":
        return object()
    if act == "exit":
        os._exit(event["code"])
    if act == "kill":
        os.kill(os.getpid(), event["signal"])
    if act == "sleep":
        time.sleep(60)
    if act == "answer":
        return "x" * event["size"]
    if act == "path":
        return sys.path, __file__, os.getcwd(), sys.argv
    return {"echo": event, "wrapped": os.environ.get("WRAPPED")}
"""
WRAPPER = '#!/bin/sh\nexport WRAPPED=yes\nexec "$@"\n'

EVENTS = [
    # event                                          what is the same
    ({"a": [1, 2.5, None, "é", "\ud800"]}, "all"),
    ([], "all"),  # no `get`: an AttributeError
    ({"act": "raise"}, "all"),
    ({"act": "object"}, "all"),
    ({"act": "path"}, "all"),
    ({"act": "answer", "size": 6 * 1024 * 1024 + 98}, "all"),
    ({"act": "answer", "size": 6 * 1024 * 1024 + 99}, "payload"),
    ({"act": "exit", "code": 3}, "payload"),
    ({"act": "exit", "code": 0}, "payload"),
    ({"act": "kill", "signal": 9}, "payload"),
    ({"act": "kill", "signal": 11}, "payload"),
    ({"act": "sleep"}, "log"),
    ({"after": "all of it"}, "all"),
]


SCRIPT = """
console.log('loading');

export const handler = async (event, context) => {
  console.log('got', JSON.stringify(event));
  process.stderr.write(`as ${context.functionName} ${context.memoryLimitInMB}\\n`);
  switch (event.act) {
    case 'raise': throw new RangeError('boom');
    case 'exit': process.exit(event.code);
    case 'kill': process.kill(process.pid, event.signal); await new Promise(() => {});
    case 'sleep': await new Promise((done) => setTimeout(done, 60000));
    case 'answer': return 'x'.repeat(event.size);
    case 'path': return [process.argv, process.execPath, process.cwd(), process.env.NODE_PATH];
  }
  return { echo: event, wrapped: process.env.WRAPPED };
};
"""
LANGUAGES = {
    "python": ({"app.py": CODE}, "app.handler", EVENTS),
    "nodejs": (
        {"index.mjs": SCRIPT},
        "index.handler",
        [(event, same) for event, same in EVENTS if "signal" not in event or event["signal"] == 9],
    ),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_answers_and_logs_are_those_of_aws_s_emulator(folder, no_namespace_because, language):
    isolation = Isolation.NONE if no_namespace_because else Isolation.PROCESSES
    files, handler, events = LANGUAGES[language]
    if language == "nodejs":
        _require_node()
    function = Function(
        folder("code", files),
        handler,
        language,
        name="orders",
        layers=(_with_emulator(folder("layer", {"wrap": WRAPPER})),),
        environment={"AWS_LAMBDA_EXEC_WRAPPER": "/opt/wrap"},
        timeout_s=TIMEOUT_S,
    )
    compared = 0
    with (
        _emulator(function, isolation) as emulated,
        Environment(function, namespace=isolation is not Isolation.NONE) as environment,
    ):
        for event, same in events:
            answer = environment.invoke(event)
            payload, log = emulated(json.dumps(event).encode())
            if same != "log":
                assert _plain(answer.payload.decode()) == _plain(payload.decode()), event
            if same != "payload":
                assert _lines(answer.log) == _lines(log), event
            compared += 1
    assert compared == len(events) >= 12


def _require_node():
    try:
        node(None), client(None)
    except LocalError as error:
        pytest.skip(str(error))


STAMP = re.compile(r"\d{4}-\d\d-\d\dT[0-9:.]+Z\t")
IDENTIFIER = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
LAMBDAS_ALONE = re.compile(r"INIT_START |\S+Z \S+ Task timed out|\d+ \w+ \d{4} .*\(rapid\)")
UNLIKE = re.compile(r"\t(Init Duration: [0-9.]+ ms|Status: timeout)(?=\t|$)")


def _plain(text: str) -> str:
    """`text` without what differs from run to run: identifiers, folders of an environment."""
    return re.sub(r"/\S*?/hauberk-local-[^/]+", "", IDENTIFIER.sub("ID", text))


def _lines(log: str) -> list[str]:
    kept = []
    for line in STAMP.sub("", _plain(log)).split("\n"):
        if line in ("", "loading") or line.endswith("INFO\tloading") or LAMBDAS_ALONE.match(line):
            continue
        if line.startswith("REPORT"):
            fields = UNLIKE.sub("", line).rstrip("\t")
            line = re.sub(r"(Duration|Used): [0-9.]+", r"\1: N", fields)  # noqa: PLW2901
        kept.append(line)
    return kept


@contextmanager
def _emulator(function: Function, isolation: Isolation) -> Iterator[object]:
    ports = _free_port(), _free_port()
    addresses = [f"127.0.0.1:{port}" for port in ports]
    box = sandbox(function)
    plan = box.plan(isolation, addresses[1])
    layers = str(box.layers) if isolation is Isolation.NONE else "/opt"
    command = (
        f"{layers}/aws-lambda-rie",
        *("--runtime-interface-emulator-address", addresses[0]),
        *("--runtime-api-address", addresses[1], "--log-level", "error"),
        *plan.command,
    )
    variables = {**plan.variables, "AWS_LAMBDA_FUNCTION_TIMEOUT": str(TIMEOUT_S)}
    log = Log(None)
    process = Process(replace(plan, command=command, variables=variables), log.write_end, print)

    def invoke(event: bytes) -> tuple[bytes, str]:
        payload = post(event)
        if b"ErrGateCanceled" in payload:  # the emulator's race: it still ends one that timed out
            log.take()
            payload = post(event)
        return payload, log.take().decode()

    def post(event: bytes) -> bytes:
        connection = _connected(ports[0])
        connection.request("POST", PATH, event)
        payload = connection.getresponse().read()
        connection.close()
        return payload

    try:
        yield invoke
    finally:
        process.close()
        log.close()
        box.close()


def _connected(port: int) -> http.client.HTTPConnection:
    end = time.monotonic() + 10
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            connection.connect()
        except ConnectionRefusedError:  # it is still starting
            if time.monotonic() > end:
                raise
        else:
            return connection


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _with_emulator(layer: Path) -> Path:
    machine = MACHINES.get(platform.machine())
    if machine is None:
        pytest.skip(f"AWS has no emulator for {platform.machine()}")
    emulator = CACHE / f"aws-lambda-rie-{machine}"
    with one_at_a_time(emulator):
        if not emulator.is_file():
            _download(emulator)
    shutil.copy(emulator, layer / "aws-lambda-rie")
    (layer / "aws-lambda-rie").chmod(0o755)
    return layer


def _download(emulator: Path) -> None:
    wheels = CACHE / f"wheels.{os.getpid()}"
    wheels.mkdir(parents=True)
    try:
        got = subprocess.run(
            [
                *(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"),
                *("--require-hashes", "--requirement", HERE / "rie.txt", "--dest", wheels),
                *("--only-binary", ":all:"),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        if got.returncode != 0:
            pytest.skip(f"aws-sam-cli cannot be downloaded: {got.stderr.strip()[-300:]}")
        with zipfile.ZipFile(next(wheels.glob("*.whl"))) as wheel:
            unpacked = wheel.extract(f"samcli/local/rapid/{emulator.name}", wheels)
        shutil.move(unpacked, emulator)
    finally:
        shutil.rmtree(wheels)
