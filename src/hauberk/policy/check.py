"""What there is to say of a policy before it is used: `hauberk.yaml`, or a variable's value."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hauberk.policy.compile import (
    LAMBDA_BYTES,
    ROOM_BYTES,
    compile_policy,
    exceeds_lambda,
    expired,
    most_bytes,
)
from hauberk.policy.envelope import Unpacked, is_variable, unpack
from hauberk.policy.file import PolicyFile, from_bytes
from hauberk.policy.lapse import is_over
from hauberk.policy.lists import list_problems
from hauberk.policy.problem import PolicyError, Problem


@dataclass(frozen=True, slots=True)
class Summary:
    """One function's policy in a few words; signature and fingerprint only where it is signed."""

    function: str
    mode: str
    on_error: str
    expires: str | None
    size: int
    entries: Mapping[str, int]
    rules: int
    exclusions: int
    serial: int | None = None
    fingerprint: str | None = None
    signature: str | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """A policy's summary, what is wrong with it and what is only odd."""

    where: str
    functions: tuple[Summary, ...]
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]


def check(content: bytes, where: str, now: int) -> Checked:
    """Say all there is to say of a policy; `now` is in seconds since 1970."""
    try:
        if is_variable(content):
            return _checked_variable(unpack(content.decode(errors="replace"), where), where, now)
        return _checked_file(from_bytes(content, where), now)
    except PolicyError as error:
        of_lists = [] if is_variable(content) else list_problems(content, where)
        problems = dict.fromkeys((*error.problems, *of_lists))
        return Checked(where, (), tuple(sorted(problems, key=lambda one: one.line)), ())


def summary_of(unpacked: Unpacked) -> Summary:
    """Summarise what a variable's value holds."""
    return _summary(
        unpacked.document,
        unpacked.size,
        serial=unpacked.document["serial"],
        fingerprint=unpacked.fingerprint,
        signature="good" if unpacked.is_signed else "bad",
    )


def _checked_variable(unpacked: Unpacked, where: str, now: int) -> Checked:
    summary = summary_of(unpacked)
    remedy = "compile it anew with `hauberk policy compile`"
    problems = [Problem(0, fault, remedy) for fault in unpacked.faults]
    problems += _expired(unpacked.document, now)
    problems += _oversized(summary, "x" * unpacked.size)
    return Checked(
        where, (summary,), tuple(problems), (*_over(unpacked.document, now), *_large(summary))
    )


def _over(document: Mapping[str, Any], now: int) -> Iterator[Problem]:
    for section in ("rules", "exclusions"):
        for one in document[section]:
            if is_over(one, now):
                what = f"{section.removesuffix('s')} {one['name']} says nothing since {day_of(one['expires'])} is over"
                yield Problem(0, what, "compile it anew with a later `expires`, or without it")


def _checked_file(file: PolicyFile, now: int) -> Checked:
    key = Ed25519PrivateKey.generate()  # for the size only
    summaries, problems, warnings = [], [], [*file.warnings, *expired(file, now)]
    for function in file.functions:
        compiled = compile_policy(file, function.key, key=key, now=now)
        summary = _summary(compiled.document, most_bytes(compiled.document))
        summaries.append(summary)
        problems += _expired(compiled.document, now)
        problems += _oversized(summary, compiled.variable)
        warnings += _large(summary)
    return Checked(file.where, tuple(summaries), tuple(problems), tuple(warnings))


def _summary(document: Mapping[str, Any], size: int, **signed: Any) -> Summary:
    return Summary(
        function=document["function"],
        mode=document["mode"],
        on_error=document["on_error"],
        expires=day_of(document["expires"]),
        size=size,
        entries={kind: len(entries) for kind, entries in document["allowlist"].items()},
        rules=len(document["rules"]),
        exclusions=len(document["exclusions"]),
        **signed,
    )


def day_of(expires: int | None) -> str | None:
    """Give the last day (UTC) before a time, in seconds since 1970."""
    if expires is None:
        return None
    start = datetime(1970, 1, 1, tzinfo=UTC)
    try:
        return (start + timedelta(seconds=expires - 1)).date().isoformat()
    except OverflowError:
        return "never"


def _expired(document: Mapping[str, Any], now: int) -> list[Problem]:
    if document["expires"] is None or document["expires"] > now:
        return []
    what = (
        f"{document['function']} expired after {day_of(document['expires'])}: in force, but stale"
    )
    return [Problem(0, what, "look it through, set a later `expires` and compile it")]


def _oversized(summary: Summary, variable: str) -> list[Problem]:
    if not exceeds_lambda(variable):
        return []
    what = f"{summary.function} takes {summary.size} bytes, more than Lambda's {LAMBDA_BYTES}"
    remedy = "replace entries of its allowlist by patterns, and deploy lists of sources (`at`)"
    return [Problem(0, what, remedy)]


def _large(summary: Summary) -> tuple[Problem, ...]:
    if summary.size <= ROOM_BYTES or summary.size >= LAMBDA_BYTES:
        return ()
    what = f"{summary.function} takes {summary.size} bytes of Lambda's {LAMBDA_BYTES}"
    return (Problem(0, what, "leave room for the function's own variables"),)
