"""What the guard said was wrong when it started, for a person who does not read the whole log."""

from __future__ import annotations

import json
from collections.abc import Iterator

from hauberk.model.record import WORD, RecordType


def troubles(log: str) -> Iterator[str]:
    """Say what kept the guard or its policy from being in force, by the log of an init.

    Only the lines before the first invocation are read: later ones may be a stranger's text.
    """
    for line in log.splitlines():
        if line.startswith("START RequestId: "):
            return
        record = _record(line)
        message = record.get("message")
        if record.get("level") == "FATAL" and isinstance(message, str):
            yield message.removeprefix(f"{record.get('mode')}: ")


def _record(line: str) -> dict[str, object]:
    if WORD not in line:
        return {}
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    is_status = isinstance(record, dict) and record.get("type") == RecordType.STATUS
    return record if is_status else {}
