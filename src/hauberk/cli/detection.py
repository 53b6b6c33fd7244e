"""One detection, as people name it for commands: the id of its record, and the log or the store that shows it."""

from pathlib import Path
from typing import Annotated

import typer

from hauberk.learn.records.log import opened
from hauberk.policy import PolicyError
from hauberk.policy.problem import Problem
from hauberk.replay.detected import Detected, find, find_stored

LogOption = Annotated[
    list[str] | None,
    typer.Option(help="Log file or folder that shows it, also several; `-` for standard input."),
]


def found(
    detection: str, log: list[str] | None, store: Path | None, *, trust_unannounced: bool
) -> Detected:
    """Find a detection. Raises PolicyError where it is not there, or where to look is not clear."""
    if (log is None) == (store is None):
        what, remedy = "where the detection is told is not clear", "name its --log, or a --store"
        raise PolicyError("detection", [Problem(0, what, remedy)])
    if store is not None:
        from hauberk.store.store import reopened

        with reopened(store) as one:
            return find_stored(one, detection, trust_unannounced=trust_unannounced)
    lines = (one for each in log or () for one in opened(each))
    return find(lines, detection, trust_unannounced=trust_unannounced)
