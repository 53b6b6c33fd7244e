"""What logs show of functions: partial views, which merge in any order to the same whole."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import NamedTuple

from hauberk.learn.announcement import Witness
from hauberk.learn.record import (
    ActivityRecord,
    Environment,
    Invocation,
    Record,
    StatusRecord,
)
from hauberk.learn.walk import Spoilt, walk
from hauberk.model.activity import Activity
from hauberk.model.kind import Kind


class Sighting(NamedTuple):
    """An invocation did something; `is_temporary`: on a file that the module tempfile named."""

    invocation: Invocation
    activity: Activity
    is_temporary: bool


class Writer(NamedTuple):
    """Who says to have written a record, and whether on a line of its own."""

    environment: Environment
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Partial:
    """What some logs show, believed or not; `observe` makes it and `merge` adds two of different logs."""

    seen: frozenset[Sighting] = frozenset()
    invocations: frozenset[Invocation] = frozenset()
    attacked: frozenset[Invocation] = frozenset()
    announced: frozenset[Environment] = frozenset()
    armed: frozenset[Environment] = frozenset()
    incomplete: frozenset[Environment] = frozenset()  # records of theirs were dropped or damaged
    covered: frozenset[tuple[Environment, Kind]] = frozenset()
    gaps: frozenset[tuple[Environment, Kind]] = frozenset()
    records: frozenset[tuple[Writer, int]] = frozenset()  # how many
    unreadable: frozenset[tuple[str, int]] = frozenset()  # why, and how often


def observe(lines: Iterable[bytes]) -> Partial:
    """See what the lines of one log show. Answers for every line; raises for none."""
    view = _View()
    for one in walk(lines, view.witness):
        if isinstance(one, Spoilt):
            view.unreadable[one.why] += 1
            view.incomplete.update(one.writers)  # what is damaged may be a detection
        else:
            view.take(one.record, is_whole=one.is_whole)
    return view.frozen()


def merge(one: Partial, other: Partial) -> Partial:
    """Add two views of different logs. Associative and commutative."""
    merged = {
        field.name: getattr(one, field.name) | getattr(other, field.name)
        for field in fields(Partial)
    }
    return Partial(
        **{
            **merged,
            "records": frozenset(
                (Counter(dict(one.records)) + Counter(dict(other.records))).items()
            ),
            "unreadable": frozenset(
                (Counter(dict(one.unreadable)) + Counter(dict(other.unreadable))).items()
            ),
        }
    )


class _View:
    def __init__(self) -> None:
        self.witness = Witness()
        self.seen: set[Sighting] = set()
        self.invocations: set[Invocation] = set()
        self.attacked: set[Invocation] = set()
        self.armed: set[Environment] = set()
        self.incomplete: set[Environment] = set()
        self.covered: set[tuple[Environment, Kind]] = set()
        self.gaps: set[tuple[Environment, Kind]] = set()
        self.records: Counter[Writer] = Counter()
        self.unreadable: Counter[str] = Counter()

    def take(self, record: Record, *, is_whole: bool) -> None:
        environment = record.invocation.environment
        self.records[Writer(environment, is_whole)] += 1
        self.invocations.add(record.invocation)
        if isinstance(record, StatusRecord):
            self._status(environment, record)
            return
        if record.attacked:
            self.attacked.add(record.invocation)
        if isinstance(record, ActivityRecord):
            self.seen.add(Sighting(record.invocation, record.activity, record.is_temporary))

    def _status(self, environment: Environment, record: StatusRecord) -> None:
        if record.is_armed:
            self.armed.add(environment)
        if record.has_dropped:
            self.incomplete.add(environment)
        self.covered.update((environment, kind) for kind in record.covered)
        self.gaps.update((environment, kind) for kind in record.gaps)

    def frozen(self) -> Partial:
        return Partial(
            seen=frozenset(self.seen),
            invocations=frozenset(self.invocations),
            attacked=frozenset(self.attacked),
            announced=self.witness.announced(),
            armed=frozenset(self.armed),
            incomplete=frozenset(self.incomplete),
            covered=frozenset(self.covered),
            gaps=frozenset(self.gaps),
            records=frozenset(self.records.items()),
            unreadable=frozenset(self.unreadable.items()),
        )
