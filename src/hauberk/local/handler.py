"""Finds a function's handler by reading its code, without running it."""

from __future__ import annotations

import ast
import zipfile
from collections.abc import Iterator
from pathlib import Path

from hauberk.local.function import InputError

FILES = ("app", "lambda_function", "index", "handler", "main")
NAMES = ("handler", "lambda_handler")


def find_handler(code: Path) -> str:
    """The handler setting of the function in the folder or zip `code`."""
    for module in FILES:
        source = _read(code, f"{module}.py")
        if source is None:
            continue
        defined = set(_defined(source, f"{code}/{module}.py"))
        for name in NAMES:
            if name in defined:
                return f"{module}.{name}"
    raise InputError(
        f"no handler in {code}: looked for {' or '.join(NAMES)} in "
        f"{', '.join(f'{module}.py' for module in FILES)}; name it with --handler file.function"
    )


def _read(code: Path, name: str) -> bytes | None:
    if code.is_dir():
        file = code / name
        return file.read_bytes() if file.is_file() else None
    try:
        with zipfile.ZipFile(code) as archive:
            return archive.read(name)
    except KeyError:
        return None
    except (OSError, zipfile.BadZipFile) as error:
        raise InputError(
            f"{code} is neither a folder nor a zip file that can be read ({error}); "
            "name the folder or zip file with the function's code"
        ) from error


def _defined(source: bytes, where: str) -> Iterator[str]:
    try:
        tree = ast.parse(source, where)
    except (SyntaxError, ValueError) as error:
        raise InputError(
            f"{where} does not parse: {error}; correct it, or name the handler with --handler"
        ) from error
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from (alias.asname or alias.name for alias in node.names)
