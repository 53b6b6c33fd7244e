"""`python -m bench`: measures what the guard costs, and prints it."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from bench import machine, parts
from bench.arms import unpacked, unprotected
from bench.cgroup import Group, limited_group
from bench.figure import Comparison, Quantity, Report
from bench.measure import stages
from bench.page import write
from bench.parts import Setting
from bench.runtime_api import BenchError
from bench.size import FULL, QUICK, Size
from bench.stage import Machine
from bench.table import page, show
from hauberk.local.attach import own_layer
from hauberk.local.function import LocalError

MEMORY = "memory and log"


def main() -> int:
    """Measure; the status is 0, 1 over budget where that is asked for, 3 where it cannot run."""
    options = _options()
    progress = Console(stderr=True, highlight=False)
    try:
        size = QUICK if options.quick else FULL
        report = _measured(options.layer or own_layer(()), size, options.only, progress)
    except (BenchError, LocalError) as error:
        progress.print(f"[red]nothing was measured:[/red] {error}", markup=True)
        return 3
    if options.format == "json":
        print(json.dumps(_document(report), indent=2, ensure_ascii=False))
    elif options.format == "markdown":
        print(page(report), end="")
    else:
        show(report, Console(highlight=False))
    if options.write:
        write(options.write, page(report))
    return 1 if options.fail_on_budget and report.over else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a first look, within a minute")
    parser.add_argument("--only", help="the parts alone whose names hold this text")
    parser.add_argument("--format", choices=("text", "json", "markdown"), default="text")
    parser.add_argument("--layer", type=Path, help="the layer, a zip file or a folder")
    parser.add_argument("--write", type=Path, help="also put the figures into this page")
    parser.add_argument(
        "--fail-on-budget", action="store_true", help="end with 1 where a figure is over budget"
    )
    return parser.parse_args()


def _measured(layer: Path, size: Size, only: str | None, progress: Console) -> Report:
    began = time.monotonic()
    busy = machine.busy()
    with unpacked(layer) as layers, limited_group() as group:
        cores = machine.cores(group.door)
        refusal = _refusal_of_root(cores)
        setting = Setting(layers, cores, refusal is None, size)
        comparisons, quantities = _figures(setting, group, only, progress)
        conditions = _conditions(setting, group, refusal, busy)
    return Report(
        date=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        machine=machine.description(),
        software=machine.software(),
        conditions=conditions,
        duration_s=time.monotonic() - began,
        comparisons=tuple(comparisons),
        quantities=tuple(quantities),
    )


def _figures(
    setting: Setting, group: Group, only: str | None, progress: Console
) -> tuple[list[Comparison], list[Quantity]]:
    work: list[tuple[str, Callable[[], list[Comparison]]]] = [
        ("cold start, empty handler", lambda: parts.cold(setting, "empty")),
        ("cold start, 2 KB API event", lambda: parts.cold(setting, "event")),
        ("cold start, boto3 client", lambda: parts.cold(setting, "sdk")),
        ("cold start, other ways of the guard", lambda: parts.cold_ways(setting)),
        ("warm, empty handler", lambda: parts.warm(setting, "empty")),
        ("warm, 2 KB API event", lambda: parts.warm(setting, "event")),
        ("warm, 200 opens and 20 processes", lambda: parts.work(setting)),
    ]
    if group.door is not None:
        work.insert(4, ("cold start at 512 MB", lambda: parts.limited(setting)))
    comparisons = []
    quantities = parts.sizes(setting.layers)
    for name, measured in work:
        if only is None or only in name:
            progress.print(f"[dim]{name} …[/dim]")
            comparisons += measured()
    if only is None or only in MEMORY:
        progress.print(f"[dim]{MEMORY} …[/dim]")
        memory, log = parts.soak(setting)
        comparisons, quantities = comparisons + memory, [*quantities, log]
    return comparisons, quantities


def _refusal_of_root(cores: Machine) -> str | None:
    try:
        with stages((unprotected("empty"),), cores, rooted=True):
            return None
    except BenchError as error:
        return str(error).strip()


def _conditions(setting: Setting, group: Group, refusal: str | None, busy: str) -> tuple[str, ...]:
    size: Size = setting.size
    pinned = setting.machine.function_core is not None
    return (
        "AWS's runtime client behind a Runtime API stub of the benchmark's own (next and response "
        "only): bootstrap, wrapper, boot.py, awslambdaric. All files are in the page cache",
        "Lambda's paths are true" if refusal is None else f"no root of its own: {refusal}",
        "function and server on a core each" if pinned else "one core for all: wall time is rough",
        f"at 512 MB: {group.reason}",
        f"bytecode for this Python is {'' if setting.layers.has_bytecode else 'not '}in the layer",
        f"warm: {size.warm_blocks} blocks of {size.warm_block} invocations in each environment; "
        f"memory after {size.soak_invocations:,}",
        busy,
    )


def _document(report: Report) -> dict[str, object]:
    document = dataclasses.asdict(report)
    for name in ("comparisons", "quantities"):
        for shown, figure in zip(document[name], getattr(report, name), strict=True):
            shown["judgement"] = figure.judgement
    return document


if __name__ == "__main__":
    sys.exit(main())
