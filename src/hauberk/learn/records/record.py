"""Records as the learner needs them: read whole, or refused with the reason."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple, TypeGuard

from hauberk.learn.profile.callers import read_caller
from hauberk.learn.profile.indicators import Indicator, read_indicator
from hauberk.learn.profile.inputs import InputShape, read_shapes
from hauberk.learn.records.message import Unreadable, parsed
from hauberk.learn.records.usage import Measure, read_step
from hauberk.model.activity import Activity
from hauberk.model.detector import Detector
from hauberk.model.kind import OPERATIONS, Kind
from hauberk.model.literal import literal
from hauberk.model.record import MOST_BYTES, WORD, RecordType, State
from hauberk.policy.pattern import pattern_fault

MOST_TARGET_CHARACTERS = 1_024  # with every character escaped it still fits a pattern

_FUNCTION = re.compile(r"[A-Za-z0-9_-]{1,64}")
_ACTION = re.compile(r"[A-Za-z0-9-]{1,64}:[A-Za-z0-9]{1,128}")
_WRITER = re.compile(
    r'(?:"id":"(?P<id>[0-9a-f]{16})",)?"environment":"(?P<token>[0-9a-f]{32})","function":"(?P<function>[^"]*)"'
)
_TOKEN = re.compile(r"[0-9a-f]{32}")
_OPENING = (
    '{"timestamp":"'  # as the guard writes it; in a text inside JSON each quote has a backslash
)
_KINDS = {kind.value: kind for kind in Kind}
_MANY = 1 << 14  # environments, and activities, that are remembered
UNLISTABLE = "cut, masked or unwritable target"
_CUT = "…"
_REST = "*"  # of what is not counted by itself
_LEFT = (Detector.OUTLIVES_INVOCATION, Detector.ACTS_AFTER_RESPONSE)
_MASKED = ("‹redacted›", "\N{REPLACEMENT CHARACTER}")  # noqa: RUF001
# Those that are left out open the folder in which a file is to be made.
_TEMPFILE = re.compile(r"(?:^|/)tempfile\.py:\d+ (?!(?:(?:Named)?TemporaryFile|opener)$)")
# multiprocessing waits at a Unix socket that it has the module tempfile name.
_MULTIPROCESSING = re.compile(r"/multiprocessing/(?:connection|forkserver)\.py:\d+ ")
_LISTENER = re.compile(r"unix:/.*/listener-[a-z0-9_]{8}")


class Environment(NamedTuple):
    """One execution environment of a function, by the token that it drew at random."""

    function: str
    token: str


class Invocation(NamedTuple):
    """One invocation of a function; its request id is empty during init."""

    environment: Environment
    request_id: str


class Fragment(NamedTuple):
    """A part of a record: whose it is, and the record's id, empty where that is lost too."""

    environment: Environment
    id: str


class Claim(NamedTuple):
    """What a message says is a record, and whether it says nothing else."""

    document: dict[str, Any]
    is_whole: bool


class ActivityRecord(NamedTuple):
    """The function did something while it was learning."""

    invocation: Invocation
    activity: Activity
    attacked: bool
    is_temporary: bool  # the module tempfile made the name of its target
    caller: int | None = None  # the number of who called; None where nobody is known
    is_named: bool = False  # an input named its target: whoever called chose it


class DetectionRecord(NamedTuple):
    """Something was detected in this invocation: an attack, or what an invocation before has left."""

    invocation: Invocation
    attacked: bool
    indicator: Indicator | None = None  # where it is only like an attack


class StatusRecord(NamedTuple):
    """What the guard said of itself: whether it was armed, which kinds it could see, what it could not write."""

    invocation: Invocation
    is_armed: bool
    stream: str | None
    has_dropped: bool
    covered: frozenset[Kind]
    gaps: frozenset[Kind]


class InputsRecord(NamedTuple):
    """The shapes of inputs, as this environment saw them until then."""

    invocation: Invocation
    shapes: tuple[InputShape, ...]  # in the order of their paths


class UsageRecord(NamedTuple):
    """Something was done as often, or as many bytes were sent, in one invocation as never before in its environment."""

    invocation: Invocation
    activity: Activity  # whose target is what is counted together
    measure: Measure
    step: int


Record = ActivityRecord | DetectionRecord | StatusRecord | InputsRecord | UsageRecord


def claim(text: str) -> Claim | None:
    """Find the record in a message, also after other text; raise `Unreadable` where the word is but no record."""
    if WORD not in text:
        return None
    if text.startswith("{") and len(text) > MOST_BYTES:
        raise Unreadable("too long")
    start = text.rfind(_OPENING)
    if start > 0 and _is_record(document := _parsed_or_none(text[start:])):
        return Claim(document, is_whole=False)
    if not text.startswith("{") or not _is_record(document := parsed(text)):
        raise Unreadable("not a record of its own")
    return Claim(document, is_whole=True)


def fragments(text: str) -> Iterator[Fragment]:
    """Name the records that a text holds in part."""
    return (
        Fragment(Environment(one["function"], one["token"]), one["id"] or "")
        for one in _WRITER.finditer(text)
    )


