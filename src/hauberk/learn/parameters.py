"""What a function's inputs are like, proposed as `parameters` of its policy beside those that it has already.

An input is proposed from 30 events on that were looked at, in two sandboxes and two hours at least: else a stranger
could have made it up, and a person decides. Its type is the most special one that all values have. Its length has room
for half of the least and twice the most. Its alphabet and its structures are told only where none of their parts came
in one sandbox alone; structures of 100 events on, and at most four; the alphabet of a text with white space of 300 on.
Where indicators are to weigh less (`lowered.py`) no shape is proposed: the values that made them speak taught none.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

from hauberk.learn.lowered import Lowered, lowered
from hauberk.learn.profile.inputs import MOST_STRUCTURES, TYPES, InputSeen
from hauberk.learn.profile.profile import FunctionProfile

LEAST_EVENTS = 30
LEAST_HOURS = 2
LEAST_SANDBOXES = 2
LEAST_EVENTS_OF_STRUCTURE = 100
LEAST_EVENTS_OF_WORDS = 300
MOST_PROPOSED_STRUCTURES = 4
MOST_PROPOSED = 48  # the compiled policy has little room

_LEAST_CODE_BYTES = 16  # a shorter text may be hexadecimal or base64 by chance
_CODES = ("hex", "base64")
_OF_ONE_ALPHABET = ("boolean", "integer", "uuid", "date", "address")
_OF_ONE_LENGTH = ("boolean", "uuid", "date", "address")


@dataclass(frozen=True, slots=True)
class ProposedInput:
    """What is proposed of one input: the body of its entry, and how much it rests on."""

    seen: InputSeen | Lowered
    body: Mapping[str, Any]
    doubt: str = ""  # why a person is to look at it first


@dataclass(frozen=True, slots=True)
class InputsProposal:
    """New parameters of one function."""

    new: tuple[ProposedInput, ...] = ()
    left_out: tuple[ProposedInput, ...] = ()  # what a person is to decide
    learning: int = 0  # inputs that came in too few events
    held: int = 0


def propose_inputs(
    profile: FunctionProfile, held: Mapping[str, Any], *, accept_review: bool
) -> InputsProposal:
    """Propose what is known of inputs that `held` does not name."""
    weights = lowered(version.indicators for version in profile.versions)
    less = [
        ProposedInput(one, {**held.get(path, {}), "lowered": dict(one.weights)})
        for path, one in weights.items()
        if "lowered" not in held.get(path, {})
    ]
    every = [one for one in _of_all_versions(profile) if one.path not in {*held, *weights}]
    known = [one for one in every if one.events >= LEAST_EVENTS]
    known = sorted(known, key=lambda one: (-one.events, one.path))[:MOST_PROPOSED]
    proposed = [ProposedInput(one, _body(one), _doubt(one)) for one in known]
    left_out = () if accept_review else tuple(one for one in proposed if one.doubt)
    new = (*less, *(one for one in proposed if one not in left_out))
    return InputsProposal(new, left_out, len(every) - len(known), len(held))


def _of_all_versions(profile: FunctionProfile) -> list[InputSeen]:
    found: dict[str, list[InputSeen]] = {}
    for version in profile.versions:
        for one in version.inputs:
            found.setdefault(one.path, []).append(one)
    return [reduce(_both, every) for every in found.values()]


def _both(one: InputSeen, other: InputSeen) -> InputSeen:
    return replace(
        one,
        events=one.events + other.events,
        blocks=max(one.blocks, other.blocks),
        sandboxes=max(one.sandboxes, other.sandboxes),
        types=tuple(each for each in TYPES if each in one.types and each in other.types),
        alphabet="".join(sorted({*one.alphabet, *other.alphabet})),
        least=min(one.least, other.least),
        most=max(one.most, other.most),
        structures=_of_both(one.structures, other.structures),
        is_settled=one.is_settled and other.is_settled,
    )


def _of_both(one: tuple[str, ...] | None, other: tuple[str, ...] | None) -> tuple[str, ...] | None:
    if one is None or other is None:
        return None
    both = {*one, *other}
    return tuple(sorted(both)) if len(both) <= MOST_STRUCTURES else None


def _doubt(one: InputSeen) -> str:
    if one.sandboxes < LEAST_SANDBOXES:
        return "seen in one sandbox only"
    return "seen within one hour only" if one.blocks < LEAST_HOURS else ""


def _body(one: InputSeen) -> dict[str, Any]:
    type_ = next((each for each in one.types if _is_sure(each, one)), "text")
    body: dict[str, Any] = {} if type_ == "text" else {"type": type_}
    if type_ not in _OF_ONE_ALPHABET and _has_alphabet(one):
        body["alphabet"] = one.alphabet
    if type_ not in _OF_ONE_LENGTH:
        body["length"] = [one.least // 2, 2 * one.most]
    if type_ == "text" and _has_structure(one):
        body["structure"] = list(one.structures or ())
    return body


def _is_sure(type_: str, one: InputSeen) -> bool:
    return type_ not in _CODES or one.least >= _LEAST_CODE_BYTES


def _has_alphabet(one: InputSeen) -> bool:
    is_words = any(each in one.alphabet for each in " é")
    least = LEAST_EVENTS_OF_WORDS if is_words else LEAST_EVENTS
    return one.is_settled and one.events >= least and one.alphabet.isprintable()


def _has_structure(one: InputSeen) -> bool:
    structures: Iterable[str] = one.structures or ()
    few = one.structures is not None and len(one.structures) <= MOST_PROPOSED_STRUCTURES
    is_enough = one.is_settled and one.events >= LEAST_EVENTS_OF_STRUCTURE
    return few and is_enough and all(each.isprintable() for each in structures)
