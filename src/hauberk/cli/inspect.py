"""`hauberk inspect`: what the firewall says of events."""

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import typer

from hauberk._native import Inspector, open_policy, trigger
from hauberk.cli.outcome import COULD_NOT, Format, console, exit_status, print_json, say
from hauberk.inspect import LineError, event_of_payload, lines_of

app = typer.Typer(help="Say what the firewall sees in events.")

Answer = tuple[str, list[dict[str, Any]], int]
FIELDS = ("detector", "confidence", "path", "rules", "excerpt")
STYLES = {"allow": "green", "alert": "yellow", "block": "bold red"}


class Asking:
    """Asks the firewall; where it fails at an event, that event counts as not inspected."""

    def __init__(self, inspector: Inspector) -> None:
        self._inspector = inspector
        self.faults = 0

    def answer(self, event: bytes) -> Answer:
        """Verdict, detections, and how many inputs were not fully inspected."""
        try:
            return self._inspector.inspect(event)
        except RuntimeError:
            self.faults += 1
            return "allow", [], 1


@app.command()
def inspect(
    files: Annotated[
        list[str],
        typer.Argument(help="Files with one event (JSON) a line; `-` for standard input."),
    ],
    policy: Annotated[
        str | None,
        typer.Option(help="A value of HAUBERK_POLICY; without it all is prevented that can be."),
    ] = None,
    sources: Annotated[
        list[Path] | None,
        typer.Option(help="A list of `hauberk sources compile`, also one that the policy names."),
    ] = None,
    payload: Annotated[
        bool,
        typer.Option(
            "--payload", help='Lines are {"payload": ..., "context": ...} in place of events.'
        ),
    ] = False,
    format: Annotated[
        Format | None,
        typer.Option("--format", help="Text for people (on a terminal), or JSON lines."),
    ] = None,
) -> None:
    """Give the verdict on each event, in order: `allow`, `alert` or `block`, and why."""
    with exit_status(LineError, ValueError), ExitStack() as opened:
        lists = [file.read_bytes() for file in sources or ()]
        inspector = Inspector(open_policy(policy)[0] if policy else None, lists)
        for name in inspector.missing_lists:
            say(f"list {name} of the policy is not looked at; name its file with `--sources`")
        asking = Asking(inspector)
        events_of = [opened.enter_context(_open(name)) for name in files]
        lines = (line for source in events_of for line in lines_of(source))
        events = map(event_of_payload, lines) if payload else lines
        if format is Format.JSON or (format is None and not sys.stdout.isatty()):
            for event in events:
                print_json(_as_json(asking.answer(event)), indent=None)
        else:
            _show(((trigger(event), asking.answer(event)) for event in events), events_of)
    if asking.faults:
        say(f"{asking.faults:,} events could not be inspected: a fault of ours, please report it")
        raise typer.Exit(COULD_NOT)


def _open(name: str) -> BinaryIO:
    return sys.stdin.buffer if name == "-" else Path(name).open("rb")


def _as_json(answer: Answer) -> dict[str, Any]:
    verdict, detections, left_out = answer
    shown = [{field: one[field] for field in FIELDS} for one in detections]
    line: dict[str, Any] = {"verdict": verdict, "detections": shown}
    if left_out:
        line["not_inspected"] = left_out
    return line


def _show(answers: Iterator[tuple[str, Answer]], sources: list[BinaryIO]) -> None:
    """Print a line for each event that is not allowed, and a summary; progress goes to standard error."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    counts: Counter[str] = Counter()
    total = sum(Path(one.name).stat().st_size for one in sources if one is not sys.stdin.buffer)
    columns = (TextColumn("inspected {task.fields[events]:,}"), BarColumn(), TimeRemainingColumn())
    out = console()
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=total or None, events=0)
        for number, (sender, (verdict, detections, left_out)) in enumerate(answers, 1):
            counts[verdict] += 1
            if number % 100 == 0:
                read = sum(one.tell() for one in sources if one.seekable())
                progress.update(task, completed=read, events=number)
            for one in detections:
                out.print(f"{number:>7}  ", end="")
                out.print(f"{one['verdict']:<6}", style=STYLES[one["verdict"]], end="")
                out.print(
                    f" {one['confidence']:>3}  {one['detector']}  {sender}  {one['path']}",
                    soft_wrap=True,
                )
                out.print(f"                     {one['reason']}", soft_wrap=True)
                out.print(f"                     {one['excerpt']}", style="dim", soft_wrap=True)
            if left_out:
                out.print(
                    f"{number:>7}  {left_out} inputs were not, or not fully, inspected: too much"
                )
    out.print(
        f"{sum(counts.values()):,} events: {counts['block']:,} to block, {counts['alert']:,} to alert "
        f"about, {counts['allow']:,} to allow"
    )
