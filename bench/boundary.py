"""What one event costs a process that is guarded, Python's boundary included.

    python -m bench.boundary [--rounds 2000]

CPU of a call of the runtime client's own function (a handler that does nothing behind it) with the guard's gate in
front of it, less one without; in a loop, so that what is in the processor's caches stays there. The events: an empty
one, the 2 KB event as it is, and one whose values are new each time. `event_timing` tells of the same event what the
firewall alone costs; the rest is the gate's: taking the bytes over, the clock, the lock, asking the log for room.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import cycle

from bench.measure import event
from hauberk import _native
from hauberk.guard.start import start

BLOCKS = 15
NEW = 1_000  # events with values of their own; the firewall remembers fewer texts than they have


def altered(content: object, number: int) -> object:
    """Give `content` with another number behind each text of its body, its query and its ids."""
    if isinstance(content, dict):
        return {key: altered(value, number) for key, value in content.items()}
    if isinstance(content, list):
        return [altered(value, number) for value in content]
    return f"{content} {number:04}" if isinstance(content, str) else content


def with_new_values(usual: bytes, number: int) -> bytes:
    """Give the 2 KB event with a body that was not seen before; its headers are as before."""
    content = json.loads(usual)
    body = altered(json.loads(content["body"]), number)
    content["body"] = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def cpu_us(call: Callable[..., object], events: list[bytes], rounds: int) -> float:
    """CPU of one call, in microseconds: the median of some blocks."""
    figures = []
    turns = cycle(events)
    for _ in range(BLOCKS):
        taken = [next(turns) for _ in range(rounds)]
        before = time.process_time_ns()
        for one in taken:
            call(None, _handle, "request-1", one)
        figures.append((time.process_time_ns() - before) / rounds / 1e3)
    return statistics.median(figures)


def _handle(*_request: object) -> None:
    """Do nothing."""


def _client(_client: object, handler: Callable[..., object], *rest: object) -> object:
    return handler(*rest)


def measure(rounds: int) -> None:
    """Print the figures: in a process of its own, which is guarded from here on."""
    usual = event()
    new = [with_new_values(usual, number) for number in range(NEW)]
    kinds = {"an empty event": [b"{}"], "seen before": [usual], "a new body": new}
    without = {name: cpu_us(_client, events, rounds) for name, events in kinds.items()}
    start("/opt/hauberk")
    gate = _native.EventGate(_client, lambda reason, response: _handle)
    for name, events in kinds.items():
        added = cpu_us(gate, events, rounds) - without[name]
        print(f"{len(events[0])} bytes, {name}: {added:.1f} µs added")


def main() -> None:
    """Measure in a process whose log is of no account."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=2_000, help="calls in a block")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.here:
        measure(arguments.rounds)
        return
    own = [sys.executable, "-m", "bench.boundary", "--here", "--rounds", str(arguments.rounds)]
    environment = {**os.environ, "AWS_LAMBDA_FUNCTION_NAME": "f", "HAUBERK_MODE": "detect"}
    subprocess.run(own, env=environment, stderr=subprocess.DEVNULL, check=True)


if __name__ == "__main__":
    main()
