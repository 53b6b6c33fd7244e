"""`hauberk sources`: lists of malicious sources, compiled, shown and asked."""

import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from hauberk._native import SourceList
from hauberk.cli.outcome import FOUND, Format, FormatOption, console, exit_status, print_json
from hauberk.sources import (
    MOST_BYTES,
    Form,
    Imported,
    SourceError,
    compile_lists,
    is_compiled,
    read_list,
)

app = typer.Typer(no_args_is_help=True)

FileArgument = Annotated[str, typer.Argument(help="A compiled list, or one that can be compiled.")]


@app.callback()
def group() -> None:
    """Compile, show and ask lists of malicious sources."""


@app.command("compile")
def compile_command(  # noqa: PLR0913, PLR0917 - options
    lists: Annotated[
        list[str],
        typer.Argument(
            help="Plain text, FireHOL, Spamhaus DROP, STIX 2 or MISP; `-` for standard input."
        ),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="The compiled list.")],
    without: Annotated[
        list[str] | None,
        typer.Option(help="A list whose addresses are taken out, also a MISP warning list."),
    ] = None,
    list_format: Annotated[
        Form | None, typer.Option(help="The form of the lists; by their content if left out.")
    ] = None,
    deny_private: Annotated[
        bool, typer.Option("--deny-private", help="Keep addresses that are not public.")
    ] = False,
    unsafe_deny_most: Annotated[
        bool, typer.Option("--unsafe-deny-most", help="Allow to deny most of the internet.")
    ] = False,
    unsafe_incomplete: Annotated[
        bool,
        typer.Option("--unsafe-incomplete", help="Take lists that are empty or not understood."),
    ] = False,
    format: FormatOption = Format.TEXT,
) -> None:
    """Compile lists into one file for the guard."""
    with exit_status(SourceError), _progress(len(lists) + len(without or ())) as advance:
        now = int(time.time())
        read = [_imported(name, now, list_format, advance) for name in lists]
        exceptions = [_imported(name, now, None, advance) for name in without or ()]
        compiled = compile_lists(
            read,
            exceptions,
            now=now,
            private=deny_private,
            unsafe_most=unsafe_deny_most,
            unsafe_incomplete=unsafe_incomplete,
        )
        _write(output, compiled.content)
    shown = {**_shown(SourceList(compiled.content), now), "not_public": compiled.special}
    if format is Format.JSON:
        print_json({"file": str(output), "bytes": len(compiled.content), **shown})
        return
    console().print(f"{output}: {len(compiled.content):,} bytes", style="bold")
    _print(shown)


@app.command("show")
def show_command(file: FileArgument, format: FormatOption = Format.TEXT) -> None:
    """Say what a list holds, of what it was made and how old it is."""
    with exit_status(SourceError):
        shown = _shown(_open(file), int(time.time()))
    if format is Format.JSON:
        print_json({"file": file, **shown})
        return
    console().print(file, style="bold")
    _print(shown)


@app.command("check")
def check_command(
    file: FileArgument,
    addresses: Annotated[list[str], typer.Argument(help="Addresses to look up.")],
    format: FormatOption = Format.TEXT,
) -> None:
    """Say which addresses are on a list; status 1 where one is."""
    with exit_status(SourceError):
        compiled = _open(file)
        found = {address: _prefix(compiled, address) for address in addresses}
    if format is Format.JSON:
        print_json([{"address": address, "prefix": prefix} for address, prefix in found.items()])
    else:
        for address, prefix in found.items():
            style = "bold red" if prefix else "green"
            console().print(
                f"{address}: {f'on it, {prefix}' if prefix else 'not on it'}", style=style
            )
    if any(found.values()):
        raise typer.Exit(FOUND)


def _imported(name: str, now: int, form: Form | None, advance: Any) -> Imported:
    content = _content(name)
    if is_compiled(content):
        raise SourceError(name, 0, "is compiled already", "name the lists that it was made of")
    imported = read_list(content, name, now, form)
    advance()
    return imported


def _open(name: str) -> SourceList:
    content = _content(name)
    if not is_compiled(content):
        now = int(time.time())
        content = compile_lists([read_list(content, name, now)], now=now).content
    try:
        return SourceList(content)
    except ValueError as error:
        what, _, remedy = str(error).partition("; ")
        raise SourceError(name, 0, what, remedy) from error


def _content(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read(MOST_BYTES + 1)
    with Path(name).open("rb") as file:
        return file.read(MOST_BYTES + 1)


def _write(path: Path, content: bytes) -> None:
    """Write it whole or not at all."""
    try:
        number, draft = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
        os.chmod(draft, 0o644)  # a function's own user reads it
        os.replace(draft, path)
    except BaseException:
        os.unlink(draft)
        raise


def _prefix(compiled: SourceList, address: str) -> str | None:
    try:
        return compiled.prefix_of(address)
    except ValueError as error:
        remedy = "write an IP, such as `203.0.113.7`"
        raise SourceError(address, 0, "not an IP address", remedy) from error


def _shown(compiled: SourceList, now: int) -> dict[str, Any]:
    four, six, size = compiled.size
    return {
        "ipv4_prefixes": four,
        "ipv6_prefixes": six,
        "memory_bytes": size,
        "day": compiled.day,
        "age_days": compiled.age_days(now),
        **json.loads(compiled.about),
    }


_UNUSUAL = {
    "private": "denies private addresses",
    "most": "may deny most addresses",
    "incomplete": "its lists may be empty or not understood",
}


def _print(shown: dict[str, Any]) -> None:
    out = console()
    age = shown["age_days"]
    out.print(
        f"  prefixes   {shown['ipv4_prefixes']:,} of IPv4, {shown['ipv6_prefixes']:,} of IPv6"
    )
    out.print(f"  memory     {shown['memory_bytes']:,} bytes")
    out.print(f"  of         {shown['day']}, {age} {'day' if age == 1 else 'days'} old")
    for one in shown["of"]:
        stated = "" if one["stated"] is None else f", states {_day(one['stated'])}"
        line = f"  made of    {one['name']} ({one['format']}, {one['prefixes']:,} prefixes{stated})"
        out.print(line, soft_wrap=True)
    for reason, count in shown.get("left_out", {}).items():
        out.print(f"  left out   {count:,} {reason}")
    if shown.get("not_public"):
        out.print(f"  left out   {shown['not_public']:,} not public; `--deny-private` keeps them")
    for name in shown.get("without", ()):
        out.print(f"  without    {name}", soft_wrap=True)
    for name in shown.get("unusual", ()):
        out.print(f"  unusual    {_UNUSUAL.get(name, name)}", style="yellow")


def _day(seconds: int) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(min(seconds, 253_402_300_799)))


@contextmanager
def _progress(total: int) -> Iterator[Any]:
    """Show on a terminal how many lists were read."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("reading lists", total=total)
        yield lambda: progress.advance(task)
