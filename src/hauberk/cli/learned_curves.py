"""How the bound of a kind came down from day to day, what folding brought of that, and the chance of something new."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from math import log10
from typing import Any

from hauberk.cli.outcome import console
from hauberk.learn.complete.completeness import Completeness, next_invocation
from hauberk.learn.complete.history import Point
from hauberk.learn.propose import FunctionProposal
from hauberk.model.kind import Kind

_STEPS = "▁▂▃▄▅▆▇█"
_LOWEST, _POWERS = 0.1, 3  # a tenth of an alarm a week is the lowest step, a hundred the highest
_SECONDS_A_DAY = 86_400


def print_curves(one: FunctionProposal) -> None:
    """Draw a line for each kind that is watched for two days and more."""
    from rich.table import Table

    drawn = {kind: points for kind, points in one.curves.items() if len(points) > 1}
    if not drawn:
        return
    table = Table("kind", "alarms a week, day by day, by its own records")
    for column in ("first", "last"):
        table.add_column(column, justify="right")
    for kind, points in drawn.items():
        ends = (at_most(points[at].bound) for at in (0, -1))
        table.add_row(
            kind.value, _line(points), *ends, style="green" if points[-1].is_complete else ""
        )
    console().print(table)


def of_curves(one: FunctionProposal) -> Iterator[str]:
    """Say why a curve ends higher than the table says; nothing where none does."""
    differ = [
        kind.value
        for kind, points in one.curves.items()
        if len(points) > 1
        and kind in one.completeness
        and at_most(points[-1].bound) != at_most(one.completeness[kind].bound)
    ]
    if differ:
        yield (
            f"the curves of {', '.join(differ)} end elsewhere than the first table: that counts what a fleet, other "
            "versions and the code tell, too"
        )


def of_folding(one: FunctionProposal) -> Iterator[str]:
    """Say what the alarms would be if no values were folded."""
    more = higher(one, one.unfolded)
    if more:
        yield f"without folding the alarms a week would be {more}"


def higher(one: FunctionProposal, without: Mapping[Kind, Completeness]) -> str:
    """Write the bounds without something that brought them down; nothing where it brought none."""
    known = one.completeness
    return ", ".join(
        f"{kind} {at_most(more.bound)}"
        for kind, more in without.items()
        if kind in known and known[kind].bound < more.bound
    )


def as_json(one: FunctionProposal, kind: Kind) -> dict[str, Any]:
    """Write the same as a document."""
    known, raw = one.completeness.get(kind), one.unfolded.get(kind)
    if known is None:
        return {}
    a_week = one.invocations / one.weeks if one.weeks else 0  # there are more: some write no record
    return {
        "next_invocation": next_invocation(known.bound, a_week),
        "alarms_a_week_unfolded": round(raw.bound, 2) if raw else None,
        "curve": [
            {"day": _day(at), "alarms_a_week": round(at.bound, 2), "is_complete": at.is_complete}
            for at in one.curves.get(kind, ())
        ],
    }


def at_most(alarms: float) -> str:
    """Write a bound."""
    return f"≤ {alarms:.1f}" if alarms < 10 else f"≤ {alarms:,.0f}"


def _line(points: Sequence[Point]) -> str:
    highest = len(_STEPS) - 1
    return "".join(
        _STEPS[max(0, min(highest, round(highest * log10(at.bound / _LOWEST) / _POWERS)))]
        for at in points
    )


def _day(at: Point) -> str:
    return datetime.fromtimestamp(at.day * _SECONDS_A_DAY, UTC).date().isoformat()
