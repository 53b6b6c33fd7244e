"""Lends the tests of the guard functions with packages, and database servers."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from people import Ports, serving

from pythons import packages_of, put_together

FUNCTIONS = Path(__file__).parent / "functions"


@pytest.fixture(scope="session")
def with_packages(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Gives the folder of a function and of all packages that functions import, for this Python only."""

    def code(name: str) -> Path:
        return put_together(
            tmp_path_factory.mktemp(name), FUNCTIONS / name, packages_of("functions")
        )

    return code


@pytest.fixture(scope="session")
def ports() -> Iterator[Ports]:
    """The port of each database server; they take seconds to start, and are there for all."""
    with serving() as found:
        yield found
