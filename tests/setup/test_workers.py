"""What a worker of `make test` takes whole, so that fixtures of a module start once for each Python."""

import pytest

from workers import FIRST, HERE, scope

SCOPES = [
    # a test                                       with which it stays together
    ("tests/a/test_b.py::test_c", "tests/a/test_b.py"),
    ("tests/a/test_b.py::test_c[x-3.90]", "tests/a/test_b.py"),
    ("tests/a/test_b.py::test_c[3.9]", "tests/a/test_b.py 3.9"),
    ("tests/a/test_b.py::test_c[3.14-x]", "tests/a/test_b.py 3.14"),
    ("tests/a/test_b.py::test_c[x-arm64]", "tests/a/test_b.py arm64"),
    ("tests/a/test_b.py::test_c[detect-this-python-x]", "tests/a/test_b.py this-python"),
]


@pytest.mark.parametrize(("test", "together"), SCOPES)
def test_tests_of_a_file_and_a_python_stay_together(test, together):
    assert scope(test) == together


def test_folders_that_come_first_are_there():
    assert [name for name in FIRST if not (HERE / name).is_dir()] == []
