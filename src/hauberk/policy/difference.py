"""What one policy says and another does not, and whether more or less is allowed by that.

Does not see: what lists of sources hold; that a new pattern covers what an old one covered, but where it is one target.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple
from enum import StrEnum
from typing import NamedTuple

from hauberk.model.activity import Activity
from hauberk.model.kind import ARGUMENTS, OPERATIONS, Kind
from hauberk.model.protection import Protection
from hauberk.policy.auto import STRICTNESS
from hauberk.policy.compile import entry_line
from hauberk.policy.decision import Entries
from hauberk.policy.file import Entry, Exclusion, FunctionPolicy, PolicyFile, Rule
from hauberk.policy.pattern import the_one

_SETTINGS = (
    "auto",
    "least_days",
    "detectors",
    "on_error",
    "batch",
    "not_inspected",
    "learn_inputs",
    "learn_usage",
    "watch_arguments",
    "expires",
    "tags",
    "parameters",
)
_PORT = re.compile(r":\d+$|^(?:unix|socket):")  # an address without one is all of its ports
_PLACES = ("", "rules", "exclusions", "sources")


class Effect(StrEnum):
    """What a change does to what functions may do."""

    WIDER = "wider"
    NARROWER = "narrower"
    OTHER = "other"  # neither, or it cannot be told


class Change(NamedTuple):
    """One thing that differs: in which section of which function, and what it was and is; None where it is not."""

    function: str  # empty where it is of all
    section: str
    what: str
    before: str | None
    after: str | None
    effect: Effect


def difference(old: PolicyFile, new: PolicyFile) -> tuple[Change, ...]:
    """Give all that differs, function by function, then rules, exclusions and sources."""
    before = {one.name: one for one in old.functions}
    after = {one.name: one for one in new.functions}
    changes: list[Change] = []
    for name in dict.fromkeys((*before, *after)):
        if name not in after:
            changes.append(Change(name, "function", name, "protected", None, Effect.WIDER))
        elif name not in before:
            changes.append(Change(name, "function", name, None, "protected", Effect.NARROWER))
        else:
            changes += _of_function(before[name], after[name])
    changes += _of_named("rules", (old, new), (Effect.NARROWER, Effect.WIDER))
    changes += _of_named("exclusions", (old, new), (Effect.WIDER, Effect.NARROWER))
    return (*changes, *_of_sources(old, new))


def _of_function(old: FunctionPolicy, new: FunctionPolicy) -> Iterator[Change]:
    name = new.name
    for protection in Protection:
        was, now = (one.protections.get(protection, one.mode) for one in (old, new))
        if was is not now:
            effect = _narrower_if(STRICTNESS.index(now) > STRICTNESS.index(was))
            yield Change(name, "mode", protection.value, was.value, now.value, effect)
    for setting in _SETTINGS:
        was, now = getattr(old, setting), getattr(new, setting)
        if was != now:
            yield Change(name, "setting", setting, _shown(was), _shown(now), Effect.OTHER)
    for kind in Kind:
        yield from _of_list(name, kind, old.allowlist.get(kind), new.allowlist.get(kind))


def _of_list(
    function: str, kind: Kind, old: Sequence[Entry] | None, new: Sequence[Entry] | None
) -> Iterator[Change]:
    section = f"allowlist {kind}"
    if (old is None) != (new is None):
        state, other = ("learning" if one is None else "a list" for one in (old, new))
        yield Change(function, section, str(kind), state, other, _narrower_if(new is not None))
    before, after = (
        {(one.operation, one.target): one for one in side or ()} for side in (old, new)
    )
    for key in dict.fromkeys((*before, *after)):
        was, now = (_entry(side.get(key)) for side in (before, after))
        if was == now:
            continue
        begins, ends = not _decides(old, key[0]), not _decides(new, key[0])
        effect = Effect.OTHER if was and now else _narrower_if(begins if now else not ends)
        if not begins and _is_held(kind, key, old if now else new):
            effect = Effect.OTHER  # as it was, by another entry
        yield Change(function, section, " ".join(key), was, now, effect)


def _is_held(kind: Kind, key: tuple[str, str], others: Sequence[Entry] | None) -> bool:
    """Whether other entries allow what an entry for one target allows."""
    target = the_one(key[1].lower() if kind is Kind.HOST else key[1])
    any_ = tuple(one for one in OPERATIONS[kind] if one != ARGUMENTS)
    operations = any_ if key[0] == "*" else (key[0],) if the_one(key[0]) else ()
    is_one = kind is not Kind.ADDRESS or _PORT.search(key[1])
    if not others or target is None or not is_one or not operations:
        return False
    lines = Entries(kind, [entry_line(kind, one.operation, one.target) for one in others])
    return all(lines.first(Activity(kind, each, target)) for each in operations)


def _decides(listed: Sequence[Entry] | None, operation: str) -> bool:
    """Whether a list decides about an operation; about arguments, once an entry is for them."""
    if listed is None or operation != ARGUMENTS:
        return listed is not None
    return any(one.operation == ARGUMENTS for one in listed)


def _of_named(
    section: str, sides: tuple[PolicyFile, PolicyFile], effects: tuple[Effect, Effect]
) -> Iterator[Change]:
    """What is for no function that its policy names does nothing."""
    before, after = ({one.name: one for one in getattr(side, section)} for side in sides)
    for name in dict.fromkeys((*before, *after)):
        was, now = (side.get(name) for side in (before, after))
        before_text, after_text = (one and _person(one) for one in (was, now))
        if before_text != after_text:
            is_new = was is None and now is not None and _applies(now, sides[1])
            is_gone = now is None and was is not None and _applies(was, sides[0])
            effect = effects[0] if is_new else effects[1] if is_gone else Effect.OTHER
            yield Change("", section, name, before_text, after_text, effect)


def _applies(one: Rule | Exclusion, file: PolicyFile) -> bool:
    return one.scope.covers_one_of((each.name, each.tags) for each in file.functions)


def _of_sources(old: PolicyFile, new: PolicyFile) -> Iterator[Change]:
    for key, effects in (
        ("deny", (Effect.NARROWER, Effect.WIDER)),
        ("allow", (Effect.WIDER, Effect.NARROWER)),
        ("trusted_proxies", (Effect.OTHER, Effect.OTHER)),
    ):
        before, after = getattr(old.sources, key), getattr(new.sources, key)
        for one in dict.fromkeys((*before, *after)):
            if (one in before) != (one in after):
                was, now = (one if one in side else None for side in (before, after))
                yield Change("", "sources", key, was, now, effects[0] if now else effects[1])
    lists = [[astuple(one)[1:] for one in side.sources.lists] for side in (old, new)]
    if lists[0] != lists[1]:
        was, now = (_shown(one) for one in lists)
        yield Change("", "sources", "lists", was, now, Effect.OTHER)


def _narrower_if(is_so: bool) -> Effect:
    return Effect.NARROWER if is_so else Effect.WIDER


def _entry(one: Entry | None) -> str | None:
    if one is None:
        return None
    said = one.provenance
    return (
        ", ".join(str(part) for part in (one.origin, said.author, said.reason) if part) or "listed"
    )


def _person(one: Rule | Exclusion) -> str:
    detector, path = (one.detector, one.path) if isinstance(one, Exclusion) else (None, None)
    about = (str(one.kind or detector), one.operation)
    until = f"until {one.expires}" if one.expires else ""
    said = one.provenance
    parts = (
        *about,
        path,
        " ".join(one.patterns),
        f"for {one.scope}",
        until,
        said.author,
        said.reason,
    )
    return ", ".join(part for part in parts if part)


def _shown(value: object) -> str | None:
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {one}" for key, one in value.items()) or None
    if isinstance(value, list):
        return ", ".join(str(one[0]) for one in value) or None
    return None if value is None else str(value)
