"""The allowlist that a function's activities ask for, beside what its policy holds already."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from hauberk.learn.code.with_code import Code, Share, Weighed, with_code
from hauberk.learn.complete.completeness import Completeness
from hauberk.learn.complete.history import Point
from hauberk.learn.complete.late import curves, settled
from hauberk.learn.complete.prior import Fleet
from hauberk.learn.complete.tally import LEAST_WEEKS
from hauberk.learn.danger import danger
from hauberk.learn.evidence import FunctionEvidence, evidence_of
from hauberk.learn.fold.folded import Folded, each_by_itself, fleet_of, folded, known
from hauberk.learn.parameters import InputsProposal, propose_inputs
from hauberk.learn.profile.profile import FunctionProfile, Profile
from hauberk.learn.review import LeftOut, doubt
from hauberk.model.activity import Activity
from hauberk.model.kind import ARGUMENTS, Kind
from hauberk.model.mode import Mode
from hauberk.policy.compile import entry_line
from hauberk.policy.decision import Entries
from hauberk.policy.file import Entry, FunctionPolicy, PolicyFile
from hauberk.scan import Finding

ORIGIN = "runtime"


@dataclass(frozen=True, slots=True)
class Move:
    """A kind that is complete: from learning (None) or a mode to the one that is in force then."""

    kind: Kind
    before: Mode | None
    after: Mode
    why: str
    is_made: bool  # a list is written, or it is only told of
    written: Mode | None  # as `promoted`; nothing where a person set the mode


@dataclass(frozen=True, slots=True)
class FunctionProposal:
    """New entries of one function by kind; a kind without any is to be empty: nothing allowed."""

    name: str
    new: Mapping[Kind, tuple[Entry, ...]]
    held: Mapping[Kind, int]
    learning: frozenset[Kind]
    activities: frozenset[Activity]
    folded: tuple[Folded, ...]  # what the profile shows, each with its pattern
    left_out: tuple[LeftOut, ...]  # what a person is to decide
    accepted: tuple[LeftOut, ...]  # what was accepted of that
    completeness: Mapping[Kind, Completeness]  # of what no list decides about yet
    dropped: int
    invocations: int
    attacked: int
    emptied_by_attacks: tuple[Kind, ...]  # used by attacked invocations only
    moves: tuple[Move, ...] = ()  # where a person asked for it (`auto`)
    waiting: Mapping[Kind, str] = field(default_factory=dict[Kind, str])  # why a kind does not move
    code: Share | None = None
    weeks: float = 0.0  # that were watched
    curves: Mapping[Kind, tuple[Point, ...]] = field(default_factory=dict[Kind, tuple[Point, ...]])
    unfolded: Mapping[Kind, Completeness] = field(default_factory=dict[Kind, Completeness])
    inputs: InputsProposal = field(default_factory=InputsProposal)
    is_normal: bool = True  # not only attacks were seen, and how attacked environments began

    @property
    def is_attacked_only(self) -> bool:
        """Whether kinds would become lists though nothing but attacks was seen."""
        return self.attacked > 0 and bool(self.new) and not self.is_normal

    @property
    def asked(self) -> tuple[LeftOut, ...]:
        """What is dangerous and new on the list all the same, since the code asks for it."""
        by = self.code.weighed.explained.by if self.code else {}
        new = {(kind, one.operation, one.target) for kind, of in self.new.items() for one in of}
        listed = [one for one in self.folded if (one.kind, one.operation, one.fold.pattern) in new]
        return tuple(
            LeftOut(one, why) for one in listed if (why := _asked_danger(one.activities, by))
        )

    @property
    def learned(self) -> frozenset[Activity]:
        """What the proposal is to allow."""
        return self.activities.difference(*(one.what.activities for one in self.left_out))


def _asked_danger(activities: frozenset[Activity], by: Mapping[Activity, Finding]) -> str:
    told = (
        f"{why}; the code asks for it at {by[one].sites[0]}"
        for one in sorted(activities)
        if one in by and (why := danger(one))
    )
    return next(told, "")


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed for each function, and for which nothing is: never seen armed, seen under attack only."""

    functions: tuple[FunctionProposal, ...]
    unarmed: tuple[str, ...]
    attacked_only: tuple[str, ...]  # their silence proves nothing


