"""What a person sees."""

import json

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from demo.judgement import DETECT, PREVENT, UNPROTECTED
from demo.records import Record
from demo.story import Outcome, Phase


def table(attacks: tuple[str, ...], phases: dict[str, Phase]) -> Table:
    """What each attack did in each phase."""
    drawn = Table(show_lines=True, expand=False)
    drawn.add_column("attack", ratio=3, style="bold")
    drawn.add_column("unprotected", ratio=5)
    drawn.add_column("detect", ratio=5)
    drawn.add_column("prevent", ratio=5)
    for name in attacks:
        drawn.add_row(
            name,
            _unprotected(phases[UNPROTECTED].outcomes[name]),
            _detect(phases[DETECT].outcomes[name]),
            _prevent(phases[PREVENT].outcomes[name]),
        )
    return drawn


def show_examples(console: Console, prevent: Phase) -> None:
    """Three records, shortened to what matters."""
    shown: set[str] = set()
    for outcome in prevent.outcomes.values():
        for record in outcome.detections:
            if record.blocked and record.detector not in shown and len(shown) < 3:
                shown.add(record.detector)
                console.print(_short(record), soft_wrap=False)


def _unprotected(outcome: Outcome) -> str:
    return f"[red]{escape(outcome.effect)}[/red]" if outcome.effect else "nothing"


def _detect(outcome: Outcome) -> str:
    names = _detectors(outcome.detections)
    said = f"[yellow]reported: {escape(names)}[/yellow]" if names else "not reported"
    return f"{'the same; ' if outcome.effect else 'hindered; '}{said}"


def _prevent(outcome: Outcome) -> str:
    if outcome.effect:
        return f"[red]{escape(outcome.effect)}[/red]"
    names = _detectors(tuple(record for record in outcome.detections if record.blocked))
    if not names:
        return "no effect, but not blocked"
    return f"[green]blocked: {escape(names)}[/green]; nothing left"


def _detectors(records: tuple[Record, ...]) -> str:
    return ", ".join(dict.fromkeys(record.detector for record in records))


def _short(record: Record) -> str:
    fields = json.loads(record.line)
    names = ("level", "detector", "confidence", "operation", "target", "cwe", "reason", "input")
    kept = {name: fields[name] for name in names if name in fields}
    return escape(json.dumps(kept, ensure_ascii=False))
