"""What a person writes in `hauberk.yaml`, read whole or refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from hauberk.model.detector import Detector
from hauberk.model.kind import Kind
from hauberk.model.mode import Batch, Mode, OnError
from hauberk.model.protection import Protection
from hauberk.model.verdict import Action
from hauberk.policy import meaning, oddness, shape
from hauberk.policy.auto import Auto, protections
from hauberk.policy.envelope import is_variable
from hauberk.policy.problem import PolicyError, Problem
from hauberk.policy.scope import Scope, ScopeKind
from hauberk.policy.yaml_tree import MOST_BYTES, Tree, parse


@dataclass(frozen=True, slots=True)
class Provenance:
    """Who wrote a part of a policy, why and when; None where it does not say."""

    author: str | None = None
    reason: str | None = None
    added: date | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One pattern of an allowlist, and where it comes from."""

    operation: str
    target: str
    origin: str
    provenance: Provenance = Provenance()


@dataclass(frozen=True, slots=True)
class DetectorSetting:
    """How one detector is judged; None where its protection, or the default, says it."""

    mode: Mode | None
    alert_from: int | None
    block_from: int | None


@dataclass(frozen=True, slots=True)
class FunctionPolicy:
    """One function: how it is protected and what it may do."""

    key: str
    name: str
    mode: Mode
    protections: Mapping[Protection, Mode]  # with what was promoted
    own: Mapping[Protection, Mode]  # as a person set them
    auto: Auto
    least_days: int  # watched before any kind is complete
    promoted: Mapping[Kind, Mode]
    detectors: Mapping[str, DetectorSetting]
    on_error: OnError
    batch: Batch
    not_inspected: Action
    learn_inputs: bool
    learn_usage: bool
    watch_arguments: bool
    expires: date | None
    tags: Mapping[str, str]
    allowlist: Mapping[Kind, tuple[Entry, ...]]
    parameters: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Rule:
    """What a person denies."""

    line: int
    name: str
    kind: Kind
    operation: str
    patterns: tuple[str, ...]
    scope: Scope
    provenance: Provenance
    expires: date | None


@dataclass(frozen=True, slots=True)
class Exclusion:
    """What a person allows: activities of a kind, or what a detector says of inputs."""

    line: int
    name: str
    kind: Kind | None
    detector: Detector | None
    operation: str
    path: str | None
    patterns: tuple[str, ...]
    scope: Scope
    provenance: Provenance
    expires: date | None


@dataclass(frozen=True, slots=True)
class ListEntry:
    """A list of denied sources: its file, and where the function finds it; None where the policy holds it."""

    line: int
    file: str
    name: str
    at: str | None


@dataclass(frozen=True, slots=True)
class Sources:
    """Where events may come from, and whose word counts."""

    deny: tuple[str, ...]
    allow: tuple[str, ...]
    trusted_proxies: tuple[str, ...]
    lists: tuple[ListEntry, ...]
    stale_after_days: int | None


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """A whole `hauberk.yaml`, and what is odd about it but allowed."""

    where: str
    functions: tuple[FunctionPolicy, ...]
    rules: tuple[Rule, ...]
    exclusions: tuple[Exclusion, ...]
    sources: Sources
    warnings: tuple[Problem, ...]


def read(path: Path) -> PolicyFile:
    """Read the policy in `path` whole, or refuse it."""
    return from_bytes(content_of(path), str(path))


def content_of(path: Path) -> bytes:
    """Read the bytes of `path`, no more than a policy may have and one."""
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        problem = Problem(0, str(error.strerror).lower(), "name a policy file that can be read")
        raise PolicyError(str(path), [problem]) from error


def from_bytes(content: bytes, where: str) -> PolicyFile:
    """Read a policy from the bytes of its file."""
    if is_variable(content):
        what = "a compiled policy, not a hauberk.yaml"
        remedy = f"`hauberk policy show {where}` shows what it holds"
        raise PolicyError(where, [Problem(0, what, remedy)])
    tree = parse(content, where)
    problems = shape.problems(tree, "hauberk-yaml")
    told = {problem.line for problem in problems}
    problems += [one for one in meaning.problems(tree) if one.line not in told]
    if problems:
        raise PolicyError(where, sorted(problems, key=lambda problem: problem.line))
    return _typed(tree, where)