@dataclass(frozen=True, slots=True)
class _View:
    """A function's profile, weighed."""

    profile: FunctionProfile
    evidence: FunctionEvidence
    folded: tuple[Folded, ...]
    known: Mapping[Kind, Completeness]
    unaided: Mapping[Kind, Completeness]  # known without what the code tells
    unfolded: Mapping[Kind, Completeness]  # and of kinds that fold what would be without that
    curves: Mapping[Kind, tuple[Point, ...]]
    code: Weighed | None


def propose(
    profile: Profile,
    existing: PolicyFile | None,
    *,
    only_seen: bool = False,
    accept_review: bool = False,
    code: Mapping[str, Code] | None = None,
) -> Proposal:
    """Propose allowlists; `only_seen` leaves a kind that the function was silent about learning.

    `accept_review` takes what a person is to look at first; `code` is that of functions by their names.
    """
    held = {one.name: one for one in existing.functions} if existing else {}
    proposals = tuple(
        _function(
            name,
            view,
            held.get(name),
            view.profile.watched if view.profile.is_armed and not only_seen else frozenset(),
            accept_review=accept_review,
        )
        for name, view in _weighed(profile, code or {}, held).items()
    )
    unarmed = tuple(name for name, view in profile.functions.items() if not view.is_armed)
    kept = tuple(one for one in proposals if not one.is_attacked_only)
    attacked_only = tuple(one.name for one in proposals if one.is_attacked_only)
    return Proposal(kept, unarmed, attacked_only)


def _weighed(
    profile: Profile, code: Mapping[str, Code], held: Mapping[str, FunctionPolicy]
) -> dict[str, _View]:
    """Fold each function, and learn from all of them what a kind keeps to itself."""
    evidence = {name: evidence_of(view) for name, view in profile.functions.items()}
    every = {
        name: folded(evidence[name], view.temporary) for name, view in profile.functions.items()
    }
    fleet = fleet_of((one, evidence[name]) for name, one in every.items())
    return {
        name: _view(view, evidence[name], every[name], fleet, code.get(name), held.get(name))
        for name, view in profile.functions.items()
    }


def _view(
    view: FunctionProfile,
    evidence: FunctionEvidence,
    every: tuple[Folded, ...],
    fleet: Fleet,
    code: Code | None,
    held: FunctionPolicy | None,
) -> _View:
    least = held.least_days / 7 if held else LEAST_WEEKS
    unaided = known(every, evidence, fleet, least_weeks=least)
    weighed = None
    if code is not None:
        evidence, weighed = with_code(evidence_of(view, code.new), code)
        if weighed.change is not None:
            # Kinds that a change touches bring more than versions do in the mean.
            fleet = replace(fleet, news=())
    told = weighed.explained.told if weighed else frozenset[Activity]()
    evidence = replace(evidence, settled=settled(every, evidence, told, least_weeks=least))
    folds = {one.kind for one in every if one.fold.why}
    raw = known(each_by_itself(every, evidence), evidence, fleet, told, least_weeks=least)
    return _View(
        profile=view,
        evidence=evidence,
        folded=every,
        known=known(every, evidence, fleet, told, least_weeks=least) if weighed else unaided,
        unaided=unaided,
        unfolded={kind: one for kind, one in raw.items() if kind in folds},
        curves=curves(every, evidence, told, least_weeks=least),
        code=weighed,
    )


