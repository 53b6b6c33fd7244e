"""`hauberk doctor`: which wall sees what a function does, and which sink is not armed."""

from collections.abc import Iterator
from functools import reduce
from typing import Annotated, Any

import typer

from hauberk.cli.outcome import (
    BAD_INPUT,
    FOUND,
    Format,
    FormatOption,
    console,
    exit_status,
    print_json,
    say,
)
from hauberk.cli.recorded import TrustOption
from hauberk.cli.unseen import no_record
from hauberk.doctor import Diagnosis, Group, Heard, Sink, diagnose, hear, merge
from hauberk.doctor.diagnosis import ARMED, WAITING
from hauberk.learn.records.log import LogError, opened

app = typer.Typer()

# Names of sinks are whole on a terminal of 80 columns.
_COLUMNS = (
    ("kind", 8), ("seen by", 9), ("armed", 15), ("waiting for an import", 20), ("not armed", 12),
)  # fmt: skip


@app.command()
def doctor(
    logs: Annotated[
        list[str], typer.Argument(help="Log files or folders; `-` for standard input.")
    ],
    trust_unannounced: TrustOption = False,
    format: FormatOption = Format.TEXT,
) -> None:
    """Say by its log what of a function is seen, what is not, and what is wrong with the guard.

    Exit status: 0 no gap, 1 a gap or a problem, 2 wrong use or no record to go by.
    """
    with exit_status(LogError):
        heard = reduce(merge, (hear(lines) for name in logs for lines in opened(name)), Heard())
    functions = sorted({one.function for one in heard.environments})
    if not functions:
        say(no_record(logs, heard.unreadable))
        raise typer.Exit(BAD_INPUT)
    found = [
        diagnose(name, heard.believed(name, trust_unannounced=trust_unannounced))
        for name in functions
    ]
    if not any(one.environments or one.problems[1:] for one in found) and heard.statements:
        say(
            "what these logs say is not announced where only the guard can have written it: add the "
            "start of the log stream, or use --trust-unannounced"
        )
        raise typer.Exit(BAD_INPUT)
    if format is Format.JSON:
        print_json({"functions": [_as_json(one) for one in found]})
    else:
        for one in found:
            _print(one)
    if not all(one.is_well for one in found):
        raise typer.Exit(FOUND)


def _as_json(one: Diagnosis) -> dict[str, Any]:
    return {
        "function": one.function,
        "environments": one.environments,
        "modes": one.modes,
        "policies": one.policies,
        "is_well": one.is_well,
        "faults": one.faults,
        "dropped": one.dropped,
        "coverage": [
            {
                "kind": group.name,
                "walls": group.walls,
                "told": group.told,
                "sinks": [
                    {key: value for key, value in _fields(sink) if value} for sink in group.sinks
                ],
            }
            for group in one.groups
        ],
        "problems": [
            {"what": problem.what, "remedy": problem.remedy, "count": problem.count}
            for problem in one.problems
        ],
    }


def _fields(sink: Sink) -> Iterator[tuple[str, str]]:
    yield from (("name", sink.name), ("state", sink.state))
    yield from (("why", sink.why), ("remedy", sink.remedy))


def _print(one: Diagnosis) -> None:
    from rich.table import Table

    out = console()
    out.print(f"{one.function}: {_headline(one)}", style="bold", soft_wrap=True)
    if one.groups:
        table = Table()
        for column, width in _COLUMNS:
            table.add_column(column, overflow="fold", max_width=width)
        for group in one.groups:
            table.add_row(*_row(group))
        out.print(table)
    for line in _lines(one):
        out.print(line, soft_wrap=True)


def _headline(one: Diagnosis) -> str:
    count = one.environments
    told = [f"{count} {'environment' if count == 1 else 'environments'}", *one.modes]
    told.extend(f"policy {policy}" for policy in one.policies)
    told.append("well" if one.is_well else "not well")
    return ", ".join(told)


def _row(group: Group) -> tuple[str, ...]:
    def names(*states: str) -> str:
        found = (sink.name for sink in group.sinks if sink.state in states)
        return ", ".join(name.removeprefix(f"{group.name}.") for name in found)

    others = {sink.state for sink in group.sinks} - {ARMED, WAITING}
    seen_by = ", ".join(group.walls)
    return group.name, seen_by, names(ARMED), names(WAITING), names(*others)


def _lines(one: Diagnosis) -> Iterator[str]:
    for group in one.groups:
        for sink in group.sinks:
            if sink.state not in (ARMED, WAITING):
                yield f"{sink.state}: {sink.name}: {sink.why}"
                yield from _to_do(sink.remedy)
        yield from (f"kernel: {told}" for told in group.told)
    for problem in one.problems:
        often = f" ({problem.count} times)" if problem.count > 1 else ""
        yield f"problem: {problem.what}{often}"
        yield from _to_do(problem.remedy)


def _to_do(remedy: str) -> Iterator[str]:
    if remedy:
        yield f"     do: {remedy}"
