"""Versions of Lambda's other runtimes do under the wall what they do without it: Node.js, Java, .NET."""

from __future__ import annotations

from pathlib import Path

import pytest
from runtimes import DOTNETS, JAVAS, NODES, java, node, of_dotnet, of_java
from walled import PROGRAMS, Walled, is_same


@pytest.mark.parametrize("version", NODES)
def test_node(walled: Walled, version: int) -> None:
    is_same(walled, [node(version), str(PROGRAMS / "everyday.js")])


@pytest.mark.parametrize("version", JAVAS)
def test_java(walled: Walled, version: int, tmp_path: Path) -> None:
    is_same(walled, [java(version), *of_java("Main", tmp_path)])


@pytest.mark.parametrize("version", DOTNETS)
def test_dotnet(walled: Walled, version: int, tmp_path: Path) -> None:
    is_same(walled, of_dotnet(version, "Everyday", tmp_path))
