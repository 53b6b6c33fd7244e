"""What the tests of the wall share: the library of the layer that `make test` built, and programs in C."""

from __future__ import annotations

import functools
import http.server
import json
import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import arm64
import pytest
from walled import HERE, LIBRARY, PROGRAMS, Start, Started, Walled, found

from contract import is_record, record_schema
from hauberk.local.attach import own_layer
from hauberk.local.folders import layer_folder

Compile = Callable[..., Path]


@pytest.fixture(scope="session")
def architecture(request: pytest.FixtureRequest) -> str:
    """Whose wall it is: this machine's, but where a test asks for `EACH`."""
    return str(getattr(request, "param", HERE))


@pytest.fixture(scope="session")
def walled(architecture: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walled]:
    """Runs programs below the wall of a layer."""
    unpacked = tmp_path_factory.mktemp("layer")
    if architecture == HERE:
        yield Walled(layer_folder((own_layer(()),), unpacked) / LIBRARY)
        return
    layer = layer_folder((arm64.layer(),), unpacked)
    with arm64.root(Path(tempfile.gettempdir()), tmp_path_factory.getbasetemp()) as root:
        yield Walled(layer / LIBRARY, "/usr/bin/python3", root.enter, arm64.LACKS, arm64.ROOT)


@pytest.fixture(scope="session")
def compiled(architecture: str, tmp_path_factory: pytest.TempPathFactory) -> Compile:
    """Compiles one of `programs`, or skips where there is no compiler of C."""
    folder = tmp_path_factory.mktemp("programs")

    def program(name: str, *options: str) -> Path:
        target = folder / (name + "".join(options).replace("/", "_"))
        if not target.exists():
            compiler = [found("cc")] if architecture == HERE else arm64.compiler()
            command = [*compiler, "-O1", "-w", str(PROGRAMS / f"{name}.c"), "-o", str(target)]
            subprocess.run([*command, *options, "-ldl", "-pthread"], check=True)
        return target

    return program


@pytest.fixture(scope="session")
def acts(compiled: Compile) -> Path:
    """The program that does one thing by one call."""
    return compiled("acts")


@pytest.fixture(scope="session")
def raw(compiled: Compile) -> Path:
    """The program that makes its system calls itself."""
    return compiled("raw")


@pytest.fixture
def layer(walled: Walled, tmp_path: Path) -> Path:
    """A copy of the layer that a test may change."""
    return shutil.copytree(walled.library.parents[2], tmp_path / "opt")


@pytest.fixture
def start(walled: Walled, layer: Path) -> Start:
    """Starts a program by the wrapper: its status, what it said, the records, the rest of its log."""

    def started(*command: str | Path, **environment: str) -> Started:
        done = subprocess.run(
            [layer / "hauberk" / "wrapper", *command],
            env={"PATH": os.environ["PATH"], "AWS_LAMBDA_FUNCTION_NAME": "function", **environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            preexec_fn=walled.enter,
        )
        lines = done.stderr.split("\n")
        records = [json.loads(line) for line in lines if is_record(line)]
        for record in records:
            record_schema().validate(record)
        return (
            done.returncode,
            done.stdout,
            records,
            "\n".join(one for one in lines if not is_record(one)),
        )

    return started


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    """A web server of this machine with one file."""
    (tmp_path / "file").write_text("served\n")
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=tmp_path)
    handler.log_message = lambda *_: None  # type: ignore[attr-defined]
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"localhost:{server.server_port}"
    server.shutdown()
