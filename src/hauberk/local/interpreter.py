"""The Python that runs a function, and what must be known of it."""

from __future__ import annotations

import json
import site
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
    """What is to be known of the interpreter `python`, or of the one that runs now."""
    found = _this() if python is None else _ask(python)
    if not (found.prefix / "bin" / found.program).exists():
        raise InputError(f"there is no {found.prefix}/bin/{found.program}; name another --python")
    return found


def _this() -> Interpreter:
    packages = site.getsitepackages([sys.base_prefix])
    return _described(sys.base_prefix, list(sys.version_info[:3]), packages)


def _ask(python: Path) -> Interpreter:
    try:
        said = subprocess.run(
            [python, "-I", "-c", QUESTION], capture_output=True, check=True, timeout=30
        ).stdout
        return _described(*json.loads(said))
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise InputError(
            f"{python} is not a Python that runs here ({why}); name a program, as `which python3.13` prints it"
        ) from error


def _described(prefix: str, version: list[int], packages: list[str]) -> Interpreter:
    major, minor, micro = version
    return Interpreter(Path(prefix).resolve(), (major, minor, micro), tuple(map(Path, packages)))
