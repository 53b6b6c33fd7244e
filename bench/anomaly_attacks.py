"""Who acts in a function without doing anything that is new by itself, or hardly; who prepares it while it learns."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from random import Random

from bench.anomaly_fleet import FIRST_HOUR, Life
from bench.anomaly_numbers import place, step_of
from hauberk.anomaly.invocation import Invoked, Sandbox, Step, Used, invoked
from hauberk.learn.profile.believe import HOUR_MS
from hauberk.learn.records.usage import FIRST, Measure
from hauberk.model.activity import Activity
from hauberk.model.kind import Kind

Attack = Callable[[Random, Life, int], Invoked]
SHELL = Activity(Kind.PROCESS, "start", "/usr/bin/bash")


@dataclass(frozen=True, slots=True)
class Preparation:
    """What an attacker does beforehand: in how many hours, how often in each, how much of it detected."""

    name: str
    hours: int
    times: int
    detected: float


def acts_of(life: Life, kind: Kind) -> list[Activity]:
    """What a function does of a kind, what it does often first."""
    return [act for act in life.acts if act.kind is kind]


def _later(
    life: Life, hour: int, acts: list[Activity], before: list[Activity] | None = None
) -> Invoked:
    """An invocation late in the life of a sandbox that did what is common."""
    at_ms = hour * HOUR_MS + 1_800_000
    start = [
        Step(at_ms - 600_000 + n * 3, "r0", act, False)
        for n, act in enumerate(life.common or (SHELL,))
    ]
    start += [
        Step(at_ms - 300_000 + n * 3, f"b{n}", act, False) for n, act in enumerate(before or [])
    ]
    new = [Step(at_ms + n * 3, "attack", act, False) for n, act in enumerate(acts)]
    sandbox = Sandbox(life.name, "f" * 32, (*start, *new))
    return next(one for one in invoked(sandbox) if one.request == "attack")


def _shell(chance: Random, life: Life, hour: int) -> Invoked:
    return _later(life, hour, [*_some(chance, life, 1), SHELL])


def _combined(chance: Random, life: Life, hour: int) -> Invoked:
    """Three rare things of the function's own, which never came together."""
    return _later(life, hour, _rare(chance, life, 3))


def _reversed(chance: Random, life: Life, hour: int) -> Invoked:
    """A cold start whose common things come in the order turned round."""
    at_ms = hour * HOUR_MS
    steps = tuple(
        Step(at_ms + n * 3, "attack", act, False) for n, act in enumerate(reversed(life.common))
    )
    return next(
        invoked(Sandbox(life.name, "f" * 32, steps or (Step(at_ms, "attack", SHELL, False),)))
    )


def _resource(chance: Random, life: Life, hour: int) -> Invoked:
    """A call that it makes anyhow, on what it never touched."""
    acts = acts_of(life, Kind.API)[:3]
    if not acts:
        return _later(life, hour, [Activity(Kind.API, "s3:GetObject", "arn:aws:s3:::payroll/1")])
    act = chance.choice(acts)
    place = act.target.rpartition(":")[0]
    return _later(
        life,
        hour,
        [act._replace(target=f"{place}:payroll" + ("/1" if ":s3:" in act.target else ""))],
    )


def _many(chance: Random, life: Life, hour: int) -> Invoked:
    """Two hundred objects or files at once, where it takes one or two."""
    return _later(life, hour, list(_enumerated(chance, life, 200)))


def _slowly(chance: Random, life: Life, hour: int) -> Invoked:
    """The two hundredth, one an invocation, in one sandbox."""
    values = list(_enumerated(chance, life, 200))
    return _later(life, hour, values[-1:], values[:-1])


def _late(chance: Random, life: Life, hour: int) -> Invoked:
    """What each sandbox does at its start, done by one that had not, late."""
    act = chance.choice(life.common or (SHELL,))
    others = tuple(one for one in life.common if one != act) or (SHELL,)
    return _later(replace(life, common=others), hour, [act])


