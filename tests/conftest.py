"""What the tests share: Pythons with AWS's runtime client, the layer, functions with it, and two workers."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from environments import (
    has_namespace,
    layer,
    no_namespace_because,
    pytest_generate_tests,
    python,
    start,
)

from pythons import interpreter, runtime_packages
from workers import pytest_collection_modifyitems, pytest_xdist_make_scheduler

__all__ = [
    "has_namespace",
    "layer",
    "no_namespace_because",
    "pytest_collection_modifyitems",
    "pytest_generate_tests",
    "pytest_xdist_make_scheduler",
    "python",
    "start",
]
Runtime = Callable[[str], tuple[Path, Path]]


@pytest.fixture(scope="session")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Runtime:
    """Finds the Python of a version and packages of the runtime for it, or skips with the reason."""

    @cache
    def packages(version: str) -> Path:
        return runtime_packages(version, tmp_path_factory.mktemp(f"runtime-{version}-"))

    return lambda version: (interpreter(version), packages(version))
