"""MISP: events as its API and its feeds give them, and its warning lists.

Sees:         `ip-src`, `ip-dst` and both with a port, where they are `to_ids` and not deleted, in events and objects
Does not see: other attributes; correlations and sightings
"""

from collections.abc import Iterator
from typing import Any

from hauberk.sources.imported import Form, Imported

_TYPES = ("ip-src", "ip-dst", "ip-src|port", "ip-dst|port")
_MOST_LEVELS = 8  # lists, response, Event, Object, Attribute, and room


def read_misp(document: Any, name: str) -> Imported:
    """Read one event, several, or attributes; a feed's manifest holds none."""
    imported = Imported(name, Form.MISP)
    for place, (attribute, stated) in enumerate(_attributes(document, None, 0), 1):
        reason = _unfit(attribute)
        if reason:
            imported.left_out[reason] += 1
            continue
        imported.add(attribute["value"].split("|")[0].strip(), place)
        if stated is not None:
            imported.stated = max(imported.stated or 0, stated)
    return imported


def read_warning_list(document: Any, name: str) -> Imported:
    """Read a warning list: addresses that are well known and harmless."""
    imported = Imported(name, Form.WARNING_LIST)
    for place, entry in enumerate(document["list"], 1):
        if isinstance(entry, str):
            imported.add(entry.strip(), place)
    return imported


def _attributes(
    value: Any, stated: int | None, level: int
) -> Iterator[tuple[dict[str, Any], int | None]]:
    """Each attribute, with the time of its event."""
    if level > _MOST_LEVELS:
        return
    for one in _inner(value):
        yield from _attributes(one, stated, level + 1)
    if isinstance(value, dict) and not _is_envelope(value):
        times = (_seconds(value.get(key)) for key in ("publish_timestamp", "timestamp"))
        stated = next((time for time in times if time), stated)
        for one in _list(value.get("Object")):
            yield from _attributes(one, stated, level + 1)
        for one in _list(value.get("Attribute")):
            if isinstance(one, dict):
                yield one, stated


def _is_envelope(value: dict[str, Any]) -> bool:
    return "Event" in value or "response" in value


def _inner(value: Any) -> list[Any]:
    """What a list holds, or the event in an envelope."""
    if isinstance(value, dict) and _is_envelope(value):
        return [value.get("Event", value.get("response"))]
    return _list(value)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _unfit(attribute: dict[str, Any]) -> str | None:
    if attribute.get("type") not in _TYPES or not isinstance(attribute.get("value"), str):
        return "no address"
    if attribute.get("deleted") in (True, 1, "1"):
        return "deleted"
    return None if attribute.get("to_ids") in (True, 1, "1") else "not for detection (to_ids)"


def _seconds(value: Any) -> int | None:
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 12 else None
