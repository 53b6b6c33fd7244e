"""The allowlist that a function's activities ask for, beside what its policy holds already."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from hauberk.learn.fold import fold
from hauberk.learn.observe import Partial
from hauberk.model.activity import Activity
from hauberk.model.kind import OPERATIONS, Kind
from hauberk.policy.file import Entry, FunctionPolicy, PolicyFile

ORIGIN = "runtime"


@dataclass(frozen=True, slots=True)
class FunctionProposal:
    """New entries of one function by kind; a kind without any is to be empty: nothing allowed."""

    name: str
    new: Mapping[Kind, tuple[Entry, ...]]
    held: Mapping[Kind, int]
    learning: frozenset[Kind]
    activities: frozenset[Activity]
    dropped: int
    invocations: int
    attacked: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed for each function, and which functions were never seen armed."""

    functions: tuple[FunctionProposal, ...]
    unarmed: tuple[str, ...]


def propose(profile: Partial, existing: PolicyFile | None, *, only_seen: bool = False) -> Proposal:
    """Propose allowlists; `only_seen` leaves a kind that the function was silent about learning."""
    held = {one.name: one for one in existing.functions} if existing else {}
    names = profile.functions()
    proposals = (_function(profile, name, held.get(name), only_seen=only_seen) for name in names)
    unarmed = tuple(name for name in names if name not in profile.armed)
    return Proposal(tuple(proposals), unarmed)


def _function(
    profile: Partial, name: str, held: FunctionPolicy | None, *, only_seen: bool
) -> FunctionProposal:
    activities = profile.activities(name)
    allowlist = held.allowlist if held else {}
    new: dict[Kind, tuple[Entry, ...]] = {}
    for kind in Kind:
        entries = _entries(kind, activities, allowlist.get(kind, ()))
        is_silence_telling = not only_seen and _is_silence_telling(profile, name, kind)
        if entries or (kind not in allowlist and is_silence_telling):
            new[kind] = entries
    mine = [one for one in profile.invocations if one.function == name]
    every = {activity for invocation, activity in profile.seen if invocation.function == name}
    return FunctionProposal(
        name=name,
        new=new,
        held={kind: len(entries) for kind, entries in allowlist.items()},
        learning=frozenset(kind for kind in Kind if kind not in new and kind not in allowlist),
        activities=activities,
        dropped=len(every - activities),
        invocations=len(mine),
        attacked=sum(one in profile.attacked for one in mine),
    )


def _entries(
    kind: Kind, activities: frozenset[Activity], held: tuple[Entry, ...]
) -> tuple[Entry, ...]:
    targets: dict[str, set[str]] = defaultdict(set)
    for activity in activities:
        if activity.kind is kind:
            targets[_operation(activity)].add(activity.target)
    known = {(entry.operation, entry.target) for entry in held}
    return tuple(
        Entry(operation, target, ORIGIN)
        for operation in sorted(targets)
        for target in fold(kind, targets[operation])
        if (operation, target) not in known and ("*", target) not in known
    )


def _operation(activity: Activity) -> str:
    """A kind with one operation needs none in its entries."""
    return "*" if len(OPERATIONS[activity.kind]) == 1 else activity.operation


def _is_silence_telling(profile: Partial, function: str, kind: Kind) -> bool:
    """The guard was armed, it watched this kind, and wrote nothing: the function did nothing."""
    watched = (function, kind) in profile.covered and (function, kind) not in profile.gaps
    return watched and function in profile.armed
