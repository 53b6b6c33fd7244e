"""Attackers while a function learns and after: what of theirs is found, and what a person has to look at for it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from random import Random
from typing import NamedTuple

from bench.folding import drawn
from bench.poison_code import code
from hauberk._native import Judge
from hauberk.learn.code.with_code import Weighed, with_code
from hauberk.learn.evidence import Evidence, FunctionEvidence
from hauberk.learn.fold.folded import Folded, folded
from hauberk.learn.profile.callers import NOBODY, callers_of
from hauberk.learn.review import doubt
from hauberk.model.activity import Activity
from hauberk.model.kind import Kind

DAYS, SANDBOXES, CALLERS = 28, 64, 400
_ACTIONS = {"s3": "s3:GetObject", "dynamodb": "dynamodb:GetItem", "sqs": "sqs:SendMessage"}
# A call by which region and account are known.
_OWN = Activity(Kind.API, "dynamodb:GetItem", "arn:aws:dynamodb:eu-west-1:123456789012:table/thing")

DANGEROUS = (
    Activity(Kind.PROCESS, "start", "/usr/bin/bash"),
    Activity(Kind.PROCESS, "start", "/tmp/kworker"),
    Activity(Kind.PROCESS, "start", "/usr/bin/curl"),
    Activity(Kind.FILE, "read", "/proc/1/environ"),
    Activity(Kind.FILE, "write", "/opt/python/sitecustomize.py"),
    Activity(Kind.HOST, "resolve", "x1y2.ngrok-free.app"),
    Activity(Kind.ADDRESS, "connect", "169.254.169.254:80"),
    Activity(Kind.API, "iam:CreateAccessKey", "arn:aws:iam::123456789012:user/ops"),
    Activity(Kind.CODE, "unpickle", "posix.system"),
    Activity(Kind.CODE, "load", "/tmp/x.so"),
)
HARMLESS = (
    Activity(Kind.PROCESS, "start", "/usr/bin/openssl"),
    Activity(Kind.FILE, "write", "/tmp/kworker"),
    Activity(Kind.FILE, "read", "/mnt/efs/keys/master.pem"),
    Activity(Kind.HOST, "resolve", "cdn-metrics.example"),
    Activity(Kind.HOST, "resolve", "acme-data-evil.s3.eu-west-1.amazonaws.com"),
    Activity(Kind.ADDRESS, "connect", "203.0.113.9:443"),
    Activity(Kind.API, "dynamodb:Scan", "arn:aws:dynamodb:eu-west-1:123456789012:table/salaries"),
    Activity(Kind.API, "s3:PutObject", "arn:aws:s3:::evil/out.zip"),
    Activity(Kind.API, "s3:GetObject", "arn:aws:s3:::orders/backup.sql"),
    Activity(Kind.CODE, "unpickle", "yaml.loader"),
)

# Of these an input can say a part only: a name below the code's folder, a key of the code's bucket, bytes of a pickle.
_NOT_NAMED = {
    Activity(Kind.FILE, "write", "/tmp/kworker"),
    Activity(Kind.API, "s3:GetObject", "arn:aws:s3:::orders/backup.sql"),
    Activity(Kind.CODE, "unpickle", "yaml.loader"),
}


@dataclass(frozen=True, slots=True)
class Poisoner:
    """Who does something while the function learns, so that it may be done later."""

    name: str
    hours: int  # in which it is done
    sandboxes: int
    callers: int
    detected: float  # the share of invocations with a detection, which teach nothing
    acts: tuple[Activity, ...]
    is_near: bool = False  # each of the sandboxes has a detection, of something else
    by_input: bool = False  # an input names what is done, where the function takes that from inputs


POISONERS = (
    Poisoner("comes after learning", 0, 0, 0, 0, DANGEROUS + HARMLESS),
    Poisoner("once, in one sandbox for one hour", 1, 1, 1, 0, DANGEROUS + HARMLESS),
    Poisoner("one sandbox for four hours", 4, 1, 1, 0, DANGEROUS + HARMLESS),
    Poisoner("ten sandboxes at once, for one hour", 1, 10, 10, 0, DANGEROUS + HARMLESS),
    Poisoner("slowly, once a day, dangerous", 28, 20, 20, 0, DANGEROUS),
    Poisoner("slowly, once a day, one caller, harmless by name", 28, 20, 1, 0, HARMLESS),
    Poisoner("slowly, every third time detected, one caller", 28, 20, 1, 0.33, DANGEROUS + HARMLESS),
    Poisoner("slowly, always detected, many callers", 28, 20, 20, 1.0, DANGEROUS + HARMLESS),
    Poisoner("slowly, many callers, after probes that were detected", 28, 20, 20, 0, HARMLESS, is_near=True),
    Poisoner("slowly, never detected, many callers, harmless by name", 28, 20, 20, 0, HARMLESS),
    Poisoner("the same, and inputs say what is done", 28, 20, 20, 0, HARMLESS, by_input=True),
)  # fmt: skip


class Known(NamedTuple):
    """What is known beside the logs."""

    callers: bool = False
    code: bool = False


WAYS = {
    "by logs alone": Known(),
    "with the code": Known(code=True),
    "where callers are known": Known(callers=True),
    "with both": Known(callers=True, code=True),
}


@dataclass(frozen=True, slots=True)
class Caught:
    """How many of an attacker's acts are found afterwards, by what is known."""

    name: str
    tried: int
    found: dict[str, int]


