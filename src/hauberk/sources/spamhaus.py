"""Spamhaus DROP as it is published today: a JSON object a line, the last of which says of the list itself."""

import json
from typing import Any

from hauberk.sources.imported import Form, Imported, SourceError, excerpt


def read_spamhaus(text: str, name: str) -> Imported:
    """Read lines with `cidr`, and the line of type `metadata`."""
    imported = Imported(name, Form.SPAMHAUS)
    records = None
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        entry = _entry(line, number, name)
        if entry.get("type") == "metadata":
            imported.stated, records = _number(entry, "timestamp"), _number(entry, "records")
        elif isinstance(entry.get("cidr"), str):
            imported.add(entry["cidr"], number)
        else:
            what = f"neither `cidr` nor metadata: `{excerpt(line)}`"
            raise SourceError(name, number, what, "fetch the list again")
    if records is not None and records != len(imported.prefixes):
        what = f"cut off: {len(imported.prefixes)} of {records} records"
        raise SourceError(name, 0, what, "fetch the list again")
    return imported


def _entry(line: str, number: int, name: str) -> dict[str, Any]:
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError) as error:
        what = f"not JSON: `{excerpt(line)}`"
        raise SourceError(name, number, what, "fetch the list again") from error
    return entry if isinstance(entry, dict) else {}


def _number(entry: dict[str, Any], key: str) -> int | None:
    value = entry.get(key)
    return value if type(value) is int and value >= 0 else None
