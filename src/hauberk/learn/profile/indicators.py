"""Indicators: rules that harmless values make speak at one place, as the detections of many callers show it together.

Counts:         alerts of the firewall that are sure of no structure (below 90), in invocations with no other detection
Does not count: blocks, what reached a sink
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from hauberk.learn.profile.callers import read_caller
from hauberk.model.protection import Protection
from hauberk.model.verdict import Action

LEAST_OF_STRUCTURE = 90
_INDEX = re.compile(r"\[[0-9]+\]")
_RULE = re.compile(r"[a-z0-9-]{1,80}")
_MOST_PATH_CHARACTERS = 256
_MOST_RULES = 16
_CUT = ("…", "‹redacted›")  # noqa: RUF001
_MOST_EVENTS = 1 << 40


class Indicator(NamedTuple):
    """What one detection says of an input that is only like an attack."""

    path: str  # with `[*]` for each index
    rules: tuple[str, ...]
    caller: int | None  # None where the event tells of nobody
    times: int  # in this environment


class Said(NamedTuple):
    """One detection, in which invocation and when; no indicator where it is an attack."""

    token: str
    lot: int
    request: str
    hour: int | None
    indicator: Indicator | None


@dataclass(frozen=True, slots=True)
class IndicatorSeen:
    """How often one rule spoke at one place in all environments of a version."""

    path: str
    rule: str
    events: int
    blocks: int  # hours of the clock in which it was told
    sandboxes: int  # at least so many environments, as in `Seen`
    callers: frozenset[int]


def read_indicator(document: Mapping[str, Any]) -> Indicator | None:
    """Take what a detection says of an input, where that is an indicator."""
    said = (document.get("protection"), document.get("verdict"))
    confidence, given = document.get("confidence"), document.get("input")
    is_weak = type(confidence) is int and confidence < LEAST_OF_STRUCTURE
    if said != (Protection.FIREWALL, Action.ALERT) or not is_weak or not isinstance(given, dict):
        return None
    path, rules, caller = given.get("path"), document.get("rules"), document.get("caller")
    if not isinstance(path, str) or not 0 < len(path) <= _MOST_PATH_CHARACTERS:
        return None
    if not path.isprintable() or any(mark in path for mark in _CUT):
        return None
    if not isinstance(rules, list) or not 0 < len(rules) <= _MOST_RULES:
        return None
    if not all(isinstance(one, str) and _RULE.fullmatch(one) for one in rules):
        return None
    count = document.get("count", 1)
    counted = min(count, _MOST_EVENTS) if type(count) is int and count > 0 else 1
    return Indicator(
        _INDEX.sub("[*]", path), tuple(sorted(set(rules))), read_caller(caller), counted
    )


def indicators_seen(said: Iterable[Said]) -> tuple[IndicatorSeen, ...]:
    """Put together what a version's detections say, in any order."""
    every = tuple(said)
    attacked = {(one.token, one.request) for one in every if one.indicator is None}
    gathered: dict[tuple[str, str], _Gathered] = defaultdict(_Gathered)
    for one in every:
        if one.indicator is None or (one.token, one.request) in attacked:
            continue
        for rule in one.indicator.rules:
            gathered[one.indicator.path, rule].take(one, one.indicator)
    return tuple(one.seen(*key) for key, one in sorted(gathered.items()))


@dataclass(slots=True)
class _Gathered:
    counts: dict[str, int] = field(default_factory=dict)  # by environment
    callers: set[int] = field(default_factory=set)
    lots: int = 0  # one bit for each
    hours: set[int] = field(default_factory=set)

    def take(self, said: Said, indicator: Indicator) -> None:
        self.counts[said.token] = max(self.counts.get(said.token, 0), indicator.times)
        self.callers |= set() if indicator.caller is None else {indicator.caller}
        self.lots |= 1 << said.lot
        self.hours |= set() if said.hour is None else {said.hour}

    def seen(self, path: str, rule: str) -> IndicatorSeen:
        return IndicatorSeen(
            path,
            rule,
            sum(self.counts.values()),
            len(self.hours),
            self.lots.bit_count(),
            frozenset(self.callers),
        )
