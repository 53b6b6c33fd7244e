"""A compiled policy as far as a hauberk.yaml says the same: without tags, scopes, and who wrote what.

Does not see: why, by whom and where else something applies, which is not compiled.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from hauberk.model.detector import Detector
from hauberk.model.kind import Kind
from hauberk.model.mode import Batch, Mode, OnError
from hauberk.model.protection import Protection
from hauberk.model.verdict import Action
from hauberk.policy.auto import Auto
from hauberk.policy.file import (
    Entry,
    Exclusion,
    FunctionPolicy,
    PolicyFile,
    Provenance,
    Rule,
    Sources,
)
from hauberk.policy.scope import Scope, ScopeKind


def decompiled(document: Mapping[str, Any], where: str) -> PolicyFile:
    """Read the compiled policy of one function as the file that says the same."""
    scope = Scope(ScopeKind.FUNCTION, document["function"])
    sources = document["sources"]
    of = {key: tuple(sources.get(key, ())) for key in ("deny", "allow", "trusted_proxies")}
    return PolicyFile(
        where=where,
        functions=(_function(document),),
        rules=tuple(_rule(one, scope) for one in document["rules"]),
        exclusions=tuple(_exclusion(one, scope) for one in document["exclusions"]),
        sources=Sources(**of, lists=(), stale_after_days=sources.get("stale_after_days")),
        warnings=(),
    )


def _function(document: Mapping[str, Any]) -> FunctionPolicy:
    modes = document["protections"].items()
    protections = {Protection(name): Mode(mode) for name, mode in modes}
    return FunctionPolicy(
        key=document["function"],
        name=document["function"],
        mode=Mode(document["mode"]),
        protections=protections,
        own=protections,
        auto=Auto.OFF,
        least_days=1,
        promoted={},
        detectors=document.get("detectors", {}),
        on_error=OnError(document["on_error"]),
        batch=Batch(document.get("batch", "whole")),
        not_inspected=Action(document.get("not_inspected", "allow")),
        learn_inputs=document.get("learn_inputs", False),
        learn_usage=document.get("learn_usage", False),
        watch_arguments=document.get("watch_arguments", False),
        expires=_day(document),
        tags={},
        allowlist={
            Kind(kind): tuple(_entry(one) for one in entries)
            for kind, entries in document["allowlist"].items()
        },
        parameters=document.get("parameters", {}),
    )


def _entry(line: str) -> Entry:
    operation, target = line.split(" ", 1)
    return Entry(operation, target, origin="")


def _rule(one: Mapping[str, Any], scope: Scope) -> Rule:
    return Rule(
        line=0,
        name=one["name"],
        kind=Kind(one["kind"]),
        operation="",  # stands in each pattern
        patterns=tuple(one["patterns"]),
        scope=scope,
        provenance=Provenance(),
        expires=_day(one),
    )


def _exclusion(one: Mapping[str, Any], scope: Scope) -> Exclusion:
    return Exclusion(
        line=0,
        name=one["name"],
        kind=Kind(one["kind"]) if "kind" in one else None,
        detector=Detector(one["detector"]) if "detector" in one else None,
        operation="",
        path=one.get("path"),
        patterns=tuple(one["patterns"]),
        scope=scope,
        provenance=Provenance(),
        expires=_day(one),
    )


def _day(one: Mapping[str, Any]) -> Any:
    expires = one.get("expires")
    if expires is None:
        return None
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=expires - 1)).date()
