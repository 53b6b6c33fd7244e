"""One process of a function: started on one core, its clocks and its memory read from outside."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

from hauberk.local.sandbox import Plan
from hauberk.local.supervisor import PR_SET_PDEATHSIG, libc

TICK_NS = 1_000_000_000 // os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Memory:
    """Resident memory now, our share of it where pages are shared, the most there was, what is no file's now; kB."""

    rss_kb: int
    pss_kb: int
    peak_rss_kb: int
    anonymous_kb: int


def start(plan: Plan, log: int, core: int | None, group: int | None) -> int:
    """Starts the plan's command and answers its process number."""
    process = os.fork()
    if process:
        return process
    _become(plan, log, core, group)


def _become(plan: Plan, log: int, core: int | None, group: int | None) -> NoReturn:
    try:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(log, 1)
        os.dup2(log, 2)
        if core is not None:
            os.sched_setaffinity(0, {core})
        if group is not None:
            os.write(group, b"0")
        os.chdir(plan.directory)
        os.execve(plan.command[0], plan.command, dict(plan.variables))  # noqa: S606  no shell: ours
    finally:
        os._exit(126)


def cpu_ns(process: int) -> int:
    """CPU time of all threads of a living process."""
    return time.clock_gettime_ns((~process << 3) | 2)  # CPUCLOCK_SCHED, as clock_getcpuclockid


def ended_children_ns(process: int) -> int:
    """CPU time of the children it has waited for, to the tick."""
    with open(f"/proc/{process}/stat") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[13]) + int(fields[14])) * TICK_NS


def memory(process: int) -> Memory:
    """What the kernel says of the memory of a living process."""
    rollup = _fields(f"/proc/{process}/smaps_rollup", ("Rss", "Pss"))
    peak, anonymous = _fields(f"/proc/{process}/status", ("VmHWM", "RssAnon"))
    return Memory(rollup[0], rollup[1], peak, anonymous)


def _fields(path: str, names: Sequence[str]) -> list[int]:
    found = {}
    with open(path) as file:
        for line in file:
            name, _, rest = line.partition(":")
            if name in names:
                found[name] = int(rest.split()[0])
    return [found[name] for name in names]


def end(process: int) -> int:
    """Ends a process; answers the CPU time of its whole life, with its children's, in ns."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)
    _, _, used = os.wait4(process, 0)
    return round((used.ru_utime + used.ru_stime) * 1e9)
