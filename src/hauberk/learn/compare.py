"""What a function does in one profile and not in another: new, gone, changed; dangerous things first.

Values of both are folded together, so that a name that varies is no difference where it varied enough. One value of a
type that varies (a date, a number) in the place of another is a change, and no news.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from hauberk.learn.danger import danger
from hauberk.learn.evidence import Evidence, FunctionEvidence, evidence_of, together
from hauberk.learn.fold.folded import Folded, folded
from hauberk.learn.fold.shape import Part, parts
from hauberk.learn.profile.profile import FunctionProfile
from hauberk.model.activity import Activity
from hauberk.model.kind import Kind

NOTHING = FunctionProfile(())
_SITE = re.compile(r"(/var/task/.*):\d+ (.*)")


@dataclass(frozen=True, slots=True)
class Act:
    """One pattern, in how many invocations it was seen, why it is dangerous, and what else is to say."""

    kind: Kind
    operation: str
    pattern: str
    before: int
    after: int
    danger: str  # empty where nothing is dangerous in it
    note: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs between two profiles of a function, each in order: dangerous first, then by kind."""

    new: tuple[Act, ...]
    gone: tuple[Act, ...]
    changed: tuple[Act, ...]

    @property
    def dangerous(self) -> tuple[Act, ...]:
        """What is dangerous of what is new or changed."""
        return tuple(one for one in (*self.new, *self.changed) if one.danger)


@dataclass(frozen=True, slots=True)
class _Side:
    seen: frozenset[Activity]
    evidence: FunctionEvidence
    sites: dict[Activity, frozenset[str]]


def compared(before: FunctionProfile, after: FunctionProfile) -> Difference:
    """Compare what invocations without an attack did."""
    one, other = _side(before), _side(after)
    whole = FunctionEvidence(
        seen={
            activity: together(
                side.evidence.seen.get(activity, Evidence(0)) for side in (one, other)
            )
            for activity in sorted(one.seen | other.seen)
        },
        sandboxes=max(one.evidence.sandboxes, other.evidence.sandboxes),
        by_programs=one.evidence.by_programs | other.evidence.by_programs,
    )
    every = folded(whole, before.temporary | after.temporary)
    new = {each: _act(each, one, other) for each in every if not each.activities & one.seen}
    gone = {each: _act(each, one, other) for each in every if not each.activities & other.seen}
    pairs = dict(_pairs(new, gone))
    moved = [_moved(each, one, other) for each in every if each not in new and each not in gone]
    known = {activity.target: activity.operation for activity in sorted(one.seen)}
    return Difference(
        new=_ordered(_noted(act, each, known) for each, act in new.items() if each not in pairs),
        gone=_ordered(act for each, act in gone.items() if each not in pairs.values()),
        changed=_ordered(
            [
                *filter(None, moved),
                *(_another(new[each], gone[was]) for each, was in pairs.items()),
            ]
        ),
    )


def _side(view: FunctionProfile) -> _Side:
    evidence = evidence_of(view) if view.versions else FunctionEvidence({})
    sites: dict[Activity, frozenset[str]] = {}
    for one in view.seen:
        sites[one.activity] = sites.get(one.activity, frozenset()) | set(one.sites)
    return _Side(frozenset(evidence.seen), evidence, sites)


def _act(each: Folded, one: _Side, other: _Side, note: str = "") -> Act:
    counts = [
        sum(side.evidence.seen[act].invocations for act in each.activities & side.seen)
        for side in (one, other)
    ]
    why = next(filter(None, map(danger, sorted(each.activities))), "")
    return Act(each.kind, each.operation, each.fold.pattern, counts[0], counts[1], why, note)


def _pairs(new: Iterable[Folded], gone: Iterable[Folded]) -> Iterable[tuple[Folded, Folded]]:
    """What is new and what is gone, where they differ in values of one type only."""
    shapes = {_shape(one): one for one in gone}
    for one in new:
        shape = _shape(one)
        if any(isinstance(part, Part) for part in shape) and shape in shapes:
            yield one, shapes.pop(shape)


def _shape(one: Folded) -> tuple[object, ...]:
    pieces = parts(one.kind, one.fold.targets[0])
    return (
        one.kind,
        one.operation,
        *(Part("", each.type) if each.type else each.text for each in pieces),
    )


def _another(new: Act, gone: Act) -> Act:
    note = f"another value of one type: it was {gone.pattern}"
    return Act(new.kind, new.operation, new.pattern, gone.before, new.after, new.danger, note)


def _noted(act: Act, each: Folded, known: dict[str, str]) -> Act:
    """Say of something new what was done with the same before."""
    was = {known[one.target] for one in each.activities if one.target in known}
    if not was:
        return act
    note = f"before, the same target: {', '.join(sorted(was))}"
    return Act(act.kind, act.operation, act.pattern, act.before, act.after, act.danger, note)


def _moved(each: Folded, one: _Side, other: _Side) -> Act | None:
    """The same thing, done by other code of the package."""
    was, now = _code(each, one), _code(each, other)
    if not was or not now or was & now:
        return None
    return _act(each, one, other, f"done by {_named(now)}; it was {_named(was)}")


def _code(each: Folded, side: _Side) -> frozenset[str]:
    """Which files and functions of the package did it; lines move with every change. Nothing where others did too."""
    found = [
        _SITE.fullmatch(site)
        for activity in each.activities
        for site in side.sites.get(activity, ())
    ]
    return frozenset(f"{one[1]} {one[2]}" for one in found if one) if all(found) else frozenset()


def _named(code: frozenset[str]) -> str:
    first, *more = sorted(code)
    return f"{first} and {len(more)} more" if more else first


def _ordered(acts: Iterable[Act]) -> tuple[Act, ...]:
    kinds = list(Kind)
    return tuple(
        sorted(
            acts,
            key=lambda one: (not one.danger, kinds.index(one.kind), one.operation, one.pattern),
        )
    )
