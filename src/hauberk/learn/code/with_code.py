"""Evidence with what the code says added, and with what a change of the code takes from it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from hauberk.learn.code.code_change import CodeChange, code_change
from hauberk.learn.code.of_code import Explained, explained
from hauberk.learn.code.unexplained import unexplained
from hauberk.learn.complete.completeness import Completeness
from hauberk.learn.evidence import FunctionEvidence
from hauberk.model.activity import Activity
from hauberk.model.kind import Kind
from hauberk.policy.file import Entry
from hauberk.scan import CodeProfile


class Origin(NamedTuple):
    """Where a code of a store is from."""

    version: str
    given: int  # when, in seconds since 1970
    is_given: bool = False  # by who asks now


@dataclass(frozen=True, slots=True)
class Code:
    """The code of one function, and what it was before the last change, where that is known."""

    now: CodeProfile
    before: CodeProfile | None = None
    new: Mapping[str, int] = field(
        default_factory=dict[str, int]
    )  # versions of it, as `evidence_of` takes them
    now_of: Origin | None = None  # where they are kept in a store
    before_of: Origin | None = None


@dataclass(frozen=True, slots=True)
class Weighed:
    """What the code says of one function's profile."""

    given: Code
    explained: Explained
    change: CodeChange | None

    @property
    def code(self) -> CodeProfile:
        """What it is now."""
        return self.given.now


@dataclass(frozen=True, slots=True)
class Share:
    """What the code brought to a proposal: what it lists, and how complete the list would be without it."""

    weighed: Weighed
    listed: Mapping[Kind, tuple[Entry, ...]]
    unaided: Mapping[Kind, Completeness]

    def unseen(self, kind: Kind) -> tuple[Entry, ...]:
        """Give what it lists of a kind and nobody saw."""
        met = self.weighed.explained.met
        return tuple(
            one for one in self.listed.get(kind, ()) if (kind, one.operation, one.target) not in met
        )


def with_code(whole: FunctionEvidence, code: Code) -> tuple[FunctionEvidence, Weighed]:
    """Weigh what was seen once more, by what the code explains.

    Of a change, what only the older code tells is outdated, unless the newest version was seen to do it; and only those
    kinds are open again of which the new code may do more than it tells.
    """
    found = explained(code.now, whole.seen)
    strange = _strange(code.now, found, whole)
    whole = replace(whole, explained=frozenset(found.by), strange=strange)
    if code.before is None:
        return whole, Weighed(code, found, None)
    change = code_change(code.before, code.now)
    older = explained(code.before, whole.seen)
    kept = found.possible.union(found.by, whole.newest)
    outdated = {one: str(finding.sites[0]) for one, finding in older.by.items() if one not in kept}
    evidence = replace(
        whole,
        strange=strange & _strange(code.before, older, whole),
        reopened=frozenset(change.reopened),
        outdated=outdated,
    )
    return evidence, Weighed(code, found, change)


def _strange(code: CodeProfile, found: Explained, whole: FunctionEvidence) -> frozenset[Activity]:
    return unexplained(
        code,
        whole.seen,
        found.possible,
        by_programs=whole.by_programs,
        temporary=whole.temporary,
    )
