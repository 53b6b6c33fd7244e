"""`hauberk policy explain`: which entry of a policy decides about an activity, and which ones lose."""

import time
from pathlib import Path
from typing import Annotated, Any

import typer

from hauberk.cli.given import policy_documents
from hauberk.cli.outcome import (
    BAD_INPUT,
    Format,
    FormatOption,
    console,
    exit_status,
    print_json,
    say,
)
from hauberk.model.activity import Activity
from hauberk.model.kind import Kind
from hauberk.model.mode import Mode
from hauberk.model.verdict import Action
from hauberk.policy.check import is_variable
from hauberk.policy.compile import entry_line, expired, find
from hauberk.policy.decision import UNLISTED, Decider
from hauberk.policy.explain import Explanation, Role, Step, explain, operation_fault
from hauberk.policy.file import (
    FunctionPolicy,
    PolicyFile,
    Provenance,
    content_of,
    from_bytes,
)

Notes = dict[tuple[str, str], tuple[str | None, Provenance]]

_STYLES = {Action.BLOCK: "bold red", Action.ALERT: "bold yellow", Action.ALLOW: "bold green"}
_ROLES = {Role.DECIDES: "bold", Role.LOSES: "", Role.SILENT: "dim"}


def explain_command(  # noqa: PLR0913, PLR0917 - options
    function: Annotated[str, typer.Argument(help="Name or ARN of the function.")],
    kind: Annotated[Kind, typer.Argument(help="Kind of the activity.")],
    operation: Annotated[str, typer.Argument(help="Its operation: `read`, `s3:PutObject`.")],
    target: Annotated[str, typer.Argument(help="What it is done to, as records show it.")],
    policy: Annotated[
        Path, typer.Option(help="hauberk.yaml, or a file with a compiled value.")
    ] = Path("hauberk.yaml"),
    mode: Annotated[
        Mode | None, typer.Option(help="`off`, `detect` or `prevent`, in place of the policy's.")
    ] = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """Say what a policy decides about an activity, which entry decides, and which ones lose."""
    activity = _activity(kind, operation, target)
    with exit_status():
        ((name, document),) = policy_documents(policy, function, mode).items()
        file = _file(policy)
    chosen = find(file, function) if file else None
    notes = _notes(file, chosen, kind) if file and chosen else {}
    over = [str(one) for one in expired(file, int(time.time()), chosen)] if file else []
    told = explain(Decider(document), activity)
    if format is Format.JSON:
        print_json({**_as_json(name, activity, told, notes), "expired": over})
        return
    _print(name, activity, told, notes)
    for one in over:
        console().print(one, style="dim", soft_wrap=True)


def _activity(kind: Kind, operation: str, target: str) -> Activity:
    fault = operation_fault(kind, operation)
    if fault:
        say(f"{kind} has no operation `{operation}`; {fault}")
        raise typer.Exit(BAD_INPUT)
    try:
        target.encode()
    except UnicodeEncodeError as error:
        say("the target is no UTF-8; write it as records show it")
        raise typer.Exit(BAD_INPUT) from error
    return Activity(kind, operation, target)


def _file(policy: Path) -> PolicyFile | None:
    """What people say of their entries; a compiled value does not tell."""
    content = content_of(policy)
    return None if is_variable(content) else from_bytes(content, str(policy))


def _notes(file: PolicyFile, chosen: FunctionPolicy, kind: Kind) -> Notes:
    """What is said of each part: by the name of a rule or an exclusion, by the line of an entry."""
    nothing = None
    entries: Notes = {
        ("allowlist", entry_line(kind, one.operation, one.target)): (one.origin, one.provenance)
        for one in reversed(chosen.allowlist.get(kind, ()))
    }
    rules: Notes = {("rule", one.name): (nothing, one.provenance) for one in file.rules}
    return (
        entries
        | rules
        | {("exclusion", one.name): (nothing, one.provenance) for one in file.exclusions}
    )


def _note(step: Step, notes: Notes) -> tuple[str | None, Provenance]:
    return notes.get((step.part, step.name or step.entry), (None, Provenance()))


def _as_json(name: str, activity: Activity, told: Explanation, notes: Notes) -> dict[str, Any]:
    return {
        "function": name,
        **{key: str(value) for key, value in activity._asdict().items()},
        "mode": told.mode,
        "action": told.decision.action.value,
        "reason": told.decision.reason,
        "entry": told.decision.entry,
        "steps": [
            {**step._asdict(), "origin": origin, "author": said.author, "reason": said.reason}
            for step in told.steps
            for origin, said in (_note(step, notes),)
        ],
    }


def _print(name: str, activity: Activity, told: Explanation, notes: Notes) -> None:
    from rich.table import Table

    out = console()
    action = told.decision.action
    out.print(f"{name}: {activity}", soft_wrap=True)
    out.print(f"{action}: {told.decision.reason}", style=_STYLES[action], soft_wrap=True)
    table = Table("in order", "part")
    for column in ("entry", "why"):
        table.add_column(column, overflow="fold")
    for step in told.steps:
        origin, said = _note(step, notes)
        by = ", ".join(one for one in (origin, said.author) if one)
        part = f"{step.part} {step.name}".strip() + (f", by {by}" if by else "")
        why = f"{step.why}: {said.reason}" if said.reason else step.why
        table.add_row(step.role.value, part, step.entry, why, style=_ROLES[step.role])
    out.print(table)
    if told.decision.reason == UNLISTED and activity.kind in (Kind.FILE, Kind.CODE):
        out.print(
            "the platform's own files, which every list allows in the function, are not known here",
            style="dim",
            soft_wrap=True,
        )
