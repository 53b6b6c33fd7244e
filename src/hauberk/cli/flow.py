"""`hauberk flow`: whether inputs change the syntax of what sinks are given."""

import sys
from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any, NamedTuple

import typer

from hauberk.cli.outcome import FOUND, Format, console, exit_status, print_json
from hauberk.cli.rows import Place, Rows, shown
from hauberk.inspect import LineError, Question, oddities_of_question, question_of

app = typer.Typer()

_MOST_SHOWN = 200  # characters of a resource or an input


class Failing(StrEnum):
    """What the command fails on."""

    INJECTION = "injection"


class Answer(NamedTuple):
    """What is said of one line: how the input changes the syntax, None where it does not."""

    place: Place
    question: Question | None
    reason: str | None
    fault: str | None = None  # why there is no answer


@app.command()
def flow(
    files: Annotated[
        list[str],
        typer.Argument(
            help='Files with {"sink": ..., "resource": ..., "input": ...} a line; `-` for standard input.'
        ),
    ],
    fail_on: Annotated[
        Failing | None, typer.Option(help="Exit with 1 where an input is an injection.")
    ] = None,
    format: Annotated[
        Format | None,
        typer.Option("--format", help="Text for people (on a terminal), or JSON lines."),
    ] = None,
) -> None:
    """Ask the flow rule whether inputs change the syntax of a query, a command or a path, and why."""
    rows, counts = Rows(files), Counter[bool]()
    with exit_status(LineError):
        answers = _answers(rows, counts)
        if format is Format.JSON or (format is None and not sys.stdout.isatty()):
            for one in answers:
                print_json(_as_json(one), indent=None)
        else:
            _show(answers, rows, counts)
    rows.end()
    if fail_on and counts[True]:
        raise typer.Exit(FOUND)


def _answers(rows: Rows, counts: Counter[bool]) -> Iterator[Answer]:
    for place, line in rows:
        try:
            question = question_of(line.text)
        except LineError as error:
            rows.refuse(place, str(error))
            yield Answer(place, None, None, str(error))
            continue
        for what in oddities_of_question(line.text):
            rows.note(place, what)
        reason = question.answer()
        counts[reason is not None] += 1
        yield Answer(place, question, reason)


def _as_json(answer: Answer) -> dict[str, Any]:
    place = {"file": answer.place.file} if answer.place.is_one_of_more else {}
    line: dict[str, Any] = {**place, "line": answer.place.line}
    if answer.fault:
        return {**line, "error": answer.fault}
    is_injection = answer.reason is not None
    told = f"the input {answer.reason}" if is_injection else "the input fills its place"
    return {"injection": is_injection, "reason": told, **line}


def _show(answers: Iterator[Answer], rows: Rows, counts: Counter[bool]) -> None:
    """Print what is said of each injection, and a summary."""
    out = console()
    for one in shown(rows, answers, "answered", out):
        if one.question is None or one.reason is None:
            continue
        out.print(
            f"{one.place!s:>7}  {one.question.sink:<8}  the input {one.reason}",
            style="bold red",
            soft_wrap=True,
        )
        resource = " ".join(map(_text, one.question.resource))
        for name, text in (("resource", resource), ("input", _text(one.question.input))):
            cut = text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…"
            out.print(f"         {name:<8}  {cut}", style="dim", soft_wrap=True)
    total, found, others = counts.total(), counts[True], counts[False]
    out.print(
        f"{total:,} {'line' if total == 1 else 'lines'}: {found:,} "
        f"{'injection' if found == 1 else 'injections'}, {others:,} that {'is' if others == 1 else 'are'} none"
    )


def _text(shown_bytes: bytes) -> str:
    return shown_bytes.decode(errors="replace")
