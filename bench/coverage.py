"""`python -m bench.coverage`: where the bound of a single kind is true, in fleets so large that chance moves it little.

The worst of thirty-six shares, six kinds on six days, is low by chance alone where each is of 400 functions, by two of
a hundred. These are of 2,000.
"""

import argparse

import numpy as np
from rich.console import Console
from rich.table import Table

from bench import machine
from bench.fleet import KINDS, WORLDS, Floats, fleet
from bench.stopping import History, bounds
from bench.world import FLEETS, LOOKS, SEED
from hauberk.model.kind import Kind

_KINDS = tuple(Kind)


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(prog="bench.coverage", description=__doc__)
    parser.add_argument("--functions", type=int, default=2000)
    options = parser.parse_args()
    table = Table("fleet", "rule", "true on the worst day", "of the worst kind and day", "which")
    for world in WORLDS:
        history = History(fleet(world, SEED, options.functions, LOOKS[-1]))
        for told, size in FLEETS.items():
            shares = _shares(history, size)
            day, kind = np.unravel_index(shares.argmin(), shares.shape)
            which = f"{_KINDS[kind]}, day {LOOKS[day]}"
            least = f"{shares.mean(1).min():.1%}"
            table.add_row(world, f"the bound, {told}", least, f"{shares.min():.1%}", which)
    Console(highlight=False).print(
        f"{options.functions:,} functions; {machine.description()}", table
    )


def _shares(history: History, size: int) -> Floats:
    """Give, by day and kind, the share of functions of which the stated bound is true."""
    stated = bounds(history, fleet_size=size)
    is_true = (stated >= history.truth)[:, [day - 1 for day in LOOKS]]
    return np.array([is_true[history.kind == kind].mean(0) for kind in range(KINDS)]).T


if __name__ == "__main__":
    main()
