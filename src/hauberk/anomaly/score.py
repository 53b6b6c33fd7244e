"""How rare an invocation is, and why: of each family of traits its rarest, weighed by how many were looked at.

The share of a trait is that of the hours in its context that had something as rare, or rarer: where new values keep
coming, a new one is no surprise (Good 1953). A family's share is put together of its traits' by Simes (1986); pairs
in an unusual order that have nothing in common count more than that.
Families that have one threshold have one score: that of the rarest as a power of ten, 3 is one in a thousand; what the
others add decides between equals.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import log10

from hauberk.anomaly.invocation import Invoked
from hauberk.anomaly.model import Model, Seen
from hauberk.anomaly.trait import QUESTIONS, TAILS, Family, Question, Trait, traits

OTHERS = 0.1  # so much of what the other families add decides between equals
MORE = 0.5  # so much of what further pairs add: they err by themselves, but not quite
LEAST_TOLD = 0.5  # a part of a score that is smaller explains nothing


@dataclass(frozen=True, slots=True)
class Rarity:
    """One trait, how often it was seen, and of how many."""

    trait: Trait
    seen: Seen
    of: Seen
    share: float  # of the hours that had something as rare
    others: int  # of the same family, that make it rarer still
    points: float  # what it adds to the score
    most: int | None = None  # of a step that was never reached: the highest that was


@dataclass(frozen=True, slots=True)
class Scored:
    """An invocation, its scores, and what makes them, the most telling first."""

    invoked: Invoked
    scores: Mapping[Question, float]
    why: tuple[Rarity, ...]

    def lead(self, question: Question) -> Trait | None:
        """What tells the most of it: alerts about the same are one."""
        mine = (one.trait for one in self.why if QUESTIONS[one.trait.family] is question)
        return next(mine, None)


def scored(model: Model, one: Invoked) -> Scored:
    """Score an invocation. Answers for every one."""
    families: dict[Family, list[tuple[float, Trait]]] = defaultdict(list)
    for trait in traits(one):
        families[trait.family].append((model.share(trait), trait))
    parts = [_rarest(model, mine) for _, mine in sorted(families.items())]
    told = [part for part in parts if part.points >= LEAST_TOLD]
    why = sorted(told, key=lambda part: (-part.points, part.trait))
    points: dict[Question, list[float]] = defaultdict(list)
    for part in parts:
        points[QUESTIONS[part.trait.family]].append(part.points)
    scores = {question: _together(mine) for question, mine in points.items()}
    return Scored(one, scores, tuple(why))


def _together(points: list[float]) -> float:
    most = max(points, default=0.0)
    return round(most + OTHERS * (sum(points) - most), 6)


def _highest(mine: list[tuple[float, Trait]]) -> Iterable[tuple[float, Trait]]:
    """Of steps the highest of each context: who is at one is at all below."""
    if mine[0][1].family not in TAILS:
        return mine
    top: dict[str, tuple[float, Trait]] = {}
    for one in sorted(mine, key=lambda each: int(each[1].value)):
        top[one[1].context] = one
    return top.values()


def _rarest(model: Model, mine: list[tuple[float, Trait]]) -> Rarity:
    """Simes (1986): many that are rare tell more than one, and one of many less than one of few."""
    ranked = sorted(_highest(mine))
    weighed = [share * len(ranked) / rank for rank, (share, _) in enumerate(ranked, 1)]
    least = min(weighed)
    share, trait = ranked[0]
    points, others = max(0.0, -log10(least)), weighed.index(least)
    if trait.family is Family.AFTER:
        points, others = max((points, others), _disjoint(ranked))
    return Rarity(
        trait=trait,
        seen=model.traits.get(trait, Seen()),
        of=model.of(trait),
        share=share,
        others=others,
        points=points,
        most=model.most(trait),
    )


def _disjoint(ranked: list[tuple[float, Trait]]) -> tuple[float, int]:
    """Pairs that share no act err nearly by themselves: several together are far rarer than the rarest of all pairs.

    One thing that comes early or late turns many pairs, but no two that share no act.
    """
    points, met, taken, most = 0.0, set[str](), 0, (0.0, 0)
    for share, trait in ranked:
        if met.isdisjoint((trait.context, trait.value)):
            met |= {trait.context, trait.value}
            taken += 1
            points -= (1.0 if taken == 1 else MORE) * log10(share * len(ranked) / taken)
            most = max(most, (points, taken - 1))
    return most
