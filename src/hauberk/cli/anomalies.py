"""What `hauberk anomaly` prints: tables and alerts for people, and the same as JSON."""

from datetime import UTC, datetime
from math import ceil
from typing import Any

from hauberk.anomaly import words
from hauberk.anomaly.lesson import Learned
from hauberk.anomaly.score import Rarity
from hauberk.anomaly.threshold import Alert, Calibration
from hauberk.cli.outcome import console, many

_MOST_SHOWN = 40
_COLUMNS = (
    ("invocations", 11), ("hours", 6), ("weeks held back", 9), ("alerts there", 6), ("told from", 7),
    ("alerts a week, at most", 8),
)  # fmt: skip


def print_learned(found: dict[str, Learned]) -> None:
    """Print of each function what was learned, and what its threshold promises."""
    from rich.table import Table

    out = console()
    table = Table()
    table.add_column("function", overflow="fold")
    for column, width in _COLUMNS:
        table.add_column(column, justify="right", max_width=width)
    for name, one in found.items():
        whole, known = one.model.whole, one.calibration
        table.add_row(
            *(name, f"{whole.invocations:,}", f"{whole.hours:,}"),
            *(f"{known.weeks:.1f}", str(known.alerts)),
            _from(known) if known.invocations else "never",
            _at_most(known.most_a_week),
        )
    out.print(table)
    if not all(one.calibration.is_promised for one in found.values()):
        text = "at most one alert a week is promised where three weeks can be held back: learn from five and more"
        out.print(text, soft_wrap=True)


def _at_most(alerts: float) -> str:
    """Write a bound, which is no less than it is."""
    return f"{ceil(alerts * 10) / 10:.1f}" if alerts < 10 else f"{ceil(alerts):,}"


def _from(known: Calibration) -> str:
    lowest, highest = (f"{found(known.thresholds.values()):.1f}" for found in (min, max))
    return lowest if lowest == highest else f"{lowest}-{highest}"


def print_alerts(groups: dict[str, tuple[Alert, ...]], count: int) -> None:
    """Print what is told of each function, and why."""
    out = console()
    for name, told_of in groups.items():
        for one in told_of[:_MOST_SHOWN]:
            invoked = one.first.invoked
            when = _when(invoked.at_ms)
            request = invoked.request or "init"
            out.print(
                f"{name} {when} {request}: {one.score:.1f}, told from {one.threshold:.1f}",
                style="bold",
                soft_wrap=True,
            )
            for rarity in one.why:
                out.print(f"  {rarity.points:.1f}  {words.told(rarity)}", soft_wrap=True)
            if invoked.is_attacked:
                out.print("  a detection was told of it as well")
            if one.more:
                out.print(
                    f"  and {many(one.more, 'invocation', 'invocations')} within a week that lead with the same"
                )
        if len(told_of) > _MOST_SHOWN:
            out.print(f"and {len(told_of) - _MOST_SHOWN:,} more of {name}: --format json has all")
    if not count:
        out.print("nothing was scored")
        return
    total = sum(map(len, groups.values()))
    out.print(
        f"{many(total, 'alert', 'alerts')} of {many(count, 'invocation', 'invocations')} that told of something"
    )


def learned_json(one: Learned) -> dict[str, Any]:
    """Write what was learned of a function."""
    known = one.calibration
    return {
        "invocations": one.model.whole.invocations,
        "hours": one.model.whole.hours,
        "traits": len(one.model.traits),
        "thresholds": dict(sorted(known.thresholds.items())),
        "held_back": {
            "weeks": round(known.weeks, 2),
            "invocations": known.invocations,
            "alerts": known.alerts,
            "most_a_week": round(known.most_a_week, 2),
        },
        "is_promised": known.is_promised,
    }


def alert_json(one: Alert) -> dict[str, Any]:
    """Write an alert, with all that makes it."""
    invoked = one.first.invoked
    return {
        "function": invoked.function,
        "time": _when(invoked.at_ms),
        "request_id": invoked.request or None,
        "environment": invoked.token,
        "question": one.question.value,
        "score": round(one.score, 2),
        "threshold": one.threshold,
        "detected": invoked.is_attacked,
        "same_within_a_week": one.more,
        "why": [_rarity_json(rarity) for rarity in one.why],
    }


def _rarity_json(rarity: Rarity) -> dict[str, Any]:
    return {
        "feature": rarity.trait.family.value,
        "of": rarity.trait.context or None,
        "value": rarity.trait.value,
        "invocations": [rarity.seen.invocations, rarity.of.invocations],
        "hours": [rarity.seen.hours, rarity.of.hours],
        "as_rare": round(rarity.share, 6),
        "others": rarity.others,
        "points": round(rarity.points, 2),
        "text": words.told(rarity),
    }


def _when(at_ms: int | None) -> str:
    if at_ms is None:
        return "at an unknown time"
    return (
        datetime.fromtimestamp(at_ms / 1000, UTC)
        .isoformat(timespec="milliseconds")
        .replace("+00:00", "Z")
    )