def read_record(document: Mapping[str, Any]) -> Record:
    """Read a record, or raise `Unreadable`."""
    environment = _environment(_text(document, "function"), _text(document, "environment"))
    invocation = Invocation(environment, _text(document, "request_id"))
    read = _READ.get(_text(document, "type"))
    if read is None:
        raise Unreadable("unknown type")
    return read(invocation, document)


@lru_cache(_MANY)
def _environment(function: str, token: str) -> Environment:
    if not _FUNCTION.fullmatch(function):
        raise Unreadable("not a function's name")
    if not _TOKEN.fullmatch(token):
        raise Unreadable("not an environment's token")
    return Environment(function, token)


def _activity(invocation: Invocation, document: Mapping[str, Any]) -> Record:
    attacked = document.get("attacked", False)
    if not isinstance(attacked, bool):
        raise Unreadable("wrong types")
    kind = _KINDS.get(_text(document, "kind"))
    if kind is None:
        raise Unreadable("unknown kind")
    act = _learnable(kind.value, _text(document, "operation"), _text(document, "target"))
    is_temporary = _is_temporary(kind, act.target, document.get("stack"))
    caller = read_caller(document.get("caller"))
    is_named = isinstance(document.get("named_by"), str)
    return ActivityRecord(invocation, act, attacked, is_temporary, caller, is_named)


@lru_cache(_MANY)
def _learnable(name: str, operation: str, target: str) -> Activity:
    """Check an activity once: environments of a function do the same."""
    kind = Kind(name)
    _check_operation(kind, operation)
    if not _is_learnable(kind, target):
        raise Unreadable(UNLISTABLE)
    return Activity(kind, operation, target)


def _check_operation(kind: Kind, operation: str) -> None:
    is_action = kind is Kind.API and _ACTION.fullmatch(operation)
    if operation not in OPERATIONS[kind] and not is_action:
        raise Unreadable("unknown operation")


def _detection(invocation: Invocation, document: Mapping[str, Any]) -> Record:
    attacked = document.get("detector") not in _LEFT
    return DetectionRecord(invocation, attacked=attacked, indicator=read_indicator(document))


def _status(invocation: Invocation, document: Mapping[str, Any]) -> Record:
    coverage = document.get("coverage", {})
    if not isinstance(coverage, dict):
        raise Unreadable("wrong types")
    states = [(sink, sink.partition(".")[0], state) for sink, state in coverage.items()]
    states = [(sink, name, state) for sink, name, state in states if name in set(Kind)]
    covered = {Kind(name) for _, name, state in states if state in ("armed", "waiting")}
    named = {Kind(name) for _, name, _ in states}
    whole = {Kind(name) for sink, name, _ in states if sink == name}
    gaps = (named - covered) | {
        kind for kind in whole if coverage[kind] not in ("armed", "waiting")
    }
    stream = document.get("stream")
    if not isinstance(stream, str | None):
        raise Unreadable("wrong types")
    return StatusRecord(
        invocation,
        is_armed=_text(document, "state") == State.ARMED,
        stream=stream,
        has_dropped="dropped" in document,
        covered=frozenset(covered),
        gaps=frozenset(gaps),
    )


def _usage(invocation: Invocation, document: Mapping[str, Any]) -> Record:
    kind, operation = _KINDS.get(_text(document, "kind")), _text(document, "operation")
    if kind is None:
        raise Unreadable("unknown kind")
    _check_operation(kind, operation)
    act = Activity(kind, operation, _text(document, "target"))
    if act.target != _REST:
        act = _learnable(kind.value, operation, act.target)
    return UsageRecord(invocation, act, *read_step(document))


def _inputs(invocation: Invocation, document: Mapping[str, Any]) -> Record:
    return InputsRecord(invocation, read_shapes(document.get("inputs")))


def _is_record(document: object) -> TypeGuard[dict[str, Any]]:
    return isinstance(document, dict) and document.get("hauberk") == WORD


def _parsed_or_none(text: str) -> Any:
    try:
        return parsed(text)
    except Unreadable:
        return None


def _is_learnable(kind: Kind, target: str) -> bool:
    if not 0 < len(target) <= MOST_TARGET_CHARACTERS or target.endswith(_CUT):
        return False
    if any(mark in target for mark in _MASKED) or any(
        "\ud800" <= one <= "\udfff" for one in target
    ):
        return False
    return pattern_fault(kind, literal(target)) is None


def _is_temporary(kind: Kind, target: str, stack: Any) -> bool:
    innermost = stack[0] if isinstance(stack, list) and stack else None
    if not isinstance(innermost, str):
        return False
    if kind is Kind.ADDRESS:
        return bool(_LISTENER.fullmatch(target) and _MULTIPROCESSING.search(innermost))
    if kind is not Kind.FILE or "tempfile.py:" not in innermost:
        return False
    return _TEMPFILE.search(innermost) is not None


def _text(document: Mapping[str, Any], key: str) -> str:
    value = document.get(key)
    if not isinstance(value, str):
        raise Unreadable("wrong types")
    return value


_READ = {
    RecordType.ACTIVITY.value: _activity,
    RecordType.DETECTION.value: _detection,
    RecordType.STATUS.value: _status,
    RecordType.INPUTS.value: _inputs,
    RecordType.USAGE.value: _usage,
}
