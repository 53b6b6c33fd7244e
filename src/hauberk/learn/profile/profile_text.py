"""A profile as text: a line of JSON for each version of a function, each of its activities, inputs and indicators.

The same profile has the same bytes.
"""

import json
from collections.abc import Iterator
from typing import Any

from hauberk.learn.profile.callers import Callers
from hauberk.learn.profile.profile import Profile, VersionProfile
from hauberk.model.kind import Kind

SCHEMA = 1
MOST_SPAN = 200_000  # hours: more than 22 years
_OF_INPUT = (
    "events",
    "blocks",
    "sandboxes",
    "types",
    "alphabet",
    "least",
    "most",
    "structures",
    "is_settled",
)
_OF_INDICATOR = ("rule", "events", "blocks", "sandboxes")


def profile_text(profile: Profile) -> str:
    """Write a profile."""
    head = {
        "profile": SCHEMA,
        "records": profile.records,
        "unbelieved": profile.unbelieved,
        "trusted": profile.trusted,
        "incomplete": profile.incomplete,
        "unreadable": dict(profile.unreadable),
    }
    lines = [_line(head)]
    for name, function in sorted(profile.functions.items()):
        for version in function.versions:
            lines += map(_line, _of_version(name, version))
    return "".join(lines)


def _of_version(function: str, one: VersionProfile) -> Iterator[dict[str, Any]]:
    yield {
        "function": function,
        "version": one.version,
        "invocations": one.invocations,
        "hours": _hours(one.hours),
        "attacked": one.attacked,
        "armed": one.is_armed,
        "used": one.is_used,
        "covered": [kind.value for kind in Kind if kind in one.covered],
        "gaps": [kind.value for kind in Kind if kind in one.gaps],
        "kinds": {
            kind.value: {
                "invocations": total.invocations,
                "blocks": total.blocks,
                "sandboxes": total.sandboxes,
            }
            for kind, total in one.totals.items()
        },
    }
    for seen in one.seen:
        kind, operation, target = seen.activity
        yield {
            "kind": kind.value,
            "operation": operation,
            "target": target,
            "invocations": seen.invocations,
            "blocks": seen.blocks,
            "sandboxes": seen.sandboxes,
            "first_ms": seen.first_ms,
            "last_ms": seen.last_ms,
            "temporary": seen.is_temporary,
            "sites": list(seen.sites),
            "hours": list(seen.hours),
            "near_attack": seen.is_near_attack,
            "callers": _callers(seen.callers),
            **({"named": True} if seen.is_named else {}),
        }
    for told in one.inputs:
        yield {"input": told.path, **{name: getattr(told, name) for name in _OF_INPUT}}
    for said in one.indicators:
        about = {name: getattr(said, name) for name in _OF_INDICATOR}
        yield {"indicator": said.path, **about, "callers": sorted(said.callers)}


def _hours(hours: frozenset[int]) -> dict[str, Any]:
    """Write many hours as the first and a bit for each from there on; one by one where a clock stood far off."""
    first = min(hours, default=0)
    if max(hours, default=0) - first >= MOST_SPAN:
        return {"each": sorted(hours)}
    return {"first": first, "bits": f"{sum(1 << (hour - first) for hour in hours):x}"}


def _callers(callers: Callers) -> dict[str, Any]:
    lower, upper, is_partial = callers
    return {"lower": f"{lower:x}", "upper": f"{upper:x}", "is_partial": is_partial}


def _line(value: dict[str, Any]) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":")) + "\n"
