"""The measurements: stages in turn, A B A B, so that each pair has seen the same machine."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.process import Memory
from bench.runtime_api import BenchError
from bench.stage import Cold, Machine, Stage
from hauberk.local.function import Function

WARM_UP = 50
EVENT_FILE = Path(__file__).parent / "functions" / "event.json"


@dataclass(frozen=True, slots=True)
class Life:
    """A start, and the CPU time of the environment from its start to its end, by wait4."""

    cold: Cold
    cpu_ns: int


@dataclass(frozen=True, slots=True)
class Pace:
    """One environment's invocations: the median of its blocks, per invocation."""

    wall_us: float
    cpu_us: float


@dataclass(frozen=True, slots=True)
class Soak:
    """What many invocations leave: memory, and bytes in the log after the first answer."""

    memory: Memory
    log_bytes: int


def event() -> bytes:
    """The 2 KB event as API Gateway sends it, without spaces."""
    content = json.loads(EVENT_FILE.read_bytes())
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


@contextmanager
def stages(
    functions: Sequence[Function], machine: Machine, *, rooted: bool
) -> Iterator[tuple[Stage, ...]]:
    """A stage for each of `functions`."""
    with ExitStack() as opened:
        made = []
        for function in functions:
            stage = Stage(function, event(), machine, rooted=rooted)
            opened.callback(stage.close)
            made.append(stage)
        yield tuple(made)


def starts(on: Sequence[Stage], rounds: int, *, limited: bool = False) -> list[list[Life]]:
    """Cold starts of each stage, `rounds` times in turn; the first round warms the page cache."""
    lives: list[list[Life]] = [[] for _ in on]
    for number in range(-1, rounds):
        answers = set()
        for stage, found in zip(on, lives, strict=True):
            cold = stage.start(limited=limited)
            answers.add(cold.answer)
            life = Life(cold, stage.stop())
            if number >= 0:
                found.append(life)
        _refuse_different(answers)
    return lives


def paces(on: Sequence[Stage], pairs: int, blocks: int, block: int) -> list[list[Pace]]:
    """Warm invocations of each stage: all environments live, and take turns block by block."""
    found: list[list[Pace]] = [[] for _ in on]
    for _ in range(pairs):
        _refuse_different({stage.start().answer for stage in on})
        for stage in on:
            stage.invoke(min(WARM_UP, block))
        turns: list[list[Pace]] = [[] for _ in on]
        for _ in range(blocks):
            for stage, taken in zip(on, turns, strict=True):
                warm = stage.invoke(block)
                wall_us = statistics.median(warm.wall_ns) / 1e3
                taken.append(Pace(wall_us, warm.cpu_ns / block / 1e3))
        for stage, taken, medians in zip(on, turns, found, strict=True):
            stage.stop()
            medians.append(_median(taken))
    return found


def soaks(on: Sequence[Stage], pairs: int, invocations: int) -> list[list[Soak]]:
    """Environments that answer many events, one after the other."""
    found: list[list[Soak]] = [[] for _ in on]
    for _ in range(pairs):
        for stage, left in zip(on, found, strict=True):
            stage.start()
            warm = stage.invoke(invocations)
            left.append(Soak(stage.memory(), warm.log_bytes))
            stage.stop()
    return found


def _median(taken: Sequence[Pace]) -> Pace:
    return Pace(
        statistics.median(pace.wall_us for pace in taken),
        statistics.median(pace.cpu_us for pace in taken),
    )


def _refuse_different(answers: set[bytes]) -> None:
    if len(answers) > 1:
        raise BenchError(f"the guard changed the answer: {answers}")
