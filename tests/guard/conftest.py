"""Lends the tests of the guard their fixtures."""

import os
import shutil
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
        # No symbolic links: below a root of its own a function may not have what they lead to.
        for source in (FUNCTIONS / name, packages_of_functions()):
            shutil.copytree(source, folder, copy_function=_same_file, dirs_exist_ok=True)
        return folder

    return code


def _same_file(source: str, target: str) -> None:
    """Give a file another name, or copy it to another disk."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
