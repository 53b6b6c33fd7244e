"""Invocations of a fleet of `bench.fleet`, as their records would tell of them: functions, sandboxes, order, names.

Of each hour in which a behaviour was recorded for the first time in a sandbox there is a sandbox; its first invocation
does what is common, in an order of its own that varies a little. What is rare comes with it or later, alone or with one
other.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from random import Random

import numpy as np

from bench.anomaly_numbers import Numbers, numbers
from bench.anomaly_numbers import told as told_of
from bench.fleet import HOURS_A_DAY, KINDS, Fleet
from hauberk.anomaly.invocation import Invoked, Sandbox, Step, by_time, invoked
from hauberk.learn.profile.believe import HOUR_MS
from hauberk.model.activity import Activity
from hauberk.model.kind import Kind

FIRST_HOUR = 490_000  # since 1970
COMMON = 0.3  # behaviours with a chance from here on come with each sandbox
ACTIONS = (
    "s3:GetObject",
    "s3:PutObject",
    "dynamodb:GetItem",
    "dynamodb:Query",
    "sqs:SendMessage",
    "kms:Decrypt",
)


@dataclass(frozen=True, slots=True)
class Life:
    """All that one function's records tell in a run."""

    name: str
    invocations: tuple[Invoked, ...]  # by time
    hours: frozenset[int]  # with records
    common: tuple[Activity, ...]
    acts: tuple[Activity, ...]  # what is done often first
    usual: Mapping[Activity, Numbers] = field(default_factory=dict)  # where numbers are told


def lives(fleet: Fleet, seed: int, *, has_numbers: bool = False) -> Iterator[Life]:
    """Give each function's run; that of numbers is the same but for what is told of these."""
    for function in range(len(fleet.traffic)):
        counting = Random(f"{seed}.numbers.{function}") if has_numbers else None
        yield _life(fleet, function, Random(seed * 100_003 + function), counting)


def _life(fleet: Fleet, function: int, chance: Random, counting: Random | None) -> Life:
    mine = np.flatnonzero(fleet.behaviours.function == function)
    acts = [
        _activity(chance, int(fleet.behaviours.group[one]) % KINDS, n) for n, one in enumerate(mine)
    ]
    is_common = [bool(fleet.behaviours.chance[one] >= COMMON) for one in mine]
    order = [chance.random() for _ in mine]
    usual_numbers = {act: numbers(counting, act.kind) for act in acts} if counting else {}
    name = f"function-{function}"
    told: list[Invoked] = []
    recorded = fleet.recorded[mine]
    for hour in np.flatnonzero(recorded.any(0)):
        rows = [int(row) for row in np.flatnonzero(recorded[:, hour])]
        usual = [row for row in rows if is_common[row]]
        rare = [row for row in rows if not is_common[row]]
        at_ms = (FIRST_HOUR + int(hour)) * HOUR_MS + chance.randrange(HOUR_MS // 2)
        steps = _steps(chance, at_ms, [acts[row] for row in _varied(chance, usual, order)], "r0")
        firsts = [(at_ms, "r0", acts[row], True) for row in usual]
        for number, some in enumerate(_together(chance, rare), 1):
            # With the first invocation, whose order is its own, or later in the sandbox's life.
            request = "r0" if chance.random() < 0.3 else f"r{number}"
            later_ms = at_ms + (20 if request == "r0" else number * 60_000)
            steps += _steps(chance, later_ms, [_value(chance, acts[row]) for row in some], request)
            firsts += [(later_ms, request, acts[row], False) for row in some]
        if counting:
            steps += tuple(told_of(counting, firsts, usual_numbers))
        sandbox = Sandbox(name, f"{chance.getrandbits(128):032x}", by_time(steps))
        told += invoked(sandbox)
    told.sort(key=lambda one: (one.at_ms or 0, one.request))
    counts = Counter(act for one in told for _, act in one.acts)
    return Life(
        name=name,
        invocations=tuple(told),
        hours=frozenset(one.hour for one in told),
        common=tuple(act for act, is_usual in zip(acts, is_common, strict=True) if is_usual),
        acts=tuple(sorted(counts, key=lambda act: (-counts[act], act))),
        usual=usual_numbers,
    )


def _together(chance: Random, rare: list[int]) -> list[list[int]]:
    """One in three of the rare ones comes with another."""
    groups: list[list[int]] = []
    for row in rare:
        if groups and chance.random() < 1 / 3:
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups


def _varied(chance: Random, rows: list[int], order: list[float]) -> list[int]:
    """The order of the code, in which neighbours change places now and then."""
    return sorted(rows, key=lambda row: order[row] + chance.gauss(0, 0.03))


def _steps(chance: Random, at_ms: int, acts: list[Activity], request: str) -> tuple[Step, ...]:
    return tuple(
        Step(at_ms + n * 3 + chance.randrange(2), request, act, False) for n, act in enumerate(acts)
    )


def _activity(chance: Random, kind: int, number: int) -> Activity:
    name = _letter(number)
    action = chance.choice(ACTIONS)
    place = f"arn:aws:{action.partition(':')[0]}:eu-west-1:123456789012:thing-{name}"
    rows = (
        ("start", f"/var/task/bin/tool-{name}"),
        (chance.choice(("read", "write")), f"/mnt/{name}/0.json"),
        (action, f"arn:aws:s3:::bucket-{name}/0" if action.startswith("s3:") else place),
        ("resolve", f"{name}.{chance.choice('abc')}.example"),
        ("connect", f"10.{number % 200}.0.5:{chance.choice((443, 5432, 6379))}"),
        ("unpickle", f"module_{name}.Thing"),
    )
    return Activity(list(Kind)[kind], *rows[kind])


def _value(chance: Random, act: Activity) -> Activity:
    """Another value of the same: keys and files have numbers."""
    if act.kind is Kind.FILE or ":s3:" in act.target:
        head, _, tail = act.target.rpartition("/")
        return act._replace(target=f"{head}/{tail.replace('0', str(chance.randrange(10**6)), 1)}")
    return act


def _letter(number: int) -> str:
    """A name without digits: these would be folded."""
    text = ""
    while True:
        text, number = chr(ord("a") + number % 26) + text, number // 26
        if number == 0:
            return text


def week_of(hour: int) -> int:
    """Which week of the run it is."""
    return (hour - FIRST_HOUR) // (7 * HOURS_A_DAY)
