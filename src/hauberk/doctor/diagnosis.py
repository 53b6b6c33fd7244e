"""What is covered in a function, by which wall, and what is wrong: of what its environments said of themselves."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from hauberk.doctor.hear import TAMPERED, Statement
from hauberk.doctor.remedy import LIMITS, of_sink, of_state, of_waiting
from hauberk.model.kind import Kind
from hauberk.model.record import PolicyState, State

ARMED, WAITING, LIMIT, GAP = "armed", "waiting", "limit", "gap"
_WORSE = (ARMED, WAITING, LIMIT, GAP)
WALLS = ("kernel", "library", "language")
NONE = "none"
_KINDS = tuple(kind.value for kind in Kind)
# Where what is no kind of activity is shown.
_GROUP_OF = {
    "event": "event",
    "sources": "event",
    "children": "children",
    "system-calls": "children",
}
GROUPS = (*_KINDS, "event", "flow", "children")


@dataclass(frozen=True, slots=True)
class Sink:
    """One sink: its state, and where it is not armed why, and what to do."""

    name: str
    state: str
    why: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A kind of activity, `event`, `flow` or `children`: which walls see it, its sinks, what walls say of it."""

    name: str
    walls: tuple[str, ...]
    sinks: tuple[Sink, ...]
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """What an environment said that is wrong, how often, and what to do."""

    what: str
    remedy: str
    count: int


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The health of the guard in one function."""

    function: str
    environments: int
    modes: tuple[str, ...]
    policies: tuple[str, ...]
    groups: tuple[Group, ...]
    problems: tuple[Problem, ...]
    faults: int
    dropped: int

    @property
    def gaps(self) -> tuple[Sink, ...]:
        """The sinks with a gap that something can be done about."""
        return tuple(sink for group in self.groups for sink in group.sinks if sink.state == GAP)

    @property
    def is_well(self) -> bool:
        """Whether there is neither a gap nor a problem."""
        return not self.gaps and not self.problems


def diagnose(function: str, statements: Sequence[Statement]) -> Diagnosis:
    """The health of the guard in `function`, by what its environments said. Total: answers for any statements."""
    announced = [one for one in statements if one.coverage]
    sinks = [
        _sink(name, [one.coverage[name] for one in announced if name in one.coverage])
        for name in sorted({name for one in announced for name in one.coverage})
    ]
    return Diagnosis(
        function=function,
        environments=len({one.environment for one in announced}),
        modes=tuple(sorted({one.mode for one in announced if one.mode})),
        policies=tuple(sorted({_policy(one) for one in announced if one.policy})),
        groups=tuple(_group(name, sinks, announced) for name in GROUPS) if announced else (),
        problems=tuple(_problems(statements, is_armed=bool(announced))),
        faults=max((one.faults for one in statements), default=0),
        dropped=sum(one.dropped for one in statements),
    )


def _policy(one: Statement) -> str:
    return one.policy if one.serial is None else f"{one.policy}, serial {one.serial}"


def _sink(name: str, states: Iterable[str]) -> Sink:
    """The worst that an environment said of it."""
    found = [_read(name, state) for state in states]
    return max(found, key=lambda one: _WORSE.index(one.state))


def _read(name: str, said: str) -> Sink:
    if said == ARMED:
        return Sink(name, ARMED)
    if said == WAITING:
        return Sink(name, WAITING, of_waiting(name))
    why = said.removeprefix("gap: ")
    return Sink(name, LIMIT, why) if name in LIMITS else Sink(name, GAP, why, of_sink(name))


def _group_of(sink: str) -> str:
    start = sink.partition(".")[0]
    return start if start in _KINDS else _GROUP_OF.get(start, "flow")


def _group(name: str, sinks: Iterable[Sink], announced: Sequence[Statement]) -> Group:
    own = tuple(sink for sink in sinks if _group_of(sink.name) == name)
    seen_by = [_walls(name, own, one) for one in announced]
    in_all = tuple(wall for wall in WALLS if all(wall in walls for walls in seen_by))
    parts = {
        f"{part}: {word}"
        for one in announced
        for part, word in one.walls.items()
        if part.partition(".")[0] == name and (part != name or ": " in word)
    }
    return Group(name, in_all or (NONE,), own, tuple(sorted(parts)))


def _walls(name: str, sinks: Iterable[Sink], one: Statement) -> set[str]:
    """Which walls see a kind in one environment; what is waiting is seen as soon as there is something to see."""
    has_guard = "event" not in one.coverage
    is_walled = one.coverage.get("children") == ARMED
    is_seen = any(one.coverage.get(sink.name) in (ARMED, WAITING) for sink in sinks)
    walls = {one.walls[name].partition(":")[0]} if name in one.walls else set()
    if has_guard and is_seen and name != "children":
        walls.add("language")
    if is_walled and name in ("process", "file", "host", "address", "code", "children"):
        walls.add("library")
    return walls & set(WALLS)


def _problems(statements: Sequence[Statement], *, is_armed: bool) -> Iterator[Problem]:
    if not is_armed:
        yield Problem(
            "no environment said that it is armed",
            "add the log of a cold start; attach the layer and the wrapper, and set no HAUBERK_MODE=off",
            1,
        )
    told: Counter[tuple[str, str]] = Counter()
    for one in statements:
        if one.policy == PolicyState.STALE and one.state == State.ARMED:
            told[one.message, of_state("stale")] += 1
        elif one.dropped:
            told[one.message, of_state("dropped")] += 1
        elif one.state in (State.REFUSED, State.FAULT, State.GAP, TAMPERED):
            told[one.message, of_state(one.state)] += 1
    for (what, remedy), count in told.items():
        yield Problem(what, remedy, count)
