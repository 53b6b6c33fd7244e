"""Finds a function's handler by reading its code, without running it."""

from __future__ import annotations

import ast
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from hauberk.local.function import InputError

FILES = ("app", "lambda_function", "index", "handler", "main")
NAMES = ("handler", "lambda_handler")
SCRIPTS = (".mjs", ".js", ".cjs")
_EXPORTED = re.compile(
    rb"""^\s* (?: export \s+ (?: (?:async\s+)? function \s*\*? | const | let | var ) \s+ ([A-Za-z_$][\w$]*)
       | (?: module\. )? exports\. ([A-Za-z_$][\w$]*) \s* =
       | (?: export | module\.exports \s* = ) \s* \{ ([^}]*) \} )""",
    re.MULTILINE | re.VERBOSE,
)


def find_handler(code: Path) -> str:
    """The handler setting of the function in the folder or zip `code`."""
    for module in FILES:
        for extension in (".py", *SCRIPTS):
            source = _read(code, module + extension)
            if source is None:
                continue
            where = f"{code}/{module}{extension}"
            defined = set(_defined(source, where) if extension == ".py" else _exported(source))
            for name in NAMES:
                if name in defined:
                    return f"{module}.{name}"
    raise InputError(
        f"no handler in {code}: looked for {' or '.join(NAMES)} in "
        f"{', '.join(f'{module}.py' for module in FILES)} and the like with .mjs, .js and .cjs; "
        "name it with --handler file.function"
    )


def language_of(code: Path, handler: str) -> str:
    """In which language the handler's file is written: `python` or `nodejs`."""
    module = handler.rpartition(".")[0]
    is_python = _read(code, f"{module}.py") is not None
    is_script = any(_read(code, module + extension) is not None for extension in SCRIPTS)
    return "nodejs" if is_script and not is_python else "python"


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


def _exported(source: bytes) -> Iterator[str]:
    for declared, assigned, listed in _EXPORTED.findall(source):
        yield (declared or assigned).decode()
        for entry in listed.split(b","):
            yield entry.split(b":")[0].split(b" as ")[-1].strip().decode(errors="replace")
