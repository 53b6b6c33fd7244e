"""Records, as people name them for commands: logs or a store, and whom to believe; profiles of them."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import reduce
from pathlib import Path
from typing import Annotated

import typer

from hauberk.cli.outcome import many, say
from hauberk.cli.unseen import no_record
from hauberk.learn import Partial, Profile, believe, merge, observe
from hauberk.learn.records.log import LogError, opened

LogsArgument = Annotated[
    list[str] | None,
    typer.Argument(help="Log files or folders; `-` for standard input. None: what --store holds."),
]
StoreOption = Annotated[
    Path | None,
    typer.Option("--store", help="Folder in which `hauberk learn --store` keeps records."),
]
TrustOption = Annotated[
    bool,
    typer.Option(
        "--trust-unannounced",
        help="Believe records that a stranger may have forged; only where functions print nothing of strangers.",
    ),
]


def profiled(
    logs: Iterable[str],
    store: Path | None,
    *,
    trust_unannounced: bool,
    workers: int | None = None,
    alias: str | None = None,
) -> Profile:
    """Profile what logs show, or what a store shows once so many processes have read them into it."""
    if alias == "":
        raise LogError("--alias is empty; name an alias of the function, or leave --alias out")
    if workers is not None and store is None:
        raise LogError("--workers read logs into a --store; name one, or leave --workers out")
    names = list(logs)
    profile = _profiled(names, store, workers, trust_unannounced=trust_unannounced, alias=alias)
    if not profile.records:
        raise LogError(no_record(names or [str(store)], profile.unreadable))
    if alias is not None and not profile.functions:
        raise LogError(
            f"nothing that is believed was done for the alias {alias}; name another one, or leave --alias out"
        )
    return profile


def _profiled(
    names: list[str],
    store: Path | None,
    workers: int | None,
    *,
    trust_unannounced: bool,
    alias: str | None,
) -> Profile:
    if store is not None:
        from hauberk.store.readers import available
        from hauberk.store.store import open_store, reopened

        with open_store(store) if names else reopened(store) as one:
            with _progress("records read") as told:
                files = (log for name in names for log in opened(name))
                one.ingest(files, told, workers=workers or available())
            with _progress("records profiled") as told:
                return one.profile(told, trust_unannounced=trust_unannounced, alias=alias)
    views = [observe(lines) for name in names for lines in opened(name)]
    if not views:
        raise LogError("no log is named; name one, or the --store that holds records")
    whole = reduce(merge, views, Partial())
    return believe(whole, trust_unannounced=trust_unannounced, alias=alias)


def one_of(logs: list[str], store: Path | None) -> None:
    """Refuse both logs and a store, and neither. Raises LogError."""
    if bool(logs) == (store is not None):
        raise LogError(
            "name logs, or the --store that holds records; `hauberk learn LOGS --store DIR` puts logs into one"
        )


def warn_of_belief(unbelieved: int, trusted: int, where: str = "") -> None:
    """Say which records were left out, as a stranger may have forged them, and which were taken all the same."""
    if unbelieved:
        count = many(unbelieved, "record is", "records are")
        say(f"warning: {where}{count} not believed, and left out; `hauberk learn` says more")
    if trusted:
        count = many(trusted, "record is", "records are")
        say(f"warning: {where}{count} believed by --trust-unannounced only")


@contextmanager
def _progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """Show on a terminal how much is done."""
    if not sys.stderr.isatty():
        yield lambda done, of: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        BarColumn(),
        TextColumn("{task.completed:,} {task.description}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, of: progress.update(task, completed=done, total=of or None)
