"""`hauberk allowlist`: what a function may do, by the policy file."""

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from hauberk.cli.amended import PolicyOption
from hauberk.cli.difference import diff_command
from hauberk.cli.entries import add_command, remove_command
from hauberk.cli.listed import Records, Row, as_csv, as_json, moment, rows, seen_of
from hauberk.cli.outcome import console, exit_status, many, print_json
from hauberk.cli.persons import by_and_why
from hauberk.cli.recorded import StoreOption
from hauberk.learn.profile.profile_file import ProfileError
from hauberk.learn.records.log import LogError
from hauberk.model.escaped import escaped
from hauberk.model.kind import Kind
from hauberk.policy import read
from hauberk.policy.amend import entry_body
from hauberk.policy.compile import find
from hauberk.policy.file import FunctionPolicy
from hauberk.policy.yaml_text import block
from hauberk.store import StoreError

app = typer.Typer(no_args_is_help=True)

KindOption = Annotated[
    list[Kind] | None, typer.Option(help="Kind of activity, also several; all if left out.")
]
LogOption = Annotated[
    list[str] | None,
    typer.Option(help="Log file or folder, also several: tells when each entry was used."),
]

ProfileOption = Annotated[
    Path | None,
    typer.Option(help="What `hauberk learn --profile` wrote, in the place of --log and --store."),
]

_LEAST_SITE, _BESIDE = (
    22,
    4,
)  # characters of a path, at least; those that are short of a third of the width
_OF_RECORDS = "seen: as the records tell; what a list in force holds writes none"
_NO_RECORDS = (
    "how often, first, last and by which code: the records tell (--store, --log, --profile)"
)


class Form(StrEnum):
    """How a list is printed."""

    TEXT = "text"
    JSON = "json"
    YAML = "yaml"


class File(StrEnum):
    """What a list is exported as."""

    JSON = "json"
    CSV = "csv"
    YAML = "yaml"


@app.callback()
def group() -> None:
    """Show, change, compare and export allowlists."""


@app.command("show")
def show_command(  # noqa: PLR0913, PLR0917 - options
    function: Annotated[str, typer.Argument(help="Name or ARN of the function.")],
    kind: KindOption = None,
    log: LogOption = None,
    store: StoreOption = None,
    profile: ProfileOption = None,
    policy: PolicyOption = Path("hauberk.yaml"),
    format: Annotated[
        Form, typer.Option("--format", help="Text for people, JSON, or YAML as in hauberk.yaml.")
    ] = Form.TEXT,
) -> None:
    """Show what a function may do, by kind, and where each entry comes from; which kinds are still learning."""
    with exit_status(LogError, StoreError, ProfileError):
        chosen = find(read(policy), function)
        seen = seen_of([chosen], Records(log, store, profile))
    kinds = [one for one in Kind if not kind or one in kind]
    every = rows(chosen, kinds, seen)
    if format is Form.JSON:
        print_json(_as_json(chosen, kinds, every, is_seen=seen is not None))
    elif format is Form.YAML:
        for line in block({"allowlist": _as_yaml(chosen, kinds, every)}, 0):
            print(escaped(line))
    else:
        _print(chosen, kinds, every, is_seen=seen is not None)


app.command("add")(add_command)
app.command("remove")(remove_command)
app.command("diff")(diff_command)


