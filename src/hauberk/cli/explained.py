"""How an explanation of a decision is printed, with what people said of the entries in it."""

from typing import Any

from hauberk.cli.outcome import console
from hauberk.model.activity import Activity
from hauberk.model.kind import Kind
from hauberk.model.verdict import Action
from hauberk.policy.decision import UNLISTED, Suspicion
from hauberk.policy.explain import Explanation, Role, Step
from hauberk.policy.file import Provenance

Notes = dict[tuple[str, str], tuple[str | None, Provenance]]

_STYLES = {Action.BLOCK: "bold red", Action.ALERT: "bold yellow", Action.ALLOW: "bold green"}
_ROLES = {Role.DECIDES: "bold", Role.LOSES: "", Role.SILENT: "dim"}


def _note(step: Step, notes: Notes) -> tuple[str | None, Provenance]:
    return notes.get((step.part, step.name or step.entry), (None, Provenance()))


def as_json(
    name: str, what: Activity | Suspicion, told: Explanation, notes: Notes
) -> dict[str, Any]:
    """Write an explanation as a document."""
    shown = {key: str(one) if isinstance(one, Kind) else one for key, one in what._asdict().items()}
    return {
        "function": name,
        **shown,
        "mode": told.mode,
        "action": told.decision.action.value,
        "reason": told.decision.reason,
        "entry": told.decision.entry,
        "is_sure": told.decision.is_sure,
        "steps": [
            {**step._asdict(), "origin": origin, "author": said.author, "reason": said.reason}
            for step in told.steps
            for origin, said in (_note(step, notes),)
        ],
    }


def print_explanation(
    name: str, what: Activity | Suspicion, told: Explanation, notes: Notes
) -> None:
    """Print an explanation for people."""
    from rich.table import Table

    out = console()
    action = told.decision.action
    asked = str(what) if isinstance(what, Activity) else what.told()
    out.print(f"{name}: {asked}", soft_wrap=True)
    sure = (
        "" if told.decision.is_sure else ", which is not sure: the record shows a part of the text"
    )
    out.print(f"{action}: {told.decision.reason}{sure}", style=_STYLES[action], soft_wrap=True)
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
    if isinstance(what, Suspicion) and action is Action.ALLOW:
        out.print(
            "of this detection alone: what else is told of the same event is judged by itself",
            style="dim",
            soft_wrap=True,
        )
    is_of_platform = isinstance(what, Activity) and what.kind in (Kind.FILE, Kind.CODE)
    if is_of_platform and told.decision.reason == UNLISTED:
        out.print(
            "the platform's own files, which every list allows in the function, are not known here",
            style="dim",
            soft_wrap=True,
        )
