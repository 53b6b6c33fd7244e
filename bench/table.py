"""The figures as a person likes to read them: in a terminal, and as a page."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from bench.figure import Budget, Comparison, Judgement, Quantity, Report
from bench.paired import Spread

HEADINGS = ("", "without", "with", "added (95 %)", "ratio", "")
COLOURS = {
    Judgement.AIM: "green",
    Judgement.WITHIN: "green",
    Judgement.UNSURE: "yellow",
    Judgement.OVER: "red",
}
LEGEND = (
    "Medians of paired runs, without and with the guard in turn; in brackets the quartiles, behind "
    "the added median its 95 % bootstrap interval. unsure: the budget is inside that interval."
)


def show(report: Report, console: Console) -> None:
    """Print the tables."""
    console.print(f"[bold]What the guard costs[/bold]  {report.date}\n{report.machine}")
    console.print(report.software)
    for condition in report.conditions:
        console.print(f"[dim]- {condition}[/dim]")
    for title, comparisons in _groups(report):
        table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
        for heading in HEADINGS:
            may_wrap = heading not in ("", "ratio")  # a spread goes below its median
            table.add_column(heading, justify="right" if heading else "left", no_wrap=not may_wrap)
        for one in comparisons:
            table.add_row(*_cells(one), _coloured(one.judgement))
        console.print(f"\n[bold]{title}[/bold]")
        console.print(table)
    console.print()
    for quantity in report.quantities:
        console.print(f"{_told(quantity)}  {_coloured(quantity.judgement)}")
    console.print(f"\n[dim]{LEGEND}[/dim]")
    console.print(f"[dim]{report.duration_s:.0f} s in all.[/dim]")


def page(report: Report) -> str:
    """The tables in Markdown."""
    lines = [f"Measured {report.date}: {report.machine}; {report.software}.", ""]
    lines += [f"- {condition}" for condition in report.conditions]
    for title, comparisons in _groups(report):
        lines += ["", f"### {title[0].upper()}{title[1:]}", "", f"| {' | '.join(HEADINGS)} |"]
        lines.append("|---|---:|---:|---:|---:|---|")
        lines += [f"| {' | '.join((*_cells(one), one.judgement or ''))} |" for one in comparisons]
    lines += ["", "### Size and log", ""]
    for quantity in report.quantities:
        judgement = f": {quantity.judgement}" if quantity.judgement else ""
        lines.append(f"- {_told(quantity)}{judgement}")
    return "\n".join([*lines, "", LEGEND]) + "\n"


def _groups(report: Report) -> Iterator[tuple[str, list[Comparison]]]:
    def key(one: Comparison) -> tuple[str, str, str]:
        return (one.part, one.function, one.guard)

    for (part, function, guard), group in groupby(report.comparisons, key):
        comparisons = list(group)
        title = f"{part}, {function}; {guard}; {_pairs(comparisons[0])}"
        budgets = [
            f"{one.measure}: at most {_budget(one.budget, one.unit)}"
            for one in comparisons
            if one.budget
        ]
        yield "; ".join([title, *budgets]), comparisons


def _pairs(one: Comparison) -> str:
    pairs = one.difference.pairs
    return f"{pairs} pair" if pairs == 1 else f"{pairs} pairs"


def _cells(one: Comparison) -> tuple[str, ...]:
    found = one.difference
    low, high = (_number(bound) for bound in (found.added_low, found.added_high))
    return (
        f"{one.measure}, {one.unit}",
        _spread(found.without),
        _spread(found.with_guard),
        f"{found.added.median:+.{_places(found.added.median)}f} ({low} to {high})",
        f"{found.ratio:.2f}" if found.ratio else "",
    )


def _told(quantity: Quantity) -> str:
    budget = f" (at most {_budget(quantity.budget, quantity.unit)})" if quantity.budget else ""
    places = 0 if quantity.unit == "bytes" else 2
    return f"{quantity.name}: {quantity.value:.{places}f} {quantity.unit}{budget}"


def _spread(spread: Spread) -> str:
    quartiles = f"{_number(spread.lower_quartile)}-{_number(spread.upper_quartile)}"
    return f"{_number(spread.median)} ({quartiles})"


def _budget(budget: Budget, unit: str) -> str:
    aim = f", aim {budget.aim:g}" if budget.aim < budget.most else ""
    return f"{budget.most:g}{aim} {unit}"


def _coloured(judgement: Judgement | None) -> str:
    return f"[{COLOURS[judgement]}]{judgement}[/]" if judgement else ""


def _number(value: float) -> str:
    return f"{value:.{_places(value)}f}"


def _places(value: float) -> int:
    return 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
