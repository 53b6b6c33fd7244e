"""Logs of a fleet, the same for the same seed: 400 functions, 25 days, thirty activities in each environment.

An environment does ten common things and twenty of a hundred and twenty rare ones; its records have the sizes and the
stacks that the guard's have.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path

ACTS = 30
_FUNCTIONS = 400
_KINDS = ("process", "file", "api", "host", "address", "code")
_OPERATIONS = ("start", "read", "s3:GetObject", "resolve", "connect", "load")
_TARGETS = (
    "/var/task/bin/tool-{}",
    "/var/task/data/templates/{}.json",
    "arn:aws:s3:::orders-in-europe/{}.png",
    "h{}.example.com",
    "10.0.0.{}:5432",
    "/var/task/lib/module-{}.so",
)
_ABOVE = ("/var/task/app.py:12 handler", "/var/runtime/bootstrap.py:60 main")

Stream = tuple[str, list[str]]  # its name, its lines


def write_text(folder: Path, records: int, seed: int) -> None:
    """Write one file for each log stream, as Lambda writes it."""
    folder.mkdir()
    for number, (_, lines) in enumerate(_streams(records, seed)):
        (folder / f"{number:06}.log").write_text("".join(f"{one}\n" for one in lines))


def write_printed(folder: Path, records: int, seed: int) -> None:
    """Write what `aws logs filter-log-events --filter-pattern HAUBERK1` prints: one document."""
    folder.mkdir()
    with (folder / "events.json").open("w") as file:
        file.write('{\n    "events": [\n')
        for number, event in enumerate(_events(records, seed)):
            text = json.dumps(event, indent=4).replace("\n", "\n        ")
            file.write(f"{',' if number else ''}\n        {text}".lstrip("\n"))
        file.write("\n    ]\n}\n")


def write_events(folder: Path, records: int, seed: int) -> None:
    """Write the same, one event a line."""
    folder.mkdir()
    with (folder / "events.jsonl").open("w") as file:
        file.writelines(json.dumps(one) + "\n" for one in _events(records, seed))


FORMS: dict[str, Callable[[Path, int, int], None]] = {
    "text, a file for each stream": write_text,
    "JSON as it is printed": write_printed,
    "JSON, one event a line": write_events,
}


def _event(stream: str, line: str) -> dict[str, object]:
    at = {"timestamp": 1_790_000_000_000, "ingestionTime": 1_790_000_000_040}
    return {"logStreamName": stream, **at, "message": line + "\n", "eventId": "3" * 56}


def _events(records: int, seed: int) -> Iterator[dict[str, object]]:
    for name, lines in _streams(records, seed):
        yield from (_event(name, line) for line in lines if "HAUBERK1" in line)


def _streams(records: int, seed: int) -> Iterator[Stream]:
    chance = random.Random(seed)
    for number in range(-(-records // ACTS)):
        yield _stream(chance, number)


def _stream(chance: random.Random, number: int) -> Stream:
    token = f"{chance.getrandbits(128):032x}"
    name = f"2026/11/{1 + number % 25:02}/[3]{token}"
    of_all = {
        "environment": token,
        "function": f"function-{int(_FUNCTIONS * chance.random() ** 3)}",
        "version": "3",
    }
    minute = f"2026-11-{1 + number % 25:02}T{chance.randrange(24):02}:{chance.randrange(60):02}"
    coverage = dict.fromkeys(_KINDS, "armed")
    said = {"state": "armed", "message": "detect: armed", "coverage": coverage, "stream": name}
    lines = [_record(chance, "status", f"{minute}:00.123Z", {**of_all, "request_id": "", **said})]
    for invocation in range(3):
        request = f"4f6b8c1e-8a33-4f0e-9c59-{chance.getrandbits(48):012x}"
        lines.append(f"START RequestId: {request} Version: 3")
        of_all["caller"] = f"{hash((number, invocation)) % 4096:03x}"
        for act in range(invocation * 10, invocation * 10 + 10):
            fields = {**of_all, "request_id": request, **_act(chance, act)}
            lines.append(_record(chance, "activity", f"{minute}:{act:02}.123Z", fields))
        lines.append(f"END RequestId: {request}")
    return name, lines


def _act(chance: random.Random, act: int) -> dict[str, object]:
    is_common = act < 10
    which = act if is_common else chance.randrange(10, 130)
    line = chance.randrange(90)
    return {
        "kind": _KINDS[act % 6],
        "operation": _OPERATIONS[act % 6],
        "target": _TARGETS[act % 6].format(which),
        "reason": "learning",
        "stack": [
            "/var/lang/lib/python3.13/pathlib.py:1027 open",
            "/var/task/app/render.py:17 load",
            f"/var/task/app/handlers.py:{line} order",
            *_ABOVE,
        ],
    }


def _record(chance: random.Random, type_: str, at: str, fields: dict[str, object]) -> str:
    begins = {"timestamp": at, "level": "ERROR", "hauberk": "HAUBERK1", "type": type_}
    record = {**begins, "id": f"{chance.getrandbits(64):016x}", **fields}
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))
