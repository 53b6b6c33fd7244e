"""Recorded events of a function, as a person keeps them: a file each, or one a line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hauberk.local.event import named_event
from hauberk.local.function import InputError

LINES = (".jsonl", ".ndjson")
_ENDING = ".json"
_FORMS = "no event; name a .json file, a .jsonl file with one a line, or a folder of them"


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """One event, and how a person finds it again."""

    name: str
    content: bytes


def recorded_events(place: Path) -> tuple[RecordedEvent, ...]:
    """Read one file, or all of a folder in the order of their names. Raises InputError where there is none."""
    events = tuple(event for file in _files(place) for event in _events(file, place))
    if not events:
        raise InputError(f"{place}: {_FORMS}")
    return events


def _files(place: Path) -> list[Path]:
    if not place.is_dir():
        if place.is_file() and place.suffix not in (_ENDING, *LINES):
            raise InputError(f"{place}: {_FORMS}")
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
    return RecordedEvent(name, named_event(content, name))
