"""Fixtures: the layer that `make test` built, and functions with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from protected import Running, protected

from hauberk.local import Environment, Function, LocalError
from hauberk.local.attach import own_layer
from hauberk.local.folders import layer_folder

Start = Callable[..., Running]
Runtime = Callable[[str], tuple[Path, Path]]


@pytest.fixture(scope="session")
def layer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The layer, unpacked as under /opt; where it is not built, the error says how to build it."""
    return layer_folder((own_layer(()),), tmp_path_factory.mktemp("layer"))


@pytest.fixture(scope="session")
def no_namespace_because(tmp_path_factory: pytest.TempPathFactory) -> str | None:
    """Why this machine gives no mount namespace; None where it does."""
    code = tmp_path_factory.mktemp("probe")
    (code / "app.py").write_text("def handler(*_): pass")
    with Environment(Function(code), namespace=True) as environment:
        try:
            environment.invoke({})
        except LocalError as error:
            return str(error)
    return None


@pytest.fixture(scope="session")
def has_namespace(no_namespace_because: str | None) -> bool:
    """Whether this machine gives a mount namespace, so that Lambda's paths are true."""
    return no_namespace_because is None


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test marked with `pythons` runs its functions on each of these; None is this Python."""
    marker = metafunc.definition.get_closest_marker("pythons")
    if marker and "python" in metafunc.fixturenames:
        names = [version or "this-python" for version in marker.args]
        metafunc.parametrize("python", marker.args, ids=names, indirect=True, scope="module")


@pytest.fixture(scope="module")
def python(request: pytest.FixtureRequest, runtime: Runtime) -> Mapping[str, Path]:
    """The fields by which a function runs on the test's version; none for this Python."""
    version = getattr(request, "param", None)
    if version is None:
        return {}
    interpreter, packages = runtime(version)
    return {"python": interpreter, "runtime_packages": packages}


@pytest.fixture(scope="module")
def start(
    request: pytest.FixtureRequest,
    layer: Path,
    has_namespace: bool,
    python: Mapping[str, Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Start]:
    """Starts an environment: of the text of an app.py, or of a folder of `functions` beside the test.

    `settings` are the HAUBERK_… variables; None leaves the function without the guard.
    """
    functions = request.path.parent / "functions"
    with ExitStack() as open_environments:

        def environment(
            code: str | Path,
            settings: Mapping[str, str] | None = None,
            *,
            own_layer: Path | None = None,
            namespace: bool = has_namespace,
            **fields: Any,
        ) -> Running:
            folder = _code(code, functions, tmp_path_factory)
            scratch = tmp_path_factory.mktemp("world")
            world = "/tmp/world" if namespace else str(scratch)
            variables = {"WORLD": world, **fields.pop("environment", {})}
            function = Function(folder, environment=variables, **{**python, **fields})
            made = Environment(
                protected(function, own_layer or layer, settings), namespace=namespace
            )
            outside = made._sandbox.scratch / "tmp" / "world" if namespace else scratch
            outside.mkdir(parents=True, exist_ok=True)
            running = Running(made, world, outside)
            open_environments.callback(running.close)
            return running

        yield environment


def _code(code: str | Path, functions: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    if isinstance(code, Path):
        return code
    if (functions / code / "app.py").is_file():
        return functions / code
    folder = tmp_path_factory.mktemp("code")
    (folder / "app.py").write_text(code)
    return folder
