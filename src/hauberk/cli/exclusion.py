"""`hauberk exclusion`: what functions may do though it is not listed, and what a detector is wrong about."""

from pathlib import Path
from typing import Annotated

import typer

from hauberk.cli.amended import AuthorOption, PolicyOption, ReasonOption
from hauberk.cli.outcome import exit_status
from hauberk.cli.persons import (
    AccountOption,
    ExpiresOption,
    FunctionOption,
    GroupOption,
    NameArgument,
    PatternFileOption,
    PatternsArgument,
    TagOption,
    add_list_and_remove,
    patterns,
    put,
    said,
)
from hauberk.model.detector import Detector
from hauberk.model.kind import Kind
from hauberk.policy.person import scope

app = typer.Typer(no_args_is_help=True)


@app.callback()
def group_of_commands() -> None:
    """Let pass what is not on an allowlist, or what a detector is wrong about."""


@app.command("add")
def add_command(  # noqa: PLR0913, PLR0917 - options
    name: NameArgument,
    targets: PatternsArgument = None,
    kind: Annotated[Kind | None, typer.Option(help="Kind of activities.")] = None,
    operation: Annotated[str | None, typer.Option(help="Their operation; all if left out.")] = None,
    detector: Annotated[
        Detector | None,
        typer.Option(
            metavar="DETECTOR",
            help="In place of a kind: the detector that is wrong, as its record names it.",
        ),
    ] = None,
    path: Annotated[
        str | None, typer.Option(help="Of a detector: pattern of the input's path.")
    ] = None,
    file: PatternFileOption = None,
    function: FunctionOption = None,
    group: GroupOption = None,
    tag: TagOption = None,
    account: AccountOption = False,
    reason: ReasonOption = None,
    author: AuthorOption = None,
    expires: ExpiresOption = None,
    policy: PolicyOption = Path("hauberk.yaml"),
) -> None:
    """Write an exclusion: it allows activities of a kind, or inputs of which a detector is wrong."""
    with exit_status():
        body = {
            "name": name,
            **({"kind": kind.value} if kind else {}),
            **({"operation": operation} if operation else {}),
            **({"detector": detector.value} if detector else {}),
            **({"path": path} if path else {}),
            "patterns": patterns(targets, file),
            "scope": scope(function, group, tag, account=account),
            **said(author, reason, expires),
        }
    put(policy, "exclusions", body)


add_list_and_remove(app, "exclusions", "allow")
