"""What logs show of functions: partial views, which merge in any order to the same whole."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from hauberk.learn.log import Candidate, Unreadable, candidates, document
from hauberk.learn.record import (
    ActivityRecord,
    DetectionRecord,
    Invocation,
    Record,
    StatusRecord,
    read_record,
)
from hauberk.model.activity import Activity
from hauberk.model.kind import Kind


@dataclass(frozen=True, slots=True)
class Partial:
    """What some lines show; `observe` makes it and `merge` adds two of different lines."""

    seen: frozenset[tuple[Invocation, Activity]] = frozenset()
    invocations: frozenset[Invocation] = frozenset()
    attacked: frozenset[Invocation] = frozenset()
    temporary: frozenset[Activity] = frozenset()  # on files that the module tempfile named
    armed: frozenset[str] = frozenset()
    covered: frozenset[tuple[str, Kind]] = frozenset()
    gaps: frozenset[tuple[str, Kind]] = frozenset()
    records: int = 0
    unreadable: frozenset[tuple[str, int]] = frozenset()  # why, and how often

    def functions(self) -> tuple[str, ...]:
        """Name the functions that said anything, in order."""
        return tuple(sorted({one.function for one in self.invocations}))

    def activities(self, function: str) -> frozenset[Activity]:
        """What the function did in invocations that were not attacked."""
        return frozenset(
            activity
            for invocation, activity in self.seen
            if invocation.function == function and invocation not in self.attacked
        )

    def by_function(self) -> dict[str, "Partial"]:
        """Take the view apart: what it shows of each function."""
        views: dict[str, _View] = {name: _View() for name in self.functions()}
        for one in self.invocations:
            views[one.function].invocations.add(one)
        for one in self.attacked:
            views[one.function].attacked.add(one)
        for invocation, activity in self.seen:
            views[invocation.function].seen.add((invocation, activity))
        return {name: view.frozen() for name, view in views.items()}


def observe(lines: Iterable[bytes]) -> Partial:
    """See what the lines of a log show. Answers for every line; raises for none."""
    view = _View()
    for line in lines:
        try:
            found = candidates(line)
        except Unreadable as error:
            view.unreadable[str(error)] += 1
            continue
        for candidate in found:
            view.try_to_take(candidate)
    return view.frozen()


def merge(one: Partial, other: Partial) -> Partial:
    """Add two views of different lines. Associative and commutative."""
    unreadable = Counter(dict(one.unreadable)) + Counter(dict(other.unreadable))
    return Partial(
        seen=one.seen | other.seen,
        invocations=one.invocations | other.invocations,
        attacked=one.attacked | other.attacked,
        temporary=one.temporary | other.temporary,
        armed=one.armed | other.armed,
        covered=one.covered | other.covered,
        gaps=one.gaps | other.gaps,
        records=one.records + other.records,
        unreadable=frozenset(unreadable.items()),
    )


class _View:
    def __init__(self) -> None:
        self.seen: set[tuple[Invocation, Activity]] = set()
        self.invocations: set[Invocation] = set()
        self.attacked: set[Invocation] = set()
        self.temporary: set[Activity] = set()
        self.armed: set[str] = set()
        self.covered: set[tuple[str, Kind]] = set()
        self.gaps: set[tuple[str, Kind]] = set()
        self.records = 0
        self.unreadable: Counter[str] = Counter()

    def try_to_take(self, candidate: Candidate) -> None:
        try:
            self.take(read_record(document(candidate)))
        except Unreadable as error:
            self.unreadable[str(error)] += 1

    def take(self, record: Record) -> None:
        self.records += 1
        self.invocations.add(record.invocation)
        if isinstance(record, StatusRecord):
            self._status(record)
            return
        if isinstance(record, DetectionRecord) or record.attacked:
            self.attacked.add(record.invocation)
        if isinstance(record, ActivityRecord):
            self.seen.add((record.invocation, record.activity))
            if record.is_temporary:
                self.temporary.add(record.activity)

    def _status(self, record: StatusRecord) -> None:
        function = record.invocation.function
        if record.is_armed:
            self.armed.add(function)
        self.covered.update((function, kind) for kind in record.covered)
        self.gaps.update((function, kind) for kind in record.gaps)

    def frozen(self) -> Partial:
        return Partial(
            frozenset(self.seen),
            frozenset(self.invocations),
            frozenset(self.attacked),
            frozenset(self.temporary),
            frozenset(self.armed),
            frozenset(self.covered),
            frozenset(self.gaps),
            self.records,
            frozenset(self.unreadable.items()),
        )
