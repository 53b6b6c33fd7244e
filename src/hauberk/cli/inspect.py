"""`hauberk inspect`: what the firewall says of events."""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from hauberk._native import Inspector
from hauberk.cli.given import policy_document, source_list
from hauberk.cli.outcome import COULD_NOT, FOUND, Format, console, exit_status, print_json, say
from hauberk.cli.rows import Place, Rows, shown
from hauberk.cli.suggest import Suggestions
from hauberk.inspect import Line, LineError, event_of_payload, oddity_of_payload
from hauberk.sources import SourceError

app = typer.Typer()

FIELDS = ("verdict", "detector", "confidence", "path", "rules", "reason", "excerpt", "item")
STYLES = {"allow": "green", "alert": "yellow", "block": "bold red"}
NO_JSON = "no JSON: read as one text"


class Least(StrEnum):
    """From which verdict on the command fails."""

    ALERT = "alert"
    BLOCK = "block"


class Answer(NamedTuple):
    """What is said of one line."""

    place: Place
    verdict: str
    detections: list[dict[str, Any]]
    left_out: int
    trigger: str
    fault: str | None = None  # why there is no answer


class Asking:
    """Asks the firewall; where it fails at an event, that event counts as not inspected."""

    def __init__(self, inspector: Inspector, *, is_payload: bool) -> None:
        self._inspector = inspector
        self._is_payload = is_payload
        self.faults = 0
        self.verdicts: Counter[str] = Counter()

    def answers(self, rows: Rows) -> Iterator[Answer]:
        """Answer each line."""
        for place, line in rows:
            try:
                event = self._event(rows, place, line)
            except LineError as error:
                rows.refuse(place, str(error))
                yield Answer(place, "", [], 0, "", str(error))
                continue
            answer = Answer(place, *self._answer(event))
            self.verdicts[answer.verdict] += 1
            yield answer

    def _event(self, rows: Rows, place: Place, line: Line) -> bytes:
        if self._is_payload:
            event = event_of_payload(line.text)
            if what := oddity_of_payload(line.text):
                rows.note(place, what)
            return event
        if not line.is_json:
            rows.unread(place, NO_JSON)
        return line.text

    def _answer(self, event: bytes) -> tuple[str, list[dict[str, Any]], int, str]:
        try:
            return self._inspector.answer(event)
        except RuntimeError:
            self.faults += 1
            return "allow", [], 1, "direct"


@app.command()
def inspect(  # noqa: PLR0913, PLR0917 - options
    files: Annotated[
        list[str],
        typer.Argument(
            help="Files with one event (JSON) a line, or one in all; `-` for standard input."
        ),
    ],
    policy: Annotated[
        str | None,
        typer.Option(
            help="A value of HAUBERK_POLICY, a file with it, or hauberk.yaml; without it all is prevented that can be."
        ),
    ] = None,
    function: Annotated[
        str | None, typer.Option(help="The function of hauberk.yaml, where it has several.")
    ] = None,
    sources: Annotated[
        list[Path] | None,
        typer.Option(help="A list of sources, also one that the policy names."),
    ] = None,
    payload: Annotated[
        bool,
        typer.Option(
            "--payload", help='Lines are {"payload": ..., "context": ...} in place of events.'
        ),
    ] = False,
    suggest: Annotated[
        bool,
        typer.Option("--suggest", help="Print exclusions that would let all of it pass, as YAML."),
    ] = False,
    fail_on: Annotated[
        Least | None,
        typer.Option(help="Exit with 1 where a verdict is `alert` or more, or `block`."),
    ] = None,
    format: Annotated[
        Format | None,
        typer.Option("--format", help="Text for people (on a terminal), or JSON lines."),
    ] = None,
) -> None:
    """Ask the firewall about events: each one's verdict, `allow`, `alert` or `block`, and why."""
    with exit_status(LineError, SourceError, ValueError):
        lists = [source_list(file) for file in sources or ()]
        document = policy_document(policy, function)
        inspector = Inspector(document, lists)
        for name in inspector.missing_lists:
            say(f"list {name} of the policy is not looked at; name its file with `--sources`")
        asking, rows = Asking(inspector, is_payload=payload), Rows(files)
        answers = asking.answers(rows)
        if suggest:
            _suggest(answers, json.loads(document)["function"] if document else None)
        elif format is Format.JSON or (format is None and not sys.stdout.isatty()):
            for answer in answers:
                print_json(_as_json(answer), indent=None)
        else:
            _show(answers, rows, asking)
    if asking.faults:
        say(f"{asking.faults:,} events could not be inspected: a fault of ours, please report it")
        raise typer.Exit(COULD_NOT)
    rows.end()
    failing = {Least.ALERT: ("alert", "block"), Least.BLOCK: ("block",)}
    if fail_on and any(asking.verdicts[verdict] for verdict in failing[fail_on]):
        raise typer.Exit(FOUND)


def _as_json(answer: Answer) -> dict[str, Any]:
    place = {"file": answer.place.file} if answer.place.is_one_of_more else {}
    line: dict[str, Any] = {**place, "line": answer.place.line}
    if answer.fault:
        return {**line, "error": answer.fault}
    found = [{field: one[field] for field in FIELDS if field in one} for one in answer.detections]
    line = {"verdict": answer.verdict, "trigger": answer.trigger, **line, "detections": found}
    if answer.left_out:
        line["not_inspected"] = answer.left_out
    return line


def _suggest(answers: Iterator[Answer], function: str | None) -> None:
    suggestions = Suggestions(function)
    for answer in answers:
        for one in answer.detections:
            suggestions.add(one["detector"], one["path"], one["excerpt"])
    out = console()
    for line in suggestions.as_yaml():
        out.print(line, soft_wrap=True)


def _show(answers: Iterator[Answer], rows: Rows, asking: Asking) -> None:
    """Print what is said of each event that is not allowed, and a summary."""
    out = console()
    for answer in shown(rows, answers, "inspected", out):
        at = f"{answer.place!s:>7}"
        for one in answer.detections:
            who = f"{one['detector']}  {answer.trigger}  {one['path']}"
            item = f"  record {one['item']}" if "item" in one else ""
            rules = f" ({', '.join(one['rules'])})" if one["rules"] else ""
            out.print(
                f"{at}  {one['verdict']:<6} {one['confidence']:>3}  {who}{item}",
                style=STYLES[one["verdict"]],
                soft_wrap=True,
            )
            out.print(f"                     {one['reason']}{rules}", soft_wrap=True)
            out.print(f"                     {one['excerpt']}", style="dim", soft_wrap=True)
        if answer.left_out:
            were = "input was" if answer.left_out == 1 else "inputs were"
            out.print(f"{at}  {answer.left_out} {were} not, or not fully, inspected: too much")
    counts = asking.verdicts
    total = counts.total()
    out.print(
        f"{total:,} {'event' if total == 1 else 'events'}: {counts['block']:,} to block, "
        f"{counts['alert']:,} to alert about, {counts['allow']:,} to allow"
    )
    if rows.no_json:
        was = "line was" if rows.no_json == 1 else "lines were"
        out.print(f"{rows.no_json:,} {was} no JSON, and read as text")
