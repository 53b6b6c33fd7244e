"""Files of lines that a command answers one by one: what is wrong with one of them ends none of the others."""

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

import typer

from hauberk.cli.outcome import BAD_INPUT, say
from hauberk.inspect import MOST_BYTES, Line, lines_of

if TYPE_CHECKING:
    from rich.console import Console

_MOST_TOLD = 10
_SECONDS = 1.0  # what is done sooner needs no bar


class Place(NamedTuple):
    """Where a line stands; the file is named where there are several."""

    file: str
    line: int
    is_one_of_more: bool

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.is_one_of_more else str(self.line)


class Rows:
    """The lines of files, in order, and what was wrong with them."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names
        self._at: BinaryIO | None = None
        self._before = 0
        self._noted: set[str] = set()
        self.no_json = 0
        self.wrong = 0

    def __iter__(self) -> Iterator[tuple[Place, Line]]:
        with ExitStack() as opened:
            files = [(name, opened.enter_context(_open(name))) for name in self._names]
            for name, file in files:
                self._at = file
                for line in lines_of(file):
                    place = Place(name, line.number, len(files) > 1)
                    if line.is_too_long:
                        self.refuse(place, f"more than {MOST_BYTES:,} bytes: not looked at")
                    else:
                        yield place, line
                self._before += _size(name)

    @property
    def total(self) -> int | None:
        """Bytes of all files; None where that is not known."""
        return None if "-" in self._names else sum(map(_size, self._names))

    @property
    def read(self) -> int:
        """Bytes that were read."""
        return self._before + (self._at.tell() if self._at and self._at.seekable() else 0)

    def refuse(self, place: Place, what: str) -> None:
        """Tell what is wrong with a line, as long as that is new."""
        self.wrong += 1
        if self.wrong <= _MOST_TOLD:
            say(f"{place.file}, line {place.line}: {what}")

    def unread(self, place: Place, what: str) -> None:
        """Count a line that is no JSON, and is answered as a text."""
        self.no_json += 1
        if self.no_json <= _MOST_TOLD:
            say(f"{place.file}, line {place.line}: {what}")

    def note(self, place: Place, what: str) -> None:
        """Tell once what is odd about lines that are answered all the same."""
        if what not in self._noted and len(self._noted) < _MOST_TOLD:
            self._noted.add(what)
            say(f"{place.file}, line {place.line}: {what}")

    def end(self) -> None:
        """End with the status of bad input where a line was wrong."""
        if self.wrong > _MOST_TOLD:
            say(f"{self.wrong - _MOST_TOLD:,} more lines are not what was asked for")
        if self.no_json > _MOST_TOLD:
            say(f"{self.no_json - _MOST_TOLD:,} more lines are no JSON")
        if self.wrong:
            raise typer.Exit(BAD_INPUT)


def shown(rows: Rows, answers: Iterator[Any], what: str, out: "Console") -> Iterator[Any]:
    """Give the answers, which are printed to `out`; show on a terminal how many, once that takes a while."""
    if not sys.stderr.isatty():
        yield from answers
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.fields[done]:,} " + what), BarColumn(), TimeRemainingColumn())
    # What is printed to the same terminal goes through the bar's own console, or it destroys lines.
    is_same = out.is_terminal
    progress = Progress(
        *columns,
        console=out if is_same else Console(stderr=True),
        transient=True,
        redirect_stdout=is_same,
    )
    task = progress.add_task("", total=rows.total or None, done=0)
    begun, is_shown = time.monotonic(), False
    try:
        for done, answer in enumerate(answers, 1):
            if not is_shown and time.monotonic() - begun > _SECONDS:
                progress.start()
                is_shown = True
            if is_shown and done % 100 == 0:
                progress.update(task, completed=rows.read, done=done)
            yield answer
    finally:
        progress.stop()


def _open(name: str) -> BinaryIO:
    return sys.stdin.buffer if name == "-" else Path(name).open("rb")


def _size(name: str) -> int:
    return 0 if name == "-" else Path(name).stat().st_size