def _known(chance: Random, life: Life, hour: int) -> Invoked:
    """One rare thing of the function's own, as it does it itself."""
    return _later(life, hour, _rare(chance, life, 1))


def _numbered(
    chance: Random, life: Life, hour: int, kind: Kind, measure: Measure, times: int
) -> Invoked:
    """What it does anyhow, so many times as much as is usual, in a sandbox that did it before."""
    known = [act for act in life.usual if act.kind is kind and measure in life.usual[act]]
    often = [act for act in known if act in life.common] or known or list(life.usual)
    act = chance.choice(often)
    usual = life.usual[act].get(measure) or life.usual[act][Measure.TIMES]
    number = max(usual.median(), 1) * times
    step = step_of(measure, number)
    at_ms = hour * HOUR_MS
    start = [Step(at_ms + n * 3, "r0", one, False) for n, one in enumerate((*life.common, act))]
    new = Step(at_ms + 600_000, "attack", place(act), False, Used(measure, step or FIRST))
    sandbox = Sandbox(life.name, "f" * 32, (*start, new))
    return next(one for one in invoked(sandbox) if one.request == "attack")


def _much_sent(chance: Random, life: Life, hour: int) -> Invoked:
    return _numbered(chance, life, hour, Kind.HOST, Measure.BYTES, 100)


def _far_more_sent(chance: Random, life: Life, hour: int) -> Invoked:
    return _numbered(chance, life, hour, Kind.HOST, Measure.BYTES, 1000)


def _often_called(chance: Random, life: Life, hour: int) -> Invoked:
    return _numbered(chance, life, hour, Kind.API, Measure.TIMES, 50)


ATTACKS: dict[str, Attack] = {
    "a shell, after something usual": _shell,
    "three rare things of its own, together": _combined,
    "a usual call on another resource": _resource,
    "two hundred objects in one invocation": _many,
    "two hundred objects in one sandbox, one an invocation": _slowly,
    "the usual things in reversed order": _reversed,
    "a usual thing of the start, late": _late,
    "one rare thing of its own": _known,
}
# Where numbers are told.
NUMBERED: dict[str, Attack] = {
    "a known host, a hundred times the usual bytes": _much_sent,
    "a known host, a thousand times the usual bytes": _far_more_sent,
    "a known API, fifty times as often": _often_called,
}
PREPARED = (
    Preparation("not at all", 0, 0, 0.0),
    Preparation("a thousand times within an hour", 1, 1000, 0.0),
    Preparation("every day, always detected", 40, 5, 1.0),
    Preparation("every day, every third time detected", 40, 5, 1 / 3),
    Preparation("every day, never detected", 40, 5, 0.0),
)


def prepared(chance: Random, life: Life, attack: Attack, how: Preparation) -> Iterator[Invoked]:
    """Give what an attacker does in the first days of a run."""
    for day in range(how.hours):
        for _ in range(how.times):
            one = attack(chance, life, FIRST_HOUR + day * 24 + 5)
            is_detected = chance.random() < how.detected
            yield _flagged(one) if is_detected else one


def _flagged(one: Invoked) -> Invoked:
    return replace(one, is_attacked=True, is_near=True)


def _some(chance: Random, life: Life, count: int) -> list[Activity]:
    usual = list(life.common) or [SHELL]
    return [chance.choice(usual) for _ in range(count)]


def _rare(chance: Random, life: Life, count: int) -> list[Activity]:
    found = [act for kind in Kind for act in acts_of(life, kind) if act not in life.common]
    return chance.sample(found, min(count, len(found))) or [SHELL]


def _enumerated(chance: Random, life: Life, count: int) -> Iterator[Activity]:
    acts = [one for one in acts_of(life, Kind.API) if ":s3:" in one.target] or acts_of(
        life, Kind.FILE
    )
    act = acts[0] if acts else Activity(Kind.FILE, "read", "/mnt/a/0.json")
    head, _, tail = act.target.rpartition("/")
    ending = f".{tail.rpartition('.')[2]}" if "." in tail else ""
    for _ in range(count):
        yield act._replace(target=f"{head}/{chance.randrange(10**9)}{ending}")
