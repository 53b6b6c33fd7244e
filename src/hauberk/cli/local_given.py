"""What commands are told of a function that runs here: its code, layers and variables, the policy it runs with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from hauberk.cli.outcome import COULD_NOT, say
from hauberk.local import Function, InputError, LocalError
from hauberk.local.attach import attach, own_layer
from hauberk.local.function import is_name
from hauberk.model.mode import Mode
from hauberk.policy import compile_variable
from hauberk.policy.file import content_of

CODE = "name the folder or zip file with the function's code"
LAYER = "name the layer's folder or zip file"


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


def named(name: str) -> str:
    """A function's name, as Lambda takes it."""
    if not is_name(name):
        raise InputError(f"--name {name}: use up to 64 letters, digits, `-` and `_`, as Lambda")
    return name


def assignment(text: str) -> tuple[str, str]:
    """The name and the value of `NAME=VALUE`."""
    name, is_there, value = text.partition("=")
    if not name or not is_there:
        raise InputError(f"--env {text}: write --env NAME=VALUE")
    return name, value
