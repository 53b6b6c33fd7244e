"""What folding leaves new, and what of an attacker's it lets in: values of one function, drawn from a seed."""

import json
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from random import Random
from uuid import UUID

from hauberk._native import Judge
from hauberk.learn.fold.fold import fold, folds
from hauberk.model.kind import Kind
from hauberk.model.literal import literal

TRAINED, TRIED = 20_000, 50_000
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_SIGNS = _LETTERS + _LETTERS.upper() + "0123456789"
_SYLLABLES = (
    "ba",
    "cor",
    "del",
    "fin",
    "gar",
    "lo",
    "mi",
    "nor",
    "pex",
    "ri",
    "sol",
    "tan",
    "ver",
    "zu",
)

ATTACKS = {
    Kind.FILE: (
        "/tmp/kworker", "/tmp/.x", "/tmp/a.sh", "/tmp/upload_evil/run.sh", "/tmp/upload_evil", "/tmp/work/evil",
        "/etc/shadow", "/etc/cron.d/x", "/proc/self/environ", "/proc/1/mem", "/dev/shm/x", "/var/task/app.py",
        "/opt/python/x.pth", "/mnt/efs/tenants/acme/run.sh", "/root/.ssh/authorized_keys",
    ),
    Kind.HOST: (
        "evil.example", "attacker.eu.auth0.com", "acme-data-evil.s3.eu-west-1.amazonaws.com",
        "evil.s3.eu-west-1.amazonaws.com", "evil.execute-api.eu-west-1.amazonaws.com", "example.com.evil.net",
        "x1.evil.io", "evil.ngrok.io", "api-example.com", "a.b.api.example.com",
    ),
    Kind.API: (
        "arn:aws:s3:::evil/k", "arn:aws:s3:::orders-evil/tenants/acme/1.json", "arn:aws:s3:::orders/backup.sql",
        "arn:aws:s3:::evil", "arn:aws:dynamodb:eu-west-1:123456789012:table/secrets",
        "arn:aws:dynamodb:eu-west-1:999999999999:table/orders", "arn:aws:sqs:eu-west-1:999999999999:jobs",
        "arn:aws:secretsmanager:eu-west-1:123456789012:secret:root-x1y2z3", "arn:aws:iam::123456789012:role/admin",
        "arn:aws:s3:::logs/1",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Folding:
    """What one way of folding left new, and let in."""

    kind: str
    way: str
    patterns: int
    new: int  # in a million
    accepted: tuple[str, ...]  # of an attacker's
    of: int
    microseconds: float  # a value learned


def _word(chance: Random, most: int) -> str:
    """One of so many names, the first the most common."""
    rank = min(int(chance.paretovariate(0.8)), most)
    own = Random(rank)
    return "".join(own.choice(_SYLLABLES) for _ in range(own.randint(2, 4)))


def _signs(chance: Random, count: int, signs: str = _SIGNS) -> str:
    return "".join(chance.choice(signs) for _ in range(count))


def _uuid(chance: Random) -> str:
    return str(UUID(int=chance.getrandbits(128)))


_FORMS: dict[Kind, tuple[tuple[float, Callable[[Random], str]], ...]] = {
    Kind.FILE: (
        (30, lambda c: f"/mnt/efs/config/{_word(c, 40)}.json"),
        (10, lambda _: "/tmp/orders.db"),
        (15, lambda c: f"/tmp/order-{c.randrange(10**7)}.pdf"),
        (10, lambda c: f"/tmp/{_uuid(c)}/page.png"),
        (8, lambda c: f"/tmp/upload_{_signs(c, 7)}{c.randrange(10)}/page-{c.randrange(90)}.png"),
        (9, lambda c: f"/mnt/efs/tenants/{_word(c, 9000)}/settings.json"),
        (8, lambda c: f"/mnt/efs/reports/2026-{c.randrange(1, 13):02}-{c.randrange(1, 29):02}/{_word(c, 9000)}.csv"),
        (9, lambda c: f"/mnt/cache/{_signs(c, 26, '0123456789ABCDEFGHJKMNPQRSTVWXYZ')}.bin"),
        (0.5, lambda c: f"/tmp/{_signs(c, 8, _LETTERS)}"),
    ),
    Kind.HOST: (
        (55, lambda c: f"{_word(c, 25)}.internal.example.com"),
        (20, lambda c: f"{_word(c, 9000)}.api.example.com"),
        (10, lambda c: f"node-{c.randrange(3000)}.db.example.com"),
        (10, lambda c: f"{_signs(c, 12, _LETTERS)}{c.randrange(10)}.cdn.example.net"),
        (3, lambda c: f"acme-data-{_word(c, 9000)}.s3.eu-west-1.amazonaws.com"),
        (2, lambda c: f"{_word(c, 9000)}.eu.auth0.com"),
    ),
    Kind.API: (
        (30, lambda c: f"arn:aws:s3:::orders/{_uuid(c)}.json"),
        (20, lambda c: f"arn:aws:s3:::orders/tenants/{_word(c, 9000)}/{c.randrange(10**6)}.json"),
        (20, lambda c: f"arn:aws:dynamodb:eu-west-1:123456789012:table/{_word(c, 12)}"),
        (20, lambda c: f"arn:aws:s3:::pictures/{_signs(c, 22)}/small.webp"),
        (10, lambda c: f"arn:aws:sqs:eu-west-1:123456789012:jobs-{c.randrange(400)}"),
    ),
}  # fmt: skip


def drawn(kind: Kind, seed: int, count: int) -> list[str]:
    """Draw what the function does, in order."""
    chance = Random(seed)
    weights, forms = zip(*_FORMS[kind], strict=True)
    return [chance.choices(forms, weights)[0](chance) for _ in range(count)]


def _ten_children(kind: Kind, counts: Mapping[str, int]) -> tuple[str, ...]:
    """Common practice: what has more than ten children becomes `*`."""
    sign = "." if kind is Kind.HOST else "/"
    split = [target.split(sign)[:: -1 if kind is Kind.HOST else 1] for target in counts]
    for index in range(max(map(len, split))):
        children: dict[tuple[str, ...], set[str]] = defaultdict(set)
        for names in split:
            if len(names) > index:
                children[tuple(names[:index])].add(names[index])
        for names in split:
            if len(names) > index and len(children[tuple(names[:index])]) > 10:
                names[index] = "*"
    turned = [names[:: -1 if kind is Kind.HOST else 1] for names in split]
    return tuple(
        {sign.join(one if one == "*" else literal(one) for one in names) for names in turned}
    )


WAYS: dict[str, Callable[[Kind, Mapping[str, int]], tuple[str, ...]]] = {
    "none": lambda _, counts: tuple(literal(one) for one in counts),
    "more than ten children become `*`": _ten_children,
    "types alone": fold,
    "types and evidence": lambda kind, counts: tuple(
        one.pattern for one in folds(kind, counts, sandboxes=1000)
    ),
}


def measured(*, trained: int = TRAINED, tried: int = TRIED) -> Iterator[Folding]:
    """Learn from some values, and look what of the next ones is new."""
    for kind in _FORMS:
        values = drawn(kind, 7, trained + tried)
        counts = Counter(values[:trained])
        for name, way in WAYS.items():
            began = time.perf_counter()
            patterns = way(kind, counts)
            took = time.perf_counter() - began
            judge = _judge(kind, patterns)
            new = sum(not _is_allowed(judge, kind, one) for one in values[trained:])
            attacks = ATTACKS[kind]
            accepted = tuple(one for one in attacks if _is_allowed(judge, kind, one))
            each = took / trained * 1e6
            yield Folding(
                kind.value, name, len(patterns), new * 10**6 // tried, accepted, len(attacks), each
            )


def _judge(kind: Kind, patterns: tuple[str, ...]) -> Judge:
    document = {"hauberk": 1, "function": "f", "mode": "prevent"}
    allowed = {"allowlist": {kind.value: [f"* {one}" for one in patterns]}}
    return Judge(json.dumps({**document, **allowed}).encode())


_OPERATIONS = {Kind.FILE: "write", Kind.HOST: "resolve", Kind.API: "s3:GetObject"}


def _is_allowed(judge: Judge, kind: Kind, target: str) -> bool:
    return judge.judge(kind, _OPERATIONS[kind], target)[0] == "allow"
