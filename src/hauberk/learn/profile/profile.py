"""What the believed records of logs show of each version of each function.

`believe` is the definition; `hauberk.store` gives the same of segments, by grouped queries. All counts add up, and all
else is a set, a least or a greatest: any order and any sharding of the same records give the same profile.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from hauberk.learn.profile.callers import NOBODY, Callers
from hauberk.learn.profile.indicators import IndicatorSeen
from hauberk.learn.profile.inputs import InputSeen
from hauberk.model.activity import Activity
from hauberk.model.kind import Kind

MOST_SITES = 8
MOST_HOURS = 24
LOTS = 64


@dataclass(frozen=True, slots=True)
class Seen:
    """One activity, and how often invocations without an attack did it; all zero where only attacked ones did."""

    activity: Activity
    invocations: int = 0  # one that runs over midnight counts on both days
    blocks: int = 0  # hours of the clock
    sandboxes: int = 0  # at least so many environments: up to 64, by lots
    first_ms: int | None = None  # since 1970
    last_ms: int | None = None
    is_temporary: bool = False  # the module tempfile named its target
    sites: tuple[str, ...] = ()  # of the code that did it, the first eight in order
    hours: tuple[int, ...] = ()  # since 1970: which blocks, where there are at most 24
    is_near_attack: bool = False  # no environment did it that was never attacked
    callers: Callers = NOBODY
    is_named: bool = False  # by an input, each time

    @property
    def is_attacked_only(self) -> bool:
        """Whether nobody but attacked invocations did it."""
        return self.invocations == 0


@dataclass(frozen=True, slots=True)
class Total:
    """What there was of one kind in invocations without an attack, as in `Seen`."""

    invocations: int = 0
    blocks: int = 0
    sandboxes: int = 0


@dataclass(frozen=True, slots=True)
class VersionProfile:
    """What one version of a function was seen to do, and what of its silence tells."""

    version: str
    seen: tuple[Seen, ...]  # in order
    totals: Mapping[Kind, Total]
    invocations: int  # that wrote records; one that runs over midnight counts on both days
    hours: frozenset[int]  # since 1970, in which it wrote any
    attacked: int
    is_armed: bool
    covered: frozenset[Kind]
    gaps: frozenset[Kind]
    inputs: tuple[InputSeen, ...] = ()  # in the order of their paths
    indicators: tuple[IndicatorSeen, ...] = ()  # likewise
    is_used: bool = (
        False  # a request without an attack did something; not only what was done at the start
    )


@dataclass(frozen=True)
class FunctionProfile:
    """What all versions of one function were seen to do."""

    versions: tuple[VersionProfile, ...]  # in order

    @cached_property
    def seen(self) -> tuple[Seen, ...]:
        """What it did in any version."""
        return tuple(one for version in self.versions for one in version.seen)

    @cached_property
    def activities(self) -> frozenset[Activity]:
        """What it did in invocations that were not attacked."""
        return frozenset(one.activity for one in self.seen if not one.is_attacked_only)

    @cached_property
    def temporary(self) -> frozenset[Activity]:
        """What it did with files and Unix sockets that the module tempfile named."""
        return frozenset(one.activity for one in self.seen if one.is_temporary)

    @property
    def is_normal(self) -> bool:
        """Whether anything was done by a request without an attack, or in an environment that was never attacked."""
        of_start = (one for one in self.seen if not one.is_attacked_only and not one.is_near_attack)
        return any(one.is_used for one in self.versions) or any(of_start)

    @property
    def invocations(self) -> int:
        """How many invocations wrote records."""
        return sum(one.invocations for one in self.versions)

    @property
    def attacked(self) -> int:
        """How many of them were attacked."""
        return sum(one.attacked for one in self.versions)

    @property
    def is_armed(self) -> bool:
        """Whether a status shows the guard armed."""
        return any(one.is_armed for one in self.versions)

    @property
    def watched(self) -> frozenset[Kind]:
        """Kinds whose silence tells that nothing was done."""
        nothing: frozenset[Kind] = frozenset()
        covered = nothing.union(*(one.covered for one in self.versions))
        return covered.difference(*(one.gaps for one in self.versions))


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
