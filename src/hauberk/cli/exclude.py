"""`hauberk exclude`: an exclusion for one detection, made of its record."""

import time
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from hauberk.cli.amended import AuthorOption, PolicyOption, ReasonOption, amend
from hauberk.cli.detection import LogOption
from hauberk.cli.detection import found as found_in
from hauberk.cli.outcome import exit_status, say
from hauberk.cli.persons import ExpiresOption, said
from hauberk.cli.recorded import StoreOption, TrustOption
from hauberk.learn.danger import danger
from hauberk.learn.records.log import LogError
from hauberk.model.activity import Activity
from hauberk.model.escaped import escaped
from hauberk.model.verdict import Action
from hauberk.policy import PolicyError, compile_policy, read, signing
from hauberk.policy.amend import with_named
from hauberk.policy.decision import Decider, Decision, spoken
from hauberk.policy.edit import Edited
from hauberk.policy.file import PolicyFile, from_bytes
from hauberk.policy.problem import Problem
from hauberk.policy.yaml_text import block
from hauberk.replay.detected import Detected
from hauberk.replay.exclude import exclusion_of, is_whole
from hauberk.store import StoreError

app = typer.Typer()


@app.command()
def exclude(  # noqa: PLR0913, PLR0917 - options
    detection: Annotated[str, typer.Argument(help="The `id` of its record.")],
    log: LogOption = None,
    store: StoreOption = None,
    name: Annotated[
        str | None, typer.Option(help="The exclusion's name; made of the detection's if left out.")
    ] = None,
    reason: ReasonOption = None,
    author: AuthorOption = None,
    expires: ExpiresOption = None,
    trust_unannounced: TrustOption = False,
    policy: PolicyOption = Path("hauberk.yaml"),
) -> None:
    """Write the exclusion that lets one detection pass, and as little else as can be."""
    with exit_status(LogError, StoreError):
        before = read(policy)
        found = found_in(detection, log, store, trust_unannounced=trust_unannounced)
        if _is_excluded(_decision(before, found)):
            say(f"{_decision(before, found).reason}: nothing is changed")
            return
        named = {"name": name or f"{found.detector}-{detection[:8]}"}
        body = {**named, **exclusion_of(found), **said(author, reason, expires)}
    amend(policy, partial(_with, found, body))
    _tell(found, body)


def _with(found: Detected, body: dict[str, Any], content: bytes, where: str) -> Edited:
    """Put it in, if it is what lets the detection pass."""
    change = with_named(content, where, "exclusions", body)
    decision = _decision(from_bytes(change.text.encode(), where), found)
    if decision.action is not Action.ALLOW:
        what = f"it would not pass all the same: {decision.reason}"
        raise PolicyError(where, [Problem(0, what, "`hauberk rule list` shows what denies")])
    return change


def _decision(file: PolicyFile, found: Detected) -> Decision:
    key = signing.of_this_run()
    compiled = compile_policy(file, found.function, key=key, now=int(time.time()))
    decider = Decider(compiled.document)
    if isinstance(found.what, Activity):
        return decider.decide(found.what)
    return decider.suspect(found.what)


def _is_excluded(decision: Decision) -> bool:
    return decision.action is Action.ALLOW and spoken(decision.reason)[0] == "exclusions"


def _tell(found: Detected, body: dict[str, Any]) -> None:
    for line in block({"exclusions": [body]}, 0):
        print(escaped(line))
    if not is_whole(found):
        say(
            "warning: the record shows a part of the text only: `**` stands for the rest; narrow it if you can"
        )
    why = danger(found.at) if found.at and "detector" in body else ""
    if why:
        say(f"warning: this {why}: an attacker may do it, too")
    if found.is_blocked:
        say(
            "it was blocked: what would have come behind it is in no record, and may be told of then; "
            "`hauberk local invoke --event EVENT --policy hauberk.yaml` shows it"
        )
    if "expires" not in body:
        say("it has no last day: give one with --expires, or look at it again yourself")
