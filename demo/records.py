"""Hauberk's records, as a reader of the log finds them."""

import json
from dataclasses import dataclass

from hauberk.model.record import WORD


@dataclass(frozen=True, slots=True)
class Record:
    """One record: what the demonstration asks of it, and its line."""

    type: str
    level: str
    request_id: str
    detector: str
    reason: str
    line: str

    @property
    def blocked(self) -> bool:
        """Did Hauberk block what this record tells of?"""
        return self.type == "detection" and self.level == "FATAL"


def read(log: str) -> tuple[Record, ...]:
    """The records among the lines of `log`."""
    lines = (line for line in log.splitlines() if WORD in line)
    return tuple(record for line in lines if (record := _record(line)))


def detections(log: str, request_id: str) -> tuple[Record, ...]:
    """The detections in `log` that belong to one request."""
    return tuple(
        record
        for record in read(log)
        if record.type == "detection" and record.request_id == request_id
    )


def _record(line: str) -> Record | None:
    start = line.find("{")
    try:
        fields = json.loads(line[start:])
    except ValueError:
        return None
    if not isinstance(fields, dict) or fields.get("hauberk") != WORD:
        return None
    return Record(
        type=str(fields.get("type", "")),
        level=str(fields.get("level", "")),
        request_id=str(fields.get("request_id", "")),
        detector=str(fields.get("detector", "")),
        reason=str(fields.get("reason", "")),
        line=line[start:],
    )
