"""What the kernel's wall adds to the second one: `python -m bench.kernel`, pairs of runs without it and with it.

Both run in prevent below the same signed policy, which lists what the program does; HAUBERK_KERNEL=off is the one
difference. Each pair is one run right after the other.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.paired import compare
from bench.wall import LIBRARY, PROGRAM, run
from bench.wall_policy import preventing
from hauberk.local.attach import own_layer
from hauberk.local.folders import layer_folder

PAIRS = 15
STARTS = 60


def main() -> int:
    """Compile, run in pairs, print medians; 3 where there is no compiler of C."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "work").mkdir()
        program = folder / "program"
        try:
            subprocess.run(["cc", "-O1", str(PROGRAM), "-o", str(program)], check=True)
        except OSError as error:
            print(f"no compiler of C: {error}", file=sys.stderr)
            return 3
        wall = layer_folder((own_layer(()),), folder) / LIBRARY
        held = preventing(wall, folder / "work")
        free = {**held, "HAUBERK_KERNEL": "off"}
        print(what_is_held(held))
        calls = [
            [run(program, folder / "work", side) for side in (free, held)] for _ in range(PAIRS)
        ]
        starts = [[started(side) for side in (free, held)] for _ in range(STARTS)]
    print("| call | without, ns | with, ns | added (95 %), ns |\n|---|---|---|---|")
    for name in calls[0][0]:
        show(name, [[float(side[name]) for side in pair] for pair in calls])
    show("start of the first process, its life included", starts)
    return 0


def what_is_held(side: dict[str, str]) -> str:
    """The wall's first record."""
    said = subprocess.run(["/usr/bin/true"], env=side, check=True, capture_output=True, text=True)
    return said.stderr.strip()


def started(side: dict[str, str]) -> float:
    """Nanoseconds of CPU of a process that does nothing."""
    silent = [(os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0)]
    child = os.posix_spawn("/usr/bin/true", ["true"], side, file_actions=silent)
    used = os.wait4(child, 0)[2]
    return (used.ru_utime + used.ru_stime) * 1e9


def show(name: str, pairs: list[list[float]]) -> None:
    """One line of the table."""
    found = compare([one for one, _ in pairs], [other for _, other in pairs])
    added = f"{found.added.median:+,.0f} ({found.added_low:+,.0f} to {found.added_high:+,.0f})"
    print(f"| {name} | {found.without.median:,.0f} | {found.with_guard.median:,.0f} | {added} |")


if __name__ == "__main__":
    sys.exit(main())