@app.command("export")
def export_command(  # noqa: PLR0913, PLR0917 - options
    function: Annotated[
        str | None, typer.Argument(help="Name or ARN of the function; all if left out.")
    ] = None,
    kind: KindOption = None,
    log: LogOption = None,
    store: StoreOption = None,
    profile: ProfileOption = None,
    policy: PolicyOption = Path("hauberk.yaml"),
    format: Annotated[
        File, typer.Option("--format", help="JSON, CSV, or YAML that is a hauberk.yaml itself.")
    ] = File.JSON,
) -> None:
    """Print the lists of one function or all, for other programs."""
    with exit_status(LogError, StoreError, ProfileError):
        file = read(policy)
        chosen = [find(file, function)] if function else list(file.functions)
        seen = seen_of(chosen, Records(log, store, profile))
    kinds = [one for one in Kind if not kind or one in kind]
    every = {one.key: rows(one, kinds, seen) for one in chosen}
    if format is File.CSV:
        for line in as_csv(row for mine in every.values() for row in mine):
            print(line)
    elif format is File.JSON:
        is_seen = seen is not None
        print_json([_as_json(one, kinds, every[one.key], is_seen=is_seen) for one in chosen])
    else:
        functions = {
            one.key: {"mode": one.mode.value, "allowlist": _as_yaml(one, kinds, every[one.key])}
            for one in chosen
        }
        for line in block({"hauberk": 1, "functions": functions}, 0):
            print(escaped(line))


def _as_json(
    chosen: FunctionPolicy, kinds: list[Kind], every: list[Row], *, is_seen: bool
) -> dict[str, Any]:
    return {
        "function": chosen.name,
        "mode": chosen.mode.value,
        "allowlist": {
            kind.value: [as_json(row, is_seen=is_seen) for row in every if row.kind is kind]
            for kind in kinds
            if kind in chosen.allowlist
        },
        "learning": [kind.value for kind in kinds if kind not in chosen.allowlist],
    }


def _as_yaml(
    chosen: FunctionPolicy, kinds: list[Kind], every: list[Row]
) -> dict[str, list[dict[str, Any]]]:
    return {
        kind.value: [entry_body(row.entry) for row in every if row.kind is kind]
        for kind in kinds
        if kind in chosen.allowlist
    }


def _print(chosen: FunctionPolicy, kinds: list[Kind], every: list[Row], *, is_seen: bool) -> None:
    from rich.table import Table

    out = console()
    out.print(f"{chosen.name}, {chosen.mode}", style="bold")
    table = Table("kind", "operation")
    for column in ("target", "origin"):
        table.add_column(column, overflow="fold")
    for kind in kinds:
        mine = [row for row in every if row.kind is kind]
        if kind not in chosen.allowlist:
            table.add_row(kind.value, "", "still learning", "", style="yellow")
        elif not mine:
            table.add_row(kind.value, "", "nothing is listed", "", style="dim")
        for row in mine:
            table.add_row(*_cells(row))
            for line in _seen(row, max(_LEAST_SITE, out.width // 3 - _BESIDE)) if is_seen else ():
                table.add_row("", "", f"  {line}", "", style="dim")
    out.print(table)
    out.print(many(len(every), "entry", "entries"))
    if every:
        out.print(_OF_RECORDS if is_seen else _NO_RECORDS, style="dim")


def _cells(row: Row) -> tuple[str, ...]:
    by = by_and_why(row.entry.provenance)
    origin = f"{row.entry.origin} ({by})" if by else row.entry.origin
    return row.kind.value, row.entry.operation, row.entry.target, origin


def _seen(row: Row, most: int) -> Iterator[str]:
    """How often, when and by which code; of its path no more than so many characters, so that no line breaks in it."""
    seen = row.seen
    if seen is None:
        yield "no record of it"
        return
    first, last = ((moment(at) or "")[:10] for at in (seen.first_ms, seen.last_ms))
    days = first if first == last else f"{first} to {last}"
    callers = seen.callers.at_least
    who = f", {many(callers, 'caller', 'callers')}" if callers else ""
    yield f"{many(seen.invocations, 'invocation', 'invocations')}, {days}{who}"
    if seen.sites:
        more = f" and {len(seen.sites) - 1} more" if len(seen.sites) > 1 else ""
        yield f"by {_shortened(seen.sites[0], most)}{more}"


def _shortened(site: str, most: int) -> str:
    """Leave out the folders of a path that is too long, the outermost first."""
    path, space, rest = site.partition(" ")
    parts = path.split("/")
    while len(path) > most and len(parts) > 1:
        parts = parts[1:]
        path = "/".join(["…", *parts])
    return f"{path}{space}{rest}"
