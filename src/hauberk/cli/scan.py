"""`hauberk scan`: what a function's code tells, at rest."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from hauberk.cli.outcome import Format, FormatOption, console, exit_status, many, print_json
from hauberk.local.function import InputError
from hauberk.local.handler import find_handler
from hauberk.scan import CodeProfile, Finding, PackageError, Sure, Unread, opened, scan
from hauberk.scan.variables import MOST_BYTES, VariablesError, variables

HandlerOption = Annotated[
    str | None,
    typer.Option(help="The handler, as Lambda is told: file.function; found if left out."),
]

app = typer.Typer(no_args_is_help=True)

_MOST_SITES = 3
_STYLES = {
    Sure.EXACT: "",
    Sure.TYPED: "",
    Sure.NAMED: "dim",
    Sure.PARTLY: "yellow",
    Sure.OPEN: "yellow",
}


@app.callback()
def group() -> None:
    """Say what a function's code may do, without running it."""


@app.command("code")
def code_command(
    package: Annotated[Path, typer.Argument(help="The function's folder, or its zip.")],
    handler: HandlerOption = None,
    environment: Annotated[
        Path | None,
        typer.Option(
            help="File with the function's variables: JSON of `aws lambda get-function-configuration`, "
            "an object of texts, lines NAME=VALUE, or its SAM or CloudFormation template."
        ),
    ] = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """Show what a Python function's code, and what it imports, may do: AWS calls, files, processes, hosts.

    Nothing of it is run. What the code does not tell is shown as unknown, with its place.
    """
    with exit_status(PackageError, VariablesError, InputError):
        found = read_code(package, handler, environment)
    if format is Format.JSON:
        print_json(as_json(found))
    else:
        _print(package, found)


def read_code(package: Path, handler: str | None, environment: Path | None) -> CodeProfile:
    """Read a package, with the variables of the function where they are given."""
    code = opened(package)
    handler = handler or find_handler(package)
    return scan(code, handler, variables_of(environment, handler))


def variables_of(path: Path | None, handler: str) -> Mapping[str, str | None] | None:
    """Read a file of variables; None where none is named."""
    if path is None:
        return None
    with path.open("rb") as file:
        return variables(file.read(MOST_BYTES + 1), str(path), handler)


def as_json(found: CodeProfile) -> dict[str, Any]:
    """Write all that was read as a document."""
    return {
        "handler": found.handler,
        "modules": sorted(found.modules),
        "known_packages": sorted(found.bundled),
        "findings": [_finding(one) for one in found.findings],
        "unknown": [_unread(one) for one in found.unread],
    }


def _finding(one: Finding) -> dict[str, Any]:
    return {
        "kind": one.kind.value,
        "operation": one.operation,
        "target": one.target,
        "sure": one.sure.value,
        "sites": [str(site) for site in one.sites],
        "unknown": list(one.unknown),
    }


def _unread(one: Unread) -> dict[str, Any]:
    return {"site": str(one.site), "kind": one.kind.value if one.kind else None, "what": one.what}


def _print(package: Path, found: CodeProfile) -> None:
    from rich.table import Table

    out = console()
    out.print(f"{package}, handler {found.handler}", style="bold", soft_wrap=True)
    table = Table("kind", "operation")
    for column in ("target", "sure", "where"):
        table.add_column(column, overflow="fold")
    for one in found.findings:
        table.add_row(*_row(one), style=_STYLES[one.sure])
    out.print(table)
    if found.unread:
        out.print(
            f"{many(len(found.unread), 'place says', 'places say')} more than was read",
            style="bold yellow",
        )
        unknown = Table("where", "kind")
        unknown.add_column("unknown", overflow="fold")
        for place in found.unread:
            unknown.add_row(str(place.site), place.kind.value if place.kind else "any", place.what)
        out.print(unknown)
    modules = many(len(found.modules), "module was", "modules were")
    out.print(f"{many(len(found.findings), 'act', 'acts')}; {modules} read, nothing was run")


def _row(one: Finding) -> tuple[str, ...]:
    sites = ", ".join(map(str, one.sites[:_MOST_SITES]))
    more = f" and {len(one.sites) - _MOST_SITES} more" if len(one.sites) > _MOST_SITES else ""
    sure = f"{one.sure.value}: {' '.join(one.unknown)}" if one.unknown else one.sure.value
    return one.kind.value, one.operation, one.target, sure, sites + more
