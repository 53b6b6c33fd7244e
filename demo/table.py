"""What a person sees: the table, three records, and whether every promise held."""

import json
from textwrap import fill
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from demo.judgement import DETECT, PREVENT, UNPROTECTED
from demo.records import Record
from demo.story import Outcome, Phase

MOST_NAMES = 3
LONGEST_DETECTOR = len("unsafe-deserialization")
PLACES = (
    ("hauberk.yaml", "the learned policy, now with `mode: prevent`"),
    ("learning.log", "the log it was learned from"),
    ("detect.log, prevent.log", "the function's logs; our lines hold HAUBERK1"),
)


def table(attacks: tuple[str, ...], phases: dict[str, Phase]) -> Table:
    """What each attack did in each phase."""
    drawn = Table(
        box=SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False, show_lines=True, pad_edge=False
    )
    drawn.add_column("attack", style="bold", width=11)
    drawn.add_column(UNPROTECTED)
    for name in (DETECT, PREVENT):
        drawn.add_column(name, no_wrap=True)  # one detector a line
    for name in attacks:
        drawn.add_row(
            name,
            _unprotected(phases[UNPROTECTED].outcomes[name]),
            _detect(phases[DETECT].outcomes[name]),
            _prevent(phases[PREVENT].outcomes[name]),
        )
    return drawn


def show_examples(console: Console, prevent: Phase) -> None:
    """Three records of blocks, by different detectors."""
    chosen: dict[str, Record] = {}
    for outcome in prevent.outcomes.values():
        for record in outcome.detections:
            if record.blocked:
                chosen.setdefault(record.detector, record)
    console.print(
        "\n[bold]Three of the records[/bold], each one line of JSON in the function's log:"
    )
    for record in tuple(chosen.values())[:3]:
        for line in _lines(json.loads(record.line)):
            console.print(Padding(Text(line, style="dim"), (0, 0, 0, 2)))


def show_places(console: Console, out: str) -> None:
    """Where to read on."""
    console.print(f"\n[bold]To read on[/bold], in {escape(out)}/:")
    for file, words in PLACES:
        console.print(f"  {file:<25}{words}")


def show_judgement(console: Console, normal: int, broken: tuple[str, ...]) -> None:
    """Whether every promise held, and which did not."""
    if not broken:
        console.print(
            "\n[bold green]Every promise held.[/bold green] Each attack succeeded unprotected, "
            "succeeded and was reported in detect, and was blocked in prevent with nothing left "
            f"of it. {normal} normal requests got the same bytes in every phase; no false alarm."
        )
        return
    console.print(f"\n[bold red]Promises that did not hold: {len(broken)}[/bold red]")
    for complaint in broken:
        console.print(f"  {escape(complaint)}", style="red")


def _unprotected(outcome: Outcome) -> Text:
    return Text(outcome.effect or "nothing", style="red" if outcome.effect else "")


def _detect(outcome: Outcome) -> Text:
    effect = "the same" if outcome.effect else "nothing"
    if not outcome.detections:
        return Text(f"{effect}, not reported", style="red")
    return Text(f"{effect}, reported:\n{_names(outcome.detections)}", style="yellow")


def _prevent(outcome: Outcome) -> Text:
    if outcome.effect:
        return Text(fill(outcome.effect, LONGEST_DETECTOR), style="red")
    blocks = tuple(record for record in outcome.detections if record.blocked)
    if not blocks:
        return Text("nothing, but no block", style="red")
    return Text(f"nothing, blocked:\n{_names(blocks)}", style="green")


def _names(records: tuple[Record, ...]) -> str:
    names = sorted(
        {record.detector for record in records}, key=lambda name: ("listed" in name, name)
    )
    more = len(names) - MOST_NAMES
    return "\n".join(names[:MOST_NAMES]) + (f"\nand {more} more" if more > 0 else "")


def _lines(fields: dict[str, Any]) -> tuple[str, ...]:
    title = f"{fields['level']} {fields['detector']}, confidence {fields.get('confidence')}"
    lines = [title + (f", CWE-{fields['cwe']}" if "cwe" in fields else "")]
    if "kind" in fields:
        lines.append("  {kind} {operation} {target}".format(**fields))
    if "input" in fields:
        lines.append("  input {path}: {excerpt}".format(**fields["input"]))
    return (*lines, f"  {fields['reason']}")
