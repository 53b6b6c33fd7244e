"""What the tests of the local Lambda share: functions in folders, and where these may run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from hauberk.local import Environment, Function

Start = Callable[..., Environment]


def write_files(folder: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        if text.startswith("#!"):
            file.chmod(0o755)
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Callable[..., Path]:
    """Makes a folder under `tmp_path` from file names and texts."""

    def make(name: str, files: Mapping[str, str]) -> Path:
        (tmp_path / name).mkdir()
        return write_files(tmp_path / name, files)

    return make


@pytest.fixture(params=[True, False], ids=["namespace", "fallback"])
def namespace(request: pytest.FixtureRequest, no_namespace_because: str | None) -> bool:
    if request.param and no_namespace_because:
        pytest.skip(no_namespace_because)
    return bool(request.param)


@pytest.fixture
def own_root(no_namespace_because: str | None) -> bool:
    if no_namespace_because:
        pytest.skip(no_namespace_because)
    return True


@pytest.fixture
def start(folder: Callable[..., Path]) -> Iterator[Start]:
    """Starts an environment for a function from the text of its app.py."""
    with ExitStack() as open_environments:

        def environment(code: str, *, namespace: bool, **fields: Any) -> Environment:
            function = Function(folder("code", {"app.py": code}), **fields)
            return open_environments.enter_context(Environment(function, namespace=namespace))

        yield environment
