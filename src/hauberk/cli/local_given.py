"""What commands are told of a function that runs here: the options, and what these make of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from hauberk.cli.outcome import COULD_NOT, say
from hauberk.local import Function, InputError, LocalError
from hauberk.local.attach import attach, own_layer
from hauberk.local.function import is_name, name_of
from hauberk.local.handler import find_handler, language_of
from hauberk.model.mode import Mode
from hauberk.policy import compile_variable
from hauberk.policy.file import content_of

_CODE = "name the folder or zip file with the function's code"
_LAYER = "name the layer's folder or zip file"

FunctionArgument = Annotated[
    Path, typer.Argument(help="Folder or zip file with the function's code.")
]
NameOption = Annotated[
    str | None, typer.Option(help="The function's name; the folder's if left out.")
]
LayerOption = Annotated[
    list[Path] | None, typer.Option(help="Layer, folder or zip file; may be repeated.")
]
EnvOption = Annotated[
    list[str] | None, typer.Option(help="Environment variable, KEY=VALUE; may be repeated.")
]
RuntimeOption = Annotated[
    str | None,
    typer.Option(help="As Lambda calls it, `nodejs22.x`; by the handler's file if left out."),
]
PythonOption = Annotated[
    Path | None,
    typer.Option(help="Python to run the function with; the one of `hauberk` if left out."),
]
NodeOption = Annotated[
    Path | None,
    typer.Option(help="Node.js to run the function with; `node` of the PATH if left out."),
]
RuntimePackagesOption = Annotated[
    Path | None, typer.Option(help="Folder with AWS's runtime client for that Python or Node.js.")
]
TimeoutOption = Annotated[float, typer.Option(help="Seconds an invocation may take.", min=0.1)]
MemoryOption = Annotated[int, typer.Option(help="MB that the function is given.", min=1)]
NoNamespaceOption = Annotated[
    bool,
    typer.Option(
        "--no-namespace", help="Run it from the folders where they are, not in /var/task."
    ),
]


def function_of(
    code: Path,
    handler: str | None,
    runtime: str | None,
    name: str | None,
    layers: list[Path] | None,
    variables: list[str] | None,
) -> Function:
    """The function that these describe; what is left out is found in its code. Raises InputError."""
    folder = existing(code, _CODE)
    handler = handler or find_handler(folder)
    return Function(
        code=folder,
        handler=handler,
        runtime=runtime or language_of(folder, handler),
        name=_named(name) if name else name_of(code),
        layers=tuple(existing(one, _LAYER) for one in layers or ()),
        environment=dict(map(_assignment, variables or ())),
    )


def policy_variable(path: Path, function_name: str, mode: Mode | None = None) -> str:
    """The value of HAUBERK_POLICY for `function_name`, from hauberk.yaml or a compiled value."""
    text = content_of(path).decode(errors="replace").strip()
    if text.startswith("1.") and len(text.split()) == 1:
        if mode is not None:
            raise InputError(f"{path} is compiled and signed with its mode: leave out --mode")
        return text
    return compile_variable(path, function_name, mode=mode)


@contextmanager
def what_could_not_be_done() -> Iterator[None]:
    """End with the right status where this machine cannot run a function."""
    try:
        yield
    except InputError:
        raise
    except LocalError as error:
        say(str(error))
        raise typer.Exit(COULD_NOT) from error


def protected(
    function: Function, policy: Path | None, mode: Mode | None, *, unprotected: bool
) -> Function:
    """The function with Hauberk attached, or as it is."""
    if unprotected:
        if policy or mode:
            raise InputError("--unprotected is without Hauberk: leave out --policy and --mode")
        return function
    settings = {}
    if policy is not None:
        settings["HAUBERK_POLICY"] = policy_variable(policy, function.name, mode)
    elif mode is not None:
        settings["HAUBERK_MODE"] = mode.value
    return attach(function, own_layer(function.layers).absolute(), settings)


def existing(path: Path, remedy: str) -> Path:
    """The path, which has to be there."""
    if not path.exists():
        raise InputError(f"{path} does not exist; {remedy}")
    return path.absolute()


def _named(name: str) -> str:
    """A function's name, as Lambda takes it."""
    if not is_name(name):
        raise InputError(f"--name {name}: use up to 64 letters, digits, `-` and `_`, as Lambda")
    return name


def _assignment(text: str) -> tuple[str, str]:
    """The name and the value of `NAME=VALUE`."""
    name, is_there, value = text.partition("=")
    if not name or not is_there:
        raise InputError(f"--env {text}: write --env NAME=VALUE")
    return name, value
