"""What of patient attackers the rule finds that nothing new is listed once a list was complete, and what it costs."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from bench.fleet import HOURS_A_DAY, KINDS, Fleet
from hauberk.learn.complete.late import Stretch, lateness, settled
from hauberk.learn.evidence import Evidence, FunctionEvidence
from hauberk.learn.fold.fold import Fold
from hauberk.learn.fold.folded import Folded
from hauberk.learn.profile.profile import MOST_HOURS
from hauberk.model.activity import Activity
from hauberk.model.kind import Kind

BEGINS = (0, 14, 28, 56)


@dataclass(frozen=True, slots=True)
class Late:
    """Attackers who act once a day, never detected, harmless by name, and the honest that come late themselves."""

    fleet: str
    found: dict[int, float]  # of those who begin on this day, in the mean of functions and kinds
    a_week: float  # honest values for review, a week and function, from the first week to the last
    most: float  # the same of the function of twenty that has most
    share: float  # of the honest values of the run


def measured(name: str, fleet: Fleet) -> Late:
    """Let attackers begin on several days at each function and kind, and count what is late of the honest."""
    days = fleet.recorded.shape[1] // HOURS_A_DAY
    begins = [day for day in BEGINS if day < days]
    hits = dict.fromkeys(begins, 0)
    late, values = np.zeros(len(fleet.traffic)), 0
    for function in range(len(fleet.traffic)):
        every = list(_values(fleet, function))
        hours = frozenset(np.flatnonzero(fleet.recorded[_rows(fleet, function)].any(0)).tolist())
        calm = settled(every, FunctionEvidence({}, hours))
        late[function] = sum(bool(lateness(one.seen, calm[one.kind])) for one in every)
        values += len(every)
        for day in begins:
            hits[day] += sum(_is_found(day, calm[kind]) for kind in Kind)
    weeks = days / 7
    return Late(
        name,
        {day: count / fleet.groups for day, count in hits.items()},
        float(late.mean() / weeks),
        float(np.quantile(late, 0.95) / weeks),
        float(late.sum() / values),
    )


def _is_found(day: int, stretches: tuple[Stretch, ...]) -> bool:
    first = day * HOURS_A_DAY + HOURS_A_DAY // 2
    return bool(lateness(Evidence(1, first=first), stretches))


def _rows(fleet: Fleet, function: int) -> np.ndarray:
    return np.flatnonzero(fleet.behaviours.function == function)


def _values(fleet: Fleet, function: int) -> Iterator[Folded]:
    for row in _rows(fleet, function):
        hours = np.flatnonzero(fleet.recorded[row]).tolist()
        if hours:
            kind = list(Kind)[int(fleet.behaviours.group[row]) % KINDS]
            few = frozenset(hours) if len(hours) <= MOST_HOURS else None
            seen = Evidence(len(hours), len(hours), few, first=hours[0])
            name = str(row)
            acts = frozenset([Activity(kind, "*", name)])
            yield Folded(kind, "*", Fold(name, (name,), ""), acts, seen)
