"""What the flow decisions find, and what they take for an injection though it is none.

    python -m bench.flow PAYLOADS.jsonl [--show SINK]

All payloads, benign and malicious, are put into every slot of `bench.flow_slots` that their sink has; the slot's
oracle, which shares nothing with the native core, says whether the payload leaves the slot. So a benign text that
is pasted raw and breaks a query counts as found, and an attack that was escaped properly as false.

The sources of the payloads and the slots are split in halves, a and b: "a in a" is what was looked at while the
rules were written, "b in b" is the estimate for what was not.
"""

import argparse
import json
import zlib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bench.flow_oracles import has_operator
from bench.flow_slots import SLOTS, Slot
from hauberk._native import flow

LONGEST_PATH = 4_000
NATURAL = Path(__file__).with_name("flow_natural.txt")


class Payload(NamedTuple):
    """What goes into a slot, and the half that its source belongs to."""

    text: str
    is_benign: bool
    half: str


class Case(NamedTuple):
    """A payload in a slot, the oracle's answer and ours."""

    sink: str
    where: str
    shown: str
    is_injection: bool
    reason: str | None
    halves: str

    @property
    def is_wrong(self) -> bool:
        """Do oracle and core disagree?"""
        return self.is_injection != (self.reason is not None)


def _half(text: str) -> str:
    return "ab"[zlib.crc32(text.encode()) & 1]


def payloads_of(rows: list[dict[str, object]]) -> list[Payload]:
    """Every text of the rows once, and the natural ones of our own."""
    texts: dict[str, Payload] = {}
    for row in rows:
        text = row["payload"]
        if isinstance(text, str) and text:
            half = _half(str(row["source"]))
            texts.setdefault(text, Payload(text, row["label"] == "benign", half))
    for number, text in enumerate(NATURAL.read_text().splitlines()):
        texts.setdefault(text, Payload(text, True, "ab"[number & 1]))
    return list(texts.values())


def _ask(slot: Slot, payload: Payload, halves: str) -> Case | None:
    text = payload.text
    if slot.sink != "path" and "\0" in text:
        return None
    is_injection = slot.leaves(text)
    filled = slot.filled(text)
    if is_injection is None or (slot.sink == "path" and len(filled[0]) > LONGEST_PATH):
        return None
    reason = flow(slot.sink, filled, json.dumps(text).encode(), slot.dialect)
    return Case(slot.sink, f"{slot.template} {slot.dialect}", text, is_injection, reason, halves)


def cases(rows: list[dict[str, object]]) -> Iterator[Case]:
    """Put every payload into every slot; what an oracle cannot tell is left out."""
    payloads = payloads_of(rows)
    for number, slot in enumerate(SLOTS):
        for payload in payloads:
            case = _ask(slot, payload, payload.half + "ab"[number & 1])
            if case is not None:
                yield case
    yield from _filters(rows)


def _filters(rows: list[dict[str, object]]) -> Iterator[Case]:
    """Objects and texts as values of a filter of a document database."""
    for row in rows:
        value = row["payload"]
        is_injection = has_operator(value)
        if is_injection is None:
            continue
        given = json.dumps({"active": True, "name": value}).encode()
        reason = flow("nosql", [given], json.dumps(value).encode(), "any")
        half = _half(str(row["source"]))
        yield Case("nosql", '{"name": …}', json.dumps(value), is_injection, reason, half * 2)


def _line(name: str, found: list[Case]) -> str:
    bad = [one for one in found if one.is_injection]
    good = [one for one in found if not one.is_injection]
    missed, false = (sum(one.is_wrong for one in some) for some in (bad, good))
    caught = 100 * (len(bad) - missed) / max(len(bad), 1)
    wrong = 100 * false / max(len(good), 1)
    return f"{name:<16} found {caught:7.3f} % of {len(bad):>7,}   false {wrong:6.3f} % of {len(good):>7,}"


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("payloads", type=Path)
    parser.add_argument("--show", help="print the wrong answers of this sink")
    parser.add_argument("--every", type=int, default=1, help="take every so many payloads only")
    parser.add_argument("--half", default="", help="print only those of these halves, such as aa")
    wanted = parser.parse_args()
    rows = [json.loads(line) for line in wanted.payloads.read_text().splitlines()]
    sinks: dict[str, list[Case]] = defaultdict(list)
    for one in cases(rows[:: wanted.every]):
        sinks[one.sink].append(one)
        if wanted.show == one.sink and one.is_wrong and one.halves.startswith(wanted.half):
            kind = "missed" if one.is_injection else "false "
            print(kind, json.dumps((one.where, one.shown[:200], one.reason)))
    for sink, found in sinks.items():
        print(_line(sink, found))
        for halves in ("aa", "ab", "ba", "bb"):
            some = [one for one in found if one.halves == halves]
            print(_line(f"  {halves[0]} in {halves[1]}", some))


if __name__ == "__main__":
    main()
