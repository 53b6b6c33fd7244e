"""What the firewall finds in labelled payloads, and what it takes for an attack though it is none.

    python -m bench.firewall PAYLOADS.jsonl [--by source|kind] [--show GROUP] [--format json]

A row has `payload`, `label` (malicious or benign), `category`, `tier`, `context`, `source`. Each is put into an
event of its context and inspected as `hauberk inspect --payload` does; found is what is not allowed.
"""

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table

from hauberk._native import Inspector
from hauberk.inspect import event_of_payload

FAMILY = {"java": "deserialization"}  # few rows, the same attack


class Seen(NamedTuple):
    """A row, and what the firewall said of it."""

    row: dict[str, Any]
    verdict: str
    detections: list[dict[str, Any]]

    @property
    def is_attack(self) -> bool:
        """Whether its label says so."""
        return bool(self.row["label"] == "malicious")

    @property
    def group(self) -> str:
        """The category of an attack, the tier of what is benign."""
        if self.is_attack:
            return str(FAMILY.get(self.row["category"], self.row["category"]))
        return f"benign {self.row['tier']}"


class Rate(NamedTuple):
    """How many of how many were not allowed, and blocked."""

    rows: int
    found: int
    blocked: int

    @property
    def share(self) -> float:
        """Found, in per cent."""
        return 100 * self.found / max(1, self.rows)


def rules_alone() -> Inspector:
    """Give a firewall without the resemblance model: what it says counts for nothing, wherever it is."""
    families = ("sql-injection", "cross-site-scripting", "shell-injection", "path-traversal")
    parameters = {"**": {"lowered": {f"resembles-{name}": 0 for name in families}}}
    policy = {"hauberk": 1, "function": "any", "mode": "prevent", "parameters": parameters}
    return Inspector(json.dumps(policy).encode())


def inspected(file: Path, inspector: Inspector) -> Iterator[Seen]:
    """Inspect every row of a file."""
    with file.open("rb") as lines:
        for line in lines:
            verdict, detections, _ = inspector.inspect(event_of_payload(line))
            yield Seen(json.loads(line), verdict, detections)


def rate(seen: list[Seen]) -> Rate:
    """Count what was found."""
    found = [one for one in seen if one.verdict != "allow"]
    return Rate(len(seen), len(found), sum(one.verdict == "block" for one in found))


def grouped(seen: list[Seen], key: str) -> dict[str, Rate]:
    """Count by group, by source or by kind."""
    groups: dict[str, list[Seen]] = defaultdict(list)
    for one in seen:
        label = "attack" if one.is_attack else "benign"
        name = one.group if key == "group" else f"{label} {one.row.get(key)}"
        groups[name].append(one)
    return {name: rate(members) for name, members in sorted(groups.items())}


def totals(seen: list[Seen]) -> dict[str, float]:
    """The figures that engines are compared by, in per cent; attacks of tier `core` only."""
    core = [one for one in seen if one.is_attack and one.row["tier"] == "core"]
    benign = [one for one in seen if not one.is_attack]
    by_category = grouped(core, "group").values()
    found, false = rate(core).share, rate(benign).share
    return {
        "found, micro": found,
        "found, macro": sum(one.share for one in by_category) / max(1, len(by_category)),
        "false": false,
        "balanced accuracy": (found + 100 - false) / 2,
    }


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("payloads", type=Path)
    parser.add_argument("--by", choices=["group", "source", "kind"], default="group")
    parser.add_argument(
        "--show", help="print the errors of this group: attacks missed, benign taken"
    )
    parser.add_argument("--format", choices=["text", "json"], default="text")
    parser.add_argument(
        "--rules-alone",
        action="store_true",
        help="without the resemblance model, which was trained on such rows",
    )
    wanted = parser.parse_args()
    inspector = rules_alone() if wanted.rules_alone else Inspector()
    seen = list(inspected(wanted.payloads, inspector))
    if wanted.show:
        for one in seen:
            if one.group == wanted.show and one.is_attack == (one.verdict == "allow"):
                rules = [(hit["confidence"], *hit["rules"]) for hit in one.detections]
                print(one.row["context"], rules, json.dumps(one.row["payload"])[:300])
        return
    if wanted.format == "json":
        rates = {name: one._asdict() for name, one in grouped(seen, wanted.by).items()}
        json.dump({"totals": totals(seen), wanted.by: rates}, sys.stdout, indent=2)
        return
    table = Table("", "rows", "found %", "blocked %", title="not allowed", title_justify="left")
    for name, counted in grouped(seen, wanted.by).items():
        table.add_row(
            name,
            str(counted.rows),
            f"{counted.share:.1f}",
            f"{100 * counted.blocked / counted.rows:.1f}",
        )
    Console().print(table)
    print("   ".join(f"{name} {value:.2f} %" for name, value in totals(seen).items()))


if __name__ == "__main__":
    main()
