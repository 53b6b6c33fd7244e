"""Invocations as their records tell of them: what each did for the first time in its sandbox, in order."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from hauberk.learn.profile.believe import HOUR_MS
from hauberk.learn.records.usage import FIRST, Measure
from hauberk.model.activity import Activity


class Phase(StrEnum):
    """Which part of a sandbox's life an invocation is."""

    INIT = "init"
    FIRST = "first"
    LATER = "later"


class Used(NamedTuple):
    """How often something was done in one invocation, or how many bytes were sent: the step that was reached."""

    measure: Measure
    step: int


class Step(NamedTuple):
    """One record of an activity, or of a number of it."""

    at_ms: int | None  # since 1970
    request: str  # empty during init
    activity: Activity
    is_attacked: bool  # its invocation had a detection
    used: Used | None = None


@dataclass(frozen=True, slots=True)
class Sandbox:
    """One environment of a function, and all that it told, by time."""

    function: str
    token: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Invoked:
    """One invocation that told of something."""

    function: str
    token: str
    request: str
    at_ms: int | None
    phase: Phase
    acts: tuple[tuple[int, Activity], ...]  # with the time, by time
    before: tuple[Activity, ...]  # what the sandbox told of until then
    is_attacked: bool
    is_near: bool  # its sandbox had a detection at some time
    used: tuple[tuple[Activity, Used], ...] = ()

    @property
    def hour(self) -> int:
        """The hour since 1970; of an unknown time all are one."""
        return self.at_ms // HOUR_MS if self.at_ms is not None else 0


def invoked(sandbox: Sandbox) -> Iterator[Invoked]:
    """Take a sandbox's invocations apart, in the order in which each told of something first."""
    groups: dict[str, list[Step]] = defaultdict(list)
    for step in sandbox.steps:
        groups[step.request].append(step)
    is_near = any(step.is_attacked for step in sandbox.steps)
    before: list[Activity] = []
    is_first = True
    for request, steps in groups.items():
        phase = Phase.INIT if not request else Phase.FIRST if is_first else Phase.LATER
        is_first = is_first and not request
        yield Invoked(
            function=sandbox.function,
            token=sandbox.token,
            request=request,
            at_ms=steps[0].at_ms,
            phase=phase,
            acts=tuple((step.at_ms or 0, step.activity) for step in steps if not step.used),
            before=tuple(before),
            is_attacked=any(step.is_attacked for step in steps),
            is_near=is_near,
            used=tuple((step.activity, step.used) for step in steps if step.used),
        )
        before += [step.activity for step in steps if not step.used]


def by_time(steps: Iterable[Step]) -> tuple[Step, ...]:
    """Order steps; those of one millisecond by what they are, so that the order they came in does not matter."""
    return tuple(sorted(steps, key=_order))


def used(measure: Measure, step: int) -> Used | None:
    """Say what a record tells besides the act: nothing, where it is the first time of what a list allows."""
    return None if step == FIRST else Used(measure, step)


def _order(one: Step) -> tuple[int, str, Activity, tuple[str, int]]:
    return one.at_ms or 0, one.request, one.activity, one.used or ("", 0)
