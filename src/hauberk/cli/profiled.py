"""Logs, as people name them, become profiles: in memory, or by way of a store."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import reduce
from pathlib import Path

from hauberk.learn import Partial, Profile, believe, merge, observe
from hauberk.learn.log import LogError, opened


def profiled(logs: Iterable[str], store: Path | None, *, trust_unannounced: bool) -> Profile:
    """Profile what logs show, or what a store shows once it has them too."""
    if store is not None:
        from hauberk.store.store import open_store

        with open_store(store) as one:
            with _progress("records read") as told:
                one.ingest((lines for name in logs for lines in opened(name)), told)
            with _progress("records profiled") as told:
                return one.profile(told, trust_unannounced=trust_unannounced)
    views = [observe(lines) for name in logs for lines in opened(name)]
    if not views:
        raise LogError("no log is named; name one, or the --store that holds records")
    return believe(reduce(merge, views, Partial()), trust_unannounced=trust_unannounced)


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
