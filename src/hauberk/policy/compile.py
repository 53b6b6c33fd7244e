"""One function's policy, with scopes resolved, as the guard reads it."""

import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hauberk.model.kind import Kind
from hauberk.model.mode import Batch, Mode, OnError
from hauberk.model.verdict import Action
from hauberk.policy import signing
from hauberk.policy.envelope import VERSION, encoded, seal
from hauberk.policy.file import Entry, Exclusion, FunctionPolicy, PolicyFile, Rule, read
from hauberk.policy.lists import compiled_lists
from hauberk.policy.problem import PolicyError, Problem, nearest, shortened

LAMBDA_BYTES = 4096
ROOM_BYTES = 1536
_SIGNERS, _A_TIME = 4, 1_790_000_000
_SPREAD = 12  # bytes by which keys and times make a value longer than it is by others
_DAY_SECONDS = 86_400
_ARN = re.compile(r"(?P<whole>arn:[a-z-]+:lambda:[^:]+:\d{12}:function:(?P<name>[^:]+))(?::[^:]+)?")
_NAME_BYTES = len("HAUBERK_POLICY")


@dataclass(frozen=True, slots=True)
class Compiled:
    """A compiled policy: the document, the variable's value, and what a person should know."""

    function: str
    document: Mapping[str, Any]
    variable: str
    warnings: tuple[str, ...]

    @property
    def text(self) -> bytes:
        """The document as the guard and the judge read it."""
        return json.dumps(self.document, ensure_ascii=False, separators=(",", ":")).encode()


def compile_policy(
    file: PolicyFile,
    function: str,
    *,
    key: Ed25519PrivateKey,
    now: int,
    mode: Mode | None = None,
) -> Compiled:
    """Compile and sign the policy of `function`; `now` is in seconds since 1970."""
    chosen = find(file, function)
    if mode:
        chosen = replace(chosen, mode=mode)
    public = encoded(signing.public_bytes(key.public_key()))
    document = _document(file, chosen, public, now)
    variable = seal(document, chosen.on_error, key)
    warnings = (*_warnings(chosen, variable, now), *map(str, expired(file, now, chosen)))
    return Compiled(chosen.name, document, variable, warnings)


def compile_variable(path: Path, function: str, *, mode: Mode | None = None) -> str:
    """Compile for this machine: with its own key, else with one for this time alone."""
    key = signing.of_this_run()
    return compile_policy(read(path), function, key=key, now=int(time.time()), mode=mode).variable


def find(file: PolicyFile, function: str) -> FunctionPolicy:
    """Find a function by its name or its ARN."""
    arn = _ARN.fullmatch(function)
    for one in file.functions:
        if function in (one.key, one.name):
            return one
        if arn and one.key in (arn["whole"], arn["name"]):
            return one
    what = f"no function `{shortened(function)}`"
    remedy = nearest(arn["name"] if arn else function, [one.name for one in file.functions])
    raise PolicyError(file.where, [Problem(0, what, f"add it under `functions`, or {remedy}")])


