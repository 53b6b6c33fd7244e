"""`python -m bench.store`: how long activity records take to become profiles or to be replayed, and how much memory.

Seeded records of a fleet are written straight into a store's segments; each measurement is a process of its own, so
that its greatest memory is its own too. Does not see what reading logs costs.
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
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench import machine
from bench.store_fleet import FUNCTIONS, write_fleet
from hauberk.learn.profile.profile_text import profile_text
from hauberk.model.kind import Kind
from hauberk.policy.decision import Decider
from hauberk.replay.replayed import replay
from hauberk.replay.stored import history
from hauberk.store.engine import files
from hauberk.store.segment import segments
from hauberk.store.store import Store, open_store

PLAIN = "SELECT function, version, kind, operation, target, count(*) FROM {} WHERE sort <= 1 GROUP BY ALL"


def main() -> None:
    """Measure, and print a table or JSON."""
    options = _options()
    if options.measure:
        print(json.dumps(_MEASURED[options.measure](options.store)))
        return
    progress = Console(stderr=True, highlight=False)
    with tempfile.TemporaryDirectory(prefix="hauberk-bench-", dir=options.folder) as folder:
        root = options.store or Path(folder) / "store"
        if not root.exists():
            progress.print(f"[dim]{options.records:,} records …[/dim]")
            write_fleet(root, options.records, options.seed)
        figures = {name: _in_a_process(name, root, progress) for name in _MEASURED}
    if options.format == "json":
        print(json.dumps({"machine": machine.description(), "figures": figures}, indent=2))
    else:
        _show(options.records, figures)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.store", description=__doc__)
    parser.add_argument("--records", type=int, default=20_000_000, help="activity records")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="where the records go while it runs")
    parser.add_argument("--store", type=Path, help="a store to keep, or to measure again")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument("--measure", choices=tuple(_MEASURED), help=argparse.SUPPRESS)
    return parser.parse_args()


def _in_a_process(name: str, root: Path, progress: Console) -> dict[str, Any]:
    progress.print(f"[dim]{name}; load {os.getloadavg()[0]:.1f} …[/dim]")
    command = [sys.executable, "-m", "bench.store", "--measure", name, "--store", str(root)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def _plain(root: Path) -> dict[str, Any]:
    """A grouped query over the same segments, which believes everything."""
    with open_store(root) as store:
        paths = [store.segments / one.name for one in segments(store.segments)]
        query = PLAIN.format(files(paths))
        return _timed(
            lambda: store.connection.execute(f"SELECT count(*) FROM ({query})").fetchone()
        )


def _profiles(root: Path) -> dict[str, Any]:
    """All profiles, with nothing kept of earlier ones."""
    with open_store(root) as store:
        for piece in store.pieces.iterdir():
            piece.unlink()
        return _profiled(store)


def _profiles_again(root: Path) -> dict[str, Any]:
    """All profiles, where no segment is new."""
    with open_store(root) as store:
        return _profiled(store)


def _profiled(store: Store) -> dict[str, Any]:
    profile: list[Any] = []
    figures = _timed(lambda: profile.append(store.profile(_nothing)))
    text = profile_text(profile[0]).encode()
    versions = [one for function in profile[0].functions.values() for one in function.versions]
    return {
        **figures,
        "records": profile[0].records,
        "functions": len(profile[0].functions),
        "activities": sum(len(one.seen) for one in versions),
        "sha256": hashlib.sha256(text).hexdigest()[:16],
    }


def _replayed(root: Path) -> dict[str, Any]:
    """All activities put to a policy for each function, 16 entries a kind, which blocks most different ones."""
    rare = [f"* /var/task/rare/{act}/?" for act in range(10, 25)]
    allowlist = {kind.value: ["* /var/task/common/*", *rare] for kind in _WITH_PATHS}
    deciders = {}
    for name in (f"function-{number}" for number in range(FUNCTIONS)):
        document = {"hauberk": 1, "function": name, "mode": "prevent", "allowlist": allowlist}
        deciders[name] = Decider(document)
    with open_store(root) as store:
        answer: list[Any] = []
        figures = _timed(
            lambda: answer.append(replay(history(store, trust_unannounced=False), deciders))
        )
    return {**figures, "activities": sum(one.things for one in answer[0].deciding.values())}


def _timed(work: Callable[[], object]) -> dict[str, Any]:
    began, cpu = time.perf_counter(), time.process_time()
    work()
    wall, used = time.perf_counter() - began, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"wall_s": round(wall, 2), "cpu_s": round(used, 2), "peak_mb": peak // 1024}


def _nothing(done: int, of: int) -> None:
    """Nobody looks on."""


_WITH_PATHS = (Kind.PROCESS, Kind.FILE, Kind.CODE)
_MEASURED: dict[str, Callable[[Path], dict[str, Any]]] = {
    "plain grouped query": _plain,
    "profiles": _profiles,
    "profiles again": _profiles_again,
    "replay": _replayed,
}


def _show(records: int, figures: dict[str, dict[str, Any]]) -> None:
    table = Table(title=f"{records:,} activity records; {machine.description()}")
    for column in ("", "wall, s", "CPU, s", "peak memory, MB", "activities"):
        table.add_column(column, justify="left" if not column else "right")
    for name, one in figures.items():
        activities = f"{one['activities']:,}" if "activities" in one else ""
        table.add_row(
            name, f"{one['wall_s']}", f"{one['cpu_s']}", f"{one['peak_mb']:,}", activities
        )
    Console(highlight=False).print(table)


if __name__ == "__main__":
    main()
