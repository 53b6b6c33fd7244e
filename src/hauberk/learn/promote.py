"""Kinds that move from learning to alerts and blocks by themselves, where a person asked for that (`auto`).

A kind moves when its list is complete (`completeness.py`), and nothing of it waits for a person: what is dangerous or
was seen too narrowly is neither listed nor denied by a promotion. What a person set, a mode or a list, is not changed.

Does not see: alarms since a kind was moved; what is seen of it beside its list holds it back only.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hauberk.learn.complete.completeness import Completeness
from hauberk.learn.propose import FunctionProposal, Move, Proposal
from hauberk.model.activity import Activity
from hauberk.model.kind import ARGUMENTS, Kind
from hauberk.model.mode import Mode
from hauberk.model.protection import Protection
from hauberk.policy.auto import Auto, protections
from hauberk.policy.compile import compile_policy
from hauberk.policy.decision import Decider, spoken
from hauberk.policy.file import Entry, FunctionPolicy, PolicyFile

_TO = {Auto.PROPOSE: Mode.DETECT, Auto.ALERT: Mode.DETECT, Auto.PREVENT: Mode.PREVENT}


@dataclass(frozen=True, slots=True)
class _Step:
    """What becomes of one kind: it moves, or it waits and why; nothing where it is not ours to move."""

    move: Move | None = None
    waits: str = ""


def promote(proposal: Proposal, existing: PolicyFile | None, now: int) -> Proposal:
    """Move the kinds of functions that ask for it, and take back from the proposal what is to go on learning."""
    held = {one.name: one for one in existing.functions} if existing else {}
    functions = tuple(
        _promoted(one, held[one.name], _decided(existing, held[one.name], now))
        if existing and one.name in held and held[one.name].auto is not Auto.OFF
        else one
        for one in proposal.functions
    )
    return replace(proposal, functions=functions)


def _promoted(
    one: FunctionProposal, held: FunctionPolicy, decided: Callable[[Activity], bool]
) -> FunctionProposal:
    open_ = {left.what.kind for left in one.left_out if not all(map(decided, left.what.activities))}
    steps = {kind: _step(one, held, kind, open_) for kind in Kind if kind not in one.learning}
    moves = {kind: step.move for kind, step in steps.items() if step.move}
    waiting = {kind: step.waits for kind, step in steps.items() if step.waits}
    due = {kind: _due(one, held, kind) for kind in one.new}
    waiting |= {
        kind: f"what is new of arguments is {_incomplete(one.completeness[kind])}"
        for kind in due
        if due[kind] != one.new[kind]
    }
    listed = {kind for kind, move in moves.items() if move.is_made}
    return replace(
        one,
        new={
            kind: entries
            for kind, entries in due.items()
            if kind in held.allowlist or kind in listed
        },
        moves=tuple(moves.values()),
        waiting=waiting,
    )


def _due(one: FunctionProposal, held: FunctionPolicy, kind: Kind) -> tuple[Entry, ...]:
    """Give new entries; what a list says first of arguments waits, as a list does, until that is complete."""
    known = one.completeness.get(kind)
    if kind not in held.allowlist or known is None or known.is_complete:
        return one.new[kind]
    return tuple(entry for entry in one.new[kind] if entry.operation != ARGUMENTS)


def _step(one: FunctionProposal, held: FunctionPolicy, kind: Kind, open_: set[Kind]) -> _Step:
    if kind in held.allowlist:
        return _next(one, held, kind, open_)
    known = one.completeness[kind]
    if held.protections.get(Protection(kind.value), held.mode) is Mode.OFF:
        return _Step(waits="it is off, as you set it")
    if not known.is_complete:
        return _Step(waits=_incomplete(known))
    if kind in open_:
        return _Step(waits="complete, but some of it is left for you to decide")
    if kind in one.emptied_by_attacks:
        return _Step(waits="complete, but only invocations under attack used any")
    why = f"complete, at most {known.bound:.1f} alarms a week (95 %)"
    return _Step(_move(held, kind, None, why))


def _incomplete(known: Completeness) -> str:
    weeks = f"{known.tally.weeks:.1f} of {known.weeks_needed:.1f} weeks"
    return f"not complete, {weeks}, up to {known.bound:.1f} alarms a week"


def _next(one: FunctionProposal, held: FunctionPolicy, kind: Kind, open_: set[Kind]) -> _Step:
    """What was moved to alerts goes on to blocks once that is asked for."""
    is_ours = Protection(kind.value) not in held.own and held.promoted.get(kind) is Mode.DETECT
    if held.auto is not Auto.PREVENT or not is_ours:
        return _Step()
    if one.new.get(kind) or kind in open_:
        return _Step(waits="something of it is new since it was moved to detect")
    return _Step(_move(held, kind, Mode.DETECT, "complete when it was moved to detect"))


def _move(held: FunctionPolicy, kind: Kind, before: Mode | None, why: str) -> Move:
    protection, to, is_made = Protection(kind.value), _TO[held.auto], held.auto is not Auto.PROPOSE
    after = protections(held.mode, held.own, {**held.promoted, kind: to})[protection]
    note = "" if after is to else f"; {after} as you set it"
    written = to if is_made and protection not in held.own else None
    return Move(kind, before, after, why + note, is_made, written)


def _decided(
    existing: PolicyFile | None, held: FunctionPolicy, now: int
) -> Callable[[Activity], bool]:
    """Whether a person's rule or exclusion says already what becomes of an activity."""
    if existing is None:
        return lambda activity: False
    key = Ed25519PrivateKey.generate()  # for the document only
    decider = Decider(compile_policy(existing, held.key, key=key, now=now).document)
    return lambda activity: spoken(decider.decide(activity).reason)[0] in {"rules", "exclusions"}
