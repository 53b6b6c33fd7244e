"""`hauberk local learn`: a function's recorded events and its own tests become its first allowlist."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from hauberk.cli.lesson import Lesson, as_json, exercised, print_lesson, told
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
from hauberk.cli.outcome import BAD_INPUT, FOUND, Format, FormatOption, exit_status, print_json, say
from hauberk.cli.overwritten import refuse_others_than_logs, refuse_others_than_profiles
from hauberk.cli.scan import HandlerOption
from hauberk.cli.taught import AcceptOption, OnlySeenOption, OutputOption, ProfileOption, taught
from hauberk.learn.code.with_code import Code
from hauberk.learn.profile.profile_text import profile_text
from hauberk.learn.records.log import LogError
from hauberk.local import Function, InputError
from hauberk.model.mode import Mode
from hauberk.scan import PackageError, opened, scan

_EVENTS = "name a .json file, a .jsonl file with one event a line, or a folder of them"


def learn(  # noqa: PLR0913, PLR0917 - one argument for each option
    function: FunctionArgument,
    events: Annotated[
        Path | None, typer.Option(help="File or folder of recorded events: .json, .jsonl.")
    ] = None,
    tests: Annotated[
        str | None,
        typer.Option(help="Command of the function's own tests: 'pytest tests'. Python only."),
    ] = None,
    output: OutputOption = Path("hauberk.yaml"),
    log: Annotated[
        Path | None, typer.Option(help="Keep the log here too; the function's own text is in it.")
    ] = None,
    profile: ProfileOption = None,
    accept_review: AcceptOption = False,
    only_seen: OnlySeenOption = False,
    no_code: Annotated[
        bool, typer.Option("--no-code", help="Without what the Python code tells of itself.")
    ] = False,
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
    no_namespace: NoNamespaceOption = False,
    format: FormatOption = Format.TEXT,
) -> None:
    """Write the first allowlist of FUNCTION, by what its recorded events and its own tests make it do here.

    Exit status: 0, 1 when an event or the tests failed, 2 wrong use or nothing to learn, 3 could not do it.
    """
    with exit_status(InputError, LogError, PackageError), what_could_not_be_done():
        if events is None and tests is None:
            raise InputError("nothing to run: name --events, --tests, or both")
        refuse_others_than_logs(log)
        refuse_others_than_profiles(profile)
        what = replace(
            function_of(function, handler, runtime, name, layer, env),
            timeout_s=timeout,
            memory_mb=memory,
            python=python,
            node=node,
            runtime_packages=runtime_packages,
        )
        guarded = protected(what, None, Mode.DETECT, unprotected=False)
        place = existing(events, _EVENTS) if events else None
        lesson = exercised(guarded, place, tests, namespace=False if no_namespace else None)
        _keep(log, lesson)
        if profile is not None:
            profile.write_text(profile_text(lesson.profile))
        _refuse_nothing(lesson)
        policies = taught(
            lesson.profile,
            output,
            only_seen=only_seen or not lesson.events,
            accept_review=accept_review,
            code={} if no_code else _code(what, lesson),
        )
    for warning in told(lesson):
        say(f"warning: {warning}")
    if format is Format.JSON:
        print_json(as_json(lesson, policies))
    else:
        print_lesson(lesson, output, policies)
    if lesson.has_failed:
        raise typer.Exit(FOUND)


def _code(function: Function, lesson: Lesson) -> dict[str, Code]:
    """What the code tells, where it is Python's."""
    if not function.runtime.startswith("python") or function.name not in lesson.profile.functions:
        return {}
    variables = dict(function.environment) or None
    return {function.name: Code(scan(opened(function.code), function.handler, variables))}


def _keep(log: Path | None, lesson: Lesson) -> None:
    if log is None:
        return
    number = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)  # what it prints is its own
    with os.fdopen(number, "wb") as file:
        file.write(lesson.log)


def _refuse_nothing(lesson: Lesson) -> None:
    """An allowlist of what only fails would allow nothing."""
    if lesson.answered or (lesson.shown and lesson.shown.calls):
        return
    for warning in told(lesson, is_written=False):
        say(warning)
    say("no event was answered, and no test called the handler: nothing is written")
    raise typer.Exit(BAD_INPUT)