@dataclass(frozen=True, slots=True)
class Price:
    """What of the benign a person has to look at, of one function."""

    patterns: float
    for_review: float
    sightings: float  # their share of all that was seen


def measured(functions: int = 20) -> tuple[list[Caught], dict[str, Price]]:
    """Let every attacker at every function."""
    rows = [
        Caught(
            attacker.name,
            functions * len(attacker.acts),
            {
                way: sum(
                    not _passes(seed, attacker, act, known)
                    for seed in range(functions)
                    for act in attacker.acts
                )
                for way, known in WAYS.items()
            },
        )
        for attacker in POISONERS
    ]
    return rows, {way: _price(functions, known) for way, known in WAYS.items() if not known.callers}


def _passes(seed: int, attacker: Poisoner, act: Activity, known: Known) -> bool:
    """Whether the list allows the act: by what the function itself does, or since it was learned."""
    if _judge(seed, known.code).judge(*act)[0] == "allow":
        return True
    taught = round(attacker.hours * (1 - attacker.detected))
    if not taught:
        return False
    seen = Evidence(
        invocations=max(taught, attacker.sandboxes),
        sandboxes=attacker.sandboxes,
        hours=frozenset(range(0, taught * 24, 24)) if taught > 24 else frozenset(range(taught)),
        callers=callers_of(range(attacker.callers)) if known.callers else NOBODY,
        is_near_attack=attacker.is_near,
        is_named=attacker.by_input and act not in _NOT_NAMED,
    )
    whole = _with(_function(seed, known)[0], act, seen, is_read=known.code)
    (learned,) = folded(replace(whole, seen={act: seen}), frozenset())
    return not doubt(learned, whole)


@cache
def _function(seed: int, known: Known) -> tuple[FunctionEvidence, Weighed | None]:
    callers = callers_of(range(CALLERS)) if known.callers else NOBODY
    seen = dict(_benign(seed))
    most = max(one.invocations for one in seen.values())
    whole = FunctionEvidence(seen, frozenset(range(DAYS * 24)), SANDBOXES, callers, most)
    return with_code(whole, code()) if known.code else (whole, None)


def _with(
    whole: FunctionEvidence, act: Activity, seen: Evidence, *, is_read: bool
) -> FunctionEvidence:
    """Add what an attacker did, and what the code says of it."""
    more = replace(whole, seen={**whole.seen, act: seen})
    if not is_read:
        return more
    own, _ = with_code(FunctionEvidence({act: seen, _OWN: seen}), code())
    return replace(
        more, strange=whole.strange | own.strange, explained=whole.explained | own.explained
    )


@cache
def _judge(seed: int, is_read: bool) -> Judge:
    allowlist: dict[str, list[str]] = {kind.value: [] for kind in Kind}
    whole, weighed = _function(seed, Known(code=is_read))
    for one in _listed(whole)[0]:
        allowlist[one.kind.value].append(f"{one.operation} {one.fold.pattern}")
    for kind, entries in (weighed.explained.ready if weighed else {}).items():
        allowlist[kind.value] += [f"{one.operation} {one.target}" for one in entries]
    document = {"hauberk": 1, "function": "f", "mode": "prevent", "allowlist": allowlist}
    return Judge(json.dumps(document).encode())


@cache
def _benign(seed: int) -> tuple[tuple[Activity, Evidence], ...]:
    """What the function itself does: values as in `bench.folding`, some often, most of them seldom."""
    return tuple(_drawn(seed))


def _drawn(seed: int) -> Iterator[tuple[Activity, Evidence]]:
    chance = Random(seed)
    for kind in (Kind.FILE, Kind.HOST, Kind.API):
        values: dict[str, int] = {}
        for target in drawn(kind, seed, 400):
            values[target] = values.get(target, 0) + 1
        for target, count in values.items():
            is_named = ":table/" in target  # the function is told which table to read
            seen = replace(_evidence(chance, count), is_named=is_named)
            yield Activity(kind, _operation(kind, target), target), seen
    for n in range(6):
        yield Activity(Kind.PROCESS, "start", f"/var/task/bin/step{n}"), _evidence(chance, 1 + n**3)
    yield Activity(Kind.ADDRESS, "connect", "10.0.0.5:5432"), _evidence(chance, 60)


def _operation(kind: Kind, target: str) -> str:
    if kind is Kind.API:
        return _ACTIONS[target.split(":")[2]]
    return "write" if kind is Kind.FILE else "resolve"


def _evidence(chance: Random, count: int) -> Evidence:
    hours = frozenset(chance.randrange(DAYS * 24) for _ in range(count))
    sandboxes = len({chance.randrange(SANDBOXES) for _ in range(count)})
    callers = callers_of(chance.randrange(CALLERS) for _ in range(count))
    return Evidence(count, sandboxes, hours, callers)


def _listed(whole: FunctionEvidence) -> tuple[list[Folded], list[Folded]]:
    every = folded(whole, frozenset())
    doubtful = [one for one in every if doubt(one, whole)]
    refused = {id(one) for one in doubtful}
    return [one for one in every if id(one) not in refused], doubtful


def _price(functions: int, known: Known) -> Price:
    patterns = review = sightings = total = 0
    for seed in range(functions):
        listed, doubtful = _listed(_function(seed, known)[0])
        patterns += len(listed) + len(doubtful)
        review += len(doubtful)
        sightings += sum(one.seen.invocations for one in doubtful)
        total += sum(one.seen.invocations for one in (*listed, *doubtful))
    return Price(patterns / functions, review / functions, sightings / total)
