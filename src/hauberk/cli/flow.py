"""`hauberk flow`: whether inputs change the syntax of what sinks are given."""

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import typer

from hauberk.cli.outcome import Format, console, exit_status, print_json
from hauberk.inspect import LineError, Question, lines_of, question_of

app = typer.Typer(help="Say whether inputs change the syntax of queries, commands and paths.")


@app.command()
def flow(
    files: Annotated[
        list[str],
        typer.Argument(
            help='Files with {"sink": ..., "resource": ..., "input": ...} a line; `-` for standard input.'
        ),
    ],
    format: Annotated[
        Format | None,
        typer.Option("--format", help="Text for people (on a terminal), or JSON lines."),
    ] = None,
) -> None:
    """Answer each line, in order: is the input an injection there, and why."""
    with exit_status(LineError), ExitStack() as opened:
        sources = [opened.enter_context(_open(name)) for name in files]
        questions = (one for source in sources for one in _questions(source))
        if format is Format.JSON or (format is None and not sys.stdout.isatty()):
            for one in questions:
                print_json(_as_json(one.answer()), indent=None)
        else:
            _show(questions)


def _open(name: str) -> BinaryIO:
    return sys.stdin.buffer if name == "-" else Path(name).open("rb")


def _questions(source: BinaryIO) -> Iterator[Question]:
    """Read each line; an error says which one it is."""
    for number, line in enumerate(lines_of(source), 1):
        try:
            yield question_of(line)
        except LineError as error:
            raise LineError(f"question {number}: {error}") from error


def _as_json(reason: str | None) -> dict[str, Any]:
    told = "the input fills its place" if reason is None else f"the input {reason}"
    return {"injection": reason is not None, "reason": told}


def _show(questions: Iterator[Question]) -> None:
    """Print a line for each injection, and a summary."""
    counts: Counter[bool] = Counter()
    out = console()
    for number, one in enumerate(questions, 1):
        reason = one.answer()
        counts[reason is not None] += 1
        if reason is not None:
            out.print(f"{number:>7}  ", end="")
            out.print(f"{one.sink:<8}", style="bold red", end="")
            out.print(f"  the input {reason}", soft_wrap=True)
    out.print(
        f"{counts.total():,} lines: {counts[True]:,} injections, {counts[False]:,} that are none"
    )