def most_bytes(document: Mapping[str, Any]) -> int:
    """How many bytes the value of a document takes, whoever signs it and when: at most, and always the same number."""
    found = []
    for seed in range(_SIGNERS):
        key = Ed25519PrivateKey.from_private_bytes(bytes([seed] * 32))
        public = encoded(signing.public_bytes(key.public_key()))
        times = {"serial": _A_TIME + seed, "issued": _A_TIME + seed}
        found.append(
            len(seal({**document, "key": public, **times}, OnError(document["on_error"]), key))
        )
    return -(-(max(found) + _SPREAD) // 10) * 10


def exceeds_lambda(variable: str) -> bool:
    """Does the variable alone take more than a function's whole environment?"""
    return len(variable) + _NAME_BYTES > LAMBDA_BYTES


def _document(file: PolicyFile, chosen: FunctionPolicy, public: str, now: int) -> dict[str, Any]:
    return {
        "hauberk": int(VERSION),
        "function": chosen.name,
        "serial": now,
        "issued": now,
        "expires": _expiry(chosen),
        "key": public,
        "mode": str(chosen.mode),
        "protections": {str(name): str(mode) for name, mode in chosen.protections.items()},
        "on_error": str(chosen.on_error),
        **({} if chosen.batch is Batch.WHOLE else {"batch": str(chosen.batch)}),
        **(
            {}
            if chosen.not_inspected is Action.ALLOW
            else {"not_inspected": str(chosen.not_inspected)}
        ),
        **_where_given("learn_inputs", chosen.learn_inputs),
        **_where_given("learn_usage", chosen.learn_usage),
        **_where_given("watch_arguments", chosen.watch_arguments),
        "allowlist": {
            str(kind): _entries(kind, entries) for kind, entries in chosen.allowlist.items()
        },
        "rules": [_rule(one) for one in file.rules if _is_in_force(one, chosen, now)],
        "exclusions": [
            _exclusion(one) for one in file.exclusions if _is_in_force(one, chosen, now)
        ],
        **_where_given("detectors", _detectors(chosen)),
        **_where_given("parameters", dict(chosen.parameters)),
        "sources": _sources(file),
    }


def _sources(file: PolicyFile) -> dict[str, Any]:
    sources = file.sources
    stale = sources.stale_after_days
    return {
        "deny": list(sources.deny),
        "allow": list(sources.allow),
        **_where_given("trusted_proxies", list(sources.trusted_proxies)),
        **_where_given("lists", compiled_lists(file)),
        **_where_given("stale_after_days", stale),
    }


def _where_given(key: str, value: Any) -> dict[str, Any]:
    """Leave out what holds nothing: the variable has little room."""
    return {key: value} if value else {}


def _detectors(chosen: FunctionPolicy) -> dict[str, dict[str, Any]]:
    return {
        name: {
            **({"mode": str(one.mode)} if one.mode else {}),
            **({} if one.alert_from is None else {"alert_from": one.alert_from}),
            **({} if one.block_from is None else {"block_from": one.block_from}),
        }
        for name, one in chosen.detectors.items()
    }


def is_expired(one: FunctionPolicy | Rule | Exclusion, now: int) -> bool:
    """Is its last day over?"""
    end = _expiry(one)
    return end is not None and end <= now


def expired(file: PolicyFile, now: int, of: FunctionPolicy | None = None) -> list[Problem]:
    """Tell of rules and exclusions, of all or of one function's, whose last day is over."""
    rules = [_over("rule", "denies", one) for one in file.rules if _is_over(one, now, of)]
    return rules + [
        _over("exclusion", "allows", one) for one in file.exclusions if _is_over(one, now, of)
    ]


def _is_over(one: Rule | Exclusion, now: int, of: FunctionPolicy | None) -> bool:
    return is_expired(one, now) and (of is None or one.scope.covers(of.name, of.tags))


def _over(word: str, does: str, one: Rule | Exclusion) -> Problem:
    return Problem(
        one.line,
        f"{word} {shortened(one.name)} {does} nothing since its last day, {one.expires}",
        f"`hauberk {word} remove` takes it out, a later `expires` renews it",
    )


def _is_in_force(one: Rule | Exclusion, chosen: FunctionPolicy, now: int) -> bool:
    return one.scope.covers(chosen.name, chosen.tags) and not is_expired(one, now)


def _expiry(one: FunctionPolicy | Rule | Exclusion) -> int | None:
    if one.expires is None:
        return None
    day = datetime(one.expires.year, one.expires.month, one.expires.day, tzinfo=UTC)
    return int(day.timestamp()) + _DAY_SECONDS


def _entries(kind: Kind, entries: tuple[Entry, ...]) -> list[str]:
    return list(dict.fromkeys(entry_line(kind, one.operation, one.target) for one in entries))


def entry_line(kind: Kind, operation: str, pattern: str) -> str:
    """Write a pattern as the guard matches it: host names come to it in lower case."""
    return f"{operation} {pattern.lower() if kind is Kind.HOST else pattern}"


def _rule(rule: Rule) -> dict[str, Any]:
    patterns = [entry_line(rule.kind, rule.operation, pattern) for pattern in rule.patterns]
    return {"name": rule.name, "kind": str(rule.kind), "patterns": patterns, **_until(rule)}


def _exclusion(exclusion: Exclusion) -> dict[str, Any]:
    if exclusion.kind:
        patterns = [
            entry_line(exclusion.kind, exclusion.operation, pattern)
            for pattern in exclusion.patterns
        ]
        kind = {"name": exclusion.name, "kind": str(exclusion.kind)}
        return {**kind, "patterns": patterns, **_until(exclusion)}
    document: dict[str, Any] = {"name": exclusion.name, "detector": str(exclusion.detector)}
    if exclusion.path is not None:
        document["path"] = exclusion.path
    return {**document, "patterns": list(exclusion.patterns), **_until(exclusion)}


def _until(one: Rule | Exclusion) -> dict[str, int]:
    end = _expiry(one)
    return {} if end is None else {"expires": end}


def _warnings(chosen: FunctionPolicy, variable: str, now: int) -> list[str]:
    found = []
    size = len(variable)
    expires = _expiry(chosen)
    if exceeds_lambda(variable):
        found.append(
            f"{size} bytes: Lambda gives all variables {LAMBDA_BYTES}; shorten the allowlist, or deploy lists (`at`)"
        )
    elif size > ROOM_BYTES:
        found.append(f"{size} bytes of the {LAMBDA_BYTES} that all variables of a function share")
    if expires is not None and expires <= now:
        found.append(f"expired after {chosen.expires}: in force, but stale; set a later `expires`")
    return found
