"""The language that a function is written in: its program here, and AWS's runtime client for it."""

from __future__ import annotations

import re
import shlex
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path

from hauberk.local.function import Function, InputError
from hauberk.local.interpreter import Interpreter, interpreter
from hauberk.local.nodejs import MODULES, OF_THREADS, arguments, client, node
from hauberk.local.python_client import runtime_packages
from hauberk.local.variables import Paths

_RUNTIME = re.compile(r"(python)(3\.\d+)?|(nodejs)((\d+)\.x)?")


@dataclass(frozen=True, slots=True)
class Language:
    """What an environment must know of one language.

    `client` is what stands in `/var/runtime`, by name. `installation` is the folder that becomes
    `/var/lang`, where the program needs more than itself. `emptied` are folders in `/var/lang`
    that hold nothing on Lambda. `exported` has defaults of variables that the bootstrap sets.
    """

    family: str  # python | nodejs
    version: str  # 3.11.7
    program: Path
    names: tuple[str, ...]  # of the program in /var/lang/bin, its own first
    arguments: tuple[str, ...]
    client: Mapping[str, Path]
    start: tuple[str, ...] = ()
    installation: Path | None = None
    emptied: tuple[str, ...] = ()
    exported: Mapping[str, str] = field(default_factory=dict)

    @property
    def runtime(self) -> str:
        """The runtime as Lambda calls it: `python3.11`, `nodejs20.x`."""
        major, minor, *_ = self.version.split(".")
        return f"python{major}.{minor}" if self.family == "python" else f"nodejs{major}.x"

    @property
    def home(self) -> Path:
        """The folder that is in the place of `/var/lang` where Lambda's paths are not true."""
        return self.installation or self.program.parent.parent


def language(function: Function, scratch: Path) -> Language:
    """What runs `function` on this machine; raises InputError or LocalError where nothing can."""
    if function.restores and function.concurrency:
        raise InputError("a managed instance takes no SnapStart: leave out one of them")
    named = _RUNTIME.fullmatch(function.runtime)
    if named is None:
        raise InputError(
            f"{function.runtime} is no runtime that can be run here; name one as `python3.13` or `nodejs22.x`"
        )
    if named[1]:
        return _python(function, named[2], scratch)
    if function.restores:
        raise InputError("SnapStart is for Python here, and on Lambda for no Node.js either")
    return _nodejs(function, named[5])


def write_start(folder: Path, what: Language, paths: Paths, restores: int = 0) -> None:
    """Writes `bootstrap`, and what it starts where the client is none, for an environment at `paths`."""
    is_true = paths.language == Paths().language
    program = f"{paths.language}/bin/{what.names[0]}" if is_true else str(what.program)
    here = {"@runtime@": paths.runtime, "@layers@": paths.layers, "@task@": paths.task}
    exports = (
        f'[ -n "${{{name}-}}" ] || export {name}={shlex.quote(_filled(value, here))}\n'
        for name, value in what.exported.items()
    )
    command = shlex.join([program, *(_filled(one, here) for one in what.arguments)])
    here["@copies@"] = str(restores if restores > 1 else 0)
    words = {**here, "@exports@": "".join(exports), "@command@": command}
    start = resources.files("hauberk.local") / "start"
    for name in ("bootstrap", *what.start):
        (folder / name).write_text(_filled((start / name).read_text(), words))
        (folder / name).chmod(0o755 if name == "bootstrap" else 0o644)


def _filled(text: str, words: Mapping[str, str]) -> str:
    for word, value in words.items():
        text = text.replace(word, value)
    return text


def _python(function: Function, version: str | None, scratch: Path) -> Language:
    found = interpreter(function.python or _other_python(version))
    if version and version != ".".join(map(str, found.version[:2])):
        raise InputError(
            f"{found.prefix}/bin/{found.program} is not {function.runtime}; name one with --python"
        )
    packages = runtime_packages(found, function.runtime_packages, scratch)
    return Language(
        family="python",
        version=".".join(map(str, found.version)),
        program=found.prefix / "bin" / found.program,
        names=(found.program, "python", "python3"),
        arguments=("@runtime@/bootstrap.py",),
        client={entry.name: entry for entry in packages.iterdir()},
        start=("bootstrap.py",),
        installation=found.prefix,
        emptied=tuple(_in_language(found)),
    )


def _other_python(version: str | None) -> Path | None:
    """The Python of that version, where it is not the one that runs now."""
    if version is None or version == f"{sys.version_info[0]}.{sys.version_info[1]}":
        return None
    found = shutil.which(f"python{version}")
    if found is None:
        raise InputError(f"there is no python{version} on PATH; name one with --python")
    return Path(found)


def _in_language(python: Interpreter) -> list[str]:
    """The interpreter's own package folders, which hold nothing of the host's on Lambda."""
    return [
        str(Path("/var/lang") / folder.relative_to(python.prefix))
        for folder in python.packages
        if folder.is_relative_to(python.prefix)
    ]


def _nodejs(function: Function, major: str | None) -> Language:
    program, version = node(function.node)
    if major and major != version.split(".")[0]:
        raise InputError(
            f"{program} is Node.js {version}, not {function.runtime}; name another with --node"
        )
    return Language(
        family="nodejs",
        version=version,
        program=program,
        names=("node",),
        arguments=arguments(function.memory_mb),
        client=client(function.runtime_packages),
        exported={
            "NODE_PATH": MODULES.format(version=version.split(".")[0]),
            **(OF_THREADS if function.concurrency else {}),
        },
    )
