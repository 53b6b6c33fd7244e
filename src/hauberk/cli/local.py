"""`hauberk local`: runs a function on this machine as Lambda runs it."""

from __future__ import annotations

import base64
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from hauberk.cli.local_given import (
    EnvOption,
    FunctionArgument,
    LayerOption,
    MemoryOption,
    NameOption,
    NodeOption,
    NoNamespaceOption,
    PythonOption,
    RuntimeOption,
    RuntimePackagesOption,
    TimeoutOption,
    existing,
    function_of,
    protected,
    what_could_not_be_done,
)
from hauberk.cli.local_learn import learn
from hauberk.cli.outcome import FOUND, Format, exit_status, print_json, say
from hauberk.cli.scan import HandlerOption
from hauberk.local import Answer, Environment, Function, InputError
from hauberk.local.announced import troubles
from hauberk.local.event import named_event
from hauberk.model.mode import Mode

_EVENT = "name a file with the event's JSON, or `-` for standard input"

app = typer.Typer(no_args_is_help=True)


@app.callback()
def group() -> None:
    """Run a function here as Lambda runs it, to see it at work or to learn its first allowlist."""


@app.command()
def invoke(  # noqa: PLR0913, PLR0917 - one argument for each option
    function: FunctionArgument,
    event: Annotated[
        list[str] | None,
        typer.Option(help="JSON file, `-` for standard input; may be repeated. `{}` if left out."),
    ] = None,
    policy: Annotated[
        Path | None, typer.Option(help="hauberk.yaml, or a file with a compiled policy.")
    ] = None,
    mode: Annotated[
        Mode | None,
        typer.Option(help="In place of the policy's; `detect` where there is none of either."),
    ] = None,
    handler: HandlerOption = None,
    name: NameOption = None,
    layer: LayerOption = None,
    env: EnvOption = None,
    runtime: RuntimeOption = None,
    python: PythonOption = None,
    node: NodeOption = None,
    runtime_packages: RuntimePackagesOption = None,
    timeout: TimeoutOption = 30,
    memory: MemoryOption = 512,
    repeat: Annotated[int, typer.Option(help="Invoke that often in one environment.", min=1)] = 1,
    concurrency: Annotated[
        int, typer.Option(help="As a managed instance: so many invocations at once.", min=0)
    ] = 0,
    restores: Annotated[
        int, typer.Option(help="As SnapStart: environments restored after one init.", min=0)
    ] = 0,
    unprotected: Annotated[bool, typer.Option("--unprotected", help="Without Hauberk.")] = False,
    no_namespace: NoNamespaceOption = False,
    format: Annotated[Format, typer.Option(help="text: the answer unchanged.")] = Format.TEXT,
) -> None:
    """Invoke FUNCTION: its answer goes to standard output, its log to standard error.

    Exit status: 0, 1 when the function answered with an error, 2 wrong use, 3 could not do it.
    """
    with exit_status(InputError), what_could_not_be_done(), _words() as words:
        what = replace(
            function_of(function, handler, runtime, name, layer, env),
            timeout_s=timeout,
            memory_mb=memory,
            python=python,
            node=node,
            runtime_packages=runtime_packages,
            concurrency=concurrency,
            restores=restores,
        )
        if handler is None:
            words.append(f"handler {what.handler}")
        what = protected(what, policy, mode, unprotected=unprotected)
        events = [_read(source) for source in event or ("",)] * repeat
        environment = Environment(
            what,
            namespace=False if no_namespace else None,
            follow=_to_standard_error if format is Format.TEXT else None,
            tell=words.append,
        )
        with environment:
            answers = [
                _shown(answer, events, format, words)
                for answer in _answers(environment, what, events)
            ]
    if format is Format.JSON:
        print_json([_as_json(answer) for answer in answers])
    if any(answer.error for answer in answers):
        raise typer.Exit(FOUND)


app.command()(learn)


def _answers(environment: Environment, what: Function, events: list[bytes]) -> Iterator[Answer]:
    """Each as it comes, or all that came at once."""
    if what.pollers > 1:
        yield from environment.invoke_all(events)
    else:
        yield from map(environment.invoke, events)


@contextmanager
def _words() -> Iterator[list[str]]:
    """Our own words, kept until the log is begun: `hauberk learn` believes one that begins with Lambda's."""
    words: list[str] = []
    try:
        yield words
    finally:
        _say_all(words)


def _say_all(words: list[str]) -> None:
    for text in words:
        say(text)
    words.clear()


def _shown(answer: Answer, events: list[bytes], format: Format, words: list[str]) -> Answer:
    if answer.init_ms is not None:
        words.extend(f"warning: {trouble}" for trouble in troubles(answer.log))
    _say_all(words)
    if format is Format.TEXT:
        is_one_of_more = len(events) > 1 or sys.stdout.isatty()
        _print(answer.payload + b"\n" if is_one_of_more else answer.payload)
    return answer


def _as_json(answer: Answer) -> dict[str, Any]:
    try:
        payload = {"payload": answer.payload.decode()}
    except UnicodeDecodeError:
        payload = {"payload_base64": base64.b64encode(answer.payload).decode()}
    return {
        "request_id": answer.request_id,
        **payload,
        "error": answer.error,
        "log": answer.log,
        "duration_ms": answer.duration_ms,
        "init_ms": answer.init_ms,
        "max_rss_kb": answer.max_rss_kb,
        "cpu_ms": answer.cpu_ms,
        "init_cpu_ms": answer.init_cpu_ms,
    }


def _read(source: str) -> bytes:
    if source == "":
        return b"{}"
    if source == "-":
        return named_event(sys.stdin.buffer.read(), "standard input")
    try:
        return named_event(existing(Path(source), _EVENT).read_bytes(), source)
    except OSError as error:
        raise InputError(f"{source}: {str(error.strerror).lower()}; {_EVENT}") from error


def _print(text: bytes) -> None:
    sys.stdout.buffer.write(text)
    sys.stdout.buffer.flush()


def _to_standard_error(text: bytes) -> None:
    sys.stderr.buffer.write(text)
    sys.stderr.buffer.flush()
