"""What the firewall says of lists of one's own, by list and category: an estimate of what it does with the unseen.

    python -m bench.event_list ROWS.jsonl...

A row is `{"payload": ..., "label": "malicious"|"benign", "category": ..., "list": ..., "context": ...}`. Its
`context` is a slot of `hauberk inspect --payload` (absent: a direct invocation; `is_lambda_event`: the payload is the
event). The figures of `docs/detection.md` on unseen lists are of rows that are not part of this repository.
"""

import argparse
import json
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from hauberk._native import Inspector
from hauberk.inspect import event_of_payload


class Count(NamedTuple):
    """How many rows, and how many of them were not allowed, and blocked."""

    rows: int = 0
    told: int = 0
    blocked: int = 0

    def with_verdict(self, verdict: str) -> "Count":
        """Count one row more."""
        return Count(
            self.rows + 1, self.told + (verdict != "allow"), self.blocked + (verdict == "block")
        )

    @property
    def share(self) -> float:
        """Not allowed, in per cent."""
        return 100 * self.told / max(1, self.rows)


def counted(files: list[Path], inspector: Inspector) -> dict[tuple[str, str, str], Count]:
    """Inspect every row; count by what kind of group, its name and the label."""
    counts: dict[tuple[str, str, str], Count] = defaultdict(Count)
    for file in files:
        with file.open("rb") as lines:
            for line in lines:
                row = json.loads(line)
                verdict, _, _ = inspector.inspect(event_of_payload(line))
                label = str(row["label"])
                names = {"list": row.get("list", file.stem), "category": row.get("category", "")}
                for group, name in {**names, "all": "all"}.items():
                    key = (group, str(name), label)
                    counts[key] = counts[key].with_verdict(verdict)
    return counts


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("rows", type=Path, nargs="+")
    counts = counted(parser.parse_args().rows, Inspector())
    table = Table("by", "name", "label", "rows", "not allowed %", "blocked %")
    for (group, name, label), count in sorted(counts.items()):
        blocked = 100 * count.blocked / max(1, count.rows)
        table.add_row(group, name, label, str(count.rows), f"{count.share:.2f}", f"{blocked:.2f}")
    Console().print(table)


if __name__ == "__main__":
    main()
