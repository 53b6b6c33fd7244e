"""The allowlist that a function's activities ask for, beside what its policy holds already."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from hauberk.learn.fold import fold
from hauberk.learn.profile import FunctionProfile, Profile
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
    emptied_by_attacks: tuple[Kind, ...]  # used by attacked invocations only

    @property
    def is_attacked_only(self) -> bool:
        """Whether kinds would become empty though nothing but attacked invocations was seen."""
        return self.attacked > 0 and bool(self.new) and not self.activities


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed for each function, and for which nothing is: never seen armed, seen under attack only."""

    functions: tuple[FunctionProposal, ...]
    unarmed: tuple[str, ...]
    attacked_only: tuple[str, ...]  # their silence proves nothing


def propose(profile: Profile, existing: PolicyFile | None, *, only_seen: bool = False) -> Proposal:
    """Propose allowlists; `only_seen` leaves a kind that the function was silent about learning."""
    held = {one.name: one for one in existing.functions} if existing else {}
    proposals = tuple(
        _function(
            name,
            view,
            held.get(name),
            view.watched if view.is_armed and not only_seen else frozenset(),
        )
        for name, view in profile.functions.items()
    )
    unarmed = tuple(name for name, view in profile.functions.items() if not view.is_armed)
    kept = tuple(one for one in proposals if not one.is_attacked_only)
    attacked_only = tuple(one.name for one in proposals if one.is_attacked_only)
    return Proposal(kept, unarmed, attacked_only)


def _function(
    name: str, view: FunctionProfile, held: FunctionPolicy | None, silent: frozenset[Kind]
) -> FunctionProposal:
    activities, temporary = view.activities, view.temporary
    dropped = {one.activity for one in view.seen} - activities
    allowlist = held.allowlist if held else {}
    new: dict[Kind, tuple[Entry, ...]] = {}
    for kind in Kind:
        mine = frozenset(one for one in activities if one.kind is kind)
        entries = _entries(mine, temporary, allowlist.get(kind, ()))
        if entries or (kind in silent and kind not in allowlist):
            new[kind] = entries
    return FunctionProposal(
        name=name,
        new=new,
        held={kind: len(entries) for kind, entries in allowlist.items()},
        learning=frozenset(kind for kind in Kind if kind not in new and kind not in allowlist),
        activities=activities,
        dropped=len(dropped),
        invocations=view.invocations,
        attacked=view.attacked,
        emptied_by_attacks=tuple(
            kind
            for kind in Kind
            if new.get(kind) == () and any(one.kind is kind for one in dropped)
        ),
    )


def _entries(
    activities: frozenset[Activity], temporary: frozenset[Activity], held: tuple[Entry, ...]
) -> tuple[Entry, ...]:
    """Fold the activities of one kind, and leave out what the allowlist holds."""
    groups: dict[tuple[Kind, str], set[Activity]] = defaultdict(set)
    for activity in activities:
        groups[activity.kind, _operation(activity)].add(activity)
    known = {(entry.operation, entry.target) for entry in held}
    return tuple(
        Entry(operation, target, ORIGIN)
        for (kind, operation), group in sorted(groups.items())
        for target in fold(
            kind,
            (one.target for one in group),
            frozenset(one.target for one in group & temporary),
        )
        if (operation, target) not in known and ("*", target) not in known
    )


def _operation(activity: Activity) -> str:
    """A kind with one operation needs none in its entries."""
    return "*" if len(OPERATIONS[activity.kind]) == 1 else activity.operation
