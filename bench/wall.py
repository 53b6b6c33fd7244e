"""What the second wall adds to a call: `python -m bench.wall`, plain and walled runs of one program in turn.

Walled in detect, and in prevent by the library alone, with a signed policy that lists what the program does.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench.wall_policy import preventing
from hauberk.local.attach import own_layer
from hauberk.local.folders import layer_folder

PROGRAM = Path(__file__).with_name("wall.c")
LIBRARY = "hauberk/lib/libhauberk_wall.so"
RUNS = 7
START = "start of a program, its life included"


def main() -> int:
    """Compile, run, print the smallest of all runs; 3 where there is no compiler of C."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        program, work = folder / "program", folder / "work"
        work.mkdir()
        try:
            subprocess.run(["cc", "-O1", str(PROGRAM), "-o", str(program)], check=True)
            empty = empty_library(work)
        except OSError as error:
            print(f"no compiler of C: {error}", file=sys.stderr)
            return 3
        wall = layer_folder((own_layer(()),), folder) / LIBRARY
        prevent = {**preventing(wall, work, "localhost"), "HAUBERK_KERNEL": "off"}
        empty_one = {"LD_PRELOAD": str(empty)}
        sides: tuple[dict[str, str], ...] = ({}, walled(wall), prevent, empty_one)
        runs = [[run(program, work, one, empty) for one in sides] for _ in range(RUNS)]
    plain, detect, prevents, floor = (best(side) for side in zip(*runs, strict=True))
    print("| call | plain, ns | in detect, added | in prevent, added |\n|---|---|---|---|")
    for name, before in plain.items():
        show(name, before, detect[name], prevents[name])
    show(f"{START}, below an empty library", plain[START], floor[START])
    return 0


def show(name: str, before: int, *after: int) -> None:
    """One row of the table."""
    added = [f"{one - before:+,} ({one / before:.2f})" for one in after]
    print(f"| {name} | {before:,} | {' | '.join((*added, '')[:2])} |")


def empty_library(folder: Path) -> Path:
    """A library that holds nothing and needs nothing: what any that is preloaded costs."""
    source, library = folder / "empty.c", folder / "empty.so"
    source.write_text("int nothing;\n")
    subprocess.run(["cc", "-shared", "-nostdlib", str(source), "-o", str(library)], check=True)
    return library


def walled(library: Path) -> dict[str, str]:
    """The variables by which the wall stands alone."""
    return {"LD_PRELOAD": str(library), "HAUBERK_MODE": "detect"}


def run(program: Path, folder: Path, settings: dict[str, str], *library: Path) -> dict[str, int]:
    """Nanoseconds by call; of more calls with a library that is loaded."""
    environment = {"PATH": os.environ["PATH"], **settings}
    command = [program, folder, *library]
    said = subprocess.run(
        command, env=environment, check=True, capture_output=True, text=True
    ).stdout
    pairs = (line.split("\t") for line in said.splitlines())
    return {name: int(cost) for name, cost in pairs}


def best(runs: Sequence[dict[str, int]]) -> dict[str, int]:
    """The smallest cost of each call: what is more is other programs' work."""
    return {name: min(run[name] for run in runs) for name in runs[0]}


if __name__ == "__main__":
    sys.exit(main())
