"""`hauberk allowlist add` and `remove`: a person's entries of an allowlist."""

from pathlib import Path
from typing import Annotated

import typer

from hauberk.cli.amended import (
    AuthorOption,
    PolicyOption,
    ReasonOption,
    amend,
    author_of,
    today,
)
from hauberk.cli.outcome import exit_status, say
from hauberk.model.escaped import escaped
from hauberk.model.kind import Kind
from hauberk.policy.amend import entry_body, with_entry, without_entry
from hauberk.policy.compile import find
from hauberk.policy.file import Entry, Provenance, content_of, from_bytes

Function = Annotated[str, typer.Argument(help="Name or ARN of the function.")]
OfKind = Annotated[Kind, typer.Argument(help="Kind of activity.")]
Operation = Annotated[
    str, typer.Argument(help="Its operation: `read`, `s3:PutObject`; `*` in quotes for all.")
]


def add_command(  # noqa: PLR0913, PLR0917 - options
    function: Function,
    kind: OfKind,
    operation: Operation,
    target: Annotated[str, typer.Argument(help="Pattern of what it is done to, in quotes.")],
    reason: ReasonOption = None,
    author: AuthorOption = None,
    new_list: Annotated[
        bool,
        typer.Option("--new-list", help="Begin a list: what is not on it is denied from then on."),
    ] = False,
    policy: PolicyOption = Path("hauberk.yaml"),
) -> None:
    """Allow a function something, as the entry of a person; all else in the file stays as it is."""
    said = Provenance(author_of(author), reason, today())
    entry = entry_body(Entry(operation, target, "person", said))
    is_changed = amend(
        policy,
        lambda content, where: with_entry(content, where, (function, kind), entry, begins=new_list),
    )
    if not is_changed:
        say(f"{function} may do that already: nothing is changed")
        return
    print(escaped(f"{function} may {_told(kind, operation, target)}"))


def remove_command(
    function: Function,
    kind: OfKind,
    operation: Operation,
    target: Annotated[str, typer.Argument(help="The pattern, as `allowlist show` prints it.")],
    policy: PolicyOption = Path("hauberk.yaml"),
) -> None:
    """Take an entry off a function's list, whoever wrote it; all else in the file stays as it is."""
    entry = {"operation": operation, "target": target}
    amend(policy, lambda content, where: without_entry(content, where, (function, kind), entry))
    print(escaped(f"{function} has no entry {_told(kind, operation, target)} any more"))
    with exit_status():
        left = find(from_bytes(content_of(policy), str(policy)), function).allowlist.get(kind)
    if left == ():
        say(f"warning: the list of {kind} is empty: nothing of it is allowed")
    if any((one.operation, one.target) == (operation, target) for one in left or ()):
        say("warning: the same entry is there once more")
    say(
        "where `hauberk learn` sees it again, it comes back: a rule denies for good (`hauberk rule add`)"
    )


def _told(kind: Kind, operation: str, target: str) -> str:
    return escaped(f"{kind} {operation} {target}")
