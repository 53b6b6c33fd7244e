"""`python -m bench.learning`: when learning may stop, what folding and review bring; writes docs/completeness.md."""

import argparse
import dataclasses
import json
import sys
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.curves import drawn
from bench.deployment import Going
from bench.deployment import measured as deployed
from bench.fleet import WORLDS, fleet
from bench.folding import Folding
from bench.folding import measured as folded
from bench.late import measured as came_late
from bench.learning_page import (
    FOLDING_HEAD,
    GOING_HEAD,
    LATE_HEAD,
    OUTCOME_HEAD,
    POISON_HEAD,
    RIVAL_HEAD,
    Attacks,
    folding_rows,
    going_rows,
    late_rows,
    outcome_rows,
    page,
    poison_rows,
    rival_rows,
)
from bench.page import write
from bench.poison import measured as poisoned
from bench.releases import measured as released
from bench.world import SEED, World, measured


def _show(
    worlds: list[World],
    folds: list[Folding],
    attacks: Attacks,
    goings: dict[str, list[Going]],
) -> None:
    console = Console(highlight=False)
    for head, rows in (
        (OUTCOME_HEAD, outcome_rows(worlds)),
        (RIVAL_HEAD, rival_rows(worlds)),
        (FOLDING_HEAD, folding_rows(folds)),
        (POISON_HEAD, poison_rows(attacks.caught)),
        (LATE_HEAD, late_rows(attacks.late)),
        (GOING_HEAD, going_rows(goings)),
    ):
        table = Table(*head)
        for row in rows:
            table.add_row(*row)
        console.print(table)


def main() -> int:
    """Measure, print, and write where that is asked for."""
    parser = argparse.ArgumentParser(prog="bench.learning", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a small fleet, within half a minute")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument(
        "--write", type=Path, help="also put the figures into this page, and curves beside it"
    )
    options = parser.parse_args()
    functions, days = (60, 60) if options.quick else (400, 90)
    began = time.monotonic()
    worlds = [measured(name, functions, days) for name in WORLDS]
    folds = list(folded())
    drawn_fleets = {name: fleet(name, SEED, functions, days) for name in WORLDS}
    late = [came_late(name, one) for name, one in drawn_fleets.items()]
    attacks = Attacks(*poisoned(), late)
    goings = {name: deployed(one, SEED) + released(one, SEED) for name, one in drawn_fleets.items()}
    took = time.monotonic() - began
    if options.format == "json":
        fleets = [dataclasses.asdict(one) for one in worlds]
        told = {
            "fleets": fleets,
            "folding": [dataclasses.asdict(one) for one in folds],
            **dataclasses.asdict(attacks),
            "deployments": [dict(zip(GOING_HEAD, row, strict=True)) for row in going_rows(goings)],
        }
        print(json.dumps(told, indent=2))
    else:
        _show(worlds, folds, attacks, goings)
    if options.write:
        write(options.write, page(worlds, folds, attacks, goings, (functions, days), took))
        options.write.with_suffix(".svg").write_text(drawn(worlds[0].name, worlds[0].played))
    return 0


if __name__ == "__main__":
    sys.exit(main())
