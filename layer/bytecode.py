"""Bytecode for the layer: /opt is read-only, so without it every cold start compiles the guard.

The files are marked as never to be checked against their source (PEP 552). A Python whose bytecode
is not there compiles the source as it always does.
"""

import json
import os
import subprocess
import tempfile
from pathlib import Path

from layer.content import OURS, Entry
from layer.interpreters import VERSIONS, find_python

COMPILE = """
import json, py_compile, sys
for source, target, shown in json.load(sys.stdin):
    py_compile.compile(source, target, shown, doraise=True,
                       invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
"""


def compiled(entries: list[Entry]) -> tuple[list[Entry], tuple[str, ...]]:
    """The library's bytecode by each CPython found here, and which versions these were."""
    sources = sorted(
        entry for entry in entries if entry.path.startswith(OURS) and entry.path.endswith(".py")
    )
    found = {version: path for version in VERSIONS if (path := find_python(version))}
    bytecode: list[Entry] = []
    for version, interpreter in found.items():
        bytecode += _compile(sources, version, interpreter)
    return bytecode, tuple(found)


def _compile(sources: list[Entry], version: str, interpreter: str) -> list[Entry]:
    tag = f"cpython-{version.replace('.', '')}"
    paths = [_bytecode_path(entry.path, tag) for entry in sources]
    with tempfile.TemporaryDirectory() as folder:
        work = []
        for number, entry in enumerate(sources):
            source = Path(folder, f"{number}.py")
            source.write_bytes(entry.data)
            work.append((str(source), f"{source}c", f"/opt/{entry.path}"))
        # The seed orders the sets among the constants; -S keeps the site's own code out.
        environment = {**os.environ, "PYTHONHASHSEED": "0"}
        command = [interpreter, "-S", "-c", COMPILE]
        subprocess.run(command, input=json.dumps(work), text=True, check=True, env=environment)
        return [
            Entry(path, Path(target).read_bytes(), 0o644)
            for path, (_, target, _) in zip(paths, work, strict=True)
        ]


def _bytecode_path(path: str, tag: str) -> str:
    folder, _, name = path.rpartition("/")
    return f"{folder}/__pycache__/{name.removesuffix('.py')}.{tag}.pyc"
