"""`python -m bench.ingest`: what it costs to read logs into a store, by one process and by several.

Seeded logs of a fleet in each form that logs are saved in; each measurement is a process of its own, on a store of its
own. CPU is of all of its processes.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench import machine
from bench.ingest_logs import FORMS
from hauberk.learn.profile.profile_text import profile_text
from hauberk.learn.records.log import opened
from hauberk.store.part import parts, read
from hauberk.store.store import open_store


def main() -> None:
    """Measure, and print a table or JSON."""
    options = _options()
    if options.measure:
        print(json.dumps(_measured(options.measure, options.workers[0])))
        return
    progress = Console(stderr=True, highlight=False)
    figures = []
    with tempfile.TemporaryDirectory(prefix="hauberk-bench-", dir=options.folder) as folder:
        for number, (form, write) in enumerate(FORMS.items()):
            logs = Path(folder) / f"{number}"
            progress.print(f"[dim]{options.records:,} records as {form} …[/dim]")
            write(logs, options.records, options.seed)
            for workers in options.workers:
                progress.print(f"[dim]{workers}; load {os.getloadavg()[0]:.1f} …[/dim]")
                figures.append({"form": form, **_in_a_process(logs, workers)})
    if options.format == "json":
        print(json.dumps({"machine": machine.description(), "figures": figures}, indent=2))
    else:
        _show(options.records, figures)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.ingest", description=__doc__)
    parser.add_argument("--records", type=int, default=300_000, help="activity records")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="where the logs go while it runs")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def _in_a_process(logs: Path, workers: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.ingest", "--measure", str(logs), "--workers"]
    done = subprocess.run([*command, str(workers)], stdout=subprocess.PIPE, check=True)
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def _measured(logs: Path, workers: int) -> dict[str, Any]:
    size = sum(one.stat().st_size for one in logs.iterdir())
    before = _cpu_s()
    rows = sum(len(read(one).rows) for one in parts(opened(str(logs))))
    read_s = _cpu_s() - before
    with (
        tempfile.TemporaryDirectory(prefix="store-", dir=logs.parent) as folder,
        open_store(Path(folder) / "store") as store,
    ):
        began, cpu = time.perf_counter(), _cpu_s()
        store.ingest(opened(str(logs)), _nothing, workers=workers)
        wall_s, cpu_s = time.perf_counter() - began, _cpu_s() - cpu
        profile = store.profile(_nothing)
    return {
        "workers": workers,
        "read_us": round(read_s / rows * 1e6, 1),
        "megabytes": size >> 20,
        "wall_us": round(wall_s / profile.records * 1e6, 1),
        "cpu_us": round(cpu_s / profile.records * 1e6, 1),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10,
        "records": profile.records,
        "sha256": hashlib.sha256(profile_text(profile).encode()).hexdigest()[:16],
    }


def _cpu_s() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _nothing(done: int, of: int) -> None:
    """Nobody looks on."""


def _show(records: int, figures: list[dict[str, Any]]) -> None:
    table = Table(title=f"{records:,} activity records; {machine.description()}")
    measures = ("wall, µs/record", "CPU, µs/record", "to read alone", "peak memory, MB")
    for column in ("", "MB", "workers", *measures):
        table.add_column(column, justify="left" if not column else "right")
    for one in figures:
        numbers = (
            one[key] for key in ("megabytes", "workers", "wall_us", "cpu_us", "read_us", "peak_mb")
        )
        table.add_row(one["form"], *map(str, numbers))
    Console(highlight=False).print(table)


if __name__ == "__main__":
    main()
