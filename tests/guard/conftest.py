"""Lends the tests of the guard their fixtures."""

from collections.abc import Callable
from pathlib import Path

import pytest
from environments import has_namespace, layer, pytest_generate_tests, python, start

from pythons import packages_of, put_together

__all__ = ["has_namespace", "layer", "pytest_generate_tests", "python", "start"]
FUNCTIONS = Path(__file__).parent / "functions"


@pytest.fixture(scope="session")
def with_packages(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Gives the folder of a function and of all packages that functions import, for this Python only."""

    def code(name: str) -> Path:
        return put_together(
            tmp_path_factory.mktemp(name), FUNCTIONS / name, packages_of("functions")
        )

    return code
