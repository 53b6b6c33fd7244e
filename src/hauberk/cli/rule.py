"""`hauberk rule`: what functions may never do, whatever their lists say."""

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
from hauberk.model.kind import Kind
from hauberk.policy.person import scope

app = typer.Typer(no_args_is_help=True)


@app.callback()
def group_of_commands() -> None:
    """Deny activities, whatever allowlists and exclusions say."""


@app.command("add")
def add_command(  # noqa: PLR0913, PLR0917 - options
    name: NameArgument,
    kind: Annotated[Kind, typer.Argument(help="Kind of the activities.")],
    targets: PatternsArgument = None,
    operation: Annotated[str, typer.Option(help="Their operation; all if left out.")] = "*",
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
    """Write a rule: from the next compilation on it denies, over all that allows."""
    with exit_status():
        body = {
            "name": name,
            "kind": kind.value,
            **({} if operation == "*" else {"operation": operation}),
            "patterns": patterns(targets, file),
            "scope": scope(function, group, tag, account=account),
            **said(author, reason, expires),
        }
    put(policy, "rules", body)


add_list_and_remove(app, "rules", "deny")
