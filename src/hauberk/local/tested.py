"""Runs a function's own tests with the guard in each of their Python processes.

Sees:         what the handler does where a test calls it, and what its module does when it is imported
Does not see: what tests put fakes in the place of; what children do that are no Python; handlers that no test calls
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hauberk.local.folders import layer_folder
from hauberk.local.function import Function, InputError
from hauberk.policy.compile import compile_policy
from hauberk.policy.file import from_bytes

CARRIED = Path(__file__).with_name("carried")
SETTINGS = "HAUBERK_TESTED"  # as `carried/sitecustomize.py` reads it
_OF_SHELL = frozenset({"&&", "||", "|", ";", "&", ">", "<", ">>", "2>&1"})
# What is true of every test: its own code stands on the stack, and acts while no invocation runs.
_OFF = ("injected-code", "acts-after-response", "outlives-invocation")


@dataclass(frozen=True, slots=True)
class Tested:
    """How the command ended, and the records of each process of it that carried the guard."""

    status: int
    logs: tuple[bytes, ...]


def run_tests(function: Function, layer: Path, command: str) -> Tested:
    """Run the command here, its output on our standard error. Raises InputError where it cannot be started."""
    words = _words(command)
    with tempfile.TemporaryDirectory(prefix="hauberk-tests-") as name:
        scratch = Path(name).resolve()
        logs = scratch / "logs"
        logs.mkdir()
        settings = _settings(function, layer_folder((layer,), scratch), logs)
        with _started(words, settings) as process:
            status = process.wait()
        return Tested(status, tuple(one.read_bytes() for one in sorted(logs.iterdir())))


def _words(command: str) -> list[str]:
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise InputError(
            f"--tests: {str(error).lower()}; write one command, with its words quoted as for a shell"
        ) from error
    if not words:
        raise InputError("--tests: no command; write one: --tests 'pytest tests'")
    of_shell = next((word for word in words if word in _OF_SHELL), None)
    if of_shell:
        raise InputError(
            f"--tests: `{of_shell}` is a shell's, and no shell runs the command; name one: "
            "--tests \"sh -c 'a && b'\""
        )
    return words


def _settings(function: Function, layer: Path, logs: Path) -> dict[str, object]:
    module, _, name = function.handler.rpartition(".")
    file = function.code / f"{module}.py"
    if not file.is_file():
        raise InputError(f"--tests: {file} is no file; name a function's folder, and its --handler")
    return {
        "layer": str(layer),
        "log": str(logs),
        "file": str(file),
        "handler": name,
        "variables": {
            "AWS_LAMBDA_FUNCTION_NAME": function.name,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "HAUBERK_POLICY": _policy(function.name),
            "LAMBDA_TASK_ROOT": str(function.code.resolve()),
        },
    }


def _policy(name: str) -> str:
    """A policy of no list, in detect, signed for this run alone."""
    detectors = {one: {"mode": "off"} for one in _OFF}
    text = json.dumps({"hauberk": 1, "functions": {name: {"detectors": detectors}}})
    policy = from_bytes(text.encode(), "the policy of the tests")
    return compile_policy(
        policy, name, key=Ed25519PrivateKey.generate(), now=int(time.time())
    ).variable


@contextmanager
def _started(words: list[str], settings: dict[str, object]) -> Iterator[subprocess.Popen[bytes]]:
    path = os.pathsep.join(filter(None, (str(CARRIED), os.environ.get("PYTHONPATH"))))
    variables = {**os.environ, "PYTHONPATH": path, SETTINGS: json.dumps(settings)}
    try:
        with subprocess.Popen(words, env=variables, stdout=sys.stderr) as process:
            yield process
    except OSError as error:
        raise InputError(
            f"--tests: {words[0]}: {str(error.strerror).lower()}; name a program that can be run"
        ) from error
