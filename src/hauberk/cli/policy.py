"""`hauberk policy`: checks, compiles and shows policies, and makes the key that signs them."""

import json
import os
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, Any

import typer

from hauberk.cli.explain import explain_command
from hauberk.cli.given import only
from hauberk.cli.outcome import (
    BAD_INPUT,
    FOUND,
    Format,
    FormatOption,
    console,
    exit_status,
    print_json,
    say,
)
from hauberk.learn.dangers_in_policy import dangers
from hauberk.model.mode import Mode
from hauberk.policy import compile_policy, read, signing, unpack
from hauberk.policy.check import Checked, Summary, check, day_of, summary_of
from hauberk.policy.compile import find
from hauberk.policy.envelope import MOST_BYTES as MOST_VARIABLE_BYTES
from hauberk.policy.envelope import is_variable
from hauberk.policy.file import content_of, from_bytes
from hauberk.policy.problem import PolicyError, Problem

app = typer.Typer(no_args_is_help=True)


@app.callback()
def group() -> None:
    """Check, compile, sign and show policies."""


@app.command("check")
def check_command(
    files: Annotated[
        list[str],
        typer.Argument(help="hauberk.yaml, or a compiled value in a file; `-` for standard input."),
    ],
    format: FormatOption = Format.TEXT,
) -> None:
    """Say what is wrong with policies, with line and remedy; status 1 where anything is."""
    now = int(time.time())
    contents = {name: _content_or_none(name) for name in files}
    checked = [
        _checked(content, name, now) for name, content in contents.items() if content is not None
    ]
    if format is Format.JSON:
        print_json([asdict(one) for one in checked])
    else:
        for one in checked:
            _print_checked(one)
    if len(checked) < len(contents):
        raise typer.Exit(BAD_INPUT)
    if any(one.problems for one in checked):
        raise typer.Exit(FOUND)


@app.command("compile")
def compile_command(
    file: Annotated[Path, typer.Argument(help="The policy, hauberk.yaml.")],
    function: Annotated[
        str | None,
        typer.Option(help="Name or ARN of the function; the file's only one if left out."),
    ] = None,
    key: Annotated[
        Path | None, typer.Option(help="Key that signs; the default one if left out.")
    ] = None,
    mode: Annotated[
        Mode | None, typer.Option(help="`off`, `detect` or `prevent`, in place of the file's.")
    ] = None,
) -> None:
    """Print the value of HAUBERK_POLICY for one function, and nothing else."""
    with exit_status():
        policy = read(file)
        function = function or only(policy)
        find(policy, function)  # a wrong name is told before a missing key
        signer = signing.load(key or signing.default_path())
        compiled = compile_policy(policy, function, key=signer, now=int(time.time()), mode=mode)
    for problem in policy.warnings:
        say(f"warning: {file}: {problem}")
    for warning in compiled.warnings:
        say(f"warning: {warning}")
    print(compiled.variable)


@app.command("show")
def show_command(
    variable: Annotated[
        str,
        typer.Argument(
            help="The value of HAUBERK_POLICY, or a file with it; `-` for standard input."
        ),
    ],
    format: FormatOption = Format.TEXT,
) -> None:
    """Show what a compiled policy holds; status 1 where its signature is bad."""
    with exit_status():
        unpacked = unpack(*_value(variable))
    if format is Format.JSON:
        print_json({"summary": asdict(summary_of(unpacked)), "policy": unpacked.document})
    else:
        _print_summary(summary_of(unpacked))
        _print_document(unpacked.document)
    for fault in unpacked.faults:
        say(f"{fault}; compile it anew with `hauberk policy compile`")
    if unpacked.faults:
        raise typer.Exit(FOUND)


app.command("explain")(explain_command)


