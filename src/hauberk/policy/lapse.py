"""What of a compiled policy is in force at a time, as the guard decides at its start."""

from collections.abc import Mapping
from typing import Any


def in_force(document: Mapping[str, Any], now: int) -> dict[str, Any]:
    """Leave out the rules and exclusions whose time is over at `now`, in seconds since 1970."""
    kept = {
        section: [one for one in document[section] if not is_over(one, now)]
        for section in ("rules", "exclusions")
        if section in document
    }
    return {**document, **kept}


def is_over(one: Mapping[str, Any], now: int) -> bool:
    """Is the time of a compiled rule or exclusion over?"""
    expires = one.get("expires")
    return expires is not None and bool(expires <= now)
