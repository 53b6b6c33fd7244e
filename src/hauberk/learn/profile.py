"""What the believed records of logs show of each function."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from hauberk.learn.observe import Partial, Sighting
from hauberk.learn.record import Environment, Invocation
from hauberk.model.activity import Activity
from hauberk.model.kind import Kind
from hauberk.model.record import NO_ENVIRONMENT

_Fact = TypeVar("_Fact")


@dataclass(frozen=True)
class FunctionProfile:
    """What one function was seen to do, and what of its silence tells."""

    seen: frozenset[Sighting]
    invocations: frozenset[Invocation]
    attacked: frozenset[Invocation]
    is_armed: bool
    watched: frozenset[Kind]  # kinds whose silence tells that nothing was done

    @cached_property
    def activities(self) -> frozenset[Activity]:
        """What it did in invocations that were not attacked."""
        return frozenset(one.activity for one in self.seen if one.invocation not in self.attacked)

    @property
    def temporary(self) -> frozenset[Activity]:
        """What it did with files that the module tempfile named."""
        return frozenset(one.activity for one in self.seen if one.is_temporary)


@dataclass(frozen=True, slots=True)
class Profile:
    """What is believed of each function, and how much is not."""

    functions: Mapping[str, FunctionProfile]
    records: int
    unbelieved: int  # records whose environment no announcement vouches for
    trusted: int  # such records, believed all the same
    incomplete: int  # environments that lost records, and so teach nothing
    unreadable: Mapping[str, int]

    def activities(self, function: str) -> frozenset[Activity]:
        """What a function did in invocations that were not attacked."""
        known = self.functions.get(function)
        return known.activities if known else frozenset()


def believe(partial: Partial, *, trust_unannounced: bool = False) -> Profile:
    """Keep what announced environments wrote; `trust_unannounced` takes all others at their word, strangers too."""
    counts = dict(partial.records)
    announced = partial.announced
    claimed = frozenset(writer.environment for writer in counts if writer.is_whole)
    believed = announced | claimed if trust_unannounced else announced
    doubtful = {
        writer: count
        for writer, count in counts.items()
        if writer.environment not in announced and writer.environment.token != NO_ENVIRONMENT
    }
    trusted = sum(count for writer, count in doubtful.items() if writer.environment in believed)
    return Profile(
        functions=_functions(partial, believed - partial.incomplete),
        records=sum(counts.values()),
        unbelieved=sum(doubtful.values()) - trusted,
        trusted=trusted,
        incomplete=len(believed & partial.incomplete),
        unreadable=dict(sorted(partial.unreadable)),
    )


def _functions(partial: Partial, believed: frozenset[Environment]) -> dict[str, FunctionProfile]:
    def grouped(facts: Iterable[tuple[Environment, _Fact]]) -> dict[str, frozenset[_Fact]]:
        groups: dict[str, set[_Fact]] = defaultdict(set)
        for environment, fact in facts:
            if environment in believed:
                groups[environment.function].add(fact)
        return {name: frozenset(group) for name, group in groups.items()}

    seen = grouped((one.invocation.environment, one) for one in partial.seen)
    invocations = grouped((one.environment, one) for one in partial.invocations)
    attacked = grouped((one.environment, one) for one in partial.attacked)
    armed = grouped((one, one) for one in partial.armed)
    covered, gaps = grouped(partial.covered), grouped(partial.gaps)
    nothing: frozenset[Any] = frozenset()
    return {
        name: FunctionProfile(
            seen=seen.get(name, nothing),
            invocations=invocations[name],
            attacked=attacked.get(name, nothing),
            is_armed=name in armed,
            watched=covered.get(name, nothing) - gaps.get(name, nothing),
        )
        for name in sorted(invocations)
    }
