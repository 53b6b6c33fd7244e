"""The Python that runs a function, and what must be known of it."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from hauberk.local.function import InputError

QUESTION = """
import json, site, sys
packages = site.getsitepackages([sys.base_prefix])
print(json.dumps([sys.base_prefix, list(sys.version_info[:3]), packages]))
"""


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python without its virtual environment: prefix, version, and its own package folders."""

    prefix: Path
    version: tuple[int, int, int]
    packages: tuple[Path, ...]

    @property
    def program(self) -> str:
        """The file name of the interpreter in `bin`: `python3.13`."""
        return f"python{self.version[0]}.{self.version[1]}"


def interpreter(python: Path | None) -> Interpreter:
    """What the interpreter `python`, or the one that runs now, says of itself."""
    program = str(python or sys.executable)
    try:
        said = subprocess.run(
            [program, "-I", "-c", QUESTION], capture_output=True, check=True, timeout=30
        ).stdout
        prefix, version, packages = json.loads(said)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise InputError(f"{program} is not a Python that runs here: {error}") from error
    found = Interpreter(Path(prefix).resolve(), tuple(version), tuple(map(Path, packages)))
    if not (found.prefix / "bin" / found.program).exists():
        raise InputError(f"{program} has no {found.prefix}/bin/{found.program}; name another")
    return found
