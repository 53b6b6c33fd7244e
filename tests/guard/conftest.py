"""Lends the tests of the guard their fixtures."""

from collections.abc import Callable
from pathlib import Path

import pytest
from environments import has_namespace, layer, pytest_generate_tests, python, start

from pythons import packages_of_functions

__all__ = ["has_namespace", "layer", "pytest_generate_tests", "python", "start"]
FUNCTIONS = Path(__file__).parent / "functions"


@pytest.fixture(scope="session")
def with_packages(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Gives the folder of a function and of all packages that functions import, for this Python only."""

    def code(name: str) -> Path:
        folder = tmp_path_factory.mktemp(name)
        for file in (*(FUNCTIONS / name).iterdir(), *packages_of_functions().iterdir()):
            (folder / file.name).symlink_to(file)
        return folder

    return code
