"""What logs tell of the guard itself: its statuses, and detections that are about it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hauberk.learn.records.announcement import Witness
from hauberk.learn.records.record import DetectionRecord, Environment, StatusRecord
from hauberk.learn.records.walk import Found, walk
from hauberk.model.record import NO_ENVIRONMENT

TAMPERED = "tampered"  # the state of a statement that a detection makes
_TAMPERING = "guard-tampered"


@dataclass(frozen=True, slots=True)
class Statement:
    """What one environment said of itself; `state` is a status's, or TAMPERED."""

    environment: Environment
    state: str
    message: str
    mode: str = ""
    policy: str = ""
    serial: int | None = None
    faults: int = 0
    dropped: int = 0
    coverage: Mapping[str, str] = field(default_factory=dict)
    walls: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Heard:
    """What some logs tell, believed or not."""

    statements: tuple[Statement, ...] = ()
    announced: frozenset[Environment] = frozenset()
    environments: frozenset[Environment] = frozenset()
    unreadable: Mapping[str, int] = field(default_factory=dict[str, int])  # lines, by the reason

    def believed(self, function: str, *, trust_unannounced: bool = False) -> tuple[Statement, ...]:
        """Those of a function that only the guard can have written, or all."""
        return tuple(
            one
            for one in self.statements
            if one.environment.function == function
            and (trust_unannounced or one.environment in self._known())
        )

    def _known(self) -> frozenset[Environment]:
        """A guard that could not start has no token; what it says can be no praise."""
        nobodys = {one for one in self.environments if one.token == NO_ENVIRONMENT}
        return self.announced | nobodys


def hear(lines: Iterable[bytes]) -> Heard:
    """Hear what the lines of one log tell. Answers for every line; raises for none."""
    witness = Witness()
    statements: list[Statement] = []
    environments: set[Environment] = set()
    unreadable: Counter[str] = Counter()
    for one in walk(lines, witness):
        if isinstance(one, Found):
            environments.add(one.record.invocation.environment)
            statements.extend(_statements(one))
        else:
            unreadable[one.why] += 1
    return Heard(tuple(statements), witness.announced(), frozenset(environments), unreadable)


def merge(one: Heard, other: Heard) -> Heard:
    """Add what different logs tell."""
    return Heard(
        one.statements + other.statements,
        one.announced | other.announced,
        one.environments | other.environments,
        Counter(one.unreadable) + Counter(other.unreadable),
    )


def _statements(found: Found) -> Iterable[Statement]:
    environment, document = found.record.invocation.environment, found.document
    if isinstance(found.record, DetectionRecord) and document.get("detector") == _TAMPERING:
        about = [_text(document, key) for key in ("reason", "target")]
        yield Statement(environment, TAMPERED, ": ".join(filter(None, about)))
    if not isinstance(found.record, StatusRecord):
        return
    policy = document.get("policy")
    policy = policy if isinstance(policy, dict) else {}
    serial = policy.get("serial")
    yield Statement(
        environment,
        _text(document, "state"),
        _text(document, "message"),
        mode=_text(document, "mode"),
        policy=_text(policy, "state"),
        serial=serial if isinstance(serial, int) else None,
        faults=_count(document, "faults"),
        dropped=_count(document, "dropped"),
        coverage=_texts(document, "coverage"),
        walls=_texts(document, "walls"),
    )


def _text(document: Mapping[str, Any], key: str) -> str:
    value = document.get(key)
    return value if isinstance(value, str) else ""


def _count(document: Mapping[str, Any], key: str) -> int:
    value = document.get(key)
    return value if isinstance(value, int) and value > 0 else 0


def _texts(document: Mapping[str, Any], key: str) -> Mapping[str, str]:
    value = document.get(key)
    pairs = value.items() if isinstance(value, dict) else ()
    return {name: word for name, word in pairs if isinstance(word, str)}
