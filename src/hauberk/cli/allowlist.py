"""`hauberk allowlist`: what a function may do, by the policy file."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from hauberk.cli.entries import add_command, remove_command
from hauberk.cli.outcome import console, exit_status, many, print_json
from hauberk.model.escaped import escaped
from hauberk.model.kind import Kind
from hauberk.policy import read
from hauberk.policy.compile import find
from hauberk.policy.file import Entry
from hauberk.policy.yaml_text import block

app = typer.Typer(no_args_is_help=True, help="Show, change, compare and export allowlists.")

Allowlist = dict[Kind, tuple[Entry, ...] | None]  # None: the kind is learning


class Form(StrEnum):
    """How a list is printed."""

    TEXT = "text"
    JSON = "json"
    YAML = "yaml"


@app.callback()
def group() -> None:
    """Show, change, compare and export allowlists."""


@app.command("show")
def show_command(
    function: Annotated[str, typer.Argument(help="Name or ARN of the function.")],
    kind: Annotated[
        list[Kind] | None, typer.Option(help="Kind of activity, also several; all if left out.")
    ] = None,
    policy: Annotated[Path, typer.Option(help="The policy, hauberk.yaml.")] = Path("hauberk.yaml"),
    format: Annotated[
        Form, typer.Option("--format", help="Text for people, JSON, or YAML as in hauberk.yaml.")
    ] = Form.TEXT,
) -> None:
    """Show what a function may do, by kind, and where each entry comes from; which kinds are still learning."""
    with exit_status():
        chosen = find(read(policy), function)
    kinds = [one for one in Kind if not kind or one in kind]
    allowlist: Allowlist = {one: chosen.allowlist.get(one) for one in kinds}
    if format is Form.JSON:
        print_json({"function": chosen.name, "mode": chosen.mode.value, **_as_json(allowlist)})
    elif format is Form.YAML:
        for line in block({"allowlist": _as_yaml(allowlist)}, 0):
            print(escaped(line))
    else:
        _print(f"{chosen.name}, {chosen.mode}", allowlist)


app.command("add")(add_command)
app.command("remove")(remove_command)


def _as_json(allowlist: Allowlist) -> dict[str, Any]:
    listed = {kind.value: entries for kind, entries in allowlist.items() if entries is not None}
    return {
        "allowlist": {
            kind: [
                {name: getattr(one, name) for name in ("operation", "target", "origin")}
                for one in entries
            ]
            for kind, entries in listed.items()
        },
        "learning": [kind.value for kind, entries in allowlist.items() if entries is None],
    }


def _as_yaml(allowlist: Allowlist) -> dict[str, list[dict[str, str]]]:
    """What it says of an entry is what the entry says beside what is so unless it is given."""
    return {
        kind.value: [
            {
                **({} if one.operation == "*" else {"operation": one.operation}),
                "target": one.target,
                "origin": one.origin,
            }
            for one in entries
        ]
        for kind, entries in allowlist.items()
        if entries is not None
    }


def _print(title: str, allowlist: Allowlist) -> None:
    from rich.table import Table

    out = console()
    out.print(title, style="bold")
    table = Table("kind", "operation")
    table.add_column("target", overflow="fold")
    table.add_column("origin")
    for kind, entries in allowlist.items():
        if entries is None:
            table.add_row(kind.value, "", "still learning", "", style="yellow")
        elif not entries:
            table.add_row(kind.value, "", "nothing is listed", "", style="dim")
        for one in entries or ():
            table.add_row(kind.value, one.operation, one.target, one.origin)
    out.print(table)
    count = sum(len(entries or ()) for entries in allowlist.values())
    out.print(many(count, "entry", "entries"))
