"""The folders an environment stands on, and the plan by which its process is started."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from hauberk.local.folders import code_folder, layer_folder
from hauberk.local.function import Function, InputError
from hauberk.local.language import Language, language, write_start
from hauberk.local.variables import Paths, log_stream, refuse_reserved, variables

MASKED = ("/tmp", "/opt", "/var", "/home", "/root")  # noqa: S108 - the function gets its own
HOSTS = Path("/etc/hosts")
REPLACED = ("/var/task", "/var/runtime", "/var/lang")


class Isolation(StrEnum):
    """What of its own an environment has."""

    PROCESSES = "processes"  # a root and processes
    PATHS = "paths"  # a root
    NONE = "none"  # nothing: Lambda's paths are elsewhere


@dataclass(frozen=True, slots=True)
class Plan:
    """What `supervisor.py` does; its fields are the names it reads."""

    isolation: Isolation
    command: tuple[str, ...]
    variables: Mapping[str, str]
    directory: str
    root: str = ""
    tmp: str = ""
    masked: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    binds: tuple[tuple[str, str], ...] = ()
    emptied: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sandbox:
    """The folders of one environment, all under `scratch` but those the caller named."""

    function: Function
    scratch: Path
    language: Language
    task: Path
    layers: Path
    log_stream: str

    def plan(self, isolation: Isolation, runtime_api: str) -> Plan:
        """How to start the function's process with the Runtime API at `runtime_api`."""
        paths = Paths() if isolation is not Isolation.NONE else self._paths_here()
        plan = Plan(
            isolation=isolation,
            command=(f"{paths.runtime}/bootstrap",),
            variables={
                **variables(self.function, paths, self.language.runtime, runtime_api),
                **(
                    {}
                    if self.function.restores
                    else {"AWS_LAMBDA_LOG_STREAM_NAME": self.log_stream}
                ),
            },
            directory=paths.task,
        )
        runtime = self.scratch / f"runtime-{isolation}"
        if not runtime.exists():
            runtime.mkdir()
            write_start(runtime, self.language, paths, self.function.restores)
            if isolation is Isolation.NONE:
                _link_all(self.language.client, runtime)
        return plan if isolation is Isolation.NONE else self._with_root(plan, runtime)

    def close(self) -> None:
        """Removes the folders under `scratch`, whatever the function did to them."""
        for folder, names, _ in os.walk(self.scratch):
            for name in names:
                if not os.path.islink(path := os.path.join(folder, name)):
                    os.chmod(path, 0o700)  # before `walk` looks into it
        shutil.rmtree(self.scratch)

    def _paths_here(self) -> Paths:
        runtime = self.scratch / f"runtime-{Isolation.NONE}"
        return Paths(str(self.task), str(self.layers), str(runtime), str(self.language.home))

    def _with_root(self, plan: Plan, runtime: Path) -> Plan:
        root, tmp = self.scratch / "root", self.scratch / "tmp"
        for folder in (root, tmp):
            folder.mkdir(exist_ok=True)
        binds = [(str(self.task), "/var/task"), (str(self.layers), "/opt")]
        binds += [(str(entry), f"/var/runtime/{entry.name}") for entry in runtime.iterdir()]
        binds += [
            (str(entry), f"/var/runtime/{name}")
            for name, entry in self.language.client.items()
            if not (runtime / name).exists()
        ]
        binds += self._language()
        if self.function.hosts:
            binds.append((str(self._hosts_file()), str(HOSTS.resolve())))
        return Plan(
            isolation=plan.isolation,
            command=plan.command,
            variables=plan.variables,
            directory=plan.directory,
            root=str(root),
            tmp=str(tmp),
            masked=MASKED,
            replaced=REPLACED,
            binds=tuple(binds),
            emptied=self.language.emptied,
        )

    def _language(self) -> list[tuple[str, str]]:
        """What `/var/lang` holds; its `bin` has the language's program alone, whatever else stands beside it here."""
        folder, place = self.scratch / "bin", "/var/lang/bin"
        program, *others = self.language.names
        if not folder.exists():
            folder.mkdir()
            (folder / program).touch()
            for name in others:
                (folder / name).symlink_to(program)
        binds = [(str(folder), place), (str(self.language.program), f"{place}/{program}")]
        installation = self.language.installation
        if installation is None:
            return binds
        binds.insert(0, (str(installation), "/var/lang"))
        if f"/{installation.parts[1]}" in MASKED:
            binds.append((str(installation), str(installation)))
        return binds

    def _hosts_file(self) -> Path:
        file = self.scratch / "hosts"
        lines = [f"{address}\t{name}\n" for name, address in self.function.hosts.items()]
        file.write_text("".join(lines) + HOSTS.read_text())
        return file


def sandbox(function: Function) -> Sandbox:
    """Unpacks and assembles all that `function` needs to run."""
    refuse_reserved(function)
    for path in (function.code, *function.layers):
        if not path.exists():
            raise InputError(f"{path} does not exist; name a folder or a zip file")
    scratch = Path(tempfile.mkdtemp(prefix="hauberk-local-")).resolve()
    try:
        return Sandbox(
            function=function,
            scratch=scratch,
            language=language(function, scratch),
            task=code_folder(function.code, scratch),
            layers=layer_folder(function.layers, scratch),
            log_stream=log_stream(),
        )
    except BaseException:
        shutil.rmtree(scratch)
        raise


def _link_all(client: Mapping[str, Path], folder: Path) -> None:
    for name, entry in client.items():
        if not (folder / name).exists():
            (folder / name).symlink_to(entry)