def _function(
    name: str,
    view: _View,
    held: FunctionPolicy | None,
    silent: frozenset[Kind],
    *,
    accept_review: bool,
) -> FunctionProposal:
    activities = view.profile.activities
    dropped = {one.activity for one in view.profile.seen} - activities
    allowlist = held.allowlist if held else {}
    unknown = _unknown(view.folded, allowlist)
    doubts = tuple(LeftOut(one, why) for one in unknown if (why := doubt(one, view.evidence)))
    left_out = () if accept_review else doubts
    refused = {id(one.what) for one in left_out}
    new: dict[Kind, tuple[Entry, ...]] = {}
    of_code: dict[Kind, tuple[Entry, ...]] = {}
    for kind in Kind:
        mine = [one for one in unknown if one.kind is kind]
        listed = [one for one in mine if id(one) not in refused]
        entries, told = _with_code(listed, allowlist.get(kind, ()), kind, view.code)
        is_listed = kind in allowlist or mine or kind in silent
        of_code[kind] = told if is_listed else ()
        if entries or of_code[kind] or (kind not in allowlist and is_listed):
            new[kind] = (*entries, *of_code[kind])
    return FunctionProposal(
        name=name,
        new=new,
        held={kind: len(entries) for kind, entries in allowlist.items()},
        learning=frozenset(kind for kind in Kind if kind not in new and kind not in allowlist),
        activities=activities,
        folded=view.folded,
        left_out=left_out,
        accepted=doubts if accept_review else (),
        completeness={
            kind: one
            for kind, one in view.known.items()
            if kind not in allowlist
            or _tells_first_of_arguments(new.get(kind, ()), allowlist[kind])
        },
        dropped=len(dropped),
        invocations=view.profile.invocations,
        attacked=view.profile.attacked,
        emptied_by_attacks=tuple(
            kind
            for kind in Kind
            if new.get(kind) == () and any(one.kind is kind for one in dropped)
        ),
        code=Share(view.code, of_code, view.unaided) if view.code else None,
        weeks=view.evidence.weeks,
        curves={kind: one for kind, one in view.curves.items() if kind not in allowlist},
        unfolded={kind: one for kind, one in view.unfolded.items() if kind not in allowlist},
        inputs=propose_inputs(
            view.profile, held.parameters if held else {}, accept_review=accept_review
        ),
        is_normal=view.profile.is_normal,
    )


def _with_code(
    listed: list[Folded], held: tuple[Entry, ...], kind: Kind, code: Weighed | None
) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
    """Give entries of what was seen, and of the code, which come in the stead of those that they hold."""
    entries = tuple(_entry(one) for one in listed)
    if code is None:
        return entries, ()
    known = {(one.operation, one.target) for one in (*held, *entries)}
    more = tuple(one for one in code.explained.of(kind) if (one.operation, one.target) not in known)
    wide = tuple(_entry(one) for one in listed if not one.activities <= code.explained.told)
    same = {(one.operation, one.target) for one in code.explained.of(kind)}
    kept = tuple(one for one in entries if one in wide or (one.operation, one.target) in same)
    return kept, more


def _tells_first_of_arguments(new: tuple[Entry, ...], held: tuple[Entry, ...]) -> bool:
    """Whether a list that says nothing of arguments yet is to: from then on it decides about them."""
    return any(one.operation == ARGUMENTS for one in new) and not any(
        one.operation == ARGUMENTS for one in held
    )


def _unknown(
    every: tuple[Folded, ...], allowlist: Mapping[Kind, tuple[Entry, ...]]
) -> list[Folded]:
    """Leave out what stands on the list, and what it allows whole by other entries."""
    lists = {
        kind: Entries(kind, [entry_line(kind, one.operation, one.target) for one in entries])
        for kind, entries in allowlist.items()
    }
    return [
        one
        for one in every
        if one.kind not in lists
        or not all(lists[one.kind].first(act) is not None for act in one.activities)
    ]


def _entry(one: Folded) -> Entry:
    return Entry(one.operation, one.fold.pattern, ORIGIN)
