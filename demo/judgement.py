"""What the demonstration promises, checked: no complaint means that it held."""

from collections.abc import Iterator

from demo.story import Outcome, Phase

UNPROTECTED, LEARNING, DETECT, PREVENT = "unprotected", "learning", "detect", "prevent"


def complaints(phases: tuple[Phase, ...], attacks: tuple[str, ...], probe: int) -> tuple[str, ...]:
    """Every promise that did not hold; `probe` is the place of the probe among the requests."""
    plain = phases[0]
    found = [text for phase in phases for text in _normal(plain, phase)]
    for phase in phases:
        for name in attacks if phase.name != LEARNING else ():
            found += _attack(name, phase, plain.answers[probe])
    return tuple(found)


def _normal(plain: Phase, phase: Phase) -> Iterator[str]:
    for place, (before, now) in enumerate(zip(plain.answers, phase.answers, strict=True), 1):
        if before != now:
            yield f"{phase.name}: normal request {place} had another answer: {now[:200]!r}"
    for alarm in phase.alarms:
        yield f"{phase.name}: false alarm, {alarm.detector}: {alarm.reason}"


def _attack(name: str, phase: Phase, probe: bytes) -> Iterator[str]:
    outcome = phase.outcomes.get(name)
    if outcome is None:
        yield f"{phase.name}: {name} was not tried"
        return
    problem = CHECKS[phase.name](outcome)
    if problem:
        yield f"{phase.name}: {name} {problem}"
    if outcome.probe != probe:
        yield f"{phase.name}: after {name} the shop answered otherwise: {outcome.probe[:200]!r}"


def _unprotected(outcome: Outcome) -> str:
    return "" if outcome.effect else "had no effect"


def _detect(outcome: Outcome) -> str:
    if not outcome.effect:
        return "was hindered, though only to be reported"
    return "" if outcome.detections else "was not reported"


def _prevent(outcome: Outcome) -> str:
    if outcome.effect:
        return f"had its effect: {outcome.effect}"
    return "" if outcome.blocked else "left no record of a block"


CHECKS = {UNPROTECTED: _unprotected, DETECT: _detect, PREVENT: _prevent}
