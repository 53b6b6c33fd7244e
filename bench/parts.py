"""The parts of the benchmark: which functions, with the guard in which way, and what is compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from bench import figure
from bench.arms import Layers, by_pth, detecting, preventing, unprotected
from bench.figure import Budget, Comparison, Quantity
from bench.measure import Life, Pace, Soak, paces, soaks, stages, starts
from bench.paired import compare
from bench.size import Size
from bench.stage import Machine
from hauberk.local.function import Function

T = TypeVar("T")

NAMES = {
    "empty": "empty handler",
    "event": "2 KB API event",
    "sdk": "boto3 client",
    "work": "200 opens, 20 processes",
}
DETECT, PREVENT, PTH = "detect", "prevent, signed policy", "detect, by .pth"
BARE = "detect, layer without bytecode"
SAME = "no guard either time: what noise alone shows"


@dataclass(frozen=True, slots=True)
class Setting:
    """What every part measures with."""

    layers: Layers
    machine: Machine
    rooted: bool
    size: Size


@dataclass(frozen=True, slots=True)
class Measure(Generic[T]):
    """How a figure is got from one run, and what it may be."""

    name: str
    unit: str
    value: Callable[[T], float]
    budget: Budget | None = None


CPU_TO_ANSWER: Measure[Life] = Measure(
    "CPU to answer", "ms", lambda life: life.cold.answer_cpu_ns / 1e6, figure.COLD_CPU
)
WALL_TO_ANSWER: Measure[Life] = Measure(
    "wall to answer", "ms", lambda life: life.cold.answer_wall_ns / 1e6
)
COLD: tuple[Measure[Life], ...] = (
    Measure("CPU to next", "ms", lambda life: life.cold.next_cpu_ns / 1e6),
    CPU_TO_ANSWER,
    Measure("CPU, whole life", "ms", lambda life: life.cpu_ns / 1e6),
    Measure("wall to next", "ms", lambda life: life.cold.next_wall_ns / 1e6),
    WALL_TO_ANSWER,
)
WARM: tuple[Measure[Pace], ...] = (
    Measure("CPU each", "µs", lambda pace: pace.cpu_us, figure.WARM_CPU),
    Measure("wall each", "µs", lambda pace: pace.wall_us),
)
WORK: tuple[Measure[Pace], ...] = (
    Measure("CPU each", "ms", lambda pace: pace.cpu_us / 1e3, figure.WORK_CPU),
    Measure("wall each", "ms", lambda pace: pace.wall_us / 1e3),
)
MEMORY: tuple[Measure[Soak], ...] = (
    Measure("peak RSS", "MB", lambda soak: soak.memory.peak_rss_kb / 1024, figure.MEMORY),
    Measure("RSS", "MB", lambda soak: soak.memory.rss_kb / 1024),
    Measure("PSS", "MB", lambda soak: soak.memory.pss_kb / 1024),
    Measure("RSS, no file's", "MB", lambda soak: soak.memory.anonymous_kb / 1024),
)


def cold(setting: Setting, name: str) -> list[Comparison]:
    """Cold starts in detect, as the guard is first attached."""
    rounds = setting.size.sdk_pairs if name == "sdk" else setting.size.cold_pairs
    plain = unprotected(name)
    arms = (plain, detecting(plain, setting.layers.built))
    with stages(arms, setting.machine, rooted=setting.rooted) as made:
        lives = starts(made, rounds)
    return _compared("cold start", name, lives, {DETECT: COLD})


def cold_ways(setting: Setting) -> list[Comparison]:
    """Cold starts of the empty handler: once more without the guard, and with it in other ways."""
    plain = unprotected("empty")
    built, bare = setting.layers.built, setting.layers.bare
    ways = (plain, preventing(plain, built), by_pth(plain, built), detecting(plain, bare))
    with stages((plain, *ways), setting.machine, rooted=setting.rooted) as made:
        lives = starts(made, setting.size.cold_pairs)
    shown = (CPU_TO_ANSWER, WALL_TO_ANSWER)
    unjudged = (Measure(CPU_TO_ANSWER.name, "ms", CPU_TO_ANSWER.value), WALL_TO_ANSWER)
    measures: Mapping[str, tuple[Measure[Life], ...]] = {
        SAME: unjudged,
        PREVENT: shown,
        PTH: shown,
        BARE: unjudged,
    }
    return _compared("cold start", "empty", lives, measures)


def limited(setting: Setting) -> list[Comparison]:
    """Cold starts with the CPU of a 512 MB function."""
    plain = unprotected("empty")
    arms = (plain, detecting(plain, setting.layers.built))
    with stages(arms, setting.machine, rooted=setting.rooted) as made:
        lives = starts(made, setting.size.limited_pairs, limited=True)
    shown = (Measure(CPU_TO_ANSWER.name, "ms", CPU_TO_ANSWER.value), WALL_TO_ANSWER)
    return _compared("cold start at 512 MB", "empty", lives, {DETECT: shown})


def warm(setting: Setting, name: str) -> list[Comparison]:
    """Warm invocations with the 2 KB event."""
    size = setting.size
    found = _paces(setting, name, size.warm_pairs, size.warm_blocks, size.warm_block)
    return _compared("warm", name, found, {DETECT: WARM, PREVENT: WARM})


def work(setting: Setting) -> list[Comparison]:
    """Warm invocations that act on the world."""
    size = setting.size
    found = _paces(setting, "work", size.work_pairs, size.warm_blocks, size.work_block)
    return _compared("warm", "work", found, {DETECT: WORK, PREVENT: WORK})


def soak(setting: Setting) -> tuple[list[Comparison], Quantity]:
    """Memory and log after many clean invocations of one environment."""
    size, plain = setting.size, unprotected("event")
    arms = (plain, detecting(plain, setting.layers.built))
    with stages(arms, setting.machine, rooted=setting.rooted) as made:
        found = soaks(made, size.soak_pairs, size.soak_invocations)
    written = max(one.log_bytes for one in found[1])
    name = f"log of {size.soak_invocations:,} clean warm invocations"
    compared = _compared("memory", "event", found, {DETECT: MEMORY})
    return compared, Quantity(name, written, "bytes", figure.LOG)


def sizes(layers: Layers) -> list[Quantity]:
    """How large the layer is."""
    found = [Quantity("layer, unzipped", layers.unzipped_bytes / 1e6, "MB", figure.LAYER)]
    if layers.zipped_bytes is not None:
        found.insert(0, Quantity("layer, zipped", layers.zipped_bytes / 1e6, "MB"))
    return found


def _paces(setting: Setting, name: str, pairs: int, blocks: int, block: int) -> list[list[Pace]]:
    plain, built = unprotected(name), setting.layers.built
    arms: tuple[Function, ...] = (plain, detecting(plain, built), preventing(plain, built))
    with stages(arms, setting.machine, rooted=setting.rooted) as made:
        return paces(made, pairs, blocks, block)


def _compared(
    part: str,
    function: str,
    runs: Sequence[Sequence[T]],
    guards: Mapping[str, tuple[Measure[T], ...]],
) -> list[Comparison]:
    """Each guard's runs against the first runs, which are without it."""
    without, *others = runs
    return [
        Comparison(
            part=part,
            measure=measure.name,
            function=NAMES[function],
            guard=guard,
            unit=measure.unit,
            difference=compare(
                [measure.value(run) for run in without], [measure.value(run) for run in with_guard]
            ),
            budget=measure.budget,
        )
        for (guard, measures), with_guard in zip(guards.items(), others, strict=True)
        for measure in measures
    ]
