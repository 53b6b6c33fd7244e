"""`hauberk policy explain`: which entry of a policy decides about an activity or a detection, and which ones lose."""

import time
from pathlib import Path
from typing import Annotated

import typer

from hauberk.cli.detection import LogOption, found
from hauberk.cli.explained import Notes, as_json, print_explanation
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
from hauberk.cli.recorded import StoreOption, TrustOption
from hauberk.learn.records.log import LogError
from hauberk.model.activity import Activity
from hauberk.model.kind import ALONE, Kind
from hauberk.model.mode import Mode
from hauberk.policy.compile import entry_line, expired, find
from hauberk.policy.decision import Decider, Suspicion
from hauberk.policy.envelope import is_variable
from hauberk.policy.explain import Explanation, explain, operation_fault
from hauberk.policy.explain_suspicion import explain_suspicion
from hauberk.policy.file import (
    FunctionPolicy,
    PolicyFile,
    content_of,
    from_bytes,
)
from hauberk.policy.target import note, recorded
from hauberk.store import StoreError


def explain_command(  # noqa: PLR0913, PLR0917 - options
    function: Annotated[
        str | None, typer.Argument(help="Name or ARN of the function.", show_default=False)
    ] = None,
    kind: Annotated[Kind | None, typer.Argument(help="Kind of the activity.")] = None,
    operation: Annotated[
        str | None, typer.Argument(help="Its operation: `read`, `s3:PutObject`.")
    ] = None,
    target: Annotated[
        str | None, typer.Argument(help="What it is done to, as records show it.")
    ] = None,
    detection: Annotated[
        str | None,
        typer.Option(
            help="In place of an activity, the `id` of a detection's record, which --log or --store shows."
        ),
    ] = None,
    log: LogOption = None,
    store: StoreOption = None,
    trust_unannounced: TrustOption = False,
    policy: Annotated[
        Path, typer.Option(help="hauberk.yaml, or a file with a compiled value.")
    ] = Path("hauberk.yaml"),
    mode: Annotated[
        Mode | None, typer.Option(help="`off`, `detect` or `prevent`, in place of the policy's.")
    ] = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """Say what a policy decides about an activity, or anew about a detection, which entry decides, and which lose."""
    what: Activity | Suspicion
    if detection is None and (log or store or trust_unannounced):
        say(
            "--log, --store and --trust-unannounced are of a --detection; name one, or leave them out"
        )
        raise typer.Exit(BAD_INPUT)
    with exit_status(LogError, StoreError):
        if detection is not None and function is None:
            seen = found(detection, log, store, trust_unannounced=trust_unannounced)
            function, what = seen.function, seen.what
        else:
            function, what = _asked(function, kind, operation, target, detection)
        ((name, document),) = policy_documents(policy, function, mode).items()
        file = _file(policy)
    chosen = find(file, function) if file else None
    notes = _notes(file, chosen, what) if file and chosen else {}
    over = [str(one) for one in expired(file, int(time.time()), chosen)] if file else []
    told = _explained(Decider(document), what)
    if format is Format.JSON:
        print_json({**as_json(name, what, told, notes), "expired": over})
        return
    print_explanation(name, what, told, notes)
    for one in over:
        console().print(one, style="dim", soft_wrap=True)


def _asked(
    function: str | None,
    kind: Kind | None,
    operation: str | None,
    target: str | None,
    detection: str | None,
) -> tuple[str, Activity]:
    if function and kind and operation and target == "" and not detection:
        say("the target is empty; write it as records show it")
        raise typer.Exit(BAD_INPUT)
    if function and kind and operation and target and not detection:
        return function, _activity(kind, operation, target)
    say("name either FUNCTION KIND OPERATION TARGET or a --detection")
    raise typer.Exit(BAD_INPUT)


def _explained(decider: Decider, what: Activity | Suspicion) -> Explanation:
    if isinstance(what, Activity):
        return explain(decider, what)
    return explain_suspicion(decider, what)


def _activity(kind: Kind, operation: str, target: str) -> Activity:
    if operation == "*":
        operation = ALONE.get(kind, operation)  # as lists and tables write it
    fault = operation_fault(kind, operation)
    if fault:
        say(f"{kind} has no operation `{operation}`; {fault}")
        raise typer.Exit(BAD_INPUT)
    try:
        target.encode()
    except UnicodeEncodeError as error:
        say("the target is no UTF-8; write it as records show it")
        raise typer.Exit(BAD_INPUT) from error
    asked = recorded(Activity(kind, operation, target))
    if note(asked):
        say(f"warning: {note(asked)}")
    return asked


def _file(policy: Path) -> PolicyFile | None:
    """What people say of their entries; a compiled value does not tell."""
    content = content_of(policy)
    return None if is_variable(content) else from_bytes(content, str(policy))


def _notes(file: PolicyFile, chosen: FunctionPolicy, what: Activity | Suspicion) -> Notes:
    """What is said of each part: by the name of a rule or an exclusion, by the line of an entry."""
    nothing = None
    kinds = [what.kind] if isinstance(what, Activity) else []
    entries: Notes = {
        ("allowlist", entry_line(kind, one.operation, one.target)): (one.origin, one.provenance)
        for kind in kinds
        for one in reversed(chosen.allowlist.get(kind, ()))
    }
    rules: Notes = {("rule", one.name): (nothing, one.provenance) for one in file.rules}
    return (
        entries
        | rules
        | {("exclusion", one.name): (nothing, one.provenance) for one in file.exclusions}
    )
