"""STIX 2.0 and 2.1: the addresses of indicators whose pattern is met by an address alone.

Sees:         `ipv4-addr:value` and `ipv6-addr:value` compared with `=`, `IN` and `ISSUBSET`, joined by `OR`
Does not see: patterns that need more (AND, NOT, FOLLOWEDBY, WITHIN, REPEATS, START), other comparisons, other languages
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from hauberk.sources.imported import Form, Imported

# A pattern is as many of these as it takes, and nothing else.
_TOKEN = re.compile(
    r"\s*(?:(?P<sign>[\[\]()])|(?P<word>OR|IN|ISSUBSET)\b|(?P<sign2>[=,])"
    r"|(?P<text>'(?:[^'\\]|\\.)*')|(?P<path>[A-Za-z0-9-]+:[^\s=<>!()\[\]']+))"
)
_ADDRESSES = ("ipv4-addr:value", "ipv6-addr:value")
_LONGEST_PATTERN = 64 << 10


def read_stix(document: Any, name: str, now: int) -> Imported:
    """Read a bundle, or a page of objects of a TAXII server."""
    imported = Imported(name, Form.STIX)
    for place, one in _latest(document.get("objects")):
        if one.get("type") != "indicator":
            imported.left_out["no indicator"] += 1
            continue
        reason = _invalid(one, now)
        addresses = [] if reason else list(_addresses(one.get("pattern")))
        if not addresses:
            reason = reason or "not met by an address alone"
            imported.left_out[reason] += 1
            imported.not_understood += _may_be_of_addresses(reason, one.get("pattern"))
        for address in addresses:
            imported.add(address, place)
        changed = _seconds(one.get("modified"))
        if addresses and changed is not None:
            imported.stated = max(imported.stated or 0, changed)
    return imported


def _latest(objects: Any) -> list[tuple[int, dict[str, Any]]]:
    """Of each object the version that was modified last."""
    latest: dict[str, tuple[int, dict[str, Any]]] = {}
    for place, one in enumerate(objects if isinstance(objects, list) else (), 1):
        if not isinstance(one, dict):
            continue
        identity = str(one.get("id", place))
        known = latest.get(identity)
        if known is None or str(known[1].get("modified", "")) <= str(one.get("modified", "")):
            latest[identity] = (place, one)
    return list(latest.values())


def _invalid(indicator: dict[str, Any], now: int) -> str | None:
    if indicator.get("revoked") is True:
        return "revoked"
    if indicator.get("pattern_type", "stix") != "stix":
        return "in another language"
    kinds = indicator.get("indicator_types") or indicator.get("labels") or []
    if "benign" in kinds:
        return "benign"
    until, since = (_seconds(indicator.get(key)) for key in ("valid_until", "valid_from"))
    if until is not None and until <= now:
        return "expired"
    return "not yet valid" if since is not None and since > now else None


def _may_be_of_addresses(reason: str, pattern: Any) -> bool:
    """May an indicator that was left out for `reason` tell addresses that are not understood?"""
    if reason == "not met by an address alone":
        return not isinstance(pattern, str) or any(one in pattern for one in _ADDRESSES)
    return reason == "in another language"


def _addresses(pattern: Any) -> Iterator[str]:
    if not isinstance(pattern, str) or len(pattern) > _LONGEST_PATTERN:
        return
    is_address = False
    for kind, text in _tokens(pattern.rstrip()):
        if kind == "path":
            is_address = text in _ADDRESSES
        elif kind == "text" and is_address:
            yield re.sub(r"\\(.)", r"\1", text[1:-1])


def _tokens(pattern: str) -> list[tuple[str | None, str]]:
    """The tokens of a pattern; none where it has anything that an address alone does not meet."""
    tokens: list[tuple[str | None, str]] = []
    at = 0
    while at < len(pattern):
        match = _TOKEN.match(pattern, at)
        if not match:
            return []
        tokens.append((match.lastgroup, match[match.lastgroup or 0]))
        at = match.end()
    return tokens


def _seconds(time: Any) -> int | None:
    try:
        found = datetime.fromisoformat(time)
    except (TypeError, ValueError):
        return None
    aware = found if found.tzinfo else found.replace(tzinfo=UTC)
    return max(0, int(aware.timestamp()))