@app.command("key")
def key_command(
    out: Annotated[Path | None, typer.Option(help="Where; the default place if left out.")] = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """Create the key that signs policies, unless it is there, and print its fingerprint."""
    path = out or signing.default_path()
    with exit_status():
        is_new = not path.exists()
        key = signing.create(path) if is_new else signing.load(path)
        fingerprint = signing.fingerprint(signing.public_bytes(key.public_key()))
    if format is Format.JSON:
        print_json({"file": str(path), "fingerprint": fingerprint, "created": is_new})
        return
    say(f"{path}: {'created' if is_new else 'was already there'}; keep it secret")
    print(fingerprint)


def _value(given: str) -> tuple[str, str]:
    """The value and where it is from: a value, a file that holds one, or standard input."""
    if given != "-" and is_variable(given.encode(errors="replace")) and not os.path.exists(given):
        return given, "HAUBERK_POLICY"
    content = _content(given)
    if not is_variable(content):
        what = "not the value that `hauberk policy compile` prints"
        remedy = f"`hauberk policy check {given}` reads a hauberk.yaml"
        raise PolicyError(given, [Problem(0, what, remedy)])
    return content.decode(errors="replace"), given


def _checked(content: bytes, name: str, now: int) -> Checked:
    """What is wrong or odd, and of a file what of it is dangerous."""
    found = check(content, name, now)
    if is_variable(content) or not found.functions:
        return found
    held = dangers(from_bytes(content, name))
    return replace(found, warnings=(*found.warnings, *held))


def _content(name: str) -> bytes:
    return _standard_input() if name == "-" else content_of(Path(name))


def _content_or_none(name: str) -> bytes | None:
    """Read a policy; say why it cannot be read, so that the others are looked at all the same."""
    try:
        return _content(name)
    except PolicyError as error:
        say(str(error))
        return None


def _standard_input() -> bytes:
    return sys.stdin.buffer.read(8 * MOST_VARIABLE_BYTES)


def _print_checked(checked: Checked) -> None:
    out = console()
    verdict = "problems" if checked.problems else "ok"
    out.print(f"{checked.where}: {verdict}", style="bold red" if checked.problems else "bold green")
    for problem in checked.problems:
        out.print(f"  {problem}", style="red", soft_wrap=True)
    for warning in checked.warnings:
        out.print(f"  warning: {warning}", style="yellow", soft_wrap=True)
    for summary in checked.functions:
        _print_summary(summary)


def _print_summary(summary: Summary) -> None:
    entries = ", ".join(f"{kind} {count}" for kind, count in summary.entries.items())
    rows = {
        "mode": summary.mode,
        "on error": summary.on_error,
        "expires": summary.expires or "never",
        "allowlist": entries or "none: every kind is learning",
        "rules": f"{summary.rules}, exclusions {summary.exclusions}",
        "size": f"{summary.size} of 4096 bytes",
        "serial": summary.serial,
        "fingerprint": summary.fingerprint,
        "signature": summary.signature,
    }
    out = console()
    out.print(f"  {summary.function}", style="bold")
    for name, value in rows.items():
        if value is not None:
            out.print(f"    {name:<12} {value}", soft_wrap=True)


def _print_document(document: Any) -> None:
    out = console()
    for kind, entries in document["allowlist"].items():
        _print_list(f"allowlist, {kind}", entries)
    for section in ("rules", "exclusions"):
        for one in document[section]:
            about = one.get("kind") or one.get("detector")
            path = f" at {one['path']}" if "path" in one else ""
            until = f", until {day_of(one['expires'])}" if "expires" in one else ""
            title = f"{section.removesuffix('s')} {one['name']}, {about}{path}{until}"
            _print_list(title, one["patterns"])
    _print_sources(document["sources"])
    for section in ("detectors", "parameters"):
        if document.get(section):
            _print_list(
                section, [f"{name}  {_pairs(one)}" for name, one in document[section].items()]
            )
    if document["protections"]:
        out.print(f"  protections  {_pairs(document['protections'])}", soft_wrap=True)


def _pairs(values: dict[str, Any]) -> str:
    """Write keys and values as they are written in hauberk.yaml."""
    shown = (
        f"{key}: {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}"
        for key, value in values.items()
    )
    return ", ".join(shown)


def _print_sources(sources: dict[str, Any]) -> None:
    for name, value in sources.items():
        if name == "lists":
            _print_list("sources, lists", [_list_line(one) for one in value])
        elif value:
            lines = value if isinstance(value, list) else [str(value)]
            _print_list(f"sources, {name.replace('_', ' ')}", lines)


def _list_line(one: dict[str, str]) -> str:
    if "path" in one:
        return f"{one['name']}  {one['path']}, SHA-256 {one['sha256'][:16]}…"
    return f"{one['name']}  {len(one['packed']) * 3 // 4:,} bytes in the policy"


def _print_list(title: str, lines: list[str]) -> None:
    out = console()
    out.print(f"  {title}")
    for line in lines or ["(nothing)"]:
        out.print(f"    {line}", soft_wrap=True)
