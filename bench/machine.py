"""Which machine this is, by its class and not by its name, and how the benchmark uses it."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path

from bench.stage import Machine


def description() -> str:
    """Processor, cores, memory and kernel."""
    memory_gb = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9
    cores = len(os.sched_getaffinity(0))
    virtual = ", virtual" if "hypervisor" in _cpu("flags").split() else ""
    kernel = ".".join(platform.release().split(".")[:2])
    model = _cpu("model name") or platform.machine()
    return f"{model}, {cores} cores{virtual}, {memory_gb:.0f} GB, Linux {kernel}"


def software() -> str:
    """What ran: Python and AWS's packages."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("awslambdaric", "boto3"))
    return f"Python {platform.python_version()}, {packages}"


def cores(group: int | None) -> Machine:
    """The last core for the function and the first for its server, where there are two."""
    allowed = sorted(os.sched_getaffinity(0))
    if len(allowed) < 2:
        return Machine(None, None, group)
    return Machine(allowed[0], allowed[-1], group)


def busy() -> str:
    """What else the machine did, as its load says."""
    return f"load {os.getloadavg()[0]:.1f} at the start (the benchmark itself makes about 1)"


def _cpu(field: str) -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        name, _, value = line.partition(":")
        if name.strip() == field:
            return value.strip()
    return ""
