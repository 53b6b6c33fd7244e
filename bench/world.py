"""Every rule of stopping, played over one fleet: what it costs, where its bound is true, what others need."""

from dataclasses import dataclass

import numpy as np

from bench.fleet import KINDS, fleet
from bench.stopping import SWEEPS, History, Outcome, bounds, matched, sweep
from hauberk.learn.complete.completeness import MOST_ALARMS_A_WEEK
from hauberk.learn.complete.prior import LEAST_FUNCTIONS

FLEETS = {
    "without a fleet": 0,
    f"with a fleet of {LEAST_FUNCTIONS}": LEAST_FUNCTIONS,
    "with a fleet of 400": 400,
}
OURS = {f"the bound, {told}": size for told, size in FLEETS.items()}
LOOKS = (1, 3, 7, 14, 28, 56)
SEED = 2026


@dataclass(frozen=True, slots=True)
class Coverage:
    """The share of functions and kinds of which the bound is true, by day of the look."""

    name: str
    by_day: tuple[tuple[int, float], ...]
    by_kind: tuple[float, ...]  # on the worst day of each

    @property
    def least(self) -> float:
        """The worst day's."""
        return min(share for _, share in self.by_day)


@dataclass(frozen=True, slots=True)
class Rival:
    """Another rule, with the number that gives no more alarms than ours; None where none does."""

    against: str
    name: str
    number: float | None
    outcome: Outcome | None
    times: float | None  # invocations, as a multiple of ours


@dataclass(frozen=True, slots=True)
class World:
    """What was measured of one fleet."""

    name: str
    outcomes: tuple[Outcome, ...]
    coverage: tuple[Coverage, ...]
    rivals: tuple[Rival, ...]
    played: dict[str, tuple[tuple[float, float], ...]]  # alarms a week, invocations; by rule


def measured(name: str, functions: int, days: int) -> World:
    """Play every rule over one fleet."""
    history = History(fleet(name, SEED, functions, days))
    outcomes, coverage, rivals = [], [], []
    played = {rule: list(sweep(history, rule)) for rule in SWEEPS}
    curves = {rule: _points([one for _, one in every]) for rule, every in played.items()}
    for ours, size in OURS.items():
        stated = bounds(history, fleet_size=size)
        outcome = history.outcome(ours, history.stopped(stated <= MOST_ALARMS_A_WEEK))
        outcomes.append(outcome)
        looks = [day for day in LOOKS if day <= days]
        is_true = (stated >= history.truth)[:, [day - 1 for day in looks]]
        holds = is_true.mean(0).tolist()
        by_kind = [float(is_true[history.kind == kind].mean(0).min()) for kind in range(KINDS)]
        coverage.append(Coverage(ours, tuple(zip(looks, holds, strict=True)), tuple(by_kind)))
        rivals += [_rival(outcome, rule, every) for rule, every in played.items()]
        limits = np.geomspace(0.05, 20, 15)
        curves[ours] = _points([history.outcome("", history.stopped(stated <= x)) for x in limits])
    return World(name, tuple(outcomes), tuple(coverage), tuple(rivals), curves)


def _points(outcomes: list[Outcome]) -> tuple[tuple[float, float], ...]:
    return tuple((one.alarms, one.invocations) for one in outcomes if one.alarms > 0)


def _rival(ours: Outcome, rule: str, played: list[tuple[float, Outcome]]) -> Rival:
    found = matched(ours, played)
    if found is None:
        return Rival(ours.name, rule, None, None, None)
    return Rival(ours.name, rule, found[0], found[1], found[1].invocations / ours.invocations)
