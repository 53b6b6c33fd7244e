"""The same function on every Python that AWS has a runtime client for."""

import json
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hauberk.local import Environment, Function

HERE = Path(__file__).parent
CACHE = HERE.parents[1] / ".cache" / "local"
VERSIONS = ["3.9", "3.10", "3.11", "3.12", "3.13", "3.14"]
CODE = """
import sys

def handler(event, context):
    return [list(sys.version_info[:2]), sys.prefix, event, context.function_name]
"""


@pytest.mark.parametrize("version", VERSIONS)
def test_a_function_runs_on_every_version(folder, namespace, version):
    python = _interpreter(version)
    code = folder("code", {"app.py": CODE})
    packages = _packages(version)
    function = Function(code, python=python, runtime_packages=packages, name="any")
    with Environment(function, namespace=namespace) as environment:
        answer = environment.invoke({"a": "é"})
    seen, prefix, event, name = json.loads(answer.payload)
    assert (seen, event, name) == ([*map(int, version.split("."))], {"a": "é"}, "any")
    assert (prefix == "/var/lang") == namespace
    assert f"python:{version}." in answer.log


def _interpreter(version: str) -> Path:
    program = f"python{version}"
    found = [shutil.which(program), *Path.home().glob(f".pyenv/versions/{version}*/bin/{program}")]
    for python in filter(None, found):
        if subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0:
            return Path(python)
    pytest.skip(f"no {program} on this machine, neither on PATH nor of pyenv")


def _packages(version: str) -> Path:
    folder = CACHE / f"runtime-{version}"
    if folder.is_dir():
        return folder
    pins = HERE / ("runtime-3.9.txt" if version == "3.9" else "runtime.txt")
    made = CACHE / f"{folder.name}.{os.getpid()}"
    got = subprocess.run(
        [
            *(sys.executable, "-m", "pip", "install", "--quiet", "--no-compile", "--no-deps"),
            *("--require-hashes", "--requirement", pins, "--only-binary", ":all:"),
            *("--python-version", version, "--implementation", "cp", "--target", made),
            *("--platform", f"manylinux2014_{platform.machine()}"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if got.returncode != 0:
        shutil.rmtree(made, ignore_errors=True)
        pytest.skip(f"the runtime client for {version} cannot be had: {got.stderr.strip()[-300:]}")
    made.rename(folder)
    return folder
