"""`hauberk anomaly`: rare combinations of what functions do, by a model of what their records show; it tells only."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from functools import reduce
from math import inf
from pathlib import Path
from typing import Annotated

import typer

from hauberk.anomaly.lesson import Learned, learned, scores
from hauberk.anomaly.model_file import ModelError, model_text, read_models
from hauberk.anomaly.threshold import alerts, level
from hauberk.anomaly.told import Told
from hauberk.cli.anomalies import alert_json, learned_json, print_alerts, print_learned
from hauberk.cli.outcome import BAD_INPUT, FOUND, Format, FormatOption, exit_status, print_json, say
from hauberk.cli.overwritten import holds_models, refuse_others_than_models
from hauberk.cli.recorded import LogsArgument, StoreOption, TrustOption, one_of, warn_of_belief
from hauberk.cli.unseen import passed_by
from hauberk.learn import Partial, merge, observe
from hauberk.learn.records.log import LogError, opened
from hauberk.store import StoreError

app = typer.Typer(no_args_is_help=True)


_LISTED = (
    "of a kind that has an allowlist nothing on it is recorded; name logs of when it was learning"
)


def _finite(given: float | None) -> float | None:
    if given is not None and not 0 <= given < inf:
        raise typer.BadParameter("write a number from 0 on, as `5.5`")
    return given


class Failing(StrEnum):
    """What the command fails on."""

    ALERT = "alert"


@app.callback()
def group() -> None:
    """Tell of rare combinations of what functions do, by their logs; it blocks nothing."""


@app.command("learn")
def learn_command(
    logs: LogsArgument = None,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="File of models; it is replaced.")
    ] = Path("anomaly.json"),
    store: StoreOption = None,
    add: Annotated[
        Path | None, typer.Option(help="Models of earlier records, that these add to.")
    ] = None,
    trust_unannounced: TrustOption = False,
    format: FormatOption = Format.TEXT,
) -> None:
    """Learn what is usual of each function, and from which score on to tell: at most once a week, if that is known."""
    with exit_status(LogError, StoreError, ModelError):
        refuse_others_than_models(output)
        before = _models(add) if add else {}
        with _told(logs or [], store, trust_unannounced=trust_unannounced) as told:
            _refuse_silence(told)
            found = learned(told, {name: one.model for name, one in before.items()})
        if not found:
            say(f"no activity of any function is believed: {_LISTED}")
            raise typer.Exit(BAD_INPUT)
        output.write_text(model_text({**before, **found}))
    if format is Format.JSON:
        print_json({name: learned_json(one) for name, one in found.items()})
    else:
        print_learned(found)


@app.command("score")
def score_command(  # noqa: PLR0913, PLR0917 - options
    logs: LogsArgument = None,
    model: Annotated[Path, typer.Option(help="File that `hauberk anomaly learn` wrote.")] = Path(
        "anomaly.json"
    ),
    store: StoreOption = None,
    threshold: Annotated[
        float | None,
        typer.Option(
            callback=_finite, help="Tell of any score over this, in place of the models' own."
        ),
    ] = None,
    trust_unannounced: TrustOption = False,
    fail_on: Annotated[Failing | None, typer.Option(help="Exit with 1 on any alert.")] = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """Tell which invocations were unlike what a function does, which features make them so, and how rare these are."""
    with exit_status(LogError, StoreError, ModelError):
        known = _models(model)
        with _told(logs or [], store, trust_unannounced=trust_unannounced) as told:
            every = list(scores(told, known))
            _warn(told, known, has_threshold=threshold is not None)
    groups = {
        name: alerts(
            [each for each in every if each.invoked.function == name],
            one.calibration.thresholds if threshold is None else level(threshold),
        )
        for name, one in known.items()
    }
    if format is Format.JSON:
        print_json([alert_json(one) for told_of in groups.values() for one in told_of])
    else:
        print_alerts(groups, len(every))
    if fail_on and any(groups.values()):
        raise typer.Exit(FOUND)


def _warn(told: Told, known: Mapping[str, Learned], *, has_threshold: bool) -> None:
    """Say of which functions nothing can be told, and why."""
    _refuse_silence(told)
    heard, active = told.heard(), told.hours().keys()
    for name in sorted(heard):
        if name not in known:
            say(f"warning: {name}: no model; nothing is told of it")
        elif name not in active:
            say(f"warning: {name}: nothing to score, no activity is recorded: {_LISTED}")
        elif not has_threshold and not known[name].calibration.invocations:
            say(
                f"warning: {name}: its model never tells, too few weeks made it; learn more, or give --threshold"
            )


def _models(path: Path) -> dict[str, Learned]:
    """Read the models in a file. Raises ModelError."""
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise ModelError(
            f"{path}: no such file; `hauberk anomaly learn LOGS -o {path}` writes one"
        ) from error
    if not holds_models(content):
        raise ModelError(
            f"{path}: holds no models; name a file that `hauberk anomaly learn LOGS -o FILE` wrote"
        )
    return read_models(content, str(path))


def _refuse_silence(told: Told) -> None:
    if not told.heard():
        say("no record of Hauberk is believed in these; `hauberk doctor LOGS` says what they hold")
        raise typer.Exit(BAD_INPUT)


@contextmanager
def _told(logs: list[str], store: Path | None, *, trust_unannounced: bool) -> Iterator[Told]:
    one_of(logs, store)
    if store is None:
        from hauberk.anomaly.logged import told as logged

        partial = reduce(merge, (observe(one) for name in logs for one in opened(name)), Partial())
        yield _warned(logged(partial, trust_unannounced=trust_unannounced))
        return
    from hauberk.anomaly.stored import told as stored
    from hauberk.store.store import reopened

    with reopened(store) as opened_store:
        yield _warned(stored(opened_store, trust_unannounced=trust_unannounced))


def _warned(told: Told) -> Told:
    for passed in passed_by(told.unreadable):
        say(f"warning: {passed}")
    warn_of_belief(told.unbelieved, told.trusted)
    return told
