"""`hauberk replay`: what a policy would have blocked or alerted of what is recorded."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from hauberk.cli.given import policy_documents
from hauberk.cli.outcome import (
    BAD_INPUT,
    FOUND,
    Format,
    FormatOption,
    exit_status,
    many,
    print_json,
    say,
)
from hauberk.cli.recorded import LogsArgument, StoreOption, TrustOption, one_of, warn_of_belief
from hauberk.cli.replayed import as_json, print_tables
from hauberk.cli.unseen import no_record, passed_by
from hauberk.learn.records.log import LogError, opened
from hauberk.model.mode import Mode
from hauberk.model.verdict import Action
from hauberk.policy.decision import Decider
from hauberk.replay.history import History
from hauberk.replay.logged import history as logged
from hauberk.replay.replayed import Replayed
from hauberk.replay.replayed import replay as replayed_with
from hauberk.store import StoreError

app = typer.Typer()


class Failing(StrEnum):
    """What the command fails on."""

    ALERT = "alert"
    BLOCK = "block"


@app.command()
def replay(  # noqa: PLR0913, PLR0917 - options
    logs: LogsArgument = None,
    policy: Annotated[
        Path, typer.Option(help="hauberk.yaml, or a file with a compiled value.")
    ] = Path("hauberk.yaml"),
    store: StoreOption = None,
    function: Annotated[
        str | None, typer.Option(help="One function only; all of the policy's if left out.")
    ] = None,
    mode: Annotated[
        Mode | None, typer.Option(help="`off`, `detect` or `prevent`, in place of the policy's.")
    ] = None,
    trust_unannounced: TrustOption = False,
    fail_on: Annotated[
        Failing | None,
        typer.Option(help="Exit with 1 where anything would be blocked; `alert`: or alerted."),
    ] = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """Say what a policy would have blocked or alerted of what is recorded, and which entry decided."""
    with exit_status(LogError, StoreError):
        documents = policy_documents(policy, function, mode)
        deciders = {name: Decider(document) for name, document in documents.items()}
        only = next(iter(deciders)) if function else None
        with _history(logs or [], store, trust_unannounced=trust_unannounced) as history:
            answer = replayed_with(history, deciders, only=only)
    if not history.records:
        say(no_record(logs or [str(store)], history.unreadable))
        raise typer.Exit(BAD_INPUT)
    _tell(history, answer)
    if format is Format.JSON:
        print_json(as_json(history, answer, deciders))
    else:
        print_tables(history, answer, deciders)
    if not answer.deciding:
        say(f"nothing is recorded of a function that {policy} names")
        raise typer.Exit(BAD_INPUT)
    if _fails(answer, fail_on):
        raise typer.Exit(FOUND)


@contextmanager
def _history(logs: list[str], store: Path | None, *, trust_unannounced: bool) -> Iterator[History]:
    one_of(logs, store)
    if store is None:
        files = (lines for name in logs for lines in opened(name))
        yield logged(files, trust_unannounced=trust_unannounced)
        return
    from hauberk.replay.stored import history as stored
    from hauberk.store.store import reopened

    with reopened(store) as opened_store:
        yield stored(opened_store, trust_unannounced=trust_unannounced)


def _tell(history: History, answer: Replayed) -> None:
    for told in passed_by(history.unreadable):
        say(f"warning: {told}")
    warn_of_belief(history.unbelieved, history.trusted)
    if history.not_kept:
        detections = many(history.not_kept, "detection is", "detections are")
        say(
            f"warning: {detections} not replayed: the store did not keep yet what they say; name the logs"
        )
    for name, count in answer.elsewhere.items():
        say(
            f"warning: {many(count, 'record is', 'records are')} of {name}, which the policy does not name"
        )
    if answer.unsure:
        say(
            f"warning: of {many(answer.unsure, 'detection', 'detections')} the answer is not sure: the pattern of an "
            "exclusion is for a whole text, of which the record shows a part"
        )


def _fails(answer: Replayed, on: Failing | None) -> bool:
    failing = {Failing.BLOCK: (Action.BLOCK,), Failing.ALERT: (Action.BLOCK, Action.ALERT)}
    return on is not None and any(answer.total(action).records for action in failing[on])