def _typed(tree: Tree, where: str) -> PolicyFile:
    value: dict[str, Any] = tree.value
    return PolicyFile(
        where=where,
        functions=tuple(_function(key, body) for key, body in value.get("functions", {}).items()),
        rules=tuple(
            _rule(tree.line(("rules", at)), body) for at, body in enumerate(value.get("rules", []))
        ),
        exclusions=tuple(
            _exclusion(tree.line(("exclusions", at)), body)
            for at, body in enumerate(value.get("exclusions", []))
        ),
        sources=sources_of(tree),
        warnings=tuple(oddness.warnings(tree)),
    )


def sources_of(tree: Tree) -> Sources:
    """Take what a document of the right shape says of sources."""
    body = tree.value.get("sources", {})
    deny, allow, trusted = (
        tuple(body.get(key, ())) for key in ("deny", "allow", "trusted_proxies")
    )
    lists = tuple(
        ListEntry(
            line=tree.line(("sources", "lists", index)),
            file=one["file"],
            name=one.get("name") or meaning.list_name(one["file"]),
            at=one.get("at"),
        )
        for index, one in enumerate(body.get("lists", ()))
    )
    return Sources(deny, allow, trusted, lists, body.get("stale_after_days"))


def _function(key: str, body: dict[str, Any]) -> FunctionPolicy:
    mode = Mode(body.get("mode", "detect"))
    own = {Protection(name): Mode(one) for name, one in body.get("protections", {}).items()}
    promoted = {Kind(name): Mode(one) for name, one in body.get("promoted", {}).items()}
    return FunctionPolicy(
        key=key,
        name=meaning.function_name(key),
        mode=mode,
        protections=protections(mode, own, promoted),
        own=own,
        auto=Auto(body.get("auto", "off")),
        least_days=body.get("least_days", 1),
        promoted=promoted,
        detectors={name: _detector(one) for name, one in body.get("detectors", {}).items()},
        on_error=OnError(body.get("on_error", "open")),
        batch=Batch(body.get("batch", "whole")),
        not_inspected=Action(body.get("not_inspected", "allow")),
        learn_inputs=body.get("learn_inputs", False),
        learn_usage=body.get("learn_usage", False),
        watch_arguments=body.get("watch_arguments", False),
        expires=_day(body, "expires"),
        tags=body.get("tags", {}),
        allowlist={
            Kind(kind): tuple(_entry(one) for one in entries)
            for kind, entries in body.get("allowlist", {}).items()
        },
        parameters=body.get("parameters", {}),
    )


def _detector(body: dict[str, Any]) -> DetectorSetting:
    mode = body.get("mode")
    return DetectorSetting(
        Mode(mode) if mode else None, body.get("alert_from"), body.get("block_from")
    )


def _entry(body: dict[str, Any]) -> Entry:
    operation, origin = body.get("operation", "*"), body.get("origin", "person")
    return Entry(operation, body["target"], origin, _provenance(body))


def _rule(line: int, body: dict[str, Any]) -> Rule:
    return Rule(
        line=line,
        name=body["name"],
        kind=Kind(body["kind"]),
        operation=body.get("operation", "*"),
        patterns=meaning.patterns(body),
        scope=_scope(body["scope"]),
        provenance=_provenance(body),
        expires=_day(body, "expires"),
    )


def _exclusion(line: int, body: dict[str, Any]) -> Exclusion:
    kind, detector = body.get("kind"), body.get("detector")
    return Exclusion(
        line=line,
        name=body["name"],
        kind=Kind(kind) if kind else None,
        detector=Detector(detector) if detector else None,
        operation=body.get("operation", "*"),
        path=body.get("path"),
        patterns=meaning.patterns(body),
        scope=_scope(body["scope"]),
        provenance=_provenance(body),
        expires=_day(body, "expires"),
    )


def _provenance(body: dict[str, Any]) -> Provenance:
    return Provenance(body.get("author"), body.get("reason"), _day(body, "added"))


def _day(body: dict[str, Any], key: str) -> date | None:
    return date.fromisoformat(body[key]) if key in body else None


def _scope(body: str | dict[str, str]) -> Scope:
    if isinstance(body, str):
        return Scope(ScopeKind.ACCOUNT, "")
    ((kind, value),) = body.items()
    return Scope(ScopeKind(kind), value)
