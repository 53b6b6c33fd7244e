"""`hauberk policy explain`: which entry of a policy decides about an activity, and which ones lose."""

from pathlib import Path
from typing import Annotated, Any

import typer

from hauberk.cli.given import policy_documents
from hauberk.cli.outcome import BAD_INPUT, Format, console, exit_status, print_json, say
from hauberk.model.activity import Activity
from hauberk.model.kind import Kind
from hauberk.model.mode import Mode
from hauberk.model.verdict import Action
from hauberk.policy.check import is_variable
from hauberk.policy.compile import entry_line, find
from hauberk.policy.decision import UNLISTED, Decider
from hauberk.policy.explain import Explanation, Role, explain, operation_fault
from hauberk.policy.file import content_of, from_bytes

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
    format: Annotated[
        Format, typer.Option("--format", help="Text for people, or JSON.")
    ] = Format.TEXT,
) -> None:
    """Say what a policy decides about an activity, which entry decides, and which ones lose."""
    activity = _activity(kind, operation, target)
    with exit_status():
        ((name, document),) = policy_documents(policy, function, mode).items()
        origins = _origins(policy, function, kind)
    told = explain(Decider(document), activity)
    if format is Format.JSON:
        print_json(_as_json(name, activity, told, origins))
    else:
        _print(name, activity, told, origins)


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


def _origins(policy: Path, function: str, kind: Kind) -> dict[str, str]:
    """Where entries of the list come from; a compiled value does not tell."""
    content = content_of(policy)
    if is_variable(content):
        return {}
    entries = find(from_bytes(content, str(policy)), function).allowlist.get(kind, ())
    return {entry_line(kind, one.operation, one.target): one.origin for one in reversed(entries)}


def _as_json(
    name: str, activity: Activity, told: Explanation, origins: dict[str, str]
) -> dict[str, Any]:
    return {
        "function": name,
        **{key: str(value) for key, value in activity._asdict().items()},
        "mode": told.mode,
        "action": told.decision.action.value,
        "reason": told.decision.reason,
        "entry": told.decision.entry,
        "steps": [
            {**step._asdict(), "origin": _origin(step.part, step.entry, origins)}
            for step in told.steps
        ],
    }


def _print(name: str, activity: Activity, told: Explanation, origins: dict[str, str]) -> None:
    from rich.table import Table

    out = console()
    action = told.decision.action
    out.print(f"{name}: {activity}", soft_wrap=True)
    out.print(f"{action}: {told.decision.reason}", style=_STYLES[action], soft_wrap=True)
    table = Table("in order", "part")
    for column in ("entry", "why"):
        table.add_column(column, overflow="fold")
    for step in told.steps:
        origin = _origin(step.part, step.entry, origins)
        part = f"{step.part} {step.name}".strip() + (f", by {origin}" if origin else "")
        table.add_row(step.role.value, part, step.entry, step.why, style=_ROLES[step.role])
    out.print(table)
    if told.decision.reason == UNLISTED and activity.kind in (Kind.FILE, Kind.CODE):
        out.print(
            "the platform's own files, which every list allows in the function, are not known here",
            style="dim",
            soft_wrap=True,
        )


def _origin(part: str, entry: str, origins: dict[str, str]) -> str | None:
    return origins.get(entry) if part == "allowlist" and entry else None
