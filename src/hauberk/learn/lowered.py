"""How much less indicators weigh at one place, proposed where many callers' harmless values make them speak.

A rule is proposed from 30 events on of eight callers, in two sandboxes and two hours: one caller, one environment or
one hour lower nothing. What is left of its confidence alerts no more by itself. Rules of 90
and above are structure: they are never among these, and the guard lowers none of them.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import reduce

from hauberk.learn.profile.indicators import IndicatorSeen

LEAST_EVENTS = 30
LEAST_CALLERS = 8
LEAST_HOURS = 2
LEAST_SANDBOXES = 2
LEFT_PERCENT = 40  # of 89, the most that indicators have, less than the 50 that alert


@dataclass(frozen=True, slots=True)
class Lowered:
    """What is proposed of the rules at one place, and how much it rests on: as far as the least known of them."""

    path: str
    events: int
    blocks: int
    sandboxes: int
    callers: int
    weights: Mapping[str, int]


def lowered(versions: Iterable[Iterable[IndicatorSeen]]) -> dict[str, Lowered]:
    """Say by their paths which indicators are to weigh less, of all versions of a function."""
    found: dict[tuple[str, str], list[IndicatorSeen]] = defaultdict(list)
    for indicators in versions:
        for one in indicators:
            found[one.path, one.rule].append(one)
    by_path: dict[str, list[IndicatorSeen]] = defaultdict(list)
    for every in found.values():
        one = reduce(_both, every)
        if _is_usual(one):
            by_path[one.path].append(one)
    return {path: _of(path, every) for path, every in sorted(by_path.items())}


def _of(path: str, every: list[IndicatorSeen]) -> Lowered:
    return Lowered(
        path,
        min(one.events for one in every),
        min(one.blocks for one in every),
        min(one.sandboxes for one in every),
        min(len(one.callers) for one in every),
        {one.rule: LEFT_PERCENT for one in sorted(every, key=lambda one: one.rule)},
    )


def _is_usual(one: IndicatorSeen) -> bool:
    return (
        one.events >= LEAST_EVENTS
        and len(one.callers) >= LEAST_CALLERS
        and one.blocks >= LEAST_HOURS
        and one.sandboxes >= LEAST_SANDBOXES
    )


def _both(one: IndicatorSeen, other: IndicatorSeen) -> IndicatorSeen:
    return replace(
        one,
        events=one.events + other.events,
        blocks=max(one.blocks, other.blocks),
        sandboxes=max(one.sandboxes, other.sandboxes),
        callers=one.callers | other.callers,
    )
