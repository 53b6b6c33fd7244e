"""What a process and all below it have used, read from `/proc` and their CPU clocks.

Sees:         the CPU time of every living process (nanoseconds) and of ended ones that were
              waited for (in ticks of 10 ms); the peak resident memory of each living process
Does not see: memory of a process that has ended, nor which part of it is shared
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass

from hauberk.local.supervisor import children

TICK_S = 1 / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Usage:
    """CPU time of a tree of processes, and the largest peak memory of one of them.

    `group_kb` is the peak of all together, 0 where nobody counts it.
    """

    cpu_s: float
    max_rss_kb: int
    group_kb: int = 0

    @property
    def memory_kb(self) -> int:
        """The most memory that is known to have been in use at once."""
        return self.group_kb or self.max_rss_kb


def usage_below(supervisor: int) -> Usage:
    """What all processes below `supervisor` have used until now."""
    cpu_s, max_rss_kb = _ended_children_s(supervisor), 0
    for process in _below(supervisor):
        cpu_s += _clock_s(process) + _ended_children_s(process)
        max_rss_kb = max(max_rss_kb, _peak_kb(process))
    return Usage(cpu_s, max_rss_kb)


def _below(process: int) -> Iterator[int]:
    for child in list(children(process)):
        yield child
        yield from _below(child)


def _clock_s(process: int) -> float:
    try:
        return time.clock_gettime((~process << 3) | 2)  # CPUCLOCK_SCHED, see clock_getcpuclockid
    except OSError:  # it has just ended; its parent's figure has it from now on
        return 0.0


def _ended_children_s(process: int) -> float:
    try:
        with open(f"/proc/{process}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[13]) + int(fields[14])) * TICK_S


def _peak_kb(process: int) -> int:
    try:
        with open(f"/proc/{process}/status") as file:
            return next((int(line.split()[1]) for line in file if line.startswith("VmHWM:")), 0)
    except OSError:
        return 0
