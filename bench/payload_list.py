"""What the firewall finds of plain lists of attacks, each sent as a query's value and as a form's.

    python -m bench.payload_list LIST.txt...

A list has one payload a line. The figures of `docs/detection.md` are those of the WAF Payload Collection
(mgm security partners, 2022: nuclei/payloads/*/true-positives.txt, 36,962 lines), which is not part of this repository.
"""

import argparse
import json
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from hauberk._native import Inspector
from hauberk.inspect.slot import SLOTS

PLACES = {"query": SLOTS["apigw_rest_query"], "form": SLOTS["apigw_http_body_form"]}


class Found(NamedTuple):
    """How many of a list's lines were not allowed in each place."""

    lines: int
    places: dict[str, int]


def payloads(file: Path) -> list[str]:
    """Give the lines that hold something."""
    return [line for line in file.read_text(errors="replace").split("\n") if line]


def found(inspector: Inspector, lines: list[str], show: bool) -> Found:
    """Inspect each line in each place."""
    counts = dict.fromkeys(PLACES, 0)
    for line in lines:
        for place, event in PLACES.items():
            verdict, _, _ = inspector.inspect(json.dumps(event(line)).encode())
            counts[place] += verdict != "allow"
            if show and verdict == "allow":
                print(place, json.dumps(line)[:300])
    return Found(len(lines), counts)


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("lists", type=Path, nargs="+")
    parser.add_argument("--show", action="store_true", help="print what is allowed")
    wanted = parser.parse_args()
    inspector = Inspector()
    counted = {file: found(inspector, payloads(file), wanted.show) for file in wanted.lists}
    table = Table("list", "lines", *(f"as {place} %" for place in PLACES))
    for file, one in counted.items():
        table.add_row(str(Path(*file.parts[-2:])), str(one.lines), *_shares([one]))
    table.add_row(
        "all", str(sum(one.lines for one in counted.values())), *_shares(list(counted.values()))
    )
    Console().print(table)


def _shares(counts: list[Found]) -> list[str]:
    lines = max(1, sum(one.lines for one in counts))
    return [f"{100 * sum(one.places[place] for one in counts) / lines:.2f}" for place in PLACES]


if __name__ == "__main__":
    main()
