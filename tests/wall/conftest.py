"""What the tests of the wall share: the library of the layer that `make test` built, and programs in C."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from walled import LIBRARY, PROGRAMS, Walled, found

from hauberk.local.attach import own_layer
from hauberk.local.folders import layer_folder

Compile = Callable[..., Path]


@pytest.fixture(scope="session")
def walled(tmp_path_factory: pytest.TempPathFactory) -> Walled:
    """Runs programs below the wall of this machine's layer."""
    layer = layer_folder((own_layer(()),), tmp_path_factory.mktemp("layer"))
    return Walled(layer / LIBRARY)


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Compile:
    """Compiles one of `programs`, or skips where there is no compiler of C."""
    folder = tmp_path_factory.mktemp("programs")

    def program(name: str, *options: str) -> Path:
        target = folder / (name + "".join(options).replace("/", "_"))
        if not target.exists():
            command = [found("cc"), "-O1", "-w", str(PROGRAMS / f"{name}.c"), "-o", str(target)]
            subprocess.run([*command, *options, "-ldl", "-pthread"], check=True)
        return target

    return program


@pytest.fixture(scope="session")
def acts(compiled: Compile) -> Path:
    """The program that does one thing by one call."""
    return compiled("acts")


@pytest.fixture(scope="session")
def raw(compiled: Compile) -> Path:
    """The program that makes its system calls itself."""
    return compiled("raw")
