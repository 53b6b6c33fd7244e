"""Recorded events of a function, as a person keeps them: a file each, or one a line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hauberk.local.event import event_bytes
from hauberk.local.function import EventError, InputError

LINES = (".jsonl", ".ndjson")
_ENDING = ".json"


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """One event, and how a person finds it again."""

    name: str
    content: bytes


def recorded_events(place: Path) -> tuple[RecordedEvent, ...]:
    """Read one file, or all of a folder in the order of their names. Raises InputError where there is none."""
    events = tuple(event for file in _files(place) for event in _events(file, place))
    if not events:
        raise InputError(
            f"{place}: no event; name a .json file, a .jsonl file with one a line, or a folder of them"
        )
    return events


def _files(place: Path) -> list[Path]:
    if not place.is_dir():
        return [place]
    return sorted(one for one in place.rglob("*") if one.suffix in (_ENDING, *LINES))


def _events(file: Path, place: Path) -> Iterator[RecordedEvent]:
    name = str(file.relative_to(place)) if place.is_dir() else file.name
    try:
        content = file.read_bytes()
    except OSError as error:
        raise InputError(
            f"{file}: {str(error.strerror).lower()}; name a file or folder of events"
        ) from error
    if file.suffix not in LINES:
        yield _checked(name, content)
        return
    for number, line in enumerate(content.split(b"\n"), 1):
        if line.strip():
            yield _checked(f"{name}:{number}", line)


def _checked(name: str, content: bytes) -> RecordedEvent:
    try:
        return RecordedEvent(name, event_bytes(content))
    except EventError as error:
        raise InputError(f"{name}: {error}") from error
