"""Which tests run beside each other under `make test`: those of one file and one Python stay together."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pythons import EVERY

HERE = Path(__file__).parent
VERSION = re.compile(rf"[\[-]({'|'.join(map(re.escape, EVERY))}|this-python|arm64)[-\]]")
# Folders with files of which one alone takes long: what a worker begins last should be short.
FIRST = ("compatibility", "demo", "docs", "wall", "local", "layer", "guard", "bypass")


def scope(nodeid: str) -> str:
    """What a worker takes whole: a file, or its tests on one Python, or on arm64."""
    version = VERSION.search(nodeid)
    return nodeid.split("::", 1)[0] + (f" {version[1]}" if version else "")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """A worker takes a file's tests on a Python whole: they share the environments that they start."""
    from xdist.scheduler import LoadScopeScheduling  # noqa: PLC0415 - where there are workers only

    class ByFileAndPython(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return scope(nodeid)

    return ByFileAndPython(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Puts what takes long first, where workers share the tests."""
    if hasattr(config, "workerinput"):
        items.sort(key=_rank)


def _rank(item: pytest.Item) -> int:
    folder = item.path.relative_to(HERE).parts[0]
    return FIRST.index(folder) if folder in FIRST else len(FIRST)
