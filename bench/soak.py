"""Whether the guard leaks or loses anything in the long run: `python -m bench.soak`.

Part 1: one environment, 10^5 invocations, each with a query and a file, now and then a thread, a child, a fork, an
attack; beside it the same without the guard. What the processes hold is sampled; after the first fifth, in which the
guard's bounded memories fill, nothing may grow but what grows without it.
Part 2: a managed instance of 8 processes with 16 threads each, all of which are told of and print at once: no record
may be torn, be there twice or be lost untold.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from bench.machine import description, software
from hauberk.local import Environment, Function
from hauberk.local.attach import attach, own_layer
from hauberk.local.folders import layer_folder
from hauberk.model.record import WORD

FUNCTION = Path(__file__).parent / "functions" / "soak"
SAMPLES = 20
WRITERS, PROCESSES = 16, 8
MARK = "/tmp/told-"  # noqa: S108 - the function's own
ROOM_KB = 1_024  # what Python's own allocator may move by
TORN = re.compile(r"printed \d+ \d+ x{200}")


class Held(NamedTuple):
    """What the function's process holds at one moment."""

    memory_kb: int
    descriptors: int
    threads: int
    children: int


class Told(NamedTuple):
    """What became of the records of part 2."""

    expected: int
    written: int
    dropped: int
    torn: int
    twice: int


def main() -> int:
    """Run both parts, print what was found; 1 where something leaks or is lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--invocations", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=400, help="invocations of part 2")
    options = parser.parse_args()
    print(f"{time.strftime('%Y-%m-%d')}: {description()}; {software()}")
    with tempfile.TemporaryDirectory() as scratch:
        layer = layer_folder((own_layer(()),), Path(scratch))
        is_flat = long_run(layer, options.invocations)
        is_whole = many_writers(layer, options.rounds)
    return 0 if is_flat and is_whole else 1


def long_run(layer: Path, invocations: int) -> bool:
    """Part 1: says whether nothing of the guard's grew after its first fifth."""
    every = max(1, invocations // SAMPLES)
    began = time.monotonic()
    with Environment(plain()) as without, Environment(guarded(layer)) as guard:
        held = list(samples((without, guard), invocations, every))
    print(f"{invocations:,} invocations of each in {time.monotonic() - began:.0f} s")
    print("| invocations | memory without, KB | memory, KB | descriptors | threads | children |")
    print("|---|---|---|---|---|---|")
    for number, (before, after) in held:
        values = (number, before.memory_kb, *after)
        print("| " + " | ".join(f"{value:,}" for value in values) + " |")
    settled = [pair for number, pair in held if number >= invocations // 5]
    grown = [settled[-1][side].memory_kb - settled[0][side].memory_kb for side in (0, 1)]
    print(f"grown since the first fifth: {grown[0]:,} KB without, {grown[1]:,} KB with the guard\n")
    return grown[1] - grown[0] <= ROOM_KB and settled[-1][1][1:] == settled[0][1][1:]


def samples(
    environments: tuple[Environment, Environment], invocations: int, every: int
) -> Iterator[tuple[int, tuple[Held, Held]]]:
    """Invokes both in turn, and samples what their processes hold each so many times."""
    for number in range(1, invocations + 1):
        name = "x' or '1'='1" if number % 20 == 0 else f"order {number}"
        event = {"number": number, "name": name, "sample": number % every == 0}
        answers = [environment.invoke(event) for environment in environments]
        for answer in answers:
            if answer.error is not None:
                raise SystemExit(f"invocation {number} failed: {answer.payload!r}\n{answer.log}")
        if event["sample"]:
            before, after = (Held(*json.loads(answer.payload)) for answer in answers)
            yield number, (before, after)


def many_writers(layer: Path, rounds: int) -> bool:
    """Part 2: says whether each record is there once and whole, or told as dropped."""
    with Environment(guarded(layer, concurrency=PROCESSES)) as environment:
        events = [{"number": number, "writers": WRITERS} for number in range(rounds)]
        log = environment.invoke_all(events)[-1].log
    told = counted(log, rounds)
    print(f"{rounds} invocations, {WRITERS} threads in each of {PROCESSES} processes:")
    print(", ".join(f"{name} {value:,}" for name, value in told._asdict().items()))
    return told.written + told.dropped == told.expected and not told.torn and not told.twice


def counted(log: str, rounds: int) -> Told:
    """What of the log is records, whole ones, and lines that are neither."""
    lines = log.splitlines()
    records = [record for line in lines if (record := parsed(line)) is not None]
    targets = Counter(one["target"] for one in records if one.get("target", "").startswith(MARK))
    ids = Counter(one["id"] for one in records)
    torn = sum(WORD in line and parsed(line) is None for line in lines)
    torn += sum(line.startswith("printed") and not TORN.fullmatch(line) for line in lines)
    return Told(
        expected=rounds * WRITERS,
        written=len(targets),
        dropped=sum(one.get("dropped", 0) for one in records),
        torn=torn,
        twice=sum(count > 1 for count in ids.values()),
    )


def parsed(line: str) -> dict[str, Any] | None:
    """A record, where a line is a whole one."""
    if not line.startswith('{"timestamp":"'):
        return None
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) and found.get("hauberk") == WORD else None


def plain(**fields: Any) -> Function:
    """The function as it is."""
    return Function(FUNCTION, name="soak", memory_mb=1_024, timeout_s=300, **fields)


def guarded(layer: Path, **fields: Any) -> Function:
    """The function with the guard, which learns: each new act is told."""
    return attach(plain(**fields), layer, {"HAUBERK_MODE": "detect"})


if __name__ == "__main__":
    sys.exit(main())
