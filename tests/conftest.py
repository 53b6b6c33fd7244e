"""What the tests share: the Pythons of this machine, each with AWS's runtime client."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from pythons import interpreter, runtime_packages

Runtime = Callable[[str], tuple[Path, Path]]


@pytest.fixture(scope="session")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Runtime:
    """Finds the Python of a version and packages of the runtime for it, or skips with the reason."""

    @cache
    def packages(version: str) -> Path:
        return runtime_packages(version, tmp_path_factory.mktemp(f"runtime-{version}-"))

    return lambda version: (interpreter(version), packages(version))
